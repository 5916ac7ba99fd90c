"""What a built-in function is: its implementation over nodes, its arity, and how its result is named when unknown."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from nhilint.model.node import Map, Node, Sequence, Unknown
from nhilint.model.span import Span
from nhilint.sources.terraform.convert import convert
from nhilint.sources.terraform.typed import ANY, Type
from nhilint.sources.terraform.values import Failure, describe, known, node_of, plain, symbol

if TYPE_CHECKING:
    from nhilint.sources.terraform.scope import Scope

Shape = Literal["string", "list", "map", "any"]


@dataclass(frozen=True, slots=True)
class Call:
    """One call: its name, place and surroundings."""

    name: str
    span: Span
    scope: Scope

    def unknown(self, args: list[Node], shape: Shape, reason: str = "an argument is not known before apply") -> Node:
        """The result when it can't be computed: named by the function and its arguments, equal for equal calls."""
        name = f"{self.name}({', '.join(describe(arg) for arg in args)})"
        if len(name) > 240:
            name = f"{self.name}({describe(node_list(args, self.span), 200)})"
        if shape == "string":
            return symbol(name, self.span)
        if shape == "list":
            return Sequence((), self.span, name)
        if shape == "map":
            return Map({}, self.span, name)
        return Unknown(name, reason, self.span)


def node_list(args: list[Node], span: Span) -> Node:
    """The arguments as one value, for naming."""
    return Sequence(tuple(args), span)


Implementation = Callable[[Call, list[Node]], Node]


@dataclass(frozen=True, slots=True)
class Function:
    """One built-in function.

    Before it is called, alternatives (`Choice`) are lifted and the arguments converted to the types of its signature.
    """

    run: Implementation


Table = dict[str, Function]


class Beyond(Exception):
    """A call that Terraform computes and nhilint does not; the result is unknown."""


def pure(function: Callable[..., Any], shape: Shape, result: Type = ANY) -> Function:
    """A function of plain Python values; with an unknown argument its result is named, not computed."""

    def run(call: Call, args: list[Node]) -> Node:
        if not all(known(arg) for arg in args):
            return call.unknown(args, shape)
        try:
            return convert(node_of(function(*(plain(arg) for arg in args)), call.span), result)
        except Beyond as problem:
            return call.unknown(args, shape, str(problem))
        except (ValueError, TypeError, KeyError, IndexError, OverflowError, AttributeError) as problem:
            raise Failure(f"`{call.name}`: {problem}") from problem

    return Function(run)


def impure(shape: Shape) -> Function:
    """A function whose result exists only at apply time: a symbol named by the call."""

    def run(call: Call, args: list[Node]) -> Node:
        return call.unknown(args, shape, "it is different at every run")

    return Function(run)
