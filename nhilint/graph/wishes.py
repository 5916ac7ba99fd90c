"""Whom tokens say themselves that they become, where the tree does not say whether they are let in; no platform here.

A role of the tree whose trust is known is left to `federation`: what that does not let in, no wish opens.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

from nhilint.algebra.glob import GlobTooLarge, overlaps
from nhilint.algebra.values import SYMBOL_OPEN, display
from nhilint.graph.edges import Edge, Node
from nhilint.graph.unknown import tells, widened
from nhilint.model.facts import IdentityKey, Token, Via
from nhilint.model.snapshot import Snapshot

_LATER = "the trust of `{name}`, which is not in this tree, lets it in"


def wished(snapshot: Snapshot, edges: Iterable[Edge]) -> tuple[tuple[Edge, ...], tuple[Node, ...]]:
    """The edges, and the nodes of those who are named nowhere else."""
    become = {(edge.source, edge.target) for edge in edges}
    found: dict[Edge, None] = {}
    nodes: dict[str, Node] = {}
    named = _Named(snapshot)
    for token in snapshot.tokens:
        for want in token.wants:
            targets = named.meant(want)
            for key in targets:
                known = key in snapshot.trusts and not snapshot.identities[key].external
                if not known and key != token.identity and (token.identity, key) not in become:
                    found[_edge(token, key, snapshot.identities[key].name)] = None
            if not targets:
                name = display(want)
                node = Node(key=f"principal:{name}", kind="principal", name=name, external=True)
                nodes[node.key] = node
                found[_edge(token, node.key, name)] = None
    return tuple(found), tuple(nodes.values())


def _edge(token: Token, target: str, name: str) -> Edge:
    return Edge(
        source=token.identity,
        target=target,
        kind="may-become",
        why="it says itself that it becomes it",
        via=(Via(grant="", span=token.span),),
        may=(_LATER.format(name=name), *token.may),
    )


class _Named:
    """The identities by the last part of their names."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._by_tail: defaultdict[str, list[tuple[str, IdentityKey]]] = defaultdict(list)
        self._open: list[tuple[str, IdentityKey]] = []
        self._known: dict[str, tuple[IdentityKey, ...]] = {}
        for key, identity in snapshot.identities.items():
            for alias in identity.aliases:
                tail = _tail(alias)
                (self._open if SYMBOL_OPEN in tail else self._by_tail[tail]).append((alias, key))

    def meant(self, want: str) -> tuple[IdentityKey, ...]:
        """Those whose name it is, or may be."""
        if want not in self._known:
            tail = _tail(want)
            near = [] if SYMBOL_OPEN in tail else [*self._by_tail.get(tail, ()), *self._open]
            exact = [key for alias, key in near if alias == want]
            self._known[want] = tuple(dict.fromkeys(exact or self._perhaps(want, near)))
        return self._known[want]

    def _perhaps(self, want: str, near: Iterable[tuple[str, IdentityKey]]) -> Iterator[IdentityKey]:
        for alias, key in near:
            if tells(alias) and tells(want) and _meet(widened(alias), widened(want)):
                yield key


def _tail(name: str) -> str:
    return name.rpartition("/")[2]


def _meet(a: str, b: str) -> bool:
    try:
        return overlaps(a, b)
    except GlobTooLarge:
        return False
