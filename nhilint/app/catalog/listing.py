"""`nhilint catalog list`: every role of the catalog."""

from __future__ import annotations

import typer

from nhilint.app import options


def command(
    tree: options.Tree = ".",
    format: str = typer.Option("text", "--format", help="text or json."),
) -> int:
    """Every role of the tree's catalog (the starter catalog when it has none)."""
    from nhilint.app import inputs
    from nhilint.app import output as delivery
    from nhilint.engine import catalog_rows
    from nhilint.reports.catalog.listing import text

    side = inputs.open_side(tree)
    settings = inputs.settings_of(side)
    chosen = inputs.engine_options(inputs.Asked(), settings)
    value = catalog_rows(inputs.read_catalog(side.tree, settings), chosen)
    delivery.deliver(value, format, [], {"text": text, "json": delivery.as_json})
    return 0
