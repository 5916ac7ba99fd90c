"""Rules of Kubernetes against its API: verbs, groups, resources, and wildcards. Custom resources are taken as given."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches
from functools import cache
from typing import Literal

from nhilint.catalog.files.conform import did_you_mean
from nhilint.catalog.files.places import Places
from nhilint.catalog.model import PARAMETER, Permit, Problem
from nhilint.data.kubernetes import resources
from nhilint.model.dialect import Dialect

_VERBS = ("get", "list", "watch", "create", "update", "patch", "delete", "deletecollection")
_SPECIAL = ("use", "bind", "escalate", "impersonate", "approve", "sign", "attest", "proxy")
"""Verbs that are asked for without being requests of the API themselves."""
_KUBELET = frozenset(
    f"nodes/{name}" for name in ("metrics", "stats", "log", "spec", "healthz", "pods", "checkpoint", "configz")
)
"""What kubelets ask for; the API does not list it. https://kubernetes.io/docs/reference/access-authn-authz/kubelet-authn-authz/"""
_VIRTUAL = frozenset(
    {("certificates.k8s.io", "signers"), ("", "users"), ("", "groups"), ("authentication.k8s.io", "uids")}
)
"""What rules name and nobody can read: signers, and whom one may act as."""
_GONE = frozenset({"extensions"})
"""Groups that Kubernetes had, and that rules of tools for many versions still name."""
_UNNAMED = ("create", "deletecollection")
"""Requests without a name: https://kubernetes.io/docs/reference/access-authn-authz/rbac/#referring-to-resources"""


@cache
def _groups() -> frozenset[str]:
    return frozenset(group for group, _ in resources())


def kubernetes_problems(permits: tuple[Permit, ...], places: Places, dialect: Dialect | None) -> Iterator[Problem]:
    """Every verb, group and resource that does not exist, rule without effect, and wildcard."""
    for permit in permits:
        yield from _wildcards(permit, places)
        yield from _verbs(permit, places)
        yield from _unknown_groups(permit, places)
        yield from _resources(permit, places)


def _wildcards(permit: Permit, places: Places) -> Iterator[Problem]:
    for field in ("verbs", "groups", "resources"):
        for value in permit.fields.get(field, ()):
            if "*" in value:
                message = f"`{value}` in `{field}` also allows what Kubernetes adds later"
                span = places.value(permit.span, value, field)
                yield Problem(code="open-wildcard", message=message, span=span, help="name them", severity="warning")


def _verbs(permit: Permit, places: Places) -> Iterator[Problem]:
    found = _rows(permit)
    for verb in permit.fields.get("verbs", ()):
        span = places.value(permit.span, verb, "verbs")
        if "*" in verb or verb in _SPECIAL:
            continue
        if verb not in _VERBS:
            help = did_you_mean(verb, (*_VERBS, *_SPECIAL), f"the verbs are {', '.join(_VERBS)}")
            yield Problem(code="unknown-verb", message=f"unknown verb `{verb}`", span=span, help=help)
        elif found and not permit.why and not any(verb in row for row in found):
            message = f"`{verb}` is possible on none of these resources"
            verbs = sorted({verb for row in found for verb in row})
            help = f"on them one may {', '.join(verbs)}"
            yield Problem(code="inert-action", message=message, span=span, help=help, severity="warning")
        elif verb in _UNNAMED and permit.fields.get("names") and not any("/" in r for r in permit.fields["resources"]):
            message = f"`{verb}` is asked for without a name, so a rule with `names` never allows it"
            help = "put it in a statement without `names`"
            yield Problem(code="inert-action", message=message, span=span, help=help, severity="warning")


def _rows(permit: Permit) -> list[tuple[str, ...]]:
    """The verbs of each resource of the rule; empty when one of them is not in the data, which may have others."""
    groups, names = permit.fields.get("groups", ("",)), permit.fields.get("resources", ())
    if any(group not in _groups() for group in groups) or any("*" in name or PARAMETER.search(name) for name in names):
        return []
    pairs = [(group, name) for group in groups for name in names if _exists(group, name)]
    return [resources()[pair].verbs for pair in pairs] if all(pair in resources() for pair in pairs) else []


def _unknown_groups(permit: Permit, places: Places) -> Iterator[Problem]:
    """Groups of custom resources have a dot; a group that looks like one of Kubernetes' own is a slip."""
    for group in permit.fields.get("groups", ()):
        if group in _groups() | _GONE or "*" in group or PARAMETER.search(group):
            continue
        near = get_close_matches(group, _groups() - {""}, n=1, cutoff=0.9 if "." in group else 0.6)
        version = group.partition("/")[0]
        if "." in group and not near and "/" not in group:
            continue
        span = places.value(permit.span, group, "groups")
        help = f"did you mean `{near[0]}`?" if near else 'the core group is ""'
        if "/" in group:
            help = f"a rule names a group without its version: `{'' if version == 'v1' else version}`"
        elif group in ("core", "v1"):
            help = 'the core group is ""'
        severe: Literal["warning", "error"] = "warning" if "." in group and "/" not in group else "error"
        message = f"unknown API group `{group}`"
        yield Problem(code="unknown-group", message=message, span=span, help=help, severity=severe)


def _exists(group: str, name: str) -> bool:
    """Whether a rule may name the resource: the API has it, or takes it for something else than a request."""
    base, _, sub = name.partition("/")
    pair = (group, name)
    if (
        (group == "" and name in _KUBELET)
        or pair in _VIRTUAL
        or (group == "authentication.k8s.io" and base == "userextras")
    ):
        return True
    return pair in resources() or (sub == "finalizers" and (group, base) in resources())


def _spaced(name: str, groups: tuple[str, ...]) -> bool:
    """Whether the resource is asked for in a namespace; one namespace is asked for in itself."""
    if name.partition("/")[0] == "namespaces":
        return True
    rows = [resources()[group, name] for group in groups if (group, name) in resources()]
    return not rows or any(row.namespaced for row in rows)


def _resources(permit: Permit, places: Places) -> Iterator[Problem]:
    groups = permit.fields.get("groups", ("",))
    if any(group not in _groups() for group in groups):
        return
    known = {name for group, name in resources() if group in groups}
    for name in permit.fields.get("resources", ()):
        if "*" in name or PARAMETER.search(name):
            continue
        span = places.value(permit.span, name, "resources")
        if not any(_exists(group, name) for group in groups):
            others = sorted(group for group, other in resources() if other == name)
            inside = ", ".join(f'"{group}"' for group in groups)
            help = f"`{name}` is in the group `{others[0]}`" if others and others[0] else ""
            help = help or ('it is in the core group: ""' if others else did_you_mean(name, sorted(known)))
            message = f"there is no `{name}` in the group {inside}"
            yield Problem(code="unknown-resource", message=message, span=span, help=help)
        elif permit.fields.get("namespaces") and not permit.why and not _spaced(name, groups):
            message = f"`{name}` are in no namespace, so a rule with `namespaces` never allows them"
            help = "put them in a statement without `namespaces`"
            yield Problem(code="inert-resource", message=message, span=span, help=help, severity="warning")
    named = permit.fields.get("resources", ())
    if permit.fields.get("groups") and named and not permit.why:
        for group in groups:
            if not any("*" in name or PARAMETER.search(name) or _exists(group, name) for name in named):
                message = f'the rule names no resource of the group "{group}"'
                span = places.value(permit.span, group, "groups")
                yield Problem(code="inert-group", message=message, span=span, severity="warning")
