"""Functions over numbers."""

from __future__ import annotations

import math
from collections.abc import Callable

from nhilint.model.node import Node, Scalar
from nhilint.sources.terraform.arithmetic import Number, exactly, operate, order
from nhilint.sources.terraform.convert import convert
from nhilint.sources.terraform.functions_collection import as_sequence, whole
from nhilint.sources.terraform.registry import Call, Function, Table
from nhilint.sources.terraform.typed import NUMBER, ListValue, SetValue, type_of
from nhilint.sources.terraform.values import Failure, is_null

DIGITS = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
MAX_DIGITS = 2_000


def _over_numbers(function: Callable[[list[Number]], Number]) -> Function:
    def run(call: Call, args: list[Node]) -> Node:
        values = [arg.value for arg in args if isinstance(arg, Scalar) and isinstance(arg.value, (int, float))]
        if len(values) < len(args):
            return call.unknown(args, "any")
        try:
            result = function(values)
        except (ValueError, OverflowError, ZeroDivisionError) as problem:
            raise Failure(f"`{call.name}`: {problem}") from None
        if type(result) is float and math.isnan(result):
            raise Failure(f"`{call.name}`: the result is not a number")
        return Scalar(_settled(result), call.span)

    return Function(run)


def _settled(value: Number) -> Number:
    """A whole number of 53 bits as such; larger ones keep the few digits that they have."""
    return int(value) if type(value) is float and value.is_integer() and abs(value) < 1 << 53 else value


def _sum(call: Call, args: list[Node]) -> Node:
    node = as_sequence(args[0])
    if node.open:
        return call.unknown(args, "any")
    if not node.items:
        raise Failure("`sum` needs a list that is not empty")
    if isinstance(node, (ListValue, SetValue)) and node.element.kind not in ("any", "number", "string"):
        raise Failure("`sum` needs a list of numbers")
    items = [convert(item, NUMBER) for item in node.items]
    if any(is_null(item) for item in items):
        raise Failure("`sum` can not add null")
    return ADD.run(call, items)


def _total(values: list[Number]) -> Number:
    total = values[0]
    for value in values[1:]:
        total = operate("+", total, value)
    return total


def _best(pick: Callable[..., Number]) -> Function:
    def run(values: list[Number]) -> Number:
        if not values:
            raise ValueError("at least one number is needed")
        return pick(values, key=order)

    return _over_numbers(run)


def _ceil(values: list[Number]) -> Number:
    return math.ceil(exactly(values[0]))


def _floor(values: list[Number]) -> Number:
    return math.floor(exactly(values[0]))


def _abs(values: list[Number]) -> Number:
    return operate("-", 0, values[0]) if values[0] < 0 else values[0]


def _signum(values: list[Number]) -> Number:
    if values[0] and (not isinstance(values[0], int) or abs(values[0]) >= 1 << 63):
        raise ValueError("a whole number is required")
    return (values[0] > 0) - (values[0] < 0)


def _log(values: list[Number]) -> Number:
    num, base = (math.log(value) if value else -math.inf for value in values)
    return num / base


def _pow(values: list[Number]) -> Number:
    """A power by squaring, the exponent of two apart, which is where Go's last digits come from."""
    base, exponent = float(values[0]), float(values[1])
    whole_part = int(abs(exponent))
    part = abs(exponent) - whole_part
    if base == 0 or not math.isfinite(math.pow(base, exponent)) or abs(exponent) == 0.5 or whole_part >= 1 << 63:
        return math.pow(base, exponent)
    result = 1.0
    if part:
        if part > 0.5:
            part, whole_part = part - 1, whole_part + 1
        result = math.exp(part * math.log(base))
    power = 0
    square, square_power = math.frexp(base)
    while whole_part:
        if whole_part & 1:
            result, power = result * square, power + square_power
        square, square_power = square * square, square_power * 2
        if square < 0.5:
            square, square_power = square + square, square_power - 1
        whole_part >>= 1
    if exponent < 0:
        result, power = 1 / result, -power
    return math.ldexp(result, power)


def _parseint(call: Call, args: list[Node]) -> Node:
    node, base = args[0], whole(args[1])
    if not isinstance(node, Scalar) or base is None:
        if type_of(node).kind not in ("any", "string"):
            raise Failure("`parseint` needs a string")
        return call.unknown(args, "any")
    if not isinstance(node.value, str):
        raise Failure("`parseint` needs a string")
    if not 2 <= base <= 62:
        raise Failure("the base of `parseint` must be between 2 and 62")
    written = node.value
    digits = written[1:] if written[:1] in ("+", "-") else written
    if base <= 36:
        digits = digits.lower()
    places = [DIGITS.find(digit) for digit in digits]
    if not places or len(places) > MAX_DIGITS or not all(0 <= place < base for place in places):
        raise Failure("the text is not a number of that base")
    value = 0
    for place in places:
        value = value * base + place
    return Scalar(-value if written.startswith("-") else value, call.span)


ADD = _over_numbers(_total)

FUNCTIONS: Table = {
    "abs": _over_numbers(_abs),
    "ceil": _over_numbers(_ceil),
    "floor": _over_numbers(_floor),
    "log": _over_numbers(_log),
    "pow": _over_numbers(_pow),
    "signum": _over_numbers(_signum),
    "max": _best(max),
    "min": _best(min),
    "sum": Function(_sum),
    "parseint": Function(_parseint),
}
