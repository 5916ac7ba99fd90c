"""Strings that are not known, when two of them might be the same: what may be taken for what; knows no platform."""

from __future__ import annotations

import re
from functools import lru_cache

from nhilint.algebra.values import SYMBOL, SYMBOL_OPEN, VARIABLE

_UNKNOWN = re.compile(SYMBOL)
_FRAME = re.compile(
    r"^(?:[A-Za-z-]+:)?arn:[^:]*:[^:]*:[^:]*:[^:]*:(?:[a-z-]+/)?|^repo:|^system:serviceaccount:|@[^@]*\.iam\.gserviceaccount\.com$"
)
"""How every name of a kind begins; it says nothing of which one it is."""
_ACCOUNT = re.compile(f"arn:[^:]*:[^:]*:[^:]*:{SYMBOL}:")
_EVERYBODYS = re.compile(r"arn:[^:]*:[^:]*:[^:]*:aws:")
_LETTER = re.compile(r"[A-Za-z0-9]")


@lru_cache(maxsize=65_536)
def widened(pattern: str) -> str:
    """The pattern with a star for every unknown string; variables of a policy stay."""
    if SYMBOL_OPEN not in pattern:
        return pattern
    return _UNKNOWN.sub(lambda found: found[0] if found[0].startswith(SYMBOL_OPEN + VARIABLE) else "*", pattern)


def unknown(pattern: str) -> bool:
    """Whether some of it is an unknown string."""
    return widened(pattern) != pattern


@lru_cache(maxsize=65_536)
def tells(pattern: str) -> bool:
    """Whether what is known of it says which one is meant: more than the frame that all names of its kind have."""
    if not unknown(pattern):
        return True
    rest = _UNKNOWN.sub("*", pattern)
    if rest.startswith("repo:"):
        # Branches and environments have the same names everywhere.
        rest = rest.split(":")[1]
    return _LETTER.search(_FRAME.sub("", rest)) is not None


def may_be(pattern: str, text: str) -> bool:
    """Whether a name may be the one that is meant: an account that is not known is a number, and not `aws`, which owns
    what everybody has.
    """
    return not (_ACCOUNT.match(pattern) and _EVERYBODYS.match(text))
