"""NHI401: an identity holds more than any approved role of the catalog."""

from __future__ import annotations

from collections.abc import Iterator

from nhilint.model.finding import Finding
from nhilint.rules.base import About, View, finding

ABOUT = About(
    id="NHI401",
    title="Outside the catalog",
    severity="high",
    confidence="high",
    help="Narrow the grants to the nearest role, or propose a change to the catalog",
)


def judge(view: View) -> Iterator[Finding]:
    """One finding for every identity the repository's own catalog does not cover; none without such a catalog."""
    if not view.catalog_required:
        return
    for key, match in view.matches.items():
        identity = view.snapshot.identities.get(key)
        if identity is not None and identity.bound and match.verdict in ("exceeds", "no-role", "undecided"):
            yield finding(ABOUT, identity, match.sentence, [identity.span])
