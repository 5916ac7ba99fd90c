"""`nhilint inventory`: every identity, who owns it, who uses it."""

from __future__ import annotations

import typer

from nhilint.app import options


def command(
    tree: options.Tree = ".",
    path: options.Paths = [],
    root: options.Roots = [],
    var_file: options.VarFiles = [],
    environment: options.Environment = "",
    format: str = typer.Option("text", "--format", help="text or json."),
    output: options.Outputs = [],
) -> int:
    """Owner, purpose, expiry, credentials, trust, catalog role and consumers of every identity."""
    from nhilint.app import inputs
    from nhilint.app import output as delivery
    from nhilint.engine import inventory
    from nhilint.reports import text

    asked = inputs.Asked(paths=tuple(path), roots=tuple(root), var_files=tuple(var_file), environment=environment)
    side = inputs.open_side(tree)
    analysis, chosen = inputs.analyze_one(side, asked)
    value = inventory(analysis, info=side.info, options=chosen)
    paint = delivery.paint()
    delivery.deliver(value, format, output, {"text": lambda v: text.inventory(v, paint), "json": delivery.as_json})
    return 0
