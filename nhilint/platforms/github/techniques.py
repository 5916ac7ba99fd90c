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
from nhilint.platforms.github.words import THIS

ADMIN: tuple[tuple[str, tuple[str, ...]], ...] = (("*", ("*",)),)
"""No workflow's token is ever administrator."""
REPOSITORY, CODE, HOLDS, STARTED, APPROVED = "repository", "runs", "holds", "started", "approved"
"""Labels of a job: its repository, whose code it runs, what of worth it holds, whether it starts by hand, and whether
somebody approves it first."""
OWN_CODE, BY_HAND = "code of the repository", "by hand, on any branch"


@cache
def techniques() -> tuple[Technique, ...]:
    """The table."""
    return read_techniques(technique_rows("github"), str)


def variables(identity: Identity) -> Mapping[str, str]:
    """`repository`; of a job worth becoming also `code` and `dispatched`."""
    labels = dict(identity.labels)
    words = {"repository": THIS}
    if labels.get(CODE) == OWN_CODE and HOLDS in labels and APPROVED not in labels:
        words["code"] = THIS
        if labels.get(STARTED) == BY_HAND and "environment" not in labels:
            words["dispatched"] = THIS
    return words


def caller(identity: Identity) -> tuple[Condition, ...]:
    """Nothing: permissions of a token have no conditions."""
    return ()


def chosen(key: str) -> bool:
    """There are no condition keys."""
    return False
