"""RBAC rules to statements of the algebra; the one place that knows which stars are wildcards.

https://kubernetes.io/docs/reference/access-authn-authz/rbac/. Dimensions: verb, group, resource, name, namespace. A
group is written `g:GROUP`; non-resource URLs live under the group `u:` with the path as resource, so that no resource
rule can ever cover them. An unnamed request has the name ``; a cluster-scoped one the namespace ``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from nhilint.algebra.values import Scope, Statement, literal
from nhilint.data.kubernetes import resources
from nhilint.model.facts import Unresolved, Via
from nhilint.model.node import Choice, Map, Node, Scalar, Sequence
from nhilint.model.spellings import GROUP as GROUP
from nhilint.model.spellings import URLS as URLS
from nhilint.platforms.kubernetes.text import problems, strings

DIMENSIONS = ("verb", "group", "resource", "name", "namespace")

_KEYS = frozenset({"verbs", "apiGroups", "resources", "resourceNames", "nonResourceURLs"})


def read_rules(
    node: Node | None, *, grant: str, namespace: str
) -> tuple[tuple[Statement, ...], tuple[Unresolved, ...]]:
    """The statements of a `rules` list; `namespace` is the pattern of namespaces they hold in."""
    if node is None or (isinstance(node, Scalar) and node.value is None):
        return (), ()
    if not isinstance(node, Sequence):
        return (), (Unresolved(what="rules", why="they are not a list", span=node.span, cause="syntax"),)
    statements: list[Statement] = []
    unresolved: list[Unresolved] = []
    if node.open:
        why = f"there may be more: {node.open}"
        unresolved.append(Unresolved(what="rules", why=why, span=node.span, cause="unknown-value"))
    for item in _certain(node):
        if not isinstance(item, Map):
            unresolved.append(Unresolved(what="a rule", why="it is not a map", span=item.span, cause="syntax"))
            continue
        for key, value in item.entries.items():
            if key not in _KEYS:
                why = f"unknown field `{key}`"
                unresolved.append(Unresolved(what="a rule", why=why, span=value.span, cause="syntax"))
        unresolved.extend(
            Unresolved(what=f"`{key}` of a rule", why=why, span=item.span, cause="unknown-value")
            for key in sorted(_KEYS)
            for why in problems(item.get(key))
        )
        rule = {key: strings(item.get(key)) for key in _KEYS}
        statements.extend(statements_of(rule, Via(grant=grant, span=item.span), namespace))
    return tuple(statements), tuple(unresolved)


def _certain(node: Sequence) -> Iterator[Node]:
    """The elements, those of an undecided choice with all their options."""
    for item in node.items:
        if isinstance(item, Choice):
            yield from (option for option in item.options if isinstance(option, Map))
        else:
            yield item


def statements_of(rule: dict[str, tuple[str, ...]], via: Via, namespace: str) -> tuple[Statement, ...]:
    """One rule as at most two statements: its resources and its URLs.

    Inside one namespace, cluster-scoped resources and URLs give nothing.
    """
    within = namespace != "*"
    verbs = Scope(patterns=tuple(_word(verb) for verb in rule.get("verbs", ())))
    found: list[Statement] = []
    names = rule.get("resourceNames") or ()
    named = Scope(patterns=tuple(map(literal, names)) if names else ("*",))
    groups = rule.get("apiGroups") or ()
    kept = tuple(r for r in rule.get("resources") or () if not (within and _cluster_scoped(groups, r)))
    base = Statement(effect="allow", actions=("*",), origin=via)
    if verbs.patterns and groups and kept:
        group = Scope(patterns=tuple(GROUP + _word(name) for name in groups))
        resource = Scope(patterns=tuple(map(_resource, kept)))
        scopes = (verbs, group, resource, named, Scope(patterns=(namespace,)))
        found.append(replace(base, scopes=scopes))
    if within and (bound := _bindable(rule)) and groups:
        group = Scope(patterns=tuple(GROUP + _word(name) for name in groups))
        scopes = (Scope(patterns=("bind",)), group, Scope(patterns=bound), named, Scope(patterns=(namespace,)))
        found.append(replace(base, scopes=scopes))
    urls = rule.get("nonResourceURLs") or ()
    if verbs.patterns and urls and not within:
        paths = Scope(patterns=tuple(map(_url, urls)))
        nothing = Scope(patterns=("",))
        found.append(replace(base, scopes=(verbs, Scope(patterns=(URLS,)), paths, nothing, nothing)))
    return tuple(found)


def _bindable(rule: dict[str, tuple[str, ...]]) -> tuple[str, ...]:
    """What of the rule lets somebody bind ClusterRoles inside one namespace.

    ClusterRoles belong to the cluster, but whether a RoleBinding may refer to one is asked with the namespace of that
    RoleBinding (https://kubernetes.io/docs/reference/access-authn-authz/rbac/#restrictions-on-role-binding-creation-or-update).
    """
    names = rule.get("resources") or ()
    return ("clusterroles",) if "clusterroles" in names and {"bind", "*"} & set(rule.get("verbs", ())) else ()


def _word(text: str) -> str:
    return "*" if text == "*" else literal(text)


def _resource(text: str) -> str:
    """`*` and `*/sub` are wildcards; any other star is a literal."""
    if text == "*":
        return "*"
    if text.startswith("*/"):
        return "*/" + literal(text[2:])
    return literal(text)


def _url(text: str) -> str:
    """Stars at the end are one wildcard; any other star is a literal."""
    return literal(text.rstrip("*")) + "*" if text.endswith("*") else literal(text)


def _cluster_scoped(groups: tuple[str, ...], resource: str) -> bool:
    """Whether no request for it ever names a namespace, as far as is known.

    A request for one Namespace object does: the API server takes the object's own name for it. So a RoleBinding can
    give `get` on the namespace that it stands in, and the built-in `view` relies on that.
    """
    if resource.partition("/")[0] == "namespaces":
        return False
    known = [resources().get((group, resource.partition("/")[0])) for group in groups]
    return bool(known) and all(row is not None and not row.namespaced for row in known)
