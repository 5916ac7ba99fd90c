"""The starter roles' own tests leave no gap: each statement is asked for, and each parameter has a near miss."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from nhilint.catalog.linting.probes import outcomes
from nhilint.catalog.model import PARAMETER, Clause, Permit, Probe, Role
from tests.unit.catalog.starter import roles

ROLES = [role for role in roles() if role.platform == "aws"]


def requests(role: Role, *, allowed: bool) -> tuple[Probe, ...]:
    return tuple(one for one in role.tests if one.caller is None and one.allowed is allowed)


def let_through(role: Role, probes: tuple[Probe, ...]) -> bool:
    """Whether the role allows one of the requests."""
    return any(one.got == "allowed" for one in outcomes(replace(role, tests=probes)))


def named(role: Role) -> list[str]:
    """The parameters of the role's permissions, in order."""
    return sorted({name for permit in role.allow for text in texts(permit) for name in PARAMETER.findall(text)})


def texts(permit: Permit) -> Iterator[str]:
    for values in permit.fields.values():
        yield from values
    for _, key, values in permit.conditions:
        yield from (key, *values)


def anything_for(permit: Permit, name: str) -> Permit:
    """The statement as if the parameter were not there to narrow it."""
    word = f"<{name}>"
    fields = {key: tuple(text.replace(word, "*") for text in values) for key, values in permit.fields.items()}
    return replace(permit, fields=fields, conditions=tuple(loosened(permit.conditions, word)))


def loosened(conditions: tuple[Clause, ...], word: str) -> Iterator[Clause]:
    for operator, key, values in conditions:
        if word in key:
            continue
        if any(word in value for value in values):
            operator = operator.replace("StringEquals", "StringLike")
        yield operator, key, tuple(value.replace(word, "*") for value in values)


@pytest.mark.parametrize("role", ROLES, ids=lambda role: role.id)
def test_each_statement_is_asked_for(role: Role) -> None:
    asked = requests(role, allowed=True)
    silent = [permit.span.line for permit in role.allow if not let_through(replace(role, allow=(permit,)), asked)]
    assert silent == []


@pytest.mark.parametrize("role", ROLES, ids=lambda role: role.id)
def test_each_parameter_has_a_near_miss(role: Role) -> None:
    refused = requests(role, allowed=False)
    assert not let_through(role, refused)
    wide = {name: replace(role, allow=tuple(anything_for(one, name) for one in role.allow)) for name in named(role)}
    assert [name for name, other in wide.items() if not let_through(other, refused)] == []
