"""Aggregation rules: which ClusterRoles a ClusterRole collects its rules from; knows labels, not rules.

https://kubernetes.io/docs/reference/access-authn-authz/rbac/#aggregated-clusterroles
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from nhilint.model.node import Map, Node, Scalar, Sequence
from nhilint.platforms.kubernetes.text import strings, text


@dataclass(frozen=True, slots=True, kw_only=True)
class Selector:
    """Labels that must be equal and expressions that must hold, all of them; an empty selector takes everything."""

    labels: tuple[tuple[str, str], ...] = ()
    expressions: tuple[tuple[str, str, tuple[str, ...]], ...] = ()
    """Key, operator, values."""

    def selects(self, labels: Mapping[str, str]) -> bool:
        """Whether an object with these labels is taken."""
        return all(labels.get(key) == value for key, value in self.labels) and all(
            _holds(labels, *expression) for expression in self.expressions
        )


def _holds(labels: Mapping[str, str], key: str, operator: str, values: tuple[str, ...]) -> bool:
    match operator:
        case "In":
            return labels.get(key) in values
        case "NotIn":
            return labels.get(key) not in values
        case "Exists":
            return key in labels
        case _:
            return key not in labels


def aggregates(body: Map) -> bool:
    """Whether the cluster fills in the rules of this ClusterRole, and overwrites what is written there."""
    node = body.get("aggregationRule")
    return node is not None and not (isinstance(node, Scalar) and node.value is None)


def read_selectors(node: Node | None) -> tuple[tuple[Selector, ...], tuple[tuple[Node, str], ...]]:
    """The selectors of an `aggregationRule`, and what of it could not be read: the node and why."""
    if not isinstance(node, Map):
        return (), ((node, "it is not an object"),) if node is not None else ()
    found: list[Selector] = []
    problems: list[tuple[Node, str]] = []
    rows = node.get("clusterRoleSelectors")
    if rows is not None and not (isinstance(rows, Sequence) and not rows.open):
        problems.append((rows, "its selectors are not all known"))
    for item in rows.items if isinstance(rows, Sequence) else ():
        selector = _selector(item)
        if selector is None:
            problems.append((item, "this selector is not one of labels and expressions"))
        else:
            found.append(selector)
    return tuple(found), tuple(problems)


def _selector(node: Node) -> Selector | None:
    if not isinstance(node, Map) or not node.entries.keys() <= {"matchLabels", "matchExpressions"}:
        return None
    labels, rows = node.get("matchLabels"), node.get("matchExpressions")
    if not isinstance(labels, Map | None) or not isinstance(rows, Sequence | None):
        return None
    expressions = []
    for row in rows.items if rows is not None else ():
        operator = text(row.get("operator")) if isinstance(row, Map) else ""
        if not isinstance(row, Map) or operator not in ("In", "NotIn", "Exists", "DoesNotExist"):
            return None
        expressions.append((text(row.get("key")), operator, strings(row.get("values"))))
    pairs = labels.entries.items() if labels is not None else ()
    return Selector(labels=tuple((key, text(value)) for key, value in pairs), expressions=tuple(expressions))
