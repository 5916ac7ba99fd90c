"""Compacts residue for people: the fewest parts that mean the same, each a product of sets; knows no platform.

A part of a comparison's residue is a box: actions times one glob per dimension, under conditions. Boxes with the same
conditions are united where their actions agree, or where their scopes agree; what lies inside another part is dropped.
The result depends on the set of the parts, never on their order, and compacting it again changes nothing.

Scopes are grouped in *axes*: dimensions that people read together (a resource's group and name). Cost: one pass over
the names, and one containment for each pair of boxes.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from itertools import product
from typing import NamedTuple

from nhilint.algebra.boxes import Outside, left_out, meet
from nhilint.algebra.glob import contains, overlaps
from nhilint.algebra.spelling import Later
from nhilint.algebra.universe import service_of
from nhilint.algebra.values import VARIABLE, Condition, Residue, Statement

Piece = tuple[str, ...]
"""One glob for each dimension of an axis."""
Axes = tuple[tuple[int, ...], ...]
Apart = Callable[[Statement], bool]
"""Whether parts of this statement are not to be united with those of others."""
_Mark = tuple[tuple[Condition, ...], tuple[str, ...], tuple[Statement, ...], Outside, bool]
_Pieces = tuple[frozenset[Piece], ...]
_MANY = 400_000
"""Names in all groups together above which only one way of uniting is tried."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One readable part: actions × the pieces of every axis, under conditions."""

    names: frozenset[str]
    """Known (or literally named) actions, folded."""
    later: tuple[Later, ...]
    """Actions that may be added later, sorted."""
    axes: tuple[tuple[Piece, ...], ...]
    """Per axis the pieces, sorted; none lies inside another."""
    conditions: tuple[Condition, ...]
    may: tuple[str, ...]
    blocked_by: tuple[Statement, ...]
    outside: Outside
    residue: tuple[Residue, ...]
    """What it stands for, sorted; the first one's witness is a request of this part."""

    @property
    def scopes(self) -> tuple[Piece, ...]:
        """The pieces of its only axis; of several axes every combination, one glob per dimension in axis order."""
        return tuple(tuple(glob for piece in row for glob in piece) for row in product(*self.axes))


@dataclass(slots=True)
class _Row:
    """One box, with all the actions that are in it."""

    box: tuple[Piece, ...]
    mark: _Mark
    names: set[str] = field(default_factory=set)
    later: set[Later] = field(default_factory=set)
    residue: list[Residue] = field(default_factory=list)


def compact(residue: Iterable[Residue], axes: Axes = (), apart: Apart | None = None) -> tuple[Part, ...]:
    """The parts, in an order that does not depend on that of the residue. Without `axes` each dimension is one.

    Boxes of statements that stand `apart` are united among themselves only.
    """
    rows = _rows(residue, axes, apart)
    _absorb(rows)
    found: list[Part] = []
    by_mark: dict[_Mark, list[_Row]] = defaultdict(list)
    for row in rows:
        if row.names or row.later:
            by_mark[row.mark].append(row)
    for mark, members in by_mark.items():
        united = _same_actions(members)
        products = _products(united, axes)
        split = _products(_same_boxes(united), axes) if len(united) > 2 else products
        if len(split) < len(products) and all(_proved(row) for row in split):
            products = split
        found += (_part(mark, row) for row in products)
    return tuple(sorted(found, key=_order))


def _rows(residue: Iterable[Residue], axes: Axes, apart: Apart | None) -> list[_Row]:
    found: dict[object, _Row] = {}
    for part in residue:
        part = _within(part)
        split = axes or tuple((i,) for i in range(len(part.scopes)))
        box = tuple(tuple(part.scopes[i] for i in axis) for axis in split)
        conditions = tuple(sorted(part.conditions, key=_clause))
        alone = apart is not None and apart(part.statement)
        mark = (conditions, part.statement.may, part.blocked_by, left_out(part), alone)
        row = found.setdefault((box, mark), _Row(box, mark))
        row.names.update(part.actions)
        row.later.update(_later(part))
        row.residue.append(part)
    for row in found.values():
        row.later = _widest(row.later)
    return sorted(found.values(), key=lambda row: (row.box, repr(row.mark)))


def _clause(clause: Condition) -> tuple[object, ...]:
    return clause.key, clause.operator, clause.qualifier, clause.if_exists, clause.values


