"""A rule's page is its test: the avoid example fires the rule, the prefer example does not."""

from __future__ import annotations

import re

import pytest

from nhilint.catalog.model import EMPTY_CATALOG
from nhilint.engine import Options, analyze
from nhilint.rules.registry import IDS, page
from nhilint.sources.load import LoadOptions, load
from nhilint.sources.memory import MemoryTree

HEADINGS = ("What", "Why", "Avoid", "Prefer", "How it is decided", "Options", "References")
FENCE = re.compile(r"```\w+ (\S+)\n(.*?)```", re.DOTALL)


def section(text: str, heading: str) -> str:
    return text.split(f"\n## {heading}\n", 1)[1].split("\n## ", 1)[0]


def fired(example: str) -> set[str]:
    loaded = load(MemoryTree(dict(FENCE.findall(example))), LoadOptions())
    analysis = analyze(
        loaded.documents,
        unresolved=loaded.unresolved,
        moved=loaded.moved,
        catalog=EMPTY_CATALOG,
        options=Options(today="2026-11-24", catalog_required=True),
    )
    return {finding.rule for finding in analysis.findings}


@pytest.mark.parametrize("rule", IDS)
def test_page_has_its_headings(rule: str) -> None:
    text = page(rule)
    assert text is not None
    assert tuple(re.findall(r"^## (.+)$", text, re.MULTILINE)) == HEADINGS


@pytest.mark.parametrize("rule", IDS)
def test_avoid_fires_and_prefer_does_not(rule: str) -> None:
    text = page(rule)
    assert text is not None
    assert rule in fired(section(text, "Avoid"))
    assert rule not in fired(section(text, "Prefer"))
