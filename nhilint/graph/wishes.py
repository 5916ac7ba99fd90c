"""Whom identities say that they become (a login step, an annotation), held against who lets them in; no platform.

To ask is no permission. Whom the tree does not hold lets them in by a trust that nobody here can read: an edge under
that condition. Who is in the tree and does not let them in makes no edge; that the request is in vain is said.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from nhilint.algebra.glob import is_wild
from nhilint.algebra.values import SYMBOL_OPEN, display
from nhilint.graph.claims import overlap
from nhilint.graph.edges import Edge, Node
from nhilint.graph.heads import Heads
from nhilint.graph.unknown import tells, widened
from nhilint.model.facts import Identity, IdentityKey, Token, Via
from nhilint.model.snapshot import Snapshot

_ACCEPTED = "its trust, which is not in this tree, accepts the token"
_WHY = "says itself that it becomes it"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wished:
    """What follows from what identities say themselves."""

    edges: tuple[Edge, ...]
    nodes: tuple[Node, ...]
    notes: tuple[tuple[IdentityKey, str], ...]


class _Names:
    """The identities of a snapshot by their names."""

    def __init__(self, identities: Iterable[Identity]) -> None:
        self._exact: defaultdict[str, list[Identity]] = defaultdict(list)
        self._heads: Heads[tuple[str, Identity]] = Heads()
        self._known: dict[str, list[Identity]] = {}
        for identity in identities:
            for name in {identity.key, *identity.aliases}:
                self._exact[name].append(identity)
                self._heads.add(name, (name, identity))

    def find(self, want: str) -> list[Identity]:
        """Whom a name means; where some of it is not known, whom it may mean."""
        if want not in self._known:
            self._known[want] = self._exact.get(want) or self._may_be(want)
        return self._known[want]

    def _may_be(self, want: str) -> list[Identity]:
        wide = widened(want)
        loose = ((name, identity) for name, identity in self._heads.near(want) if tells(name))
        return list({i.key: i for name, i in loose if overlap(wide, widened(name))}.values())


def wishes(snapshot: Snapshot, edges: Iterable[Edge]) -> Wished:
    """Edges to whom nothing here describes, and requests that nobody grants. Cost: wishes times unknown names."""
    become: defaultdict[str, set[str]] = defaultdict(set)
    for edge in edges:
        become[edge.source].add(edge.target)
    names = _Names(snapshot.identities.values())
    made: dict[tuple[str, str], Edge] = {}
    nodes: dict[str, Node] = {}
    notes: dict[tuple[IdentityKey, str], None] = {}
    for token in snapshot.tokens:
        for want in token.wants:
            # What only a secret or a variable names is somebody, though nobody knows who.
            meant = names.find(want) if tells(want) and widened(want).strip("*") else []
            if any(identity.key in become[token.identity] for identity in meant):
                continue
            # Whose trust the tree does not hold can still let it in.
            beyond = [identity.key for identity in meant if identity.external]
            if not meant:
                node = _node(want)
                nodes[node.key] = node
                beyond = [IdentityKey(node.key)]
            for target in beyond:
                made.setdefault((token.identity, target), _edge(token, target))
            if not beyond:
                notes[token.identity, _in_vain(want, meant)] = None
    return Wished(edges=tuple(made.values()), nodes=tuple(nodes.values()), notes=tuple(notes))


def _in_vain(want: str, meant: list[Identity]) -> str:
    who = " or ".join(f"`{identity.key}`" for identity in meant[:3])
    word = "is" if len(meant) == 1 and SYMBOL_OPEN not in want and not is_wild(want) else "may be"
    return f"it asks to become `{display(want)}`, which {word} {who}, whose trust does not let it in"


def _node(want: str) -> Node:
    name = display(want)
    return Node(key=f"principal:{name}", kind="principal", name=name, external=True)


def _edge(token: Token, target: str) -> Edge:
    return Edge(
        source=token.identity,
        target=target,
        kind="may-become",
        why=_WHY,
        via=(Via(grant="", span=token.span),),
        may=(*token.may, _ACCEPTED),
    )
