"""The access graph as DOT, for Graphviz."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from nhilint.reports import graph_words
from nhilint.reports.escape import plain, visible

Row = Mapping[str, Any]

_SHAPES = {
    "identity": "box",
    "holder": "box",
    "workload": "component",
    "claims": "ellipse",
    "account": "ellipse",
    "principal": "ellipse",
    "outsider": "ellipse",
    "resource": "cylinder",
    "secret": "note",
    "group": "folder",
    "goal": "doubleoctagon",
}
_HEAD = """digraph nhilint {
  rankdir=LR;
  node [fontname="Helvetica", fontsize=11, style=filled, fillcolor="#f6f8fa", color="#57606a"];
  edge [fontname="Helvetica", fontsize=9, color="#57606a"];"""
_TIER0 = 'fillcolor="#ffe1e0", color="#b3261e", penwidth=2'


def render(value: Row) -> str:
    """`nhilint.graph/1` as DOT: all of it, however large; several edges of one kind between two nodes are one arrow."""
    short = graph_words.names(value["nodes"])
    lines = [_HEAD]
    lines += [f"  {short[node['key']]} [{_node(node)}];" for node in value["nodes"]]
    for edges in graph_words.merged(value["edges"]):
        first = edges[0]
        lines.append(f"  {short[first['source']]} -> {short[first['target']]} [{_edge(edges)}];")
    return "\n".join([*lines, "}"]) + "\n"


def _node(node: Row) -> str:
    name, below = graph_words.label(node)
    style = [f"shape={_SHAPES.get(node['kind'], 'box')}"]
    if node["tier0"]:
        style.append(_TIER0)
    elif node["kind"] == "holder" or node["external"]:
        style.append('style="filled,dashed"')
    return ", ".join([f'label="{_text(plain(name))}\\n{_text(below)}"', f'tooltip="{_text(node["key"])}"', *style])


def _edge(edges: Sequence[Row]) -> str:
    style = ", style=dashed" if edges[0]["may"] else ""
    tip = "\\n".join(_text(graph_words.reason(edge)) for edge in edges)
    return f'label="{_text(graph_words.arrow(edges))}", tooltip="{tip}"{style}'


def _text(text: object) -> str:
    """Inside quotes: a backslash begins an escape, and a quote would end the string."""
    return visible(text).replace("\\", "\\\\").replace('"', '\\"')
