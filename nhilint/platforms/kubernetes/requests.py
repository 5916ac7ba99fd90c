"""Questions in the words of Kubernetes, as requests and statements of the algebra."""

from __future__ import annotations

import re
from collections.abc import Iterator
from difflib import get_close_matches

from nhilint.algebra.values import Request, literal
from nhilint.data.kubernetes import resources
from nhilint.model.dialect import Written
from nhilint.model.errors import NhilintError
from nhilint.model.facts import Unresolved
from nhilint.model.node import Map, Node
from nhilint.platforms.kubernetes.paste import rules_of
from nhilint.platforms.kubernetes.rules import DIMENSIONS, GROUP, URLS, read_rules
from nhilint.platforms.kubernetes.selectors import aggregates
from nhilint.platforms.kubernetes.text import text
from nhilint.platforms.kubernetes.words import qualified

_RESOURCE = re.compile(
    r"(?:(?P<namespace>[a-z0-9.-]+):)?(?P<resource>[a-z0-9-]+)(?:\.(?P<group>[a-z0-9][a-z0-9.-]*))?"
    r"(?P<sub>/[a-z0-9-]+)?(?:=(?P<name>.+))?"
)


_WRITE = ("create", "update", "patch", "delete", "deletecollection")
_VERBS = frozenset(
    {"get", "list", "watch", *_WRITE, "bind", "escalate", "impersonate", "approve", "sign", "attest", "use"}
)
_URL_VERBS = frozenset({"get", "head", "options", "post", "put", "patch", "delete"})
_ASKED_ABOUT = frozenset(
    {
        *(("", name) for name in ("users", "groups")),
        *(
            ("authentication.k8s.io", name)
            for name in ("users", "groups", "uids", "userextras", "serviceaccounts", "nodes")
        ),
        ("certificates.k8s.io", "signers"),
    }
)
"""Names that are authorized and are no objects."""


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
        # The API server takes the name of a Namespace in the path for the namespace of the request. A list of one
        # Namespace has its name in a field selector.
        namespace = "" if action == "list" and not found["sub"] else name
    resource = found["resource"] + (found["sub"] or "")
    return Request(action="*", point=(action, GROUP + group, resource, literal(name), namespace))


def assumptions(request: Request) -> Iterator[str]:
    """What has to be so for a client to make the request; a mistyped question is else answered by a quiet no."""
    verb, group, resource, name, namespace = request.point
    if verb not in (_URL_VERBS if group == URLS else _VERBS) and not verb.startswith(
        ("impersonate:", "impersonate-on:")
    ):
        yield f"some program asks for the verb `{verb}`"
    if group == URLS:
        return
    plain, slash, _ = resource.partition("/")
    group = group.removeprefix(GROUP)
    known = resources().get((group, plain))
    if known is None:
        groups = {one for one, _ in resources()}
        if group in groups and (group, plain) not in _ASKED_ABOUT:
            near = [qualified(GROUP + one, kind) for one, kind in resources() if kind == plain]
            near = near or get_close_matches(plain, sorted({kind for one, kind in resources() if one == group}), 1)
            hint = f"; did you mean {' or '.join(f'`{one}`' for one in near)}?" if near else ""
            yield f"there is a resource `{plain}` in {f'the API group `{group}`' if group else 'the core group'}{hint}"
        return
    one_object = verb in ("get", "update", "patch", "delete")
    if not known.namespaced and namespace and plain != "namespaces" and verb != "bind":
        yield f"a request for `{plain}` has a namespace, though they belong to the cluster"
    if known.namespaced and not namespace and verb not in ("list", "watch"):
        yield f"a request to `{verb}` in no namespace is made at all, though `{plain}` belong to one"
    if verb == "create" and name and not slash:
        yield "a request to create has a name, though the API server sees none"
    if one_object and not name:
        yield f"a request to `{verb}` is made without a name; `=NAME` asks about one object"


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


__all__ = ["RequestError", "assumptions", "parse_request", "read_document", "rules_of"]
