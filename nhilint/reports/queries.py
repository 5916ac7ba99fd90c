"""The answers of `path` and `graph` for a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from nhilint.reports import graph_words, words
from nhilint.reports.escape import plain
from nhilint.reports.text import Paint

Row = Mapping[str, Any]

_MOST_NODES = 200
_MOST_ARROWS = 8
"""Arrows of one node, where all of the graph is listed."""


def path(value: Row, paint: Paint) -> str:
    """`nhilint.path/1` for people: each way as numbered steps with their proof."""
    known = {node["key"]: node for node in value["nodes"]}
    asked = f"{plain(value['from']['asked'])} → {plain(value['to']['asked'])}"
    if not value["found"]:
        lines = [paint("+", f"✓ no path: {asked}")]
        if value["unresolved"]:
            lines.append(f"  {words.count(value['unresolved'], 'place')} of the tree could not be judged")
        return "\n".join(lines + _bound(value, paint)) + "\n"
    lines = []
    for number, way in enumerate(value["paths"]):
        title = f"{plain(graph_words.title(known[way['from']]))} → {plain(graph_words.title(known[way['to']]))}"
        lines += ([""] if number else []) + [paint("!", f"{title}: {words.count(len(way['steps']), 'step')}")]
        for at, step in enumerate(way["steps"], 1):
            lines.extend(_step(at, step, known, paint))
    return "\n".join(lines) + "\n"


def _bound(value: Row, paint: Paint) -> list[str]:
    """Whether there may be more than was found."""
    return (
        [paint("?", paint.wrapped(f"not all was searched: {value['truncated']}", "    ", "  ? "))]
        if value["truncated"]
        else []
    )


def _step(number: int, step: Row, known: Mapping[str, Row], paint: Paint) -> Iterator[str]:
    target = known[step["target"]]
    tier = paint("!", "  tier 0") if target["tier0"] and target["kind"] != "goal" else ""
    head = f"{graph_words.verb({**step, 'technique': None, 'may': []})} {graph_words.title(target)}"
    yield paint("b", f"  {number}. {plain(head)}") + tier
    yield paint.wrapped(clause(step), "     ", "     ")
    yield from proof(step, paint, "     ")


def clause(step: Row) -> str:
    """The reason of a step, and what it hangs on."""
    technique = f" ({step['technique']})" if step["technique"] else ""
    limits = f", only if {' and '.join(step['may'])}" if step["may"] else ""
    return f"{step['why']}{technique}{limits}"


def proof(step: Row, paint: Paint, indent: str) -> Iterator[str]:
    """The token, the requests and the lines that prove a step, dimmed."""
    for claim, text in step["claims"].items():
        yield paint("d", paint.wrapped(f"{claim} = {text}", f"{indent}  ", f"{indent}token: "))
    for row in step["witness"]:
        yield paint("d", paint.wrapped(words.witness({"witness": row}), f"{indent}  ", f"{indent}request: "))
    if step["via"]:
        yield paint("d", f"{indent}{plain(graph_words.few_places(step))}")


def graph(value: Row, paint: Paint) -> str:
    """`nhilint.graph/1` for people: each node with the edges that leave it, tier 0 first."""
    summary = value["summary"]
    lines = [
        f"{words.count(summary['nodes'], 'node')}, {words.count(summary['edges'], 'edge')}, "
        f"{summary['tier0']} of tier 0; {summary['unresolved']} unresolved",
        *_bound(value, paint),
    ]
    leaving: dict[str, list[Row]] = {}
    for edge in value["edges"]:
        leaving.setdefault(edge["source"], []).append(edge)
    known = {node["key"]: node for node in value["nodes"]}
    shown = [node for node in value["nodes"] if node["key"] in leaving]
    shown.sort(key=lambda node: (not node["tier0"], node["kind"] != "identity", node["key"]))
    for node in shown[:_MOST_NODES]:
        marks = "".join(f"  {mark}" for mark in graph_words.marks(node))
        lines += ["", paint("!" if node["tier0"] else "b", f"{plain(graph_words.title(node))}{marks}")]
        arrows = graph_words.merged(leaving[node["key"]])
        arrows.sort(key=lambda edges: _rank(known[edges[0]["target"]]))
        most = _MOST_ARROWS if not value["around"] else _MOST_NODES
        for edges in arrows[:most]:
            lines.extend(_arrow(edges, known, paint))
        if len(arrows) > most:
            lines.append(f"  and {len(arrows) - most} more (--identity shows all of one)")
    if len(shown) > _MOST_NODES:
        lines += ["", f"and {len(shown) - _MOST_NODES} more nodes (--format json lists all; --identity shows a part)"]
    return "\n".join(lines) + "\n"


def _rank(node: Row) -> tuple[bool, bool]:
    """Administrator first, then other goals and whoever is of tier 0."""
    return (not (node["kind"] == "goal" and node["tier0"]), not (node["kind"] == "goal" or node["tier0"]))


def _arrow(edges: Sequence[Row], known: Mapping[str, Row], paint: Paint) -> Iterator[str]:
    first = edges[0]
    title = graph_words.title(known[first["target"]])
    more = f", and {words.count(len(edges) - 1, 'other way')}" if len(edges) > 1 else ""
    verb = graph_words.verb({**first, "technique": None, "may": []})
    yield paint.wrapped(f"{verb} {title}: {clause(first)}{more}", "      ", "  ")
    where = graph_words.few_places(first)
    if where:
        yield paint("d", f"      {plain(where)}")
