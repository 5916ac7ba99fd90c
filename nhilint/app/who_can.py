"""`nhilint who-can`: everybody who may do something, and everybody who can become one who may."""

from __future__ import annotations

import gc
from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

import typer

from nhilint.app import options

if TYPE_CHECKING:
    from nhilint.engine import Analysis


def command(
    action: str = typer.Argument("", help="`s3:GetObject`, a Kubernetes verb, or `contents:write` of GitHub."),
    resource: str = typer.Argument(
        "",
        help="An ARN, a pattern of ARNs or `*`; for Kubernetes [NAMESPACE:]RESOURCE[.GROUP][/SUB][=NAME]; for GitHub "
        "`.` (this repository), owner/name or secret/NAME.",
    ),
    platform: str = typer.Option("", "--platform", help="Where the form of the action does not tell it."),
    account: str = typer.Option("", "--resource-account", help="Account that the resource belongs to."),
    context: list[str] = typer.Option([], "--context", help="KEY=VALUE: a condition key of the request (repeatable)."),
    batch: options.Batch = "",
    identity: list[str] = typer.Option([], "--identity", help="Only about this identity or node (repeatable)."),
    depth: int = typer.Option(0, "--depth", min=0, help="Over others only in at most so many steps; 0: any."),
    tree: options.InTree = ".",
    path: options.Paths = [],
    root: options.Roots = [],
    var_file: options.VarFiles = [],
    environment: options.Environment = "",
    format: str = typer.Option("text", "--format", help="text or json."),
    strict: options.Strict = False,
) -> int:
    """Who may do this, with the statements that allow it, and who gets there over others."""
    from nhilint.app import inputs
    from nhilint.app import output as delivery
    from nhilint.app.query import context_of
    from nhilint.engine import Wanted, who_can
    from nhilint.reports import holders

    @cache
    def opened() -> Analysis:
        asked = inputs.Asked(paths=tuple(path), roots=tuple(root), var_files=tuple(var_file), environment=environment)
        analysis = inputs.analyze_one(inputs.open_side(tree), asked)[0]
        # The tree stays for all questions: Python's collector need not walk over it again with each.
        gc.freeze()
        return analysis

    if batch:
        from nhilint.app.batch import answer_all

        return answer_all(batch, lambda question, *_: who_can(opened(), _wanted(question)))
    if not action or not resource:
        raise inputs.InputError(
            "the action or the resource is missing", help="write `nhilint who-can ACTION RESOURCE`, or `--batch FILE`"
        )
    wanted = Wanted(
        action=action,
        resource=resource,
        platform=platform,
        account=account,
        context=context_of(context),
        identities=tuple(identity),
        depth=depth or None,
    )
    value = who_can(opened(), wanted)
    paint = delivery.paint()
    delivery.deliver(value, format, [], {"text": lambda v: holders.who_can(v, paint), "json": delivery.as_json})
    return 3 if strict and (value["undecided"] or value["summary"]["unresolved"]) else 0


def _wanted(question: Mapping[str, Any]) -> Any:
    from nhilint.app.batch import fields
    from nhilint.app.query import mapping_of, word_of
    from nhilint.engine import Wanted

    given = fields(question, {"action", "resource", "platform", "resource_account", "context"}, {"action", "resource"})
    return Wanted(
        action=word_of(given, "action"),
        resource=word_of(given, "resource"),
        platform=word_of(given, "platform"),
        account=word_of(given, "resource_account"),
        context=mapping_of(given),
    )
