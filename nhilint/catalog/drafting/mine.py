"""Role mining: the fewest new roles that would cover most of the identities that no role covers. Pure.

Identities whose statements have the same shape are one candidate. A candidate takes in the members of a smaller one
when what they do not hold stands under parameters of its own, which stay unbound for them: that widens nobody. With a
tolerance, two candidates that differ in actions on the same resources become one, if nobody gains more than that share
of actions, and none of them changes permissions, reads secrets or leads to more power. Then the candidate that covers
most that is not covered yet is taken, again and again.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache

from nhilint.algebra.spelling import spell
from nhilint.catalog.drafting.shapes import abstract
from nhilint.catalog.drafting.stating import Stated
from nhilint.catalog.verdict import Held
from nhilint.data.aws import AwsVocabulary, action
from nhilint.data.risk import aws_risk

Shape = frozenset[object]
_HARMFUL = "data-read"
"""The one class of power that a tolerance may add: what reads one thing more of the same resource."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """Somebody whom no role covers."""

    held: Held
    statements: tuple[Stated, ...]

    @property
    def platform(self) -> str:
        """Of the identity."""
        return self.held.identity.platform


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A role that could be made: who would have it, with the statements it would say for each."""

    members: tuple[int, ...]
    statements: tuple[tuple[Stated, ...], ...]
    added: tuple[tuple[str, ...], ...]
    """Folded actions that each would have besides; empty in exact mode."""
    shape: Shape


def mine(members: Sequence[Member], *, limit: int, least: int, tolerance: float = 0.0) -> list[Candidate]:
    """The candidates to make roles of, best first; each with those only whom none before it covers."""
    groups = _groups(members)
    if tolerance > 0:
        groups = _tolerant(members, groups, tolerance)
    wide = [_with_smaller(one, groups) for one in groups]
    chosen: list[Candidate] = []
    done: set[int] = set()
    while len(chosen) < limit:
        best = max(wide, key=lambda one: (_gain(one, done), -len(one.shape), [-i for i in one.members]), default=None)
        if best is None or _gain(best, done) < least:
            break
        kept = [at for at, index in enumerate(best.members) if index not in done]
        chosen.append(
            Candidate(
                members=tuple(best.members[at] for at in kept),
                statements=tuple(best.statements[at] for at in kept),
                added=tuple(best.added[at] for at in kept),
                shape=best.shape,
            )
        )
        done.update(best.members)
        wide = [one for one in wide if _gain(one, done)]
    return chosen


def _gain(one: Candidate, done: set[int]) -> int:
    return sum(index not in done for index in one.members)


def _groups(members: Sequence[Member]) -> list[Candidate]:
    found: defaultdict[tuple[str, Shape, int], list[int]] = defaultdict(list)
    for index, member in enumerate(members):
        shapes = [abstract(one).shape for one in member.statements]
        # How often each shape stands there is part of it: two statements of one shape are not one.
        found[member.platform, frozenset((s, shapes.count(s)) for s in shapes), len(shapes)].append(index)
    return [
        Candidate(
            members=tuple(indexes),
            statements=tuple(members[index].statements for index in indexes),
            added=((),) * len(indexes),
            shape=frozenset({("platform", platform), *shape}),
        )
        for (platform, shape, _), indexes in found.items()
        if shape
    ]


def _with_smaller(one: Candidate, groups: Sequence[Candidate]) -> Candidate:
    """With the members of candidates whose statements are some of its own, where that widens nobody."""
    taken = [
        one,
        *(o for o in groups if o.shape < one.shape and all(_named(shape) for shape in one.shape - o.shape)),
    ]
    return replace(
        one,
        members=tuple(i for c in taken for i in c.members),
        statements=tuple(s for c in taken for s in c.statements),
        added=tuple(a for c in taken for a in c.added),
    )


def _named(shape: object) -> bool:
    """Whether a statement of the shape has a name in each of its patterns, so that it gives nothing without one."""
    if not isinstance(shape, tuple) or len(shape) != 2 or not isinstance(shape[0], tuple):
        return False
    rows = shape[0][1]
    fields = [templates for place, templates in rows if place[0] == "field" and place[1] in ("resources", "namespaces")]
    # One name alone may be the same for all and be written as it is.
    return bool(fields) and all(any(k in _OWN for k in t.kinds) for templates in fields for t in templates)


_OWN = ("account", "region")
"""Kinds of names that are always parameters."""


def _tolerant(members: Sequence[Member], groups: list[Candidate], tolerance: float) -> list[Candidate]:
    """Groups united where they differ only in a few actions; the largest groups first."""
    buckets: defaultdict[object, list[Candidate]] = defaultdict(list)
    for one in groups:
        buckets[_skeleton(one.statements[0])].append(one)
    found: list[Candidate] = []
    for key, bucket in buckets.items():
        if key is None or len(bucket) == 1:
            found += bucket
            continue
        merged: list[Candidate] = []
        for one in sorted(bucket, key=lambda c: (-len(c.members), c.members)):
            for at, other in enumerate(merged):
                united = _united(members, other, one, tolerance)
                if united is not None:
                    merged[at] = united
                    break
            else:
                merged.append(one)
        found += merged
    return found


def _skeleton(statements: Sequence[Stated]) -> object:
    """What is the same for all who hold something on the same kinds of resources; None where it is not that simple."""
    keys = []
    for one in statements:
        if one.words[0][0] != "actions" or one.wide:
            return None
        keys.append(abstract(one).shape[1])
    return frozenset(keys) if len(set(keys)) == len(keys) else None


def _united(members: Sequence[Member], a: Candidate, b: Candidate, tolerance: float) -> Candidate | None:
    names: defaultdict[object, set[str]] = defaultdict(set)
    for candidate in (a, b):
        for one in candidate.statements[0]:
            names[abstract(one).shape[1]] |= one.known
    indexes = (*a.members, *b.members)
    statements, added = [], []
    for index in indexes:
        rows, more = [], set[str]()
        for one in members[index].statements:
            union = frozenset(names[abstract(one).shape[1]])
            more |= {f"{name}" for name in union - one.known}
            rows.append(_wider(one, union))
        held = sum(len(one.known) for one in members[index].statements)
        gained = sum(len(w.known) - len(o.known) for w, o in zip(rows, members[index].statements, strict=True))
        if gained > tolerance / 100 * held or any(_grave(name) for name in more):
            return None
        statements.append(tuple(rows))
        added.append(tuple(sorted(more)))
    shapes = [abstract(one).shape for one in statements[0]]
    return Candidate(
        members=indexes,
        statements=tuple(statements),
        added=tuple(added),
        shape=frozenset({("platform", "aws"), *((s, shapes.count(s)) for s in shapes)}),
    )


def _wider(one: Stated, union: frozenset[str]) -> Stated:
    if union == one.known:
        return one
    words = spell(union, (), AwsVocabulary(), inner=False).patterns
    return replace(one, words=(("actions", words),), known=union)


def _grave(name: str) -> bool:
    """Whether an action is never added to anybody."""
    row = action(name)
    return row is None or row.level == "Permissions management" or name in _powers()


@cache
def _powers() -> frozenset[str]:
    return frozenset(_listed())


def _listed() -> Iterator[str]:
    for row in (*aws_risk().classes, *aws_risk().launchers):
        if row.name != _HARMFUL:
            for pattern in row.actions:
                yield from AwsVocabulary().expand(pattern.lower())
