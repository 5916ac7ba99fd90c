"""How two permission sets lie to each other, and what they have in common; no platform.

An intersection needs no algorithm of its own: the other set becomes one more ceiling, which `search` meets exactly.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Literal

from nhilint.algebra.values import Covered, Exceeds, Permissions, Undecided, Verdict

Compare = Callable[[Permissions, Permissions], Verdict]
"""`prove.compare` with everything but the candidate and the reference given."""

Relation = Literal["equivalent", "narrower", "wider", "overlapping", "disjoint", "undecided"]
"""Of the candidate to the reference: it allows the same, strictly less, strictly more; something common besides what
each alone allows; nothing in common; or it can not be decided."""


def intersection(a: Permissions, b: Permissions) -> Permissions:
    """What both allow. The statements, and so the places, are those of `a`."""
    return replace(a, ceilings=(*a.ceilings, b.statements, *b.ceilings))


def nothing(like: Permissions) -> Permissions:
    """The empty permission set of the same dimensions."""
    return Permissions(dimensions=like.dimensions, statements=())


def is_empty(permissions: Permissions, compare: Compare) -> bool | None:
    """Whether nothing at all is allowed; None when that can not be decided."""
    return _answer(compare(permissions, nothing(permissions)))


def relate(candidate: Permissions, reference: Permissions, compare: Compare, verdict: Verdict) -> Relation:
    """The relation, given the verdict on the candidate inside the reference."""
    inside, contains = _answer(verdict), _answer(compare(reference, candidate))
    if inside is None or contains is None:
        return "undecided"
    if inside:
        return "equivalent" if contains else "narrower"
    if contains:
        return "wider"
    apart = is_empty(intersection(candidate, reference), compare)
    return "undecided" if apart is None else "disjoint" if apart else "overlapping"


def _answer(verdict: Verdict) -> bool | None:
    match verdict:
        case Covered():
            return True
        case Exceeds():
            return False
        case Undecided():
            return None
