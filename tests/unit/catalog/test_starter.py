"""Every starter role is what it says: it matches itself with its examples, and approves nothing when it has expired."""

from __future__ import annotations

from dataclasses import replace

import pytest

from nhilint.catalog.model import Role
from tests.unit.catalog.starter import asked, bound, examples, matched, plain, roles

ROLES = roles()


def test_there_are_at_least_ten() -> None:
    assert len(ROLES) >= 10


@pytest.mark.parametrize("role", ROLES, ids=lambda role: role.id)
def test_role_covers_itself_with_its_examples(role: Role) -> None:
    role = plain(role)
    found = matched(role, bound(role))
    assert (found.verdict, found.role) == ("covered", role.id)
    for name, values in found.bindings:
        example = set(examples(role)[name])
        # A list may name more than it has to; where another list says it already, it may stay empty.
        assert example <= set(values) if role.parameters[name].many else example == set(values)
    left = asked(role) - dict(found.bindings).keys()
    assert all(role.parameters[name].many for name in left)


@pytest.mark.parametrize("role", ROLES, ids=lambda role: role.id)
def test_expired_role_approves_nothing(role: Role) -> None:
    old = replace(plain(role), expires="2026-01-01")
    found = matched(old, bound(old))
    assert found.verdict == "not-in-force"
    assert "expired" in found.sentence
