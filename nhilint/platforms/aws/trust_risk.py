"""Whom a gain of trust lets in, as aspects: services, one caller, whoever fits a pattern, an account, everybody.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
https://docs.github.com/en/actions/reference/security/oidc
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from nhilint.algebra.glob import is_wild
from nhilint.algebra.values import Condition, Residue, display
from nhilint.data.issuers import tenants
from nhilint.data.risk import scale
from nhilint.model.risk import Aspect, Held

_POSITIVE = frozenset({"stringequals", "stringlike", "stringequalsignorecase", "arnequals", "arnlike"})
_WHO = (
    "aws:principalorgid", "aws:principalorgpaths", "aws:principalaccount", "aws:principalarn", "aws:sourceaccount",
    "aws:sourcearn", "aws:sourceorgid", "aws:userid",
)  # fmt: skip
"""Condition keys that leave only some of everybody."""
_CLAIMS = (":repository", ":repository_id", ":repository_owner", ":repository_owner_id", ":job_workflow_ref", ":amr")
_TENANTS = ("aud", "app_id")
"""Claims that name one customer of an issuer, and all of whom it lets in."""
_GITHUB = "token.actions.githubusercontent.com"
_WILD = re.compile(r"[*?]")
_OWN = re.compile(r"\$\{account\}")


class _Who(NamedTuple):
    name: str
    """A row of the table of trust."""
    where: str
    """For people."""


def trust_aspects(residue: Residue, held: Held) -> Iterator[Aspect]:
    """Whom one part of a gain of trust lets in; `held` is of no interest."""
    found = _who(residue.scopes[0], residue.conditions)
    yield Aspect(kind="trust", name=found.name, breadth="", where=found.where, says="lets in")


def _who(pattern: str, conditions: Sequence[Condition]) -> _Who:
    kind, _, name = pattern.partition(":")
    if pattern.startswith(("*", "?")):
        return _everybody(conditions)
    if kind == "Service":
        return _Who("service", display(name))
    if kind == "Federated":
        return _federated(name, conditions)
    if kind != "AWS":
        return _Who("outside-named", display(name))
    return _caller(name, conditions)


def _everybody(conditions: Sequence[Condition]) -> _Who:
    limit = next((clause for clause in conditions if clause.key in _WHO and _limits(clause)), None)
    if limit is None:
        return _Who("anybody", "anybody, from any account")
    return _Who("outside", f"everybody with {limit.key} {_values(limit)}")


def _caller(name: str, conditions: Sequence[Condition]) -> _Who:
    shown = display(name)
    if name.startswith(("*", "?")):
        return _everybody(conditions)
    if re.fullmatch(r"\d{12}", name):
        return _Who("outside", f"account {name}")
    parts = name.split(":", 5)
    if len(parts) < 6:
        return _Who("part" if is_wild(name) else "named", shown)
    account, who = parts[4], parts[5]
    if is_wild(account):
        return _everybody(conditions)
    own = _OWN.fullmatch(display(account)) is not None
    if who == "root" or not who.strip("*"):
        return (
            _Who("account", "everybody of the own account") if own else _Who("outside", f"account {display(account)}")
        )
    # A path of another account is as open as what that account puts there.
    if is_wild(who) and not who.startswith("assumed-role/"):
        return _Who("part" if own else "outside", shown)
    return _Who("named" if own or not account.isdigit() else "outside-named", shown)


def _federated(provider: str, conditions: Sequence[Condition]) -> _Who:
    shown = display(provider)
    if ":saml-provider/" in provider:
        return _Who("part", f"whomever {shown} names")
    issuer = shown.rpartition("oidc-provider/")[2].rstrip("/")
    tenant = tenants().get(issuer, "")
    shared = bool(tenant) or not provider.strip("*")
    open_to = _Who("anybody" if shared else "everyone", f"everybody who gets a token of {issuer}")
    # Clauses are ANDed, so the narrowest of them decides; the values of one are ORed, so the widest of them does.
    choices = [
        _widest([_subject(value, issuer, open_to) for value in clause.values])
        for clause in conditions
        if clause.key.endswith(":sub") and _positive(clause)
    ]
    for clause in conditions:
        if clause.key.endswith(_CLAIMS) and _limits(clause):
            wide = any(map(is_wild, clause.values)) or not clause.key.endswith(":job_workflow_ref")
            claim = clause.key.rpartition(":")[2]
            wide_claim = claim in ("repository_owner", "repository_owner_id")
            name = "everyone" if wide_claim else "part" if wide else "named"
            choices.append(_Who(name, f"tokens of {issuer} with {claim} {_values(clause)}"))
        elif tenant in _TENANTS and clause.key.endswith(f":{tenant}") and _limits(clause):
            choices.append(_Who("everyone", f"tokens of {issuer} with {tenant} {_values(clause)}"))
    return min(choices, key=_rank, default=open_to)


def _subject(value: str, issuer: str, open_to: _Who) -> _Who:
    shown = display(value)
    if not value.strip("*"):
        return open_to
    if _GITHUB in issuer:
        return _repository(value, open_to)
    if value.startswith("system:serviceaccount:"):
        namespace, _, account = value.removeprefix("system:serviceaccount:").partition(":")
        if is_wild(namespace):
            return _Who("everyone", f"service accounts {shown} of any namespace")
        if is_wild(account):
            return _Who("part", f"the service accounts {shown}")
        return _Who("named", f"service account {shown}")
    if _WILD.match(value):
        return open_to
    return _Who("part" if is_wild(value) else "named", f"subject {shown} of {issuer}")


def _repository(value: str, open_to: _Who) -> _Who:
    shown = display(value)
    if _WILD.match(value) or "repo:".startswith(_WILD.split(value, maxsplit=1)[0]):
        return open_to
    if not value.startswith("repo:"):
        return _Who("part" if is_wild(value) else "named", f"GitHub token with subject {shown}")
    owner, slash, rest = value.removeprefix("repo:").partition("/")
    if is_wild(owner) or not slash:
        place = display(_WILD.split(owner, maxsplit=1)[0])
        return _Who("anybody", f"repositories of every GitHub organisation whose name begins with {place}")
    repository, colon, ref = rest.partition(":")
    if is_wild(repository):
        return _Who("everyone", f"the repositories {display(owner)}/{display(repository)} on GitHub")
    full = f"{display(owner)}/{display(repository)}"
    if not colon or not ref.strip("*"):
        return _Who("part", f"every branch, tag and pull request of {full} on GitHub")
    if is_wild(ref) or ref == "pull_request":
        return _Who("part", f"{display(ref)} of {full} on GitHub")
    return _Who("named", f"{display(ref)} of {full} on GitHub")


def _widest(found: Sequence[_Who]) -> _Who:
    return max(found, key=_rank)


def _rank(found: _Who) -> int:
    table = scale()
    # Two rows of one band stay apart: the order of the table decides.
    return table.bands.index(table.trust[found.name]) * 100 + list(table.trust).index(found.name)


def _positive(clause: Condition) -> bool:
    plain = clause.operator.lower() in _POSITIVE and not clause.if_exists and clause.qualifier != "ForAllValues"
    return plain and bool(clause.values)


def _limits(clause: Condition) -> bool:
    return _positive(clause) and all(value.strip("*") for value in clause.values)


def _values(clause: Condition) -> str:
    return ", ".join(map(display, clause.values[:3]))
