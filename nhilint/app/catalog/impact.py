"""`nhilint catalog impact`: what a change to the catalog means for every identity."""

from __future__ import annotations

import typer

from nhilint.app import options


def command(
    base: str = typer.Argument("", help="Git revision or folder; default: where HEAD left the default branch."),
    head: str = typer.Argument("", help="Git revision or folder; default: the working tree."),
    tree: str = typer.Option("", "--tree", help="Whose identities are judged: folder or revision; default: the head."),
    path: options.Paths = [],
    format: str = typer.Option("text", "--format", help="text, json or markdown."),
    output: options.Outputs = [],
) -> int:
    """Which identities become covered or uncovered by a change to the catalog. Exit code 1 if one becomes uncovered."""
    from nhilint.app import inputs
    from nhilint.app import output as delivery
    from nhilint.engine import impact_rows
    from nhilint.reports.catalog.impact import markdown, text

    before, after = inputs.open_pair(base, head)
    judged = inputs.open_side(tree) if tree else after
    old, new = (inputs.read_catalog(side.tree, inputs.settings_of(side)) for side in (before, after))
    asked = inputs.Asked(paths=tuple(path))
    settings = inputs.named(inputs.settings_of(judged), judged)
    loaded = inputs.load_side(judged, asked, settings, inputs.side_cache(judged))
    inputs.require_readable([loaded], [judged.info["label"]])
    analysis = inputs.analyze_side(loaded, old, inputs.engine_options(asked, settings))
    value = impact_rows(analysis, new, base_info=before.info, head_info=after.info, tree_info=judged.info)
    paint = delivery.paint()
    known = {"text": lambda v: text(v, paint), "json": delivery.as_json, "markdown": markdown}
    delivery.deliver(value, format, output, known)
    return 1 if value["summary"]["uncovered"] else 0
