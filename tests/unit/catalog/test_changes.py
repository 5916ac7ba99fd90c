"""The laws of comparing catalogs, on every starter role: nothing to itself, mirrored, blind to names and order."""

from __future__ import annotations

from dataclasses import replace

import pytest

from nhilint.catalog.changes import Change, compare_catalogs
from nhilint.catalog.model import PARAMETER, Catalog, Permit, Role, TrustPermit
from tests.unit.catalog.starter import DIALECTS, TODAY, catalog, roles

ROLES = roles()
MIRROR = {"widened": "narrowed", "narrowed": "widened", "changed": "changed", "same-meaning": "same-meaning"}


def compared(base: Role, head: Role) -> Change | None:
    found = compare_catalogs(
        Catalog(roles={base.id: base}), Catalog(roles={head.id: head}), DIALECTS, today=TODAY
    ).roles
    return found[0] if found else None


def actions(change: Change, side: str) -> set[tuple[str, ...]]:
    parts = change.gained if side == "gained" else change.lost
    return {(name, *part.scopes) for part in parts for name in (*part.actions, *part.future)}


def renamed(role: Role) -> Role:
    """The same role with other names for all of its parameters, in another order of statements."""

    def spell(text: str) -> str:
        return PARAMETER.sub(lambda found: f"<x-{found[1]}>", text)

    def all_of(values: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(map(spell, values))

    allow = tuple(
        replace(
            permit,
            fields={name: all_of(values) for name, values in permit.fields.items()},
            conditions=tuple((operator, spell(key), all_of(values)) for operator, key, values in permit.conditions),
        )
        for permit in reversed(role.allow)
    )
    trust = role.trust and tuple(
        replace(one, fields={name: all_of(values) for name, values in one.fields.items()}) for one in role.trust
    )
    limits = role.constraints
    limits = replace(
        limits,
        boundaries=all_of(limits.boundaries),
        environments=all_of(limits.environments),
        tags={key: all_of(values) for key, values in limits.tags.items()},
        conditions=tuple((operator, spell(key), all_of(values)) for operator, key, values in limits.conditions),
    )
    parameters = {f"x-{name}": replace(one, name=f"x-{name}") for name, one in role.parameters.items()}
    return replace(role, allow=allow, trust=trust, constraints=limits, parameters=parameters)


@pytest.mark.parametrize("role", ROLES, ids=lambda role: role.id)
def test_a_role_does_not_differ_from_itself(role: Role) -> None:
    assert compared(role, replace(role, allow=tuple(reversed(role.allow)))) is None


@pytest.mark.parametrize("role", [role for role in ROLES if 0 < len(role.parameters) <= 5], ids=lambda role: role.id)
def test_names_of_parameters_mean_nothing(role: Role) -> None:
    change = compared(role, renamed(role))
    assert change is not None
    assert (change.direction, change.gained, change.lost) == ("same-meaning", (), ())


@pytest.mark.parametrize("role", ROLES, ids=lambda role: role.id)
def test_a_statement_that_goes_is_lost_and_one_that_comes_is_gained(role: Role) -> None:
    for number in range(len(role.allow)):
        smaller = replace(role, allow=role.allow[:number] + role.allow[number + 1 :])
        less, more = compared(role, smaller), compared(smaller, role)
        if less is None or more is None:
            assert less is more
            continue
        if less.direction != "same-meaning":
            assert (less.direction, more.direction) == ("narrowed", "widened")
        assert actions(less, "lost") == actions(more, "gained")
        assert not less.gained
        assert not more.lost


@pytest.mark.parametrize("role", [role for role in ROLES if role.trust], ids=lambda role: role.id)
def test_trust_that_comes_or_goes_is_mirrored(role: Role) -> None:
    assert role.trust is not None
    stranger = TrustPermit(issuer="aws", fields={"account": ("999999999999",)}, span=role.span)
    for other in (None, (), role.trust[1:], (*role.trust, stranger)):
        there, back = compared(role, replace(role, trust=other)), compared(replace(role, trust=other), role)
        assert (there is None) == (back is None)
        if there is not None and back is not None:
            assert back.direction == MIRROR[there.direction]
    added = compared(role, replace(role, trust=(*role.trust, stranger)))
    assert added is not None
    assert added.direction == "widened"


def test_whole_catalogs_are_mirrored() -> None:
    whole = catalog()
    half = replace(whole, roles={id: role for number, (id, role) in enumerate(whole.roles.items()) if number % 2})
    there = compare_catalogs(whole, half, DIALECTS, today=TODAY).roles
    back = compare_catalogs(half, whole, DIALECTS, today=TODAY).roles
    assert [change.id for change in there] == [change.id for change in back]
    assert len(there) == len(whole.roles) - len(half.roles)
    assert {change.status for change in there} == {"removed"}
    assert {change.status for change in back} == {"added"}
    assert all(actions(a, "lost") == actions(b, "gained") for a, b in zip(there, back, strict=True))
    assert not compare_catalogs(whole, whole, DIALECTS, today=TODAY)


def test_a_draft_that_comes_approves_nothing() -> None:
    role = ROLES[0]
    empty = Catalog(roles={})
    for status, direction in (("draft", "same-meaning"), ("approved", "widened"), ("deprecated", "same-meaning")):
        head = replace(role, status=status)  # type: ignore[arg-type]
        (change,) = compare_catalogs(empty, Catalog(roles={head.id: head}), DIALECTS, today=TODAY).roles
        assert (change.status, change.direction) == ("added", direction)


def test_two_roles_that_say_the_same_are_renamed_one_to_one() -> None:
    role = ROLES[0]
    permit: Permit = role.allow[0]
    base = {name: replace(role, id=name) for name in ("a", "b")}
    head = {name: replace(role, id=name, allow=(*role.allow, permit) if name == "z" else role.allow) for name in "xyz"}
    found = compare_catalogs(Catalog(roles=base), Catalog(roles=head), DIALECTS, today=TODAY).roles
    assert [(change.id, change.status, change.former) for change in found] == [
        ("x", "renamed", "a"),
        ("y", "renamed", "b"),
        ("z", "added", ""),
    ]
