"""`nhilint review`: what changed for every identity."""

from __future__ import annotations

import typer

from nhilint.app import options


def command(
    base: str = typer.Argument(
        "", help="Git revision, folder or plan file; default: where HEAD left the default branch."
    ),
    head: str = typer.Argument("", help="Git revision, folder or plan file; default: the working tree."),
    path: options.Paths = [],
    root: options.Roots = [],
    var_file: options.VarFiles = [],
    environment: options.Environment = "",
    format: str = typer.Option("text", "--format", help="text, concise, json or markdown."),
    output: options.Outputs = [],
    fail_on: options.FailOn = "",
    strict: options.Strict = False,
) -> int:
    """What can each identity do after a change that it could not do before?"""
    from nhilint.app import inputs
    from nhilint.app import output as delivery
    from nhilint.app.judge import change_of_judge
    from nhilint.engine import review
    from nhilint.reports import markdown, text

    asked = inputs.Asked(
        paths=tuple(path), roots=tuple(root), var_files=tuple(var_file), environment=environment, fail_on=fail_on
    )
    before = inputs.open_side(base) if base else inputs.default_base()
    if before.plan and not head:
        before, after = inputs.as_plan_sides(before)
    else:
        after = inputs.open_side(head) if head else inputs.working_tree()
    settings = inputs.named(inputs.settings_of(before), after, before)
    chosen = inputs.engine_options(asked, settings)
    cache = inputs.side_cache(after)
    sides = [inputs.load_side(side, asked, settings, cache) for side in (before, after)]
    inputs.require_readable(sides, [before.info["label"], after.info["label"]])
    # Base judges: a pull request can not approve itself by editing the catalog or the settings.
    catalog = inputs.read_catalog(before.tree, settings, sides)
    analyses = [inputs.analyze_side(loaded, catalog, chosen) for loaded in sides]
    changed = inputs.changed_files(before, after)
    value = review(*analyses, base_info=before.info, head_info=after.info, options=chosen, changed_paths=changed)
    value["files_changed"] = len(changed)
    own = change_of_judge(before, after, analyses[1], asked)
    if own is not None:
        value["catalog_change"] = own
    paint = delivery.paint()
    delivery.deliver(
        value,
        format,
        output,
        {
            "text": lambda v: text.review(v, paint),
            "concise": text.concise,
            "json": delivery.as_json,
            "markdown": markdown.review,
        },
    )
    if value["verdict"] == "blocked":
        return 1
    return 3 if strict and (value["summary"]["unresolved_new"] or value["verdict"] == "undecided") else 0
