"""Boxes of globs and their intersections, variables included; knows no statements' actions and no search."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import product

from nhilint.algebra.glob import intersect
from nhilint.algebra.values import VARIABLE, Condition, Residue, Statement, variables_of

Box = tuple[str, ...]
"""One glob per dimension."""


def meet(a: Box, b: Box) -> Iterator[Box]:
    """Boxes whose union holds everything the two have in common; exactly that, but for variables."""
    return product(*(_intersection(x, y) for x, y in zip(a, b, strict=True)))


def _intersection(a: str, b: str) -> tuple[str, ...]:
    """Their intersection; with variables also what they could have in common for some values of them.

    `intersect` takes a variable for a string of its own, which is right for the values that no other text mentions and,
    whatever the value, when one glob contains the other. Otherwise the variables are read as stars: that is too much,
    so what is found there has to be confirmed with real values (`ground`), and what is not found there does not exist.
    """
    parts = intersect(a, b)
    if (VARIABLE not in a and VARIABLE not in b) or parts in ((a,), (b,)):
        return parts
    return tuple(dict.fromkeys((*parts, *intersect(_loose(a), _loose(b)))))


def pin(statement: Statement, clause: Condition, value: str) -> Statement:
    """The part of the statement in which the clause's key has this value."""

    def settled(pattern: str) -> str:
        for text, key, _ in variables_of(pattern):
            pattern = pattern.replace(text, value) if key == clause.key else pattern
        return pattern

    scopes = tuple(replace(scope, patterns=tuple(map(settled, scope.patterns))) for scope in statement.scopes)
    conditions = tuple(replace(c, values=(value,)) if c is clause else c for c in statement.conditions)
    return replace(statement, scopes=scopes, conditions=conditions)


def _loose(pattern: str) -> str:
    for text, _, _ in variables_of(pattern):
        pattern = pattern.replace(text, "*")
    return pattern


def meet_all(boxes: Sequence[Box]) -> list[Box]:
    """`meet` of one or more boxes."""
    found = [boxes[0]]
    for box in boxes[1:]:
        found = [smaller for known in found for smaller in meet(known, box)]
    return found


Outside = tuple[tuple[int, str], ...]
"""(dimension, glob) that the candidate's own statement leaves out of a residue's box."""


def left_out(part: Residue) -> Outside:
    """What the negated scopes of the part's statement take out of its box, sorted."""
    return tuple(
        (i, glob)
        for i, (scope, box) in enumerate(zip(part.statement.scopes, part.scopes, strict=False))
        for glob in sorted(scope.patterns if scope.negated else ())
        if _intersection(glob, box)
    )
