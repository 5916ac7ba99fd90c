"""Residue as the fewest rules that mean the same, to be pasted into a ClusterRole; knows no bindings."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import permutations

from nhilint.algebra.values import Residue, display
from nhilint.platforms.kubernetes.rules import GROUP, URLS

Rule = dict[str, list[str]]
_Box = tuple[frozenset[str], ...]
"""Verbs, groups, resources, names; or verbs and URLs. No names at all: every name, and none."""
_FIELDS = ("verbs", "apiGroups", "resources", "resourceNames")
_NAMES = 3
_MANY = 400
"""Boxes above which only one order of uniting is tried."""


def rules_of(residue: Iterable[Residue]) -> tuple[Rule, ...]:
    """The rules, without their namespaces; in an order that does not depend on that of the residue."""
    atoms: list[_Box] = []
    calls: list[_Box] = []
    for part in residue:
        verb, group, resource, name, _ = part.scopes
        if group == URLS:
            calls.append((frozenset({display(verb)}), frozenset({display(resource)})))
        else:
            names = frozenset[str]() if name == "*" else frozenset({display(name)})
            plain = display(group.removeprefix(GROUP))
            atoms.append((frozenset({display(verb)}), frozenset({plain}), frozenset({display(resource)}), names))
    found = [dict(zip(_FIELDS, map(sorted, box), strict=True)) for box in _united(atoms, len(_FIELDS))]
    # The order of the fields is that of the manuals.
    rows: list[Rule] = [{key: row[key] for key in (*_FIELDS[1:], _FIELDS[0]) if row[key]} for row in found]
    rows += [{"nonResourceURLs": sorted(urls), "verbs": sorted(verbs)} for verbs, urls in _united(calls, 2)]
    return tuple(rows)


def _united(boxes: Sequence[_Box], size: int) -> list[_Box]:
    """Fewer boxes with the same points: two that differ in one place become one. The order that leaves fewest wins."""
    orders = list(permutations(range(size))) if len(boxes) <= _MANY else [tuple(range(size))]
    tries = [_in_order(boxes, order) for order in orders]
    return min(tries, key=len, default=[])


def _in_order(boxes: Sequence[_Box], order: Sequence[int]) -> list[_Box]:
    left = sorted(set(boxes), key=lambda box: [sorted(place) for place in box])
    while True:
        before = len(left)
        for place in order:
            left = _along(left, place)
        if len(left) == before:
            return left


def _along(boxes: Sequence[_Box], place: int) -> list[_Box]:
    found: dict[object, _Box] = {}
    for box in boxes:
        # Every name and some names can not stand in one list.
        mark = (*box[:place], *box[place + 1 :], place == _NAMES and not box[place])
        known = found.get(mark)
        found[mark] = box if known is None else (*box[:place], known[place] | box[place], *box[place + 1 :])
    return list(found.values())
