"""The type of a branch that is not taken, even where parts of it fail; knows the syntax, not how it is evaluated.

Terraform asks every branch of a conditional for its type. What fails within brackets is still a tuple or an object, a
template is a string, and an operator has its own type.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from nhilint.model.node import Map, Node, Scalar, Sequence, Unknown
from nhilint.sources.terraform import operators
from nhilint.sources.terraform.values import Cycle, Failure

if TYPE_CHECKING:
    from nhilint.sources.terraform.scope import Scope

Expr = tuple[Any, ...]
Evaluate = Callable[[Expr, "Scope"], Node]
NUMERIC = frozenset("+-*/%")


def shape(expr: Expr, scope: Scope, evaluate: Evaluate) -> Node | None:
    """A value of the type that the expression has; None when it may have any."""
    try:
        return evaluate(expr, scope)
    except Cycle:
        raise
    except Failure:
        return _failed(expr, scope, evaluate)


def _failed(expr: Expr, scope: Scope, evaluate: Evaluate) -> Node | None:
    span = scope.file.span(expr[1], expr[2])
    nothing = Unknown("a value that fails", "it is only asked for its type", span)

    def part(inner: Expr) -> Node:
        return shape(inner, scope, evaluate) or nothing

    match expr[0]:
        case "list":
            return Sequence(tuple(part(item) for item in expr[3]), span)
        case "obj":
            keys = [shape(key, scope, evaluate) for key, _ in expr[3]]
            named = [str(key.value) for key in keys if isinstance(key, Scalar)]
            if len(named) < len(keys):
                return None
            return Map({name: part(value) for name, (_, value) in zip(named, expr[3], strict=True)}, span)
        case "splat":
            base = shape(expr[3], scope, evaluate)
            return Sequence((nothing,) * len(base.items), span) if isinstance(base, Sequence) else None
        case "tmpl" if len(expr[3]) > 1 or expr[4]:
            return Scalar("", span)
        case "bin" | "un":
            return Scalar(0 if expr[3] in NUMERIC else True, span)
        case "cond":
            return _agreed(part(expr[4]), part(expr[5]))
        case _:
            return None


def _agreed(first: Node, second: Node) -> Node | None:
    if isinstance(first, Unknown) or isinstance(second, Unknown):
        return None
    try:
        return operators.agreed(first, second)
    except Failure:
        return None
