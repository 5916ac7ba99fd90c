"""Does a regular expression match the whole of a text? Also of an expression that somebody hostile wrote.

Python's matcher goes back, and takes for ever on `(a+)+`. It is used only where it can go back so little that it does
not matter; everything else is matched by threads that never go back (`regex_match`). An expression that neither may
match, matches nothing: whoever asks approves less then, never more.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from nhilint.algebra.regex_match import compiled, search
from nhilint.algebra.regex_syntax import Chain, Either, Group, InvalidPattern, Repeat, Tree, UnknownPattern, read

_MAX_TEXT = 2_000
_LOOPS = 2
"""Repetitions, one behind the other, that going back takes only the square of the text for."""
_TURNS = 6
"""Alternatives and optional parts, each of which may double the work."""


def matches_whole(pattern: str, text: str) -> bool:
    """Whether the expression matches all of the text; False also when that can not be found out in a short time."""
    if len(text) > _MAX_TEXT:
        return False
    ahead, rest = _looks_ahead(pattern)
    return all(_matches(one, text, whole=False) is wanted for wanted, one in ahead) and bool(
        _matches(rest, text, whole=True)
    )


def _matches(pattern: str, text: str, *, whole: bool) -> bool | None:
    """Whether the expression matches the text, or its beginning; None: that can not be found out."""
    if _harmless(pattern):
        found = re.fullmatch(pattern, text) if whole else re.match(pattern, text)
        return found is not None
    try:
        end = r"\z" if whole else ""
        program = compiled(rf"\A(?:{pattern})" + end)
        program.work = 0
        return search(program, text, 0) is not None
    except (InvalidPattern, UnknownPattern, RecursionError):
        return None


@lru_cache(maxsize=4096)
def _looks_ahead(pattern: str) -> tuple[tuple[tuple[bool, str], ...], str]:
    """What the expression asks of the text as a whole at its very beginning (`(?!kube-)…`), and the rest of it."""
    found: list[tuple[bool, str]] = []
    while pattern.startswith(("(?!", "(?=")):
        end = _closing(pattern)
        if end is None or pattern[end + 1 : end + 2] in ("*", "+", "?", "{"):
            break
        found.append((pattern[2] == "=", pattern[3:end]))
        pattern = pattern[end + 1 :]
    # Of alternatives, `(?!a)b|c`, the beginning belongs to the first alone.
    return ((), _restored(found, pattern)) if found and _has_alternatives(pattern) else (tuple(found), pattern)


def _restored(found: list[tuple[bool, str]], rest: str) -> str:
    return "".join(f"(?{'=' if wanted else '!'}{one})" for wanted, one in found) + rest


def _places(pattern: str) -> Iterator[tuple[int, str, int]]:
    """Every letter that is not escaped and stands in no class, with the depth of groups behind it."""
    depth = at = 0
    inside = False
    while at < len(pattern):
        letter = pattern[at]
        if letter == "\\":
            at += 2
            continue
        if inside:
            inside = letter != "]"
        elif letter == "[":
            inside = True
            # A bracket that closes stands for itself at the beginning of a class.
            at += 1 + (pattern[at + 1 : at + 2] == "^")
            at += pattern[at : at + 1] == "]"
            continue
        else:
            depth += (letter == "(") - (letter == ")")
            yield at, letter, depth
        at += 1


def _closing(pattern: str) -> int | None:
    """Where the group that the expression begins with ends."""
    return next((at for at, letter, depth in _places(pattern) if letter == ")" and depth == 0), None)


def _has_alternatives(pattern: str) -> bool:
    return any(letter == "|" and depth == 0 for _, letter, depth in _places(pattern))


@dataclass(slots=True)
class _Count:
    loops: int = 0
    turns: int = 0
    nested: bool = False


@lru_cache(maxsize=4096)
def _harmless(pattern: str) -> bool:
    try:
        re.compile(pattern)
        tree = read(pattern).tree
    except (re.error, InvalidPattern, UnknownPattern, RecursionError, OverflowError):
        return False
    count = _Count()
    _count(tree, count, inside=False)
    return not count.nested and count.loops <= _LOOPS and count.turns <= _TURNS


def _count(tree: Tree, count: _Count, *, inside: bool) -> None:
    """`inside`: of something that is repeated; a choice in there is made again and again."""
    match tree:
        case Chain(items=items):
            for item in items:
                _count(item, count, inside=inside)
        case Group(inner=inner):
            _count(inner, count, inside=inside)
        case Either(options=options):
            count.turns += len(options)
            count.nested |= inside
            for option in options:
                _count(option, count, inside=inside)
        case Repeat(inner=inner, least=least, most=most):
            count.nested |= inside and least != most
            if most == 1:
                count.turns += 1
            elif least != most:
                count.loops += 1
            _count(inner, count, inside=inside or most != 1)
        case _:
            pass
