"""The bindings of one role's parameters that cover most of what an identity holds: a search that only proposes.

An *element* is something to cover, with the *ways* to do it: each way asks for values of parameters. Parameters that
take several values collect what is asked for; of the others every way must want the same value.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import product
from typing import NamedTuple

from nhilint.algebra.expressions import matches_whole
from nhilint.algebra.prove import covers
from nhilint.algebra.universe import OPEN
from nhilint.algebra.values import SYMBOL_OPEN, Condition, Permissions, Statement, display, symbols_of
from nhilint.catalog.compile import fill_in
from nhilint.catalog.matching.cells import Cell
from nhilint.catalog.matching.index import Form
from nhilint.catalog.matching.unify import Row, unify
from nhilint.catalog.model import PARAMETER, Parameter, Role
from nhilint.catalog.verdict import Bound

_MAX_WAYS = 400
_MAX_STEPS = 4_000
_MAX_FOUND = 24
_MAX_VALUE = 500


class Way(NamedTuple):
    """What one way of covering asks of the parameters."""

    single: Row
    """Values of parameters that have one value."""
    many: Row
    doubt: str
    """Why it is not known whether the values are allowed; empty: they are."""


class Element(NamedTuple):
    """Something to cover, as bits, with the ways to do it."""

    bits: int
    ways: tuple[Way, ...]


class Binding(NamedTuple):
    """One answer of the search."""

    bound: Bound
    covered: int
    doubts: tuple[str, ...]


Fixed = Mapping[str, str | None]
"""The parameters whose value the identity or the repository decides; None: it is not known."""


def ways_of(role: Role, form: Form, cell: Cell, fixed: Fixed, always: frozenset[str] = frozenset()) -> tuple[Way, ...]:
    """How one statement of the role contains a cell, actions left aside; the surest ways first."""
    rows: list[Row] = [()]
    for templates, text in zip(form.boxes, cell.box, strict=True):
        rows = _joined(role, rows, _any_of(templates, text))
        if not rows:
            return ()
    for clause in form.conditions:
        rows = _joined(role, rows, tuple(_clause_rows(role, clause, cell.conditions)))
    if form.conditions:
        rows = [row for row in rows if _implied(cell.conditions, filled(form.conditions, row), always)]
    return allowed(role, rows, fixed)


def allowed(role: Role, rows: Iterable[Row], fixed: Fixed) -> tuple[Way, ...]:
    """The rows whose values the parameters take, as ways; the surest first."""
    found: dict[tuple[Row, bool], Way] = {}
    for row in rows:
        single: list[tuple[str, str]] = []
        many: list[tuple[str, str]] = []
        doubt = ""
        for name, value in dict.fromkeys(row):
            parameter = role.parameters[name]
            why = _unfit(parameter, value, fixed)
            if why is None:
                break
            doubt = doubt or why
            (many if parameter.many else single).append((name, value))
        else:
            # Of the ways that differ in parameters with several values only, the first has the longest ones.
            found.setdefault((tuple(single), bool(doubt)), Way(tuple(single), tuple(many), doubt))
    return tuple(sorted(found.values(), key=lambda way: bool(way.doubt)))


def _any_of(templates: Sequence[str], text: str) -> tuple[Row, ...]:
    """The ways of every template; one that needs no parameter is enough."""
    found: list[Row] = []
    for template in templates:
        rows = ((),) if template == "*" else unify(template, text)
        if rows and not rows[0]:
            return ((),)
        found += rows
    return tuple(found)


def _joined(role: Role, left: Sequence[Row], right: Sequence[Row]) -> list[Row]:
    """Every row of one side with every row of the other that agrees with it."""
    if right == ((),):
        return list(left)
    found: list[Row] = []
    for one, two in product(left, right):
        known = dict(one)
        if all(known.get(name, value) == value or role.parameters[name].many for name, value in two):
            found.append(tuple(dict.fromkeys((*one, *two))))
            if len(found) >= _MAX_WAYS:
                break
    return found


def _clause_rows(role: Role, clause: Condition, held: Sequence[Condition]) -> Iterator[Row]:
    """What the parameters of a clause have to be so that one of the identity's clauses implies it."""
    if not any(PARAMETER.search(text) for text in (clause.key, *clause.values)):
        yield ()
        return
    for own in held:
        rows = list(unify(clause.key, own.key))
        if "Not" in clause.operator:
            # What the role excludes, the identity excludes as well.
            for template in clause.values:
                options = [row for value in own.values for row in unify(template, value)]
                rows = _joined(role, rows, tuple(options))
        elif clause.operator != "Null":
            for value in own.values:
                rows = _joined(role, rows, _any_of(clause.values, value))
        yield from rows


