"""Questions in the words of AWS, as requests and statements of the algebra."""

from __future__ import annotations

import re
from collections.abc import Iterator

from nhilint.algebra.values import Request, literal, symbol
from nhilint.model.dialect import Written
from nhilint.model.errors import NhilintError
from nhilint.model.node import Map, Node, Sequence
from nhilint.platforms.aws.policy import Attached, read_policy

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
    pieces = _UNKNOWN.split(resource)
    text = "".join(symbol(piece) if at % 2 else literal(piece) for at, piece in enumerate(pieces))
    return Request(action=action.lower(), point=(text,))


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
