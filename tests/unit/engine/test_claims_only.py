"""Platforms of which only is read who lets whom in: found by name, not listed, and asked about without a crash."""

from __future__ import annotations

import pytest

from nhilint.catalog.model import EMPTY_CATALOG
from nhilint.engine import Options, Policies, Question, analyze, can
from nhilint.engine.dialects import CLAIMS_ONLY, Dialects
from nhilint.engine.queries import QueryError
from nhilint.sources.load import LoadOptions, load
from nhilint.sources.memory import MemoryTree

TREE = """
resource "google_service_account" "a" { account_id = "a" }
resource "azurerm_user_assigned_identity" "b" { name = "b" }
"""


@pytest.mark.parametrize("who", ["gcp:service-account/a", "azure:managed-identity/b"])
def test_what_they_may_do_is_not_known_and_said(who: str) -> None:
    loaded = load(MemoryTree({"main.tf": TREE}), LoadOptions())
    analysis = analyze(loaded.documents, catalog=EMPTY_CATALOG, options=Options(today="2026-11-25"))
    assert who in analysis.graph.nodes
    with pytest.raises(QueryError, match="are not read"):
        can(analysis, who, Question(principal="", action="x", resource="y"), Policies())


def test_they_are_found_by_name_and_not_listed() -> None:
    dialects = Dialects()
    for name in CLAIMS_ONLY:
        assert dialects[name].techniques == ()
        assert name not in list(dialects)
