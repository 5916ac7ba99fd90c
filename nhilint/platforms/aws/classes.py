"""Which actions give which classes of power by themselves, as the tables of risk say; knows no statements."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from heapq import nsmallest

from nhilint.data.aws import AwsVocabulary, action
from nhilint.data.risk import AwsClass, aws_risk, scale
from nhilint.platforms.aws.breadth import applies

_TRIES = 50
"""How many actions are looked at for one that works on the resource."""


@cache
def members() -> Mapping[str, tuple[str, ...]]:
    """Folded actions to the classes they give by themselves."""
    found: dict[str, list[str]] = {}
    for row in aws_risk().classes:
        for name in _expanded(row):
            labels = found.setdefault(name, [])
            if row.name not in labels:
                labels.append(row.name)
    return {name: tuple(labels) for name, labels in found.items()}


@cache
def launchers() -> Mapping[str, tuple[str, ...]]:
    """Folded actions that start compute to the services the role is passed to."""
    found: dict[str, list[str]] = {}
    for row in aws_risk().launchers:
        for name in _expanded(row):
            found.setdefault(name, []).append(row.service)
    return {name: tuple(services) for name, services in found.items()}


def _expanded(row: AwsClass) -> Iterator[str]:
    for pattern in row.actions:
        yield from AwsVocabulary().expand(pattern.lower())


def telling(actions: Sequence[str], pattern: str) -> tuple[str, ...]:
    """Of folded actions the one that says most of what they give on such a resource; none where all are alike.

    The first class of power of the tables, then the worst access level; a request that can be made before one that
    can not.
    """
    ranked = nsmallest(_TRIES, actions, key=_rank)
    return next(((name,) for name in ranked if applies(pattern, name)), ())


@cache
def _rank(name: str) -> tuple[int, int, int, str]:
    order = [*scale().classes]
    levels = [*scale().levels]
    row = action(name)
    labels = [order.index(label) for label in members().get(name, ())]
    level = levels.index(row.level) if row is not None and row.level in levels else len(levels)
    return min(labels, default=len(order)), level, len(name), name
