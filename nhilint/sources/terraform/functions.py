"""Calls of built-in functions: special forms, argument expansion, arity, and the table of all functions."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING, Any

from nhilint.model.node import Choice, Node, Scalar, Sequence, Unknown
from nhilint.sources.terraform.convert import convert, convert_collection
from nhilint.sources.terraform.registry import Call, Table
from nhilint.sources.terraform.signatures import Parameter, signature
from nhilint.sources.terraform.values import Cycle, Failure, describe, is_null, pure_symbol
from nhilint.sources.terraform.worlds import Failed, lift, same_cases

if TYPE_CHECKING:
    from nhilint.model.span import Span
    from nhilint.sources.terraform.scope import Scope

Evaluate = Callable[[Any, "Scope"], Node]


@cache
def table() -> Table:
    """Every function by name."""
    from nhilint.sources.terraform import (
        functions_collection,
        functions_encoding,
        functions_file,
        functions_further,
        functions_map,
        functions_network,
        functions_numeric,
        functions_regex,
        functions_set,
        functions_string,
        functions_time,
    )

    return {
        **functions_string.FUNCTIONS,
        **functions_collection.FUNCTIONS,
        **functions_map.FUNCTIONS,
        **functions_set.FUNCTIONS,
        **functions_encoding.FUNCTIONS,
        **functions_numeric.FUNCTIONS,
        **functions_network.FUNCTIONS,
        **functions_file.FUNCTIONS,
        **functions_regex.FUNCTIONS,
        **functions_further.FUNCTIONS,
        **functions_time.FUNCTIONS,
    }


def call_function(name: str, args: tuple[Any, ...], expand: bool, scope: Scope, span: Span, evaluate: Evaluate) -> Node:
    """The value of `name(args…)`; with `expand` the last argument is a list of further arguments."""
    name = name.removeprefix("core::")
    if name == "try":
        return _try(args, scope, evaluate)
    if name == "can":
        return _can(args, scope, span, evaluate)
    if name == "templatestring" and args and args[0][0] not in ("attr", "index", "name"):
        raise Failure("the first argument of `templatestring` must refer to a string from elsewhere")
    values = [evaluate(arg, scope) for arg in args]
    own = scope.module.functions.get(name)
    if own is not None:
        return lift(lambda given: own.run(Call(name, span, scope), given), values, span)
    function, parameters = table().get(name), signature(name)
    if function is None or parameters is None:
        described = ", ".join(describe(value) for value in values)
        return Unknown(f"{name}({described})", f"the function `{name}` is not known to nhilint", span)
    call = Call(name, span, scope)

    def run(given: list[Node]) -> Node:
        final = [*given[:-1], *_spread(given[-1])] if expand and given else given
        final = _arguments(name, parameters, final)
        if expand and any(isinstance(value, Choice) for value in final):
            return lift(lambda inner: function.run(call, inner), final, span)
        return function.run(call, final)

    return lift(run, values, span)


def _arguments(name: str, parameters: tuple[Parameter, ...], given: list[Node]) -> list[Node]:
    """The arguments converted to the types of the parameters; raises `Failure` where Terraform would not call."""
    repeats = bool(parameters) and parameters[-1].repeats
    if len(given) < len(parameters) - repeats or (len(given) > len(parameters) and not repeats):
        raise Failure(f"`{name}` is called with {len(given)} arguments")
    converted: list[Node] = []
    for position, value in enumerate(given):
        parameter = parameters[min(position, len(parameters) - 1)]
        if parameter.kind.kind in ("list", "set", "map"):
            value = convert_collection(value, parameter.kind)
        else:
            value = convert(value, parameter.kind)
        if is_null(value) and not parameter.nullable:
            raise Failure(f"`{name}`: argument {position + 1} must not be null")
        converted.append(value)
    return converted


def _spread(value: Node) -> list[Node]:
    if isinstance(value, Sequence):
        rest = [Unknown(value.open, "the list of arguments is not known", value.span)] if value.open else []
        return [*value.items, *rest]
    if isinstance(value, Unknown) or pure_symbol(value):
        return [value]
    raise Failure("only a list can be expanded into arguments")


def _try(args: tuple[Any, ...], scope: Scope, evaluate: Evaluate) -> Node:
    """The first argument without a failure, world by world; a cycle is not caught."""
    failure = Failure("`try` needs an argument")
    for position, arg in enumerate(args):
        try:
            value = strictly(arg, scope, evaluate)
        except Cycle:
            raise
        except Failure as problem:
            failure = problem
            continue
        if not _may_fail(value) or position == len(args) - 1:
            return value
        try:
            rest = _try(args[position + 1 :], scope, evaluate)
        except Cycle:
            raise
        except Failure:
            return value
        return _replaced(value, rest)
    raise failure


def strictly(arg: Any, scope: Scope, evaluate: Evaluate) -> Node:
    """The value of an expression in which every failure counts."""
    program = scope.module.program
    program.strict += 1
    try:
        return evaluate(arg, scope)
    finally:
        program.strict -= 1


def _may_fail(value: Node) -> bool:
    return isinstance(value, Choice) and any(isinstance(o, Failed) or _may_fail(o) for o in value.options)


def _replaced(value: Node, rest: Node) -> Node:
    """`rest` in the worlds where `value` fails."""
    if isinstance(value, Failed):
        return rest
    if isinstance(value, Choice):
        return same_cases(value, [_replaced(option, rest) for option in value.options])
    return value


def _can(args: tuple[Any, ...], scope: Scope, span: Span, evaluate: Evaluate) -> Node:
    if len(args) != 1:
        raise Failure("`can` needs one argument")
    try:
        value = strictly(args[0], scope, evaluate)
    except Cycle:
        raise
    except Failure:
        return Scalar(False, span)
    return _possible(value, span)


def _possible(value: Node, span: Span) -> Node:
    if isinstance(value, Failed):
        return Scalar(False, span)
    if isinstance(value, Choice):
        return same_cases(value, [_possible(option, span) for option in value.options])
    if isinstance(value, Unknown) or pure_symbol(value):
        return Unknown(f"can({describe(value)})", "not known before apply", span)
    return Scalar(True, span)
