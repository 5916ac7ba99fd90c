"""Principals as one dimension: accounts hold their principals, roles their sessions; conditions on the caller fold in.

A principal element that names an account (its number or its root) means every principal of that account that the
account's own policies let do it, so it covers each of them. A session of a role is covered by the role. The keys
`aws:PrincipalArn` (of a session: the ARN of its role) and `aws:PrincipalAccount` say who calls once more; a clause on
one of them is taken into the principal, so that the two can not contradict each other in a proof.
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-principalarn
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from nhilint.algebra.glob import intersect
from nhilint.algebra.values import VARIABLE, Condition, Permissions, Scope, Statement

_ROOT = re.compile(r"AWS:arn:([^:]*):iam::([^:]*):root")
_ACCOUNT = re.compile(r"AWS:arn:([^:]*):\*::([^:]*):\*")
_ROLE = re.compile(r"AWS:arn:([^:]*):iam::([^:]*):role/(?:.*/)?([^/]+)")
_ARNS = frozenset({"ArnEquals", "ArnLike", "StringEquals", "StringLike"})
_NOT_ARNS = frozenset({"ArnNotEquals", "ArnNotLike", "StringNotEquals", "StringNotLike"})
_EVERYBODY = Scope(patterns=("*",))


def normal(permissions: Permissions, other: Permissions) -> Permissions:
    """The permissions with their principals as exact patterns; `other` is what they are to be held against."""
    if "principal" not in permissions.dimensions:
        return permissions
    sessions = any(":assumed-role/" in p for side in (permissions, other) for p in _principals(side))
    layers = [
        tuple(_normal(statement, sessions) for statement in layer)
        for layer in (permissions.statements, *permissions.ceilings)
    ]
    return replace(permissions, statements=layers[0], ceilings=tuple(layers[1:]))


def shown(pattern: str) -> str:
    """A pattern of `normal` as it is written in a policy: the account by its root."""
    account = _ACCOUNT.fullmatch(pattern)
    return f"AWS:arn:{account[1]}:iam::{account[2]}:root" if account else pattern


def _normal(statement: Statement, sessions: bool) -> Statement:
    principal, *rest = statement.scopes
    patterns = [wider for pattern in principal.patterns for wider in _wider(pattern, sessions)]
    scope = replace(principal, patterns=tuple(dict.fromkeys(patterns)))
    kept: list[Condition] = []
    for clause in statement.conditions:
        folded = _folded(scope, clause) if clause.key in ("aws:principalarn", "aws:principalaccount") else None
        if folded is not None:
            scope = folded
        else:
            kept.append(clause)
    doubt = statement.undecided
    if any(clause.key in ("aws:principalarn", "aws:principalaccount") for clause in kept):
        doubt = doubt or "its condition on who calls can not be combined with its principals"
    return replace(statement, scopes=(scope, *rest), conditions=tuple(kept), undecided=doubt)


def _wider(pattern: str, sessions: bool) -> Iterator[str]:
    root = _ROOT.fullmatch(pattern)
    if root is not None:
        yield f"AWS:arn:{root[1]}:*::{root[2]}:*"
        return
    yield pattern
    role = _ROLE.fullmatch(pattern) if sessions else None
    if role is not None:
        yield f"AWS:arn:{role[1]}:sts::{role[2]}:assumed-role/{role[3]}/*"


def _folded(scope: Scope, clause: Condition) -> Scope | None:
    """The principals that the clause leaves; None when that is no union of patterns and no complement of one."""
    if clause.qualifier or any(VARIABLE in value for value in clause.values):
        return None
    by_account = clause.key == "aws:principalaccount"
    values = tuple(f"AWS:arn:*:*::{value}:*" if by_account else f"AWS:{value}" for value in clause.values)
    if clause.operator in _NOT_ARNS:
        # Who has no such key (a service, somebody anonymous) meets a negated clause.
        if scope == _EVERYBODY:
            return Scope(patterns=values, negated=True)
        if scope.negated:
            return replace(scope, patterns=tuple(dict.fromkeys((*scope.patterns, *values))))
        return None
    if clause.operator not in _ARNS or clause.if_exists or scope.negated:
        return None
    met = (part for pattern in scope.patterns for value in values for part in intersect(pattern, value))
    return Scope(patterns=tuple(dict.fromkeys(met)))


def _principals(permissions: Permissions) -> Iterator[str]:
    for layer in (permissions.statements, *permissions.ceilings):
        for statement in layer:
            yield from statement.scopes[0].patterns
