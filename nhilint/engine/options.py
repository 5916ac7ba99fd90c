"""The values that steer an analysis; everything that depends on the day or on settings comes in here."""

from __future__ import annotations

from dataclasses import dataclass

from nhilint.model.finding import Severity


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """Defaults are those of a repository without settings."""

    today: str
    """ISO date that expiries are held against."""
    fail_on: Severity = "high"
    """Findings of this severity or above block."""
    catalog_required: bool | None = None
    """Whether being outside the catalog is a finding; None: if the repository has a catalog of its own."""
    repository: str = ""
    """`owner/name` of the repository that the tree is; empty: not known."""
    disabled_rules: tuple[str, ...] = ()
    paths: bool = True
    """Whether escalation paths are computed."""
