"""Conversions between Terraform's types: primitives, collections, and declared type constraints with defaults."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from nhilint.algebra.values import SYMBOL_CLOSE, SYMBOL_OPEN, display
from nhilint.algebra.values import symbol as pattern_symbol
from nhilint.model.node import Choice, Encoded, Map, Node, Scalar, Sequence, Symbol, Text, Unknown
from nhilint.model.span import Span
from nhilint.sources.terraform.values import (
    Failure,
    SetValue,
    canonical,
    encoded_text,
    is_null,
    null,
    parts_of,
    pure_symbol,
    scalar_text,
    symbol,
    text,
)
from nhilint.sources.terraform.worlds import each_option

Kind = Literal["any", "string", "number", "bool", "list", "set", "map", "object", "tuple"]


@dataclass(frozen=True, slots=True)
class Type:
    """A type constraint."""

    kind: Kind
    element: Type | None = None
    """Of `list`, `set` and `map`."""
    attributes: dict[str, tuple[Type, bool, Node | None]] = field(default_factory=dict)
    """Of `object`: name to type, optional?, default."""
    items: tuple[Type, ...] = ()
    """Of `tuple`."""


ANY = Type("any")
STRING = Type("string")


def to_string(node: Node) -> Node:
    """The value as a string; unknown ones stay what they are."""
    if isinstance(node, Scalar):
        if node.value is None or isinstance(node.value, str):
            return node
        return Scalar(scalar_text(node.value), node.span)
    if isinstance(node, (Sequence, Map)):
        raise Failure("string required, but this is a collection")
    return node


def to_number(node: Node) -> Node:
    """The value as a number."""
    if isinstance(node, Scalar):
        value = node.value
        if value is None or (isinstance(value, (int, float)) and not isinstance(value, bool)):
            return node
        if isinstance(value, str):
            return Scalar(parse_number(value), node.span)
        raise Failure("a number is required")
    if isinstance(node, (Sequence, Map, Encoded)):
        raise Failure("a number is required")
    return node


def parse_number(value: str) -> int | float:
    """A number written as text; raises `Failure`."""
    try:
        number = float(value)
    except ValueError:
        raise Failure("a number is required") from None
    if number != number or number in (float("inf"), float("-inf")) or "_" in value or value != value.strip():
        raise Failure("a number is required")
    try:
        return int(value)
    except ValueError:
        return int(number) if number == int(number) else number


def to_bool(node: Node) -> Node:
    """The value as a truth value."""
    if isinstance(node, Scalar):
        if node.value is None or isinstance(node.value, bool):
            return node
        if node.value in ("true", "1") and isinstance(node.value, str):
            return Scalar(True, node.span)
        if node.value in ("false", "0") and isinstance(node.value, str):
            return Scalar(False, node.span)
        raise Failure("a bool is required")
    if isinstance(node, (Sequence, Map, Encoded)):
        raise Failure("a bool is required")
    return node


def truth(node: Node) -> bool | None:
    """A condition's outcome, or None when it is unknown."""
    converted = to_bool(node)
    if isinstance(converted, Scalar):
        if converted.value is None:
            raise Failure("the condition is null")
        return bool(converted.value)
    return None


def sort_key(node: Node) -> tuple[int, float, str]:
    """Terraform's order of set elements: numbers by value, strings by code point."""
    if isinstance(node, Scalar):
        if isinstance(node.value, (int, float)) and not isinstance(node.value, bool):
            return (0, float(node.value), "")
        return (1, 0.0, str(node.value))
    return (2, 0.0, "")


def to_set(node: Node) -> Node:
    """The distinct elements in order; several unknown ones stay beside each other."""
    if isinstance(node, SetValue) or is_null(node):
        return node
    if not isinstance(node, Sequence):
        return collection_of_unknown(node, "set")
    seen: dict[object, Node] = {}
    for item in unify(node.items):
        seen.setdefault(canonical(item), item)
    return SetValue(tuple(sorted(seen.values(), key=sort_key)), node.span, node.open)


def to_list(node: Node) -> Node:
    """The elements as a list."""
    if isinstance(node, SetValue):
        return Sequence(node.items, node.span, node.open)
    if isinstance(node, Sequence):
        return Sequence(unify(node.items), node.span, node.open)
    if is_null(node):
        return node
    return collection_of_unknown(node, "list")


def to_map(node: Node) -> Node:
    """The value as a map."""
    if isinstance(node, Map):
        return node
    if is_null(node):
        return node
    return collection_of_unknown(node, "map")


def collection_of_unknown(node: Node, kind: str) -> Node:
    """An unknown value as a collection that is entirely open."""
    if isinstance(node, Unknown):
        name = node.expression
    elif pure_symbol(node):
        name = pure_symbol(node)
    else:
        raise Failure(f"a {kind} is required")
    if kind == "map":
        return Map({}, node.span, name)
    return (SetValue if kind == "set" else Sequence)((), node.span, name)


def unify(items: tuple[Node, ...]) -> tuple[Node, ...]:
    """Primitives of mixed types become strings, as in a list or set."""
    kinds = {type(item.value) for item in items if isinstance(item, Scalar) and item.value is not None}
    kinds = {int if kind is float else kind for kind in kinds}
    if len(kinds) > 1 or (kinds and kinds != {str} and any(isinstance(item, Text) for item in items)):
        return tuple(to_string(item) if isinstance(item, Scalar) else item for item in items)
    return items


