"""Flowcharts as Mermaid itself reads them: the same nodes and arrows, and every name as it was."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from nhilint.reports import graph_mermaid, graph_words
from nhilint.reports.escape import plain
from tests.unit.reports.graphs import graph, hostile, large

FOLDER = Path(__file__).parent / "mermaid"
GRAPHS = {"hostile": hostile(), "large": large(900, 2), "empty": graph([], [])}


@pytest.fixture(scope="module")
def read() -> dict[str, Any]:
    """What Mermaid reads of each graph; installed on first use from the locked versions."""
    if shutil.which("npm") is None or shutil.which("node") is None:
        pytest.skip("Mermaid needs node and npm")
    if not (FOLDER / "node_modules" / "mermaid").is_dir():
        done = subprocess.run(
            ["npm", "ci", "--ignore-scripts"], cwd=FOLDER, capture_output=True, text=True, timeout=300, check=False
        )
        if done.returncode:
            pytest.skip(f"Mermaid could not be installed: {done.stderr.strip()[-200:]}")
    texts = "".join(json.dumps(graph_mermaid.render(value)) + "\n" for value in GRAPHS.values())
    # A sentence that is none: the peer can refuse.
    texts += json.dumps('flowchart LR\n  n0["a"] -->') + "\n"
    done = subprocess.run(
        ["node", "read.mjs"], input=texts, capture_output=True, text=True, cwd=FOLDER, check=True, timeout=300
    )
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert "error" in answers.pop()
    return dict(zip(GRAPHS, answers, strict=True))


def test_hostile_names_are_names(read: dict[str, Any]) -> None:
    value, found = GRAPHS["hostile"], read["hostile"]
    assert "error" not in found, found
    expected = {f"n{at}": node for at, node in enumerate(value["nodes"])}
    assert {node["id"] for node in found["nodes"]} == set(expected)
    for node in found["nodes"]:
        name, below = graph_words.label(expected[node["id"]])
        assert node["text"] == f"{plain(name)}\n{below}"
        assert ("tier0" in node["classes"]) is expected[node["id"]]["tier0"]
    arrows = [edges[0] for edges in graph_words.merged(value["edges"])]
    short = graph_words.names(value["nodes"])
    assert [(edge["start"], edge["end"]) for edge in found["edges"]] == [
        (short[edge["source"]], short[edge["target"]]) for edge in arrows
    ]
    assert [edge["stroke"] == "dotted" for edge in found["edges"]] == [bool(edge["may"]) for edge in arrows]


def test_a_cut_graph_is_still_one(read: dict[str, Any]) -> None:
    found = read["large"]
    assert "error" not in found, found
    assert len(found["edges"]) == 400
    assert any("not drawn" in node["text"] for node in found["nodes"])


def test_nothing_is_a_flowchart_too(read: dict[str, Any]) -> None:
    assert read["empty"] == {"nodes": [], "edges": []}
