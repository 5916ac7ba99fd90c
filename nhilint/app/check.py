"""`nhilint check`: the state of a tree or plan."""

from __future__ import annotations

import typer


def command(
    tree: str = typer.Argument(".", metavar="[PATH]", help="Folder, plan file or Git revision."),
    path: list[str] = typer.Option([], "--path", help="Only this part of the tree (repeatable)."),
    root: list[str] = typer.Option([], "--root", help="A folder that is a Terraform root module (repeatable)."),
    var_file: list[str] = typer.Option([], "--var-file", help="Terraform variable file inside the tree (repeatable)."),
    environment: str = typer.Option("", "--environment", help="Terraform workspace."),
    format: str = typer.Option("text", "--format", help="text, concise or json."),
    output: list[str] = typer.Option([], "--output", help="FORMAT=PATH: write a report to a file too (repeatable)."),
    fail_on: str = typer.Option("", "--fail-on", help="Findings of this severity or above block."),
    strict: bool = typer.Option(False, "--strict", help="Fail when something could not be judged."),
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
    analysis, options = inputs.analyze_one(side, asked)
    value = check(analysis, info=side.info, options=options)
    paint = delivery.paint()
    renderers = {"text": lambda v: text.check(v, paint), "concise": text.concise, "json": delivery.as_json}
    delivery.deliver(value, format, output, renderers)
    if value["verdict"] == "blocked":
        return 1
    return 3 if strict and value["summary"]["unresolved"] else 0
