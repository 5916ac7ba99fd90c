"""Values of workflow files as the types that GitHub takes them for; knows no expression."""

from __future__ import annotations

from collections.abc import Iterator

from nhilint.model.node import Map, Node, Scalar, Sequence
from nhilint.model.node import scalar_text as text


def table(node: Node | None) -> Map | None:
    """A map; None for anything else."""
    return node if isinstance(node, Map) else None


def listed(node: Node | None) -> tuple[str, ...]:
    """The strings of a list, or one string."""
    match node:
        case Sequence():
            return tuple(text(item) for item in node.items if isinstance(item, Scalar))
        case Scalar(value=None) | None:
            return ()
        case Scalar():
            return (text(node),)
        case _:
            return ()


def scalars(node: Node | None) -> Iterator[Scalar]:
    """Every scalar in a value, in order."""
    match node:
        case Scalar():
            yield node
        case Sequence():
            for item in node.items:
                yield from scalars(item)
        case Map():
            for item in node.entries.values():
                yield from scalars(item)
        case _:
            return
