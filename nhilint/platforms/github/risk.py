"""What a gain means on GitHub, as aspects: classes of power and access levels, each with its breadth.

The ladder is one repository or secret < everything a token can be given, or every secret.
"""

from __future__ import annotations

from collections.abc import Iterator

from nhilint.algebra.values import Residue
from nhilint.data.github import actions as every_action
from nhilint.data.risk import github_risk, scale
from nhilint.model.risk import Aspect, Held
from nhilint.platforms.github.words import level, shown


def aspects(residue: Residue, held: Held) -> Iterator[Aspect]:
    """Everything there is to say about one part of a gain; `held` is of no interest."""
    resource = residue.scopes[0]
    reach, where = _breadth(resource, residue.actions)
    rows = {row.name: row.actions for row in github_risk()}
    for label in scale().classes:
        found = tuple(action for action in rows.get(label, ()) if action in residue.actions)
        if found:
            yield Aspect(kind="class", name=label, breadth=reach, actions=found, where=where)
    for name in ("Write", "Read"):
        found = tuple(action for action in residue.actions if level(action) == name)
        if found:
            yield Aspect(kind="level", name=name, breadth=reach, actions=found, where=where)


def trust_aspects(residue: Residue, held: Held) -> Iterator[Aspect]:
    """GitHub's facts know no trust of their own."""
    return iter(())


def guard(key: str) -> bool:
    """Permissions of a token have no conditions."""
    return False


def sensitive(actions: frozenset[str]) -> tuple[str, ...]:
    """The classes of power of the actions, in the order of the tables."""
    found = {row.name for row in github_risk() if actions.intersection(row.actions)}
    return tuple(label for label in scale().classes if label in found)


def _breadth(resource: str, actions: tuple[str, ...]) -> tuple[str, str]:
    if resource.startswith(("secret/", "environment/")):
        return ("type", "every secret") if resource.endswith("/*") else ("one", shown(resource))
    writes = {action for action in every_action() if level(action) == "Write"}
    return ("type" if writes <= set(actions) else "one"), shown(resource)
