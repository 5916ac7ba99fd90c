"""Conversions between Terraform's types: primitives, collections, and declared type constraints with defaults."""

from __future__ import annotations

import unicodedata

from nhilint.algebra.values import SYMBOL_CLOSE, SYMBOL_OPEN, display
from nhilint.algebra.values import symbol as pattern_symbol
from nhilint.model.node import Choice, Encoded, Map, Node, Scalar, Sequence, Symbol, Unknown
from nhilint.model.span import Span
from nhilint.sources.terraform import arithmetic
from nhilint.sources.terraform.typed import (
    ANY,
    BOOL,
    NUMBER,
    STRING,
    BlockMap,
    BlockSequence,
    ListValue,
    MapValue,
    NullOf,
    OpenMap,
    OpenSequence,
    OpenSet,
    SetValue,
    Type,
    bare_type,
    has_dynamic,
    list_of,
    map_of,
    set_of,
    type_of,
)
from nhilint.sources.terraform.unify import convertible, unify
from nhilint.sources.terraform.values import (
    Failure,
    canonical,
    encoded_text,
    is_null,
    known,
    parts_of,
    pure_symbol,
    scalar_text,
    symbol,
    text,
)
from nhilint.sources.terraform.worlds import each_option

ESCAPES = {
    "\\": "\\\\", '"': '\\"', "\a": "\\a", "\b": "\\b", "\f": "\\f", "\n": "\\n", "\r": "\\r", "\t": "\\t", "\v": "\\v",
}  # fmt: skip

__all__ = [
    "ANY",
    "STRING",
    "BlockMap",
    "BlockSequence",
    "OpenMap",
    "OpenSequence",
    "OpenSet",
    "Type",
    "convert",
    "element_of",
    "index_number",
    "key_node",
    "key_text",
    "sort_key",
    "to_bool",
    "to_list",
    "to_map",
    "to_number",
    "to_set",
    "to_string",
    "truth",
    "unknown_of",
]


def to_string(node: Node) -> Node:
    """The value as a string; unknown ones stay what they are."""
    if isinstance(node, Scalar):
        if isinstance(node.value, str):
            return node
        if node.value is None:
            return null_of(node, STRING)
        return Scalar(scalar_text(node.value), node.span)
    if isinstance(node, (Sequence, Map)):
        raise Failure("string required, but this is a collection")
    return node


def to_number(node: Node) -> Node:
    """The value as a number."""
    if isinstance(node, Scalar):
        value = node.value
        if value is None:
            return null_of(node, NUMBER)
        if isinstance(value, bool):
            raise Failure("a number is required")
        return Scalar(parse_number(value), node.span) if isinstance(value, str) else node
    if isinstance(node, (Sequence, Map, Encoded)):
        raise Failure("a number is required")
    return node


def parse_number(value: str) -> int | float:
    """A number written as text; raises `Failure`."""
    try:
        return arithmetic.parse(value)
    except ValueError as problem:
        raise Failure(str(problem)) from None


def to_bool(node: Node) -> Node:
    """The value as a truth value."""
    if isinstance(node, Scalar):
        if node.value is None:
            return null_of(node, BOOL)
        if isinstance(node.value, bool):
            return node
        if node.value in ("true", "1") and isinstance(node.value, str):
            return Scalar(True, node.span)
        if node.value in ("false", "0") and isinstance(node.value, str):
            return Scalar(False, node.span)
        raise Failure("a bool is required")
    if isinstance(node, (Sequence, Map, Encoded)):
        raise Failure("a bool is required")
    return node


def null_of(node: Scalar, kind: Type) -> Scalar:
    """A null converted to a type; one of another type may not be convertible."""
    if not convertible(type_of(node), kind):
        raise Failure(f"{a_kind(kind)} is required")
    return NullOf(None, node.span, bare_type(kind))


def a_kind(kind: Type) -> str:
    """A type in a message."""
    return f"an {kind.kind}" if kind.kind == "object" else f"a {kind.kind}"


def truth(node: Node) -> bool | None:
    """A condition's outcome, or None when it is unknown."""
    converted = to_bool(node)
    if isinstance(converted, Scalar):
        if converted.value is None:
            raise Failure("the condition is null")
        return bool(converted.value)
    return None


