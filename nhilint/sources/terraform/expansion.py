"""`count` and `for_each`: how many instances a resource or module call has, in which worlds, and their keys."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from nhilint.algebra.values import SYMBOL_OPEN, display
from nhilint.model.node import Choice, Map, Node, Scalar, Sequence, Unknown, decided
from nhilint.model.span import Span
from nhilint.sources.terraform.convert import OpenMap, OpenSequence, index_number, key_text, to_number
from nhilint.sources.terraform.evaluate import attempt, span_of
from nhilint.sources.terraform.iterate import items_of
from nhilint.sources.terraform.scope import Scope
from nhilint.sources.terraform.values import Failure, describe, is_null, symbol
from nhilint.sources.terraform.worlds import assume, same_cases, settle

if TYPE_CHECKING:
    from nhilint.sources.terraform.configuration import Declaration
    from nhilint.sources.terraform.syntax import Expression as Expr

MAX_INSTANCES = 5_000
"""Most instances that one `count` or `for_each` yields."""
SYMBOLIC = "*"
"""Key of the one instance that stands for unknown many."""


@dataclass(slots=True)
class Slot:
    """One instance to be."""

    key: str
    """Index or key, `SYMBOLIC`, or empty for a resource without `count` and `for_each`."""
    suffix: str
    """What the address ends in."""
    each: tuple[Node, Node] | None = None
    index: Node | None = None
    multiple: str = ""
    worlds: list[dict[str, str]] = field(default_factory=list)
    """The decisions (unknown expression to its value) of every world in which it exists."""
    extra: dict[str, str] = field(default_factory=dict)
    """The decision that the element itself hangs on."""

    def decisions(self) -> dict[str, str]:
        """What is decided in every world in which the instance exists."""
        if not self.worlds:
            return {}
        first, *rest = self.worlds
        return {name: key for name, key in first.items() if all(w.get(name) == key for w in rest)}


@dataclass(slots=True)
class Expansion:
    """The instances of one block, and what makes a container of them."""

    slots: dict[str, Slot]
    build: Callable[[dict[str, Node]], Node]
    """From the instances' values to what a reference to the block gives."""
    total: int = 1
    """How many worlds there are."""
    opened: bool = False
    """Whether it is empty by default, and only a value from outside makes instances."""

    def may(self, slot: Slot) -> tuple[str, ...]:
        """Why the instance may not exist."""
        if len(slot.worlds) >= self.total and not slot.extra:
            return (slot.multiple,) if self.opened and slot.multiple else ()
        certain = slot.decisions()
        if not certain:
            return tuple(sorted({name for world in slot.worlds for name in world}))
        return tuple(decided(name, key) for name, key in sorted(certain.items()))


def expand(declaration: Declaration, scope: Scope, address: str, span: Span) -> Expansion:
    """The instances of a block; raises `Failure` when there are too many."""
    count, each = declaration.attribute("count"), declaration.attribute("for_each")
    if count is not None:
        value, opened = _how_many(count.expr, scope)
        return replace(_expand(value, address, span_of(count.expr, scope), _count_slots, _count_value), opened=opened)
    if each is not None:
        value, opened = _how_many(each.expr, scope)
        return replace(_expand(value, address, span_of(each.expr, scope), _each_slots, _each_value), opened=opened)
    return Expansion({"": Slot("", "")}, lambda values: values[""])


def _how_many(expr: Expr, scope: Scope) -> tuple[Node, bool]:
    """The value of `count` or `for_each`, and whether variables were opened for it.

    A default that switches a block off is no proof that it is off: the real value of a root's variable is often set
    outside the tree. So a value that is surely empty is asked for once more with such variables open: if it may be
    something then, the block may exist, under that condition.
    """
    module = scope.module
    value = settle(assume(attempt(expr, scope), module.decisions))
    if not _surely_empty(value):
        return value, False
    opened = settle(assume(attempt(expr, Scope(module.opened(), scope.file)), module.decisions))
    return (value, False) if _surely_empty(opened) else (opened, True)


def _surely_empty(node: Node) -> bool:
    match node:
        case Choice():
            return all(map(_surely_empty, node.options))
        case Scalar():
            return not node.value or node.value == "0"
        case Sequence() | Map():
            return not node.open and not items_of(node).pairs
        case _:
            return False


