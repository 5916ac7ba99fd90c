"""`nhilint catalog mine`: the fewest new roles for those whom no role covers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import typer

from nhilint.app import options

if TYPE_CHECKING:
    from collections.abc import Mapping


def command(
    tree: options.Tree = ".",
    path: options.Paths = [],
    limit: int = typer.Option(10, "--limit", min=1, help="How many roles at the most."),
    least: int = typer.Option(2, "--min-identities", min=1, help="How many identities a role covers at least."),
    tolerance: float = typer.Option(
        0.0, "--tolerance", min=0.0, max=100.0, help="Percent of more known actions that a role may allow somebody."
    ),
    write: str = typer.Option("", "--write", metavar="DIR", help="Folder to write the drafts into."),
    format: str = typer.Option("text", "--format", help="text or json."),
) -> int:
    """Drafts of the roles that would cover most identities outside the catalog, each proved to widen nobody."""
    from nhilint.app import inputs
    from nhilint.app import output as delivery
    from nhilint.app.catalog.propose import read_back
    from nhilint.engine.catalog.mining import Bounds, mine_rows
    from nhilint.reports.catalog.mining import text

    analysis, _ = inputs.analyze_one(inputs.open_side(tree), inputs.Asked(paths=tuple(path)))
    value = mine_rows(analysis, Bounds(limit=limit, least=least, tolerance=tolerance), read_back)
    if write:
        _write(value, write)
    paint = delivery.paint()
    delivery.deliver(value, format, [], {"text": lambda v: text(v, paint), "json": delivery.as_json})
    return 0


def _write(value: Mapping[str, Any], folder: str) -> None:
    """One file for each draft; what is there already is not overwritten."""
    import os

    from nhilint.app.output import DeliveryError
    from nhilint.catalog.drafting.yamltext import write_yaml

    try:
        os.makedirs(folder, exist_ok=True)
        for row in value["roles"]:
            with open(os.path.join(folder, f"{row['id']}.yaml"), "x", encoding="utf-8") as file:
                file.write(write_yaml(row["role"], row["comments"]))
    except OSError as error:
        raise DeliveryError(f"`{error.filename}` can not be written: {(error.strerror or 'error').lower()}") from None