def _within(part: Residue) -> Residue:
    """With the statement's own glob where the proof had to read a variable of it as a star (see `boxes`)."""
    scopes = list(part.scopes)
    for i, (scope, box) in enumerate(zip(part.statement.scopes, part.scopes, strict=False)):
        if not scope.negated and not any(contains(glob, box) for glob in scope.patterns):
            scopes[i] = next((glob for glob in scope.patterns if VARIABLE in glob and any(meet((glob,), (box,)))), box)
    return replace(part, scopes=tuple(scopes)) if tuple(scopes) != part.scopes else part


def _later(part: Residue) -> Iterable[Later]:
    for pattern in part.future:
        yield Later(pattern, tuple(p for p in part.spared if overlaps(p, pattern)))


def _widest(later: Iterable[Later]) -> set[Later]:
    found, before = set(later), set[Later]()
    while found != before:
        before, rows = found, sorted(found)
        found = {_filled(row, rows) if row.spared and len(rows) > 1 else row for row in rows}
    by_service: dict[str, list[Later]] = defaultdict(list)
    for row in found:
        by_service[service_of(row.pattern)].append(row)

    def claimed(a: Later) -> bool:
        keys = dict.fromkeys((service_of(a.pattern), ""))
        return any(b != a and _claims(b, a) and not (_claims(a, b) and a < b) for key in keys for b in by_service[key])

    return {row for row in found if not claimed(row)}


def _filled(row: Later, others: Sequence[Later]) -> Later:
    """The same, spared only what none of the others has: `*` but `s:Get*`, and `s:Get*` but `s:GetA`."""
    spared = []
    for pattern in row.spared:
        for other in others:
            if not contains(other.pattern, pattern):
                continue
            inner = [p for p in other.spared if overlaps(p, pattern)]
            if pattern not in inner and all(contains(pattern, p) for p in inner):
                spared += inner
                break
        else:
            spared.append(pattern)
    return Later(row.pattern, tuple(sorted(set(spared))))


def _claims(large: Later, small: Later) -> bool:
    """Whether every later name of the small one belongs to the large one (or it can not be told: False)."""
    return contains(large.pattern, small.pattern) and all(
        any(contains(own, p) for own in small.spared) or not overlaps(p, small.pattern) for p in large.spared
    )


def _absorb(rows: Sequence[_Row]) -> None:
    """Takes from each box what larger boxes under no more conditions have as well, unless its only proof goes.

    What the larger ones had at first counts: what one of them loses lies in a still larger one.
    """
    first = [(row, frozenset(row.names), frozenset(row.later)) for row in rows]
    for at, small in enumerate(rows):
        larger = [
            (names, later)
            for other, (large, names, later) in enumerate(first)
            if other != at and _inside(small, large) and not (other > at and _inside(large, small))
        ]
        together = (frozenset().union(*(names for names, _ in larger)), [one for _, later in larger for one in later])
        if larger and not _take(small, *together):
            for names, later in larger:
                _take(small, names, later)


def _take(small: _Row, names: Collection[str], later: Collection[Later]) -> bool:
    """Takes these from the row; False and nothing happens when what is left would have no proof."""
    kept = small.names.difference(names)
    kept_later = {own for own in small.later if not any(_claims(other, own) for other in later)}
    if (kept or kept_later) and not any(_proves(part, kept, kept_later) for part in small.residue):
        return False
    small.names, small.later = kept, kept_later
    return True


def _proves(part: Residue, names: Collection[str], later: Collection[Later]) -> bool:
    """Whether the part's witness is a request for one of these actions."""
    return part.witness.action in names if part.actions else bool(later)


def _inside(small: _Row, large: _Row) -> bool:
    if small.mark != large.mark and not _weaker(large.mark, small.mark):
        return False
    return all(all(map(contains, a, b)) for a, b in zip(large.box, small.box, strict=True))


def _weaker(large: _Mark, small: _Mark) -> bool:
    """Fewer conditions, fewer reasons to be absent, and nothing left out that the small one has."""
    return set(large[0]) <= set(small[0]) and set(large[1]) <= set(small[1]) and set(large[3]) <= set(small[3])


class _United:
    """Actions with a union of boxes."""

    __slots__ = ("boxes", "later", "names", "residue")

    def __init__(self, names: frozenset[str], later: frozenset[Later]) -> None:
        self.names, self.later = names, later
        self.boxes: set[tuple[Piece, ...]] = set()
        self.residue: list[Residue] = []


