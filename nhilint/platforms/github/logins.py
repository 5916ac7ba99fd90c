"""Whom a job logs in as: the roles and accounts of clouds that its login steps name.

A role of AWS is said as a wish of the job's token; whose it is, the graph finds out. Of other clouds nothing else is
known, so that the account becomes an identity of its own outside the tree, with the login step as the evidence.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from nhilint.algebra.values import Condition, display, literal
from nhilint.model.facts import Acceptance, Identity, IdentityKey, Token, Via
from nhilint.model.node import Node
from nhilint.model.span import Span
from nhilint.platforms.github.runs import Run
from nhilint.platforms.github.steps import Step

LOGIN = "login-step"
"""The issuer of what a workflow itself says of whom it becomes."""
_AWS = frozenset({"aws-actions/configure-aws-credentials"})


@dataclass(frozen=True, slots=True)
class _Kind:
    """One kind of account outside."""

    kind: str
    key: str
    """The key in front of its name."""
    word: str


_ACCOUNTS = {
    "google-github-actions/auth": ("service_account", _Kind("gcp_service_account", "gcp:service-account", "account")),
    "azure/login": ("client-id", _Kind("azure_application", "azure:application", "application")),
    "hashicorp/vault-action": ("role", _Kind("vault_role", "vault:role", "role")),
}
"""Action to the input that names the account; federated only without a key of its own."""
_POOLS = "workload_identity_provider"
_POOL = _Kind("gcp_principal_set", "gcp:workload-identity", "pool")


@dataclass(frozen=True, slots=True)
class Login:
    """One account outside the tree that a step logs in as."""

    identity: Identity
    acceptance: Acceptance
    token: Token


def wishes(found: Iterable[Step]) -> tuple[str, ...]:
    """Patterns of the AWS roles that login steps name."""
    roles = [role for step in found if step.action in _AWS for role in step.values("role-to-assume")]
    return tuple(dict.fromkeys(roles))


def logins(run: Run, found: Iterable[Step]) -> Iterator[Login]:
    """The accounts of other clouds that the job logs in as by its identity token."""
    for step in found:
        row = _ACCOUNTS.get(step.action)
        if row is None:
            continue
        name, kind = row
        names = step.values(name)
        if not names and step.action == "google-github-actions/auth":
            # Without an account the pool itself is the principal.
            name, kind = _POOLS, _POOL
            names = step.values(name)
        given = step.given(name)
        if given is not None and _federates(step):
            for pattern in names:
                yield _login(run, kind, pattern, given, step)


def _federates(step: Step) -> bool:
    match step.action:
        case "google-github-actions/auth":
            return bool(step.values(_POOLS))
        case "azure/login":
            return not step.values("creds")
        case _:
            return any(display(method).lower() == "jwt" for method in step.values("method"))


def _login(run: Run, kind: _Kind, pattern: str, given: Node, step: Step) -> Login:
    shown = display(pattern)
    key = IdentityKey(f"{kind.key}/{shown}")
    grant = f"github:login/{run.name}/{kind.kind}/{shown}"
    span = Span(*given.span[:3])
    job = literal(run.name)
    return Login(
        identity=Identity(
            key=key, platform="github", kind=kind.kind, name=shown, span=span, external=True, aliases=(shown,)
        ),
        acceptance=Acceptance(
            identity=key,
            issuer=LOGIN,
            clauses=(Condition(operator="StringEquals", key="sub", values=(job,)),),
            via=Via(grant=grant, span=span, label=step.action),
            why=f"a login step of `{run.name}` names it",
            may=(f"the {kind.word}, which is not in this tree, trusts the job",),
        ),
        token=Token(identity=run.key, issuer=LOGIN, claims=(("sub", (job,)),), span=span, wants=(shown,)),
    )
