"""A vocabulary of a few names, so that a pattern over it can be checked action by action."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from nhilint.algebra.glob import matches


@dataclass(frozen=True)
class Names:
    """All the actions there are, folded; spelled as they are written here."""

    names: Sequence[str]
    date: str = "2026-01-01"

    def expand(self, pattern: str) -> list[str]:
        return [name for name in self.names if matches(pattern, name)]

    def spell(self, action: str) -> str:
        return action

    def all(self) -> Sequence[str]:
        return self.names
