"""Laws of reviews of workflows: no change is no gain, directions mirror each other, and order of files is nothing."""

from __future__ import annotations

import json
import random

from nhilint.catalog.model import EMPTY_CATALOG
from nhilint.engine import Options, analyze, check, review
from nhilint.sources.load import load
from nhilint.sources.memory import MemoryTree
from nhilint.sources.options import LoadOptions
from tests.differential.test_github_tokens import tree

OPTIONS = Options(today="2026-11-24")
ROUNDS = 40


def analysis(files, rng: random.Random | None = None):
    loaded = load(MemoryTree({path: json.dumps(body) for path, body in files.items()}), LoadOptions())
    documents = list(loaded.documents)
    if rng is not None:
        rng.shuffle(documents)
    return analyze(documents, catalog=EMPTY_CATALOG, options=OPTIONS, unresolved=loaded.unresolved)


def reviewed(base, head):
    return review(analysis(base), analysis(head), base_info={}, head_info={}, options=OPTIONS)


def side(value, name: str):
    return sorted(
        (row["key"], entry["actions"], entry["resources"], entry["may"])
        for row in value["identities"]
        for entry in row[name]
    )


def test_nothing_changes_between_a_tree_and_itself() -> None:
    rng = random.Random(1)
    for _ in range(ROUNDS):
        files = tree(rng)
        assert reviewed(files, files)["identities"] == []


def test_gains_of_one_direction_are_losses_of_the_other() -> None:
    rng = random.Random(2)
    changed = 0
    for _ in range(ROUNDS):
        base, head = tree(rng), tree(rng)
        there, back = reviewed(base, head), reviewed(head, base)
        assert side(there, "gained") == side(back, "lost")
        assert side(there, "lost") == side(back, "gained")
        changed += bool(there["identities"])
    assert changed > ROUNDS / 2


def test_the_order_of_files_changes_nothing() -> None:
    rng = random.Random(3)
    for _ in range(ROUNDS):
        files = tree(rng)
        values = [check(analysis(files, rng), info={}, options=OPTIONS) for _ in range(2)]
        assert json.dumps(values[0]) == json.dumps(values[1])
