"""Questions in the words of AWS, as requests and statements of the algebra."""

from __future__ import annotations

from nhilint.algebra.values import Request, Statement, literal
from nhilint.model.errors import NhilintError
from nhilint.model.facts import Unresolved
from nhilint.model.node import Node
from nhilint.platforms.aws.policy import read_policy


class RequestError(NhilintError):
    """The words do not name one concrete request."""


def parse_request(action: str, resource: str) -> Request:
    """`s3:GetObject` and an ARN (or `*` for actions that know no resources) as a request."""
    service, colon, name = action.partition(":")
    if not (service and colon and name):
        raise RequestError(f"`{action}` is not an action", help="write `service:Action`, for instance `s3:GetObject`")
    if "*" in action or "?" in action:
        raise RequestError(f"`{action}` is not one action", help="a question is about one action, without wildcards")
    if resource != "*" and not resource.startswith("arn:"):
        raise RequestError(
            f"`{resource}` is not an ARN", help="write an ARN, or `*` for actions that know no resources"
        )
    return Request(action=action.lower(), point=("*" if resource == "*" else literal(resource),))


def read_statements(node: Node, name: str) -> tuple[tuple[Statement, ...], tuple[Unresolved, ...]]:
    """The statements of one policy document, read as an identity's."""
    return read_policy(node, attached_to="identity", grant=name)
