"""Containment of permission sets with all residue and a confirmed witness for each part; knows no platform.

The candidate is a union of cells (actions, one glob per dimension, clauses). Everything that shrinks the candidate or
grows the reference (candidate denies, reference allows) is looked up at the generic witness of a cell. Everything that
shrinks the reference or grows the candidate back (reference denies, patterns of negated scopes) is met on the
positive intersection with the cell, and on intersections of those, as far as actions are left that could still
exceed. Ceilings of the reference are compared one by one (P inside A and B: P inside A and P inside B); ceilings of the
candidate are intersected with its allows. Conditions are left to `solve`.

A ``*`` in a scope crosses every character, colons included (the wide reading of SEMANTICS 2.2).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import product
from typing import NamedTuple

from nhilint.algebra.conditions import DomainTooLarge, interpretable
from nhilint.algebra.glob import GlobTooLarge, contains, fresh_letter, intersect, matches, witnesses
from nhilint.algebra.solve import Budget, BudgetSpent, Clauses, Doubt, Formula, Found, Free, solve
from nhilint.algebra.universe import Universe, UniverseTooLarge, Vocabulary
from nhilint.algebra.values import (
    ANY,
    Condition,
    Covered,
    Exceeds,
    Permissions,
    Residue,
    Scope,
    Statement,
    Undecided,
    Verdict,
)
from nhilint.algebra.witness import Fill, InternalError, Proof, confirm

Box = tuple[str, ...]

_MAX_PATTERN = 65_536
"""Characters; more than twice the largest document any platform accepts."""


def compare(
    candidate: Permissions,
    reference: Permissions,
    vocabulary: Vocabulary,
    *,
    budget: int = 200_000,
    fill: Fill | None = None,
    always: frozenset[str] = frozenset(),
) -> Verdict:
    """Whether everything the candidate allows is allowed by the reference.

    `fill`: readable strings for a dimension's pattern (also asked for ``action`` and condition keys), each verified
    before use. `always`: condition keys that no request lacks. Raises `InternalError` when a witness is refuted.
    """
    reasons: dict[str, None] = {}
    found: list[Residue] = []
    try:
        search = _Search(candidate, reference, vocabulary, Budget(budget), fill, always)
        search.run(found, reasons)
    except (GlobTooLarge, DomainTooLarge, UniverseTooLarge) as error:
        reasons[str(error)] = None
    except BudgetSpent:
        reasons["the budget of this comparison is spent"] = None
    residue = _widest(found)
    if residue:
        return Exceeds(residue=residue, undecided=tuple(reasons))
    return Undecided(reasons=tuple(reasons)) if reasons else Covered()


def covers(reference: Permissions, candidate: Permissions, vocabulary: Vocabulary) -> bool | None:
    """Whether the reference allows everything the candidate allows; None when that can not be decided."""
    match compare(candidate, reference, vocabulary):
        case Covered():
            return True
        case Exceeds():
            return False
        case Undecided():
            return None


class _Compiled(NamedTuple):
    statement: Statement
    bits: int
    scopes: tuple[Scope, ...]
    clauses: Clauses

    def speaks_of(self, point: Box) -> bool:
        for scope, text in zip(self.scopes, point, strict=True):
            if scope is not ANY and any(matches(p, text) for p in scope.patterns) == scope.negated:
                return False
        return True

    @property
    def plain(self) -> bool:
        """No negated scope: its box is a union of boxes of globs without question marks."""
        return not any(scope.negated or any("?" in p for p in scope.patterns) for scope in self.scopes)

    def boxes(self) -> Iterator[Box]:
        """Its boxes, with a negated scope read as everything."""
        return product(*(("*",) if scope.negated else scope.patterns for scope in self.scopes))


class _Layer(NamedTuple):
    allows: tuple[_Compiled, ...]
    denies: tuple[_Compiled, ...]


class _Cell(NamedTuple):
    statement: Statement
    bits: int
    box: Box
    clauses: Clauses
    conditions: tuple[Condition, ...]
    outside: tuple[tuple[int, str], ...]
    """(dimension, pattern) that its negated scopes exclude."""


class _Negative(NamedTuple):
    bits: int
    box: Box
    deny: bool
    """A deny of the reference; otherwise the pattern of a negated scope."""


class _Search:
    def __init__(
        self,
        candidate: Permissions,
        reference: Permissions,
        vocabulary: Vocabulary,
        budget: Budget,
        fill: Fill | None,
        always: frozenset[str],
    ) -> None:
        self._candidate, self._reference = candidate, reference
        self._budget, self._fill, self._always = budget, fill, always
        self._dimensions = len(candidate.dimensions)
        sides = [[p.statements, *p.ceilings] for p in (candidate, reference)]
        everyone = [s for side in sides for layer in side for s in layer]
        if any(len(text) > _MAX_PATTERN for text in _texts(everyone)):
            raise GlobTooLarge("a pattern of hostile size")
        self._fresh = fresh_letter(_texts(everyone))
        patterns = [action for s in everyone for action in s.actions]
        if any(s.actions_negated for s in everyone):
            patterns.append("*")  # what a negation leaves: the rest of the known names and a future one of its own
        negatives = [a for s in everyone if s.effect == "deny" or s.actions_negated for a in s.actions]
        self._universe = Universe(vocabulary, patterns, negatives, self._fresh)
        self._mine = [self._layer(layer) for layer in sides[0]]
        self._theirs = [self._layer(layer) for layer in sides[1]]
        self._killers = tuple(d for layer in self._mine for d in layer.denies)
        everything = (p for s in everyone for scope in s.scopes for p in scope.patterns)
        self._marks = max((p.count("?") for p in everything), default=0)
        self._solved: dict[Formula, Found | Doubt | None] = {}

    def _layer(self, statements: Sequence[Statement]) -> _Layer:
        compiled = [self._compile(s) for s in statements]
        return _Layer(
            tuple(c for c in compiled if c.statement.effect == "allow"),
            tuple(c for c in compiled if c.statement.effect == "deny"),
        )

    def _compile(self, statement: Statement) -> _Compiled:
        scopes = tuple(ANY if scope == ANY else scope for scope in statement.scopes)
        scopes += (ANY,) * (self._dimensions - len(scopes))
        clauses: set[Condition | Free] = {Free("may", reason) for reason in statement.may}
        if statement.undecided:
            clauses.add(Free("opaque", statement))
        for clause in statement.conditions:
            clauses.add(clause if interpretable(clause) else Free("opaque", clause))
        bits = self._universe.bits(statement.actions, statement.actions_negated)
        return _Compiled(statement, bits, scopes, frozenset(clauses))

    def run(self, found: list[Residue], reasons: dict[str, None]) -> None:
        """Appends every part that exceeds, and every reason for a doubt."""
        self._found, self._reasons = found, reasons
        negatives = [self._negatives(layer) for layer in self._theirs]
        for cell in self._cells():
            active = cell.bits
            for layer, theirs in zip(self._theirs, negatives, strict=True):
                self._seen: set[tuple[Box, int, int]] = set()
                self._explore(cell, layer, theirs, cell.box, active, 0)

    def _cells(self) -> Iterator[_Cell]:
        for parts in product(*(layer.allows for layer in self._mine)):
            bits = self._universe.everything
            for part in parts:
                bits &= part.bits
            if not bits:
                continue
            outside = tuple(
                (i, p) for part in parts for i, scope in enumerate(part.scopes) if scope.negated for p in scope.patterns
            )
            clauses = frozenset(clause for part in parts for clause in part.clauses)
            conditions = tuple(dict.fromkeys(c for part in parts for c in part.statement.conditions))
            for boxes in product(*(part.boxes() for part in parts)):
                for box in _meet_all(boxes):
                    self._budget.spend()
                    yield _Cell(parts[0].statement, bits, box, clauses, conditions, outside)

    def _negatives(self, layer: _Layer) -> list[_Negative]:
        found = [_Negative(d.bits, box, True) for d in layer.denies for box in d.boxes()]
        for holed in (*layer.allows, *self._killers):
            for i, scope in enumerate(holed.scopes):
                for pattern in scope.patterns if scope.negated else ():
                    box = tuple(pattern if j == i else "*" for j in range(self._dimensions))
                    found.append(_Negative(holed.bits, box, False))
        return list(dict.fromkeys(found))

    def _explore(
        self, cell: _Cell, layer: _Layer, negatives: list[_Negative], box: Box, active: int, start: int
    ) -> None:
        """Judges the box at its generic points, then its intersections with the negatives from `start` on."""
        if not active or (box, active, start) in self._seen:
            return
        self._seen.add((box, active, start))
        self._budget.spend()
        settled = 0
        points = list(product(*(witnesses(glob, self._marks, self._fresh) for glob in box)))
        for point in points:
            exceeding, dead, plain = self._examine(cell, layer, box, point, active)
            active &= ~exceeding
            if len(points) == 1:
                active &= ~dead
                settled = plain
        for position in range(start, len(negatives)):
            negative = negatives[position]
            part = active & negative.bits & (-1 if negative.deny else ~settled)
            if not part:
                continue
            for smaller in _meet(box, negative.box):
                if smaller != box:
                    self._explore(cell, layer, negatives, smaller, part, position + 1)

    def _examine(self, cell: _Cell, layer: _Layer, box: Box, point: Box, active: int) -> tuple[int, int, int]:
        """At one point: the actions that exceed; those the candidate loses in the whole box; those plainly covered."""
        if any(matches(pattern, point[i]) for i, pattern in cell.outside):
            return 0, active, 0
        killers = [k for k in self._killers if k.bits & active and k.speaks_of(point)]
        alive, dead = active, 0
        for killer in killers:
            if killer.clauses <= cell.clauses:
                alive &= ~killer.bits
                dead |= killer.bits if killer.plain else 0
        covering = [a for a in layer.allows if a.bits & alive and a.speaks_of(point)]
        denies = [d for d in layer.denies if d.bits & alive and d.speaks_of(point)]
        covered = settled = denied = 0
        for allow in covering:
            if allow.clauses <= cell.clauses:
                covered |= allow.bits
                settled |= allow.bits if allow.plain else 0
        for deny in denies:
            denied |= deny.bits
        open_bits = alive & ~(covered & ~denied)
        exceeding = 0
        for bits in _split(open_bits, [*killers, *covering, *denies]):
            formula = Formula(cell.clauses, *(_clauses(side, bits) for side in (killers, covering, denies)))
            if self._judge(cell, box, point, bits, formula):
                exceeding |= bits
        return exceeding, dead, settled

    def _judge(self, cell: _Cell, box: Box, point: Box, bits: int, formula: Formula) -> bool:
        if formula not in self._solved:
            self._solved[formula] = solve(formula, self._fresh, self._always, self._budget)
        answer = self._solved[formula]
        if answer is None or self._universe.is_empty(bits):
            return False
        if isinstance(answer, Doubt):
            self._reasons.update(dict.fromkeys(answer.reasons))
            return False
        proof = Proof(self._candidate, self._reference, answer.world, self._fresh, self._fill)
        actions, future, names = self._universe.read(bits)
        part = confirm(proof, cell.statement, cell.conditions, box, point, answer.context, (actions, future, names))
        if isinstance(part, str):
            self._reasons[part] = None
            return False
        self._found.append(part)
        return True


def _clauses(side: Sequence[_Compiled], bits: int) -> tuple[Clauses, ...]:
    return tuple(sorted({c.clauses for c in side if c.bits & bits}, key=repr))


def _split(bits: int, statements: Sequence[_Compiled]) -> list[int]:
    """The bits by which of the statements speak of them."""
    groups = [bits] if bits else []
    for statement in statements:
        groups = [part for group in groups for part in (group & statement.bits, group & ~statement.bits) if part]
    return groups


def _meet(a: Box, b: Box) -> Iterator[Box]:
    return product(*(intersect(x, y) for x, y in zip(a, b, strict=True)))


def _meet_all(boxes: Sequence[Box]) -> list[Box]:
    found = [boxes[0]]
    for box in boxes[1:]:
        found = [smaller for known in found for smaller in _meet(known, box)]
    return found


def _texts(statements: Sequence[Statement]) -> Iterator[str]:
    for statement in statements:
        yield from statement.actions
        for scope in statement.scopes:
            yield from scope.patterns
        for clause in statement.conditions:
            yield from clause.values


def _widest(found: Sequence[Residue]) -> tuple[Residue, ...]:
    """Without the parts that lie inside another part; in the order of the candidate's statements."""
    kept: list[Residue] = []
    for part in found:
        if any(_inside(part, other) for other in kept):
            continue
        kept = [other for other in kept if not _inside(other, part)]
        kept.append(part)
    return tuple(kept)


def _inside(small: Residue, large: Residue) -> bool:
    return (
        set(large.conditions) <= set(small.conditions)
        and set(large.statement.may) <= set(small.statement.may)
        and all(contains(x, y) for x, y in zip(large.scopes, small.scopes, strict=True))
        and set(small.actions) <= set(large.actions)
        and all(any(contains(x, y) for x in large.future) for y in small.future)
    )


__all__ = ["InternalError", "compare", "covers"]
