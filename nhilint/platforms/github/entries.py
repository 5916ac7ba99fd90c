"""One part of a delta in the words of GitHub: permissions, repository or secrets, and a request that proves it."""

from __future__ import annotations

from collections.abc import Mapping

from nhilint.algebra.compact import Part
from nhilint.algebra.values import Request
from nhilint.data.github import actions as every_action
from nhilint.platforms.github.risk import sensitive
from nhilint.platforms.github.words import describe_request, level, levels, shown


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
    """Without reading where writing is named; all there is by its short name."""
    if set(every_action()) - {"metadata:read"} <= set(names):
        return ["write-all"]
    return [name for name in names if not (name.endswith(":read") and f"{name[:-5]}:write" in names)]


def _telling(part: Part) -> Request:
    """Of the requests that prove the part one that writes, where there is one."""
    proofs = sorted((one.witness for one in part.residue), key=lambda w: (level(w.action) == "Read", w.action))
    return proofs[0]
