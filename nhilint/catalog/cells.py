"""What an identity holds, cut into cells: some actions in one box under the conditions of one statement.

Where nothing is denied and no ceiling cuts, the cells are read off the statements. Otherwise the algebra says what is
left: the parts of the identity that lie outside nothing at all.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import islice, product
from typing import NamedTuple

from nhilint.algebra.prove import compare
from nhilint.algebra.values import Condition, Covered, Exceeds, Permissions, Scope, Statement, Undecided
from nhilint.catalog.index import boxes_of, names_of
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


def cells_of(permissions: Permissions, dialect: Dialect, kind: str) -> tuple[Cell, ...]:
    """The cells, each once; () when nothing is in force."""
    if _plain(permissions):
        statements: tuple[Statement, ...] = permissions.statements
    else:
        statements = tuple(_left(permissions, dialect, kind))
    found: dict[Cell, None] = {}
    for statement in statements:
        boxes = boxes_of(statement, dialect.platform, dialect)
        names = names_of(statement, dialect.platform)
        for conditions in _each_value(statement.conditions):
            for box in product(*boxes):
                found[Cell(names, box, conditions)] = None
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


def _left(permissions: Permissions, dialect: Dialect, kind: str) -> Iterator[Statement]:
    """What is left of it after denies and ceilings, as statements without negation."""
    nothing = Permissions(dimensions=permissions.dimensions, statements=())
    match compare(permissions, nothing, dialect.vocabulary, always=dialect.present(kind), segments=dialect.segments):
        case Covered():
            return
        case Exceeds(residue=residue):
            for part in residue:
                yield Statement(
                    effect="allow",
                    actions=(*part.actions, *part.future),
                    scopes=tuple(Scope(patterns=(glob,)) for glob in part.scopes),
                    conditions=part.conditions,
                )
        case Undecided():
            # What is granted is at the most what the allows say.
            for statement in permissions.statements:
                if statement.effect == "allow":
                    actions = ("*",) if statement.actions_negated else statement.actions
                    yield replace(statement, actions=actions, scopes=tuple(map(_opened, statement.scopes)))


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
