"""Walking over collections that may be unknown in part; one element stands for all unknown ones."""

from __future__ import annotations

from dataclasses import dataclass

from nhilint.model.node import Encoded, Map, Node, Scalar, Sequence, Unknown
from nhilint.sources.terraform.convert import element_of, key_node
from nhilint.sources.terraform.typed import BlockMap, OpenMap, OpenSequence
from nhilint.sources.terraform.values import Failure, SetValue, is_null, pure_symbol, symbol


@dataclass(frozen=True, slots=True)
class Items:
    """The elements of a collection."""

    pairs: tuple[tuple[Node, Node], ...]
    """Key (index, or the element itself for sets) and value; the last one may stand for all unknown elements."""
    open: str = ""
    """Why there may be more or fewer elements; empty: these are all."""
    symbolic: bool = False
    """Whether the last pair stands for the unknown ones."""


def items_of(node: Node) -> Items:
    """The elements of a collection; raises `Failure` for anything else."""
    if isinstance(node, Sequence):
        if isinstance(node, SetValue):
            pairs = [(item, item) for item in node.items]
        else:
            pairs = [(Scalar(index, item.span), item) for index, item in enumerate(node.items)]
        if node.open and not node.represented and (not node.items or isinstance(node, (OpenSequence, SetValue))):
            one = element_of(node, f"{node.open}[*]")
            pairs.append((one if isinstance(node, SetValue) else symbol(f"index({node.open})", node.span), one))
        return Items(tuple(pairs), node.open, bool(node.open))
    if isinstance(node, Map):
        entries = [(key_node(key, node.span), node.entries[key]) for key in sorted(node.entries)]
        if node.open and (not entries or isinstance(node, (OpenMap, BlockMap))):
            entries.append((symbol(f"keys({node.open})[*]", node.span), element_of(node, f"{node.open}[*]")))
        return Items(tuple(entries), node.open, bool(node.open))
    name = node.expression if isinstance(node, Unknown) else pure_symbol(node)
    if name:
        return Items(((symbol(f"keys({name})[*]", node.span), symbol(f"{name}[*]", node.span)),), name, True)
    if is_null(node):
        raise Failure("null can not be walked over")
    if isinstance(node, Encoded):
        raise Failure("a string can not be walked over")
    raise Failure("a list, set or map is required")