def _same_actions(rows: Sequence[_Row]) -> list[_United]:
    found: dict[object, _United] = {}
    for row in rows:
        key = (frozenset(row.names), frozenset(row.later))
        united = found.setdefault(key, _United(*key))
        united.boxes.add(row.box)
        united.residue += row.residue
    return list(found.values())


def _same_boxes(groups: Sequence[_United]) -> list[_United]:
    """The same, cut the other way: each action stands with all its boxes."""
    if sum(len(group.names) for group in groups) > _MANY:
        return list(groups)
    where: dict[str | Later, int] = defaultdict(int)
    for at, group in enumerate(groups):
        for elements in (group.names, group.later):
            for element in elements:
                where[element] |= 1 << at
    classes: dict[int, list[str | Later]] = defaultdict(list)
    for element, mask in where.items():
        classes[mask].append(element)
    found = []
    for mask, members in classes.items():
        names = frozenset(e for e in members if isinstance(e, str))
        united = _United(names, frozenset(e for e in members if isinstance(e, Later)))
        for at, group in enumerate(groups):
            if mask >> at & 1:
                united.boxes |= group.boxes
                united.residue += group.residue
        found.append(united)
    return found


class _Product(NamedTuple):
    names: frozenset[str]
    later: frozenset[Later]
    axes: tuple[tuple[Piece, ...], ...]
    residue: tuple[Residue, ...]
    """Those whose box lies in it, the ones whose witness asks for its actions first."""


def _products(groups: Sequence[_United], axes: Axes) -> list[_Product]:
    """Each union of boxes as few products; uniting along one axis after the other, until nothing changes."""
    found = []
    for group in groups:
        boxes = {tuple(frozenset((piece,)) for piece in box) for box in group.boxes}
        count = 0
        while count != len(boxes):
            count = len(boxes)
            for axis in range(len(next(iter(boxes)))):
                merged: dict[tuple[_Pieces, _Pieces], set[Piece]] = defaultdict(set)
                for box in boxes:
                    merged[(box[:axis], box[axis + 1 :])] |= box[axis]
                boxes = {(*head, frozenset(pieces), *tail) for (head, tail), pieces in merged.items()}
        for box in boxes:
            pieces = tuple(_outermost(row) for row in box)
            own = [part for part in group.residue if _holds(pieces, part, axes)]
            order = sorted(own, key=lambda part: (not _proves(part, group.names, group.later), *_first(part)))
            found.append(_Product(group.names, group.later, pieces, tuple(order)))
    return found


def _holds(axes: tuple[tuple[Piece, ...], ...], part: Residue, split: Axes) -> bool:
    """Whether the part's box lies in the product."""
    flat = split or tuple((i,) for i in range(len(axes)))
    return all(
        any(all(map(contains, piece, (part.scopes[i] for i in axis))) for piece in pieces)
        for axis, pieces in zip(flat, axes, strict=True)
    )


def _proved(row: _Product) -> bool:
    return bool(row.residue) and _proves(row.residue[0], row.names, row.later)


def _outermost(pieces: Iterable[Piece]) -> tuple[Piece, ...]:
    kept: list[Piece] = []
    for piece in sorted(pieces):
        if any(all(map(contains, other, piece)) for other in kept):
            continue
        kept = [other for other in kept if not all(map(contains, piece, other))]
        kept.append(piece)
    return tuple(kept)


def _part(mark: _Mark, row: _Product) -> Part:
    return Part(
        names=row.names,
        later=tuple(sorted(row.later)),
        axes=row.axes,
        conditions=mark[0],
        may=mark[1],
        blocked_by=mark[2],
        outside=mark[3],
        residue=row.residue,
    )


def _first(part: Residue) -> tuple[object, ...]:
    return part.scopes, part.actions, part.future, repr(part.witness), repr(part.statement)


def _order(part: Part) -> tuple[object, ...]:
    conditions = [_clause(clause) for clause in part.conditions]
    return part.axes, conditions, sorted(part.names), part.later, part.may, repr(part.blocked_by), part.outside


def group(residue: Sequence[Residue]) -> tuple[Residue, ...]:
    """Parts that agree but for their actions become one; in stable order. The first part's witness stands for all."""
    merged: dict[object, Residue] = {}
    for part in residue:
        mark = (part.scopes, part.conditions, part.statement, part.blocked_by)
        known = merged.get(mark)
        merged[mark] = (
            part
            if known is None
            else replace(
                known,
                actions=tuple(sorted({*known.actions, *part.actions})),
                future=tuple(sorted({*known.future, *part.future})),
            )
        )
    return tuple(merged.values())
