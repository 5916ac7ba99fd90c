"""Terraform's operators, conditionals, indexing and splats over values that may be unknown; knows no scope."""

from __future__ import annotations

import json
from operator import ge, gt, le, lt
from typing import TYPE_CHECKING

from nhilint.algebra.values import SYMBOL_OPEN, display
from nhilint.model.node import ANOTHER, Choice, Encoded, Map, Node, Scalar, Sequence, Symbol, Text, Unknown
from nhilint.sources.terraform.arithmetic import negated, operate, order
from nhilint.sources.terraform.convert import (
    BlockMap,
    BlockSequence,
    OpenMap,
    OpenSequence,
    convert,
    element_of,
    index_number,
    key_node,
    key_text,
    to_bool,
    to_number,
    truth,
)
from nhilint.sources.terraform.typed import type_of
from nhilint.sources.terraform.unify import unify
from nhilint.sources.terraform.values import (
    Failure,
    SetValue,
    describe,
    encoded_text,
    is_null,
    known,
    pure_symbol,
    same,
    symbol,
)
from nhilint.sources.terraform.worlds import choice, each_option, lift

if TYPE_CHECKING:
    from nhilint.model.span import Span

COMPARISONS = {"<": lt, ">": gt, "<=": le, ">=": ge}
MAX_PICK = 16
"""An element chosen by an unknown key out of more than this many is unknown."""


def binary(operator: str, left: Node, right: Node, span: Span) -> Node:
    """`left operator right`."""
    return lift(lambda args: _binary(operator, args[0], args[1], span), [left, right], span)


def _binary(operator: str, left: Node, right: Node, span: Span) -> Node:
    if operator in ("==", "!="):
        outcome = equal(left, right)
        if outcome is not None:
            return Scalar(outcome == (operator == "=="), span)
    elif operator in ("&&", "||"):
        return _logic(operator, left, right, span)
    else:
        a, b = to_number(left), to_number(right)
        if isinstance(a, Scalar) and isinstance(b, Scalar):
            return _arithmetic(operator, a, b, span)
    return unknown_operation(operator, left, right, span)


def unknown_operation(operator: str, left: Node, right: Node, span: Span) -> Unknown:
    """The outcome of an operator on something unknown, named by its operands."""
    name = f"({describe(left)} {operator} {describe(right)})"
    return Unknown(name, "an operand is not known before apply", span)


def _logic(operator: str, left: Node, right: Node, span: Span) -> Node:
    decisive = operator == "||"
    a, b = truth(left), truth(right)
    if a is decisive or b is decisive:
        return Scalar(decisive, span)
    if a is not None and b is not None:
        return Scalar(not decisive, span)
    if a is not None:
        return to_bool(right)
    if b is not None or same(left, right):
        return to_bool(left)
    return unknown_operation(operator, left, right, span)


def _arithmetic(operator: str, left: Scalar, right: Scalar, span: Span) -> Scalar:
    a, b = left.value, right.value
    if not isinstance(a, (int, float)) or not isinstance(b, (int, float)):
        raise Failure(f"`{operator}` needs numbers, not null")
    try:
        if operator in COMPARISONS:
            return Scalar(COMPARISONS[operator](order(a), order(b)), span)
        if operator in ("+", "-", "*", "/", "%"):
            return Scalar(operate(operator, a, b), span)
    except ZeroDivisionError:
        raise Failure("division of zero by zero") from None
    except (ValueError, OverflowError):
        raise Failure("the number is too large") from None
    raise Failure(f"there is no operator `{operator}`")


