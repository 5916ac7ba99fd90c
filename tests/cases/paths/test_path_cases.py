"""Runs the cases of known paths to more power: the whole pipeline from the text to the edges of the access graph.

A case is read as in `test_cases.py`; what stands before the first heading of a file belongs to each of its cases.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from nhilint.algebra.evaluate import decide
from nhilint.engine.dialects import Dialects, interpret
from nhilint.graph.access import AccessGraph
from nhilint.graph.build import build
from nhilint.graph.edges import Edge
from nhilint.model.facts import IdentityKey
from nhilint.model.snapshot import Snapshot, permissions_of, unite
from nhilint.platforms.aws.techniques import techniques
from nhilint.sources.load import load
from nhilint.sources.memory import MemoryTree
from nhilint.sources.options import LoadOptions
from tests.cases.test_cases import Case, read_cases
from tests.unit.platforms.aws.test_technique_table import IDS

HERE = Path(__file__).parent
_FENCE = re.compile(r"^```(\S+) +(\S+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_ESCALATES = re.compile(r"(\S+) (may escalate|escalates|does not escalate)(?: by (\S+?))?(?: to (\S+))?")
_BECOMES = re.compile(r"(\S+) (may become|may perhaps become|may not become) (\S+)")
_REACHES = re.compile(r"(\S+) (reaches|does not reach) (\S+)")


def cases() -> list[Any]:
    found = []
    for path in sorted(HERE.glob("*.md")):
        text = path.read_text(encoding="utf-8")
        shared = {name: body for _, name, body in _FENCE.findall(text.partition("\n## ")[0])}
        for title, case in read_cases(text).items():
            whole = Case({**shared, **case.files}, case.expected)
            found.append(pytest.param(whole, id=f"{path.stem}: {title}"))
    return found


@pytest.mark.parametrize("case", cases())
def test_case(case: Case) -> None:
    snapshot, graph = estate_of(case.files)
    for line in case.expected:
        check(snapshot, graph, line)


def check(snapshot: Snapshot, graph: AccessGraph, line: str) -> None:
    who = line.split(" ", 1)[0]
    assert who in graph.nodes, f"{who} is not among {list(graph.nodes)}"
    steps = [edge for edge in graph.edges if edge.source == who]
    said = [f"{edge.kind} {edge.technique} {edge.target} {edge.may}" for edge in steps]
    if match := _ESCALATES.fullmatch(line):
        _, how, technique, target = match.groups()
        met = [e for e in steps if e.technique and technique in (None, e.technique) and target in (None, e.target)]
        if how == "does not escalate":
            assert not met, f"{line}; it has {said}"
            return
        right = [edge for edge in met if edge.certain == (how == "escalates")]
        assert right, f"{line}; it has {said}"
        # What a Pod's own specification gives needs no permission.
        assert all(edge.via and (edge.witness or who.startswith("workload:")) for edge in right), right
        if how == "escalates":
            assert_proved(snapshot, right)
    elif match := _BECOMES.fullmatch(line):
        _, word, target = match.groups()
        assert target in graph.nodes, f"{target} is not among {list(graph.nodes)}"
        met = [edge for edge in steps if edge.kind == "may-become" and edge.target == target]
        wanted = [edge for edge in met if edge.certain == (word == "may become")]
        assert not met if word == "may not become" else wanted, f"{line}; it has {said}"
    elif match := _REACHES.fullmatch(line):
        _, word, target = match.groups()
        assert (target in graph.reachable(who)) == (word == "reaches"), f"{line}; it reaches {graph.reachable(who)}"
    else:
        pytest.fail(f"`{line}` is no expectation")


def assert_proved(snapshot: Snapshot, edges: list[Edge]) -> None:
    """Every request of a certain step is one that the evaluator allows."""
    for edge in edges:
        identity = snapshot.identities.get(IdentityKey(edge.source))
        if identity is None:
            continue
        dimensions = Dialects()[identity.platform].dimensions
        permissions = permissions_of(snapshot, identity.key, dimensions)
        verdicts = [decide(permissions, request).verdict for request in edge.witness]
        assert set(verdicts) <= {"allowed"}, f"{edge.why}: {list(zip(edge.witness, verdicts, strict=True))}"


def test_every_technique_has_a_case_that_is_found_and_one_that_is_silent() -> None:
    lines = [line for parameter in cases() for line in parameter.values[0].expected]
    matches = [match for line in lines if (match := _ESCALATES.fullmatch(line))]
    certain = {match[3] for match in matches if match[2] == "escalates"}
    found = certain | {match[3] for match in matches if match[2] == "may escalate"}
    silent = {match[3] for match in matches if match[2] == "does not escalate"}
    ids = {technique.id for technique in techniques()}
    assert set(IDS) <= certain
    assert ids <= found
    assert ids <= silent


def estate_of(files: dict[str, str]) -> tuple[Snapshot, AccessGraph]:
    """The facts and the access graph of a tree; everything in it must be readable."""
    loaded = load(MemoryTree(files), LoadOptions())
    assert not loaded.unresolved, loaded.unresolved
    snapshot = unite(interpret(loaded.documents), loaded.unresolved, loaded.moved)
    assert not snapshot.unresolved, snapshot.unresolved
    return snapshot, build(snapshot, Dialects())
