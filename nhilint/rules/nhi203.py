"""NHI203: strangers can make an identity run what they want."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from nhilint.model.finding import Finding
from nhilint.rules.base import About, View, finding

ABOUT = About(
    id="NHI203",
    title="Open to strangers",
    severity="high",
    confidence="high",
    help="Keep what strangers write away from a job with rights: no checkout of it, and its text only in variables",
)
_SHARED = frozenset({"ci-self-hosted-runner"})
"""Ways that say more of the settings of a repository than of one job."""


def judge(view: View) -> Iterator[Finding]:
    """One finding for every known way in which somebody without any right gets into an identity."""
    for acceptance in view.snapshot.acceptances:
        identity = view.snapshot.identities.get(acceptance.identity)
        if not acceptance.technique or not acceptance.outsider or identity is None or not identity.bound:
            continue
        if acceptance.technique in _SHARED:
            continue
        message = f"{acceptance.outsider} gets into `{identity.name}`: {acceptance.why}"
        subject = f"{acceptance.technique}\x00{acceptance.outsider}"
        if acceptance.may:
            message += f"; only if {' and '.join(acceptance.may)}"
        found = finding(ABOUT, identity, message, [acceptance.via.span], subject)
        yield replace(found, severity="medium", confidence="medium") if acceptance.may else found
