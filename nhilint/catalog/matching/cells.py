"""What an identity holds, cut into cells: some actions in one box under the conditions of one statement.

Where nothing is denied and no ceiling cuts, the cells are read off the statements. Otherwise the algebra says what is
left: the parts of the identity that lie outside nothing at all.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import islice, product
from typing import NamedTuple

from nhilint.algebra.glob import contains, overlaps
from nhilint.algebra.prove import compare
from nhilint.algebra.values import Condition, Covered, Exceeds, Permissions, Scope, Statement, Undecided
from nhilint.catalog.drafting.effective import holds, turn
from nhilint.catalog.matching.index import VERBS, boxes_of, names_of
from nhilint.model.dialect import Dialect

_MAX_CELLS = 2_000
_MAX_SPLIT = 32
_ONE_OF = frozenset(
    (
        "StringEquals",
        "StringLike",
        "StringEqualsIgnoreCase",
        "ArnEquals",
        "ArnLike",
        "Bool",
        "IpAddress",
        "NumericEquals",
    )
)
"""Operators whose values are ORed."""


class Cell(NamedTuple):
    """Some actions in one box."""

    names: tuple[str, ...]
    box: tuple[str, ...]
    """One glob per dimension that is not one of actions."""
    conditions: tuple[Condition, ...]
    cut: bool = False
    """Whether something was taken away: a glob among its actions then means what no data knows yet, and no more."""


def cells_of(permissions: Permissions, dialect: Dialect, kind: str) -> tuple[Cell, ...]:
    """The cells, each once; () when nothing is in force."""
    plain = _plain(permissions)
    rows = [(one, False) for one in permissions.statements] if plain else list(_left(permissions, dialect, kind))
    found: dict[Cell, None] = {}
    for statement, cut in rows:
        boxes = boxes_of(statement, dialect.platform, dialect)
        names = names_of(statement, dialect.platform)
        for conditions in _each_value(statement.conditions):
            for box in product(*boxes):
                found[Cell(names, box, conditions, cut and dialect.platform not in VERBS)] = None
                if len(found) >= _MAX_CELLS:
                    return tuple(found)
    return tuple(found)


def _plain(permissions: Permissions) -> bool:
    """Whether every statement grants what it says."""
    return not permissions.ceilings and not any(
        s.effect == "deny"
        or s.actions_negated
        or s.undecided
        or len(s.conditions) > 2
        or any(x.negated for x in s.scopes)
        for s in permissions.statements
    )


def _left(permissions: Permissions, dialect: Dialect, kind: str) -> Iterator[tuple[Statement, bool]]:
    """What is left of it after denies and ceilings, as statements without negation, and whether exactly that."""
    nothing = Permissions(dimensions=permissions.dimensions, statements=())
    match compare(permissions, nothing, dialect.vocabulary, always=dialect.present(kind), segments=dialect.segments):
        case Covered():
            return
        case Exceeds(residue=residue):
            denies = [s for s in permissions.statements if s.effect == "deny" and s.conditions and not s.undecided]
            for part in residue:
                own = Statement(
                    effect="allow",
                    actions=(*part.actions, *part.future),
                    scopes=tuple(Scope(patterns=(glob,)) for glob in part.scopes),
                    conditions=part.conditions,
                )
                yield from ((one, True) for one in _under(own, denies))
        case Undecided():
            # What is granted is at the most what the allows say.
            for statement in permissions.statements:
                if statement.effect == "allow":
                    actions = ("*",) if statement.actions_negated else statement.actions
                    yield replace(statement, actions=actions, scopes=tuple(map(_opened, statement.scopes))), False


def _under(own: Statement, denies: Sequence[Statement]) -> list[Statement]:
    """A part of the identity with what denies with conditions leave of it: denied unless X is allowed if X."""
    rows = [own]
    for deny in denies:
        ways = [turn(clause) for clause in deny.conditions]
        if deny.may or not all(ways) or len(rows) * len(ways) > _MAX_SPLIT:
            continue
        found = []
        for row in rows:
            box = tuple(scope.patterns[0] for scope in row.scopes)
            hit = tuple(name for name in row.actions if _denied(deny, name)) if holds(deny, box) else ()
            rest = tuple(name for name in row.actions if name not in hit)
            found += [replace(row, actions=rest)] if rest else []
            found += [replace(row, actions=hit, conditions=(*row.conditions, *way)) for way in ways if hit]
        rows = found
    return rows


def _denied(deny: Statement, name: str) -> bool:
    """Whether the deny is about every action of that name, which may be a glob."""
    if deny.actions_negated:
        return not any(overlaps(pattern, name) for pattern in deny.actions)
    return any(contains(pattern, name) for pattern in deny.actions)


def _opened(scope: Scope) -> Scope:
    return Scope(patterns=("*",)) if scope.negated else scope


def _each_value(conditions: tuple[Condition, ...]) -> Iterator[tuple[Condition, ...]]:
    """Once for each value of a clause whose values are ORed: one role may cover one, the next another."""
    choices = [
        [replace(clause, values=(value,)) for value in clause.values]
        if len(clause.values) > 1 and clause.operator in _ONE_OF and not clause.qualifier
        else [clause]
        for clause in conditions
    ]
    total = 1
    for row in choices:
        total *= len(row)
    if total > _MAX_SPLIT:
        yield conditions
    else:
        yield from islice(product(*choices), _MAX_SPLIT)
