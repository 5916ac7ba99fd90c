"""`nhilint catalog match`: which role covers an identity."""

from __future__ import annotations

import typer

from nhilint.app import options


def command(
    identity: str = typer.Argument("", help="Key, name, ARN or address; none: every identity that holds something."),
    tree: options.InTree = ".",
    path: options.Paths = [],
    format: str = typer.Option("text", "--format", help="text or json."),
) -> int:
    """Which role covers an identity, with which bindings; otherwise what the nearest role leaves over."""
    from nhilint.app import inputs
    from nhilint.app import output as delivery
    from nhilint.engine import match_rows
    from nhilint.reports.catalog.matching import text

    analysis, _ = inputs.analyze_one(inputs.open_side(tree), inputs.Asked(paths=tuple(path)))
    value = match_rows(analysis, identity)
    paint = delivery.paint()
    delivery.deliver(value, format, [], {"text": lambda v: text(v, paint), "json": delivery.as_json})
    return 0 if all(row["catalog"]["verdict"] == "covered" for row in value["identities"]) else 1
