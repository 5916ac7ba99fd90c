"""`nhilint catalog diff`: what two catalogs approve differently."""

from __future__ import annotations

import typer

from nhilint.app import options


def command(
    base: str = typer.Argument("", help="Git revision or folder; default: where HEAD left the default branch."),
    head: str = typer.Argument("", help="Git revision or folder; default: the working tree."),
    format: str = typer.Option("text", "--format", help="text, json or markdown."),
    output: options.Outputs = [],
) -> int:
    """Roles and exceptions that differ in meaning: what is approved more, less, or otherwise."""
    from nhilint.app import inputs
    from nhilint.app import output as delivery
    from nhilint.engine import diff_rows
    from nhilint.reports.catalog.changes import markdown, text

    before, after = inputs.open_pair(base, head)
    settings = [inputs.settings_of(side) for side in (before, after)]
    value = diff_rows(
        inputs.read_catalog(before.tree, settings[0]),
        inputs.read_catalog(after.tree, settings[1]),
        base_info=before.info,
        head_info=after.info,
        options=inputs.engine_options(inputs.Asked(), settings[0]),
    )
    paint = delivery.paint()
    known = {"text": lambda v: text(v, paint), "json": delivery.as_json, "markdown": markdown}
    delivery.deliver(value, format, output, known)
    return 0
