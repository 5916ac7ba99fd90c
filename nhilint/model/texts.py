"""Values of documents as patterns of the algebra: strings with their unknown parts as symbols; knows no platform."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from nhilint.algebra.values import literal, symbol
from nhilint.model.node import Choice, Map, Node, Scalar, Sequence, Symbol, Text, Unknown


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
