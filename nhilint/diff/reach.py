"""What each identity gets to in one access graph and not in the other; knows no permission, only nodes and edges."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from nhilint.graph.edges import Edge, Node, NodeKind
from nhilint.graph.offers import KIND
from nhilint.graph.walks import closure

REACHED: frozenset[NodeKind] = frozenset({"identity", "secret", "goal"})
"""Kinds of nodes that somebody is said to reach."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """The nodes that one start gets to on each side, by the keys of head; the start itself left out.

    Where it does not exist it gets to what is open to anybody: that is no news of somebody who came or went.
    """

    before: frozenset[str]
    after: frozenset[str]

    @property
    def gained(self) -> frozenset[str]:
        """What it did not get to before."""
        return self.after - self.before

    @property
    def lost(self) -> frozenset[str]:
        """What it no longer gets to."""
        return self.before - self.after


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One graph."""

    nodes: Mapping[str, Node]
    edges: tuple[Edge, ...]


class ReachComparison:
    """Both graphs, with the nodes of base called as they are in head. Cost: one closure a side."""

    def __init__(self, base: Side, head: Side, renames: Mapping[str, str]) -> None:
        names = {key: renames.get(key, key) for key in base.nodes}
        self._keys = tuple(dict.fromkeys([*names.values(), *head.nodes]))
        told = {names[key]: _is_told(node) for key, node in base.nodes.items()}
        told.update((key, _is_told(node)) for key, node in head.nodes.items())
        self._mask = sum(1 << at for at, key in enumerate(self._keys) if told[key])
        self._place = {key: at for at, key in enumerate(self._keys)}
        renamed = (replace(e, source=names[e.source], target=names[e.target]) for e in base.edges)
        self._before = closure(self._keys, renamed)
        self._after = closure(self._keys, head.edges)
        self._open = (self._anybodys(base, self._before, names), self._anybodys(head, self._after, {}))
        self._in = (frozenset(names.values()), frozenset(head.nodes))

    def changed(self) -> tuple[str, ...]:
        """Every node, by its key in head, that gets to something else than before."""
        return tuple(key for key in self._keys if self._bits(self._before, key) != self._bits(self._after, key))

    def reach(self, key: str) -> Reach:
        """What the node gets to on each side."""
        before, after = (
            self._names(self._bits(side, key) if key in there else self._open[at])
            for at, (side, there) in enumerate(zip((self._before, self._after), self._in, strict=True))
        )
        return Reach(before=before, after=after)

    def _anybodys(self, side: Side, bits: Mapping[str, int], names: Mapping[str, str]) -> int:
        """What somebody without a place in the tree gets to."""
        found = 0
        for key, node in side.nodes.items():
            if node.kind == "outsider":
                found |= self._bits(bits, names.get(key, key))
        return found

    def _bits(self, side: Mapping[str, int], key: str) -> int:
        own = 1 << self._place[key] if key in self._place else 0
        return side.get(key, 0) & self._mask & ~own

    def _names(self, bits: int) -> frozenset[str]:
        return named(bits, self._keys)


def _is_told(node: Node) -> bool:
    """What is offered is a way to something, and nobody."""
    return node.kind in REACHED and node.subkind != KIND


def named(bits: int, keys: tuple[str, ...]) -> frozenset[str]:
    """The keys whose bits are set. Cost: the number of them."""
    found = []
    while bits:
        low = bits & -bits
        found.append(keys[low.bit_length() - 1])
        bits ^= low
    return frozenset(found)


def everything_reached(nodes: Mapping[str, Node], edges: Iterable[Edge]) -> dict[str, frozenset[str]]:
    """What each node of one graph gets to, of the kinds that are said."""
    keys = tuple(nodes)
    mask = sum(1 << at for at, key in enumerate(keys) if _is_told(nodes[key]))
    bits = closure(keys, edges)
    return {key: named(bits[key] & mask & ~(1 << at), keys) for at, key in enumerate(keys)}
