"""The search for every part of one permission set outside another, each with a confirmed witness; knows no platform.

The candidate is a union of cells (actions, one glob per dimension, clauses). Everything that shrinks the candidate or
grows the reference (candidate denies, reference allows) is looked up at the generic witness of a cell. Everything that
shrinks the reference or grows the candidate back (reference denies, patterns of negated scopes) is met on the
positive intersection with the cell, and on intersections of those, as far as actions are left that could still
exceed. Ceilings of the reference are compared one by one (P inside A and B: P inside A and P inside B); ceilings of the
candidate are intersected with its allows. Conditions are left to `solve`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import product
from typing import NamedTuple

from nhilint.algebra.boxes import Box, meet, meet_all, pin
from nhilint.algebra.conditions import interpretable
from nhilint.algebra.glob import GlobTooLarge, contains, fresh_letter, intersect, matches, witnesses
from nhilint.algebra.ground import variables_in
from nhilint.algebra.segments import Segments
from nhilint.algebra.solve import Budget, Clauses, Doubt, Formula, Found, Free, solve
from nhilint.algebra.universe import Needs, Universe, Vocabulary
from nhilint.algebra.values import (
    ANY,
    VARIABLE,
    Condition,
    Permissions,
    Reason,
    Residue,
    Scope,
    Statement,
    variables_of,
)
from nhilint.algebra.witness import Fill, Proof, confirm

_LARGE = 2000
"""Statements from which on the confirmation of a witness, which reads all of them, is counted as that many steps."""
_MAX_PATTERN = 65_536
"""Characters; more than twice the largest document any platform accepts."""


Known = tuple[tuple[str, ...], ...]
"""With variables: globs that a request matches besides its point, per dimension; () without variables.

