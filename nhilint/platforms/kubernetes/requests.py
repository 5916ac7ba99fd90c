"""Questions in the words of Kubernetes, as requests and statements of the algebra."""

from __future__ import annotations

import re

from nhilint.algebra.values import Request, literal
from nhilint.model.dialect import Written
from nhilint.model.errors import NhilintError
from nhilint.model.facts import Unresolved
from nhilint.model.node import Map, Node
from nhilint.platforms.kubernetes.paste import rules_of
from nhilint.platforms.kubernetes.rules import DIMENSIONS, GROUP, URLS, read_rules
from nhilint.platforms.kubernetes.selectors import aggregates
from nhilint.platforms.kubernetes.text import text

_RESOURCE = re.compile(
    r"(?:(?P<namespace>[a-z0-9.-]+):)?(?P<resource>[a-z0-9-]+)(?:\.(?P<group>[a-z0-9.-]+))?"
    r"(?P<sub>/[a-z0-9-]+)?(?:=(?P<name>.+))?"
)


class RequestError(NhilintError):
    """The words do not name one concrete request."""


def parse_request(action: str, resource: str) -> Request:
    """A verb and `[NAMESPACE:]RESOURCE[.GROUP][/SUBRESOURCE][=NAME]` (or `/path`) as a request."""
    if "*" in action:
        raise RequestError(f"`{action}` is not one verb", help="a question is about one verb, for instance `get`")
    if resource.startswith("/"):
        return Request(action="*", point=(action, URLS, literal(resource), "", ""))
    found = _RESOURCE.fullmatch(resource)
    if found is None:
        raise RequestError(
            f"`{resource}` is not a resource",
            help="write `[NAMESPACE:]RESOURCE[.GROUP][/SUBRESOURCE][=NAME]`, for instance `prod:deployments.apps=web`",
        )
    group, name, namespace = (found[key] or "" for key in ("group", "name", "namespace"))
    if found["resource"] == "namespaces" and not group:
        # The API server takes the name of a Namespace object for the namespace of the request.
        namespace = name
    resource = found["resource"] + (found["sub"] or "")
    return Request(action="*", point=(action, GROUP + group, resource, literal(name), namespace))


def read_document(node: Node, name: str) -> Written:
    """The rules of one Role or ClusterRole manifest, as if bound in the whole cluster."""
    if not isinstance(node, Map):
        raise RequestError(f"the {name} is not a Role or ClusterRole manifest", span=node.span)
    statements, unresolved = read_rules(node.get("rules"), grant=name, namespace="*")
    if text(node.get("kind")) == "ClusterRole" and aggregates(node):
        why = "the cluster collects its rules by labels from other ClusterRoles, and they are not in this document"
        missing = Unresolved(what=f"the {name}", why=why, span=node.span, cause="unknown-value")
        statements, unresolved = (), (missing,)
    elif any(s.scopes[1].patterns == (URLS,) for s in statements) and text(node.get("kind")) == "Role":
        why = "a Role with `nonResourceURLs`, which a cluster refuses"
        unresolved += (Unresolved(what=f"the {name}", why=why, span=node.span, cause="syntax"),)
    return Written(kind="role", title="a role", dimensions=DIMENSIONS, statements=statements, unresolved=unresolved)


__all__ = ["RequestError", "parse_request", "read_document", "rules_of"]
