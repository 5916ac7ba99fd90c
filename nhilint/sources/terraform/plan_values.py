"""Joins a planned value with what source says in its place: the plan wins where it knows, source fills and locates.

Lists that stand for sets are in another order in a plan than in source, so elements are paired by what is known of
both, and only then by position.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from nhilint.model.node import Encoded, Map, Node, Scalar, Symbol, Text
from nhilint.model.node import Sequence as ListNode
from nhilint.model.span import Span
from nhilint.sources.terraform.values import node_of, text

STRUCTURED = frozenset(
    {
        "access_policies", "access_policy", "assume_role_policy", "content", "definition", "inline_policy", "json",
        "manifest", "minified_json", "override_json", "override_policy_documents", "policy", "policy_document",
        "registry_policy", "resource_policy", "source_json", "source_policy_documents", "yaml_body",
    }
)  # fmt: skip
"""Attributes that hold a document: one unknown string in its place would say nothing."""
MANY = 200
"""Elements of a list that are paired by content; longer lists are paired by position."""
Route = tuple[str | int, ...]
Hidden = Callable[[Route, Span], Node]


@dataclass(frozen=True, slots=True)
class Join:
    """How the values of one instance become nodes."""

    span: Span
    """Of what has no place of its own."""
    hidden: Hidden
    """What stands for a value that is known only after apply, where source has nothing."""
    secrets: Mapping[str, str]
    """Strings that must not be shown, with the names of what holds them."""
    withheld: Hidden
    """What stands for a value that must not be shown, where source has nothing."""
    accounts: Mapping[str, str]
    """Account numbers with the names of their symbols: both paths write an account of one's own as a symbol."""

    def node(self, value: Any, unknown: Any, sensitive: Any, place: Node | None, route: Route) -> Node:
        """One value with what is beside it."""
        span = place.span if place is not None else self.span
        if unknown is True:
            return place if place is not None else self.hidden(route, span)
        if isinstance(value, list):
            return self._list(value, unknown, sensitive, place, route)
        if isinstance(value, Mapping):
            return self._map(value, unknown, sensitive, place, route)
        if sensitive is True and isinstance(value, (str, int, float)):
            return place if place is not None else self._masked(value, route, span)
        if isinstance(value, str):
            inner = place.node if isinstance(place, Encoded) and place.format == "json" else None
            found = self._decoded(value, inner, span) if inner is not None or _structured(route) else None
            return found if found is not None else self.text(value, place, span)
        return node_of(value, span)

    def text(self, value: str, place: Node | None, span: Span) -> Node:
        """A known string; accounts of one's own are symbols, unless source writes the number itself."""
        if isinstance(place, Scalar) and place.value == value:
            return place
        return text(self._own([value]), span)

    def _own(self, parts: list[str | Symbol]) -> list[str | Symbol]:
        for number, name in self.accounts.items():
            parts = [piece for part in parts for piece in _cut(part, number, name)]
        return parts

    def _list(self, value: list[Any], unknown: Any, sensitive: Any, place: Node | None, route: Route) -> Node:
        hidden = unknown if isinstance(unknown, list) else []
        count = max(len(value), len(hidden))
        rows = [(value[i] if i < len(value) else None, hidden[i] if i < len(hidden) else None) for i in range(count)]
        places = paired(rows, place)
        items = (
            self.node(known, open, _at(sensitive, i), places[i], (*route, i)) for i, (known, open) in enumerate(rows)
        )
        return ListNode(tuple(items), place.span if place is not None else self.span)

    def _map(self, value: Json, unknown: Any, sensitive: Any, place: Node | None, route: Route) -> Node:
        hidden = unknown if isinstance(unknown, Mapping) else {}
        entries = place.entries if isinstance(place, Map) else {}
        keys = [*value, *(key for key, state in hidden.items() if key not in value and state)]
        found = {
            key: self.node(value.get(key), hidden.get(key), _at(sensitive, key), entries.get(key), (*route, key))
            for key in keys
        }
        return Map(found, place.span if place is not None else self.span)

    def _decoded(self, value: str, place: Node | None, span: Span) -> Node | None:
        """A known JSON text as its structure, with the places of the one that made it."""
        if not value.lstrip().startswith(("{", "[")):
            return None
        try:
            structure = json.loads(value)
        except (ValueError, RecursionError):
            return None
        return Encoded(self.node(structure, None, None, place, ()), span)

    def _masked(self, value: str | float, route: Route, span: Span) -> Node:
        """A value that must not be shown: the secrets in it become symbols; with none of them it stays hidden."""
        if not isinstance(value, str):
            return self.withheld(route, span)
        parts: list[str | Symbol] = [value]
        for secret in sorted(self.secrets, key=len, reverse=True):
            for written in {secret, json.dumps(secret, ensure_ascii=False)[1:-1]}:
                parts = [piece for part in parts for piece in _cut(part, written, self.secrets[secret])]
        if len(parts) == 1 and isinstance(parts[0], str):
            return self.withheld(route, span)
        return text(self._own(parts), span)


