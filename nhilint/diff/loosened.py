"""Limits that a gain is free of, and those that a loss is left under: clauses that one side asks for and the other not.

Every statement of base that overlaps the gain is looked at: base allowed what they share only under its conditions, or
the gain would be none. More overlap or fewer conditions in head never name fewer clauses.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from nhilint.algebra.glob import GlobTooLarge, contains, overlaps
from nhilint.algebra.prove import compare
from nhilint.algebra.values import Condition, Covered, Permissions, Residue, Scope, Statement

if TYPE_CHECKING:
    from nhilint.algebra.universe import Vocabulary


def loosened(residue: Residue, before: Permissions, vocabulary: Vocabulary) -> Iterator[tuple[Condition, bool]]:
    """Clauses of base that the gain does without, each once, and whether head still has a weaker one on that key."""
    seen: set[Condition] = set()
    for statement in before.statements:
        if statement.effect != "allow" or not statement.conditions or not _overlaps(statement, residue, vocabulary):
            continue
        for clause in statement.conditions:
            if clause not in seen and not any(_implies(mine, clause) for mine in residue.conditions):
                seen.add(clause)
                yield clause, any(mine.key == clause.key for mine in residue.conditions)


def lifted(residue: Residue, before: Permissions, after: Permissions, vocabulary: Vocabulary) -> bool:
    """Whether base denied a part of the gain by a statement that head does not have."""
    return any(
        statement.effect == "deny" and statement not in after.statements and _overlaps(statement, residue, vocabulary)
        for statement in before.statements
    )


def remaining(
    lost: Residue, after: Permissions, vocabulary: Vocabulary, always: frozenset[str]
) -> Iterator[tuple[Condition, ...]]:
    """For each statement of head that still allows all of a loss, but under conditions: those that are new.

    Proved, since a boundary or a deny of head may take that as well.
    """
    for statement in after.statements:
        new = tuple(c for c in statement.conditions if not any(_implies(own, c) for own in lost.conditions))
        if statement.effect != "allow" or statement.may or not new or not _overlaps(statement, lost, vocabulary):
            continue
        rest = Statement(
            effect="allow",
            actions=(*lost.actions, *lost.future),
            scopes=tuple(Scope(patterns=(glob,)) for glob in lost.scopes),
            conditions=(*lost.conditions, *new),
        )
        kept = Permissions(dimensions=after.dimensions, statements=(rest,))
        if isinstance(compare(kept, after, vocabulary, always=always, first=True), Covered):
            yield new


def _overlaps(statement: Statement, residue: Residue, vocabulary: Vocabulary) -> bool:
    scopes = zip(statement.scopes, residue.scopes, strict=True)
    return all(_meets(scope, glob) for scope, glob in scopes) and _same_actions(statement, residue, vocabulary)


def _meets(scope: Scope, glob: str) -> bool:
    try:
        if scope.negated:
            return not any(contains(pattern, glob) for pattern in scope.patterns)
        return any(overlaps(pattern, glob) for pattern in scope.patterns)
    except GlobTooLarge:
        # Not known is not claimed: the gain is shown all the same, only not as one that a limit was taken off.
        return False


def _same_actions(statement: Statement, residue: Residue, vocabulary: Vocabulary) -> bool:
    gained = set(residue.actions)
    named = [name for pattern in statement.actions for name in (*vocabulary.expand(pattern), pattern)]
    if statement.actions_negated:
        return bool(gained.difference(named)) or bool(residue.future)
    if not gained.isdisjoint(named):
        return True
    return any(_meets(Scope(patterns=statement.actions), pattern) for pattern in residue.future)


def _implies(mine: Condition, theirs: Condition) -> bool:
    """Whether a clause of head asks at least as much as one of base: equal, or the same with fewer ways to meet it."""
    if mine == theirs:
        return True
    form = (mine.key, mine.operator, mine.qualifier)
    if form != (theirs.key, theirs.operator, theirs.qualifier) or (mine.if_exists and not theirs.if_exists):
        return False
    if "not" in mine.operator.lower():
        return _covered(theirs.values, mine.values)
    return _covered(mine.values, theirs.values)


def _covered(inner: Sequence[str], outer: Sequence[str]) -> bool:
    try:
        return all(any(contains(wide, value) for wide in outer) for value in inner)
    except GlobTooLarge:
        # Not known to ask as much, so the clause of base is named as one that went.
        return False
