"""Functions over lists and maps; they keep the structure around unknown elements."""

from __future__ import annotations

from nhilint.model.node import Choice, Encoded, Map, Node, Scalar, Sequence, Unknown
from nhilint.sources.terraform import operators
from nhilint.sources.terraform.convert import (
    OpenMap,
    element_of,
    index_number,
    key_node,
    key_text,
    sort_key,
    to_bool,
    to_list,
    to_map,
    to_number,
    to_set,
    unify,
)
from nhilint.sources.terraform.iterate import items_of
from nhilint.sources.terraform.registry import Call, Function, Table
from nhilint.sources.terraform.values import Failure, canonical, encoded_text, is_null, known, pure_symbol
from nhilint.sources.terraform.worlds import Case, only_in, same_cases

MAX_ITEMS = 20_000
"""Longest collection that a function builds."""


def as_sequence(node: Node) -> Sequence:
    """A list, set or unknown list; raises `Failure`."""
    if isinstance(node, Sequence):
        return node
    converted = to_list(node)
    if isinstance(converted, Sequence):
        return converted
    raise Failure("a list is required, not null")


def elements(node: Sequence) -> tuple[Node, ...]:
    """The known elements, and one that stands for the unknown ones."""
    return tuple(item for _, item in items_of(node).pairs)


def _merge(call: Call, args: list[Node]) -> Node:
    entries: dict[str, Node] = {}
    opened: list[str] = []
    for arg in args:
        if is_null(arg):
            continue
        node = to_map(arg)
        if not isinstance(node, Map):
            raise Failure("`merge` needs maps")
        for key in node.entries:
            entries[key] = node.entries[key]
        if node.open:
            opened.append(node.open)
    if len(args) == 1 or (len(opened) == 1 and not entries):
        last = [arg for arg in args if isinstance(arg, Map) and (arg.open or len(args) == 1)]
        if last:
            return last[-1]
    # Elements of a part that is entirely unknown have no witness among the entries yet: `OpenMap` gives them one.
    form = OpenMap if any(isinstance(arg, OpenMap) or not isinstance(arg, Map) for arg in args if opened) else Map
    return form(dict(sorted(entries.items())), call.span, ", ".join(opened))


def _concat(call: Call, args: list[Node]) -> Node:
    filled = [as_sequence(arg) for arg in args]
    kept = [arg for arg in filled if arg.items or arg.open]
    if len(kept) == 1:
        return to_list(kept[0]) if isinstance(kept[0], Sequence) and not kept[0].open else kept[0]
    items = tuple(item for arg in kept for item in elements(arg))
    return Sequence(items, call.span, ", ".join(arg.open for arg in kept if arg.open))


def _flatten(call: Call, args: list[Node]) -> Node:
    items: list[Node] = []
    opened: list[str] = []

    def walk(node: Node, depth: int) -> None:
        if depth > 100 or len(items) > MAX_ITEMS:
            raise Failure("the list is too large to be flattened")
        if isinstance(node, Sequence):
            for item in elements(node):
                walk(item, depth + 1)
            if node.open:
                opened.append(node.open)
        elif isinstance(node, Choice) and any(isinstance(option, Sequence) for option in node.options):
            _flatten_choice(node, items, opened)
        elif isinstance(node, Unknown) and depth:
            opened.append(node.expression)
            items.append(node)
        else:
            items.append(node)

    walk(as_sequence(args[0]), 0)
    return Sequence(tuple(items), call.span, ", ".join(opened))


def _flatten_choice(node: Choice, items: list[Node], opened: list[str]) -> None:
    """Alternative lists of different length: each element may be absent."""
    for index, option in enumerate(node.options):
        inner = elements(option) if isinstance(option, Sequence) else (option,)
        if isinstance(option, Sequence) and option.open:
            opened.append(option.open)
        items.extend(only_in(item, [Case(node, index)]) for item in inner)


def _lookup(call: Call, args: list[Node]) -> Node:
    node = args[0]
    if pure_symbol(node) or isinstance(node, Unknown):
        return operators.index(node, args[1], call.span)
    if not isinstance(node, Map):
        raise Failure("`lookup` needs a map")
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


def _element(call: Call, args: list[Node]) -> Node:
    node = as_sequence(args[0])
    number = index_number(args[1])
    if number is None or (node.open and number >= len(node.items)):
        return operators.index(Sequence(node.items, node.span, node.open) if node.items else node, args[1], call.span)
    if not node.items:
        raise Failure("`element` needs a list that is not empty")
    return node.items[number % len(node.items)]


def _keys(call: Call, args: list[Node]) -> Node:
    node = to_map(args[0])
    if not isinstance(node, Map):
        raise Failure("`keys` needs a map")
    found = items_of(node)
    if node.open and not node.entries:
        return Sequence((), call.span, f"keys({node.open})")
    return Sequence(tuple(key for key, _ in found.pairs), call.span, f"keys({node.open})" if node.open else "")


