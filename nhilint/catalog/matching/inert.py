"""What an identity holds without what gives nothing where it stands; knows no role, and of a platform only its word."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import groupby

from nhilint.algebra.values import Permissions, Scope, Statement
from nhilint.model.dialect import Dialect


def in_force(permissions: Permissions, dialect: Dialect) -> Permissions:
    """The same permissions without the pairs of an action and a resource of which the platform knows that they are
    never asked for together. Only allows shrink, so that nothing else is held afterwards.
    """
    if dialect.gives_nothing is None:
        return permissions
    statements = tuple(one for statement in permissions.statements for one in _alive(statement, dialect))
    return permissions if statements == permissions.statements else replace(permissions, statements=statements)


def _alive(statement: Statement, dialect: Dialect) -> Iterator[Statement]:
    """The statement, cut where some of its actions work on some of its resources only."""
    resource = statement.scopes[-1] if statement.scopes else Scope(patterns=("*",))
    unbounded = resource.negated or not statement.scopes or "*" in resource.patterns
    if statement.effect != "allow" or statement.actions_negated or unbounded:
        yield statement
        return
    rows = [(glob, _working(statement, glob, dialect)) for glob in resource.patterns]
    if all(actions == statement.actions for _, actions in rows):
        yield statement
        return
    for actions, members in groupby(sorted(rows, key=lambda row: row[1]), key=lambda row: row[1]):
        if actions:
            scope = replace(resource, patterns=tuple(glob for glob, _ in members))
            yield replace(statement, actions=actions, scopes=(*statement.scopes[:-1], scope))


def _working(statement: Statement, glob: str, dialect: Dialect) -> tuple[str, ...]:
    """Those of its actions that are not known to give nothing on these resources."""
    gives_nothing = dialect.gives_nothing
    scopes = (*statement.scopes[:-1], Scope(patterns=(glob,)))
    return tuple(
        name
        for name in statement.actions
        if gives_nothing is None or not gives_nothing(replace(statement, actions=(name,), scopes=scopes))
    )
