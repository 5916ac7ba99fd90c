"""Known ways from permissions to more power, as data; knows no platform and no graph.

A technique is a list of needs. Each need is one request that must be possible; its points are templates whose words in
braces stand for whoever uses the technique (`{self.arn}`), for whom it leads to (`{target.arn}`, `{target.namespace}`),
for the workload that runs as the target (`{workload.arn}`) and for what the target's permissions are written in
(`{carrier.arn}`). Which words there are says the platform's `variables`. What is left of a point are globs: *some*
resource that fits is enough.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

TargetKind = Literal["", "self", "identity", "workload", "carrier"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """Requests one of which must be allowed: any of the actions at any of the points."""

    actions: tuple[str, ...]
    """Folded as the platform folds them."""
    points: tuple[tuple[str, ...], ...]
    """Templates of globs, one per dimension of the platform."""
    context: tuple[tuple[str, tuple[str, ...]], ...] = ()
    """Condition keys (lower case) whose values the technique itself brings: the service a role is passed to. A key
    without values is one that the request lacks. Values are templates of globs too; a key whose word has no value may
    have any."""
    step: int = 1
    """Needs of one step are requests of one caller; another step may be done by somebody whom it has become."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Technique:
    """One known way to more power."""

    id: str
    title: str
    """What one may do with it, for people: "may make and run a function as {target}"; `{target}` is its name."""
    needs: tuple[Need, ...]
    yields: str
    """`target`: one becomes it. Otherwise the name of a goal: `administrator`, `every-secret`, …"""
    target: TargetKind = ""
    """Whom it is about: nobody, the one who uses it, an identity, the identity that a workload runs as, or the identity
    whose permissions are written in a carrier."""
    target_kinds: frozenset[str] = frozenset()
    """Kinds of identities, of workloads, or of carriers, that can be the target."""
    accepts: tuple[str, ...] = ()
    """The target's trust must let one of these services in; empty: that is no question."""
    own: bool = False
    """The target must be the one who uses it."""
    becoming: bool = False
    """The one who uses it must besides be able to become the target."""
    changes_self: bool = False
    """It adds permissions to the one who uses it, which a boundary on it still cuts."""
    kinds: frozenset[str] = frozenset()
    """Kinds of identities that can use it; empty: all."""
    unbounded: tuple[tuple[str, str], ...] = ()
    """Values of the target's words that stand for *any* target: who may do it to that one may do it to all."""
    unbounded_yields: str = "administrator"
    any_target: str = ""
    """The name of any target in the title: "any role of the account"."""
    may: tuple[str, ...] = ()
    """What has to hold besides, and no permission says: goes to the edge's own `may`."""
    references: tuple[str, ...] = ()


class TechniqueError(ValueError):
    """A table of techniques says something that no technique has."""


_KEYS = frozenset(
    {
        *("id", "title", "need", "yields", "target", "kinds", "own", "becoming", "changes_self", "references"),
        *("any", "any_yields", "any_target", "may"),
    }
)
_TARGET_KEYS = frozenset({"of", "kinds", "accepts"})
_NEED_KEYS = frozenset({"actions", "points", "context", "step"})


def read_techniques(rows: Iterable[Mapping[str, Any]], fold: Callable[[str], str]) -> tuple[Technique, ...]:
    """The techniques of a table (`[[technique]]` rows); `fold` writes an action as the platform compares it.

    Raises `TechniqueError` for a key that does not exist, an id that stands twice, or a technique without needs.
    """
    found: dict[str, Technique] = {}
    for row in rows:
        technique = _technique(row, fold)
        if technique.id in found:
            raise TechniqueError(f"technique `{technique.id}` stands twice")
        found[technique.id] = technique
    return tuple(found.values())


def _technique(row: Mapping[str, Any], fold: Callable[[str], str]) -> Technique:
    target = row.get("target", {})
    for keys, table in ((_KEYS, row), (_TARGET_KEYS, target), *((_NEED_KEYS, need) for need in row["need"])):
        if unknown := sorted(table.keys() - keys):
            raise TechniqueError(f"technique `{row['id']}` has no `{unknown[0]}`")
    if not row["need"]:
        raise TechniqueError(f"technique `{row['id']}` needs nothing")
    return Technique(
        id=row["id"],
        title=row["title"],
        needs=tuple(_need(need, fold) for need in row["need"]),
        yields=row["yields"],
        target=target.get("of", ""),
        target_kinds=frozenset(target.get("kinds", ())),
        accepts=tuple(target.get("accepts", ())),
        own=row.get("own", False),
        becoming=row.get("becoming", False),
        changes_self=row.get("changes_self", False),
        kinds=frozenset(row.get("kinds", ())),
        unbounded=tuple(sorted(row.get("any", {}).items())),
        unbounded_yields=row.get("any_yields", "administrator"),
        any_target=row.get("any_target", ""),
        may=tuple(row.get("may", ())),
        references=tuple(row.get("references", ())),
    )


def _need(row: Mapping[str, Any], fold: Callable[[str], str]) -> Need:
    context = row.get("context", {})
    return Need(
        actions=tuple(map(fold, row["actions"])),
        points=tuple(tuple(point) for point in row["points"]),
        context=tuple(sorted((key.lower(), tuple(values)) for key, values in context.items())),
        step=row.get("step", 1),
    )
