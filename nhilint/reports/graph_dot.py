"""The access graph as DOT, for Graphviz."""

from __future__ import annotations

from collections.abc import Mapping
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
    "goal": "doubleoctagon",
}
_HEAD = """digraph nhilint {
  rankdir=LR;
  node [fontname="Helvetica", fontsize=11, style=filled, fillcolor="#f6f8fa", color="#57606a"];
  edge [fontname="Helvetica", fontsize=9, color="#57606a"];"""
_TIER0 = 'fillcolor="#ffe1e0", color="#b3261e", penwidth=2'


def render(value: Row) -> str:
    """`nhilint.graph/1` as DOT: all of it, however large."""
    short = graph_words.names(value["nodes"])
    lines = [_HEAD]
    lines += [f"  {short[node['key']]} [{_node(node)}];" for node in value["nodes"]]
    lines += [f"  {short[edge['source']]} -> {short[edge['target']]} [{_edge(edge)}];" for edge in value["edges"]]
    return "\n".join([*lines, "}"]) + "\n"


def _node(node: Row) -> str:
    name, below = graph_words.label(node)
    style = [f"shape={_SHAPES.get(node['kind'], 'box')}"]
    if node["tier0"]:
        style.append(_TIER0)
    elif node["kind"] == "holder" or node["external"]:
        style.append('style="filled,dashed"')
    return ", ".join([f'label="{_text(plain(name))}\\n{_text(below)}"', f'tooltip="{_text(node["key"])}"', *style])


def _edge(edge: Row) -> str:
    style = [", style=dashed"] if edge["may"] else []
    label, tip = _text(graph_words.verb(edge)), _text(graph_words.reason(edge))
    return f'label="{label}", tooltip="{tip}"' + "".join(style)


def _text(text: object) -> str:
    """Inside quotes: a backslash begins an escape, and a quote would end the string."""
    return visible(text).replace("\\", "\\\\").replace('"', '\\"')