def _values(call: Call, args: list[Node]) -> Node:
    node = to_map(args[0])
    if not isinstance(node, Map):
        raise Failure("`values` needs a map")
    return Sequence(tuple(value for _, value in items_of(node).pairs), call.span, node.open)


def _zipmap(call: Call, args: list[Node]) -> Node:
    keys, values = as_sequence(args[0]), as_sequence(args[1])
    opened = keys.open or values.open
    if len(keys.items) != len(values.items) and not opened:
        raise Failure("`zipmap` needs as many keys as values")
    pairs = zip(elements(keys), elements(values), strict=False)
    return Map({key_text(key): value for key, value in pairs}, call.span, opened)


def _length(call: Call, args: list[Node]) -> Node:
    node = args[0]
    if isinstance(node, Encoded):
        node = encoded_text(node)
    if isinstance(node, Scalar) and isinstance(node.value, str):
        return Scalar(len(node.value), call.span)
    if isinstance(node, Scalar):
        raise Failure("`length` needs a string or a collection")
    if isinstance(node, Sequence) and not node.open and not any(_may_be_absent(item) for item in node.items):
        return Scalar(len(node.items), call.span)
    if isinstance(node, Map) and not node.open:
        return Scalar(len(node.entries), call.span)
    return call.unknown(args, "any")


def _may_be_absent(node: Node) -> bool:
    return isinstance(node, Choice) and any(is_null(option) for option in node.options)


def _contains(call: Call, args: list[Node]) -> Node:
    node = as_sequence(args[0])
    outcomes = [operators.equal(item, args[1]) for item in node.items]
    if True in outcomes:
        return Scalar(True, call.span)
    if node.open or None in outcomes:
        return call.unknown(args, "any")
    return Scalar(False, call.span)


def _coalesce(call: Call, args: list[Node]) -> Node:
    for position, arg in enumerate(args):
        if is_null(arg) or (isinstance(arg, Scalar) and arg.value == ""):
            continue
        if isinstance(arg, Unknown) or (pure_symbol(arg) and not pure_symbol(arg).startswith("aws_")):
            return call.unknown(args[position:], "string") if position < len(args) - 1 else arg
        return arg
    raise Failure("`coalesce` has no argument that is not null")


def _coalescelist(call: Call, args: list[Node]) -> Node:
    for arg in args:
        if is_null(arg):
            continue
        node = as_sequence(arg)
        if node.items:
            return node
        if node.open:
            return call.unknown(args, "list") if arg is not args[-1] else node
    raise Failure("`coalescelist` has no list that is not empty")


def _compact(call: Call, args: list[Node]) -> Node:
    node = as_sequence(args[0])
    kept: list[Node] = []
    for item in node.items:
        if isinstance(item, Choice):
            options = [Scalar(None, o.span) if isinstance(o, Scalar) and o.value == "" else o for o in item.options]
            item = same_cases(item, options)
        if not (isinstance(item, Scalar) and item.value in (None, "")):
            kept.append(item)
    return Sequence(tuple(kept), call.span, node.open)


def _distinct(call: Call, args: list[Node]) -> Node:
    node = as_sequence(args[0])
    seen = {canonical(item): item for item in reversed(node.items)}
    ordered = tuple(dict.fromkeys(canonical(item) for item in node.items))
    return Sequence(tuple(seen[key] for key in ordered), call.span, node.open)


def _one(call: Call, args: list[Node]) -> Node:
    node = as_sequence(args[0])
    items = elements(node)
    if len(items) > 1:
        raise Failure("`one` needs a list with at most one element")
    return items[0] if items else Scalar(None, call.span)


def _reverse(call: Call, args: list[Node]) -> Node:
    node = as_sequence(args[0])
    return Sequence(tuple(reversed(node.items)), call.span, node.open)


def _sort(call: Call, args: list[Node]) -> Node:
    node = as_sequence(args[0])
    if not known(node):
        return Sequence(node.items, call.span, node.open)
    return Sequence(tuple(sorted(unify(node.items), key=sort_key)), call.span)


def _slice(call: Call, args: list[Node]) -> Node:
    node, start, end = as_sequence(args[0]), index_number(args[1]), index_number(args[2])
    if start is None or end is None or node.open:
        return call.unknown(args, "list")
    if not 0 <= start <= end <= len(node.items):
        raise Failure("the bounds of `slice` are outside the list")
    return Sequence(node.items[start:end], call.span)


