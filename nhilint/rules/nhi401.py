"""NHI401: an identity holds more than any approved role of the catalog."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from nhilint.algebra.values import Residue
from nhilint.model.dialect import Dialect
from nhilint.model.finding import Finding
from nhilint.rules.base import About, View, finding

_SHOWN = 2

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
        if identity is not None and identity.bound and match.verdict != "covered":
            language = view.dialects[identity.platform]
            yield finding(ABOUT, identity, match.sentence + _what(match.residue, language), [identity.span])


def _what(residue: Sequence[Residue], dialect: Dialect) -> str:
    """The first parts that are not covered, in the platform's words."""
    shown = []
    parts = dialect.parts(residue)
    for part in parts[:_SHOWN]:
        words = dialect.describe(part)
        actions, resources = _list(words["actions"]), _list(words["resources"])
        shown.append(f"{actions} on {resources}")
    more = f" and {len(parts) - _SHOWN} more" if len(parts) > _SHOWN else ""
    return f": {'; '.join(shown)}{more}" if shown else ""


def _list(values: object) -> str:
    texts = [str(value) for value in values] if isinstance(values, list) else []
    return ", ".join(texts[:3]) + (f" and {len(texts) - 3} more" if len(texts) > 3 else "")
