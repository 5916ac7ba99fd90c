"""One token against one clause or many, by looking: what is plain without the prover; knows no platform."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import lru_cache

from nhilint.algebra.glob import is_wild, matches, may_overlap, surely_contains
from nhilint.algebra.values import SYMBOL_OPEN, Condition
from nhilint.graph.outsiders import POSITIVE
from nhilint.graph.unknown import tells, unknown, widened
from nhilint.model.facts import Token

_TELLING = frozenset(
    {"arn", "aws:principalarn", "email", "job_workflow_ref", "repository", "repository_id", "sub", "workflow_ref"}
)
"""Claims that say who is meant. A ref, an audience or an account is the same for many."""
_COLONS = 5
"""Of an ARN."""


def apart(token: Token, clauses: Iterable[Condition], wanted: Callable[[], bool]) -> bool:
    """Whether it is plain that the token can not satisfy the clauses, or nothing known says that it might.

    Strings that are not known join nobody by themselves: another clause has to tell who is meant, or whoever has the
    token has to say that it becomes this one (`wanted`). Asks no prover.
    """
    stated = dict(token.claims)
    blind = told = False
    for clause in clauses:
        patterns = stated.get(clause.key)
        if patterns is None or clause.operator not in POSITIVE or clause.if_exists or clause.qualifier:
            continue
        if any(overlap(p, v) for p in patterns for v in clause.values):
            told = told or clause.key in _TELLING
            continue
        like = clause.operator != "StringEquals"
        loose = [
            (p, v)
            for p in patterns
            for v in clause.values
            if overlap(widened(p), widened(v) if like or unknown(v) else v)
        ]
        if not loose:
            return True
        if any(tells(p) and tells(v) for p, v in loose):
            told = True
        else:
            blind = True
    return blind and not told and not wanted()


def surely(token: Token, clauses: tuple[Condition, ...]) -> bool:
    """Whether whatever the token states satisfies all clauses, unknown strings being equal to themselves."""
    stated = dict(token.claims)
    return all(
        clause.operator in POSITIVE
        and clause.key in stated
        and all(any(surely_contains(value, pattern) for value in clause.values) for pattern in stated[clause.key])
        for clause in clauses
    )


@lru_cache(maxsize=262_144)
def overlap(a: str, b: str) -> bool:
    """Whether two globs have a string in common; of two ARNs part by part."""
    if a == b or a == "*" or b == "*":
        return True
    if a.startswith("arn:") and b.startswith("arn:") and a.count(":") == b.count(":") == _COLONS:
        # A star for what is not known stays inside its part of a name.
        return all(overlap(*pair) for pair in zip(a.split(":"), b.split(":"), strict=True))
    if not is_wild(a) and not is_wild(b):
        return False
    return matches(a, b) if not is_wild(b) else matches(b, a) if not is_wild(a) else may_overlap(a, b)


def widened_clause(clause: Condition) -> Condition:
    """The clause with every unknown string as any; only where that can make it true more often."""
    if clause.operator not in POSITIVE or not any(SYMBOL_OPEN in value for value in clause.values):
        return clause
    operator = "StringLike" if clause.operator.startswith("String") else "ArnLike"
    return replace(clause, operator=operator, values=tuple(map(widened, clause.values)))