def sort_key(node: Node) -> tuple[int, object, str]:
    """Terraform's order of set elements: numbers by value, strings by code point, others by a spelling, null last."""
    node = settled(node)
    if isinstance(node, Scalar):
        if node.value is None:
            return (3, 0, "")
        if isinstance(node.value, str):
            return (1, 0, node.value)
        return (0, arithmetic.order(node.value), "")
    return (2, 0, _spelling(node))


def quoted(value: str) -> str:
    """A string as Go quotes it: what can not be printed is an escape."""
    out = []
    for letter in value:
        if letter in ESCAPES:
            out.append(ESCAPES[letter])
        elif letter == " " or unicodedata.category(letter)[0] in "LMNPS":
            out.append(letter)
        else:
            code = ord(letter)
            out.append(f"\\x{code:02x}" if code < 0x80 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}")
    return '"' + "".join(out) + '"'


def settled(node: Node) -> Node:
    """An encoded structure that is known all the way down as its text; anything else as it is."""
    return encoded_text(node) if isinstance(node, Encoded) and known(node) else node


def _ten_digits(value: int | float) -> str:
    try:
        return f"{float(value):.10g}"
    except OverflowError:
        return "+Inf" if value > 0 else "-Inf"


def _spelling(node: Node) -> str:
    """What Terraform orders the elements of a set by that have no order of their own."""
    node = settled(node)
    if isinstance(node, Scalar):
        if node.value is None:
            return "~"
        if isinstance(node.value, bool):
            return "T" if node.value else "F"
        if isinstance(node.value, str):
            return quoted(node.value)
        return _ten_digits(node.value)
    if isinstance(node, Sequence):
        marks = "[]" if isinstance(node, (ListValue, SetValue)) else "<>"
        return marks[0] + "".join(_spelling(item) + ";" for item in node.items) + marks[1]
    if isinstance(node, MapValue):
        return "{" + "".join(f"{quoted(k)}:{_spelling(node.entries[k])};" for k in sorted(node.entries)) + "}"
    if isinstance(node, Map):
        return "<" + "".join(_spelling(node.entries[key]) + ";" for key in sorted(node.entries)) + ">"
    return "?"


def to_set(node: Node) -> Node:
    """The distinct elements in order; several unknown ones stay beside each other."""
    return node if isinstance(node, SetValue) else convert_collection(node, set_of(ANY))


def to_list(node: Node) -> Node:
    """The elements as a list."""
    return node if isinstance(node, ListValue) else convert_collection(node, list_of(ANY))


def to_map(node: Node) -> Node:
    """The value as a map."""
    return node if isinstance(node, MapValue) else convert_collection(node, map_of(ANY))


def convert_collection(node: Node, kind: Type) -> Node:
    """The value as a list, set or map; one that is entirely unknown is an open one."""
    if isinstance(node, Unknown) or pure_symbol(node):
        return collection_of_unknown(node, kind.kind)
    return convert(node, kind)


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


def convert(node: Node, kind: Type) -> Node:
    """The value converted to a declared type, with the defaults of optional attributes filled in."""
    if kind.kind == "any" or isinstance(node, Unknown):
        return node
    if isinstance(node, Choice):
        return each_option(lambda option: convert(option, kind), node)
    if kind.kind == "string":
        return to_string(node)
    if kind.kind == "number":
        return to_number(node)
    if kind.kind == "bool":
        return to_bool(node)
    if is_null(node) and isinstance(node, Scalar):
        return null_of(node, kind)
    if pure_symbol(node):
        return unknown_of(kind, pure_symbol(node), node.span)
    if isinstance(node, Encoded):
        node = encoded_text(node)
    if isinstance(node, Sequence) and kind.kind in ("list", "set"):
        return _collection(node, kind)
    if isinstance(node, Sequence) and kind.kind == "tuple":
        return _tuple(node, kind)
    if isinstance(node, Map) and kind.kind == "map":
        return _map(node, kind)
    if isinstance(node, Map) and kind.kind == "object":
        return _object(node, kind)
    raise Failure(f"{a_kind(kind)} is required")


