"""One part of a delta in the words of GitHub: permissions, repository or secrets, and a request that proves it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from nhilint.algebra.compact import Part
from nhilint.algebra.values import Request, Residue
from nhilint.data.github import METADATA
from nhilint.data.github import actions as every_action
from nhilint.data.risk import github_risk
from nhilint.platforms.github.risk import sensitive
from nhilint.platforms.github.words import describe_request, level, levels, shown

_WRITES = frozenset(name for name in every_action() if level(name) == "Write")


def describe(part: Part) -> Mapping[str, object]:
    """The entry of the review for one compacted part (see the review's schema)."""
    names = sorted(part.names, key=lambda name: (level(name) == "Read", name))
    return {
        "actions": _shortened(names),
        "resources": [shown(glob) for pieces in part.axes for (glob,) in pieces],
        "access_levels": levels(names),
        "sensitive": list(sensitive(part.names)),
        "witness": describe_request(_telling(part)),
        "future": bool(part.later),
        "inert": False,
        "why": "",
    }


def _shortened(names: list[str]) -> list[str]:
    """Without reading where writing is named, and without what every token has; all there is by its short name."""
    if set(names) >= _WRITES:
        return ["write-all"]
    found = [name for name in names if not (name.endswith(":read") and f"{name[:-5]}:write" in names)]
    return [name for name in found if name != METADATA] or found


def _telling(part: Part) -> Request:
    """The request that says most of those that prove the part: of every residue each action stands for all."""
    return min((request for one in part.residue for request in _proofs(one)), key=_rank)


def _proofs(residue: Residue) -> Iterator[Request]:
    """A residue is a box: what proves one of its actions proves them all."""
    for action in residue.actions:
        yield replace(residue.witness, action=action)
    if not residue.actions:
        yield residue.witness


def _rank(request: Request) -> tuple[int, bool, str]:
    found = [place for place, row in enumerate(github_risk()) if request.action in row.actions]
    return min(found, default=len(github_risk())), level(request.action) == "Read", request.action
