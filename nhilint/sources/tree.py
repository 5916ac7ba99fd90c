"""What a tree is: a flat list of files read on demand, never written."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One file of a tree."""

    path: str
    """Inside the tree, forward slashes, no leading `./`."""
    size: int
    """Bytes."""
    link: bool = False
    """Whether it is a link to another file of the tree."""
    problem: str = ""
    """Why the file can not be read (link out of the tree, submodule, …); empty: it can."""


class Tree(Protocol):
    """A read-only revision of a repository."""

    label: str
    """For people: the revision or folder name."""

    def entries(self) -> tuple[Entry, ...]:
        """Every file, sorted by path."""
        ...

    def digest(self, path: str) -> str:
        """A content hash: equal digests mean equal bytes (the Git blob id; key of the parse caches)."""
        ...

    def read(self, path: str) -> bytes:
        """The bytes of one file; raises `NhilintError` when it can not be read."""
        ...
