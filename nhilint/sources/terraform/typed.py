"""Terraform's static types, and the nodes that carry one; knows no conversions and no scope.

A plain `Sequence` is a tuple and a plain `Map` an object: their types follow from their elements. Lists, sets, maps
and typed nulls have a type of their own, which matters when they are empty, compared, or unified.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from nhilint.model.node import Choice, Encoded, Map, Node, Scalar, Sequence, Text

Kind = Literal["any", "string", "number", "bool", "list", "set", "map", "object", "tuple"]


@dataclass(frozen=True, slots=True)
class Type:
    """A type, or a type constraint as it is declared."""

    kind: Kind
    element: Type | None = None
    """Of `list`, `set` and `map`."""
    attributes: dict[str, tuple[Type, bool, Node | None]] = field(default_factory=dict)
    """Of `object`: name to type, optional?, default."""
    items: tuple[Type, ...] = ()
    """Of `tuple`."""

    @property
    def inner(self) -> Type:
        """The type of the elements of a collection."""
        return self.element or ANY


ANY = Type("any")
STRING = Type("string")
NUMBER = Type("number")
BOOL = Type("bool")


def list_of(element: Type) -> Type:
    """`list(element)`."""
    return Type("list", element)


def set_of(element: Type) -> Type:
    """`set(element)`."""
    return Type("set", element)


def map_of(element: Type) -> Type:
    """`map(element)`."""
    return Type("map", element)


def object_of(attributes: dict[str, Type]) -> Type:
    """An object type whose attributes are all required."""
    return Type("object", attributes={name: (kind, False, None) for name, kind in attributes.items()})


def attribute_types(kind: Type) -> dict[str, Type]:
    """The attributes of an object type, without what is said of optional ones."""
    return {name: declared[0] for name, declared in kind.attributes.items()}


@dataclass(frozen=True, slots=True)
class ListValue(Sequence):
    """A list: its elements have one type."""

    element: Type = ANY


@dataclass(frozen=True, slots=True)
class SetValue(Sequence):
    """A set: a list without duplicates in Terraform's order."""

    element: Type = ANY


@dataclass(frozen=True, slots=True)
class MapValue(Map):
    """A map: its elements have one type."""

    element: Type = ANY


@dataclass(frozen=True, slots=True)
class NullOf(Scalar):
    """A null whose type is known."""

    kind: Type = ANY


@dataclass(frozen=True, slots=True)
class OpenMap(MapValue):
    """A map of which only the type of its elements is known."""

    witness: Node | None = None
    """The one element that stands for all (a symbolic instance); None: make it from the type."""


@dataclass(frozen=True, slots=True)
class OpenSequence(ListValue):
    """A list of which only the type of its elements is known."""

    witness: Node | None = None


@dataclass(frozen=True, slots=True)
class OpenSet(SetValue):
    """A set of which only the type of its elements is known."""


@dataclass(frozen=True, slots=True)
class BlockMap(Map):
    """A nested block; the provider may compute attributes that the author did not write."""

    address: str = ""
    """What the names of those attributes begin with; empty: there are none."""


@dataclass(frozen=True, slots=True)
class BlockSequence(Sequence):
    """The nested blocks of one type; some providers speak of a single one as an object."""


def scalar_type(node: Scalar) -> Type:
    """The type of a primitive value."""
    if isinstance(node, NullOf):
        return node.kind
    if node.value is None:
        return ANY
    if isinstance(node.value, str):
        return STRING
    return BOOL if isinstance(node.value, bool) else NUMBER


def type_of(node: Node) -> Type:
    """The type of a value; `any` where it is not known."""
    if isinstance(node, Scalar):
        return scalar_type(node)
    if isinstance(node, Encoded):
        return STRING
    if isinstance(node, Text):
        return STRING if len(node.parts) > 1 else ANY
    if isinstance(node, ListValue):
        return list_of(node.element)
    if isinstance(node, SetValue):
        return set_of(node.element)
    if isinstance(node, MapValue):
        return map_of(node.element)
    if isinstance(node, (BlockSequence, BlockMap)):
        return ANY  # the provider declares their types
    if isinstance(node, Sequence):
        return ANY if node.open else Type("tuple", items=tuple(type_of(item) for item in node.items))
    if isinstance(node, Map):
        if node.open or not isinstance(node.entries, dict):
            return ANY  # a module or a resource, computed on demand, is not asked for all of its parts
        return object_of({key: type_of(item) for key, item in node.entries.items()})
    if isinstance(node, Choice):
        first = type_of(node.options[0])
        return first if all(type_of(option) == first for option in node.options[1:]) else ANY
    return ANY


def has_dynamic(kind: Type) -> bool:
    """Whether a part of the type is not known."""
    if kind.kind == "any":
        return True
    if kind.kind in ("list", "set", "map"):
        return has_dynamic(kind.inner)
    return any(map(has_dynamic, kind.items)) or any(map(has_dynamic, attribute_types(kind).values()))


def bare_type(kind: Type) -> Type:
    """A declared type without what it says of optional attributes."""
    if kind.kind in ("list", "set", "map"):
        return Type(kind.kind, bare_type(kind.inner))
    if kind.kind == "object":
        return object_of({name: bare_type(inner) for name, inner in attribute_types(kind).items()})
    if kind.kind == "tuple":
        return Type("tuple", items=tuple(map(bare_type, kind.items)))
    return kind
