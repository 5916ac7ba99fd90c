"""Runs the literate cases of risk: what one bot gains between base and head, and the band and the reasons of it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from nhilint.catalog.model import EMPTY_CATALOG
from nhilint.engine import Options, analyze, review
from nhilint.sources.load import load
from nhilint.sources.memory import MemoryTree
from nhilint.sources.options import LoadOptions
from tests.cases.test_cases import Case, cases_in

OPTIONS = Options(today="2026-11-24", catalog_required=False, paths=False)


def tree(files: dict[str, str], side: str) -> MemoryTree:
    """One revision: a role with these statements, or a cluster with these manifests."""
    found: dict[str, str] = {}
    if f"{side}.yaml" in files:
        found["cluster.yaml"] = files[f"{side}.yaml"]
    statements = json.loads(files.get(f"{side}.json", "[]"))
    trust = json.loads(files.get(f"{side}-trust.json", "[]"))
    role = {"name": "bot", "assume_role_policy": json.dumps({"Version": "2012-10-17", "Statement": trust})}
    policy = {"name": "work", "role": "${aws_iam_role.bot.name}"}
    policy["policy"] = json.dumps({"Version": "2012-10-17", "Statement": statements})
    blocks: dict[str, Any] = {"aws_iam_role": {"bot": role}}
    if statements:
        blocks["aws_iam_role_policy"] = {"work": policy}
    found["main.tf.json"] = json.dumps({"resource": blocks, "data": {"aws_caller_identity": {"current": {}}}})
    return MemoryTree(found)


def risk_of(files: dict[str, str]) -> dict[str, Any]:
    sides = []
    for side in ("base", "head"):
        loaded = load(tree(files, side), LoadOptions())
        assert not loaded.unresolved, loaded.unresolved
        sides.append(analyze(loaded.documents, catalog=EMPTY_CATALOG, options=OPTIONS))
    value = review(*sides, base_info={}, head_info={}, options=OPTIONS)
    rows = value["identities"]
    assert len(rows) <= 1, [row["key"] for row in rows]
    assert value["summary"]["risk"] == (rows[0]["risk"]["band"] if rows else "none")
    return rows[0]["risk"] if rows else {"band": "none", "parts": []}


@pytest.mark.parametrize("case", cases_in(Path(__file__).parent))
def test_case(case: Case) -> None:
    risk = risk_of(case.files)
    said = [(part["band"], part["text"]) for part in risk["parts"]]
    shown = "\n".join(f"{band}: {text}" for band, text in said)
    for line in case.expected:
        word, _, rest = line.partition(" ")
        match word:
            case "because":
                assert (risk["band"], rest) in said, f"{line}\n{shown}"
            case "also":
                band, _, text = rest.partition(" ")
                assert (band, text) in said, f"{line}\n{shown}"
            case "about":
                assert any(rest in text for _, text in said), f"{line}\n{shown}"
            case "not":
                words = rest.removeprefix("about ")
                assert not any(words in text for _, text in said), f"{line}\n{shown}"
            case _:
                assert risk["band"] == line, f"{line}\n{shown}"
