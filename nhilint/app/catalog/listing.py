"""`nhilint catalog list`: the roles of the catalog."""

from __future__ import annotations

import re

import typer

from nhilint.app import options


def command(
    tree: options.Tree = ".",
    platform: str = typer.Option("", "--platform", help="aws, github or kubernetes."),
    status: str = typer.Option("", "--status", help="draft, approved or deprecated."),
    access: str = typer.Option("", "--access", help="read, write or break-glass."),
    owner: str = typer.Option("", "--owner", help="Only roles of this owner."),
    expiring: str = typer.Option("", "--expiring", metavar="90d", help="Approvals that end within so many days."),
    search: str = typer.Option("", "--search", metavar="WORD", help="A word in id, title, purpose or permissions."),
    usage: bool = typer.Option(False, "--usage", help="Count the identities of the tree that each role covers."),
    path: options.Paths = [],
    format: str = typer.Option("text", "--format", help="text or json."),
    output: options.Outputs = [],
) -> int:
    """Every role of the tree's catalog (the starter catalog when it has none)."""
    from nhilint.app import inputs
    from nhilint.app import output as delivery
    from nhilint.engine import Wish, catalog_rows
    from nhilint.reports.catalog.listing import text

    _one_of("--platform", platform, ("aws", "github", "kubernetes"))
    _one_of("--status", status, ("draft", "approved", "deprecated"))
    _one_of("--access", access, ("read", "write", "break-glass"))
    wish = Wish(platform=platform, status=status, access=access, owner=owner, expiring=_days(expiring), search=search)
    side = inputs.open_side(tree)
    if usage:
        analysis, chosen = inputs.analyze_one(side, inputs.Asked(paths=tuple(path)))
        value = catalog_rows(analysis.catalog, chosen, wish, analysis)
    else:
        settings = inputs.settings_of(side)
        chosen = inputs.engine_options(inputs.Asked(), settings)
        value = catalog_rows(inputs.read_catalog(side.tree, settings), chosen, wish)
    paint = delivery.paint()
    delivery.deliver(value, format, output, {"text": lambda v: text(v, paint), "json": delivery.as_json})
    return 0


def _one_of(option: str, value: str, known: tuple[str, ...]) -> None:
    from nhilint.app.inputs import InputError

    if value and value.lower() not in known:
        raise InputError(f"`{value}` is nothing that `{option}` knows", help=f"one of {', '.join(known)}")


def _days(text: str) -> int | None:
    from nhilint.app.inputs import InputError

    found = re.fullmatch(r"(\d{1,5})(d|w)?", text)
    if text and found is None:
        raise InputError(f"`{text}` is no number of days", help="write `90d` or `12w`")
    return int(found[1]) * (7 if found[2] == "w" else 1) if found else None
