"""`nhilint check`: the state of a tree or plan."""

from __future__ import annotations

import typer

from nhilint.app import options


def command(
    tree: options.Tree = ".",
    path: options.Paths = [],
    root: options.Roots = [],
    var_file: options.VarFiles = [],
    environment: options.Environment = "",
    format: str = typer.Option("text", "--format", help="text, concise or json."),
    output: options.Outputs = [],
    fail_on: options.FailOn = "",
    strict: options.Strict = False,
) -> int:
    """Findings, catalog verdicts and everything that could not be judged."""
    from nhilint.app import inputs
    from nhilint.app import output as delivery
    from nhilint.engine import check
    from nhilint.reports import text

    asked = inputs.Asked(
        paths=tuple(path), roots=tuple(root), var_files=tuple(var_file), environment=environment, fail_on=fail_on
    )
    side = inputs.open_side(tree)
    analysis, chosen = inputs.analyze_one(side, asked)
    value = check(analysis, info=side.info, options=chosen)
    paint = delivery.paint()
    renderers = {"text": lambda v: text.check(v, paint), "concise": text.concise, "json": delivery.as_json}
    delivery.deliver(value, format, output, renderers)
    if value["verdict"] == "blocked":
        return 1
    return 3 if strict and value["summary"]["unresolved"] else 0
