"""Kubernetes' words for verbs and requests."""

from __future__ import annotations

from collections.abc import Mapping

from nhilint.algebra.glob import matches
from nhilint.algebra.values import Request, display
from nhilint.data.kubernetes import resources
from nhilint.platforms.kubernetes.rules import GROUP, URLS

LEVELS = ("Permissions management", "Write", "Read", "List")
_READ, _LIST = frozenset({"get"}), frozenset({"list", "watch"})
_URL_READ = frozenset({"get", "head", "options"})
_MANAGE = frozenset({"bind", "escalate", "impersonate", "approve", "sign"})
_CONSTRAINED = ("impersonate:", "impersonate-on:")
"""https://kubernetes.io/docs/reference/access-authn-authz/user-impersonation/#constrained-impersonation"""
_WRITE = ("create", "update", "patch", "delete", "deletecollection")
_RBAC = ("roles", "clusterroles", "rolebindings", "clusterrolebindings")
_STEERING = (
    ("rbac.authorization.k8s.io", _RBAC, (*_WRITE, "bind", "escalate")),
    ("", ("serviceaccounts/token",), ("create",)),
    ("", ("users", "groups", "serviceaccounts"), ("impersonate",)),
    (
        "authentication.k8s.io",
        ("users", "groups", "uids", "userextras/scopes"),
        ("impersonate", "impersonate:user-info"),
    ),
    ("certificates.k8s.io", ("signers",), ("approve", "sign")),
)
"""Group, resources and verbs that decide who may do what; a rule of `*` holds them where it reaches their group."""


def level(verb: str, group: str, resource: str) -> str:
    """The access level of a rule's verb, group and resource: that of the worst request they let through."""
    shown = display(verb)
    if shown in _LIST:
        return "List"
    if shown in (_URL_READ if group == URLS else _READ):
        return "Read"
    if shown in _MANAGE or shown.startswith(_CONSTRAINED):
        return "Permissions management"
    steers = any(
        matches(group, GROUP + known)
        and any(matches(resource, one) for one in resources)
        and any(matches(verb, one) for one in verbs)
        for known, resources, verbs in _STEERING
    )
    return "Permissions management" if steers else "Write"


def qualified(group: str, resource: str) -> str:
    """`resource.group`, or the path of a URL, as kubectl writes it. Everything of the core group is `*.core`."""
    group, resource = display(group), display(resource)
    if group == URLS:
        return "/*" if resource == "*" else resource
    if resource == "*":
        return {"g:*": "*", "g:": "*.core"}.get(group, f"*.{group[2:]}")
    name, slash, sub = resource.partition("/")
    return f"{name}.{group[2:]}{slash}{sub}" if group[2:] else f"{name}{slash}{sub}"


def fill(dimension: str, pattern: str, about: tuple[str, ...] = ()) -> tuple[str, ...]:
    """Readable strings of a pattern; each has to be verified before it is used.

    `about` is the request's action and point: a create has no name, a cluster-scoped resource no namespace.
    """
    if about[2:3] == (URLS,) and dimension == "resource":
        return (("/" if pattern == "*" else "") + pattern.replace("*", "example"),)
    if pattern != "*":
        return (pattern.replace("*", "example"),)
    verb, group, resource = about[1:4] if len(about) > 3 else ("", "", "")
    row = resources().get((group.removeprefix(GROUP), resource.partition("/")[0]))
    nameless = verb in ("create", "list", "watch", "deletecollection") and "/" not in resource
    words = {
        "verb": ("get",),
        "group": (f"{GROUP}example.com",),
        "resource": ("examples", "examples/example"),
        "name": ("", "example") if nameless else ("example",),
        "namespace": ("", "example") if row is not None and not row.namespaced else ("example",),
    }
    return words.get(dimension, ())


def describe_request(request: Request) -> Mapping[str, object]:
    """A request in the words of kubectl: verb, resource with group, name and namespace."""
    verb, group, resource, name, namespace = request.point
    where = f"{display(namespace)}:" if namespace else ""
    which = f"={display(name)}" if name else ""
    return {"action": display(verb), "resource": f"{where}{qualified(group, resource)}{which}", "context": {}}
