"""Nodes of the access graph: how they are found by what people call them, and as rows of the outputs."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

from nhilint.engine.analysis import Analysis
from nhilint.engine.entries import place
from nhilint.engine.heads import Row
from nhilint.engine.queries import QueryError, find_identity
from nhilint.graph.edges import Node

ANYBODY = "anybody"
_GOALS = ("administrator",)
"""Goals that are known whether or not somebody gets there."""


def find_nodes(analysis: Analysis, name: str) -> tuple[Node, ...]:
    """The nodes that a word of the user stands for, at least one where it is a word of ours.

    A key, a name or an ARN is one node. `anybody` is everybody without a credential, and a goal without its platform
    (`administrator`) that of each platform. QueryError when there is no such node, or more than one.
    """
    known = analysis.graph.nodes
    if name in known:
        return (known[name],)
    if name == ANYBODY:
        return tuple(node for node in known.values() if node.kind == "outsider")
    goals = tuple(node for node in known.values() if node.kind == "goal" and node.key.partition(":")[2] == name)
    if goals or name in _goals(analysis):
        return goals
    try:
        return (known[find_identity(analysis, name).key],)
    except QueryError as error:
        if not error.message.startswith("there is no identity"):
            raise
    others = [node for node in known.values() if node.kind not in ("identity", "holder", "goal")]
    called = [node for node in others if name in (node.name, node.name.rpartition("/")[2])]
    if not called:
        raise _unknown(name, known.values())
    if len(called) > 1:
        keys = ", ".join(f"`{node.key}`" for node in called[:5])
        raise QueryError(f"`{name}` names {len(called)} nodes", help=f"use one of the keys: {keys}")
    return (called[0],)


def _goals(analysis: Analysis) -> set[str]:
    """Those goals, with and without their platform."""
    found = set()
    for platform in analysis.dialects:
        found |= {f"{platform}:{goal}" for goal in _GOALS} | set(_GOALS)
    return found


def _unknown(name: str, known: Iterable[Node]) -> QueryError:
    words = dict.fromkeys([ANYBODY, *_GOALS])
    for node in known:
        words |= dict.fromkeys((node.key, node.name))
    near = get_close_matches(name, words, n=3)
    help = f"did you mean {', '.join(f'`{one}`' for one in near)}?" if near else "`nhilint graph` lists every node"
    return QueryError(f"there is no `{name}` in this tree", help=help)


def node_row(node: Node) -> Row:
    """Key, kind, name, platform, the kind within its kind, tier, whether it is defined outside the tree, and where."""
    return {
        "key": node.key,
        "kind": node.kind,
        "name": node.name,
        "platform": node.platform or None,
        "subkind": node.subkind or None,
        "tier0": node.tier0,
        "external": node.external,
        "location": place(node.span) if node.span is not None else None,
    }
