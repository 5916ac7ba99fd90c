"""Functions over numbers and dates."""

from __future__ import annotations

import math
from collections.abc import Callable

from nhilint.model.node import Node, Scalar, Sequence
from nhilint.sources.terraform.convert import to_number
from nhilint.sources.terraform.functions_collection import as_sequence
from nhilint.sources.terraform.registry import Call, Function, Table, impure, pure
from nhilint.sources.terraform.values import Failure


def _numbers(nodes: list[Node]) -> list[float] | None:
    values: list[float] = []
    for node in nodes:
        number = to_number(node)
        if not isinstance(number, Scalar):
            return None
        if not isinstance(number.value, (int, float)):
            raise Failure("a number is required, not null")
        values.append(number.value)
    return values


def _over_numbers(function: Callable[[list[float]], float]) -> Callable[[Call, list[Node]], Node]:
    def run(call: Call, args: list[Node]) -> Node:
        values = _numbers(args)
        if values is None:
            return call.unknown(args, "any")
        try:
            result = function(values)
        except (ValueError, OverflowError, ZeroDivisionError) as problem:
            raise Failure(f"`{call.name}`: {problem}") from None
        return Scalar(int(result) if abs(result) < 1e15 and result == int(result) else result, call.span)

    return run


def _sum(call: Call, args: list[Node]) -> Node:
    node = as_sequence(args[0])
    if node.open:
        return call.unknown(args, "any")
    if not node.items:
        raise Failure("`sum` needs a list that is not empty")
    return _over_numbers(sum)(call, list(node.items))


def _spread(function: Callable[[list[float]], float]) -> Callable[[Call, list[Node]], Node]:
    over = _over_numbers(function)

    def run(call: Call, args: list[Node]) -> Node:
        if len(args) == 1 and isinstance(args[0], Sequence):
            return over(call, list(args[0].items))
        return over(call, args)

    return run


def _parseint(value: object, base: int) -> int:
    if not 2 <= base <= 62 or base > 36:
        raise ValueError("the base must be between 2 and 36")
    return int(str(value), base)


def _signum(values: list[float]) -> float:
    return (values[0] > 0) - (values[0] < 0)


def _log(values: list[float]) -> float:
    return math.log(values[0]) / math.log(values[1])


FUNCTIONS: Table = {
    "abs": Function(_over_numbers(lambda v: abs(v[0])), 1, 1),
    "ceil": Function(_over_numbers(lambda v: math.ceil(v[0])), 1, 1),
    "floor": Function(_over_numbers(lambda v: math.floor(v[0])), 1, 1),
    "log": Function(_over_numbers(_log), 2, 2),
    "pow": Function(_over_numbers(lambda v: math.pow(v[0], v[1])), 2, 2),
    "signum": Function(_over_numbers(_signum), 1, 1),
    "max": Function(_spread(max), 1, -1),
    "min": Function(_spread(min), 1, -1),
    "sum": Function(_sum, 1, 1),
    "parseint": pure(_parseint, "any", 2),
    "timestamp": impure("string", 0, 0),
    "plantimestamp": impure("string", 0, 0),
    "timeadd": impure("string", 2, 2),
    "timecmp": impure("any", 2, 2),
    "formatdate": impure("string", 2, 2),
}
