"""Kubernetes' words for verbs and requests."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from nhilint.algebra.values import Request, display
from nhilint.data.kubernetes import resources
from nhilint.platforms.kubernetes.rules import GROUP, URLS

LEVELS = ("Permissions management", "Write", "Read", "List")
_READ, _LIST = frozenset({"get"}), frozenset({"list", "watch"})
_MANAGE = frozenset({"bind", "escalate", "impersonate", "approve", "sign", "*"})
_IDENTITY = frozenset({"roles", "clusterroles", "rolebindings", "clusterrolebindings"})


_STEERING = _IDENTITY | {"users", "groups", "serviceaccounts", "signers", "*"}
"""What the verbs of `_MANAGE` are made for; elsewhere `*` means the plain verbs."""


def level(verb: str, resource: str) -> str:
    """The access level of one verb on one resource."""
    if verb in _LIST:
        return "List"
    if verb in _READ:
        return "Read"
    if verb == "*" and resource.partition("/")[0] not in _STEERING and resource != "serviceaccounts/token":
        return "Write"
    if verb in _MANAGE or resource.partition("/")[0] in _IDENTITY or resource == "serviceaccounts/token":
        return "Permissions management"
    return "Write"


def access_levels(actions: Sequence[str]) -> tuple[str, ...]:
    """The levels of `verb resource` pairs, worst first."""
    found = {level(verb, resource) for verb, _, resource in (action.partition(" ") for action in actions)}
    return tuple(name for name in LEVELS if name in found)


def qualified(group: str, resource: str) -> str:
    """`resource.group`, or the path of a URL, as kubectl writes it."""
    group = display(group)
    if group == URLS or resource == "*":
        return display(resource) if group in (URLS, "g:*", "g:") else f"*.{group[2:]}"
    name, slash, sub = display(resource).partition("/")
    return f"{name}.{group[2:]}{slash}{sub}" if group[2:] else f"{name}{slash}{sub}"


def fill(dimension: str, pattern: str, about: tuple[str, ...] = ()) -> tuple[str, ...]:
    """Readable strings of a pattern; each has to be verified before it is used.

    `about` is the request's action and point: a create has no name, a cluster-scoped resource no namespace.
    """
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