A point leaves the values of variables open, so it can not say of itself that it is in a glob which it only reaches for
some of them. What the search takes for granted there stands here; `confirm` gives it real values or refuses it.
"""


class How(NamedTuple):
    """What a comparison is given besides the two sides; see `prove.compare`."""

    vocabulary: Vocabulary
    budget: int
    fill: Fill | None
    always: frozenset[str]
    segments: Segments | None
    first: bool
    """Stop at the first part that exceeds."""


class _Compiled(NamedTuple):
    statement: Statement
    bits: int
    scopes: tuple[Scope, ...]
    clauses: Clauses
    crossable: tuple[str, ...]
    """Patterns that mean something else when a star stays inside its segment."""

    def speaks_of(self, point: Box, known: Known) -> bool:
        for i, (scope, text) in enumerate(zip(self.scopes, point, strict=True)):
            if scope is ANY:
                continue
            named = any(matches(p, text) for p in scope.patterns) or (bool(known) and _hold(scope.patterns, known[i]))
            if named == scope.negated:
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
    known: Known
    """The globs that it was cut from."""


class _Negative(NamedTuple):
    bits: int
    box: Box
    deny: bool
    """A deny of the reference; otherwise the pattern of a negated scope."""


class Search:
    """One comparison under way; `run` it once."""

    def __init__(self, candidate: Permissions, reference: Permissions, how: How) -> None:
        self._candidate, self._reference = candidate, reference
        self._budget, self._fill, self._always = Budget(how.budget), how.fill, how.always
        self._dimensions = len(candidate.dimensions)
        self._segments, self._first = how.segments, how.first
        self._at = candidate.dimensions.index(how.segments.dimension) if how.segments else -1
        sides = [[p.statements, *p.ceilings] for p in (candidate, reference)]
        everyone = [s for side in sides for layer in side for s in layer]
        if any(len(text) > _MAX_PATTERN for text in _texts(everyone)):
            raise GlobTooLarge("a pattern of hostile size")
        self._size = len(everyone)
        self._variables = variables_in(candidate, reference)
        self._lists = {clause.key for s in everyone for clause in s.conditions if clause.qualifier}
        self._fresh = fresh_letter(_texts(everyone))
        patterns = [action for s in everyone for action in s.actions]
        self._universe = Universe(how.vocabulary, patterns, _needs(*sides), self._fresh)
        self._mine = [self._layer(layer) for layer in sides[0]]
        self._theirs = [self._layer(layer) for layer in sides[1]]
        self._killers = tuple(d for layer in self._mine for d in layer.denies)
        self._marked: list[dict[str, None]] = [{} for _ in range(self._dimensions)]
        for i, scope in ((i, scope) for s in everyone for i, scope in enumerate(s.scopes)):
            self._marked[i].update((pattern, None) for pattern in scope.patterns if "?" in pattern)
        self._solved: dict[Formula, Found | Doubt | None] = {}

    def _layer(self, statements: Sequence[Statement]) -> _Layer:
        compiled = [self._compile(plain) for s in statements for plain in self._pinned(s)]
        return _Layer(
            tuple(c for c in compiled if c.statement.effect == "allow"),
            tuple(c for c in compiled if c.statement.effect == "deny"),
        )

    def _pinned(self, statement: Statement) -> Iterator[Statement]:
        """The statement once for each value that its own condition leaves to a variable of its scopes."""
        if self._variables.keys:
            named = {key for scope in statement.scopes for p in scope.patterns for _, key, _ in variables_of(p)}
            for clause in statement.conditions:
                plain = clause.operator == "StringEquals" and not clause.if_exists and clause.key not in self._lists
                if plain and clause.key in named and not any(VARIABLE in value for value in clause.values):
                    for value in clause.values:
                        yield from self._pinned(pin(statement, clause, value))
                    return
        yield statement

    def _full(self, scope: Scope, dimension: int) -> Scope:
        if self._segments is None or dimension != self._at:
            return scope
        return Scope(patterns=tuple(map(self._segments.padded, scope.patterns)), negated=scope.negated)

    def _compile(self, statement: Statement) -> _Compiled:
        scopes = tuple(ANY if scope == ANY else self._full(scope, i) for i, scope in enumerate(statement.scopes))
        scopes += (ANY,) * (self._dimensions - len(scopes))
        clauses: set[Condition | Free] = {Free("may", reason) for reason in statement.may}
        if statement.undecided:
            clauses.add(Free("opaque", statement))
        for clause in statement.conditions:
            clauses.add(clause if interpretable(clause) else Free("opaque", clause))
        clauses.update(_presences(scopes))
        bits = self._universe.bits(statement.actions, statement.actions_negated)
        crossable: tuple[str, ...] = ()
        if self._segments:
            crossable = tuple(p for p in scopes[self._at].patterns if self._segments.crossable(p))
        return _Compiled(statement, bits, scopes, frozenset(clauses), crossable)

    def run(self, found: list[Residue], reasons: dict[Reason, None], crossed: list[str]) -> None:
        """Appends every part that exceeds, every reason for a doubt, and the first pattern whose star had to cross."""
        self._found, self._reasons, self._crossed = found, reasons, crossed
        negatives = [self._negatives(layer) for layer in self._theirs]
        for cell in self._cells():
            active = cell.bits
            for layer, theirs in zip(self._theirs, negatives, strict=True):
                self._seen: set[tuple[Box, int, int, Known]] = set()
                self._explore(cell, layer, theirs, cell.box, active, 0, False)
                if found and self._first:
                    return

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
                known = tuple(map(tuple, zip(*boxes, strict=True))) if self._variables.keys else ()
                present = _presences([Scope(patterns=(text,)) for texts in known for text in texts])
                own = clauses.union(present)
                self._watch_layers(boxes)
                for box in meet_all(boxes):
                    self._budget.spend()
                    yield _Cell(parts[0].statement, bits, box, own, conditions, outside, known)

    def _negatives(self, layer: _Layer) -> list[_Negative]:
        found = [_Negative(d.bits, box, True) for d in layer.denies for box in d.boxes()]
        for holed in (*layer.allows, *self._killers):
            for i, scope in enumerate(holed.scopes):
                for pattern in scope.patterns if scope.negated else ():
                    box = tuple(pattern if j == i else "*" for j in range(self._dimensions))
                    found.append(_Negative(holed.bits, box, False))
        return list(dict.fromkeys(found))

    def _explore(
        self, cell: _Cell, layer: _Layer, negatives: list[_Negative], box: Box, active: int, start: int, denied: bool
    ) -> None:
        """Judges the box at its generic points, then its intersections with the negatives from `start` on.

        `denied`: a deny of the reference is taken for granted; one is enough.
        """
        if not active or (box, active, start, cell.known) in self._seen:
            return
        self._seen.add((box, active, start, cell.known))
        settled = 0
        points = list(product(*(self._points(glob, marked) for glob, marked in zip(box, self._marked, strict=True))))
        # Each point is held against every statement: with very many of them a point is no single step.
        self._budget.spend(len(points) * (1 + len(layer.allows) // 64))
        for point in points:
            exceeding, dead, plain = self._examine(cell, layer, box, point, active)
            active &= ~exceeding
            if len(points) == 1:
                active &= ~dead
                settled = plain
        for position in range(start, len(negatives)):
            negative = negatives[position]
            part = active & negative.bits & (-1 if negative.deny else ~settled)
            if not part or (denied and negative.deny):
                continue
            if self._segments and not self._crossed:
                self._watch_meeting(box[self._at], negative.box[self._at])
            for smaller in meet(box, negative.box):
                inner = _taken(cell, negative.box, smaller)
                if smaller != box or inner is not cell:
                    given = denied or (negative.deny and inner is not cell)
                    self._explore(inner, layer, negatives, smaller, part, position + 1, given)

    def _points(self, glob: str, marked: Iterable[str]) -> Sequence[str]:
        """The generic strings of a glob; `marked` are the patterns with question marks that could tell them apart."""
        marks = max((other.count("?") for other in marked if other != glob and intersect(glob, other)), default=0)
        return witnesses(glob, marks, self._fresh)

    def _examine(self, cell: _Cell, layer: _Layer, box: Box, point: Box, active: int) -> tuple[int, int, int]:
        """At one point: the actions that exceed; those the candidate loses in the whole box; those plainly covered."""
        for i, pattern in cell.outside:
            if matches(pattern, point[i]) or (cell.known and _hold((pattern,), cell.known[i])):
                self._watch((pattern,) if i == self._at else (), point)
                return 0, active, 0
        killers = [k for k in self._killers if k.bits & active and k.speaks_of(point, cell.known)]
        alive, dead = active, 0
        for killer in killers:
            if killer.clauses <= cell.clauses:
                alive &= ~killer.bits
                dead |= killer.bits if killer.plain else 0
        covering = [a for a in layer.allows if a.bits & alive and a.speaks_of(point, cell.known)]
        # Of all active ones: what is killed here may live in a hole of its killer, where these denies still speak.
        denies = [d for d in layer.denies if d.bits & active and d.speaks_of(point, cell.known)]
        # Also those that say nothing here: a negated scope may be silent only because its star crosses.
        for statement in (*self._killers, *layer.allows, *layer.denies) if self._segments else ():
            if statement.crossable and statement.bits & active:
                self._watch(statement.crossable, point)
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
        return exceeding, dead, settled & ~denied

    def _watch(self, patterns: Sequence[str], point: Box) -> None:
        """Notes a pattern that matches the point only because its star crosses a separator."""
        if self._segments and not self._crossed:
            text = point[self._at]
            for pattern in patterns:
                if matches(pattern, text) and not self._segments.matches(pattern, text):
                    self._crossed.append(pattern)

    def _watch_layers(self, boxes: Sequence[Box]) -> None:
        """What the candidate's own layers have in common may rest on a star that crosses as well."""
        if self._segments and not self._crossed:
            for count in range(1, len(boxes)):
                for known in meet_all(boxes[:count]):
                    self._watch_meeting(known[self._at], boxes[count][self._at])

    def _watch_meeting(self, a: str, b: str) -> None:
        """Notes a pattern whose intersection with another one is not the same in both readings."""
        by = self._segments
        if by is not None and "*" not in (a, b) and a != b and (by.crossable(a) or by.crossable(b)):
            parts = frozenset(intersect(a, b))
            if parts and parts != by.intersect(a, b):
                self._crossed.append(a if by.crossable(a) else b)

    def _judge(self, cell: _Cell, box: Box, point: Box, bits: int, formula: Formula) -> bool:
        if formula not in self._solved:
            self._solved[formula] = solve(formula, self._fresh, self._always, self._budget)
        answer = self._solved[formula]
        if answer is None or self._universe.is_empty(bits):
            return False
        if isinstance(answer, Doubt):
            self._reasons.update(dict.fromkeys(answer.reasons))
            return False
        proof = Proof(self._candidate, self._reference, answer.world, self._fresh, self._fill, self._variables)
        if self._size > _LARGE:
            self._budget.spend(self._size)
        actions, future, names = self._universe.read(bits)
        part = confirm(proof, cell.statement, cell.conditions, box, point, answer.context, (actions, future, names))
        if isinstance(part, Reason):
            self._reasons[part] = None
            return False
        spared = () if self._first else self._universe.spared(bits, part.future)
        self._found.append(replace(part, spared=spared) if spared else part)
        return True


