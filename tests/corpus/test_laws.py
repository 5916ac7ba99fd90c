"""Laws of the review on real repositories: a revision against itself is empty, swapping sides mirrors."""

from __future__ import annotations

import os
import subprocess
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from nhilint.catalog.model import EMPTY_CATALOG
from nhilint.engine import Analysis, Options, analyze, review
from nhilint.sources.git import GitTree
from nhilint.sources.load import LoadOptions, ParseCache, load
from tests.corpus.places import repositories

pytestmark = pytest.mark.corpus
OPTIONS = Options(today="2026-11-24")


REPOSITORIES = repositories()
if not REPOSITORIES:
    pytest.skip("NHILINT_CORPUS names no folder of repositories", allow_module_level=True)


@cache
def analysis(repository: Path, revision: str) -> Analysis:
    loaded = load(GitTree(str(repository), revision), LoadOptions(), cache_of(repository))
    return analyze(
        loaded.documents,
        unresolved=loaded.unresolved,
        moved=loaded.moved,
        catalog=EMPTY_CATALOG,
        options=OPTIONS,
    )


@cache
def cache_of(repository: Path) -> ParseCache:
    return ParseCache()


def run(repository: Path, base: str, head: str) -> dict[str, Any]:
    return review(
        analysis(repository, base), analysis(repository, head), base_info={}, head_info={}, options=OPTIONS
    )


def older(repository: Path) -> str:
    command = ["git", "-C", str(repository), "rev-list", "--first-parent", "--max-count=26", "HEAD"]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()[-1]


@pytest.mark.parametrize("repository", REPOSITORIES, ids=lambda p: p.parent.name if p.name == "repo" else p.name)
def test_a_revision_against_itself_is_empty(repository: Path) -> None:
    result = run(repository, "HEAD", "HEAD")
    assert result["identities"] == []
    assert result["paths"] == {"gained": [], "lost": []}
    assert result["findings"]["new"] == result["findings"]["fixed"] == []


@pytest.mark.parametrize("repository", REPOSITORIES, ids=lambda p: p.parent.name if p.name == "repo" else p.name)
def test_swapping_sides_mirrors(repository: Path) -> None:
    there, back = run(repository, older(repository), "HEAD"), run(repository, "HEAD", older(repository))

    def mass(side: str, result: dict[str, Any]) -> int:
        return sum(len(identity[side]) for identity in result["identities"])

    assert mass("gained", there) == mass("lost", back)
    assert mass("lost", there) == mass("gained", back)
    assert mass("trust_gained", there) == mass("trust_lost", back)
