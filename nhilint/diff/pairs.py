"""Which identity of the base is which identity of the head: by key, by declared move, by address, by what it may do."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from typing import Literal

from nhilint.diff.symbols import moved_name
from nhilint.model.facts import Identity, IdentityKey, Moved
from nhilint.model.snapshot import Snapshot

_INSTANCE = re.compile(r"\[[^\]]*\]")
Status = Literal["added", "removed", "same", "renamed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """One identity in both revisions; exactly one side may be missing."""

    base: Identity | None
    head: Identity | None

    @property
    def status(self) -> Status:
        """`same` says only that it is the same identity, not that nothing about it changed."""
        if self.base is None:
            return "added"
        if self.head is None:
            return "removed"
        return "same" if self.base.name == self.head.name else "renamed"

    @property
    def identity(self) -> Identity:
        """The head's identity, or the base's when it was removed."""
        identity = self.head or self.base
        assert identity is not None
        return identity


def pair(base: Snapshot, head: Snapshot) -> tuple[Pair, ...]:
    """Every identity of both sides exactly once, in the order of the head's (or else the base's) key."""
    pairs = [Pair(base=base.identities[k], head=head.identities[k]) for k in base.identities if k in head.identities]
    gone = {k: i for k, i in base.identities.items() if k not in head.identities}
    come = {k: i for k, i in head.identities.items() if k not in base.identities}
    moves: defaultdict[str, list[Moved]] = defaultdict(list)
    for move in head.moved:
        moves[move.root].append(move)

    def moved_address(identity: Identity) -> Hashable:
        return (identity.kind, identity.root, moved_name(identity.address, moves[identity.root]))

    def address(identity: Identity) -> Hashable:
        return identity.address and (identity.kind, identity.root, identity.address)

    def block(identity: Identity) -> Hashable:
        # `count` and `for_each` come and go without making another identity of the only instance.
        return identity.address and (identity.kind, identity.root, _INSTANCE.sub("", identity.address))

    def name(identity: Identity) -> Hashable:
        return (identity.platform, identity.kind, identity.name)

    def holdings(snapshot: Snapshot) -> Callable[[Identity], Hashable]:
        def of(identity: Identity) -> Hashable:
            grants = frozenset(s for g in snapshot.grants.get(identity.key, ()) for s in g.statements)
            trust = frozenset(s for t in snapshot.trusts.get(identity.key, ()) for s in t.statements)
            return grants and (identity.platform, identity.kind, identity.bound, grants, trust)

        return of

    for of_base, of_head in (
        (moved_address, address),
        (name, name),
        (address, address),
        (block, block),
        (holdings(base), holdings(head)),
    ):
        pairs.extend(_unique(gone, come, of_base, of_head))
    pairs.extend(_moved_realms(gone, come))
    pairs.extend(Pair(base=identity, head=None) for identity in gone.values())
    pairs.extend(Pair(base=None, head=identity) for identity in come.values())
    return tuple(sorted(pairs, key=lambda p: p.identity.key))


def _moved_realms(gone: dict[IdentityKey, Identity], come: dict[IdentityKey, Identity]) -> Iterable[Pair]:
    """Pairs of one name whose folder moved as a whole: one realm is the end of the other."""
    for old in list(gone.values()):
        fits = [
            new
            for new in come.values()
            if (new.kind, new.name) == (old.kind, old.name) and old.realm and new.realm and _ends(old.realm, new.realm)
        ]
        if len(fits) == 1:
            del gone[old.key]
            del come[fits[0].key]
            yield Pair(base=old, head=fits[0])


def _ends(a: str, b: str) -> bool:
    return f"/{a}".endswith(f"/{b}") or f"/{b}".endswith(f"/{a}")


def _unique(
    gone: dict[IdentityKey, Identity],
    come: dict[IdentityKey, Identity],
    of_base: Callable[[Identity], Hashable],
    of_head: Callable[[Identity], Hashable],
) -> Iterable[Pair]:
    """Pairs whose mark stands exactly once on each side; takes them out of both."""
    if not gone or not come:
        return
    left: defaultdict[Hashable, list[Identity]] = defaultdict(list)
    right: defaultdict[Hashable, list[Identity]] = defaultdict(list)
    for identity in gone.values():
        left[of_base(identity)].append(identity)
    for identity in come.values():
        right[of_head(identity)].append(identity)
    for mark, olds in left.items():
        news = right.get(mark, [])
        if mark and len(olds) == 1 and len(news) == 1:
            del gone[olds[0].key]
            del come[news[0].key]
            yield Pair(base=olds[0], head=news[0])
