"""`nhilint can`: one request, of an identity of a tree or of a principal whose policies are given as files."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache, partial
from typing import TYPE_CHECKING, Annotated, Any

import typer

from nhilint.app import options
from nhilint.app.inputs import InputError

if TYPE_CHECKING:
    from nhilint.engine import Analysis, Policies
    from nhilint.model.node import Node

_CODES = {"allowed": 0, "implicitly-denied": 1, "explicitly-denied": 1, "undecided": 2}
_File = "A policy document (repeatable)."
_Level = "A policy of the organisation: FILE, or LEVEL=FILE where several are attached to one level (repeatable)."


def can(
    identity: str = typer.Argument("", help="Key, name, ARN or address of an identity of the tree."),
    action: str = typer.Argument("", help="`s3:GetObject`, or a Kubernetes verb."),
    resource: str = typer.Argument("", help="An ARN or `*`; for Kubernetes [NAMESPACE:]RESOURCE[.GROUP][/SUB][=NAME]."),
    principal: str = typer.Option("", "--principal", help="ARN of a principal outside any tree, a service, or `*`."),
    asked_action: str = typer.Option("", "--action", help="The action, with --principal."),
    asked_resource: str = typer.Option("", "--resource", help="The resource, with --principal."),
    account: str = typer.Option("", "--resource-account", help="Account that the resource belongs to."),
    context: list[str] = typer.Option([], "--context", help="KEY=VALUE: a condition key of the request (repeatable)."),
    identity_policy: list[str] = typer.Option([], "--identity-policy", help=_File),
    boundary: list[str] = typer.Option([], "--boundary", help="The permission boundary (repeatable)."),
    session_policy: list[str] = typer.Option([], "--session-policy", help="The session policy (repeatable)."),
    resource_policy: list[str] = typer.Option([], "--resource-policy", help="The policy on the resource (repeatable)."),
    scp: list[str] = typer.Option([], "--scp", help=_Level),
    rcp: list[str] = typer.Option([], "--rcp", help=_Level),
    batch: options.Batch = "",
    tree: options.InTree = ".",
    path: options.Paths = [],
    root: options.Roots = [],
    var_file: options.VarFiles = [],
    environment: options.Environment = "",
    format: Annotated[str, typer.Option("--format", help="text or json.")] = "text",
) -> int:
    """May this identity do this? Exit code 0: allowed, 1: denied, 2: undecided or a bad question."""
    from nhilint.app import inputs
    from nhilint.app import output as delivery
    from nhilint.engine import Question, can, can_by_documents
    from nhilint.reports import text

    @cache
    def opened() -> Analysis:
        asked = inputs.Asked(paths=tuple(path), roots=tuple(root), var_files=tuple(var_file), environment=environment)
        return inputs.analyze_one(inputs.open_side(tree), asked)[0]

    if batch:
        from nhilint.app.batch import answer_all

        return answer_all(batch, partial(answer, tree=opened))
    policies = _policies(identity_policy, boundary, session_policy, resource_policy, scp, rcp)
    if bool(principal) == bool(identity):
        raise InputError(
            "who asks is not said" if not principal else "an identity of the tree and --principal are both given",
            help="write `nhilint can IDENTITY ACTION RESOURCE`, or --principal with --action and --resource",
        )
    what, where = (asked_action, asked_resource) if principal else (action, resource)
    if not what or not where:
        raise InputError("the action or the resource is missing", help="with --principal write --action and --resource")
    question = Question(principal=principal, action=what, resource=where, account=account, context=context_of(context))
    if principal:
        value = can_by_documents(question, policies)
    else:
        value = can(opened(), identity, question, policies)
    paint = delivery.paint()
    delivery.deliver(value, format, [], {"text": lambda v: text.can(v, paint), "json": delivery.as_json})
    return _CODES[value["decision"]]


def _no_tree() -> Analysis:
    raise InputError("there is no tree to ask about")


def answer(
    question: Mapping[str, Any], path: str, line: int, *, tree: Callable[[], Analysis] = _no_tree
) -> dict[str, Any]:
    """One question of a batch, about a principal or an identity of the tree; documents stand in it as objects."""
    from nhilint.app.batch import fields
    from nhilint.app.documents import read_value
    from nhilint.engine import Policies, Question, can, can_by_documents

    if {"identity", "principal"} <= question.keys():
        raise InputError("an identity of the tree and a principal are both given")
    who = "identity" if "identity" in question else "principal"
    given = fields(question, _FIELDS, {who, "action", "resource"})
    words = {name: word_of(given, name) for name in ("identity", "principal", "action", "resource", "resource_account")}

    def documents(value: Any) -> tuple[Node, ...]:
        return tuple(read_value(each, path, line) for each in (value if isinstance(value, list) else [value]))

    def optional(name: str) -> tuple[Node, ...] | None:
        return documents(given[name]) if given.get(name) is not None else None

    def levels(name: str) -> tuple[tuple[Node, ...], ...]:
        return tuple(documents(level) for level in _list(given, name))

    asked = Question(
        principal=words["principal"],
        action=words["action"],
        resource=words["resource"],
        account=words["resource_account"],
        context=mapping_of(given),
    )
    policies = Policies(
        identity=documents(_list(given, "identity_policies")),
        boundary=optional("boundary"),
        session=optional("session_policy"),
        scps=levels("scps"),
        rcps=levels("rcps"),
        resource=optional("resource_policy"),
    )
    return can(tree(), words["identity"], asked, policies) if words["identity"] else can_by_documents(asked, policies)


_FIELDS = {
    "identity", "principal", "action", "resource", "resource_account", "context", "identity_policies", "boundary",
    "session_policy", "scps", "rcps", "resource_policy",
}  # fmt: skip


def _policies(
    identity: list[str], boundary: list[str], session: list[str], resource: list[str], scp: list[str], rcp: list[str]
) -> Policies:
    from nhilint.app.documents import read_file
    from nhilint.engine import Policies

    def nodes(files: Sequence[str]) -> tuple[Node, ...]:
        return tuple(read_file(file) for file in files)

    def levels(written: list[str]) -> tuple[tuple[Node, ...], ...]:
        found: dict[str, list[str]] = {}
        for number, text in enumerate(written):
            level, equals, file = text.partition("=")
            found.setdefault(level if equals else f"#{number}", []).append(file if equals else text)
        return tuple(nodes(files) for files in found.values())

    return Policies(
        identity=nodes(identity),
        boundary=nodes(boundary) if boundary else None,
        session=nodes(session) if session else None,
        scps=levels(scp),
        rcps=levels(rcp),
        resource=nodes(resource) if resource else None,
    )


def context_of(pairs: list[str]) -> dict[str, list[str]]:
    """`KEY=VALUE` pairs as condition keys with their values."""
    values: dict[str, list[str]] = {}
    for pair in pairs:
        key, equals, value = pair.partition("=")
        if not equals or not key:
            raise InputError(f"`{pair}` is no condition key", help="write `--context KEY=VALUE`")
        values.setdefault(key, []).append(value)
    return values


def word_of(given: Mapping[str, Any], name: str) -> str:
    """A field that is a string, or empty."""
    value = given.get(name, "")
    if not isinstance(value, str):
        raise InputError(f"`{name}` is not a string")
    return value


def _list(given: Mapping[str, Any], name: str) -> list[Any]:
    value = given.get(name) or []
    if not isinstance(value, list):
        raise InputError(f"`{name}` is not a list")
    return value


def mapping_of(given: Mapping[str, Any]) -> dict[str, list[str]]:
    """The field `context`: condition keys with their value or values."""
    value = given.get("context") or {}
    if not isinstance(value, dict):
        raise InputError("`context` is not an object", help="write condition keys with their value or list of values")
    found: dict[str, list[str]] = {}
    for key, one in value.items():
        values = one if isinstance(one, list) else [one]
        if not all(isinstance(each, str | bool | int | float) for each in values):
            raise InputError(f"the value of `{key}` in `context` is not a string or a list of strings")
        found[key] = [str(each).lower() if isinstance(each, bool) else str(each) for each in values]
    return found
