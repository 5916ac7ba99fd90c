"""Alternatives: operations over `Choice` values, world by world; knows no syntax and no scope."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

from nhilint.model.node import Choice, Encoded, Map, Node, Scalar, Sequence, Text, Unknown
from nhilint.model.span import Span
from nhilint.sources.terraform.values import Cycle, Failure, canonical, describe

MAX_LEAVES = 64
"""Most alternatives in all levels of one value; beyond that it is unknown."""
MAX_OPTIONS = 16
"""Most combinations of the alternatives of several arguments."""


@dataclass(frozen=True, slots=True)
class Failed(Unknown):
    """In this world the expression stops Terraform; only ever an option of a `Choice`, never in documents."""


def choice(options: Iterable[Node], condition: str, span: Span) -> Node:
    """One of several values; equal ones collapse, and the same condition is decided only once."""
    chosen: list[Node] = []
    for index, option in enumerate(options):
        if isinstance(option, Choice) and option.condition == condition and index < len(option.options):
            option = option.options[index]
        chosen.append(option)
    first = canonical(chosen[0])
    if all(canonical(option) == first for option in chosen[1:]):
        return chosen[0]
    made = Choice(tuple(chosen), condition, span)
    if sum(_leaves(option) for option in chosen) > MAX_LEAVES:
        return Unknown(describe(made), "too many alternatives", span)
    return made


def _leaves(node: Node) -> int:
    return sum(_leaves(option) for option in node.options) if isinstance(node, Choice) else 1


def assume(node: Node, decisions: Mapping[str, int]) -> Node:
    """The value in the worlds where each named condition took the given option."""
    if not decisions:
        return node
    if isinstance(node, Choice):
        index = decisions.get(node.condition)
        if index is not None and index < len(node.options):
            return assume(node.options[index], decisions)
        return choice((assume(option, decisions) for option in node.options), node.condition, node.span)
    if isinstance(node, Sequence):
        items = tuple(assume(item, decisions) for item in node.items)
        if all(a is b for a, b in zip(items, node.items, strict=True)):
            return node
        return replace(node, items=items)
    if isinstance(node, Map) and isinstance(node.entries, dict):
        entries = {key: assume(item, decisions) for key, item in node.entries.items()}
        if all(entries[key] is node.entries[key] for key in entries):
            return node
        return replace(node, entries=entries)
    if isinstance(node, Encoded):
        inner = assume(node.node, decisions)
        return node if inner is node.node else Encoded(inner, node.span, node.format)
    return node


def lift(function: Callable[[list[Node]], Node], args: list[Node], span: Span) -> Node:
    """`function` over every combination of the arguments' options; a world in which it fails has a `Failed` option.

    Arguments that hang on the same condition are decided together.
    """
    for arg in args:
        if isinstance(arg, Failed):
            return arg
    conditions = {arg.condition: len(arg.options) for arg in args if isinstance(arg, Choice)}
    if not conditions:
        return function(args)
    total = 1
    for count in conditions.values():
        total *= count
    if total > MAX_OPTIONS:
        return Unknown(", ".join(describe(arg) for arg in args), "too many alternatives", span)
    condition = next(iter(conditions))
    outcomes: list[Node] = []
    failure: Failure | None = None
    for index in range(conditions[condition]):
        try:
            outcomes.append(lift(function, [assume_top(arg, condition, index) for arg in args], span))
        except Cycle:
            raise
        except Failure as problem:
            failure = problem
            outcomes.append(Failed(condition, problem.message, span))
    if all(isinstance(outcome, Failed) for outcome in outcomes):
        raise failure or Failure("no alternative is possible")
    return choice(outcomes, condition, span)


def settle(node: Node) -> Node:
    """The value without the worlds in which it stops Terraform: those can not be applied."""
    if isinstance(node, (Scalar, Text, Unknown)):
        return node
    if isinstance(node, Choice):
        possible = [settle(option) for option in node.options if not isinstance(option, Failed)]
        if len(possible) == len(node.options):
            changed = any(a is not b for a, b in zip(possible, node.options, strict=True))
            return choice(possible, node.condition, node.span) if changed else node
        return possible[0] if len(possible) == 1 else choice(possible, node.condition, node.span)
    if isinstance(node, Encoded):
        inner = settle(node.node)
        return node if inner is node.node else replace(node, node=inner)
    if isinstance(node, Sequence):
        items = tuple(settle(item) for item in node.items)
        same = all(a is b for a, b in zip(items, node.items, strict=True))
        return node if same else replace(node, items=items)
    if not isinstance(node.entries, dict):
        return node
    entries = {key: settle(item) for key, item in node.entries.items()}
    same = all(entries[key] is item for key, item in node.entries.items())
    return node if same else replace(node, entries=entries)


def assume_top(node: Node, condition: str, index: int) -> Node:
    """Decide one condition on the outermost levels of a value."""
    while isinstance(node, Choice) and node.condition == condition:
        node = node.options[min(index, len(node.options) - 1)]
    return node


def each_option(function: Callable[[Node], Node], node: Node) -> Node:
    """`function` over the options of one value."""
    if not isinstance(node, Choice):
        return function(node)
    return lift(lambda args: function(args[0]), [node], node.span)
