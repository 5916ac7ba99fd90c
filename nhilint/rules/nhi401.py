"""NHI401: an identity is not what any approved role of the catalog says: permissions, trust or constraints."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from nhilint.algebra.values import Residue
from nhilint.catalog.verdict import Outcome
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

_HELP: Mapping[Outcome, str] = {
    "trust-outside": "Narrow the trust to whom the role lets in, or name an exception with an expiry",
    "constraint-broken": "Keep what the role asks for, or propose a change to the catalog",
    "not-in-force": "Use the role that replaces it, or have the role approved again",
    "no-role": "Propose a role: `nhilint catalog propose` writes a draft",
    "undecided": "Say what is not known, or narrow the grants so that it does not matter",
}


def judge(view: View) -> Iterator[Finding]:
    """One finding for every identity the repository's own catalog does not cover; none without such a catalog."""
    if not view.catalog_required:
        return
    told: dict[tuple[str, int], str] = {}
    for key, match in view.matches.items():
        identity = view.snapshot.identities.get(key)
        if identity is not None and identity.bound and match.verdict != "covered":
            language = view.dialects[identity.platform]
            what = ""
            if match.verdict == "exceeds":
                # Many identities that hold the same have one residue, which is put into words once.
                same = identity.platform, id(match.residue)
                if same not in told:
                    told[same] = _what(match.residue, language)
                what = told[same]
            spans = [identity.span, *(one.span for one in match.outsiders), *(one.span for one in match.broken)]
            found = finding(ABOUT, identity, match.sentence + what, spans)
            yield replace(found, help=_HELP.get(match.verdict, ABOUT.help))


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
