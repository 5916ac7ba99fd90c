"""The pure pipeline: documents to an analysis, two analyses to a review; touches no disk, clock or network."""

from __future__ import annotations

from nhilint.engine.analysis import Analysis, analyze
from nhilint.engine.authorization import can_by_documents
from nhilint.engine.catalog.changes import diff_rows
from nhilint.engine.catalog.coverage import coverage_rows
from nhilint.engine.catalog.impact import impact_rows
from nhilint.engine.catalog.judge import judge_change
from nhilint.engine.catalog.linting import catalog_problems
from nhilint.engine.catalog.listing import Wish, catalog_rows
from nhilint.engine.catalog.matching import match_rows
from nhilint.engine.catalog.showing import parse_values, role_rows
from nhilint.engine.catalog.testing import catalog_tests
from nhilint.engine.check import check, inventory
from nhilint.engine.comparison import compare_documents
from nhilint.engine.holders import Wanted, who_can
from nhilint.engine.options import Options
from nhilint.engine.queries import QueryError, can, find_identity
from nhilint.engine.review import review
from nhilint.engine.routes import graph, path
from nhilint.platforms.aws.questions import Policies, Question
from nhilint.rules.registry import index as rules_index

__all__ = [
    "Analysis",
    "Options",
    "Policies",
    "QueryError",
    "Question",
    "Wanted",
    "Wish",
    "analyze",
    "can",
    "can_by_documents",
    "catalog_problems",
    "catalog_rows",
    "catalog_tests",
    "check",
    "compare_documents",
    "coverage_rows",
    "diff_rows",
    "find_identity",
    "graph",
    "impact_rows",
    "inventory",
    "judge_change",
    "match_rows",
    "parse_values",
    "path",
    "review",
    "role_rows",
    "rules_index",
    "who_can",
]