def filled(conditions: Iterable[Condition], row: Row) -> tuple[Condition, ...]:
    """Conditions with the parameters of a row filled in."""
    values: dict[str, tuple[str, ...]] = {}
    for name, value in row:
        values[name] = (*values.get(name, ()), value)
    return tuple(
        Condition(
            operator=clause.operator,
            key=next(iter(fill_in(clause.key, values)), clause.key),
            values=tuple(text for value in clause.values for text in fill_in(value, values)),
            qualifier=clause.qualifier,
            if_exists=clause.if_exists,
        )
        for clause in conditions
    )


@lru_cache(maxsize=16_384)
def _implied(held: tuple[Condition, ...], wanted: tuple[Condition, ...], always: frozenset[str]) -> bool:
    """Whether whatever fulfils the one fulfils the other."""
    if set(wanted) <= set(held):
        return True
    sides = [
        Permissions(dimensions=("x",), statements=(Statement(effect="allow", actions=("x",), conditions=conditions),))
        for conditions in (wanted, held)
    ]
    return bool(covers(sides[0], sides[1], OPEN, always=always))


def _unfit(parameter: Parameter, value: str, fixed: Fixed) -> str | None:
    """Empty: the parameter takes the value; a sentence: that is not known; None: it does not."""
    unknown = SYMBOL_OPEN in value
    if parameter.same:
        wanted = fixed.get(parameter.name)
        if wanted == value:
            return ""
        if wanted is None:
            return f"`{parameter.name}` has to be {_SAME[parameter.same]}, which is not known"
        if not unknown and SYMBOL_OPEN not in wanted:
            return None
        return f"`{parameter.name}` has to be {display(wanted)}, and whether `{display(value)}` is that is not known"
    if not unknown:
        if parameter.enum and value not in parameter.enum:
            return None
        return "" if len(value) <= _MAX_VALUE and _shaped(parameter.pattern, display(value)) else None
    if not parameter.many and any("[*]" in name for name in symbols_of(value)):
        return f"`{parameter.name}` would be each of `{display(value)}`, and it takes one value"
    if parameter.unknown or not (parameter.pattern or parameter.enum):
        return ""
    return f"`{parameter.name}` would be `{display(value)}`, which was not checked: its value is not known"


_SAME = {
    "repository": "this repository",
    "owner": "the owner of this repository",
    "namespace": "the namespace of the identity",
    "name": "the name of the identity",
}


@lru_cache(maxsize=65_536)
def _shaped(pattern: str, value: str) -> bool:
    return not pattern or matches_whole(pattern, value)


def bindings(elements: Iterable[Element], fixed: Fixed, *, doubtful: bool) -> tuple[list[Binding], bool]:
    """The bindings that cover most: none of them covers less than another one. Deterministic.

    And whether that is all of them: a search with too many steps ends before.

    `doubtful`: also by values that may not be allowed; their doubts are told.
    """
    search = _Search(elements, doubtful)
    return search.run(fixed), not search.spent


def beyond_all(roles: Sequence[Sequence[Element]], whole: int) -> bool:
    """Whether something is in reach of no role, or two things of one role only, and not with the same values."""
    once = twice = 0
    for elements in roles:
        mine = 0
        for element in elements:
            mine |= element.bits
        once, twice = once | mine, twice | (once & mine)
    alone = whole & once & ~twice
    for elements in roles:
        left = sorted((one for one in elements if one.bits & alone), key=lambda one: len(one.ways))
        if left and any(not _together(left[0], other) for other in left[1:]):
            return True
    return bool(whole & ~once)


