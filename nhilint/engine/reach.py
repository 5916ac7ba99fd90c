"""What an identity gets to, as rows: its blast radius, and what of it a change gave or took."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from nhilint.diff.reach import Reach, ReachComparison, Side, everything_reached
from nhilint.engine.analysis import Analysis
from nhilint.engine.heads import Row, path_row
from nhilint.engine.nodes import node_row
from nhilint.graph.access import ADMINISTRATOR
from nhilint.graph.edges import Node, Path
from nhilint.graph.holdings import can_edges
from nhilint.model.facts import IdentityKey

LISTED = 50
"""Nodes that a row lists; how many more there are is said."""
_COUNTED = 60
"""Identities of one revision whose resources are counted: each costs a proof."""
_EVERYTHING = frozenset({"*", "*:*"})


class Radius:
    """How far the identities of one revision reach; what is asked twice is worked out once."""

    def __init__(self, analysis: Analysis) -> None:
        self.analysis = analysis
        self._held: dict[str, Mapping[str, frozenset[str]]] = {}

    def row(self, key: str, reached: Collection[str], *, resources: bool = False) -> Row:
        """Counts of what the identity and whomever it gets to are; `resources`: also of what they may act on."""
        nodes = self.analysis.graph.nodes
        kinds = [nodes[one].kind for one in reached]
        ordered = sorted(reached, key=lambda one: worst_first(nodes[one]))
        return {
            "identities": kinds.count("identity"),
            "secrets": kinds.count("secret"),
            "goals": [one for one in ordered if nodes[one].kind == "goal"],
            "tier0": nodes[key].tier0,
            "nodes": ordered[:LISTED],
            "more": max(0, len(ordered) - LISTED),
            "resources": self._resources([key, *reached]) if resources else None,
        }

    def _resources(self, keys: Iterable[str]) -> list[Row] | None:
        """By access level, worst first; None where that would cost too many proofs."""
        own = [key for key in keys if key in self.analysis.snapshot.grants]
        fresh = [IdentityKey(key) for key in own if key not in self._held]
        if len(self._held) + len(fresh) > _COUNTED:
            return None
        for one in fresh:
            self._held[one] = self._acts_on(one)
        found: defaultdict[str, set[str]] = defaultdict(set)
        for key in own:
            for level, names in self._held[key].items():
                found[level] |= names
        return [
            {
                "level": level,
                "patterns": len(found[level]),
                "everything": any(name.partition(":")[2] in _EVERYTHING for name in found[level]),
            }
            for level in _LEVELS
            if level in found
        ]

    def _acts_on(self, key: IdentityKey) -> Mapping[str, frozenset[str]]:
        found: defaultdict[str, set[str]] = defaultdict(set)
        for edge in can_edges(self.analysis.snapshot, self.analysis.dialects, {key}):
            for level in edge.actions:
                found[level].add(edge.target.partition(":")[2])
        return {level: frozenset(names) for level, names in found.items()}


_LEVELS = ("Permissions management", "Write", "Tagging", "Read", "List")


def worst_first(node: Node) -> tuple[int, str]:
    """Administrator, the other goals, whoever is of tier 0, secrets, everybody else."""
    if node.kind == "goal":
        return (0 if node.key.endswith(f":{ADMINISTRATOR}") else 1, node.key)
    return (2 if node.tier0 else 3 if node.kind == "secret" else 4, node.key)


class ReachReview:
    """What a change does to everybody's reach."""

    def __init__(self, base: Analysis, head: Analysis, renames: Mapping[str, str]) -> None:
        """`renames`: the keys of base's nodes to those of head, where they are not the same."""
        self.base, self.head = base, head
        self._radius = (Radius(base), Radius(head))
        self._comparison = ReachComparison(_side(base), _side(head), renames)
        self._changed = frozenset(self._comparison.changed())
        self._former = {new: old for old, new in renames.items()}

    def changed(self, before: IdentityKey | None, after: IdentityKey | None) -> bool:
        """Whether somebody who is in both gets to something else."""
        return before is not None and after in self._changed

    def row(self, before: IdentityKey | None, after: IdentityKey | None) -> Row:
        """Blast radius on each side, and what it gained and lost, worst first."""
        reach = self._comparison.reach(after or before or "")
        back = {self._former.get(key, key) for key in reach.before}
        return {
            "before": self._radius[0].row(before, back, resources=True) if before else None,
            "after": self._radius[1].row(after, reach.after, resources=True) if after else None,
            **self._news("gained", self.head, after, reach),
            **self._news("lost", self.base, before, reach),
        }

    def _news(self, side: str, analysis: Analysis, start: IdentityKey | None, reach: Reach) -> dict[str, Any]:
        keys = reach.gained if side == "gained" else {self._former.get(key, key) for key in reach.lost}
        if start is None or not keys:
            return {side: [], f"{side}_more": 0}
        nodes = analysis.graph.nodes
        ordered = sorted(keys, key=lambda key: worst_first(nodes[key]))
        ways: Mapping[str, Path] = analysis.graph.reach(start)
        rows = [{**node_row(nodes[key]), "path": path_row(ways[key])} for key in ordered[:LISTED]]
        return {side: rows, f"{side}_more": len(ordered) - len(rows)}


def reach_rows(analysis: Analysis) -> Mapping[str, Row]:
    """Each identity's blast radius, by key, without the resources."""
    radius = Radius(analysis)
    reached = everything_reached(analysis.graph.nodes, analysis.graph.edges)
    return {key: radius.row(key, reached[key]) for key in analysis.snapshot.identities}


def _side(analysis: Analysis) -> Side:
    return Side(nodes=analysis.graph.nodes, edges=analysis.graph.edges)
