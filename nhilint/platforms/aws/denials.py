"""What the denies of a trust policy take from one alternative of its allows, as clauses over claims; judges nobody.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notprincipal.html
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from nhilint.algebra.evaluate import glob
from nhilint.algebra.glob import is_wild, may_overlap, surely_contains
from nhilint.algebra.values import Condition, Scope, Statement, symbol

_ACCOUNT = re.compile(rf"(?:arn:[^:]*:iam::([^:]*):root|(\d{{12}}|{symbol('account')}))")
_SESSION = re.compile(r"arn:[^:]*:sts::[^:]*:assumed-role/.*")


class Denial(NamedTuple):
    """One way in which a deny shuts callers out."""

    clauses: tuple[Condition, ...]
    """Who is shut out: whoever satisfies all of them, and the conditions of the statement."""
    statement: Statement


def denials(denies: Iterable[Statement], pattern: str, action: str) -> Iterator[Denial]:
    """The denies that speak of callers under one principal pattern who do one action."""
    for deny in denies:
        if not assumes(deny, action):
            continue
        scope = deny.scopes[0] if deny.scopes else Scope(patterns=("*",))
        if scope.negated:
            yield from _all_but(scope.patterns, pattern, deny)
            continue
        if any(_contains(p, pattern) for p in scope.patterns):
            yield Denial((), deny)
            continue
        for one in scope.patterns:
            clause = _clause(one, negated=False) if _overlaps(one, pattern) or _of_account(one, pattern) else None
            if clause is not None:
                yield Denial((clause,), deny)


def open_denials(found: Iterable[Denial]) -> tuple[str, ...]:
    """What has to hold for denies that may not exist, or that can not be interpreted, to deny nothing."""
    reasons = (r for denial in found for r in (*denial.statement.may, denial.statement.undecided) if r)
    return tuple(
        dict.fromkeys(f"a deny of its trust policy does not stand in the way ({reason})" for reason in reasons)
    )


def assumes(statement: Statement, action: str) -> bool:
    """Whether the statement speaks of the action."""
    return any(glob(pattern, action) for pattern in statement.actions) != statement.actions_negated


def account_of(name: str) -> str | None:
    """The account that an `AWS` principal names as a whole, maybe empty; None where it names somebody of one."""
    found = _ACCOUNT.fullmatch(name)
    return (found[1] or found[2] or "") if found else None


def _all_but(patterns: tuple[str, ...], pattern: str, deny: Statement) -> Iterator[Denial]:
    """`NotPrincipal` of a deny: everybody who is not listed."""
    if any(_contains(one, pattern) for one in patterns):
        return
    clauses = [_clause(one, negated=True) for one in patterns if _overlaps(one, pattern) or _of_account(one, pattern)]
    yield Denial(tuple(clause for clause in clauses if clause is not None), deny)


def _clause(pattern: str, *, negated: bool) -> Condition | None:
    """A principal `AWS` as a clause; None for a session, which its role can call by another name."""
    kind, _, name = pattern.partition(":")
    if kind != "AWS" or _SESSION.fullmatch(name):
        return None
    word = "Not" if negated else ""
    account = account_of(name)
    if account is not None:
        return Condition(operator=f"String{word}Equals", key="aws:principalaccount", values=(account,))
    operator = f"Arn{word}Like" if is_wild(name) else f"String{word}Equals"
    return Condition(operator=operator, key="aws:principalarn", values=(name,))


def _of_account(one: str, pattern: str) -> bool:
    """Whether one principal is an account and the other somebody of it, so that one speaks of the other."""
    names = [p.partition(":")[2] for p in (one, pattern) if p.startswith("AWS:")]
    owners = {account_of(name) or (name.split(":") + [""] * 5)[4] for name in names}
    return len(names) == 2 and len(owners) == 1 and any(account_of(name) is not None for name in names)


def _contains(outer: str, inner: str) -> bool:
    if outer == "*" or (outer == "AWS:*" and inner.startswith("AWS:")):
        return True
    return surely_contains(outer, inner)


def _overlaps(a: str, b: str) -> bool:
    return may_overlap(a, b) or (b == "*" and a.startswith("AWS:"))
