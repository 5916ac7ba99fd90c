"""What a change means, as parts: the words between platforms and reports; knows no table and no rule of the bands."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from nhilint.algebra.values import Residue

PartKind = Literal["class", "level", "future", "trust", "loosened"]
Held = Callable[[Sequence[str]], Sequence[Residue]]
"""Folded action patterns to what the identity holds of them after the change: all its grants, denies taken off."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Aspect:
    """One thing that a platform says about what was gained, before it is weighed."""

    kind: PartKind
    name: str
    """The class, the access level, how far a wildcard reaches, or who was let in; rows of the tables of risk."""
    breadth: str
    """How much of the world it is about: one of the breadths of the tables; empty where that is no question."""
    actions: tuple[str, ...] = ()
    """As the vendor spells them."""
    where: str = ""
    """What it is about, for people: "every secret of the account"."""
    says: str = ""
    """The words before the actions, where the tables have none for the name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """An aspect with its band. Parts are never added up."""

    kind: PartKind
    name: str
    band: str
    breadth: str
    says: str
    actions: tuple[str, ...] = ()
    where: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Risk:
    """The parts of a change, worst first, and the highest of their bands."""

    band: str
    parts: tuple[Part, ...] = ()
