"""Nodes to patterns of the algebra: strings with wildcards, policy variables and symbols; knows no resource types."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple, TypeVar

from nhilint.algebra.segments import Segments
from nhilint.algebra.values import display, symbol
from nhilint.model.node import Choice, Encoded, Map, Node, Scalar, Sequence, Symbol, Text, Unknown
from nhilint.model.span import Span
from nhilint.model.texts import with_variables

_T = TypeVar("_T")
ARN = Segments("resource", ":", 6)
"""ARNs: whether a star that ends a segment reaches beyond the colon is not said for every service.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html
"""


class Piece(NamedTuple):
    """One value of a list that may be given as a single value."""

    pattern: str
    """Empty when it could not be read."""
    span: Span
    may: tuple[str, ...]
    problem: str
    """Why it could not be read; empty: it could."""


def pattern(node: Scalar | Text, *, variables: bool = False) -> str:
    """The pattern a string node stands for; wildcards stay wildcards, policy variables become symbols."""
    if isinstance(node, Scalar):
        return with_variables(_plain(node)) if variables else _plain(node)
    parts = []
    for part in node.parts:
        if isinstance(part, Symbol):
            parts.append(symbol(part.name))
        else:
            parts.append(with_variables(part) if variables else part)
    return "".join(parts)


def _plain(node: Scalar) -> str:
    if isinstance(node.value, bool):
        return "true" if node.value else "false"
    return "" if node.value is None else str(node.value)


def pieces(node: Node | None, *, variables: bool = False, may: tuple[str, ...] = ()) -> Iterator[Piece]:
    """Every string of a value that is a string or a list of strings, unknown ones included."""
    match node:
        case None | Scalar(value=None):
            return
        case Scalar() | Text():
            yield Piece(pattern(node, variables=variables), node.span, may, "")
        case Sequence():
            for item in node.items:
                if isinstance(item, Scalar) and item.value is None:
                    yield Piece("", item.span, may, "null stands in the list")
                else:
                    yield from pieces(item, variables=variables, may=may)
            if node.open and not node.represented:
                yield Piece("", node.span, may, f"there may be more elements: {node.open}")
        case Choice():
            found = [
                list(pieces(option, variables=variables, may=(*may, node.case(index))))
                for index, option in enumerate(node.options)
            ]
            yield from common(found, lambda piece: piece._replace(span=node.span, may=without(piece.may, len(may))))
        case Unknown():
            yield Piece("", node.span, may, node.reason or f"`{node.expression}` is not known")
        case Encoded():
            yield Piece("", node.span, may, "an encoded structure stands where a string is needed")
        case Map():
            yield Piece("", node.span, may, "an object stands where a string is needed")


def blocks(node: Node | None, may: tuple[str, ...] = ()) -> Iterator[tuple[Map, tuple[str, ...]]]:
    """Every nested block of one type, with the reasons why it may be absent."""
    match node:
        case Map():
            yield node, may
        case Sequence():
            for item in node.items:
                yield from blocks(item, may)
        case Choice():
            for index, option in enumerate(node.options):
                yield from blocks(option, (*may, node.case(index)))
        case _:
            return


def without(may: tuple[str, ...], at: int) -> tuple[str, ...]:
    """The reasons without the one at that place."""
    return may[:at] + may[at + 1 :]


def common(options: list[list[_T]], certain: Callable[[_T], _T]) -> Iterator[_T]:
    """What is in every option as `certain` makes it: once, where the first option has it; then the rest as it is."""
    shared = set(map(certain, options[0])).intersection(*(map(certain, option) for option in options[1:]))
    for number, option in enumerate(options):
        for one in option:
            if certain(one) not in shared:
                yield one
            elif not number:
                yield certain(one)


def text_of(node: Node | None) -> str:
    """The one pattern of a node that has exactly one; empty otherwise."""
    found = list(pieces(node))
    return found[0].pattern if len(found) == 1 else ""


def readable(node: Node | None) -> str:
    """The text as people write it, symbols as `${…}`; the texts of an undecided choice with a bar between them."""
    found = [piece.pattern for piece in pieces(node)]
    if len(found) > 1 and isinstance(node, Choice) and all(found):
        return "|".join(display(text) for text in found)
    return display(text_of(node))


def tag_table(node: Node | None) -> tuple[tuple[str, str], ...]:
    """Tags as sorted pairs; unknown values as `${…}`."""
    if not isinstance(node, Map):
        return ()
    return tuple(sorted((key, readable(value)) for key, value in node.entries.items()))
