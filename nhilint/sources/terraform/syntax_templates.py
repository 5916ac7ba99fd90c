"""Turns the flat pieces of a template into a tree: trims, strips indentation, nests directives. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple, NoReturn
from unicodedata import normalize

from nhilint.sources.terraform.parser_ground import WHITE
from nhilint.sources.terraform.syntax import Expression


class Directive(NamedTuple):
    """`%{ word … }`: `if` with a condition, `for` with names and a collection, or `else`, `endif`, `endfor`."""

    start: int
    end: int
    word: str
    arguments: tuple[Any, ...] = ()


Piece = str | Expression | Directive
Fail = Callable[[str, int, str], NoReturn]


def flush_indentation(pieces: Sequence[Piece]) -> list[Piece]:
    """What `<<-` means: the least indentation of the lines that begin with text is taken off those lines."""
    result = list(pieces)
    adjust: list[int] = []
    least: int | None = None
    at_line_start = True
    for index, piece in enumerate(result):
        if at_line_start:
            at_line_start = False
            if not isinstance(piece, str):
                least = 0
            elif piece.strip(WHITE) or not piece.endswith("\n"):
                indentation = len(piece) - len(piece.lstrip(WHITE))
                least = indentation if least is None else min(least, indentation)
                adjust.append(index)
        if isinstance(piece, str) and piece.endswith("\n"):
            at_line_start = True
    for index in adjust:
        piece = result[index]
        assert isinstance(piece, str)
        result[index] = piece[least or 0 :]
    return result


def finish_template(pieces: Sequence[Piece], fail: Fail) -> tuple[Any, ...]:
    """Pieces to parts: neighbouring literals melt, `if` and `for` hold their bodies."""
    parts, rest = _sequence(list(pieces), 0, (), fail)
    assert rest == len(pieces)
    if len(parts) == 1 and len(pieces) > 1 and parts[0][0] not in ("tif", "tfor") and not isinstance(parts[0], str):
        # Only a template that is nothing but one interpolation keeps the type of its value; a trimmed space is text.
        return ("", *parts)
    return parts


def _sequence(
    pieces: list[Piece], index: int, until: tuple[str, ...], fail: Fail, depth: int = 0
) -> tuple[tuple[Any, ...], int]:
    parts: list[Any] = []
    literal: list[str] = []
    while index < len(pieces):
        piece = pieces[index]
        if not isinstance(piece, Directive):
            if isinstance(piece, str):
                literal.append(piece)
            else:
                _melt(literal, parts)
                parts.append(piece)
            index += 1
            continue
        _melt(literal, parts)
        if piece.word in until:
            return tuple(parts), index
        if depth > 50:
            fail("template directives are nested too deeply", piece.start, "")
        if piece.word == "if":
            node, index = _if(pieces, index, fail, depth)
        elif piece.word == "for":
            node, index = _for(pieces, index, fail, depth)
        else:
            fail(f"`%{{ {piece.word} }}` without its beginning", piece.start, "")
        parts.append(node)
    _melt(literal, parts)
    if until:
        opener = next((p for p in reversed(pieces) if isinstance(p, Directive)), None)
        fail(f"`%{{ {until[-1]} }}` is missing", opener.start if opener else 0, "")
    return tuple(parts), index


def _melt(literal: list[str], parts: list[Any]) -> None:
    """Neighbouring literals become one part; joined once, however many there are."""
    text = composed("".join(literal))
    literal.clear()
    if text:
        parts.append(text)


def composed(text: str) -> str:
    """The text as Terraform keeps it: every letter with its marks is one character where Unicode has one (NFC)."""
    return text if text.isascii() else normalize("NFC", text)


def _if(pieces: list[Piece], index: int, fail: Fail, depth: int) -> tuple[Expression, int]:
    opener = pieces[index]
    assert isinstance(opener, Directive)
    then, index = _sequence(pieces, index + 1, ("else", "endif"), fail, depth + 1)
    other: tuple[Any, ...] = ()
    middle = pieces[index]
    assert isinstance(middle, Directive)
    if middle.word == "else":
        other, index = _sequence(pieces, index + 1, ("endif",), fail, depth + 1)
    closer = pieces[index]
    assert isinstance(closer, Directive)
    return ("tif", opener.start, closer.end, opener.arguments[0], then, other), index + 1


def _for(pieces: list[Piece], index: int, fail: Fail, depth: int) -> tuple[Expression, int]:
    opener = pieces[index]
    assert isinstance(opener, Directive)
    body, index = _sequence(pieces, index + 1, ("endfor",), fail, depth + 1)
    closer = pieces[index]
    assert isinstance(closer, Directive)
    key, value, collection = opener.arguments
    return ("tfor", opener.start, closer.end, key, value, collection, body), index + 1
