"""The access graph as GraphML, for Gephi, yEd, networkx and others."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from xml.sax.saxutils import escape

from nhilint.reports import graph_words
from nhilint.reports.escape import visible

Row = Mapping[str, Any]

_NODE = (
    ("key", "string"), ("label", "string"), ("kind", "string"), ("platform", "string"), ("subkind", "string"),
    ("tier0", "boolean"), ("external", "boolean"), ("path", "string"), ("line", "int"),
)  # fmt: skip
_EDGE = (
    ("kind", "string"), ("label", "string"), ("why", "string"), ("technique", "string"), ("only_if", "string"),
    ("claims", "string"), ("witness", "string"), ("actions", "string"), ("lines", "string"),
)  # fmt: skip
_HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<graphml xmlns="http://graphml.graphdrawing.org/xmlns" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
 xsi:schemaLocation="http://graphml.graphdrawing.org/xmlns http://graphml.graphdrawing.org/xmlns/1.0/graphml.xsd">"""


def render(value: Row) -> str:
    """`nhilint.graph/1` as GraphML: all of it, however large; what is unknown has no data."""
    short = graph_words.names(value["nodes"])
    lines = [_HEAD]
    for side, fields in (("node", _NODE), ("edge", _EDGE)):
        lines += [
            f'  <key id="{side}_{name}" for="{side}" attr.name="{name}" attr.type="{type}"/>' for name, type in fields
        ]
    lines.append('  <graph id="nhilint" edgedefault="directed">')
    for node in value["nodes"]:
        lines += [f'    <node id="{short[node["key"]]}">', *_data("node", _node(node)), "    </node>"]
    for at, edge in enumerate(value["edges"]):
        ends = f'source="{short[edge["source"]]}" target="{short[edge["target"]]}"'
        lines += [f'    <edge id="e{at}" {ends}>', *_data("edge", _edge(edge)), "    </edge>"]
    return "\n".join([*lines, "  </graph>", "</graphml>"]) + "\n"


def _node(node: Row) -> Row:
    place = node["location"] or {}
    label = graph_words.label(node)[0]
    return {**node, "label": label, "path": place.get("path"), "line": place.get("line")}


def _edge(edge: Row) -> Row:
    return {
        "kind": edge["edge"],
        "label": graph_words.verb(edge),
        "why": edge["why"],
        "technique": edge["technique"],
        "only_if": " and ".join(edge["may"]),
        "claims": ", ".join(f"{name}={text}" for name, text in edge["claims"].items()),
        "witness": "; ".join(f"{row['action']} on {row['resource']}" for row in edge["witness"]),
        "actions": ", ".join(edge["actions"]),
        "lines": ", ".join(graph_words.places(edge)),
    }


def _data(side: str, row: Row) -> Iterator[str]:
    for name, type in _NODE if side == "node" else _EDGE:
        value = row[name]
        if value is None or value == "":
            continue
        text = str(value).lower() if type == "boolean" else _text(value)
        yield f'      <data key="{side}_{name}">{text}</data>'


def _text(value: object) -> str:
    """Text that XML 1.0 can hold: its non-characters are shown by their numbers."""
    shown = "".join(f"\\u{ord(one):04x}" if one in "\ufffe\uffff" else one for one in visible(value))
    return escape(shown)
