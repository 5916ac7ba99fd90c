"""Set functions, `range` and `setproduct`."""

from __future__ import annotations

import itertools

from nhilint.model.node import Node, Scalar, Sequence
from nhilint.sources.terraform.convert import to_number, to_set
from nhilint.sources.terraform.functions_collection import MAX_ITEMS, as_sequence, elements
from nhilint.sources.terraform.registry import Call, Function, Table
from nhilint.sources.terraform.values import Failure, SetValue, canonical, describe


def _union(call: Call, args: list[Node]) -> Node:
    sets = [as_sequence(arg) for arg in args]
    items = tuple(item for one in sets for item in elements(one))
    return to_set(Sequence(items, call.span, ", ".join(one.open for one in sets if one.open)))


def _known_keys(node: Sequence) -> dict[object, Node]:
    return {canonical(item): item for item in node.items}


def _combine(call: Call, args: list[Node]) -> Node:
    sets = [as_sequence(arg) for arg in args]
    if any(one.open for one in sets):
        name = describe(call.unknown(args, "any"))
        return SetValue((), call.span, name)
    keys = [_known_keys(one) for one in sets]
    first = keys[0]
    if call.name == "setintersection":
        kept = [item for key, item in first.items() if all(key in other for other in keys[1:])]
    elif call.name == "setsubtract":
        kept = [item for key, item in first.items() if key not in keys[1]]
    else:
        counts: dict[object, int] = {}
        for one in keys:
            for key in one:
                counts[key] = counts.get(key, 0) + 1
        kept = [item for one in keys for key, item in one.items() if counts[key] == 1]
    return to_set(Sequence(tuple(kept), call.span))


def _product(call: Call, args: list[Node]) -> Node:
    sets = [as_sequence(arg) for arg in args]
    total = 1
    for one in sets:
        total *= len(elements(one))
    if total > MAX_ITEMS:
        raise Failure("the product of the sets is too large")
    rows = tuple(Sequence(row, call.span) for row in itertools.product(*(elements(one) for one in sets)))
    opened = ", ".join(one.open for one in sets if one.open)
    if all(isinstance(one, SetValue) for one in sets):
        return SetValue(rows, call.span, opened)
    return Sequence(rows, call.span, opened)


def _range(call: Call, args: list[Node]) -> Node:
    numbers: list[float] = []
    for arg in args:
        number = to_number(arg)
        if not isinstance(number, Scalar):
            return call.unknown(args, "list")
        if not isinstance(number.value, (int, float)):
            raise Failure("`range` needs numbers")
        numbers.append(number.value)
    start, end = (0.0, numbers[0]) if len(numbers) == 1 else (numbers[0], numbers[1])
    step = numbers[2] if len(numbers) == 3 else (1 if start <= end else -1)
    if step == 0 or (end - start) * step < 0:
        raise Failure("the step of `range` leads away from its end")
    items: list[Node] = []
    while (start < end) if step > 0 else (start > end):
        items.append(Scalar(int(start) if start == int(start) else start, call.span))
        start += step
        if len(items) > 1024:
            raise Failure("`range` gives more than 1024 numbers")
    return Sequence(tuple(items), call.span)


FUNCTIONS: Table = {
    "setunion": Function(_union, 1, -1),
    "setintersection": Function(_combine, 1, -1),
    "setsubtract": Function(_combine, 2, 2),
    "setsymmetricdifference": Function(_combine, 1, -1),
    "setproduct": Function(_product, 1, -1),
    "range": Function(_range, 1, 3),
}
