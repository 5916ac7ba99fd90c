"""Version constraints of module calls (`~> 5.0`, `>= 4.1, < 6`) as intervals of versions; knows no module."""

from __future__ import annotations

import re
from typing import NamedTuple

Version = tuple[int, int, int]
FIRST: Version = (0, 0, 0)
LAST: Version = (1 << 30, 0, 0)


class Interval(NamedTuple):
    """From a version on, up to another that is not in it."""

    lower: Version
    upper: Version

    def meet(self, other: Interval) -> Interval | None:
        """What both hold; None when that is nothing."""
        both = Interval(max(self.lower, other.lower), min(self.upper, other.upper))
        return both if both.lower < both.upper else None


EVERY = Interval(FIRST, LAST)
_PART = re.compile(r"(=|!=|>=|<=|>|<|~>)?\s*v?(\d+)(?:\.(\d+))?(?:\.(\d+))?(?:[-+][0-9A-Za-z.+-]*)?")


def read_version(text: str) -> Version | None:
    """`v5.3.0`, `5.3`, `5`: a version; None for anything else."""
    match = re.fullmatch(r"v?(\d+)(?:\.(\d+))?(?:\.(\d+))?(?:[-+][0-9A-Za-z.+-]*)?", text.strip())
    return (int(match[1]), int(match[2] or 0), int(match[3] or 0)) if match else None


def read_constraint(text: str) -> Interval | None:
    """The versions that a constraint allows; None when it can not be read or allows none.

    `!=` takes single versions out and leaves the interval as it is.
    """
    allowed: Interval | None = EVERY
    for part in text.split(","):
        one = _read_part(part.strip())
        if one is None or allowed is None:
            return None
        allowed = allowed.meet(one)
    return allowed


def _read_part(part: str) -> Interval | None:
    match = _PART.fullmatch(part)
    if match is None:
        return None
    version: Version = (int(match[2]), int(match[3] or 0), int(match[4] or 0))
    after: Version = (version[0], version[1], version[2] + 1)
    match match[1]:
        case None | "=":
            return Interval(version, after)
        case "!=":
            return EVERY
        case ">=":
            return Interval(version, LAST)
        case ">":
            return Interval(after, LAST)
        case "<=":
            return Interval(FIRST, after)
        case "<":
            return Interval(FIRST, version)
        case _:
            return Interval(version, _pessimistic(version, sum(match[i] is not None for i in (2, 3, 4))))


def _pessimistic(version: Version, segments: int) -> Version:
    """`~>` lets the last written segment grow; with one segment nothing is left to hold it back."""
    if segments == 1:
        return LAST
    return (version[0] + 1, 0, 0) if segments == 2 else (version[0], version[1] + 1, 0)
