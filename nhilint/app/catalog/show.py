"""`nhilint catalog show`: everything of one role."""

from __future__ import annotations

import typer

from nhilint.app import options


def command(
    role: str = typer.Argument(help="Id of the role."),
    tree: options.InTree = ".",
    values: list[str] = typer.Option([], "--with", metavar="PARAM=VALUE", help="Bind a parameter (repeatable)."),
    usage: bool = typer.Option(False, "--usage", help="Also who of the tree is covered by it, or nearly."),
    path: options.Paths = [],
    format: str = typer.Option("text", "--format", help="text or json."),
    output: options.Outputs = [],
) -> int:
    """What a role allows, to whom, within which limits, and who approved it."""
    from nhilint.app import inputs
    from nhilint.app import output as delivery
    from nhilint.engine import parse_values, role_rows
    from nhilint.reports.catalog.showing import text

    bound = parse_values(values)
    side = inputs.open_side(tree)
    if usage:
        analysis, chosen = inputs.analyze_one(side, inputs.Asked(paths=tuple(path)))
        value = role_rows(analysis.catalog, role, chosen, values=bound, analysis=analysis)
    else:
        settings = inputs.settings_of(side)
        chosen = inputs.engine_options(inputs.Asked(), settings)
        value = role_rows(inputs.read_catalog(side.tree, settings), role, chosen, values=bound)
    paint = delivery.paint()
    delivery.deliver(value, format, output, {"text": lambda v: text(v, paint), "json": delivery.as_json})
    return 0
