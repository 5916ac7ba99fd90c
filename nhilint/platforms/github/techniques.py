"""Known ways from a job's permissions to more power; the table itself is data."""

from __future__ import annotations

from nhilint.model.dialect import Technique

ADMIN: tuple[tuple[str, tuple[str, ...]], ...] = (("*", ("*",)),)
"""No workflow's token is ever administrator."""
TECHNIQUES: tuple[Technique, ...] = ()


def own_point(name: str, aliases: tuple[str, ...]) -> str:
    """The job's name; no technique of the table needs it."""
    return name
