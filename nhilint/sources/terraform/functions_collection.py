"""Functions over lists, sets and tuples; they keep the structure around unknown elements."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nhilint.model.node import Choice, Encoded, Map, Node, Scalar, Sequence, Unknown
from nhilint.sources.terraform import operators
from nhilint.sources.terraform.convert import convert, convert_collection, index_number, sort_key, to_bool
from nhilint.sources.terraform.graphemes import clusters
from nhilint.sources.terraform.iterate import items_of
from nhilint.sources.terraform.registry import Call, Function, Table
from nhilint.sources.terraform.typed import ANY, STRING, ListValue, NullOf, SetValue, list_of, type_of
from nhilint.sources.terraform.unify import unify
from nhilint.sources.terraform.values import Failure, canonical, encoded_text, is_null, known, pure_symbol
from nhilint.sources.terraform.worlds import Case, only_in, same_cases

if TYPE_CHECKING:
    from nhilint.model.span import Span

MAX_ITEMS = 20_000
"""Longest collection that a function builds."""


def as_sequence(node: Node) -> Sequence:
    """A list, set, tuple or unknown list; raises `Failure`."""
    if isinstance(node, Sequence):
        return node
    converted = convert_collection(node, list_of(ANY))
    if isinstance(converted, Sequence):
        return converted
    raise Failure("a list is required, not null")


def in_order(node: Node) -> Sequence:
    """A list or tuple: a sequence whose elements have positions."""
    found = as_sequence(node)
    if isinstance(found, SetValue):
        raise Failure("a list is required, but this is a set")
    return found


def alike(node: Sequence, items: tuple[Node, ...], span: Span) -> Sequence:
    """Other elements in a sequence of the same type: a list (also for a set), or a tuple."""
    if isinstance(node, (ListValue, SetValue)):
        return ListValue(items, span, node.open, node.element)
    return Sequence(items, span, node.open)


def whole(node: Node) -> int | None:
    """An argument that must be a whole number; None when it is not known."""
    if not isinstance(node, Scalar):
        return None
    number = index_number(node)
    if number is None or abs(number) >= 1 << 63:
        raise Failure("a whole number is required")
    return number


def elements(node: Sequence) -> tuple[Node, ...]:
    """The known elements, and one that stands for the unknown ones."""
    return tuple(item for _, item in items_of(node).pairs)


def _concat(call: Call, args: list[Node]) -> Node:
    filled = [in_order(arg) for arg in args]
    if all(isinstance(arg, ListValue) for arg in filled):
        common = unify([type_of(arg) for arg in filled])
        if common is not None:
            filled = [arg for arg in (convert(one, common) for one in filled) if isinstance(arg, Sequence)]
            items = tuple(item for arg in filled for item in elements(arg))
            if len(filled) == 1:
                return filled[0]
            return ListValue(items, call.span, ", ".join(arg.open for arg in filled if arg.open), common.inner)
    kept = [arg for arg in filled if arg.items or arg.open]
    if len(kept) == 1 and kept[0].open:
        return kept[0]
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
        elif not depth:
            raise Failure("`flatten` needs a list")
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


def _element(call: Call, args: list[Node]) -> Node:
    node, number = in_order(args[0]), whole(args[1])
    if number is None or (node.open and number >= len(node.items)):
        return operators.index(Sequence(node.items, node.span, node.open) if node.items else node, args[1], call.span)
    if not node.items:
        raise Failure("`element` needs a list that is not empty")
    return node.items[number % len(node.items)]


def _length(call: Call, args: list[Node]) -> Node:
    node = args[0]
    if isinstance(node, Encoded):
        node = encoded_text(node)
    if isinstance(node, Scalar) and isinstance(node.value, str):
        return Scalar(len(clusters(node.value)), call.span)
    if isinstance(node, Scalar):
        raise Failure("`length` needs a string or a collection")
    if isinstance(node, Sequence) and not node.open and not any(_may_be_absent(item) for item in node.items):
        if isinstance(node, SetValue) and len(node.items) > 1 and not known(node):
            return call.unknown(args, "any")  # two unknown elements may be one
        return Scalar(len(node.items), call.span)
    if isinstance(node, Map) and not node.open:
        return Scalar(len(node.entries), call.span)
    return call.unknown(args, "any")


def _may_be_absent(node: Node) -> bool:
    return isinstance(node, Choice) and any(is_null(option) for option in node.options)


def _contains(call: Call, args: list[Node]) -> Node:
    if isinstance(args[0], (Scalar, Map)):
        raise Failure("`contains` needs a list")
    node = as_sequence(args[0])
    outcomes = [operators.equal(item, args[1]) for item in node.items]
    if True in outcomes:
        return Scalar(True, call.span)
    if node.open or None in outcomes:
        return call.unknown(args, "any")
    return Scalar(False, call.span)


def _coalesce(call: Call, args: list[Node]) -> Node:
    common = unify([type_of(arg) for arg in args])
    if all(map(known, args)):
        if common is None:
            raise Failure("the arguments of `coalesce` have no type in common")
        args = [convert(arg, common) for arg in args]
    for position, arg in enumerate(args):
        if is_null(arg) or (isinstance(arg, Scalar) and arg.value == ""):
            continue
        if isinstance(arg, Unknown) or (pure_symbol(arg) and not pure_symbol(arg).startswith("aws_")):
            return call.unknown(args[position:], "string") if position < len(args) - 1 else arg
        return arg if common is None or not isinstance(arg, Scalar) else convert(arg, common)
    raise Failure("`coalesce` has no argument that is not null")


def _coalescelist(call: Call, args: list[Node]) -> Node:
    nulls = [arg for arg in args if is_null(arg) and type_of(arg).kind not in ("list", "tuple")]
    filled = [None if is_null(arg) else in_order(arg) for arg in args]
    if nulls or not args:
        raise Failure("`coalescelist` needs lists")
    for node in filled:
        if node is None:
            continue
        if node.items:
            return node
        if node.open:
            return call.unknown(args, "list") if node is not filled[-1] else node
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
    return ListValue(tuple(kept), call.span, node.open, STRING)


def _distinct(call: Call, args: list[Node]) -> Node:
    node = as_sequence(args[0])
    seen = {canonical(item): item for item in reversed(node.items)}
    ordered = tuple(dict.fromkeys(canonical(item) for item in node.items))
    return alike(node, tuple(seen[key] for key in ordered), call.span)


def _one(call: Call, args: list[Node]) -> Node:
    node = as_sequence(args[0])
    items = elements(node)
    if len(items) > 1:
        raise Failure("`one` needs a list with at most one element")
    kind = node.element if isinstance(node, (ListValue, SetValue)) else ANY
    return items[0] if items else NullOf(None, call.span, kind)


def _reverse(call: Call, args: list[Node]) -> Node:
    node = as_sequence(args[0])
    return alike(node, tuple(reversed(node.items)), call.span)


def _sort(call: Call, args: list[Node]) -> Node:
    node = as_sequence(args[0])
    if any(is_null(item) for item in node.items):
        raise Failure("`sort` can not sort null")
    if not known(node):
        return ListValue(node.items, call.span, node.open, STRING)
    return ListValue(tuple(sorted(node.items, key=sort_key)), call.span, "", STRING)


def _slice(call: Call, args: list[Node]) -> Node:
    node, start, end = in_order(args[0]), whole(args[1]), whole(args[2])
    if start is None or end is None or node.open:
        return call.unknown(args, "list")
    if not 0 <= start <= end <= len(node.items):
        raise Failure("the bounds of `slice` are outside the list")
    return alike(node, node.items[start:end], call.span)


def _chunklist(call: Call, args: list[Node]) -> Node:
    node, size = as_sequence(args[0]), whole(args[1])
    if size is None or node.open:
        return call.unknown(args, "list")
    if size < 0:
        raise Failure("the size of `chunklist` is negative")
    step = size or max(len(node.items), 1)
    chunks = [node.items[i : i + step] for i in range(0, len(node.items), step)]
    return ListValue(tuple(alike(node, chunk, call.span) for chunk in chunks), call.span, "", type_of(node))


def _index(call: Call, args: list[Node]) -> Node:
    node = in_order(args[0])
    outcomes = [operators.equal(item, args[1]) for item in node.items]
    if True in outcomes and None not in outcomes[: outcomes.index(True)]:
        return Scalar(outcomes.index(True), call.span)
    if node.open or None in outcomes:
        return call.unknown(args, "any")
    raise Failure("the item is not in the list")


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
    common = unify([type_of(keys), type_of(wanted)])
    if common is None:
        raise Failure("`matchkeys` needs keys of the type that is searched for")
    keys, wanted = as_sequence(convert(keys, common)), as_sequence(convert(wanted, common))
    if not (known(keys) and known(wanted)) or values.open:
        return call.unknown(args, "list")
    if len(values.items) != len(keys.items):
        raise Failure("`matchkeys` needs as many values as keys")
    keep = {canonical(item) for item in wanted.items}
    pairs = zip(values.items, keys.items, strict=True)
    return alike(values, tuple(v for v, k in pairs if canonical(k) in keep), call.span)


FUNCTIONS: Table = {
    "concat": Function(_concat),
    "flatten": Function(_flatten),
    "element": Function(_element),
    "length": Function(_length),
    "contains": Function(_contains),
    "coalesce": Function(_coalesce),
    "coalescelist": Function(_coalescelist),
    "compact": Function(_compact),
    "distinct": Function(_distinct),
    "one": Function(_one),
    "reverse": Function(_reverse),
    "sort": Function(_sort),
    "slice": Function(_slice),
    "chunklist": Function(_chunklist),
    "index": Function(_index),
    "anytrue": Function(_quantifier),
    "alltrue": Function(_quantifier),
    "matchkeys": Function(_matchkeys),
}
