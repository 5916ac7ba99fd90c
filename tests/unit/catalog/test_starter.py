"""Every starter role is what it says: it matches itself with its examples, and approves nothing when it has expired."""

from __future__ import annotations

from dataclasses import replace

import pytest

from nhilint.catalog.model import Role
from nhilint.engine.catalog.linting import catalog_problems
from nhilint.engine.options import Options
from tests.unit.catalog.starter import TODAY, asked, bound, documents, examples, matched, plain, roles

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
        if role.parameters[name].same:
            continue  # The identity decides it, not the example.
        # A list may name more than it has to; where another list says it already, it may stay empty.
        assert example <= set(values) if role.parameters[name].many else example == set(values)
    left = asked(role) - dict(found.bindings).keys()
    assert not left or any(parameter.many for parameter in role.parameters.values())


def test_lint_finds_nothing() -> None:
    """No error and no warning, escalation techniques that no role accepts among them."""
    row = catalog_problems(documents(), own=True, options=Options(today=TODAY))
    assert [f"{p['location']['path']}: {p['message']}" for p in row["problems"]] == []
    assert row["roles"] == len(ROLES)


@pytest.mark.parametrize("role", ROLES, ids=lambda role: role.id)
def test_expired_role_approves_nothing(role: Role) -> None:
    old = replace(plain(role), expires="2026-01-01")
    found = matched(old, bound(old))
    assert found.verdict == "not-in-force"
    assert "expired" in found.sentence
