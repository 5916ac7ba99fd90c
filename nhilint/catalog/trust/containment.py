"""Whether the tokens that an alternative of a trust lets in are those of permitted callers; knows no role and no words.

Only claims that the trust asks for can tell a field of a caller. What GitHub's subjects look like by themselves is
known here, so that "any subject of the repository" means those and not every string.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import lru_cache
from typing import Literal

from nhilint.algebra.glob import GlobTooLarge, overlaps
from nhilint.algebra.prove import compare
from nhilint.algebra.universe import OPEN
from nhilint.algebra.values import Condition, Covered, Exceeds, Permissions, Scope, Statement
from nhilint.catalog.trust.caller_words import widened
from nhilint.catalog.trust.callers import GITHUB, SERVICES, Caller
from nhilint.catalog.trust.subjects import POSITIVE
from nhilint.data.issuers import issuer_of

Clauses = tuple[Condition, ...]

_PULL = "pull_request"
_SINGLE = frozenset({"aud", "iss", "sub"})
"""Claims that every token has, once."""
_GITHUB_SINGLE = _SINGLE | {"event_name", "job_workflow_ref", "ref", "repository", "workflow_ref"}
_SPLIT = ("sub", "aws:principalarn", "arn", "service", "aws:principalaccount", "repository")
"""Claims whose values are told one by one."""
_CONTEXTS = ("ref:refs/heads/*", "ref:refs/tags/*", "ref:refs/pull/*", "environment:*", _PULL)
"""How subjects of GitHub end unless a repository chooses others."""
_ANY_CONTEXT = re.compile(r"(repo:[^:]+):\*|repo:[^:]*\*")
_MAX_SPLIT = 200


def plain(clause: Condition, issuer: str) -> Condition:
    """The clause on a claim that every token has once: no word about sets or absence changes it."""
    always = _always(issuer)
    return replace(clause, qualifier="", if_exists=False) if clause.key in always else clause


def _always(issuer: str) -> frozenset[str]:
    if issuer == GITHUB or issuer.startswith(f"{GITHUB}/"):
        return _GITHUB_SINGLE
    return {
        "aws": frozenset({"arn", "aws:principalarn", "aws:principalaccount"}),
        SERVICES: frozenset({"service"}),
    }.get(issuer, _SINGLE)


def pieces(clauses: Clauses) -> Iterator[Clauses]:
    """The clauses once for each value of the claim that says who it is."""
    for key in _SPLIT:
        for index, clause in enumerate(clauses):
            if clause.key == key and clause.operator in POSITIVE and 1 < len(clause.values) <= _MAX_SPLIT:
                for value in clause.values:
                    yield (*clauses[:index], replace(clause, values=(value,)), *clauses[index + 1 :])
                return
    yield clauses


def reference_of(
    callers: Iterable[Caller], issuer: str, clauses: Clauses, without: frozenset[str] = frozenset()
) -> tuple[Statement, ...]:
    """The callers of the issuer, over the claims that the clauses speak of: only these can tell a field."""
    claims, made = frozenset(clause.key for clause in clauses), chosen_subject(issuer, clauses)
    return tuple(
        statement
        for caller in callers
        if any(meet(one, issuer) for one in caller.issuers)
        for statement in caller.statements(claims, without, made=made)
    )


def chosen_subject(issuer: str, clauses: Clauses) -> bool:
    """Whether the subject is one that a repository of GitHub chose the claims of."""
    table = issuer_of(widened(issuer)) if issuer.startswith(GITHUB) else None
    subjects = [v for c in clauses if c.key == "sub" and c.operator in POSITIVE for v in c.values]
    return table is not None and any(table.gives("sub", widened(value)) != (True, "") for value in subjects)


@lru_cache(maxsize=16_384)
def meet(a: str, b: str) -> bool:
    """Whether two globs have a string in common, as far as that can be told."""
    try:
        return a == b or overlaps(a, b)
    except GlobTooLarge:
        return True


def inside(issuer: str, clauses: Clauses, unless: tuple[Clauses, ...], reference: tuple[Statement, ...]) -> bool | None:
    """Whether every token that the clauses let in is one of the reference; None: that can not be decided."""
    if not reference:
        return False
    if not unless:
        # What the reference does not speak of only narrows.
        keys = {clause.key for statement in reference for clause in statement.conditions}
        clauses = tuple(clause for clause in clauses if clause.key in keys)
    answers: list[bool | None] = []
    for piece in pieces(clauses):
        for one in _formed(issuer, piece):
            answers.append(_proved(issuer, one, unless, reference))
            if answers[-1] is False:
                return False
    return None if None in answers else True


def _formed(issuer: str, clauses: Clauses) -> Iterator[Clauses]:
    """The clauses with a subject of any context as one of each context that GitHub gives by itself."""
    for index, clause in enumerate(clauses):
        if clause.key != "sub" or clause.operator != "StringLike" or len(clause.values) != 1:
            continue
        found = _ANY_CONTEXT.fullmatch(clause.values[0])
        if issuer.startswith(GITHUB) and found and not chosen_subject(issuer, clauses):
            for context in _CONTEXTS:
                subject = replace(clause, values=(f"{found[1] or found[0]}:{context}",))
                yield (*clauses[:index], subject, *clauses[index + 1 :])
            return
    yield clauses


@lru_cache(maxsize=65_536)
def _proved(
    issuer: str, clauses: Clauses, unless: tuple[Clauses, ...], reference: tuple[Statement, ...]
) -> bool | None:
    scope = (Scope(patterns=(issuer,)),)

    def box(conditions: Clauses, effect: Literal["allow", "deny"] = "allow") -> Statement:
        return Statement(effect=effect, actions=("*",), scopes=scope, conditions=conditions)

    verdict = compare(
        Permissions(dimensions=("issuer",), statements=(box(clauses), *(box(deny, "deny") for deny in unless))),
        Permissions(dimensions=("issuer",), statements=tuple(_near(reference, clauses))),
        OPEN,
        always=_always(issuer),
        first=True,
    )
    return True if isinstance(verdict, Covered) else False if isinstance(verdict, Exceeds) else None


def _near(reference: tuple[Statement, ...], clauses: Clauses) -> Iterator[Statement]:
    """The boxes without values that none of the clauses' can be: these only make the proof longer."""
    wanted = {c.key: c.values for c in clauses if c.operator in ("StringEquals", "StringLike") and len(c.values) == 1}
    for statement in reference:
        kept = []
        for clause in statement.conditions:
            mine = wanted.get(clause.key, ())
            if mine and clause.operator == "StringLike":
                clause = replace(clause, values=tuple(v for v in clause.values if meet(v, mine[0])))
            kept.append(clause)
        if all(clause.values for clause in kept):
            yield replace(statement, conditions=tuple(kept))
