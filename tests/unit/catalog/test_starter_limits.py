"""A starter role with all of its limits: who keeps every one of them is covered, who breaks a single one is not."""

from __future__ import annotations

from dataclasses import replace

import pytest

from nhilint.catalog.matching.match import Matcher
from nhilint.catalog.model import Role
from nhilint.catalog.verdict import Held
from nhilint.model.facts import Credential, Identity, IdentityKey
from tests.unit.catalog.starter import DIALECTS, KINDS, TODAY, alone, bound, catalog, examples, roles
from tests.unit.catalog.trusted import KEY, acceptance, permits, wider

ROLES = [role for role in roles() if role.platform != "github"]
LIMITED = [role for role in ROLES if role.platform == "aws" and role.constraints.max_session]


def holder(role: Role) -> Held:
    """Somebody who has the role with its examples, trusts whom it may, and keeps its limits."""
    callers = list(permits(role, examples(role)))
    key, name = KEY, "x"
    if role.platform == "kubernetes":
        fields = callers[0].fields if callers else {"namespace": ("web",), "service_account": ("x",)}
        name = f"{fields['namespace'][0]}/{fields['service_account'][0]}"
        key = IdentityKey(f"kubernetes:serviceaccount/{name}")
    someone = Identity(
        key=key,
        platform=role.platform,
        kind=KINDS[role.platform],
        name=name,
        span=role.span,
        sessions=(str(role.constraints.max_session or 3600),) if role.platform == "aws" else (),
    )
    trusts = tuple(acceptance(caller) for caller in callers) if role.platform == "aws" else ()
    return Held(identity=someone, permissions=bound(role), acceptances=trusts)


@pytest.mark.parametrize("role", ROLES, ids=lambda role: role.id)
def test_who_keeps_everything_is_covered(role: Role) -> None:
    found = alone(role).match(holder(role))
    assert (found.verdict, found.role) == ("covered", role.id), found.sentence


MATCHER = Matcher(catalog(), DIALECTS, today=TODAY)


@pytest.mark.parametrize("role", ROLES, ids=lambda role: role.id)
def test_the_whole_catalog_covers_it_with_one_role(role: Role) -> None:
    found = MATCHER.match(holder(role))
    assert found.verdict == "covered", found.sentence
    assert len(found.covers) == 1


@pytest.mark.parametrize("role", LIMITED, ids=lambda role: role.id)
def test_a_longer_session_breaks_the_limit(role: Role) -> None:
    held = holder(role)
    longer = replace(held.identity, sessions=(str(role.constraints.max_session + 1),))
    found = alone(role).match(replace(held, identity=longer))
    assert found.verdict == "constraint-broken"
    assert [one.constraint for one in found.broken] == ["max_session"]


@pytest.mark.parametrize("role", [r for r in ROLES if not r.constraints.static_keys], ids=lambda role: role.id)
def test_a_key_that_does_not_expire_breaks_the_limit(role: Role) -> None:
    held = holder(role)
    key = Credential(identity=held.identity.key, kind="access_key", name="old", span=role.span)
    found = alone(role).match(replace(held, credentials=(key,)))
    assert found.verdict == "constraint-broken"
    assert [one.constraint for one in found.broken] == ["static_keys"]


@pytest.mark.parametrize("role", [r for r in ROLES if r.platform == "aws" and r.trust], ids=lambda role: role.id)
def test_one_caller_more_is_outside(role: Role) -> None:
    held = holder(role)
    callers = list(permits(role, examples(role)))
    what, more = next(iter(wider(callers[0])))
    found = alone(role).match(replace(held, acceptances=(*held.acceptances, more)))
    assert found.verdict == "trust-outside", what
    assert found.outsiders


def test_there_are_limits() -> None:
    assert len(LIMITED) > 40
