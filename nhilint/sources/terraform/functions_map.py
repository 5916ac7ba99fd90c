"""Functions over maps and objects, and the conversions between types."""

from __future__ import annotations

from nhilint.model.node import Map, Node, Scalar, Sequence, Unknown
from nhilint.sources.terraform import operators
from nhilint.sources.terraform.convert import (
    OpenMap,
    convert,
    element_of,
    key_node,
    key_text,
    to_list,
    to_map,
    to_set,
    to_string,
)
from nhilint.sources.terraform.functions_collection import as_sequence, elements, in_order
from nhilint.sources.terraform.iterate import items_of
from nhilint.sources.terraform.registry import Call, Function, Table
from nhilint.sources.terraform.typed import BOOL, NUMBER, STRING, ListValue, MapValue, list_of, type_of
from nhilint.sources.terraform.values import Failure, is_null, known, pure_symbol


def as_map(node: Node) -> Map:
    """A map, an object, or an unknown one; raises `Failure`."""
    found = node if isinstance(node, Map) else to_map(node)
    if isinstance(found, Map):
        return found
    raise Failure("a map is required")


def _merge(call: Call, args: list[Node]) -> Node:
    entries: dict[str, Node] = {}
    opened: list[str] = []
    untyped = False
    for arg in args:
        if is_null(arg):
            if type_of(arg).kind not in ("any", "map", "object"):
                raise Failure("`merge` needs maps")
            untyped = untyped or type_of(arg).kind == "any"
            continue
        if untyped and isinstance(arg, Sequence) and not arg.items and not arg.open:
            continue  # behind an untyped null Terraform does not look at types, and an empty list gives nothing
        node = as_map(arg)
        for key in node.entries:
            entries[key] = node.entries[key]
        if node.open:
            opened.append(node.open)
    if len(args) == 1 or (len(opened) == 1 and not entries):
        last = [arg for arg in args if isinstance(arg, Map) and (arg.open or len(args) == 1)]
        if last:
            return last[-1]
    entries = dict(sorted(entries.items()))
    first = args[0] if args else None
    if isinstance(first, MapValue) and all(type_of(arg) == type_of(first) for arg in args):
        form = OpenMap if any(isinstance(arg, OpenMap) for arg in args if opened) else MapValue
        return form(entries, call.span, ", ".join(opened), first.element)
    # Elements of a part that is entirely unknown have no witness among the entries yet: `OpenMap` gives them one.
    if any(isinstance(arg, OpenMap) or not isinstance(arg, Map) for arg in args if opened):
        return OpenMap(entries, call.span, ", ".join(opened))
    return Map(entries, call.span, ", ".join(opened))


def _lookup(call: Call, args: list[Node]) -> Node:
    node = args[0]
    if len(args) > 3:
        raise Failure("`lookup` needs two or three arguments")
    if pure_symbol(node) or isinstance(node, Unknown):
        return operators.index(node, args[1], call.span)
    if not isinstance(node, Map):
        raise Failure("`lookup` needs a map")
    if len(args) > 2 and isinstance(node, MapValue):
        args = [*args[:2], convert(args[2], node.element)]
    if not isinstance(args[1], Scalar):
        found = node.entries.get(key_text(args[1]))
        if found is not None:
            return found
        if not node.open and len(args) > 2:
            return operators.look_up(node, args[1], args[2], call.span)
        return operators.index(node, args[1], call.span)
    found = node.entries.get(key_text(args[1]))
    if found is not None:
        return found
    if node.open:
        return element_of(node, f"{node.open}{operators.subscript(args[1])}")
    if len(args) > 2:
        return args[2]
    raise Failure(f"the map has no element `{key_text(args[1])}`")


def _keys(call: Call, args: list[Node]) -> Node:
    node = as_map(args[0])
    opened = f"keys({node.open})" if node.open else ""
    if node.open and not node.entries:
        return Sequence((), call.span, opened)
    keys = tuple(key for key, _ in items_of(node).pairs)
    if isinstance(node, MapValue):
        return ListValue(keys, call.span, opened, STRING)
    return Sequence(keys, call.span, opened)


def _values(call: Call, args: list[Node]) -> Node:
    node = as_map(args[0])
    values = tuple(value for _, value in items_of(node).pairs)
    if isinstance(node, MapValue):
        return ListValue(values, call.span, node.open, node.element)
    return Sequence(values, call.span, node.open)


def _zipmap(call: Call, args: list[Node]) -> Node:
    keys, values = as_sequence(args[0]), in_order(args[1])
    opened = keys.open or values.open
    if len(keys.items) != len(values.items) and not opened:
        raise Failure("`zipmap` needs as many keys as values")
    pairs = zip(elements(keys), elements(values), strict=False)
    entries = dict(sorted({key_text(key): value for key, value in pairs}.items()))
    if isinstance(values, ListValue):
        return MapValue(entries, call.span, opened, values.element)
    return Map(entries, call.span, opened)


def _transpose(call: Call, args: list[Node]) -> Node:
    node = args[0]
    if not isinstance(node, Map) or not known(node):
        return call.unknown(args, "map")
    turned: dict[str, list[str]] = {}
    for key, value in node.entries.items():
        for item in elements(as_sequence(value)):
            turned.setdefault(key_text(item), []).append(key)
    rows = {
        name: ListValue(tuple(key_node(key, call.span) for key in sorted(keys)), call.span, "", STRING)
        for name, keys in sorted(turned.items())
    }
    return MapValue(rows, call.span, "", list_of(STRING))


def _convert(call: Call, args: list[Node]) -> Node:
    node = args[0]
    match call.name:
        case "tolist":
            return to_list(node)
        case "toset":
            return to_set(node)
        case "tomap":
            return to_map(node)
        case "tonumber":
            return convert(node, NUMBER)
        case "tobool":
            return convert(node, BOOL)
        case "tostring":
            return to_string(node)
        case _:
            return node


def _issensitive(call: Call, args: list[Node]) -> Node:
    return call.unknown(args, "any", "nhilint does not follow which values are sensitive")


def _map(call: Call, args: list[Node]) -> Node:
    """The old `map("key", value, …)`."""
    if len(args) % 2:
        raise Failure("`map` needs as many keys as values")
    return Map({key_text(key): args[i * 2 + 1] for i, key in enumerate(args[::2])}, call.span)


CONVERSIONS = (
    "tolist", "toset", "tomap", "tonumber", "tobool", "tostring", "sensitive", "nonsensitive", "ephemeralasnull",
)  # fmt: skip

FUNCTIONS: Table = {
    "merge": Function(_merge),
    "lookup": Function(_lookup),
    "keys": Function(_keys),
    "values": Function(_values),
    "zipmap": Function(_zipmap),
    "transpose": Function(_transpose),
    "map": Function(_map),
    "issensitive": Function(_issensitive),
    **{name: Function(_convert) for name in CONVERSIONS},
}
