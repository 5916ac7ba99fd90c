"""Graphs as the outputs have them, for the tests of their pictures: an honest one and one with hostile names."""

from __future__ import annotations

from typing import Any

from nhilint.algebra.values import Request
from nhilint.engine.heads import edge_row
from nhilint.engine.nodes import node_row
from nhilint.graph.edges import Edge, Node
from nhilint.model.facts import Via
from nhilint.model.span import Span

HOSTILE = (
    'a"]; n0 --> n1',
    "line\nbreak\r\ttab",
    "<script>alert(1)</script><img src=x onerror=y>",
    "--> |x| ]] }} )) ~~~ %% comment",
    "back\\slash\\",
    "`code` **bold** [link](javascript:x) #quot; #35; &amp; &lt;",
    "\u202ereversed \u200bzero \x00nul \x1b[31mred \ufffe \uffff",
    'click n0 href "http://x"',
    "end",
    "]]></data></node><!-- x -->",
    "${var.name} → ünïcode 字",
    "subgraph x; direction LR; end",
    "Direction  TB accTitle: x accDescr { y }",
)
_VIA = (Via(grant="g", span=Span('a "b"/<c>.tf', 3)),)


def graph(nodes: list[Node], edges: list[Edge]) -> dict[str, Any]:
    return {
        "schema": "nhilint.graph/1",
        "tree": {"label": "x", "kind": "folder"},
        "around": [],
        "depth": None,
        "summary": {"nodes": len(nodes), "edges": len(edges), "tier0": 0, "unresolved": 0},
        "truncated": None,
        "nodes": [node_row(node) for node in nodes],
        "edges": [edge_row(edge) for edge in edges],
    }


def hostile() -> dict[str, Any]:
    """One node and one edge for each hostile text, in a circle, and one of every kind."""
    nodes = [
        Node(key=f"aws:role/{text}", kind="identity", name=text, platform="aws", subkind="iam_role", tier0=not at % 3)
        for at, text in enumerate(HOSTILE)
    ]
    kinds = ("holder", "workload", "claims", "account", "principal", "outsider", "resource", "secret", "goal")
    nodes += [Node(key=f"{kind}:{HOSTILE[0]}", kind=kind, name=HOSTILE[0], external=True) for kind in kinds]
    edges = [
        Edge(
            source=here.key,
            target=there.key,
            kind="escalates" if here.key.startswith("aws:") else "may-become",
            why=there.name,
            via=_VIA,
            technique="x-1" if here.key.startswith("aws:") else "",
            claims=(("sub", there.name),),
            witness=(Request(action="iam:passrole", point=(there.name,)),) if here.key.startswith("aws:") else (),
            may=(there.name,) if at % 2 else (),
        )
        for at, (here, there) in enumerate(zip(nodes, [*nodes[1:], nodes[0]], strict=True))
    ]
    return graph(nodes, edges)


def large(nodes: int, out: int) -> dict[str, Any]:
    """A long chain of groups that ends in the administrator, written from its far end."""
    goal = Node(key="aws:administrator", kind="goal", name="administrator", platform="aws", tier0=True)
    chain = [
        Node(key=f"aws:role/r{at:05}", kind="identity", name=f"r{at:05}", platform="aws", subkind="iam_role")
        for at in range(nodes)
    ]
    steps = [
        Edge(source=chain[at].key, target=chain[min(at + step, nodes - 1)].key, kind="may-become", why=f"step {step}")
        for at in range(nodes - 1)
        for step in range(1, out + 1)
    ]
    last = Edge(source=chain[-1].key, target=goal.key, kind="holds", why="may do everything")
    return graph([*chain, goal], [*steps, last])
