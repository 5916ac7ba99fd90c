"""Alternatives: operations over `Choice` values, world by world; knows no syntax and no scope."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import NamedTuple

from nhilint.model.node import Choice, Encoded, Map, Node, Scalar, Sequence, Text, Unknown
from nhilint.model.span import Span
from nhilint.sources.terraform.values import Cycle, Failure, describe, null, same

MAX_LEAVES = 64
"""Most alternatives in all levels of one value; beyond that it is unknown."""
MAX_OPTIONS = 16
"""Most combinations of the alternatives of several arguments."""


@dataclass(frozen=True, slots=True)
class Failed(Unknown):
    """In this world the expression stops Terraform; only ever an option of a `Choice`, never in documents."""


def choice(options: Iterable[Node], condition: str, span: Span, keys: tuple[str, ...] = ()) -> Node:
    """One of several values (see `Choice.keys`); equal ones collapse, and the same condition is decided only once."""
    made = Choice(tuple(options), condition, span, keys)
    chosen = [assume_top(option, condition, made.key(index)) for index, option in enumerate(made.options)]
    if all(same(option, chosen[0]) for option in chosen[1:]):
        return chosen[0]
    made = Choice(tuple(chosen), condition, span, keys)
    if sum(_leaves(option) for option in chosen) > MAX_LEAVES:
        return Unknown(describe(made), "too many alternatives", span)
    return made


def _leaves(node: Node) -> int:
    return sum(_leaves(option) for option in node.options) if isinstance(node, Choice) else 1


def same_cases(node: Choice, options: Iterable[Node]) -> Node:
    """The same choice between other values."""
    return choice(options, node.condition, node.span, node.keys)


def assume(node: Node, decisions: Mapping[str, str]) -> Node:
    """The value in the worlds where each named expression has the given value."""
    if not decisions:
        return node
    if isinstance(node, Choice):
        decided = decisions.get(node.condition)
        chosen = node.option(decided) if decided is not None else None
        if chosen is not None:
            return assume(chosen, decisions)
        return same_cases(node, (assume(option, decisions) for option in node.options))
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
    conditions: dict[str, dict[str, None]] = {}
    for arg in args:
        if isinstance(arg, Choice):
            conditions.setdefault(arg.condition, {}).update((arg.key(i), None) for i in range(len(arg.options)))
    if not conditions:
        return function(args)
    if math.prod(map(len, conditions.values())) > MAX_OPTIONS:
        return Unknown(", ".join(describe(arg) for arg in args), "too many alternatives", span)
    condition, keys = next(iter(conditions.items()))
    outcomes: list[Node] = []
    failure: Failure | None = None
    for key in keys:
        try:
            outcomes.append(lift(function, [assume_top(arg, condition, key) for arg in args], span))
        except Cycle:
            raise
        except Failure as problem:
            failure = problem
            outcomes.append(Failed(condition, problem.message, span))
    if all(isinstance(outcome, Failed) for outcome in outcomes):
        raise failure or Failure("no alternative is possible")
    return choice(outcomes, condition, span, () if list(keys) == ["true", "false"] else tuple(keys))


def settle(node: Node) -> Node:
    """The value without the worlds in which it stops Terraform: those can not be applied."""
    if isinstance(node, (Scalar, Text, Unknown)):
        return node
    if isinstance(node, Choice):
        possible = {node.key(i): settle(o) for i, o in enumerate(node.options) if not isinstance(o, Failed)}
        if len(possible) == len(node.options):
            changed = any(a is not b for a, b in zip(possible.values(), node.options, strict=True))
            return same_cases(node, possible.values()) if changed else node
        return choice(possible.values(), node.condition, node.span, tuple(possible))
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


def assume_top(node: Node, condition: str, key: str) -> Node:
    """Decide one unknown expression on the outermost levels of a value."""
    while isinstance(node, Choice) and node.condition == condition:
        chosen = node.option(key)
        node = chosen if chosen is not None else Failed(condition, f"there is no value for {key}", node.span)
    return node


class Case(NamedTuple):
    """One way that an undecided value may turn out."""

    of: Choice
    place: int


def cases_of(node: Node) -> list[tuple[Node, list[Case]]]:
    """Every value that a node may have, with the cases in which it has it."""
    if not isinstance(node, Choice):
        return [(node, [])]
    return [
        (inner, [Case(node, index), *cases])
        for index, option in enumerate(node.options)
        for inner, cases in cases_of(option)
    ]


def only_in(node: Node, cases: Iterable[Case]) -> Node:
    """The value in these cases, null in all others."""
    absent = null(node.span)
    for of, index in reversed(list(cases)):
        options = (node if i == index else absent for i in range(len(of.options)))
        node = choice(options, of.condition, node.span, of.keys)
    return node


def each_option(function: Callable[[Node], Node], node: Node) -> Node:
    """`function` over the options of one value."""
    if not isinstance(node, Choice):
        return function(node)
    return lift(lambda args: function(args[0]), [node], node.span)
