"""What the evaluation of one root module looked at; where all of it is the same, so is what it gives."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from nhilint.model.document import Document
from nhilint.model.facts import Assumed, Moved, Unresolved


@dataclass(slots=True)
class Footprint:
    """Files by their content, and lists of names by theirs."""

    files: dict[str, str] = field(default_factory=dict)
    """Path to digest; empty where the tree has no such file."""
    lists: dict[tuple[str, str], str] = field(default_factory=dict)
    """Kind and folder to a digest of the names that were listed."""

    def holds(self, digest: Callable[[str], str], listed: Callable[[str, str], Iterable[str]]) -> bool:
        """Whether a tree gives the same answers."""
        return all(digest(path) == known for path, known in self.files.items()) and all(
            digest_of(listed(*place)) == known for place, known in self.lists.items()
        )


def digest_of(names: Iterable[str]) -> str:
    """A digest of some names in order."""
    return hashlib.sha256("\0".join(names).encode("utf-8", "surrogatepass")).hexdigest()[:32]


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluated:
    """What one root module gives."""

    documents: tuple[Document, ...] = ()
    unresolved: tuple[Unresolved, ...] = ()
    moved: tuple[Moved, ...] = ()
    assumed: tuple[Assumed, ...] = ()
