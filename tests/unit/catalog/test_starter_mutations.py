"""No starter role covers more than it says: whatever is widened in one statement is refused.

A mutation that widens nothing is let through only where the algebra proves that: the action was allowed by another
statement, or a key that every request has need not be asked whether it exists.
"""

from __future__ import annotations

import re

import pytest

from nhilint.algebra.glob import is_wild
from nhilint.algebra.prove import compare
from nhilint.algebra.values import Covered, Permissions
from nhilint.catalog.compile import compile_role
from nhilint.catalog.model import Parameter, Role
from tests.unit.catalog.mutations import mutations, part, pins
from tests.unit.catalog.starter import DIALECTS, KINDS, alone, bound, examples, matched, plain, roles

MANY = 20
"""So many mutations of a role are refused on average."""
LARGE = 12
"""Roles with more statements are decided in parts, ..."""
WHOLE = 10
"""... except for one mutation in so many."""
COUNTS: dict[str, tuple[int, int]] = {}
"""Role to how many mutations were refused, and how many widen nothing."""


def no_wider(role: Role, permissions: Permissions, bindings: dict[str, tuple[str, ...]]) -> bool:
    """Whether the algebra proves that all of it is allowed by the role with its examples.

    A parameter that takes several values may have more of them, each one that it may have: that is no other role.
    """
    values = examples(role)
    for name, found in bindings.items():
        parameter = role.parameters[name]
        if parameter.many and all(may_be(parameter, value) for value in found):
            values[name] = tuple(dict.fromkeys((*values[name], *found)))
    dialect = DIALECTS[role.platform]
    always = dialect.present(KINDS[role.platform])
    verdict = compare(
        permissions,
        compile_role(role, values),
        dialect.vocabulary,
        always=always,
        segments=dialect.segments,
        first=True,
    )
    return isinstance(verdict, Covered)


def may_be(parameter: Parameter, value: str) -> bool:
    if is_wild(value) or (parameter.enum and value not in parameter.enum):
        return False
    return re.fullmatch(parameter.pattern or ".+", value) is not None


@pytest.mark.parametrize("role", roles(), ids=lambda role: role.id)
def test_every_widening_is_refused(role: Role) -> None:
    role = plain(role)
    matcher = alone(role)
    refused, exempt, wrong = 0, 0, []
    pinning = pins(role)
    for number, mutation in enumerate(mutations(role, bound(role))):
        cut = len(mutation.permissions.statements) > LARGE and number % WHOLE
        if cut and matched(role, part(mutation, pinning), matcher).verdict != "covered":
            refused += 1
            continue
        found = matched(role, mutation.permissions, matcher)
        if found.verdict != "covered":
            refused += 1
        elif no_wider(role, mutation.permissions, dict(found.bindings)):
            exempt += 1
        else:
            wrong.append(mutation.what)
    COUNTS[role.id] = (refused, exempt)
    assert wrong == []
    assert refused >= 3


def test_mutations_are_many() -> None:
    refused, exempt = (sum(row[at] for row in COUNTS.values()) for at in (0, 1))
    print(f"{refused} widenings refused in {len(COUNTS)} roles, {exempt} mutations widen nothing")
    if len(COUNTS) < len(roles()):
        pytest.skip("only some of the roles were run")
    assert refused > MANY * len(COUNTS)
    assert exempt < refused


@pytest.mark.parametrize("id", ["lambda-deploy", "namespace-viewer", "sqs-consume", "pod-debug-break-glass"])
def test_what_is_refused_is_wider_and_the_rest_is_not(id: str) -> None:
    """The proof that lets a mutation through is none for those that are refused."""
    role = plain(next(role for role in roles() if role.id == id))
    matcher = alone(role)
    for mutation in mutations(role, bound(role)):
        found = matched(role, mutation.permissions, matcher)
        proved = no_wider(role, mutation.permissions, dict(found.bindings))
        assert (found.verdict == "covered") == proved, mutation.what