def _together(one: Element, other: Element) -> bool:
    return any(_agrees(way, dict(mine.single)) for mine in one.ways for way in other.ways)


class _State(NamedTuple):
    single: Mapping[str, str]
    many: Mapping[str, Mapping[str, None]]
    covered: int
    doubts: tuple[str, ...]


class _Search:
    """Depth first, the element with the fewest ways first; what can not cover more than an answer is left out."""

    def __init__(self, elements: Iterable[Element], doubtful: bool) -> None:
        # What can be covered in the same ways is one thing to cover.
        alike: dict[tuple[Way, ...], int] = {}
        for element in elements:
            ways = tuple(way for way in element.ways if doubtful or not way.doubt)
            if ways:
                alike[ways] = alike.get(ways, 0) | element.bits
        self._elements = [Element(bits, ways) for ways, bits in alike.items()]
        self._found: list[_State] = []
        self._steps = 0
        self.spent = False

    def run(self, fixed: Fixed) -> list[Binding]:
        self._explore(_State({}, {}, 0, ()), self._elements)
        known = {name: (value,) for name, value in fixed.items() if value is not None}
        return [
            Binding(
                tuple(
                    sorted(
                        {
                            **known,
                            **{name: (value,) for name, value in state.single.items()},
                            **{name: tuple(sorted(values)) for name, values in state.many.items()},
                        }.items()
                    )
                ),
                state.covered,
                state.doubts,
            )
            for state in self._found
        ]

    def _explore(self, state: _State, elements: Sequence[Element]) -> None:
        if self._known(state, elements):
            return
        state, left = self._settled(state, elements)
        if self._known(state, left):
            return
        self._steps += 1
        full = self._steps > _MAX_STEPS or len(self._found) >= _MAX_FOUND
        if not left or full:
            self.spent = self.spent or (full and bool(left))
            self._found = [other for other in self._found if other.covered & ~state.covered]
            self._found.append(state)
            return
        chosen = min(left, key=lambda element: len(element.ways))
        for way in sorted(chosen.ways, key=lambda way: (bool(way.doubt), not way.single)):
            self._explore(_taken(state, chosen, way), left)
        self._explore(state, [element for element in left if element is not chosen])

    def _known(self, state: _State, elements: Sequence[Element]) -> bool:
        """Whether an answer covers all that could still be covered."""
        reach = state.covered
        for element in elements:
            reach |= element.bits
        return any(not reach & ~other.covered for other in self._found)

    def _settled(self, state: _State, elements: Sequence[Element]) -> tuple[_State, list[Element]]:
        """With all that is covered without a new value, and the elements that still can be, each with its ways."""
        left = []
        for element in elements:
            if not element.bits & ~state.covered:
                continue
            ways = tuple(way for way in element.ways if _agrees(way, state.single))
            ready = [way for way in ways if all(name in state.single for name, _ in way.single) and not way.doubt]
            best = next((way for way in ready if _present(way, state.many)), None)
            if best is None and ready and len(ready) == len(ways):
                # Only a list can grow for it; where another way is open, a list grows last.
                best = ready[0]
            if best is not None:
                state = _taken(state, element, best)
            elif ways:
                left.append(Element(element.bits, ways))
        return state, left


def _agrees(way: Way, single: Mapping[str, str]) -> bool:
    return all(single.get(name, value) == value for name, value in way.single)


def _present(way: Way, many: Mapping[str, Mapping[str, None]]) -> bool:
    return all(value in many.get(name, ()) for name, value in way.many)


def _taken(state: _State, element: Element, way: Way) -> _State:
    many = state.many
    if way.many:
        collected = {name: dict(values) for name, values in many.items()}
        for name, value in way.many:
            collected.setdefault(name, {})[value] = None
        many = collected
    doubts = state.doubts if not way.doubt or way.doubt in state.doubts else (*state.doubts, way.doubt)
    single = {**state.single, **dict(way.single)} if way.single else state.single
    return _State(single, many, state.covered | element.bits, doubts)
