"""Questions in the words of GitHub, as requests and statements of the algebra."""

from __future__ import annotations

import re
from collections.abc import Iterator
from difflib import get_close_matches

from nhilint.algebra.values import Request, Scope, Statement, literal, symbol
from nhilint.data.github import actions, date
from nhilint.model.dialect import Written
from nhilint.model.errors import NhilintError
from nhilint.model.facts import Via
from nhilint.model.node import Map, Node
from nhilint.platforms.github.access import read_access
from nhilint.platforms.github.words import DIMENSIONS, READ_SECRET, SCOPES, THIS, parsed, shown

_UNKNOWN = re.compile(r"\$\{\{?([^}]*)\}\}?")


class RequestError(NhilintError):
    """The words do not name one concrete request."""


def parse_request(action: str, resource: str) -> Request:
    """`contents:write` and `.` (this repository) or `owner/name`; `secrets:read` and `secret/NAME`."""
    scope, colon, level = action.partition(":")
    if not (scope and colon and level) or "*" in action:
        raise RequestError(
            f"`{action}` is not one permission of a token",
            help=f"write `scope:level`, for instance `contents:write`, or `{READ_SECRET}`",
        )
    point = parsed(resource)
    if action == READ_SECRET and point.startswith("repository/"):
        raise RequestError(
            f"`{resource}` is not a secret", help="write `secret/NAME` or `environment/ENVIRONMENT/secret/NAME`"
        )
    if point != THIS:
        pieces = _UNKNOWN.split(point)
        point = "".join(symbol(piece.strip()) if at % 2 else literal(piece) for at, piece in enumerate(pieces))
    return Request(action=action, point=(point,))


def knows(action: str) -> bool:
    """Whether it is a permission of a token or the reading of a secret: told from the actions of others by this."""
    return action in (*actions(), READ_SECRET)


def assumptions(request: Request) -> Iterator[str]:
    """What has to be so for the request to be made; a mistyped question is else answered by a quiet no."""
    if request.point[0].startswith("repository/") and request.point[0] != THIS:
        yield f"`{shown(request.point[0])}` is another repository than this one, which is asked about as `.`"
    if request.action in SCOPES.all():
        return
    near = get_close_matches(request.action, actions(), n=1)
    hint = f"; did you mean `{near[0]}`?" if near else ""
    yield f"a token can be given `{request.action}`, which the data of {date()} does not know{hint}"


def read_document(node: Node, name: str) -> Written:
    """The `permissions` of a workflow or job, or a map that has such a key."""
    value = node.get("permissions") if isinstance(node, Map) and "permissions" in node.entries else node
    access = read_access(value, name)
    if access is None:
        raise RequestError(f"the {name} has no `permissions`", span=node.span)
    statements = tuple(
        Statement(
            effect="allow",
            actions=tuple(sorted(line.actions)),
            scopes=(Scope(patterns=(THIS,)),),
            origin=Via(grant=name, span=line.span),
        )
        for line in access.lines
    )
    return Written(
        kind="identity",
        title="permissions of a workflow",
        dimensions=DIMENSIONS,
        statements=statements,
        unresolved=access.unresolved,
    )