def equal(left: Node, right: Node) -> bool | None:
    """Whether two values are equal; None when that is unknown."""
    if isinstance(left, Unknown) or isinstance(right, Unknown):
        return None if not same(left, right) else True
    if isinstance(left, Encoded):
        left = encoded_text(left) if not is_null(right) else left
    if isinstance(right, Encoded):
        right = encoded_text(right) if not is_null(left) else right
    if (is_null(left) or is_null(right)) and known(left) and known(right):
        return is_null(left) and is_null(right)
    if isinstance(left, Scalar) and isinstance(right, Scalar):
        if isinstance(left.value, bool) != isinstance(right.value, bool):
            return False
        return left.value == right.value
    if isinstance(left, Text) or isinstance(right, Text):
        return _equal_text(left, right)
    if type(left) is not type(right) and (isinstance(left, Scalar) or isinstance(right, Scalar)):
        return False
    if known(left) and known(right):
        return same(left, right) and type_of(left) == type_of(right)
    if _never_equal(left, right):
        return False
    if isinstance(left, Sequence) and isinstance(right, Sequence) and not left.open and not right.open:
        if len(left.items) != len(right.items):
            return False
        outcomes = [equal(a, b) for a, b in zip(left.items, right.items, strict=True)]
        return False if False in outcomes else None if None in outcomes else True
    return None


def _never_equal(left: Node, right: Node) -> bool:
    """Whether the types alone tell two collections apart, whatever their elements are."""
    if isinstance(left, Map) and isinstance(right, Map):
        # Two objects have the same type only with the same attributes; a key that is known in part may be any.
        plain = not left.open and not right.open and type(left) is type(right) is Map
        if not plain or not isinstance(left.entries, dict) or not isinstance(right.entries, dict):
            return False
        return left.entries.keys() != right.entries.keys() and SYMBOL_OPEN not in "".join(
            [*left.entries, *right.entries]
        )
    return (isinstance(left, Map) and isinstance(right, Sequence)) or (
        isinstance(left, Sequence) and isinstance(right, Map)
    )


def _equal_text(left: Node, right: Node) -> bool | None:
    if same(left, right):
        return True
    if isinstance(right, Text) and not isinstance(left, Text):
        left, right = right, left
    if isinstance(left, Text) and isinstance(right, Scalar):
        if right.value is None:
            return None if pure_symbol(left) else False
        if not isinstance(right.value, str):
            return None
        head, tail = left.parts[0], left.parts[-1]
        if isinstance(head, str) and not right.value.startswith(head):
            return False
        if isinstance(tail, str) and not right.value.endswith(tail):
            return False
    return None


def agreed(value: Node, beside: Node) -> Node:
    """The value in the one type that it and the other branch of a conditional have; raises `Failure` without one."""
    if isinstance(beside, Choice):
        beside = beside.options[0]
    own, other = type_of(value), type_of(beside)
    if own == other or other.kind == "any":
        return value
    if own.kind == "any":
        return convert(value, other) if is_null(value) else value
    common = unify([own, other])
    if common is not None:
        return convert(value, common)
    raise Failure("the branches have no type in common")


def unary(operator: str, value: Node, span: Span) -> Node:
    """`!x` and `-x`."""
    return each_option(lambda option: _unary(operator, option, span), value)


def _unary(operator: str, value: Node, span: Span) -> Node:
    if operator == "!":
        outcome = truth(value)
        if outcome is not None:
            return Scalar(not outcome, span)
        name = describe(value)
        return Unknown(name[1:] if name.startswith("!") else f"!{name}", "not known before apply", span)
    number = to_number(value)
    if isinstance(number, Scalar):
        if not isinstance(number.value, (int, float)):
            raise Failure("`-` needs a number, not null")
        return Scalar(negated(number.value), span)
    return Unknown(f"-{describe(value)}", "not known before apply", span)


def decide(condition: Node) -> tuple[str, bool]:
    """The canonical name of an unknown condition, and whether it is to be negated."""
    name = describe(condition)
    negated = False
    while name.startswith("!"):
        name, negated = name[1:], not negated
    return bare(name), negated


def bare(name: str) -> str:
    """A name without its outermost parentheses."""
    if not (name.startswith("(") and name.endswith(")")):
        return name
    depth = 0
    for index, letter in enumerate(name):
        depth += (letter == "(") - (letter == ")")
        if depth == 0 and index < len(name) - 1:
            return name
    return name[1:-1]


