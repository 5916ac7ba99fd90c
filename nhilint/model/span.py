"""A place in a file of the tree."""

from __future__ import annotations

from typing import NamedTuple


class Span(NamedTuple):
    """From the first character of a construct to just behind its last; lines and columns count from 1."""

    path: str
    """Path inside the tree, with forward slashes."""
    line: int
    column: int = 1
    end_line: int = 0
    """0: same as `line`."""
    end_column: int = 0

    def __str__(self) -> str:
        """`path:line`, as editors open it."""
        return f"{self.path}:{self.line}"
