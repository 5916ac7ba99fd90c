"""A tree that is given as a mapping; for tests and for callers that hold the files already."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha1

from nhilint.model.errors import NhilintError
from nhilint.sources.tree import Entry


class MemoryTree:
    """Paths to text or bytes."""

    def __init__(self, files: Mapping[str, str | bytes], label: str = "memory") -> None:
        self.label = label
        self._files = {
            path: content.encode() if isinstance(content, str) else content for path, content in files.items()
        }

    def entries(self) -> tuple[Entry, ...]:
        """Every file, sorted by path."""
        return tuple(Entry(path=path, size=len(self._files[path])) for path in sorted(self._files))

    def digest(self, path: str) -> str:
        """The Git blob id of the content."""
        return blob_id(self.read(path))

    def read(self, path: str) -> bytes:
        """The bytes of one file."""
        try:
            return self._files[path]
        except KeyError:
            raise NhilintError(f"there is no file `{path}`") from None


def blob_id(content: bytes) -> str:
    """The id Git gives these bytes, so that work done for a revision serves the working tree too."""
    return sha1(b"blob %d\x00" % len(content) + content, usedforsecurity=False).hexdigest()
