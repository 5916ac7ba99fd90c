"""The effective change of one identity: what it may do and who may become it, in head and not in base, and back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from nhilint.algebra.prove import compare
from nhilint.algebra.values import Covered, Exceeds, Permissions, Reason, Residue, Statement, Undecided
from nhilint.diff.pairs import Pair, pair
from nhilint.diff.symbols import align, rename
from nhilint.model.dialect import Dialect
from nhilint.model.facts import Identity, IdentityKey, Unresolved
from nhilint.model.snapshot import Snapshot, permissions_of, trust_of

_NOBODY = ("principal",)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sides:
    """Both revisions of one identity, as sets."""

    before: Permissions
    after: Permissions
    trust_before: Permissions
    trust_after: Permissions


@dataclass(frozen=True, slots=True, kw_only=True)
class Delta:
    """What changed about one identity. Residue of `gained` comes from head, of `lost` from base."""

    pair: Pair
    sides: Sides
    """All it holds and all who may become it, in base and head; what the gains are weighed against."""
    gained: tuple[Residue, ...] = ()
    lost: tuple[Residue, ...] = ()
    trust_gained: tuple[Residue, ...] = ()
    trust_lost: tuple[Residue, ...] = ()
    undecided: tuple[Reason, ...] = ()
    """Why comparisons could not be decided."""
    unresolved: tuple[Unresolved, ...] = ()
    """What could not be read about it in head."""
    unresolved_changed: bool = False
    """The unread parts are not the same in base and head, so a gain may be no news and more may have changed."""

    @property
    def changed(self) -> bool:
        """Whether there is anything a reviewer should see."""
        return self.pair.status != "same" or bool(
            self.gained
            or self.lost
            or self.trust_gained
            or self.trust_lost
            or self.undecided
            or self.unresolved_changed
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Every identity's delta, and the readings of moved addresses they rest on."""

    deltas: tuple[Delta, ...]
    readings: tuple[tuple[str, str], ...] = ()
    """Base address read as head address without a declared move."""
    former: Mapping[IdentityKey, IdentityKey] = field(default_factory=dict)
    """The keys of base in `deltas`, whose symbols are named as in head, to those that base itself has."""
    symbols: Mapping[str, str] = field(default_factory=dict)
    """Symbols of base as people write them, `${…}`, to how head writes them."""

    @property
    def renames(self) -> Mapping[IdentityKey, IdentityKey]:
        """The keys that base itself has to those of head, of whoever is in both."""
        pairs = (delta.pair for delta in self.deltas)
        return {self.former.get(p.base.key, p.base.key): p.head.key for p in pairs if p.base and p.head}

    def renamed(self, text: str) -> str:
        """A name of base that is no identity's, with its symbols as head writes them."""
        for old, new in self.symbols.items():
            if old in text:
                text = text.replace(old, new)
        return text


def compare_snapshots(base: Snapshot, head: Snapshot, dialects: Mapping[str, Dialect]) -> Comparison:
    """The deltas of all identities. `compare_snapshots(x, x)` has no changed delta; swapping sides mirrors it."""
    mapping, readings = align(base, head)
    renamed = rename(base, mapping)
    deltas = tuple(_delta(p, renamed, head, dialects) for p in pair(renamed, head))
    former = dict(zip(renamed.identities, base.identities, strict=False))
    if len(renamed.identities) != len(base.identities):
        # Two have become one: whose key it was can not be told any more.
        former = {}
    symbols: dict[str, str] = {}
    for (_, old), new in mapping.items():
        symbols.setdefault(f"${{{old}}}", f"${{{new}}}")
    return Comparison(deltas=deltas, readings=readings, former=former, symbols=symbols)


def _delta(which: Pair, base: Snapshot, head: Snapshot, dialects: Mapping[str, Dialect]) -> Delta:
    dialect = dialects[which.identity.platform]
    absent = which.identity.absent
    before = _holdings(base, which.base, dialect.dimensions, absent)
    after = _holdings(head, which.head, dialect.dimensions, absent)
    kinds = {side.kind for side in (which.base, which.head) if side is not None}
    present = frozenset.intersection(*map(dialect.present, kinds))
    gained, lost, undecided = _both_ways(before, after, dialect, present)
    trust_before, trust_after = _trust(base, which.base), _trust(head, which.head)
    trust_gained, trust_lost, trust_undecided = _both_ways(trust_before, trust_after, dialect, dialect.always)
    old, new = _unread(base, which.base), _unread(head, which.head)
    return Delta(
        pair=which,
        sides=Sides(before=before, after=after, trust_before=trust_before, trust_after=trust_after),
        gained=gained,
        lost=lost,
        trust_gained=trust_gained,
        trust_lost=trust_lost,
        undecided=tuple(dict.fromkeys(undecided + trust_undecided)),
        unresolved=new,
        unresolved_changed=_marks(old) != _marks(new),
    )


def _both_ways(
    before: Permissions, after: Permissions, dialect: Dialect, present: frozenset[str]
) -> tuple[tuple[Residue, ...], tuple[Residue, ...], tuple[Reason, ...]]:
    """`present`: the condition keys that no request lacks."""
    if _same(before, after):
        return (), (), ()
    gained, doubts = _excess(after, before, dialect, present)
    lost, more = _excess(before, after, dialect, present)
    return gained, lost, doubts + more


def _excess(
    candidate: Permissions, reference: Permissions, dialect: Dialect, present: frozenset[str]
) -> tuple[tuple[Residue, ...], tuple[Reason, ...]]:
    if dialect.normal is not None:
        candidate, reference = dialect.normal(candidate, reference), dialect.normal(reference, candidate)
    verdict = compare(
        candidate,
        reference,
        dialect.vocabulary,
        fill=dialect.fill,
        always=present,
        segments=dialect.segments,
    )
    match verdict:
        case Covered():
            return (), ()
        case Exceeds(residue=residue, undecided=undecided):
            return residue, undecided
        case Undecided(reasons=reasons):
            return (), reasons


def _same(a: Permissions, b: Permissions) -> bool:
    """Equal without looking inside: the common case, decided without the prover."""
    if a.statements == b.statements and a.ceilings == b.ceilings:
        return True
    return Counter(a.statements) == Counter(b.statements) and Counter(a.ceilings) == Counter(b.ceilings)


def _holdings(
    snapshot: Snapshot, identity: Identity | None, dimensions: tuple[str, ...], absent: tuple[Statement, ...]
) -> Permissions:
    if identity is None:
        return Permissions(dimensions=dimensions, statements=absent)
    return permissions_of(snapshot, identity.key, dimensions)


def _trust(snapshot: Snapshot, identity: Identity | None) -> Permissions:
    if identity is None:
        return Permissions(dimensions=_NOBODY, statements=())
    return trust_of(snapshot, identity.key)


def _unread(snapshot: Snapshot, identity: Identity | None) -> tuple[Unresolved, ...]:
    return () if identity is None else snapshot.unread.get(identity.key, ())


def _marks(unread: tuple[Unresolved, ...]) -> Counter[tuple[str, str]]:
    """Unread parts without their place: moving a block is no change."""
    return Counter((u.what, u.why) for u in unread)
