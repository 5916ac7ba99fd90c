"""What the parameters of a template have to be so that it contains a text: every answer; knows no role and no platform.

A template is a glob with parameters `<name>`, a text a glob without. A parameter stands for a text that is not empty
and has no wildcard and no variable; a wildcard of the text is only covered by a star of the template. One letter is one
character or one symbol, so that no symbol is cut.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from nhilint.algebra.glob import Atoms, surely_contains
from nhilint.algebra.values import SYMBOL_OPEN, VARIABLE
from nhilint.catalog.model import PARAMETER

Row = tuple[tuple[str, str], ...]
"""Parameters with the value of each, in the order in which the template names them."""

_MAX_ROWS = 300
_MAX_STEPS = 20_000
_MAX_TEXT = 2000
_WILD = "*?"


@lru_cache(maxsize=10_000)
def head(template: str) -> str:
    """What stands before the first parameter or wildcard."""
    found = PARAMETER.search(template)
    start = template[: found.start()] if found else template
    return start.split("*", 1)[0].split("?", 1)[0]


@lru_cache(maxsize=10_000)
def tail(template: str) -> str:
    """What stands after the last parameter or wildcard."""
    rest = PARAMETER.split(template)[-1]
    return rest.rpartition("*")[2].rpartition("?")[2]


@lru_cache(maxsize=100_000)
def unify(template: str, text: str) -> tuple[Row, ...]:
    """Every way, the longest values first; of too many ways the first ones."""
    if not text.startswith(head(template)):
        return ()
    if not PARAMETER.search(template):
        return ((),) if surely_contains(template, text) else ()
    if len(text) > _MAX_TEXT:
        return ()
    if SYMBOL_OPEN in template or SYMBOL_OPEN in text:
        atoms = Atoms()
        walk = _Walk(_tokens(atoms.encode(template)), atoms.encode(text))
        rows = dict.fromkeys(
            tuple((name, atoms.decode(value)) for name, value in found.items()) for found in walk.ways(0, 0, {})
        )
    else:
        rows = dict.fromkeys(tuple(found.items()) for found in _Walk(_tokens(template), text).ways(0, 0, {}))
    if VARIABLE not in text:
        return tuple(rows)
    return tuple(row for row in rows if not any(VARIABLE in value for _, value in row))


@lru_cache(maxsize=10_000)
def _tokens(template: str) -> tuple[tuple[str, str], ...]:
    """(kind, text): `text`, `star` or `parameter`."""
    found: list[tuple[str, str]] = []
    for index, piece in enumerate(PARAMETER.split(template)):
        if index % 2:
            found.append(("parameter", piece))
            continue
        for number, part in enumerate(piece.split("*")):
            if number and (not found or found[-1][0] != "star"):
                found.append(("star", "*"))
            if part:
                found.append(("text", part))
    return tuple(found)


class _Walk:
    """One unification under way."""

    def __init__(self, tokens: tuple[tuple[str, str], ...], text: str) -> None:
        self._tokens, self._text = tokens, text
        self._seen: set[tuple[int, int, Row]] = set()
        self._steps = self._found = 0

    def ways(self, token: int, at: int, values: dict[str, str]) -> Iterator[dict[str, str]]:
        """What the parameters may be if the tokens from `token` on are to contain the text from `at` on."""
        state = (token, at, tuple(values.items()))
        self._steps += 1
        if state in self._seen or self._steps > _MAX_STEPS or self._found >= _MAX_ROWS:
            return
        self._seen.add(state)
        if token == len(self._tokens):
            if at == len(self._text):
                self._found += 1
                yield values
            return
        kind, piece = self._tokens[token]
        if kind == "parameter" and piece in values:
            kind, piece = "text", values[piece]
        if kind == "text":
            if self._stands(piece, at):
                yield from self.ways(token + 1, at + len(piece), values)
            return
        if kind == "star":
            for end in self._ends(token, at, len(self._text)):
                yield from self.ways(token + 1, end, values)
            return
        stop = min((i for letter in _WILD if (i := self._text.find(letter, at)) >= 0), default=len(self._text))
        for end in self._ends(token, at + 1, stop):
            yield from self.ways(token + 1, end, {**values, piece: self._text[at:end]})

    def _ends(self, token: int, first: int, last: int) -> list[int]:
        """Where a star or a parameter may end, the latest place first."""
        following = self._tokens[token + 1 :]
        if not following:
            return [len(self._text)] if first <= len(self._text) <= last else []
        kind, piece = following[0]
        if kind != "text":
            return list(range(last, first - 1, -1))
        return [end for end in range(last, first - 1, -1) if self._stands(piece, end)]

    def _stands(self, piece: str, at: int) -> bool:
        """Whether the letters stand there; a question mark is any letter but a star."""
        if "?" not in piece:
            return self._text.startswith(piece, at)
        there = self._text[at : at + len(piece)]
        return len(there) == len(piece) and all(
            x == y or (x == "?" and y != "*") for x, y in zip(piece, there, strict=True)
        )
