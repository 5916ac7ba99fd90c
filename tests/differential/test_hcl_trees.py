"""HashiCorp's own parser reads the same files as this one: what is refused, blocks, values of strings, trees, places.

The peer is `@cdktn/hcl2json` from npm; here with our own texts and a seeded sample of random and of broken ones. Real
files: `test_hcl_corpus.py`.
"""

from __future__ import annotations

import json
import os
import random
from pathlib import Path

import pytest

from nhilint.sources.terraform.parser import parse
from tests.differential.hcl_peer import compare_files, installed
from tests.differential.hcl_texts import Writer, broken

EXAMPLES = Path(__file__).parents[2] / "examples"
COUNT = int(os.environ.get("NHILINT_TEXTS", "1500"))
SEED = int(os.environ.get("NHILINT_SEED", "20261125"))


@pytest.fixture(scope="module")
def oracle() -> Path:
    return installed()


def own_texts() -> list[str]:
    rows = (Path(__file__).parent / "hcl_forms.txt").read_text().splitlines()
    rng = random.Random(SEED)
    written = [Writer(rng).attribute() for _ in range(COUNT)]
    kept = [path.read_text() for path in sorted(EXAMPLES.rglob("*.tf"))]
    forms = [json.loads(row[2:]) for row in rows if row[0] in "+-"]
    return [*kept, *forms, *written, *(broken(rng, rng.choice((*kept, *forms, *written))) for _ in range(COUNT))]


def test_own_and_random_texts(oracle: Path, capsys: pytest.CaptureFixture[str]) -> None:
    classes, wrong = compare_files(oracle, [parse(f"text {n}", text) for n, text in enumerate(own_texts())])
    with capsys.disabled():
        print(f"\nhcl2json: seed {SEED}: {dict(classes.most_common())}")
    assert not wrong, wrong[:3]
    assert classes["file: the same"] > COUNT / 2
    assert classes["file: both refuse"] > COUNT / 2
    assert classes["expression: the same"] > COUNT / 2
