"""Runs the literate cases of ways to more power: one tree each, with the steps and paths that it must give or not."""

from __future__ import annotations

import re
from importlib import import_module
from pathlib import Path

import pytest

from nhilint.engine.dialects import PLATFORMS, Dialects
from nhilint.graph.access import AccessGraph, build
from nhilint.model.snapshot import unite
from nhilint.sources.load import load
from nhilint.sources.memory import MemoryTree
from nhilint.sources.options import LoadOptions
from tests.cases.test_cases import Case, cases_in

_ESCALATES = re.compile(r"(\S+) (perhaps )?escalates by (\S+) to (\S+)")
_DOES_NOT_ESCALATE = re.compile(r"(\S+) does not escalate(?: by (\S+?))?(?: to (\S+))?")
_BECOMES = re.compile(r"(\S+) (may become|may perhaps become|may not become) (\S+)")
_REACHES = re.compile(r"(\S+) (reaches|does not reach) (\S+)")


def graph_of(files: dict[str, str]) -> AccessGraph:
    loaded = load(MemoryTree(files), LoadOptions())
    facts = [import_module(f"nhilint.platforms.{name}").interpret(loaded.documents) for name in PLATFORMS]
    return build(unite(facts, loaded.unresolved, loaded.moved), Dialects())


def check(graph: AccessGraph, line: str) -> None:
    who = line.split(" ", 1)[0]
    assert who in graph.nodes, f"{who} is not among {list(graph.nodes)}"
    steps = [edge for edge in graph.edges if edge.source == who]
    said = [f"{edge.kind} {edge.technique} {edge.target} {edge.may}" for edge in steps]
    if found := _ESCALATES.fullmatch(line):
        _, perhaps, technique, target = found.groups()
        met = [edge for edge in steps if (edge.technique, edge.target) == (technique, target)]
        assert any(edge.certain != bool(perhaps) for edge in met), f"{line}; it has {said}"
    elif found := _DOES_NOT_ESCALATE.fullmatch(line):
        _, technique, target = found.groups()
        met = [e for e in steps if e.technique and technique in (None, e.technique) and target in (None, e.target)]
        assert not met, f"{line}; it has {said}"
    elif found := _BECOMES.fullmatch(line):
        _, word, target = found.groups()
        assert target in graph.nodes, f"{target} is not among {list(graph.nodes)}"
        met = [edge for edge in steps if edge.kind == "may-become" and edge.target == target]
        wanted = [edge for edge in met if edge.certain == (word == "may become")]
        assert not met if word == "may not become" else wanted, f"{line}; it has {said}"
    elif found := _REACHES.fullmatch(line):
        _, word, target = found.groups()
        assert (target in graph.reachable(who)) == (word == "reaches"), f"{line}; it reaches {graph.reachable(who)}"
    else:
        pytest.fail(f"`{line}` is no expectation")


@pytest.mark.parametrize("case", cases_in(Path(__file__).parent))
def test_paths(case: Case) -> None:
    graph = graph_of(case.files)
    for line in case.expected:
        check(graph, line)