Json = Mapping[str, Any]


def _cut(part: str | Symbol, secret: str, name: str) -> list[str | Symbol]:
    if isinstance(part, Symbol) or secret not in part:
        return [part]
    found: list[str | Symbol] = []
    for index, piece in enumerate(part.split(secret)):
        found += [Symbol(name)] * bool(index)
        found += [piece] * bool(piece)
    return found


def _structured(route: Route) -> bool:
    return any(step in STRUCTURED for step in route)


def _at(beside: Any, key: str | int) -> Any:
    """What stands beside an element."""
    if beside is True:
        return True
    if isinstance(key, int):
        return beside[key] if isinstance(beside, list) and key < len(beside) else None
    return beside.get(key) if isinstance(beside, Mapping) else None


def paired(rows: Sequence[tuple[Any, Any]], place: Node | None) -> list[Node | None]:
    """For each element of a planned list the one in source; each of source is taken once."""
    found: list[Node | None] = [None] * len(rows)
    if not isinstance(place, ListNode):
        if len(rows) == 1 and isinstance(place, (Map, Scalar, Text)):
            found[0] = place
        return found
    places = list(place.items)
    if len(rows) > MANY or len(places) > MANY:
        return [places[i] if i < len(places) and len(places) == len(rows) else None for i in range(len(rows))]
    free = dict(enumerate(places))
    scores = [
        (score, -abs(i - j), i, j)
        for i, (value, unknown) in enumerate(rows)
        for j, one in free.items()
        if (score := likeness(value, unknown, one)) is not None
    ]
    taken: set[int] = set()
    for _, _, i, j in sorted(scores, reverse=True):
        if i not in taken and j in free:
            found[i] = free.pop(j)
            taken.add(i)
    return found


def likeness(value: Any, unknown: Any, place: Node) -> int | None:
    """How many known parts of a planned value and its place agree; None when one of them differs."""
    if unknown is True:
        # A value that source knows would be known to the plan as well.
        return None if isinstance(place, Scalar) else 0
    if isinstance(place, Scalar):
        if value is None and place.value is None:
            return 1
        if value is None or place.value is None:
            return 0 if value in (None, "", False, 0) and place.value in (None, "", False, 0) else None
        return 2 if str(value) == str(place.value) or value == place.value else None
    if isinstance(place, Map) and isinstance(value, Mapping):
        hidden = unknown if isinstance(unknown, Mapping) else {}
        return _total(
            likeness(value.get(key), hidden.get(key), one) for key, one in place.entries.items() if key in value
        )
    if isinstance(place, ListNode) and isinstance(value, list) and not place.open:
        if len(value) != len(place.items):
            return None
        known = {str(one.value) for one in place.items if isinstance(one, Scalar)}
        return sum(str(item) in known for item in value if not isinstance(item, (list, Mapping)))
    if isinstance(place, Text) and isinstance(value, str):
        return _fits(place, value)
    return 0


def _total(parts: Any) -> int | None:
    total = 0
    for part in parts:
        if part is None:
            return None
        total += part
    return total


def _fits(place: Text, value: str) -> int | None:
    """Whether the literal pieces of a partial string are in a known one, in order."""
    at, size = 0, 0
    for index, part in enumerate(place.parts):
        if isinstance(part, str):
            at = value.find(part, at)
            if at < 0 or (index == 0 and at > 0):
                return None
            at += len(part)
            size += 1
    return size
