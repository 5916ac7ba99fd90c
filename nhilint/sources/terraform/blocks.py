"""The body of a block as a map: attributes, nested blocks as lists of maps, `dynamic` blocks expanded."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nhilint.model.node import Choice, Map, Node, Sequence
from nhilint.sources.terraform.convert import BlockMap, BlockSequence
from nhilint.sources.terraform.evaluate import attempt, source_text
from nhilint.sources.terraform.iterate import items_of
from nhilint.sources.terraform.values import Failure, describe, is_null, null
from nhilint.sources.terraform.worlds import Case, cases_of, choice, only_in, settle

if TYPE_CHECKING:
    from nhilint.model.span import Span
    from nhilint.sources.terraform.scope import Scope
    from nhilint.sources.terraform.syntax import Block, Body, Expression

META_ATTRIBUTES = frozenset({"count", "for_each", "provider", "depends_on"})
META_BLOCKS = frozenset({"lifecycle", "provisioner", "connection"})
MAX_BLOCKS = 5_000
_GRANTING = frozenset({"statement"})
"""Block types whose elements grant something."""


def evaluate_body(body: Body, span: Span, scope: Scope, *, top: bool = False, address: str = "") -> Map:
    """Everything in a body; with `top`, what Terraform itself interprets is left out."""
    entries: dict[str, Node] = {}
    scope.module.program.spend_quietly(len(body.blocks) * 2)
    for name, attribute in body.attributes.items():
        if not (top and name in META_ATTRIBUTES):
            entries[name] = attempt(attribute.expr, scope)
    for name in nested_types(body, top=top):
        entries[name] = evaluate_blocks(body, name, span, scope, address)
    return BlockMap(entries, span, "", address)


def nested_types(body: Body, *, top: bool = False) -> tuple[str, ...]:
    """The types of the nested blocks in order, dynamic ones included."""
    names = (_type_of(block) for block in body.blocks)
    return tuple(dict.fromkeys(name for name in names if not (top and name in META_BLOCKS)))


def _type_of(block: Block) -> str:
    return block.labels[0] if block.type == "dynamic" and block.labels else block.type


def evaluate_blocks(body: Body, name: str, span: Span, scope: Scope, address: str = "") -> Sequence:
    """The nested blocks of one type, as a list; `address` is that of the object they stand in."""
    items: list[Node] = []
    opened: list[str] = []
    for block in body.blocks:
        if _type_of(block) != name:
            continue
        if block.type == "dynamic":
            _dynamic(block, scope, items, opened, address)
        else:
            inner = f"{address}.{name}[{len(items)}]" if address else ""
            items.append(evaluate_body(block.body, scope.file.span(block.start, block.end), scope, address=inner))
        if len(items) > MAX_BLOCKS or scope.module.program.exhausted():
            opened.append(f"more than {MAX_BLOCKS} blocks")
            break
    return BlockSequence(tuple(items), span, ", ".join(dict.fromkeys(opened)))


def _dynamic(block: Block, scope: Scope, items: list[Node], opened: list[str], address: str) -> None:
    each = block.body.attributes.get("for_each")
    content = next((inner for inner in block.body.blocks if inner.type == "content"), None)
    if each is None or content is None:
        opened.append(f'dynamic "{_type_of(block)}"')
        return
    iterator = _type_of(block)
    named = block.body.attributes.get("iterator")
    if named is not None and named.expr[0] in ("name", "str"):
        iterator = named.expr[3]
    span = scope.file.span(content.start, content.end)

    def run(collection: Node, wrap: list[Case]) -> None:
        if is_null(collection):
            return
        try:
            found = items_of(collection)
        except Failure:
            opened.append(source_text(each.expr, scope))
            return
        if found.open and not found.symbolic:
            opened.append(found.open)
        for position, (key, value) in enumerate(found.pairs[: MAX_BLOCKS + 1]):
            conditions = list(wrap)
            if isinstance(value, Choice) and any(map(is_null, value.options)):
                present = next((i for i, o in enumerate(value.options) if not is_null(o)), 0)
                conditions.append(Case(value, present))
                value = value.options[present]
            if scope.module.program.exhausted():
                opened.append(source_text(each.expr, scope))
                return
            inner = scope.bind({iterator: Map({"key": key, "value": value}, span)})
            place = f"{address}.{_type_of(block)}[{len(items)}]" if address else ""
            made: Node = evaluate_body(content.body, span, inner, address=place)
            if found.symbolic and position == len(found.pairs) - 1 and found.open not in describe(made, 1 << 16):
                # It is the same for every element: it is there when there is one at all.
                made = choice((made, null(span)), f"length({found.open}) > 0", span)
            items.append(only_in(made, conditions))

    before = len(items)
    for collection, cases in cases_of(settle(attempt(each.expr, scope))):
        run(collection, cases)
    if len(items) == before and not opened and iterator in _GRANTING:
        _run_opened(each.expr, scope, opened)


def _run_opened(expr: Expression, scope: Scope, opened: list[str]) -> None:
    """What a default leaves out of a policy may be there all the same: said, not guessed."""
    possible = settle(attempt(expr, scope.opened()))
    try:
        found = items_of(possible)
    except Failure:
        return
    if found.open or found.pairs:
        opened.append(source_text(expr, scope))
