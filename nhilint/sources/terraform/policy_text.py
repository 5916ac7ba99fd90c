"""Policy texts that a policy document takes in: what the provider reads of them, and how it writes it again."""

from __future__ import annotations

import json
from dataclasses import replace

from nhilint.model.node import Choice, Encoded, Map, Node, Scalar, Sequence, Text
from nhilint.sources.terraform.functions_encoding import parse_partial
from nhilint.sources.terraform.values import node_of, null, pure_symbol, scalar_text
from nhilint.sources.terraform.worlds import each_option

LISTS = (
    ("actions", "Action"),
    ("not_actions", "NotAction"),
    ("resources", "Resource"),
    ("not_resources", "NotResource"),
)
_ELEMENTS = {
    name.lower(): name
    for name in ("Sid", "Effect", "Principal", "NotPrincipal", "Condition", *(key for _, key in LISTS))
}
"""The provider reads the elements of a policy text whatever their case."""


def decoded(node: Node) -> Node | None:
    """A policy text as a structure; null when it is empty, None when it can't be known."""
    if isinstance(node, Encoded):
        return node.node
    if isinstance(node, Scalar):
        if not node.value:
            return null(node.span)
        parsed = parse_partial(node)
        if parsed is not None:
            return parsed
        try:
            return node_of(json.loads(str(node.value)), node.span)
        except (ValueError, RecursionError):
            return None
    if isinstance(node, Text) and not pure_symbol(node):
        return parse_partial(node)
    return None


def collapsed(node: Node) -> Node:
    """A list of one known element is written as that element."""
    if isinstance(node, Choice):
        return each_option(collapsed, node)
    if isinstance(node, Sequence) and len(node.items) == 1 and not node.open and not isinstance(node.items[0], Choice):
        return node.items[0]
    return node


def _read_conditions(conditions: Map) -> Map:
    """Conditions as the provider reads them from a policy text: one that is a number or null is lost on the way."""
    found: dict[str, Node] = {}
    for test, keys in conditions.entries.items():
        if isinstance(keys, Map):
            kept = {key: value for key, value in keys.entries.items() if not _unread(value)}
            if kept or keys.open:
                found[test] = replace(keys, entries={key: _worded(value) for key, value in kept.items()})
        else:
            found[test] = keys
    return replace(conditions, entries=found)


def _worded(value: Node) -> Node:
    if isinstance(value, Scalar) and isinstance(value.value, bool):
        return Scalar(scalar_text(value.value), value.span)
    return value


def _unread(value: Node) -> bool:
    return isinstance(value, Scalar) and not isinstance(value.value, (str, bool))


def rendered(statement: Node) -> Node:
    """A statement of a policy text as the provider writes it again: its own elements, everybody as a bare star."""
    if not isinstance(statement, Map):
        return statement
    entries = {_ELEMENTS.get(name.lower(), name): value for name, value in statement.entries.items()}
    conditions = entries.pop("Condition", None)
    if isinstance(conditions, Map):
        conditions = _read_conditions(conditions)
    if conditions is not None and not (isinstance(conditions, Map) and not conditions.entries and not conditions.open):
        entries["Condition"] = conditions
    for name in ("Principal", "NotPrincipal"):
        found = entries.get(name)
        if isinstance(found, Map) and list(found.entries) == ["*"] and not found.open:
            only = collapsed(found.entries["*"])
            if isinstance(only, Scalar) and only.value == "*":
                entries[name] = only
    return Map(entries, statement.span, statement.open)
