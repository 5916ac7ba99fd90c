"""Values as documents carry them: the model's own nodes, complete; knows no syntax and no scope."""

from __future__ import annotations

from nhilint.model.node import Choice, Encoded, Map, Node, Scalar, Sequence, Text, Unknown
from nhilint.sources.terraform.convert import BlockSequence
from nhilint.sources.terraform.iterate import items_of


def publish(node: Node) -> Node:
    """The value without what only the evaluator needs: sets are lists, lazy objects are complete.

    What of a list is not known becomes an element of symbols. Nested blocks of which more may follow stay open: their
    content is not that of the ones that are there.
    """
    if isinstance(node, (Scalar, Text, Unknown)):
        return node
    if isinstance(node, BlockSequence) or (isinstance(node, Sequence) and not node.open):
        return Sequence(tuple(map(publish, node.items)), node.span, node.open)
    if isinstance(node, Sequence):
        items = tuple(publish(item) for _, item in items_of(node).pairs)
        return Sequence(items, node.span, node.open, represented=True)
    if isinstance(node, Map):
        return Map({key: publish(node.entries[key]) for key in node.entries}, node.span, node.open)
    if isinstance(node, Encoded):
        return Encoded(publish(node.node), node.span, node.format)
    return Choice(tuple(map(publish, node.options)), node.condition, node.span, node.keys)
