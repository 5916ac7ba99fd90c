"""The tree of values that every source yields: scalars, partial strings, lists, maps, unknowns, each with its place.

Nodes know nothing of the language they were written in. A node is never changed after it was made.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Union

from nhilint.algebra.values import negation
from nhilint.model.span import Span


@dataclass(frozen=True, slots=True)
class Symbol:
    """One unknown string that is equal to itself; its name is an address (`var.env`, `aws_s3_bucket.b.arn`)."""

    name: str


@dataclass(frozen=True, slots=True)
class Embedded(Symbol):
    """The encoding of a value that is not known in all its parts, inside a text; the value is kept."""

    node: Node = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Scalar:
    """A known string, number, truth value or null."""

    value: str | int | float | bool | None
    span: Span


@dataclass(frozen=True, slots=True)
class Text:
    """A string that is known in part: literal pieces and symbols in order. At least one part is a symbol."""

    parts: tuple[str | Symbol, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Sequence:
    """A list; `open` says that there may be more elements than these (an unknown part was concatenated)."""

    items: tuple[Node, ...]
    span: Span
    open: str = ""
    """Why there may be more elements (the expression that is unknown); empty: the list is complete."""
    represented: bool = field(default=False, kw_only=True)
    """Whether those that are not known are stood for: by elements made of symbols, of which one is any number."""


@dataclass(frozen=True, slots=True)
class Map:
    """Keys to nodes, in source order; `open` as for `Sequence`."""

    entries: Mapping[str, Node]
    span: Span
    open: str = ""
    places: Mapping[str, Span] | None = field(default=None, compare=False, repr=False, kw_only=True)
    """Where the keys stand, if the reader was asked to keep that."""

    def get(self, key: str) -> Node | None:
        """The node under `key`, or None when there is none."""
        return self.entries.get(key)


@dataclass(frozen=True, slots=True)
class Encoded:
    """A string that is the encoding of a structure (`jsonencode(…)`, a policy document's `json`)."""

    node: Node
    span: Span
    format: str = "json"


ANOTHER = "<another value>"
"""As a key of a choice: every value that none of its other keys names."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One of several nodes, decided by something unknown; a null option means that the value may be absent."""

    options: tuple[Node, ...]
    condition: str
    """The unknown expression, as written in the source."""
    span: Span
    keys: tuple[str, ...] = ()
    """For each option the value of the expression that decides for it, as written in the source. Empty: the expression
    is a condition, and the options are for true and for false."""

    def key(self, index: int) -> str:
        """The value of the expression that decides for an option."""
        if self.keys:
            return self.keys[index]
        return ("true", "false")[index] if index < 2 else f"case {index + 1}"

    def option(self, key: str) -> Node | None:
        """The option that a value of the expression decides for; None when with it there is no value."""
        keys = self.keys or ("true", "false")
        if key not in keys:
            key = ANOTHER
        return self.options[keys.index(key)] if key in keys else None

    def case(self, index: int) -> str:
        """What has to hold for an option."""
        return decided(self.condition, self.key(index))


def assume(node: Node, condition: str, key: str) -> Node:
    """The value where an unknown expression has a value; a choice that has no option for it stays."""
    match node:
        case Choice():
            chosen = node.option(key) if node.condition == condition else None
            if chosen is not None:
                return assume(chosen, condition, key)
            return replace(node, options=tuple(assume(option, condition, key) for option in node.options))
        case Sequence():
            return replace(node, items=tuple(assume(item, condition, key) for item in node.items))
        case Map():
            return replace(node, entries={name: assume(item, condition, key) for name, item in node.entries.items()})
        case Encoded():
            return replace(node, node=assume(node.node, condition, key))
        case _:
            return node


def undecided(node: Node) -> dict[str, dict[str, None]]:
    """The unknown expressions that a value hangs on, each with the values that decide."""
    found: dict[str, dict[str, None]] = {}
    stack = [node]
    while stack:
        match stack.pop():
            case Choice() as one:
                found.setdefault(one.condition, {}).update((one.key(i), None) for i in range(len(one.options)))
                stack += one.options
            case Sequence() as one:
                stack += one.items
            case Map() as one:
                stack += one.entries.values()
            case Encoded() as one:
                stack.append(one.node)
            case _:
                pass
    return dict(sorted(found.items()))


def decided(condition: str, key: str) -> str:
    """What holds when an unknown expression has a value: of a condition, itself or its negation."""
    if key == "true":
        return condition
    return negation(condition) if key == "false" else f"{condition} == {key}"


@dataclass(frozen=True, slots=True)
class Unknown:
    """A value of which not even the shape is known."""

    expression: str
    """The expression that blocked, as written in the source."""
    reason: str
    """Why, as a sentence without a full stop: "module `x` is not in the checkout"."""
    span: Span


Node = Union[Scalar, Text, Sequence, Map, Encoded, Choice, Unknown]


def scalar_text(node: Node | None) -> str:
    """A known scalar as it is written in YAML; empty when it is none."""
    match node:
        case Scalar(value=bool()):
            return "true" if node.value else "false"
        case Scalar():
            return "" if node.value is None else str(node.value)
        case _:
            return ""