def _needs(mine: Sequence[Sequence[Statement]], theirs: Sequence[Sequence[Statement]]) -> Needs:
    """Which action patterns need future names."""

    def named(layers: Sequence[Sequence[Statement]], effect: str, negated: bool) -> list[str]:
        chosen = (s for layer in layers for s in layer if s.effect == effect and s.actions_negated == negated)
        return [action for s in chosen for action in s.actions]

    allowed = [
        [a for s in layer if s.effect == "allow" for a in (("*",) if s.actions_negated else s.actions)]
        for layer in mine
    ]
    holes = named(mine, "deny", True) + named(theirs, "allow", True)
    return Needs(layers=allowed, holes=holes, denied=named(theirs, "deny", False))


def _taken(cell: _Cell, glob: Box, part: Box) -> _Cell:
    """The cell, with the box taken for granted where the part lies in it for some values of variables only."""
    if not cell.known or all(map(contains, glob, part)):
        return cell
    known = tuple(k if text == "*" or text in k else (*k, text) for k, text in zip(cell.known, glob, strict=True))
    return cell if known == cell.known else cell._replace(known=known)


def _hold(patterns: Sequence[str], known: Sequence[str]) -> bool:
    return any(contains(pattern, text) for text in known for pattern in patterns)


def _presences(scopes: Sequence[Scope]) -> Iterator[Condition]:
    """A statement none of whose patterns can match without a variable's value asks for that value to be there."""
    for scope in scopes:
        if not scope.negated and scope.patterns and VARIABLE in scope.patterns[0]:
            needed = [{key for _, key, default in variables_of(p) if default is None} for p in scope.patterns]
            for key in sorted(set.intersection(*needed)):
                yield Condition(operator="Null", key=key, values=("false",))


def _clauses(side: Sequence[_Compiled], bits: int) -> tuple[Clauses, ...]:
    return tuple(sorted({c.clauses for c in side if c.bits & bits}, key=repr))


def _split(bits: int, statements: Sequence[_Compiled]) -> list[int]:
    """The bits by which of the statements speak of them."""
    groups = [bits] if bits else []
    for statement in statements:
        groups = [part for group in groups for part in (group & statement.bits, group & ~statement.bits) if part]
    return groups


def _texts(statements: Sequence[Statement]) -> Iterator[str]:
    for statement in statements:
        yield from statement.actions
        for scope in statement.scopes:
            yield from scope.patterns
        for clause in statement.conditions:
            yield from clause.values
