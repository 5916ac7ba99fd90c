"""Ways through the access graph, and the graph itself, as rows: `nhilint.path/1` and `nhilint.graph/1`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from nhilint.engine.analysis import Analysis
from nhilint.engine.heads import Row, edge_row, path_row
from nhilint.engine.nodes import find_nodes, node_row
from nhilint.graph.access import AccessGraph
from nhilint.graph.edges import Edge, Node, Path
from nhilint.graph.holdings import can_edges, holds_edges, resource_node
from nhilint.graph.walks import Walks


def path(analysis: Analysis, start: str, end: str, *, limit: int = 1, depth: int | None = None) -> Row:
    """The shortest ways from one to the other (`nhilint.path/1`); `start` and `end` are words of `find_nodes`.

    `depth`: of at most so many steps.
    """
    starts, ends = find_nodes(analysis, start), find_nodes(analysis, end)
    known = analysis.graph.nodes
    found = _shortest(analysis.graph, [node.key for node in starts], [node.key for node in ends], limit, depth)
    passed = dict.fromkeys(key for way in found for step in way.steps for key in (step.source, step.target))
    return {
        "schema": "nhilint.path/1",
        "from": {"asked": start, "nodes": [node_row(node) for node in starts]},
        "to": {"asked": end, "nodes": [node_row(node) for node in ends]},
        "found": bool(found),
        "paths": [path_row(way) for way in found],
        "nodes": [node_row(known[key]) for key in passed],
        "unresolved": len(analysis.snapshot.unresolved),
        "truncated": analysis.graph.truncated or None,
    }


def _shortest(
    graph: AccessGraph, starts: Iterable[str], ends: Sequence[str], limit: int, depth: int | None
) -> list[Path]:
    """The best ways of all pairs: over certain edges first, then the shorter ones."""
    found: list[Path] = []
    for start in starts:
        reached = graph.reachable(start)
        for end in ends:
            if end in reached and end != start:
                found += graph.paths_between(start, end, limit, depth)
    found.sort(key=lambda way: (sum(not step.certain for step in way.steps), len(way.steps), way.start, way.end))
    return found[:limit]


def graph(
    analysis: Analysis,
    *,
    info: Mapping[str, Any],
    identities: Sequence[str] = (),
    depth: int | None = None,
    kinds: Sequence[str] = (),
    resources: bool = False,
) -> Row:
    """The access graph (`nhilint.graph/1`), or the part around some nodes: what leads to them and where they lead.

    `depth` is the number of steps from them. `kinds` are the kinds of edges that are followed and shown; none: all.
    `resources`: also what each identity may act on, which is a step like the others.
    """
    known: dict[str, Node] = dict(analysis.graph.nodes)
    edges = tuple(edge for edge in analysis.graph.edges if not kinds or edge.kind in kinds)
    if resources:
        edges += _acting(analysis, identities, depth, edges)
        for edge in edges:
            if edge.target not in known:
                known[edge.target] = resource_node(edge.target)
        for edge, node in holds_edges(analysis.snapshot, _near(analysis, identities, depth, edges)):
            edges += (edge,)
            known.setdefault(node.key, node)
        edges = tuple(sorted(edges, key=lambda e: (e.source, e.target, e.kind, e.why)))
    chosen: Mapping[str, Node] = dict(sorted(known.items()))
    if identities:
        starts = [node.key for name in identities for node in find_nodes(analysis, name)]
        walks = Walks(edges)
        around = walks.reach(starts, depth) | walks.sources(starts, depth)
        chosen = {key: node for key, node in chosen.items() if key in around}
        edges = _between(edges, walks, starts, depth)
    return {
        "schema": "nhilint.graph/1",
        "tree": dict(info),
        "around": list(identities),
        "depth": depth,
        "summary": {
            "nodes": len(chosen),
            "edges": len(edges),
            "tier0": sum(node.tier0 for node in chosen.values()),
            "unresolved": len(analysis.snapshot.unresolved),
        },
        "truncated": analysis.graph.truncated or None,
        "nodes": [node_row(node) for node in chosen.values()],
        "edges": [edge_row(edge) for edge in edges],
    }


def _near(analysis: Analysis, identities: Sequence[str], depth: int | None, edges: Sequence[Edge]) -> frozenset[str]:
    """The identities that are asked for: all of them, or those in the part around some nodes."""
    keys: frozenset[str] | None = None
    if identities:
        starts = [node.key for name in identities for node in find_nodes(analysis, name)]
        keys = Walks(edges).reach(starts, None if depth is None else depth - 1)
    return frozenset(key for key in analysis.snapshot.identities if keys is None or key in keys)


def _acting(
    analysis: Analysis, identities: Sequence[str], depth: int | None, edges: Sequence[Edge]
) -> tuple[Edge, ...]:
    """What the identities may act on, if only a part is asked for of those in it: each costs a proof."""
    own = _near(analysis, identities, depth, edges)
    known = {(edge.source, edge.target) for edge in edges}
    return tuple(e for e in can_edges(analysis.snapshot, analysis.dialects, own) if (e.source, e.target) not in known)


def _between(edges: Iterable[Edge], walks: Walks, starts: Sequence[str], depth: int | None) -> tuple[Edge, ...]:
    """The edges on the ways of at most `depth` steps that begin or end at one of the nodes."""
    left = None if depth is None else depth - 1
    ahead, behind = walks.reach(starts, left), walks.sources(starts, left)
    return tuple(edge for edge in edges if edge.source in ahead or edge.target in behind)
