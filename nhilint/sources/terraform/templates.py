"""String templates: pieces, interpolations and `%{ if }` / `%{ for }` directives to strings that may be partial."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from nhilint.model.node import Node, Scalar, Symbol
from nhilint.sources.terraform.convert import truth
from nhilint.sources.terraform.iterate import items_of
from nhilint.sources.terraform.operators import decide
from nhilint.sources.terraform.values import Failure, is_null, parts_of, text
from nhilint.sources.terraform.worlds import choice, lift

if TYPE_CHECKING:
    from nhilint.model.span import Span
    from nhilint.sources.terraform.scope import Scope

Evaluate = Callable[[Any, "Scope"], Node]


def render(parts: tuple[Any, ...], scope: Scope, span: Span, evaluate: Evaluate) -> Node:
    """The string of a template's parts."""
    pieces: list[Node] = []
    for part in parts:
        if isinstance(part, str):
            pieces.append(Scalar(part, span))
        elif part[0] == "tif":
            pieces.append(_if(part, scope, span, evaluate))
        elif part[0] == "tfor":
            pieces.append(_for(part, scope, span, evaluate))
        else:
            pieces.append(_interpolated(part, scope, evaluate))
    return lift(lambda args: _join(args, span), pieces, span)


def _interpolated(part: Any, scope: Scope, evaluate: Evaluate) -> Node:
    """A value inside a string. A null there would fail, so a null that is only a default is not the real value."""
    value = evaluate(part, scope)
    return evaluate(part, scope.opened()) if is_null(value) else value


def _join(args: list[Node], span: Span) -> Node:
    joined: list[str | Symbol] = []
    for arg in args:
        if is_null(arg):
            raise Failure("null can not be part of a string")
        joined.extend(parts_of(arg))
    return text(joined, span)


def _if(part: tuple[Any, ...], scope: Scope, span: Span, evaluate: Evaluate) -> Node:
    def run(args: list[Node]) -> Node:
        outcome = truth(args[0])
        if outcome is not None:
            return render(part[4] if outcome else part[5] or (), scope, span, evaluate)
        name, negated = decide(args[0])
        options = [render(branch or (), scope, span, evaluate) for branch in (part[4], part[5])]
        return choice(reversed(options) if negated else options, name, span)

    return lift(run, [evaluate(part[3], scope)], span)


def _for(part: tuple[Any, ...], scope: Scope, span: Span, evaluate: Evaluate) -> Node:
    _, _, _, key, val, coll, body = part

    def run(args: list[Node]) -> Node:
        found = items_of(args[0])
        pieces: list[Node] = []
        for name, value in found.pairs:
            inner = scope.bind({val: value} if key is None else {key: name, val: value})
            pieces.append(render(body, inner, span, evaluate))
        if found.open:
            # How often the body is repeated is unknown; once, between two marks of that, keeps its shape.
            more = text((Symbol(f"for {val} in {found.open}"),), span)
            pieces.append(more)
        return lift(lambda options: _join(options, span), pieces, span)

    return lift(run, [evaluate(coll, scope)], span)