def attribute(value: Node, name: str, span: Span) -> Node:
    """`value.name`."""
    if isinstance(value, Map):
        found = value.entries.get(name)
        if found is not None:
            return found
        if value.open:
            return element_of(value, f"{value.open}.{name}")
        if isinstance(value, BlockMap) and value.address:
            return symbol(f"{value.address}.{name}", span)
        raise Failure(f"there is no attribute `{name}`")
    if isinstance(value, Choice):
        return each_option(lambda option: attribute(option, name, span), value)
    if isinstance(value, Unknown):
        return Unknown(f"{value.expression}.{name}", value.reason, span)
    if pure_symbol(value):
        return symbol(f"{pure_symbol(value)}.{name}", span)
    if isinstance(value, Sequence) and name.isdigit():
        return index(value, Scalar(int(name), span), span)
    if isinstance(value, BlockSequence) and len(value.items) == 1:
        return attribute(value.items[0], name, span)
    raise Failure(f"there is no attribute `{name}` on {kind_of(value)}")


def kind_of(value: Node) -> str:
    """The kind of a value, for messages."""
    if isinstance(value, Sequence):
        return "a list"
    if isinstance(value, Scalar):
        return "null" if value.value is None else "a primitive value"
    return "a string"


def index(value: Node, key: Node, span: Span) -> Node:
    """`value[key]`."""
    return lift(lambda args: _index(args[0], args[1], span), [value, key], span)


def _index(value: Node, key: Node, span: Span) -> Node:
    if isinstance(value, Unknown):
        return Unknown(f"{value.expression}[{describe(key)}]", value.reason, span)
    name = pure_symbol(value)
    if name:
        return symbol(f"{name}{subscript(key)}", span)
    if isinstance(value, Map):
        return _index_map(value, key, span)
    if isinstance(value, SetValue):
        raise Failure("the elements of a set have no index")
    if not isinstance(value, Sequence):
        raise Failure(f"{kind_of(value)} has no elements")
    if not isinstance(key, Scalar):
        return _pick(value, {str(number): item for number, item in enumerate(value.items)}, key, span)
    number = index_number(key)
    if number is None:
        raise Failure("a list is indexed by whole numbers")
    if 0 <= number < len(value.items):
        return value.items[number]
    if value.open and number >= 0:
        return element_of(value, f"{value.open}[{number}]")
    raise Failure(f"the list has no element {number}")


def _index_map(value: Map, key: Node, span: Span) -> Node:
    found = value.entries.get(key_text(key))
    if found is not None:
        return found
    if isinstance(key, Scalar):
        if value.open:
            return element_of(value, f"{value.open}{subscript(key)}")
        raise Failure(f"the map has no element `{key.value}`")
    options = _possible(value, key)
    if value.entries and not value.open and not options:
        raise Failure(f"the map has no element `{describe(key)}`")
    return _pick(value, {_quoted(name): item for name, item in options.items()}, key, span)


def _quoted(key: str) -> str:
    return json.dumps(display(key), ensure_ascii=False)


def look_up(value: Map, key: Node, otherwise: Node, span: Span) -> Node:
    """The element of a map with all its keys known, or another value where an unknown key is none of them."""
    options = {_quoted(name): item for name, item in _possible(value, key).items()}
    return _pick(value, {**options, ANOTHER: otherwise}, key, span)


def _possible(value: Map, key: Node) -> dict[str, Node]:
    """The entries that a key known in part may name."""
    return {n: item for n, item in value.entries.items() if equal(key, key_node(n, key.span)) is not False}


def _pick(value: Map | Sequence, options: dict[str, Node], key: Node, span: Span) -> Node:
    stands_for_all = isinstance(value, (OpenMap, OpenSequence)) and value.witness is not None
    of_unknown = isinstance(key, Text) and any(isinstance(p, Symbol) and p.name.endswith("[*]") for p in key.parts)
    if value.open and (not options or (stands_for_all and of_unknown)):
        return element_of(value, f"{value.open}{subscript(key)}")
    if value.open or not 0 < len(options) <= MAX_PICK:
        return Unknown(f"{describe(value)}[{describe(key)}]", f"the key `{describe(key)}` is not known", span)
    return choice(options.values(), describe(key), span, tuple(options))


def subscript(key: Node) -> str:
    """How a key is written behind a name."""
    if isinstance(key, Scalar) and isinstance(key.value, str) and key.value.isidentifier():
        return f".{key.value}"
    return f"[{describe(key)}]"
