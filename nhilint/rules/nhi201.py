"""NHI201: a federated trust that does not say whose tokens it accepts."""

from __future__ import annotations

from collections.abc import Iterator

from nhilint.algebra.values import Statement, display
from nhilint.model.facts import Via
from nhilint.model.finding import Finding
from nhilint.rules.base import About, View, finding

ABOUT = About(
    id="NHI201",
    title="Federated trust without a subject",
    severity="high",
    confidence="high",
    help="Add a condition on the token's `sub` claim: repository and branch, environment, or service account",
)

_OPERATORS = frozenset({"stringequals", "stringlike", "stringequalsignorecase", "arnequals", "arnlike"})
_CLAIMS = (":sub", ":job_workflow_ref", ":repository", ":repository_id", ":aud:sub")
# Issuers whose tokens anybody in the world can get: for others the issuer alone is already a limit.
_SHARED_ISSUERS = (
    "token.actions.githubusercontent.com",
    "gitlab.com",
    "app.terraform.io",
    "agent.buildkite.com",
    "oidc.circleci.com",
    "accounts.google.com",
    "cognito-identity.amazonaws.com",
)


def judge(view: View) -> Iterator[Finding]:
    """One finding for every federated allow statement without a positive condition on who the caller is."""
    for key, trusts in view.snapshot.trusts.items():
        identity = view.snapshot.identities.get(key)
        for trust in trusts:
            for statement in trust.statements:
                provider = _provider(statement)
                if provider and not _limited(statement):
                    span = statement.origin.span if isinstance(statement.origin, Via) else trust.span
                    message = (
                        f"anybody who gets a token from `{provider}` may become `{identity.name if identity else key}`"
                    )
                    yield finding(ABOUT, identity, message, [span], provider)


def _provider(statement: Statement) -> str:
    if statement.effect != "allow" or not statement.scopes or statement.scopes[0].negated:
        return ""
    if not any(action in ("*", "sts:*") or action.startswith("sts:assumerolewithweb") for action in statement.actions):
        return ""
    for pattern in statement.scopes[0].patterns:
        kind, _, name = pattern.partition(":")
        if kind == "Federated" and any(issuer in name for issuer in _SHARED_ISSUERS):
            return display(name)
    return ""


def _limited(statement: Statement) -> bool:
    return any(
        condition.operator.lower() in _OPERATORS
        and not condition.if_exists
        and condition.qualifier != "ForAllValues"
        and condition.key.endswith(_CLAIMS)
        and all(value.strip("*") for value in condition.values)
        for condition in statement.conditions
    )
