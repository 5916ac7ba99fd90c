"""Findings: what a rule says about one identity."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from nhilint.model.facts import IdentityKey
from nhilint.model.span import Span

Severity = Literal["info", "low", "medium", "high", "critical"]
Confidence = Literal["low", "medium", "high"]
SEVERITIES: tuple[Severity, ...] = ("info", "low", "medium", "high", "critical")


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One rule's statement about one identity, with every line involved."""

    rule: str
    """`NHI101`."""
    title: str
    severity: Severity
    confidence: Confidence
    identity: IdentityKey | None
    message: str
    spans: tuple[Span, ...]
    """Primary place first."""
    help: str
    fingerprint: str
    """Stable over moves: rule, identity and what it is about; no file, no line."""
    subject: str = ""
    """What about the identity it is about; with rule and identity it tells two findings apart."""
    suppressed: str = ""
    """The reason of the suppression that covers it; empty: it counts."""
