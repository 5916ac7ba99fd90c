"""Whom an alternative of a trust lets in, in words for the reviewer of a pull request."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from nhilint.algebra.values import SYMBOL, Condition, display
from nhilint.catalog.trust.callers import ACCOUNTS, AUDIENCE, CALLERS, SERVICES
from nhilint.catalog.trust.subjects import POSITIVE
from nhilint.data.issuers import Issuer, issuer_by_subject, issuer_of
from nhilint.model.facts import Acceptance

_UNKNOWN = re.compile(SYMBOL)
_NAMED = "branch|tag|environment|ref|service account|workspace|project|pipeline|step|user|run phase"
_EVERY = re.compile(rf"(?<!every )\b({_NAMED}) (`[^`]*\*[^`]*`)")
_WHATEVER = {
    AUDIENCE: "with a token for whatever audience",
    "branch": "from whatever branch",
    "tag": "at whatever tag",
    "environment": "in whatever environment",
    "event": "on whatever event",
    "workflow": "by whatever workflow",
    "external_id": "without an external id",
    "issuer": "of whatever cluster",
}
_ORGANIZATION = {"aws:principalorgid": "of organisation", "aws:principalorgpaths": "in the organisation's part"}
_SHOWN = 3
_LONG = 160


def issuer_for(acceptance: Acceptance) -> Issuer | None:
    """The documented issuer of the tokens that are accepted, by its name or by how its subjects begin."""
    host = next((c.values[0] for c in acceptance.clauses if c.key == "iss" and len(c.values) == 1), acceptance.issuer)
    found = issuer_of(widened(acceptance.issuer)) or issuer_of(widened(host))
    subjects = [v for c in acceptance.clauses if c.key == "sub" and c.operator in POSITIVE for v in c.values]
    return found or issuer_by_subject(subjects)


def widened(pattern: str) -> str:
    """The pattern with a star for every unknown string."""
    return _UNKNOWN.sub("*", pattern)


def who(acceptance: Acceptance, clauses: Sequence[Condition], unasked: Iterable[str]) -> str:
    """Whom these clauses let in; `unasked`: fields of the role that the trust leaves open."""
    if acceptance.issuer == SERVICES:
        said = _services(clauses)
    elif acceptance.issuer == CALLERS:
        said = _principals(clauses)
    elif acceptance.issuer == "*" and acceptance.outsider:
        said = acceptance.outsider
    else:
        said = _tokens(acceptance, clauses)
    whatever = [_WHATEVER.get(field, f"with whatever `{field}`") for field in unasked if field not in _TOLD]
    reasons = "; ".join(acceptance.may)
    only = f" (only if {reasons if len(reasons) <= _LONG else 'several things hold'})" if reasons else ""
    return ", ".join((said, *whatever)) + only


_TOLD = frozenset({"repository", "service_account", "namespace", "name", "principal", "account", "sub"})
"""Fields whose absence the words for the caller already tell."""


def quoted(values: Iterable[str]) -> str:
    """Some values as code."""
    shown = [f"`{display(value)}`" for value in values]
    more = [f"{len(shown) - _SHOWN} more"] if len(shown) > _SHOWN else []
    return " or ".join(shown[:_SHOWN] + more)


def _values(clauses: Iterable[Condition], *keys: str) -> tuple[str, ...]:
    return next((c.values for key in keys for c in clauses if c.key == key and c.operator in POSITIVE), ())


def _services(clauses: Sequence[Condition]) -> str:
    return f"the service {quoted(_values(clauses, 'service'))}"


def _principals(clauses: Sequence[Condition]) -> str:
    arns = _values(clauses, "aws:principalarn", "arn")
    if arns:
        return " or ".join(
            f"every principal that `{display(a)}` names" if "*" in a else f"`{display(a)}`" for a in arns
        )
    accounts = _values(clauses, "aws:principalaccount")
    if accounts:
        return f"every principal of account {quoted(accounts)}"
    for key, word in _ORGANIZATION.items():
        if organizations := _values(clauses, key):
            return f"every principal {word} {quoted(organizations)}"
    return "anybody with an AWS account"


def _tokens(acceptance: Acceptance, clauses: Sequence[Condition]) -> str:
    issuer = issuer_for(acceptance)
    parts = []
    for clause in clauses:
        if clause.key.startswith(("aws:", "sts:")) or clause.key in ("aud", "iss") or not clause.values:
            continue
        parts.append(_claim(clause, issuer))
    name = issuer.name if issuer is not None else f"`{display(acceptance.issuer)}`"
    if acceptance.issuer == ACCOUNTS and not parts:
        return "every service account"
    if not parts:
        return f"anybody with a token of {name}"
    said = " and ".join(parts)
    # Forms of a documented issuer speak for themselves.
    plain = issuer is not None and _values(clauses, "sub") and not said.startswith("subject ")
    return said if plain and name in ("GitHub Actions", "Kubernetes") else f"{name}: {said}"


def _claim(clause: Condition, issuer: Issuer | None) -> str:
    values = clause.values
    if clause.key == "sub" and issuer is not None:
        said = list(dict.fromkeys(_EVERY.sub(_every, issuer.words(value, quoted=True)) for value in values))
        more = [f"{len(said) - _SHOWN} more"] if len(said) > _SHOWN else []
        joined = " or ".join(said[:_SHOWN] + more)
    else:
        joined = f"`{clause.key}` {quoted(values)}"
    if clause.operator.startswith(("StringNot", "ArnNot")):
        return f"not {joined}"
    return joined if clause.operator in POSITIVE else f"`{clause.key}` {clause.operator} {quoted(values)}"


def _every(found: re.Match[str]) -> str:
    """`branch *` is every branch, `branch release/*` every branch of that name."""
    return f"every {found[1]}" if found[2] == "`*`" else f"every {found[1]} {found[2]}"
