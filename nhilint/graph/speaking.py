"""How statements speak of what a technique needs: words put in, globs held against globs; asks no prover."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from functools import lru_cache

from nhilint.algebra.glob import GlobTooLarge, intersect, is_wild, may_overlap
from nhilint.algebra.segments import Segments
from nhilint.algebra.values import SYMBOL_OPEN, VARIABLE, Condition, Statement, negation, variables_of
from nhilint.model.technique import Need

WORD = re.compile(r"\{((?:self|target|workload|carrier)\.[a-z_]+)\}")
Words = Mapping[str, str]
Numbered = list[tuple[int, Statement]]
Index = tuple[tuple[dict[str, Numbered], Numbered], ...]
"""For each dimension the statements by their literal patterns, and those with other patterns."""
NONE: Numbered = []


def bound(statement: Statement, own: Mapping[str, str | None]) -> Statement:
    """The statement with what is known of the caller put in for the variables of the policy.

    A pattern with a variable that has no value matches nothing, so it is left out.
    """
    if not any(VARIABLE in pattern for scope in statement.scopes for pattern in scope.patterns):
        return statement
    scopes = []
    for scope in statement.scopes:
        patterns = []
        for pattern in scope.patterns:
            known: str | None = pattern
            for text, key, default in variables_of(pattern):
                if known is not None and key in own:
                    value = own[key] if own[key] is not None else default
                    known = None if value is None else known.replace(text, value)
            if known is not None:
                patterns.append(known)
        scopes.append(replace(scope, patterns=tuple(patterns)))
    return replace(statement, scopes=tuple(scopes))


def asked(statements: Iterable[Statement]) -> Iterator[str]:
    """The condition keys that statements mention, as keys and as variables."""
    for statement in statements:
        for clause in statement.conditions:
            yield clause.key
            yield from (key for value in clause.values for _, key, _ in variables_of(value))
        for scope in statement.scopes:
            yield from (key for pattern in scope.patterns for _, key, _ in variables_of(pattern))


def indexed(statements: tuple[Statement, ...], dimensions: int) -> Index:
    """Statements with their numbers, by the literals of each dimension."""
    index: Index = tuple((defaultdict(list), []) for _ in range(dimensions))
    for number, statement in enumerate(statements):
        for (literal, loose), scope in zip(index, statement.scopes, strict=False):
            if scope.negated or any(is_wild(p) or SYMBOL_OPEN in p for p in scope.patterns):
                loose.append((number, statement))
            else:
                for pattern in scope.patterns:
                    literal[pattern].append((number, statement))
    return index


def first(row: tuple[int, Statement]) -> int:
    """The number of a row, for sorting."""
    return row[0]


@lru_cache(maxsize=4096)
def all_starred(need: Need) -> tuple[tuple[str, ...], ...]:
    """The points with a star for every word."""
    return tuple(tuple(map(starred, point)) for point in need.points)


def hanging(doubts: tuple[Statement, ...], held: tuple[Statement, ...]) -> Iterator[str]:
    """What has to hold for an undecided request: one of the allows of each layer is there, and none of the denies."""
    for layer in ([s for s in doubts if s in held], [s for s in doubts if s not in held]):
        allows = [s for s in layer if s.effect == "allow"]
        if allows:
            best = min(allows, key=lambda s: (bool(s.undecided), len(s.may), s.may))
            yield from filter(None, (*best.may, best.undecided))
        for deny in (s for s in layer if s.effect == "deny"):
            yield negation(" and ".join(deny.may)) if deny.may and not deny.undecided else deny.undecided


def brought(key: str, values: tuple[str, ...]) -> Condition:
    """The technique's own value of a condition key; without values: the request lacks the key."""
    if not values:
        return Condition(operator="Null", key=key, values=("true",))
    return Condition(operator="StringLike" if any(map(is_wild, values)) else "StringEquals", key=key, values=values)


def named(statement: Statement, action: str) -> bool:
    """Whether the statement speaks of an action."""
    return any(overlap(pattern, action) for pattern in statement.actions) != statement.actions_negated


def near(statement: Statement, point: tuple[str, ...]) -> bool:
    """False when the statement speaks of nothing that the point's globs match."""
    return all(
        scope.negated or any(overlap(pattern, glob) for pattern in scope.patterns)
        for scope, glob in zip(statement.scopes, point, strict=False)
    )


@lru_cache(maxsize=524_288)
def overlap(a: str, b: str) -> bool:
    """Whether two globs have a string in common, variables of a policy taken as stars."""
    if a == b or a == "*" or b == "*":
        return True
    if VARIABLE in a:
        a = loosened(a)
    if not is_wild(a) and not is_wild(b) and SYMBOL_OPEN not in a:
        return False
    return may_overlap(a, b)


def loosened(pattern: str) -> str:
    """The pattern with a star for every variable of the policy."""
    for text, _, _ in variables_of(pattern):
        pattern = pattern.replace(text, "*")
    return pattern


@lru_cache(maxsize=65_536)
def both(a: str, b: str, segments: Segments | None) -> tuple[str, ...]:
    """Patterns of what both match; with `segments` in the strict reading. Variables of a policy are stars."""
    a = loosened(a) if VARIABLE in a else a
    if a in (b, "*"):
        return (b,)
    if b == "*":
        return (a,)
    try:
        return tuple(sorted(segments.intersect(a, b))) if segments is not None else intersect(a, b)
    except GlobTooLarge:
        return ()


def starred(template: str) -> str:
    """The template with a star for every word."""
    return WORD.sub("*", template) if "{" in template else template


def brings(need: Need, words: Words) -> Need:
    """The need with the words of its context; a key whose word has no value may have any."""
    if not any("{" in value for _, values in need.context for value in values):
        return need
    context = [(key, filled(values, words)) for key, values in need.context]
    return replace(need, context=tuple((key, values) for key, values in context if values is not None))


def filled(point: tuple[str, ...], words: Words) -> tuple[str, ...] | None:
    """The point with its words; None when one of them has no value."""
    found = []
    for template in point:
        for word in WORD.findall(template) if "{" in template else ():
            value = words.get(word)
            if not value:
                return None
            template = template.replace("{" + word + "}", value)
        found.append(template)
    return tuple(found)


def single_words(need: Need) -> Iterator[tuple[int, str]]:
    """The dimensions that are one word of the target and nothing else, in every point."""
    for dimension in range(len(need.points[0])):
        words = {point[dimension] for point in need.points}
        if len(words) == 1:
            found = WORD.fullmatch(next(iter(words)))
            if found and not found[1].startswith("self."):
                yield dimension, found[1]
