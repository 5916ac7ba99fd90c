"""GitHub Actions: interprets workflows into neutral facts; knows no other platform."""

from __future__ import annotations

from collections.abc import Sequence

from nhilint.algebra.universe import Vocabulary
from nhilint.model.document import Document
from nhilint.model.facts import Facts
from nhilint.platforms.github.words import DIMENSIONS, describe_request, fill

PLATFORM = "github"
CATALOGUED = False
"""Most catalogs have roles for clouds only; a job is then outside of them by nature, and no finding."""

__all__ = ["CATALOGUED", "DIMENSIONS", "PLATFORM", "describe_request", "fill", "interpret", "vocabulary"]


def vocabulary() -> Vocabulary:
    """The permissions of a workflow's token."""
    from nhilint.platforms.github.words import SCOPES

    return SCOPES


def interpret(documents: Sequence[Document]) -> Facts:
    """What the workflows say about their jobs; documents of other languages are ignored."""
    from nhilint.platforms.github.collect import collect

    return collect(documents)
