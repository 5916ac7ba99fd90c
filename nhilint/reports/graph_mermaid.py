"""The access graph as a Mermaid flowchart, as GitHub and GitLab draw it in Markdown; cut where they would refuse it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from nhilint.reports import graph_words
from nhilint.reports.escape import plain

Row = Mapping[str, Any]

_MOST_EDGES = 400
_MOST_LETTERS = 45_000
"""Mermaid refuses more than 500 edges and 50,000 letters: https://mermaid.js.org/config/schema-docs/config.html"""
_SAFE = re.compile(r"[^0-9A-Za-z _./,:@=+$*–…-]", re.ASCII)
_DIRECTION = re.compile(r"d(?=irection\b)", re.IGNORECASE)
"""Mermaid takes a line for the direction of a subgraph wherever the word stands in it, also in quotes."""
_SHAPES = {
    "workload": ("[[", "]]"),
    "claims": ("([", "])"),
    "account": ("([", "])"),
    "principal": ("([", "])"),
    "outsider": ("([", "])"),
    "resource": ("[(", ")]"),
    "secret": ("[(", ")]"),
    "group": ("[/", "/]"),
    "goal": ("{{", "}}"),
}
_STYLES = """  classDef tier0 fill:#ffe1e0,stroke:#b3261e,stroke-width:2px,color:#1f2328
  classDef outside fill:#f6f8fa,stroke:#57606a,stroke-dasharray:4,color:#1f2328"""


def render(value: Row) -> str:
    """`nhilint.graph/1` as a flowchart. Of a large graph the arrows nearest to a goal are drawn, and that is said."""
    short = graph_words.names(value["nodes"])
    arrows = graph_words.merged(value["edges"])
    lines = {at: _line(edges, short) for at, edges in enumerate(arrows)}
    nodes = {node["key"]: _node(node, short) for node in value["nodes"]}
    chosen = _fitting(value, arrows, lines, nodes)
    ends = {arrows[at][0][side] for at in chosen for side in ("source", "target")}
    cut = len(chosen) < len(arrows)
    # Where nothing is cut, a node without an edge is shown as well, unless they alone are too many.
    alone = [] if cut or len(nodes) > _MOST_EDGES else [key for key in nodes if key not in ends]
    drawn = [node for node in value["nodes"] if node["key"] in ends or node["key"] in alone]
    text = ["flowchart LR", *(nodes[node["key"]] for node in drawn), *(lines[at] for at in sorted(chosen)), _STYLES]
    text += _classes(drawn, short)
    left = len(nodes) - len(drawn)
    if cut or left:
        words = f"{len(arrows) - len(chosen)} more arrows and {left} more nodes are not drawn"
        text.append(f'  rest["{words}"]')
    return "\n".join(text) + "\n"


def _fitting(
    value: Row, arrows: Sequence[Sequence[Row]], lines: Mapping[int, str], nodes: Mapping[str, str]
) -> frozenset[int]:
    """The arrows that are drawn, by their place."""
    away = graph_words.nearest_goals(value)
    order = sorted(lines, key=lambda at: (away.get(arrows[at][0]["target"], len(nodes)), at))
    chosen: set[int] = set()
    ends: set[str] = set()
    letters = 0
    for at in order[:_MOST_EDGES]:
        edge = arrows[at][0]
        fresh = {edge["source"], edge["target"]} - ends
        letters += len(lines[at]) + sum(len(nodes[key]) + 16 for key in fresh)
        if letters > _MOST_LETTERS:
            break
        chosen.add(at)
        ends |= fresh
    return frozenset(chosen)


def _node(node: Row, short: Mapping[str, str]) -> str:
    name, below = graph_words.label(node)
    opened, closed = _SHAPES.get(node["kind"], ("[", "]"))
    return f'  {short[node["key"]]}{opened}"{_text(name)}<br/>{_text(below)}"{closed}'


def _line(edges: Sequence[Row], short: Mapping[str, str]) -> str:
    edge = edges[0]
    arrow = "-.->" if edge["may"] else "-->"
    return f'  {short[edge["source"]]} {arrow}|"{_text(graph_words.arrow(edges))}"| {short[edge["target"]]}'


def _classes(nodes: Sequence[Row], short: Mapping[str, str]) -> list[str]:
    groups = (
        ("tier0", [node for node in nodes if node["tier0"]]),
        ("outside", [node for node in nodes if not node["tier0"] and (node["external"] or node["kind"] == "holder")]),
    )
    return [f"  class {','.join(short[node['key']] for node in members)} {name}" for name, members in groups if members]


def _text(text: str) -> str:
    """Inside quotes: whatever could end the label, be HTML, Markdown or a link, is written as its number."""
    shown = _SAFE.sub(lambda found: f"#{ord(found[0])};", plain(text))
    return _DIRECTION.sub(lambda found: f"#{ord(found[0])};", shown)
