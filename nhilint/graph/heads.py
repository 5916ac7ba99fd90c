"""Finds the patterns that may have a string in common with another, by how they begin; knows no platform.

Two globs with a string in common agree as far as both are literal: the literal beginning of one begins with that of the
other. Of ARNs the part that names the resource is taken, since the account is often not known.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator
from functools import lru_cache
from typing import Generic, TypeVar

from nhilint.algebra.values import SYMBOL_OPEN

_T = TypeVar("_T")
_OPEN = re.compile(f"[*?{SYMBOL_OPEN}]")
_COLONS = 5
_ARN = "\x00arn:"
"""A beginning that no other string has."""


@lru_cache(maxsize=65_536)
def head(pattern: str) -> str:
    """The literal beginning; of an ARN that of its resource."""
    if pattern.startswith("arn:") and pattern.count(":") == _COLONS:
        return _ARN + _OPEN.split(pattern.rsplit(":", 1)[1], maxsplit=1)[0]
    start = _OPEN.split(pattern, maxsplit=1)[0]
    # What is cut off inside the part that ARNs have in common may be any ARN.
    return "" if start.startswith("arn:") or "arn:".startswith(start) else start


class Heads(Generic[_T]):
    """Things by their patterns."""

    def __init__(self) -> None:
        self._things: defaultdict[str, list[_T]] = defaultdict(list)
        self._sorted: list[str] | None = None

    def add(self, pattern: str, thing: _T) -> None:
        """One more; a thing may have several patterns."""
        self._things[head(pattern)].append(thing)
        self._sorted = None

    def near(self, pattern: str) -> Iterator[_T]:
        """Everything whose pattern may have a string in common with this one, and more."""
        start = head(pattern)
        for size in range(len(start)):
            yield from self._things.get(start[:size], ())
        if self._sorted is None:
            self._sorted = sorted(self._things)
        at = bisect_left(self._sorted, start)
        while at < len(self._sorted) and self._sorted[at].startswith(start):
            yield from self._things[self._sorted[at]]
            at += 1
