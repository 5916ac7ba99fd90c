"""A question with its policies as documents: reads every layer and asks `authorize`; knows no files and no tree."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from nhilint.algebra.values import Request, Statement, display
from nhilint.model.facts import Unresolved
from nhilint.model.node import Node
from nhilint.platforms.aws.authorize import Authorization, Layers, authorize
from nhilint.platforms.aws.breadth import applies
from nhilint.platforms.aws.caller import Caller, parse_caller
from nhilint.platforms.aws.policy import Attached, read_policy
from nhilint.platforms.aws.requests import RequestError, parse_request
from nhilint.platforms.aws.words import why_inert

_ACCOUNT = re.compile(r"\d{12}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Policies:
    """Documents by layer. None: none is given; an empty list of one kind: there is one that holds nothing."""

    identity: tuple[Node, ...] = ()
    boundary: tuple[Node, ...] | None = None
    session: tuple[Node, ...] | None = None
    scps: tuple[tuple[Node, ...], ...] = ()
    """One tuple a level."""
    rcps: tuple[tuple[Node, ...], ...] = ()
    resource: tuple[Node, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """May the principal do the action on the resource, in this context?"""

    principal: str
    action: str
    resource: str
    account: str = ""
    """Account of the resource; empty: the one its ARN names, else the caller's."""
    context: Mapping[str, Sequence[str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """The answer, and what of the documents could not be read (layer, and the part of it)."""

    authorization: Authorization
    unread: tuple[tuple[str, Unresolved], ...]
    assumed: tuple[str, ...]
    """What was taken for granted because nothing said otherwise; sentences without a full stop."""


def ask(
    question: Question,
    policies: Policies,
    held: Layers | None = None,
    missing: Sequence[tuple[str, Unresolved]] = (),
) -> Answer:
    """The answer. `held`: layers that are statements already, for instance of a tree; the documents add to them.
    `missing`: what of these could not be read.

    Raises `CallerError` or `RequestError` for a question that names no principal, action or resource.
    """
    caller = parse_caller(question.principal)
    unread = list(missing)
    layers = _read(policies, held or Layers(), unread)
    request = parse_request(question.action, question.resource)
    account, assumed = _account(question, request.point[-1], caller)
    context = {key.lower(): tuple(values) for key, values in caller.context}
    if account:
        context["aws:resourceaccount"] = (account,)
    context.update((key.lower(), tuple(values)) for key, values in question.context.items())
    request = Request(action=request.action, point=request.point, context=tuple(sorted(context.items())))
    found = authorize(caller, request, account, layers)
    if not applies(request.point[-1], request.action):
        assumed = (*assumed, f"such a request is made at all: {why_inert(request.action)}")
    return Answer(authorization=_honest(found, unread), unread=tuple(unread), assumed=assumed)


def _honest(found: Authorization, unread: Sequence[tuple[str, Unresolved]]) -> Authorization:
    """What was not read can overturn every answer but an explicit deny."""
    serious = [(layer, part) for layer, part in unread if part.cause != "unknown-operator"]
    if not serious or found.decision == "explicitly-denied":
        return found
    layer, part = serious[0]
    return replace(found, decision="undecided", reason=f"{part.what} in the {layer} layer: {part.why}")


def _account(question: Question, resource: str, caller: Caller) -> tuple[str, tuple[str, ...]]:
    if question.account:
        if not _ACCOUNT.fullmatch(question.account):
            raise RequestError(f"`{question.account}` is not an account", help="an account is a number of 12 digits")
        return question.account, ()
    parts = resource.split(":")
    named = parts[4] if len(parts) > 5 else ""
    if named:
        return named, ()
    if caller.account:
        return caller.account, (f"the resource belongs to the caller's account `{display(caller.account)}`",)
    return "", ()


def _read(policies: Policies, held: Layers, unread: list[tuple[str, Unresolved]]) -> Layers:
    def statements(layer: str, nodes: Sequence[Node], kind: Attached = "identity") -> tuple[Statement, ...]:
        found: list[Statement] = []
        for node in nodes:
            known, problems = read_policy(node, attached_to=kind, grant=layer)
            found += known
            unread.extend((layer, problem) for problem in problems)
        return tuple(found)

    def optional(
        layer: str, nodes: Sequence[Node] | None, own: tuple[Statement, ...] | None
    ) -> tuple[Statement, ...] | None:
        return own if nodes is None else (own or ()) + statements(layer, nodes)

    resource = held.resource
    if policies.resource is not None:
        resource = (resource or ()) + statements("resource", policies.resource, "resource")
    scps = (statements(f"scp.{number}", level) for number, level in enumerate(policies.scps, 1))
    rcps = (statements(f"rcp.{number}", level, "resource") for number, level in enumerate(policies.rcps, 1))
    return Layers(
        identity=held.identity + statements("identity", policies.identity),
        boundary=optional("boundary", policies.boundary, held.boundary),
        session=optional("session", policies.session, held.session),
        scps=(*held.scps, *scps),
        rcps=(*held.rcps, *rcps),
        resource=resource,
    )
