"""`nhilint catalog coverage`: how much of a tree the catalog covers."""

from __future__ import annotations

import typer

from nhilint.app import options


def command(
    tree: options.Tree = ".",
    path: options.Paths = [],
    format: str = typer.Option("text", "--format", help="text or json."),
    output: options.Outputs = [],
) -> int:
    """The share of identities and of permissions that the catalog covers, and what little is missing."""
    from nhilint.app import inputs
    from nhilint.app import output as delivery
    from nhilint.engine import coverage_rows
    from nhilint.reports.catalog.coverage import text

    side = inputs.open_side(tree)
    analysis, _ = inputs.analyze_one(side, inputs.Asked(paths=tuple(path)))
    value = coverage_rows(analysis, tree_info=side.info)
    paint = delivery.paint()
    delivery.deliver(value, format, output, {"text": lambda v: text(v, paint), "json": delivery.as_json})
    return 0
