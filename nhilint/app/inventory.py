"""`nhilint inventory`: every identity, who owns it, who uses it."""

from __future__ import annotations

import typer


def command(
    tree: str = typer.Argument(".", metavar="[PATH]", help="Folder, plan file or Git revision."),
    path: list[str] = typer.Option([], "--path", help="Only this part of the tree (repeatable)."),
    root: list[str] = typer.Option([], "--root", help="A folder that is a Terraform root module (repeatable)."),
    var_file: list[str] = typer.Option([], "--var-file", help="Terraform variable file inside the tree (repeatable)."),
    environment: str = typer.Option("", "--environment", help="Terraform workspace."),
    format: str = typer.Option("text", "--format", help="text or json."),
    output: list[str] = typer.Option([], "--output", help="FORMAT=PATH: write a report to a file too (repeatable)."),
) -> int:
    """Owner, purpose, expiry, credentials, trust, catalog role and consumers of every identity."""
    from nhilint.app import inputs
    from nhilint.app import output as delivery
    from nhilint.engine import inventory
    from nhilint.reports import text

    asked = inputs.Asked(paths=tuple(path), roots=tuple(root), var_files=tuple(var_file), environment=environment)
    side = inputs.open_side(tree)
    analysis, options = inputs.analyze_one(side, asked)
    value = inventory(analysis, info=side.info, options=options)
    paint = delivery.paint()
    delivery.deliver(value, format, output, {"text": lambda v: text.inventory(v, paint), "json": delivery.as_json})
    return 0
