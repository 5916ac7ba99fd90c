"""One request against one permission set, by the book: short, direct, and independent of the prover and its globs.

A layer (the statements, or one ceiling) denies when a deny matches, allows when an allow matches. The request is
allowed when no layer denies and every layer allows. What is not certain (`may`, `undecided`, an operator that can not
be interpreted) counts as unknown and makes the answer `undecided` where it matters.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import lru_cache

from nhilint.algebra.conditions import holds
from nhilint.algebra.values import (
    LITERAL_MARK,
    LITERAL_STAR,
    SYMBOL,
    SYMBOL_OPEN,
    VARIABLE,
    Condition,
    Context,
    Decision,
    Permissions,
    Request,
    Scope,
    Statement,
    literal,
    variables_of,
)

_LETTERS = re.compile(f"{SYMBOL}|.", re.DOTALL)


def decide(permissions: Permissions, request: Request) -> Decision:
    """The answer for the request, with the statements that decided it."""
    layers = [_layer(statements, request) for statements in (permissions.statements, *permissions.ceilings)]
    denies = tuple(s for layer in layers for s in layer["deny", True])
    if denies:
        return Decision(verdict="explicitly-denied", because=denies)
    if any(not layer["allow", True] and not layer["allow", None] for layer in layers):
        return Decision(verdict="implicitly-denied")
    doubts = tuple(s for layer in layers for s in layer["deny", None])
    doubts += tuple(s for layer in layers if not layer["allow", True] for s in layer["allow", None])
    if doubts:
        return Decision(verdict="undecided", because=doubts, reason="; ".join(dict.fromkeys(map(_doubt, doubts))))
    return Decision(verdict="allowed", because=tuple(s for layer in layers for s in layer["allow", True]))


def naming(permissions: Permissions, action: str) -> Permissions:
    """Only the statements that name the action: they decide every request for it."""

    def kept(statements: Sequence[Statement]) -> tuple[Statement, ...]:
        return tuple(s for s in statements if _names(s.actions, action) != s.actions_negated)

    return replace(
        permissions,
        statements=kept(permissions.statements),
        ceilings=tuple(kept(ceiling) for ceiling in permissions.ceilings),
    )


def _layer(statements: Sequence[Statement], request: Request) -> dict[tuple[str, bool | None], list[Statement]]:
    found: dict[tuple[str, bool | None], list[Statement]] = {
        (effect, truth): [] for effect in ("allow", "deny") for truth in (True, None, False)
    }
    for statement in statements:
        found[statement.effect, applies(statement, request)].append(statement)
    return found


def applies(statement: Statement, request: Request) -> bool | None:
    """Whether the statement speaks about the request; None when that can not be known."""
    if _names(statement.actions, request.action) == statement.actions_negated:
        return False
    context = dict(request.context)
    if not all(_within(scope, text, context) for scope, text in zip(statement.scopes, request.point, strict=False)):
        return False
    truth = conditions_hold(statement, request.context)
    if truth is False:
        return False
    return None if statement.undecided or statement.may else truth


def conditions_hold(statement: Statement, context: Context) -> bool | None:
    """Whether all clauses are true for the context; None when one can not be interpreted and none is false."""
    values = dict(context)
    truths = [holds(resolved(clause, values), values.get(clause.key)) for clause in statement.conditions]
    if False in truths:
        return False
    return None if None in truths else True


def resolved(clause: Condition, context: Mapping[str, tuple[str, ...]]) -> Condition:
    """The clause with the values of its variables; one without a value is null, which equals and resembles nothing.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html#policy-vars-no-value
    """
    if not any(VARIABLE in value for value in clause.values):
        return clause
    values = (resolve(value, context) for value in clause.values)
    return replace(clause, values=tuple(value for value in values if value is not None))


def resolve(pattern: str, context: Mapping[str, tuple[str, ...]]) -> str | None:
    """The pattern with its variables replaced by the request's single values or their defaults; None without one.

    What is put in is literal: a star in a value is the character star.
    """
    for text, key, default in variables_of(pattern):
        values = context.get(key, ())
        value = values[0] if len(values) == 1 else default
        if value is None:
            return None
        pattern = pattern.replace(text, literal(value))
    return pattern


def _names(patterns: tuple[str, ...], action: str) -> bool:
    """Whether one of the patterns matches; of a long list only those whose literal beginning the action has."""
    if len(patterns) < 16:
        for pattern in patterns:
            if pattern == "*" or (action.startswith(_head(pattern)) and glob(pattern, action)):
                return True
        return False
    heads = _by_head(patterns)
    return any(glob(p, action) for size in range(len(action) + 1) for p in heads.get(action[:size], ()))


@lru_cache(maxsize=256)
def _by_head(patterns: tuple[str, ...]) -> dict[str, list[str]]:
    heads: dict[str, list[str]] = {}
    for pattern in patterns:
        heads.setdefault(_head(pattern), []).append(pattern)
    return heads


@lru_cache(maxsize=65_536)
def _head(pattern: str) -> str:
    """What stands before the first wildcard."""
    return pattern.split("*", 1)[0].split("?", 1)[0]


def _within(scope: Scope, text: str, context: Mapping[str, tuple[str, ...]]) -> bool:
    for pattern in scope.patterns:
        if pattern == "*":
            return not scope.negated
        plain = resolve(pattern, context) if VARIABLE in pattern else pattern
        if plain is not None and glob(plain, text):
            return not scope.negated
    return scope.negated


def glob(pattern: str, text: str) -> bool:
    """Whether the text is in the pattern's language, by walking both; linear space, quadratic time."""
    if pattern in ("*", text):
        return True
    if "*" in text or "?" in text:
        text = text.replace("*", LITERAL_STAR).replace("?", LITERAL_MARK)
    head = _head(pattern)
    if not text.startswith(head) or len(head) == len(pattern):
        return text == pattern
    tail = pattern[len(head) + 1 :]
    if pattern[len(head)] == "*" and not ("*" in tail or "?" in tail or SYMBOL_OPEN in pattern):
        return len(text) >= len(head) + len(tail) and text.endswith(tail)
    tokens, letters = _letters(pattern), _letters(text)
    token = at = 0
    star, resume = -1, 0
    while at < len(letters):
        if token < len(tokens) and tokens[token] == "*":
            star, resume = token, at
            token += 1
        elif token < len(tokens) and (tokens[token] == letters[at] or (tokens[token] == "?" and len(letters[at]) == 1)):
            token += 1
            at += 1
        elif star >= 0:
            resume += 1
            token, at = star + 1, resume
        else:
            return False
    return all(rest == "*" for rest in tokens[token:])


@lru_cache(maxsize=4096)
def _letters(text: str) -> tuple[str, ...]:
    """Characters, and each symbol as one."""
    return tuple(_LETTERS.findall(text)) if SYMBOL_OPEN in text else tuple(text)


def _doubt(statement: Statement) -> str:
    return statement.undecided or "; ".join(statement.may) or "a condition that can not be interpreted"
