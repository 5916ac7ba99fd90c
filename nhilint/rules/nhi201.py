"""NHI201: a federated trust that does not say whose tokens it accepts."""

from __future__ import annotations

from collections.abc import Iterator

from nhilint.algebra.values import Statement, display
from nhilint.data.issuers import tenants
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


def judge(view: View) -> Iterator[Finding]:
    """One finding for every federated allow statement without a positive condition on who the caller is."""
    for key, trusts in view.snapshot.trusts.items():
        identity = view.snapshot.identities.get(key)
        for trust in trusts:
            for statement in trust.statements:
                provider = _provider(statement)
                # Of an issuer that is not shared the issuer alone is already a limit.
                tenant = _tenant(provider)
                if tenant and not _limited(statement, tenant):
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
        if kind == "Federated" and _tenant(display(name)):
            return display(name)
    return ""


def _tenant(provider: str) -> str:
    """The claim that says whose token it is, when anybody can get one of this provider; else empty."""
    return tenants().get(provider.rpartition("oidc-provider/")[2].rstrip("/"), "")


def _limited(statement: Statement, tenant: str) -> bool:
    return any(
        condition.operator.lower() in _OPERATORS
        and not condition.if_exists
        and condition.qualifier != "ForAllValues"
        and condition.key.endswith((*_CLAIMS, f":{tenant}"))
        and all(value.strip("*") for value in condition.values)
        for condition in statement.conditions
    )
