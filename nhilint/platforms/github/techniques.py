"""Known ways from a job's permissions to more power, and the words that their needs use for a job.

The rows are in `data/github_techniques.toml`. Points are (resource,).
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from nhilint.algebra.values import Condition
from nhilint.data.techniques import technique_rows
from nhilint.model.facts import Identity
from nhilint.model.technique import Technique, read_techniques

ADMIN: tuple[tuple[str, tuple[str, ...]], ...] = (("*", ("*",)),)
"""No workflow's token is ever administrator."""


@cache
def techniques() -> tuple[Technique, ...]:
    """The table."""
    return read_techniques(technique_rows("github"), str)


def variables(identity: Identity) -> Mapping[str, str]:
    """Words of a job; filled by what its labels say."""
    return {}


def caller(identity: Identity) -> tuple[Condition, ...]:
    """Nothing: permissions of a token have no conditions."""
    return ()


def chosen(key: str) -> bool:
    """There are no condition keys."""
    return False
