"""Set functions, `range` and `setproduct`."""

from __future__ import annotations

import itertools

from nhilint.model.node import Node, Scalar, Sequence
from nhilint.sources.terraform.arithmetic import Number, operate
from nhilint.sources.terraform.convert import convert
from nhilint.sources.terraform.functions_collection import MAX_ITEMS, as_sequence, elements
from nhilint.sources.terraform.registry import Call, Function, Table
from nhilint.sources.terraform.typed import ANY, NUMBER, ListValue, SetValue, Type, list_of, set_of, type_of
from nhilint.sources.terraform.unify import unify
from nhilint.sources.terraform.values import Failure, canonical, describe, known

MAX_RANGE = 1024


def _of_one_type(args: list[Node]) -> tuple[list[Sequence], Type]:
    """The sets with elements of one type, and that type."""
    sets = [as_sequence(arg) for arg in args]
    kinds = [type_of(one).inner for one in sets if one.items or one.open or type_of(one).inner.kind != "any"]
    element = unify(kinds) if kinds else ANY
    if element is None or (element.kind == "any" and any(kind.kind != "any" for kind in kinds)):
        if all(map(known, sets)):
            raise Failure("the sets have no type of elements in common")
        return sets, ANY
    return [as_sequence(convert(one, set_of(element))) for one in sets], element


def _union(call: Call, args: list[Node]) -> Node:
    sets, element = _of_one_type(args)
    items = tuple(item for one in sets for item in elements(one))
    opened = ", ".join(one.open for one in sets if one.open)
    return convert(ListValue(items, call.span, opened, element), set_of(element))


def _combine(call: Call, args: list[Node]) -> Node:
    sets, element = _of_one_type(args)
    if not all(map(known, sets)):
        return SetValue((), call.span, describe(call.unknown(args, "any")), element)
    keys = [{canonical(item) for item in one.items} for one in sets[1:]]
    if call.name == "setintersection":
        kept = [item for item in sets[0].items if all(canonical(item) in other for other in keys)]
    else:
        kept = [item for item in sets[0].items if canonical(item) not in keys[0]]
    return SetValue(tuple(kept), call.span, "", element)


def _product(call: Call, args: list[Node]) -> Node:
    if len(args) < 2:
        raise Failure("`setproduct` needs at least two sets")
    sets = [as_sequence(arg) for arg in args]
    total = 1
    for one in sets:
        total *= len(elements(one))
    if total > MAX_ITEMS:
        raise Failure("the product of the sets is too large")
    kinds: list[Type] = []
    for position, one in enumerate(sets):
        if not isinstance(one, (ListValue, SetValue)) and one.items:
            listed = convert(one, list_of(ANY))
            kinds.append(type_of(listed).inner)
            sets[position] = as_sequence(listed)
        else:
            kinds.append(type_of(one).inner)
    element = Type("tuple", items=tuple(kinds))
    rows = tuple(Sequence(row, call.span) for row in itertools.product(*(elements(one) for one in sets)))
    opened = ", ".join(one.open for one in sets if one.open)
    if any(isinstance(one, SetValue) for one in sets):
        return convert(ListValue(rows, call.span, opened, element), set_of(element))
    return ListValue(rows, call.span, opened, element)


def _range(call: Call, args: list[Node]) -> Node:
    numbers: list[Number] = []
    for arg in args:
        if not isinstance(arg, Scalar) or not isinstance(arg.value, (int, float)):
            return call.unknown(args, "list")
        numbers.append(arg.value)
    if not 1 <= len(numbers) <= 3:
        raise Failure("`range` needs one to three numbers")
    start, end = (0, numbers[0]) if len(numbers) == 1 else (numbers[0], numbers[1])
    step = numbers[2] if len(numbers) == 3 else (1 if start <= end else -1)
    if (step == 0 and start != end) or (start < end and step < 0) or (start > end and step > 0):
        raise Failure("the step of `range` leads away from its end")
    items: list[Node] = []
    while (start < end) if step > 0 else (start > end):
        items.append(Scalar(start, call.span))
        start = operate("+", start, step)
        if len(items) > MAX_RANGE:
            raise Failure(f"`range` gives more than {MAX_RANGE} numbers")
    return ListValue(tuple(items), call.span, "", NUMBER)


FUNCTIONS: Table = {
    "setunion": Function(_union),
    "setintersection": Function(_combine),
    "setsubtract": Function(_combine),
    "setproduct": Function(_product),
    "range": Function(_range),
}
