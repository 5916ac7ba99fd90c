"""The catalogs of the examples are as clean as those of their readers should be."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.e2e.process import quick

EXAMPLES = Path(__file__).parents[2] / "examples"


@pytest.mark.parametrize("side", ["base", "head"])
def test_lint_finds_nothing_in_the_catalog_of_the_example(side: str) -> None:
    done = quick(EXAMPLES / side, "catalog", "lint", "--strict", "--format", "json")
    assert done.json()["roles"] == 4
    assert done.json()["problems"] == []
    assert done.code == 0
