"""NHI202: a role that everybody in the world may become."""

from __future__ import annotations

from collections.abc import Iterator

from nhilint.model.facts import Via
from nhilint.model.finding import Finding
from nhilint.rules.base import About, View, finding

ABOUT = About(
    id="NHI202",
    title="Public trust",
    severity="critical",
    confidence="high",
    help="Name the principals that need the role; at least limit the organisation with `aws:PrincipalOrgID`",
)


def judge(view: View) -> Iterator[Finding]:
    """One finding for every allow statement that trusts `*` under no condition."""
    for key, trusts in view.snapshot.trusts.items():
        identity = view.snapshot.identities.get(key)
        for trust in trusts:
            for statement in trust.statements:
                public = any("*" in scope.patterns and not scope.negated for scope in statement.scopes)
                if statement.effect == "allow" and public and not statement.conditions:
                    span = statement.origin.span if isinstance(statement.origin, Via) else trust.span
                    name = identity.name if identity else key
                    yield finding(ABOUT, identity, f"everybody in the world may become `{name}`", [span])
