"""NHI101: an identity that is administrator of its platform."""

from __future__ import annotations

from collections.abc import Iterator

from nhilint.graph.build import is_admin
from nhilint.model.facts import Via
from nhilint.model.finding import Finding
from nhilint.rules.base import About, View, finding

ABOUT = About(
    id="NHI101",
    title="Full administrator",
    severity="critical",
    confidence="high",
    help="List the actions and resources the workload needs, or use a role of the catalog",
)


def judge(view: View) -> Iterator[Finding]:
    """One finding for every identity whose effective permissions cover the whole platform."""
    for identity, permissions in view.identities():
        dialect = view.dialects[identity.platform]
        if is_admin(permissions, dialect, dialect.present(identity.kind)):
            spans = [
                s.origin.span
                for s in permissions.statements
                if s.effect == "allow" and isinstance(s.origin, Via) and "*" in s.actions
            ]
            message = f"`{identity.name}` may do everything on {identity.platform}: no permission is out of its reach"
            yield finding(ABOUT, identity, message, spans)
