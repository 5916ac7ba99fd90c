"""What a gain means in AWS, as aspects: classes of power, access levels, open wildcards, each with its breadth."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache

from nhilint.algebra.glob import contains, intersect
from nhilint.algebra.values import Residue, display, variable
from nhilint.data.aws import action
from nhilint.data.risk import Harmless, aws_risk, scale
from nhilint.model.risk import Aspect, Held, PartKind
from nhilint.platforms import aws
from nhilint.platforms.aws.breadth import applies, breadth, narrowed, noun
from nhilint.platforms.aws.classes import launchers, members
from nhilint.platforms.aws.trust_risk import trust_aspects

__all__ = ["aspects", "classes", "guard", "trust_aspects"]

_VARIABLE = re.compile(r"\$\{([^}]*)\}")
_PASS = "iam:passrole"
_POSITIVE = frozenset({"StringEquals", "StringLike", "StringEqualsIgnoreCase"})


def aspects(residue: Residue, held: Held) -> Iterator[Aspect]:
    """Everything there is to say about one part of a gain of permissions."""
    pattern = residue.scopes[-1]
    fitting = [name for name in residue.actions if applies(pattern, name)]
    astray = [name for name in residue.actions if (row := action(name)) is not None and row.resource_types]
    about = _About(residue)
    by_class: dict[str, list[str]] = {}
    for name in fitting:
        for label in (label for label in members().get(name, ()) if not _harmless(label, name, pattern)):
            by_class.setdefault(label, []).append(name)
    for label in scale().classes:
        if label in by_class:
            yield about.aspect("class", label, by_class[label])
    yield from _compute(residue, fitting, held)
    yield from _levels(fitting, about)
    if astray and not fitting:
        yield about.aspect("level", "List", astray, "names actions that work on no resource of this form")
    yield from _future(residue, about)


def guard(key: str) -> bool:
    """Whether a condition key says who calls, from where or how sure it is."""
    return any(contains(glob, key) for glob in aws_risk().guards)


def classes(residue: Residue) -> tuple[str, ...]:
    """The classes of power that the actions give by themselves, in the order of the tables."""
    pattern = residue.scopes[-1]
    found = {
        label
        for name in residue.actions
        if name in members() and applies(pattern, name)
        for label in members()[name]
        if not _harmless(label, name, pattern)
    }
    return tuple(label for label in scale().classes if label in found)


class _About:
    """Says breadth and place of one pattern for a list of actions."""

    def __init__(self, residue: Residue) -> None:
        self.pattern = residue.scopes[-1]
        self.limit, self.limited_by = narrowed(residue.conditions)

    def aspect(self, kind: PartKind, name: str, actions: Sequence[str], says: str = "") -> Aspect:
        wide = scale().widest(*(breadth(self.pattern, action) for action in actions))
        reach = scale().narrowest(wide, self.limit) if self.limit else wide
        where = _where(self.pattern, actions, wide)
        if reach != wide:
            where = f"{where}, if {self.limited_by}"
        spelled = tuple(map(aws.vocabulary().spell, actions))
        return Aspect(kind=kind, name=name, breadth=reach, actions=spelled, where=where, says=says)


def _where(pattern: str, actions: Sequence[str], reach: str) -> str:
    shown = display(pattern)
    if reach in ("one", "prefix"):
        return shown
    if all((row := action(name)) is not None and not row.resource_types for name in actions):
        return "the account"
    word = noun(actions, pattern)
    if reach == "type":
        return f"every {word} ({shown})"
    if pattern.strip("*"):
        return f"{shown} of any account that lets it" if reach == "cross-account" else shown
    return f"every {word} of the account" + (" and of others that share theirs" if reach == "cross-account" else "")


def _levels(actions: Sequence[str], about: _About) -> Iterator[Aspect]:
    by_level: dict[str, list[str]] = {}
    for name in actions:
        row = action(name)
        level = "Unknown" if row is None else row.level
        if level == "Write" and row is not None and (not row.resource_types or name in _telemetry()):
            level = "Ordinary write"
        by_level.setdefault(level, []).append(name)
    for level in scale().levels:
        if level in by_level:
            yield about.aspect("level", level, by_level[level])


def _future(residue: Residue, about: _About) -> Iterator[Aspect]:
    for pattern in residue.future:
        service, _, name = pattern.partition(":")
        reach = "everything" if not pattern.strip("*:") else "service" if not name.strip("*") else "verb"
        known = f"{service}:" if "*" not in service and "?" not in service else "*"
        aspect = about.aspect("future", reach, [known])
        yield Aspect(
            kind="future",
            name=reach,
            breadth=aspect.breadth,
            actions=(aws.vocabulary().spell(pattern),),
            where=aspect.where,
        )


def _compute(residue: Residue, gained: Sequence[str], held: Held) -> Iterator[Aspect]:
    """PassRole and something that starts compute, when at least one half was gained and the other is held now."""
    starts = launchers()
    launches = [name for name in gained if name in starts]
    if _PASS in gained:
        passes = [residue]
        launches = sorted({name for part in held(tuple(starts)) for name in part.actions if name in starts})
    elif launches:
        passes = [part for part in held((_PASS,)) if _PASS in part.actions]
    else:
        return
    for part in passes:
        able = [name for name in launches if any(_may_pass(part, service) for service in starts[name])]
        if able:
            said = _About(part).aspect("class", "compute-with-role", [_PASS])
            spelled = tuple(map(aws.vocabulary().spell, [_PASS, *able]))
            yield Aspect(
                kind="class", name="compute-with-role", breadth=said.breadth, actions=spelled, where=said.where
            )


def _may_pass(part: Residue, service: str) -> bool:
    """Whether the conditions on PassRole let a role be passed to the service."""
    for clause in part.conditions:
        if clause.key == "iam:passedtoservice" and clause.operator in _POSITIVE:
            return any(intersect(value.lower(), service) for value in clause.values)
    return True


def _harmless(label: str, name: str, pattern: str) -> bool:
    return any(
        row.name == label and name in actions and any(contains(glob, pattern) for glob in globs)
        for row, actions, globs in _harmless_rows()
    )


@cache
def _harmless_rows() -> tuple[tuple[Harmless, frozenset[str], tuple[str, ...]], ...]:
    """Each row with its folded actions and its resources as patterns."""
    rows = []
    for row in aws_risk().harmless:
        names = frozenset(name for p in row.actions for name in aws.vocabulary().expand(p.lower()))
        globs = tuple(_VARIABLE.sub(lambda found: variable(found[1]), glob) for glob in row.resources)
        rows.append((row, names, globs))
    return tuple(rows)


@cache
def _telemetry() -> frozenset[str]:
    return frozenset(name.lower() for name in aws_risk().telemetry)