def convert(node: Node, kind: Type) -> Node:
    """The value converted to a declared type, with the defaults of optional attributes filled in."""
    if kind.kind == "any" or is_null(node) or isinstance(node, Unknown):
        return node
    if isinstance(node, Choice):
        return each_option(lambda option: convert(option, kind), node)
    if kind.kind == "string":
        return to_string(node)
    if kind.kind == "number":
        return to_number(node)
    if kind.kind == "bool":
        return to_bool(node)
    if pure_symbol(node):
        return unknown_of(kind, pure_symbol(node), node.span)
    if isinstance(node, Encoded):
        node = encoded_text(node)
    if kind.kind in ("list", "set"):
        if not isinstance(node, Sequence):
            raise Failure(f"a {kind.kind} is required")
        items = tuple(convert(item, kind.element or ANY) for item in node.items)
        moved = Sequence(items, node.span, node.open)
        return to_set(moved) if kind.kind == "set" else to_list(moved)
    if kind.kind == "tuple":
        if not isinstance(node, Sequence):
            raise Failure("a tuple is required")
        return Sequence(
            tuple(convert(item, kind.items[i]) if i < len(kind.items) else item for i, item in enumerate(node.items)),
            node.span,
            node.open,
        )
    if not isinstance(node, Map):
        raise Failure(f"a {kind.kind} is required")
    if kind.kind == "map":
        element = kind.element or ANY
        return Map({key: convert(node.entries[key], element) for key in node.entries}, node.span, node.open)
    return _object(node, kind)


def _object(node: Map, kind: Type) -> Node:
    entries: dict[str, Node] = {}
    for name, (inner, optional, default) in kind.attributes.items():
        value = node.entries.get(name)
        if value is None and node.open:
            entries[name] = unknown_of(inner, f"{node.open}.{name}", node.span)
            continue
        if value is None or is_null(value):
            if value is None and not optional:
                raise Failure(f"attribute `{name}` is required")
            value = default if default is not None else null(node.span)
        entries[name] = convert(value, inner)
    return Map(entries, node.span)


def unknown_of(kind: Type, name: str, span: Span) -> Node:
    """An unknown value of a type: objects keep their attributes, collections are open, the rest is a symbol."""
    if kind.kind == "object":
        return Map({key: unknown_of(part[0], f"{name}.{key}", span) for key, part in kind.attributes.items()}, span)
    if kind.kind == "tuple":
        return Sequence(tuple(unknown_of(part, f"{name}[{i}]", span) for i, part in enumerate(kind.items)), span)
    if kind.kind == "map":
        return OpenMap({}, span, name, element=kind.element or ANY)
    if kind.kind == "list":
        return OpenSequence((), span, name, element=kind.element or ANY)
    if kind.kind == "set":
        return OpenSet((), span, name, element=kind.element or ANY)
    return symbol(name, span)


@dataclass(frozen=True, slots=True)
class OpenMap(Map):
    """A map of which only the type of its elements is known."""

    element: Type = ANY
    witness: Node | None = None
    """The one element that stands for all (a symbolic instance); None: make it from the type."""


@dataclass(frozen=True, slots=True)
class OpenSequence(Sequence):
    """A list of which only the type of its elements is known."""

    element: Type = ANY
    witness: Node | None = None


@dataclass(frozen=True, slots=True)
class BlockMap(Map):
    """A nested block; the provider may compute attributes that the author did not write."""

    address: str = ""
    """What the names of those attributes begin with; empty: there are none."""


@dataclass(frozen=True, slots=True)
class BlockSequence(Sequence):
    """The nested blocks of one type; some providers speak of a single one as an object."""


@dataclass(frozen=True, slots=True)
class OpenSet(SetValue):
    """A set of which only the type of its elements is known."""

    element: Type = ANY


def element_of(node: Sequence | Map, name: str) -> Node:
    """One unknown element, called `name`, of an open collection."""
    if isinstance(node, (OpenMap, OpenSequence)) and node.witness is not None:
        return node.witness
    kind = node.element if isinstance(node, (OpenMap, OpenSequence, OpenSet)) else ANY
    return unknown_of(kind, name, node.span)


def key_text(node: Node) -> str:
    """A map key; symbols in it are written as the algebra writes them, so that keys stay plain strings."""
    converted = to_string(node)
    if is_null(converted):
        raise Failure("a key can not be null")
    return "".join(part if isinstance(part, str) else pattern_symbol(part.name) for part in parts_of(converted))


def key_node(key: str, span: Span) -> Node:
    """The value of a key that `key_text` made."""
    if SYMBOL_OPEN not in key:
        return Scalar(key, span)
    parts: list[str | Symbol] = []
    for index, piece in enumerate(key.split(SYMBOL_OPEN)):
        if index == 0:
            parts.append(piece)
            continue
        name, _, rest = piece.partition(SYMBOL_CLOSE)
        parts += [Symbol(display(SYMBOL_OPEN + name + SYMBOL_CLOSE)[2:-1]), rest]
    return text(parts, span)


def index_number(node: Node) -> int | None:
    """A known whole number as an index, or None."""
    if isinstance(node, Scalar) and not isinstance(node.value, bool):
        value = node.value
        if isinstance(value, str) and value.lstrip("-").isdigit():
            return int(value)
        if isinstance(value, (int, float)) and value == int(value):
            return int(value)
    return None
