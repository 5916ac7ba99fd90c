"""What is held against the catalog, and what the catalog says of it, as values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from nhilint.algebra.values import Permissions, Residue
from nhilint.model.facts import Acceptance, Credential, Grant, Identity
from nhilint.model.span import Span

Bound = tuple[tuple[str, tuple[str, ...]], ...]
"""(parameter, values), by name."""

Outcome = Literal["covered", "exceeds", "trust-outside", "constraint-broken", "not-in-force", "no-role", "undecided"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """One identity with everything that a role can say something about."""

    identity: Identity
    permissions: Permissions
    acceptances: tuple[Acceptance, ...] = ()
    """Who may become it."""
    boundaries: tuple[Grant, ...] = ()
    """Its permission boundaries."""
    credentials: tuple[Credential, ...] = ()
    unread: tuple[str, ...] = ()
    """What of it could not be read, for people."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cover:
    """A role, with the values of its parameters."""

    role: str
    bindings: Bound = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Outsider:
    """Somebody whom the identity lets in and the role does not."""

    who: str
    """For people: "any branch of `acme/shop`"."""
    span: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Broken:
    """A constraint of a role that the identity does not keep."""

    constraint: str
    """Its name in the role file: `max_session`, `boundary`, `tags`, `environments`, `static_keys`."""
    why: str
    """A sentence without a full stop."""
    span: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """The catalog's verdict on one identity."""

    verdict: Outcome
    covers: tuple[Cover, ...] = ()
    """The fewest roles that cover it together; otherwise the nearest role alone."""
    residue: tuple[Residue, ...] = ()
    """What they do not cover."""
    nearest: tuple[tuple[str, int], ...] = ()
    """Role ids with the number of parts they leave uncovered, best first."""
    outsiders: tuple[Outsider, ...] = ()
    broken: tuple[Broken, ...] = ()
    exemptions: tuple[str, ...] = ()
    """Ids of the exceptions without which it would not be covered."""
    sentence: str = ""
    """All of it in one sentence without a full stop."""

    @property
    def role(self) -> str:
        """The first of its roles; empty: there is none."""
        return self.covers[0].role if self.covers else ""

    @property
    def bindings(self) -> Bound:
        """Those of the first role."""
        return self.covers[0].bindings if self.covers else ()
