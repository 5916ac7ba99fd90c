"""No starter role lets in more than it says: whatever is widened in the trust of an identity is outside its role."""

from __future__ import annotations

from dataclasses import replace

import pytest

from nhilint.algebra.values import Permissions
from nhilint.catalog.model import Role
from nhilint.catalog.trust.outside import lets_in, outside
from nhilint.catalog.verdict import Held
from nhilint.model.facts import Acceptance, Identity
from tests.unit.catalog.starter import examples, roles
from tests.unit.catalog.trusted import KEY, OTHERS, acceptance, permits, sibling_of, wider

AWS = [role for role in roles() if role.platform == "aws" and role.trust]
OTHER = [role for role in roles() if role.platform != "aws" and role.trust]
MANY = 5


def trusting(role: Role, *acceptances: Acceptance) -> Held:
    someone = Identity(key=KEY, platform="aws", kind="iam_role", name="x", span=role.span)
    return Held(
        identity=someone,
        permissions=Permissions(dimensions=("resource",), statements=()),
        acceptances=acceptances,
    )


def judged(role: Role, one: Acceptance) -> str:
    found, doubt = outside(role, examples(role), trusting(role, one))
    return "outside" if found else doubt or "inside"


@pytest.mark.parametrize("role", AWS, ids=lambda role: role.id)
def test_every_caller_of_the_role_is_inside(role: Role) -> None:
    for permit in permits(role, examples(role)):
        assert judged(role, acceptance(permit)) == "inside", permit.fields


@pytest.mark.parametrize("role", AWS, ids=lambda role: role.id)
def test_every_wider_trust_is_outside(role: Role) -> None:
    allowed = [acceptance(permit).clauses for permit in permits(role, examples(role))]
    wrong, refused = [], 0
    for permit in permits(role, examples(role)):
        others = [(what, acceptance(other)) for what, other in sibling_of(role, permit)]
        for what, one in [*wider(permit), *others]:
            if one.clauses in allowed:
                continue  # It is what the role says of another caller.
            if judged(role, one) == "outside":
                refused += 1
            else:
                wrong.append(f"{permit.issuer}: {what}: {judged(role, one)}")
    assert wrong == []
    assert refused >= MANY


@pytest.mark.parametrize("role", OTHER, ids=lambda role: role.id)
def test_every_other_caller_is_outside(role: Role) -> None:
    mine = [permit.fields for permit in permits(role, examples(role))]
    for permit in permits(role, examples(role)):
        literal = {name: (value.replace("*", "1"),) for name, (value,) in permit.fields.items()}
        assert lets_in(role, examples(role), replace(permit, fields=literal)) is True
        for name, (value,) in permit.fields.items():
            others = (OTHERS[name],) if "*" in value else (f"{value}2", f"x{value}", OTHERS[name])
            for other in others:
                if {**permit.fields, name: (other,)} in mine or value == "*":
                    continue
                caller = replace(permit, fields={**literal, name: (other,)})
                assert lets_in(role, examples(role), caller) is False, (name, other)
            rest = {other: values for other, values in literal.items() if other != name}
            assert lets_in(role, examples(role), replace(permit, fields=rest)) is False, f"without {name}"


def test_there_are_roles_of_both_kinds() -> None:
    assert len(AWS) > 40
    assert len(OTHER) > 20
