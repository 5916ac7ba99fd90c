"""One request through all layers: nhilint against the naive evaluator, and both against an engine nobody here wrote.

The other engine (`@cloud-copilot/iam-simulate`) runs as a process of its own; its licence (AGPL) keeps it out of
everything else. Every disagreement has to fall in a class of `readings`, with the vendor's page that decides it.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import subprocess
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from nhilint.app.query import answer
from nhilint.engine import Analysis
from tests.differential.questions import question
from tests.differential.readings import READINGS, asked, explain

FOLDER = Path(__file__).parent / "iam_simulate"
COUNT = int(os.environ.get("NHILINT_QUESTIONS", "20000"))
SEED = int(os.environ.get("NHILINT_SEED", "20261124"))
WORDS = {"Allowed": "allowed", "ImplicitlyDenied": "implicitly-denied", "ExplicitlyDenied": "explicitly-denied"}


@pytest.fixture(scope="module")
def questions() -> list[dict[str, Any]]:
    rng = random.Random(SEED)
    return [question(rng) for _ in range(COUNT)]


def plain(asked_for: dict[str, Any], ignored: list[str]) -> dict[str, Any]:
    """The question without the keys that the other engine takes for unknown to the action; all values as lists."""
    context = {k: v if isinstance(v, list) else [v] for k, v in asked_for["context"].items() if k not in ignored}
    return {**asked_for, "context": context}


def no_tree() -> Analysis:
    raise AssertionError("a question about a principal needs no tree")


def test_nhilint_agrees_with_the_naive_evaluator(questions: list[dict[str, Any]]) -> None:
    seen: Counter[str] = Counter()
    for row in questions:
        wanted = asked(plain(row, []))
        found = answer(plain(row, []), "question", 1, tree=no_tree)["decision"]
        seen[found] += 1
        assert found == wanted, json.dumps(row)
    assert set(seen) == {"allowed", "implicitly-denied", "explicitly-denied", "undecided"}, seen
    assert seen["undecided"] < COUNT / 100, seen


def test_the_other_engine_agrees_or_a_page_decides(
    questions: list[dict[str, Any]], oracle: Path, record_property: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    text = "".join(json.dumps(row) + "\n" for row in questions)
    done = subprocess.run(
        ["node", str(oracle)], input=text, capture_output=True, text=True, cwd=FOLDER, check=True, timeout=600
    )
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(answers) == len(questions)
    classes: Counter[str] = Counter()
    unexplained = []
    for row, theirs in zip(questions, answers, strict=True):
        assert "error" not in theirs, (theirs, row)
        decision = WORDS[theirs["decision"]]
        mine = plain(row, theirs["ignored"])
        if asked(mine) == decision:
            classes["the same"] += 1
            continue
        names = explain(mine, decision)
        classes.update(names)
        if not names:
            unexplained.append((decision, mine))
    with capsys.disabled():
        print(f"\niam-simulate: {COUNT} questions, seed {SEED}: {dict(classes.most_common())}")
    assert not unexplained, json.dumps(unexplained[0])
    assert classes["the same"] > COUNT * 0.97
    # A class that explains nothing any more is dead.
    assert {reading.name for reading in READINGS} <= set(classes) or COUNT < 20_000, classes


@pytest.fixture(scope="module")
def oracle() -> Path:
    """The script of the other engine, installed on first use from the locked versions."""
    if shutil.which("npm") is None or shutil.which("node") is None:
        pytest.skip("the other engine needs node and npm")
    if not (FOLDER / "node_modules" / "@cloud-copilot" / "iam-simulate").is_dir():
        done = subprocess.run(
            ["npm", "ci", "--ignore-scripts"], cwd=FOLDER, capture_output=True, text=True, timeout=300
        )
        if done.returncode:
            pytest.skip(f"the other engine could not be installed: {done.stderr.strip()[-200:]}")
    return FOLDER / "ask.mjs"
