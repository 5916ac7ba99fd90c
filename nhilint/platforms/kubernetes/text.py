"""Strings out of nodes: known ones as they are, partly known ones with `${…}` where the unknown part stands."""

from __future__ import annotations

import re
from collections.abc import Iterator

from nhilint.algebra.values import literal, symbol
from nhilint.model.node import Choice, Encoded, Map, Node, Scalar, Sequence, Symbol, Text, Unknown, scalar_text

_UNKNOWN = re.compile(r"\$\{([^}]*)\}")


def pattern(written: str) -> str:
    """The pattern of exactly this string, what is unknown in it as symbols, as the trust of a cloud has them."""
    return _UNKNOWN.sub(lambda found: symbol(found[1]), literal(written))


def text(node: Node | None) -> str:
    """The string of a node; empty when it is none."""
    match node:
        case Text():
            return "".join(f"${{{part.name}}}" if isinstance(part, Symbol) else part for part in node.parts)
        case _:
            return scalar_text(node)


def strings(node: Node | None) -> tuple[str, ...]:
    """The strings of a list; a single string counts as one."""
    match node:
        case Sequence():
            return tuple(found for item in node.items for found in strings(item))
        case Scalar(value=None) | None:
            return ()
        case Scalar() | Text():
            return (text(node),)
        case Choice():
            return tuple(dict.fromkeys(found for option in node.options for found in strings(option)))
        case _:
            return ()


def problems(node: Node | None) -> Iterator[str]:
    """Why a list of strings is not all there, or not the list that a cluster would accept."""
    match node:
        case Scalar(value=value) if value is not None:
            yield "it is not a list, which a cluster refuses"
        case _:
            yield from _unknown(node)


def _unknown(node: Node | None) -> Iterator[str]:
    match node:
        case Sequence():
            for item in node.items:
                if isinstance(item, Sequence) or (isinstance(item, Scalar) and not isinstance(item.value, str)):
                    yield "an element of it is not a string, which a cluster refuses"
                yield from _unknown(item)
            if node.open:
                yield f"there may be more elements: {node.open}"
        case Choice():
            yield f"it depends on {node.condition}"
        case Unknown():
            yield node.reason or f"`{node.expression}` is not known"
        case Map() | Encoded():
            yield "an object stands where a string is needed"
        case _:
            return
