"""What exceptions allow one identity outside every role."""

from __future__ import annotations

from dataclasses import dataclass

from nhilint.algebra.values import Statement
from nhilint.catalog.model import Catalog
from nhilint.catalog.verdict import Held


@dataclass(frozen=True, slots=True, kw_only=True)
class Exempted:
    """The exceptions of one identity."""

    statements: tuple[Statement, ...] = ()
    ids: tuple[str, ...] = ()
    expired: tuple[str, ...] = ()


def exempted(catalog: Catalog, held: Held, today: str) -> Exempted:
    """Those that are in force, and sentences of those that are not any more."""
    return Exempted()
