"""`nhilint catalog`: list, lint and match, for catalog maintainers and for authors who must fit in."""

from __future__ import annotations

import typer

from nhilint.app import options

app = typer.Typer(help="The catalog of preapproved roles.", no_args_is_help=True, rich_markup_mode=None)


@app.command("list")
def list_roles(
    tree: options.Tree = ".",
    format: str = typer.Option("text", "--format", help="text or json."),
) -> int:
    """Every role of the tree's catalog (the starter catalog when it has none)."""
    from nhilint.app import inputs
    from nhilint.app import output as delivery
    from nhilint.engine import catalog_rows
    from nhilint.reports import text

    side = inputs.open_side(tree)
    settings = inputs.settings_of(side)
    chosen = inputs.engine_options(inputs.Asked(), settings)
    value = catalog_rows(inputs.read_catalog(side.tree, settings), chosen)
    delivery.deliver(value, format, [], {"text": text.catalog, "json": delivery.as_json})
    return 0


@app.command("lint")
def lint(
    tree: str = typer.Argument(".", metavar="[PATH]", help="Folder or Git revision."),
    format: str = typer.Option("text", "--format", help="text or json."),
) -> int:
    """Schema, unknown actions, parameters, tests: every problem of every role file. Exit code 1 on an error."""
    from nhilint.app import inputs
    from nhilint.app import output as delivery
    from nhilint.engine import catalog_problems
    from nhilint.reports import text

    side = inputs.open_side(tree)
    settings = inputs.settings_of(side)
    chosen = inputs.engine_options(inputs.Asked(), settings)
    documents, own = inputs.catalog_documents(side.tree, settings)
    value = catalog_problems(documents, own=own, options=chosen)
    delivery.deliver(value, format, [], {"text": text.problems, "json": delivery.as_json})
    return 1 if value["errors"] else 0


@app.command("match")
def match(
    identity: str = typer.Argument("", help="Key, name, ARN or address; none: every identity that holds something."),
    tree: options.InTree = ".",
    path: options.Paths = [],
    format: str = typer.Option("text", "--format", help="text or json."),
) -> int:
    """Which role covers an identity, with which bindings; otherwise what the nearest role leaves over."""
    from nhilint.app import inputs
    from nhilint.app import output as delivery
    from nhilint.engine import match_rows
    from nhilint.reports import text

    analysis, _ = inputs.analyze_one(inputs.open_side(tree), inputs.Asked(paths=tuple(path)))
    value = match_rows(analysis, identity)
    paint = delivery.paint()
    delivery.deliver(value, format, [], {"text": lambda v: text.matches(v, paint), "json": delivery.as_json})
    return 0 if all(row["catalog"]["verdict"] == "covered" for row in value["identities"]) else 1
