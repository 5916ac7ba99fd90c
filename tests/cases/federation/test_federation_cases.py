"""Runs the cases of federation: who may become whom, and that each token which proves it is one the trust accepts.

A case is read as in `test_cases.py`; what stands before the first heading of a file belongs to each of its cases. The
proof of every edge is put before the trust policy itself, by the evaluator that the prover does not use.
"""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from nhilint.algebra.evaluate import conditions_hold, decide, glob
from nhilint.algebra.values import SYMBOL, Condition, Request, Statement, display
from nhilint.app.settings import read_settings
from nhilint.engine.dialects import Dialects, interpret
from nhilint.graph.access import AccessGraph
from nhilint.graph.build import build
from nhilint.graph.edges import Edge
from nhilint.model.facts import IdentityKey
from nhilint.model.snapshot import Snapshot, trust_of, unite
from nhilint.sources.load import load
from nhilint.sources.memory import MemoryTree
from nhilint.sources.options import LoadOptions
from tests.cases.test_cases import Case, read_cases

HERE = Path(__file__).parent
_FENCE = re.compile(r"^```(\S+) +(\S+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_BECOMES = re.compile(r"(`[^`]+`|\S+) (may become|may perhaps become|may not become) (`[^`]+`|\S+)")
_ONLY = re.compile(r"only (`[^`]+`(?:, `[^`]+`)*|nobody) may become (\S+)")
_NOTE = re.compile(r"(note|no note) of (\S+?)(?:: (.+))?")
_PROOF = re.compile(r"(\S+) proves (\S+) by (\S+) (\S+)")


def cases() -> list[Any]:
    found = []
    for path in sorted(HERE.glob("*.md")):
        text = path.read_text(encoding="utf-8")
        shared = {name: body for _, name, body in _FENCE.findall(text.partition("\n## ")[0])}
        for title, case in read_cases(text).items():
            files = dict(case.files)
            for name, body in shared.items():
                files[name] = body + files.get(name, "")
            found.append(pytest.param(Case(files, case.expected), id=f"{path.stem}: {title}"))
    return found


@pytest.mark.parametrize("case", cases())
def test_case(case: Case) -> None:
    tree = MemoryTree(case.files)
    loaded = load(tree, LoadOptions(repository=read_settings(tree).repository))
    snapshot = unite(interpret(loaded.documents), loaded.unresolved, loaded.moved)
    graph = build(snapshot, Dialects())
    for line in case.expected:
        check(graph, line)
    for edge in graph.edges:
        if edge.kind == "may-become" and edge.claims:
            prove(edge, snapshot)


def check(graph: AccessGraph, line: str) -> None:
    if match := _BECOMES.fullmatch(line):
        who, word, target = match.groups()
        source, end = _node(graph, who), _node(graph, target)
        met = [e for e in graph.edges if e.kind == "may-become" and (e.source, e.target) == (source, end)]
        right = [edge for edge in met if edge.certain == (word == "may become")]
        said = [f"{e.source} -> {e.target} {e.may}" for e in graph.edges if end in (e.target, e.source)]
        assert not met if word == "may not become" else right and len(right) == len(met), f"{line}; there are {said}"
    elif match := _ONLY.fullmatch(line):
        names, target = match.groups()
        wanted = set(re.findall("`([^`]+)`", names))
        found = {graph.nodes[e.source].name for e in graph.edges if e.kind == "may-become" and e.target == target}
        assert found == wanted, f"{line}; there are {found}"
    elif match := _NOTE.fullmatch(line):
        word, who, text = match.groups()
        assert who in graph.nodes, f"{who} is not among {list(graph.nodes)}"
        found = [note for key, note in graph.notes if key == who and (text or "") in note]
        assert bool(found) == (word == "note"), f"{line}; there are {graph.notes}"
    elif match := _PROOF.fullmatch(line):
        who, target, claim, value = match.groups()
        proofs = [dict(e.claims) for e in graph.edges if (e.source, e.target) == (who, target)]
        assert any(glob(value, proof.get(claim, "")) for proof in proofs), f"{line}; there are {proofs}"
    else:
        pytest.fail(f"`{line}` is no expectation")


def _node(graph: AccessGraph, written: str) -> str:
    """The key of a node, given by its key or in back-ticks by its name."""
    if not written.startswith("`"):
        assert written in graph.nodes, f"{written} is not among {list(graph.nodes)}"
        return written
    found = [key for key, node in graph.nodes.items() if node.name == written.strip("`")]
    assert len(found) == 1, f"{written} is not among {[node.name for node in graph.nodes.values()]}"
    return found[0]


def prove(edge: Edge, snapshot: Snapshot) -> None:
    """The token is one that its issuer states, that the acceptance lets in, and that the trust policy allows."""
    claims = {key: (value,) for key, value in edge.claims}
    accepted = [a for a in snapshot.acceptances if a.identity == edge.target and a.via in edge.via]
    if not edge.may:
        boxes = [_box(acceptance.clauses) for acceptance in accepted]
        assert any(conditions_hold(box, tuple(sorted(claims.items()))) for box in boxes), edge
        stated = [dict(token.claims) for token in snapshot.tokens if token.identity == edge.source]
        assert any(
            all(any(glob(_plain(p), v) for p in one.get(claim, ("*",))) for claim, v in edge.claims) for one in stated
        ), edge
    trust = trust_of(snapshot, IdentityKey(edge.target))
    if not trust.statements or edge.may:
        return
    shown = replace(trust, statements=tuple(map(_shown, trust.statements)))
    asked = [
        _request(statement, pattern, claims)
        for statement in shown.statements
        if statement.effect == "allow"
        for pattern in statement.scopes[0].patterns
    ]
    # A deny that names principals other than the allow's is judged in the acceptance alone.
    verdicts = {decide(shown, request).verdict for request in asked}
    assert "allowed" in verdicts, (edge, verdicts)


def _box(clauses: tuple[Condition, ...]) -> Statement:
    return _shown(Statement(effect="allow", actions=("*",), scopes=(), conditions=clauses))


def _shown(statement: Statement) -> Statement:
    """The statement with its unknown strings as the text that a proof writes for them."""
    conditions = tuple(replace(c, values=tuple(map(_plain, c.values))) for c in statement.conditions)
    scopes = tuple(replace(scope, patterns=tuple(map(_plain, scope.patterns))) for scope in statement.scopes)
    return replace(statement, conditions=conditions, scopes=scopes)


def _plain(pattern: str) -> str:
    return re.sub(SYMBOL, lambda found: display(found[0]), pattern)


def _request(statement: Statement, pattern: str, claims: dict[str, tuple[str, ...]]) -> Request:
    """The request with the token's claims under the keys that the policy gives them."""
    context = dict(claims)
    for clause in statement.conditions:
        name = clause.key.rpartition(":")[2]
        if clause.key not in context and name in claims:
            context[clause.key] = claims[name]
    if pattern == "Service:pods.eks.amazonaws.com":
        # The service comes for the account with these tags: https://docs.aws.amazon.com/eks/latest/userguide/pod-id-abac.html
        _, _, namespace, account = claims["sub"][0].split(":")
        context["aws:requesttag/kubernetes-namespace"] = (namespace,)
        context["aws:requesttag/kubernetes-service-account"] = (account,)
    action = statement.actions[0].replace("*", "sts:assumerole")
    return Request(action=action, point=(pattern.replace("*", "example"),), context=tuple(sorted(context.items())))
