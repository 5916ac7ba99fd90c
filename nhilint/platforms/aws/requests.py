"""Questions in the words of AWS, as requests and statements of the algebra."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace

from nhilint.algebra.glob import GlobTooLarge, intersect, matches
from nhilint.algebra.values import Request, display, literal, symbol
from nhilint.data.aws import action as known_action
from nhilint.model.dialect import Written
from nhilint.model.errors import NhilintError
from nhilint.model.node import Map, Node, Sequence
from nhilint.platforms.aws.breadth import applies
from nhilint.platforms.aws.policy import Attached, read_policy
from nhilint.platforms.aws.words import fill

_UNKNOWN = re.compile(r"\$\{([^}]*)\}")
_KINDS: dict[Attached, tuple[str, tuple[str, ...]]] = {
    "identity": ("an identity's policy", ("resource",)),
    "trust": ("a trust policy", ("principal",)),
    "resource": ("a resource policy", ("principal", "resource")),
}


class RequestError(NhilintError):
    """The words do not name one concrete request."""


def parse_request(action: str, resource: str) -> Request:
    """`s3:GetObject` and an ARN (or `*` for actions that know no resources) as a request.

    What is not known is written as everywhere: `arn:aws:s3:::${aws_s3_bucket.b.id}/a`, `${aws_kms_key.k.arn}`.
    """
    service, colon, name = action.partition(":")
    if not (service and colon and name):
        raise RequestError(f"`{action}` is not an action", help="write `service:Action`, for instance `s3:GetObject`")
    if "*" in action or "?" in action:
        raise RequestError(f"`{action}` is not one action", help="a question is about one action, without wildcards")
    if resource != "*" and not resource.startswith(("arn:", "${")):
        raise RequestError(
            f"`{resource}` is not an ARN", help="write an ARN, or `*` for actions that know no resources"
        )
    if resource == "*":
        return Request(action=action.lower(), point=("*",))
    return Request(action=action.lower(), point=(_text(resource, literal),))


def _text(resource: str, plain: Callable[[str], str]) -> str:
    pieces = _UNKNOWN.split(resource)
    return "".join(symbol(piece) if at % 2 else plain(piece) for at, piece in enumerate(pieces))


def parse_pattern(action: str, resource: str) -> Request:
    """The same, with wildcards that mean what they mean in a policy; `*`: any resource, where the action knows some."""
    request = parse_request(action, resource)
    row = known_action(request.action)
    if resource == "*" and row is not None and not row.resource_types:
        return replace(request, point=(literal("*"),))
    return replace(request, point=(_text(resource, str),))


def examples(name: str, asked: str, held: str) -> Iterator[str]:
    """Resources in both patterns as a question writes them, those that the folded action works on first."""
    try:
        parts = intersect(asked, held)
    except GlobTooLarge:
        parts = (asked,)
    found: dict[str, None] = {}
    for part in parts:
        texts = [*fill("resource", part, (name,)), part.replace("*", "example/example").replace("?", "x")]
        found |= dict.fromkeys(text for one in texts if matches(part, text := _somewhere(part, one)))
    for text in sorted(found, key=lambda text: not applies(text, name)):
        yield display(text)


def _somewhere(pattern: str, text: str) -> str:
    """The text with the tree's own region and account where the pattern takes any."""
    asked, parts = pattern.split(":", 5), text.split(":", 5)
    if len(parts) < 6:
        return text
    for at, own in ((3, "region"), (4, "account")):
        if parts[at] and (len(asked) < 6 or asked[at] == "*"):
            parts[at] = symbol(own)
    return ":".join(parts)


def read_document(node: Node, name: str) -> Written:
    """A policy document by what stands in it: principals and no resources make a trust policy. Never raises."""
    elements = {element for row in _rows(node) for element in row.entries}
    principal, resource = bool(elements & {"Principal", "NotPrincipal"}), bool(elements & {"Resource", "NotResource"})
    kind: Attached = "identity" if not principal else "resource" if resource else "trust"
    statements, unresolved = read_policy(node, attached_to=kind, grant=name)
    title, dimensions = _KINDS[kind]
    return Written(kind=kind, title=title, dimensions=dimensions, statements=statements, unresolved=unresolved)


def _rows(node: Node) -> Iterator[Map]:
    found = node.get("Statement") if isinstance(node, Map) else None
    for row in found.items if isinstance(found, Sequence) else (found,):
        if isinstance(row, Map):
            yield row