def _leaves(node: Node, decisions: dict[str, str]) -> list[tuple[dict[str, str], Node]]:
    if not isinstance(node, Choice):
        return [(decisions, node)]
    found: list[tuple[dict[str, str], Node]] = []
    for index, option in enumerate(node.options):
        key = node.key(index)
        if decisions.get(node.condition, key) == key:
            found += _leaves(option, {**decisions, node.condition: key})
    return found


SlotsOf = Callable[[Node, str, Span], list[Slot]]
ValueOf = Callable[[Node, list[Slot], dict[str, Node], str, Span], Node]


def _expand(value: Node, address: str, span: Span, slots_of: SlotsOf, value_of: ValueOf) -> Expansion:
    leaves = _leaves(value, {})
    slots: dict[str, Slot] = {}
    for decisions, leaf in leaves:
        for slot in slots_of(leaf, address, span):
            slots.setdefault(slot.key, slot).worlds.append({**decisions, **slot.extra})
        if len(slots) > MAX_INSTANCES:
            raise Failure(f"it has more than {MAX_INSTANCES} instances")

    def build(values: dict[str, Node]) -> Node:
        def rebuild(node: Node) -> Node:
            if isinstance(node, Choice):
                return same_cases(node, map(rebuild, node.options))
            return value_of(node, slots_of(node, address, span), values, address, span)

        return rebuild(value)

    return Expansion(slots, build, len(leaves))


def _count_slots(node: Node, address: str, span: Span) -> list[Slot]:
    if isinstance(node, Scalar) and isinstance(node.value, bool):
        node = Scalar(int(node.value), node.span)  # Terraform 0.11 took `true` for one
    number = index_number(to_number(node)) if isinstance(node, Scalar) and node.value is not None else None
    if number is not None:
        if number > MAX_INSTANCES:
            raise Failure(f"it has more than {MAX_INSTANCES} instances")
        return [Slot(str(i), f"[{i}]", index=Scalar(i, span)) for i in range(number)]
    if is_null(node):
        raise Failure("`count` is null")
    return [Slot(SYMBOLIC, "", index=symbol(f"{address}.count.index", span), multiple=describe(node))]


def _count_value(node: Node, slots: list[Slot], values: dict[str, Node], address: str, span: Span) -> Node:
    items = tuple(values[slot.key] for slot in slots)
    if slots and slots[0].key == SYMBOLIC:
        return OpenSequence((), span, address, witness=items[0])
    return Sequence(items, span)


def _each_slots(node: Node, address: str, span: Span) -> list[Slot]:
    if isinstance(node, Scalar):
        raise Failure("`for_each` needs a map or a set")
    found = items_of(node)
    if len(found.pairs) > MAX_INSTANCES:
        raise Failure(f"it has more than {MAX_INSTANCES} instances")
    slots: list[Slot] = []
    for position, (key, value) in enumerate(found.pairs):
        last = found.symbolic and position == len(found.pairs) - 1
        unknown_key = SYMBOL_OPEN in (name := _key(key, value, node))
        whole = last and (unknown_key or isinstance(node, Unknown))
        slot = Slot(
            SYMBOLIC if whole else name,
            "" if whole else f'["{display(name)}"]',
            each=(value if not isinstance(node, Map) and isinstance(node, Sequence) else key, value),
            multiple=found.open if whole else "",
        )
        if isinstance(value, Choice) and any(is_null(option) for option in value.options):
            present = next((i for i, o in enumerate(value.options) if not is_null(o)), 0)
            slot.each = (key if isinstance(node, Map) else value.options[present], value.options[present])
            slot.extra = {value.condition: value.key(present)}
        slots.append(slot)
    return slots


def _key(key: Node, value: Node, node: Node) -> str:
    if isinstance(node, Sequence):
        if isinstance(value, Choice):
            value = next((option for option in value.options if not is_null(option)), value)
        return key_text(value)
    return key_text(key)


def _each_value(node: Node, slots: list[Slot], values: dict[str, Node], address: str, span: Span) -> Node:
    entries = {slot.key: values[slot.key] for slot in slots if slot.key != SYMBOLIC}
    witness = next((values[slot.key] for slot in slots if slot.key == SYMBOLIC), None)
    if witness is not None:
        return OpenMap(entries, span, address, witness=witness)
    return Map(entries, span)
