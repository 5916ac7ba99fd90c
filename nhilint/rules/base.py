"""What a rule is, what it may look at, and how a finding gets its fingerprint."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Protocol

from nhilint.algebra.values import Permissions
from nhilint.catalog.verdict import Match
from nhilint.model.dialect import Dialect
from nhilint.model.facts import Identity, IdentityKey
from nhilint.model.finding import Confidence, Finding, Severity
from nhilint.model.snapshot import Snapshot, permissions_of
from nhilint.model.span import Span


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """A rule's head data."""

    id: str
    title: str
    severity: Severity
    confidence: Confidence
    help: str
    """What to do, one or two sentences."""


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """Everything a rule may see."""

    snapshot: Snapshot
    dialects: Mapping[str, Dialect]
    matches: Mapping[IdentityKey, Match]
    """Catalog verdicts of the identities that hold permissions."""
    catalog_required: bool
    """Whether the repository has a catalog of its own, so that being outside it matters."""

    def identities(self) -> Iterator[tuple[Identity, Permissions]]:
        """Bound identities that hold something, in key order."""
        for key, identity in self.snapshot.identities.items():
            if identity.bound:
                permissions = permissions_of(self.snapshot, key, self.dialects[identity.platform].dimensions)
                if permissions.statements:
                    yield identity, permissions


class Rule(Protocol):
    """A rule is a module with these two names."""

    ABOUT: About

    def judge(self, view: View) -> Iterable[Finding]:
        """The findings, in any order."""
        ...


def finding(about: About, identity: Identity | None, message: str, spans: Iterable[Span], subject: str = "") -> Finding:
    """A finding whose fingerprint is made of rule, identity and subject: no file, no line."""
    key = identity.key if identity else None
    mark = sha256("\x00".join((about.id, key or "", subject)).encode()).hexdigest()[:16]
    places = tuple(dict.fromkeys(spans))
    return Finding(
        rule=about.id,
        title=about.title,
        severity=about.severity,
        confidence=about.confidence,
        identity=key,
        message=message,
        spans=places or ((identity.span,) if identity else ()),
        help=about.help,
        fingerprint=mark,
        subject=subject,
    )