def _chunklist(call: Call, args: list[Node]) -> Node:
    node, size = as_sequence(args[0]), index_number(args[1])
    if size is None or node.open:
        return call.unknown(args, "list")
    if size < 0:
        raise Failure("the size of `chunklist` is negative")
    step = size or max(len(node.items), 1)
    chunks = [node.items[i : i + step] for i in range(0, len(node.items), step)]
    return Sequence(tuple(Sequence(chunk, call.span) for chunk in chunks), call.span)


def _index(call: Call, args: list[Node]) -> Node:
    node = as_sequence(args[0])
    outcomes = [operators.equal(item, args[1]) for item in node.items]
    if True in outcomes and None not in outcomes[: outcomes.index(True)]:
        return Scalar(outcomes.index(True), call.span)
    if node.open or None in outcomes:
        return call.unknown(args, "any")
    raise Failure("the item is not in the list")


def _transpose(call: Call, args: list[Node]) -> Node:
    node = args[0]
    if not isinstance(node, Map) or not known(node):
        return call.unknown(args, "map")
    turned: dict[str, list[Node]] = {}
    for key, value in node.entries.items():
        for item in elements(as_sequence(value)):
            turned.setdefault(key_text(item), []).append(key_node(key, call.span))
    return Map({key: Sequence(tuple(items), call.span) for key, items in sorted(turned.items())}, call.span)


def _quantifier(call: Call, args: list[Node]) -> Node:
    decisive = call.name == "anytrue"
    node = as_sequence(args[0])
    outcomes = [to_bool(item) for item in node.items]
    values = [o.value if isinstance(o, Scalar) else None for o in outcomes]
    if decisive in values or (not decisive and any(is_null(o) for o in outcomes)):
        return Scalar(decisive, call.span)
    if node.open or any(not isinstance(o, Scalar) for o in outcomes):
        return call.unknown(args, "any")
    return Scalar(not decisive, call.span)


def _matchkeys(call: Call, args: list[Node]) -> Node:
    values, keys, wanted = (as_sequence(arg) for arg in args)
    if not (known(keys) and known(wanted)) or values.open:
        return call.unknown(args, "list")
    keep = {canonical(item) for item in wanted.items}
    pairs = zip(values.items, keys.items, strict=True)
    return Sequence(tuple(v for v, k in pairs if canonical(k) in keep), call.span)


def _tomap(node: Node) -> Node:
    if type(node) is Map and isinstance(node.entries, dict):
        return Map(dict(zip(node.entries, unify(tuple(node.entries.values())), strict=True)), node.span, node.open)
    return to_map(node)


def _convert(call: Call, args: list[Node]) -> Node:
    node = args[0]
    match call.name:
        case "tolist":
            return to_list(node)
        case "toset":
            return to_set(node)
        case "tomap":
            return _tomap(node)
        case "tonumber":
            return to_number(node)
        case "tobool":
            return to_bool(node)
        case _:
            return node


def _list(call: Call, args: list[Node]) -> Node:
    return Sequence(tuple(args), call.span)


def _map(call: Call, args: list[Node]) -> Node:
    """The old `map("key", value, …)`."""
    if len(args) % 2:
        raise Failure("`map` needs as many keys as values")
    return Map({key_text(key): args[i * 2 + 1] for i, key in enumerate(args[::2])}, call.span)


def _type(call: Call, args: list[Node]) -> Node:
    return call.unknown(args, "string")


FUNCTIONS: Table = {
    "merge": Function(_merge, 0, -1),
    "concat": Function(_concat, 1, -1),
    "flatten": Function(_flatten, 1, 1),
    "lookup": Function(_lookup, 2, 3),
    "element": Function(_element, 2, 2),
    "keys": Function(_keys, 1, 1),
    "values": Function(_values, 1, 1),
    "zipmap": Function(_zipmap, 2, 2),
    "length": Function(_length, 1, 1),
    "contains": Function(_contains, 2, 2),
    "coalesce": Function(_coalesce, 1, -1),
    "coalescelist": Function(_coalescelist, 1, -1),
    "compact": Function(_compact, 1, 1),
    "distinct": Function(_distinct, 1, 1),
    "one": Function(_one, 1, 1),
    "reverse": Function(_reverse, 1, 1),
    "sort": Function(_sort, 1, 1),
    "slice": Function(_slice, 3, 3),
    "chunklist": Function(_chunklist, 2, 2),
    "index": Function(_index, 2, 2),
    "transpose": Function(_transpose, 1, 1),
    "anytrue": Function(_quantifier, 1, 1),
    "alltrue": Function(_quantifier, 1, 1),
    "matchkeys": Function(_matchkeys, 3, 3),
    "list": Function(_list, 0, -1),
    "map": Function(_map, 0, -1),
    "type": Function(_type, 1, 1),
    **{
        name: Function(_convert, 1, 1)
        for name in ("tolist", "toset", "tomap", "tonumber", "tobool", "sensitive", "nonsensitive", "ephemeralasnull")
    },
}
