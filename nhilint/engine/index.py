"""Who may be allowed a request at all: statements by their action's service and the literal ends of their patterns.

An identity that is left out has no statement that could allow the request, whatever unknown strings stand for; one that
is named may still be denied. So whoever decides asks about the named ones only, and the answers are the same.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from nhilint.algebra.evaluate import glob
from nhilint.algebra.glob import may_overlap
from nhilint.algebra.values import ANY, SYMBOL, SYMBOL_OPEN, Statement
from nhilint.model.facts import Grant, IdentityKey

_SYMBOL = re.compile(SYMBOL)
_END = re.compile(f"[*?{SYMBOL_OPEN}]")


T = TypeVar("T")


@dataclass(slots=True)
class Shelf(Generic[T]):
    """Things by a pattern of theirs, and the patterns by their literal beginnings. To be finished before the asking."""

    by_pattern: defaultdict[str, list[T]] = field(default_factory=lambda: defaultdict(list))
    by_head: dict[str, list[tuple[str, str, str]]] = field(default_factory=dict)
    """Head to (pattern, its literal end, the pattern with every unknown string as a star)."""
    heads: list[str] = field(default_factory=list)
    """Sorted."""

    def finish(self) -> None:
        """Sorts what was put in."""
        by_head: defaultdict[str, list[tuple[str, str, str]]] = defaultdict(list)
        for pattern in self.by_pattern:
            loose = _SYMBOL.sub("*", pattern)
            end = "" if not _END.search(loose) else re.split(r"[*?]", loose)[-1]
            by_head[_END.split(loose, maxsplit=1)[0]].append((pattern, end, loose))
        self.by_head = dict(by_head)
        self.heads = sorted(by_head)

    def near(self, asked: str) -> Iterator[T]:
        """Whatever may match the pattern that is asked for; unknown strings may be anything."""
        asked = _SYMBOL.sub("*", asked)
        head = _END.split(asked, maxsplit=1)[0]
        end = "" if head != asked else asked
        for known in self._heads(head, whole=head == asked):
            for pattern, tail, loose in self.by_head[known]:
                if (not end or end.endswith(tail)) and _overlap(loose, asked):
                    yield from self.by_pattern[pattern]

    def _heads(self, head: str, *, whole: bool) -> Iterator[str]:
        """The literal beginnings that the head begins with; of a pattern also those that begin with it."""
        for size in range(len(head) + 1):
            if head[:size] in self.by_head:
                yield head[:size]
        if not whole:
            at = bisect_left(self.heads, head)
            while at < len(self.heads) and self.heads[at].startswith(head):
                if self.heads[at] != head:
                    yield self.heads[at]
                at += 1


class StatementIndex:
    """Every statement of some holders that allows something. Building it is one pass; a question looks up prefixes."""

    def __init__(self, grants: Mapping[IdentityKey, Iterable[Grant]], dimensions: int) -> None:
        self._keys = tuple(grants)
        allows = [
            (number, statement)
            for number, key in enumerate(self._keys)
            for grant in grants[key]
            if grant.layer != "boundary" and not grant.inert
            for statement in grant.statements
            if statement.effect == "allow"
        ]
        self._at = _telling(statement for _, statement in allows) if dimensions > 1 else 0
        self._services: defaultdict[str, Shelf[tuple[int, Statement]]] = defaultdict(Shelf)
        for number, statement in allows:
            scope = statement.scopes[self._at] if self._at < len(statement.scopes) else ANY
            patterns = ("*",) if scope.negated else scope.patterns
            for service in _services(statement):
                for pattern in patterns:
                    self._services[service].by_pattern[pattern].append((number, statement))
        for shelf in self._services.values():
            shelf.finish()

    def candidates(self, action: str, point: tuple[str, ...]) -> tuple[IdentityKey, ...]:
        """The holders who have a statement that may allow the action (folded) at the point, which may be a pattern."""
        return tuple(dict.fromkeys(key for key, _ in self.statements(action, point)))

    def statements(self, action: str, point: tuple[str, ...]) -> Iterator[tuple[IdentityKey, Statement]]:
        """These statements with whose they are, by holder."""
        asked = point[self._at]
        services = dict.fromkeys((action.partition(":")[0] if ":" in action else "*", "*"))
        found: dict[tuple[int, int], tuple[int, Statement]] = {}
        for service in services:
            shelf = self._services.get(service)
            if shelf is None:
                continue
            for number, statement in shelf.near(asked):
                mark = (number, id(statement))
                if mark not in found and may_name(statement, action) and _near(statement, point):
                    found[mark] = (number, statement)
        for number, statement in sorted(found.values(), key=lambda row: row[0]):
            yield self._keys[number], statement


def _telling(statements: Iterable[Statement]) -> int:
    """The dimension whose literal beginnings tell most statements apart."""
    heads: defaultdict[int, set[str]] = defaultdict(set)
    for statement in statements:
        for at, scope in enumerate(statement.scopes):
            heads[at].update(_END.split(pattern, maxsplit=1)[0] for pattern in scope.patterns)
    return max(heads, key=lambda at: (len(heads[at]), -at), default=0)


def _services(statement: Statement) -> Iterable[str]:
    """What stands before the colon of its actions; `*` where that may be any."""
    if statement.actions_negated:
        return ("*",)
    found = {action.partition(":")[0] if ":" in action else "*" for action in statement.actions}
    return {"*" if _END.search(service) else service for service in found}


def may_name(statement: Statement, action: str) -> bool:
    """Whether the statement speaks about the action, or may."""
    if statement.actions_negated:
        return not any(SYMBOL_OPEN not in pattern and glob(pattern, action) for pattern in statement.actions)
    return any(glob(_SYMBOL.sub("*", pattern), action) for pattern in statement.actions)


def _near(statement: Statement, point: tuple[str, ...]) -> bool:
    """Whether every dimension may match."""
    return all(
        scope.negated or any(_overlap(_SYMBOL.sub("*", pattern), _SYMBOL.sub("*", asked)) for pattern in scope.patterns)
        for scope, asked in zip(statement.scopes, point, strict=False)
    )


def _overlap(a: str, b: str) -> bool:
    return a == b or "*" in (a, b) or may_overlap(a, b)