def _collection(node: Sequence, kind: Type) -> Sequence:
    given = node.element if isinstance(node, (ListValue, SetValue)) else None
    items, element = _of_one_type(node, node.items, given, kind.inner)
    if kind.kind == "list":
        witness = node.witness if isinstance(node, OpenSequence) else None
        if isinstance(node, (OpenSequence, OpenSet)):
            return OpenSequence(items, node.span, node.open, element, witness)
        return ListValue(items, node.span, node.open, element)
    distinct: dict[object, Node] = {}
    for item in items:
        distinct.setdefault(canonical(settled(item)), item)
    form = OpenSet if isinstance(node, (OpenSequence, OpenSet)) else SetValue
    # Its unknown elements are stood for already unless they came straight from a type (see `items_of`).
    stood = node.represented or (bool(node.items) and not isinstance(node, (OpenSequence, SetValue)))
    items = tuple(sorted(distinct.values(), key=sort_key))
    return form(items, node.span, node.open, element, represented=bool(node.open) and stood)


def _map(node: Map, kind: Type) -> Map:
    given = node.element if isinstance(node, MapValue) else None
    if not isinstance(node.entries, dict) and kind.inner.kind == "any":
        return node  # computed on demand: to look at all parts would ask for all of them
    items, element = _of_one_type(node, tuple(node.entries[key] for key in node.entries), given, kind.inner)
    entries = dict(zip(node.entries, items, strict=True))
    if isinstance(node, OpenMap):
        return OpenMap(entries, node.span, node.open, element, node.witness)
    return MapValue(entries, node.span, node.open, element)


def _of_one_type(
    whole: Node, items: tuple[Node, ...], given: Type | None, wanted: Type
) -> tuple[tuple[Node, ...], Type]:
    """The elements converted to one type, and that type; `given` is the one they already have."""
    if given is not None and wanted.kind == "any":
        return items, given
    if given is not None and not convertible(given, wanted):
        raise Failure(f"{a_kind(wanted)} is required")
    items = tuple(convert(item, wanted) for item in items)
    if not has_dynamic(wanted) or not items:
        return items, bare_type(wanted)
    kinds = [type_of(item) for item in items]
    element = unify(kinds)
    vague = element is None or (element.kind == "any" and any(kind.kind != "any" for kind in kinds))
    if vague and known(whole):
        raise Failure("the elements have no type in common")
    if element is None or vague:
        return items, ANY
    converted = tuple(convert(item, element) for item in items)
    if has_dynamic(element) and known(whole) and any(type_of(item) != type_of(converted[0]) for item in converted):
        raise Failure("the elements have no type in common")
    return converted, element


def _tuple(node: Sequence, kind: Type) -> Node:
    if isinstance(node, (ListValue, SetValue)) or (len(node.items) != len(kind.items) and not node.open):
        raise Failure(f"a tuple of {len(kind.items)} elements is required")
    pairs = zip(node.items, kind.items, strict=False)
    return Sequence(tuple(convert(item, one) for item, one in pairs), node.span, node.open)


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
            value = default if default is not None else NullOf(None, node.span, bare_type(inner))
        entries[name] = convert(value, inner)
    return Map(entries, node.span)


def unknown_of(kind: Type, name: str, span: Span) -> Node:
    """An unknown value of a type: objects keep their attributes, collections are open, the rest is a symbol."""
    if kind.kind == "object":
        return Map({key: unknown_of(part[0], f"{name}.{key}", span) for key, part in kind.attributes.items()}, span)
    if kind.kind == "tuple":
        return Sequence(tuple(unknown_of(part, f"{name}[{i}]", span) for i, part in enumerate(kind.items)), span)
    if kind.kind == "map":
        return OpenMap({}, span, name, kind.inner)
    if kind.kind == "list":
        return OpenSequence((), span, name, kind.inner)
    if kind.kind == "set":
        return OpenSet((), span, name, kind.inner)
    return symbol(name, span)


def element_of(node: Sequence | Map, name: str) -> Node:
    """One unknown element, called `name`, of an open collection."""
    if isinstance(node, (OpenMap, OpenSequence)) and node.witness is not None:
        return node.witness
    kind = node.element if isinstance(node, (MapValue, ListValue, SetValue)) else ANY
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
    if isinstance(node, Scalar) and node.value is not None and not isinstance(node.value, bool):
        value = parse_number(node.value) if isinstance(node.value, str) else node.value
        if isinstance(value, int):
            return value
        return int(value) if type(value) is float and value.is_integer() else None
    return None
