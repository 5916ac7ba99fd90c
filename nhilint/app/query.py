"""`nhilint can`: one request of one identity."""

from __future__ import annotations

import typer

from nhilint.app import options


def can(
    identity: str = typer.Argument(help="Key, name, ARN or address of an identity of the tree."),
    action: str = typer.Argument(help="`s3:GetObject`, or a Kubernetes verb."),
    resource: str = typer.Argument(help="An ARN or `*`; for Kubernetes [NAMESPACE:]RESOURCE[.GROUP][/SUB][=NAME]."),
    context: list[str] = typer.Option([], "--context", help="KEY=VALUE: a condition key of the request (repeatable)."),
    tree: options.InTree = ".",
    path: options.Paths = [],
    root: options.Roots = [],
    var_file: options.VarFiles = [],
    format: str = typer.Option("text", "--format", help="text or json."),
) -> int:
    """May this identity do this? Exit code 0: allowed, 1: denied, 2: undecided or a bad question."""
    from nhilint.app import inputs
    from nhilint.app import output as delivery
    from nhilint.engine import can
    from nhilint.reports import text

    values: dict[str, list[str]] = {}
    for pair in context:
        key, equals, value = pair.partition("=")
        if not equals:
            raise inputs.InputError(f"`{pair}` is no condition key", help="write `--context KEY=VALUE`")
        values.setdefault(key, []).append(value)
    asked = inputs.Asked(paths=tuple(path), roots=tuple(root), var_files=tuple(var_file))
    analysis, _ = inputs.analyze_one(inputs.open_side(tree), asked)
    answer = can(analysis, identity, action, resource, values)
    paint = delivery.paint()
    delivery.deliver(answer, format, [], {"text": lambda v: text.can(v, paint), "json": delivery.as_json})
    return {"allowed": 0, "undecided": 2}.get(answer["decision"], 1)
