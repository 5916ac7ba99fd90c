"""Values of documents as patterns of the algebra: strings with their unknown parts as symbols; knows no platform."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from nhilint.algebra.values import SYMBOL, SYMBOL_OPEN, literal, symbol, variable
from nhilint.model.node import Choice, Map, Node, Scalar, Sequence, Symbol, Text, Unknown

_VARIABLE = re.compile(r"\$\{([^{}]*)\}")
_FOLDED = re.compile(f"({SYMBOL})")


def text_of(node: Node | None) -> str:
    """The one string of a value; empty where it has none, or several."""
    match node:
        case Scalar(value=None):
            return ""
        case Scalar(value=value):
            return literal(str(value))
        case Text(parts=parts):
            return "".join(symbol(part.name) if isinstance(part, Symbol) else literal(part) for part in parts)
        case Unknown(expression=expression):
            return symbol(expression)
        case _:
            return ""


def texts_of(node: Node | None, may: tuple[str, ...] = ()) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Every string of a value or a list, each with the reasons why it may be absent."""
    match node:
        case Sequence():
            for item in node.items:
                yield from texts_of(item, may)
        case Choice():
            for index, option in enumerate(node.options):
                yield from texts_of(option, (*may, node.case(index)))
        case _:
            if text := text_of(node):
                yield text, may


def table_of(node: Node | None) -> Mapping[str, str]:
    """The strings of a map."""
    return {key: text_of(value) for key, value in node.entries.items()} if isinstance(node, Map) else {}


def block_of(node: Node | None) -> Map | None:
    """A nested block that stands at the most once."""
    match node:
        case Map():
            return node
        case Sequence(items=(first, *_)):
            return block_of(first)
        case _:
            return None


def with_variables(text: str) -> str:
    """The pattern with the variables of a policy (`${aws:username}`) as such; `${*}` and the like are themselves."""

    def replaced(found: re.Match[str]) -> str:
        name = found.group(1)
        if name in ("*", "?", "$"):
            return literal(name)
        key, comma, default = name.partition(",")
        quoted = default.strip()
        if not comma:
            return variable(key.strip())
        return variable(key.strip(), quoted[1:-1] if len(quoted) > 1 and quoted[0] == quoted[-1] == "'" else quoted)

    return _VARIABLE.sub(replaced, text) if "${" in text else text


def fold(text: str) -> str:
    """Lower case, but for the names of symbols."""
    if SYMBOL_OPEN not in text:
        return text.lower()
    return "".join(piece if piece.startswith(SYMBOL_OPEN) else piece.lower() for piece in _FOLDED.split(text))
