"""Anti-unification: the statements of several identities as one list, with parameters where they differ.

Statements of one shape are laid on each other. A name that is the same everywhere stays a literal, but for accounts,
regions and strings that nobody knows. Where names differ, what they begin and end with alike stays too, and names that
differ in the same way share one parameter. A statement that only some have gets parameters of its own, which the
others leave unbound, so that it gives them nothing. Pure.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import product

from nhilint.algebra.values import SYMBOL, SYMBOL_CLOSE, SYMBOL_OPEN, VARIABLE, Condition, display
from nhilint.catalog.drafting.shapes import Abstracted, Row, Template, Values, abstract
from nhilint.catalog.drafting.stating import Fields, Stated
from nhilint.catalog.model import PARAMETER

_ATOMS = re.compile(rf"{SYMBOL}|[A-Za-z0-9]+|.", re.DOTALL)
_SYMBOL = re.compile(f"({SYMBOL_OPEN}(?!{VARIABLE})[^{SYMBOL_CLOSE}]*{SYMBOL_CLOSE})")
"""What nobody knows; a variable of policies is none of it, and stays as it is."""
_ALWAYS = ("account", "region", "partition")
"""Kinds of names that are never literal: the same role is used in many of them."""

Vector = tuple[tuple[str, ...], ...]
"""The values of one parameter for each identity; () for one that does not need it."""
_Piece = str | Vector


@dataclass(slots=True)
class Slot:
    """One parameter, before it has a name."""

    vector: Vector
    kinds: list[str] = field(default_factory=list)
    """What it names, at each place."""
    partial: bool = False
    """Whether it stands for a part of a name somewhere."""
    places: list[str] = field(default_factory=list)
    """Where it stands: services of ARNs, fields, condition keys."""

    @property
    def many(self) -> bool:
        """Whether somebody needs several values at once, or as many as a list has that nobody knows."""
        return any(len(values) > 1 or "[*]" in display(value) for values in self.vector for value in values)


@dataclass(frozen=True, slots=True, kw_only=True)
class General:
    """One statement for several identities; its patterns are pieces of text and parameters."""

    stated: Stated
    """That of the first one who has it."""
    patterns: tuple[tuple[str, tuple[tuple[_Piece, ...], ...]], ...]
    conditions: tuple[tuple[Condition, tuple[tuple[_Piece, ...], ...]], ...]
    members: tuple[int, ...]
    """Who has it."""

    def written(self, names: Mapping[Vector, str]) -> tuple[Fields, tuple[Condition, ...]]:
        """Its patterns and conditions with parameters as `<name>`, as people write them."""

        def text(pieces: tuple[_Piece, ...]) -> str:
            return "".join(display(p) if isinstance(p, str) else f"<{names[p]}>" for p in pieces)

        fields = tuple((name, tuple(dict.fromkeys(map(text, rows)))) for name, rows in self.patterns)
        clauses = tuple(
            Condition(
                operator=c.operator,
                key=c.key,
                values=tuple(dict.fromkeys(map(text, rows))),
                qualifier=c.qualifier,
                if_exists=c.if_exists,
            )
            for c, rows in self.conditions
        )
        return fields, clauses


@dataclass(frozen=True, slots=True, kw_only=True)
class Generalized:
    """Statements for several identities, and their parameters in order of appearance."""

    statements: tuple[General, ...]
    slots: tuple[Slot, ...]


def generalize(subjects: Sequence[Sequence[Stated]], *, open_names: bool = False) -> Generalized:
    """The statements of all of them. `open_names`: names become parameters even where they do not differ."""
    work = _Work(len(subjects), open_names)
    groups: defaultdict[tuple[object, ...], dict[int, list[Abstracted]]] = defaultdict(dict)
    order: dict[tuple[object, ...], None] = {}
    for index, statements in enumerate(subjects):
        for one in map(abstract, statements):
            groups[one.shape].setdefault(index, []).append(one)
            order[one.shape] = None
    found: list[General] = []
    for shape in order:
        having = {index: sorted(rows, key=lambda one: one.names) for index, rows in groups[shape].items()}
        found += [
            work.statement({index: rows[at] for index, rows in having.items() if at < len(rows)})
            for at in range(max(map(len, having.values())))
        ]
    found.sort(key=lambda one: (one.stated.words, one.stated.patterns))
    same = _shareable(found, work.slots)
    kept = tuple(slot for vector, slot in work.slots.items() if vector not in same)
    return Generalized(statements=tuple(_with(one, same) for one in found), slots=kept)


def _shareable(found: Sequence[General], slots: Mapping[Vector, Slot]) -> dict[Vector, Vector]:
    """Accounts and regions of statements that only some have, to those that all have.

    They are the same parameter where the statement has another name that stays unbound for the others: it still gives
    them nothing.
    """
    whole = [vector for vector in slots if all(vector)]
    same: dict[Vector, Vector] = {}
    for vector, slot in slots.items():
        wider = next((w for w in whole if all(b in ((), a) for a, b in zip(w, vector, strict=True))), None)
        if all(vector) or wider is None or not set(slot.kinds) <= {*_ALWAYS, "symbol"}:
            continue
        rows = [row for one in found for _, texts in one.patterns for row in texts if vector in row]
        free = [any(_unbound(piece, vector, slots) for piece in row) for row in rows]
        conditional = any(vector in row for one in found for _, texts in one.conditions for row in texts)
        if rows and all(free) and not conditional:
            same[vector] = wider
    return same


def _unbound(piece: _Piece, vector: Vector, slots: Mapping[Vector, Slot]) -> bool:
    """Whether it is another name that has no value wherever this one has none."""
    if isinstance(piece, str) or set(slots[piece].kinds) <= {*_ALWAYS, "symbol"}:
        return False
    return all(not b for a, b in zip(vector, piece, strict=True) if not a)


def _with(one: General, same: Mapping[Vector, Vector]) -> General:
    def row(pieces: tuple[_Piece, ...]) -> tuple[_Piece, ...]:
        return tuple(piece if isinstance(piece, str) else same.get(piece, piece) for piece in pieces)

    return replace(one, patterns=tuple((name, tuple(map(row, rows))) for name, rows in one.patterns))


class _Work:
    """One run: collects the parameters."""

    def __init__(self, size: int, open_names: bool) -> None:
        self._size, self._open = size, open_names
        self.slots: dict[Vector, Slot] = {}

    def statement(self, members: Mapping[int, Abstracted]) -> General:
        """One statement of everybody who has it."""
        first = members[min(members)]
        patterns: list[tuple[str, tuple[tuple[_Piece, ...], ...]]] = []
        conditions: list[tuple[Condition, tuple[tuple[_Piece, ...], ...]]] = []
        for at, row in enumerate(first.rows):
            rows = {index: one.rows[at] for index, one in members.items()}
            where = str(row.place[1] if row.place[0] == "field" else row.place[2])
            services = {word.partition(":")[0] for word in dict(first.stated.words).get("actions", ())}
            if where == "resources" and len(services) == 1:
                (where,) = services
            merged = tuple(self._row(rows, where))
            if row.place[0] == "field":
                patterns.append((str(row.place[1]), merged))
            else:
                clause = first.stated.conditions[len(conditions)]
                conditions.append((clause, merged))
        return General(
            stated=first.stated,
            patterns=tuple(patterns),
            conditions=tuple(conditions),
            members=tuple(sorted(members)),
        )

    def _row(self, rows: Mapping[int, Row], where: str) -> Iterator[tuple[_Piece, ...]]:
        """The patterns of one field: template by template."""
        for at, (template, _) in enumerate(next(iter(rows.values())).found):
            values = {index: row.found[at][1] for index, row in rows.items()}
            place = template.pieces[0].split(":")[2] if template.pieces[0].count(":") > 2 else where
            if len({len(one) for one in values.values()}) == 1:
                yield from self._aligned(template, values, place)
            elif all(_is_product(one) for one in values.values()):
                yield self._pattern(template, values, place)
            else:
                for one in dict.fromkeys(v for i in sorted(values) for v in values[i]):
                    having = {i: (one,) for i, found in values.items() if one in found}
                    yield self._pattern(template, having, place)

    def _aligned(
        self, template: Template, values: Mapping[int, tuple[Values, ...]], place: str
    ) -> Iterator[tuple[_Piece, ...]]:
        """The patterns of one template where everybody has as many.

        They are laid on each other one by one where that tells what differs; else they are values of one parameter.
        """
        shared = set.intersection(*map(set, values.values()))
        plain = sorted(one for one in shared if not _SYMBOL.search("".join(one)))
        for one in plain:
            yield self._pattern(template, dict.fromkeys(values, (one,)), place)
        rest = {i: sorted(set(one) - set(plain)) for i, one in values.items()}
        count = len(next(iter(rest.values())))
        pairs = [{i: one[n] for i, one in rest.items()} for n in range(count)]
        told = all(any(_common([v[at] for v in pair.values()])) for pair in pairs for at in _differing(pair))
        loose = count > 2 if len(values) == 1 else count > 1 and not told
        if loose and all(_is_product(one) for one in rest.values()):
            yield self._pattern(template, {i: tuple(one) for i, one in rest.items()}, place)
            return
        for pair in pairs:
            yield self._pattern(template, {i: (one,) for i, one in pair.items()}, place)

    def _pattern(self, template: Template, values: Mapping[int, tuple[Values, ...]], place: str) -> tuple[_Piece, ...]:
        found: list[_Piece] = [*self._text(template.pieces[0], values, place)]
        for at, kind in enumerate(template.kinds):
            names = {index: tuple(dict.fromkeys(one[at] for one in rows)) for index, rows in values.items()}
            found += self._name(kind, names, place)
            found += self._text(template.pieces[at + 1], values, place)
        return tuple(found)

    def _name(self, kind: str, names: Mapping[int, tuple[str, ...]], place: str) -> Iterator[_Piece]:
        """One name: literal, parameter, or a parameter between literals."""
        distinct = set(names.values())
        (first, *_), alike = next(iter(names.values())), len(distinct) == 1
        whole = kind in _ALWAYS or any(PARAMETER.search(v) for values in distinct for v in values)
        if alike and len(next(iter(distinct))) == 1 and VARIABLE in first:
            yield from self._text(first, names, place)
        elif whole or max(map(len, distinct)) > 1 or (alike and (self._open or _SYMBOL.fullmatch(first))):
            yield self._slot(kind, names, place)
        elif alike:
            yield from self._text(first, names, place)
        else:
            single = {index: values[0] for index, values in names.items()}
            before, after = _common(list(single.values()))
            cores = {i: (value[len(before) : len(value) - len(after)],) for i, value in single.items()}
            yield from self._text(before, names, place)
            yield self._slot(kind, cores, place, partial=bool(before or after))
            yield from self._text(after, names, place)

    def _text(self, text: str, members: Mapping[int, object], place: str) -> Iterator[_Piece]:
        """A text that all have: what of it nobody knows is a parameter."""
        for at, piece in enumerate(_SYMBOL.split(text)):
            if at % 2:
                yield self._slot("symbol", dict.fromkeys(members, (piece,)), place)
            elif piece:
                yield piece

    def _slot(self, kind: str, values: Mapping[int, tuple[str, ...]], place: str, *, partial: bool = False) -> Vector:
        vector = tuple(values.get(index, ()) for index in range(self._size))
        slot = self.slots.setdefault(vector, Slot(vector))
        slot.kinds.append(kind)
        slot.places.append(place)
        slot.partial |= partial
        return vector


def _differing(pair: Mapping[int, Values]) -> list[int]:
    """At which places the names differ."""
    columns = zip(*pair.values(), strict=True)
    return [at for at, column in enumerate(columns) if len(set(column)) > 1]


def _is_product(values: Sequence[Values]) -> bool:
    """Whether the names can be bound one by one: every combination is there."""
    axes = [dict.fromkeys(column) for column in zip(*values, strict=True)]
    return len(set(values)) == len(list(product(*axes)))


def _common(values: Sequence[str]) -> tuple[str, str]:
    """What all begin with and what all end with, in whole words; something of each is left between."""
    atoms = [_ATOMS.findall(value) for value in values]
    least = min(map(len, atoms))
    before = 0
    while before < least - 1 and len({row[before] for row in atoms}) == 1:
        before += 1
    after = 0
    while after < least - before - 1 and len({row[-1 - after] for row in atoms}) == 1:
        after += 1
    first = atoms[0]
    return "".join(first[:before]), "".join(first[len(first) - after :])
