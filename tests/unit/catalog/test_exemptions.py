"""Exceptions cover exactly what they name, of whom they name, until they expire."""

from __future__ import annotations

from dataclasses import replace

from nhilint.algebra.evaluate import decide
from nhilint.algebra.values import Permissions, Request
from nhilint.catalog.matching.exemptions import exempted
from nhilint.catalog.model import Catalog, Exemption, Permit
from nhilint.catalog.trust.outside import outside_both
from tests.unit.catalog.callers import KEY, SPAN, alternative, held, permit, role

ALLOW = Permit(fields={"actions": ("s3:GetObject",), "resources": ("arn:aws:s3:::a/*",)}, span=SPAN)
ONE = Exemption(
    id="E-1",
    identity=str(KEY),
    platform="aws",
    allow=(ALLOW,),
    trust=(permit("aws", {"account": "1"}),),
    reason="a move",
    ticket="T-1",
    owner="security",
    expires="2027-01-31",
    span=SPAN,
)


def test_an_exception_covers_what_it_names() -> None:
    found = exempted(Catalog(roles={}, exemptions=(ONE,)), held(), "2027-01-31")
    assert (found.ids, found.expired, found.trust) == (("E-1",), (), (("E-1", ONE.trust[0]),))
    permissions = Permissions(dimensions=("resource",), statements=found.statements)
    asked = {
        ("s3:getobject", "arn:aws:s3:::a/x"): "allowed",
        ("s3:getobject", "arn:aws:s3:::b/x"): "implicitly-denied",
        ("s3:putobject", "arn:aws:s3:::a/x"): "implicitly-denied",
    }
    for (action, resource), verdict in asked.items():
        assert decide(permissions, Request(action=action, point=(resource,))).verdict == verdict


def test_an_exception_lets_in_whom_it_names_and_is_named_where_it_is_needed() -> None:
    mine = alternative("aws", {"aws:principalaccount": "1"})
    other = alternative("aws", {"aws:principalaccount": "2"})
    found = exempted(Catalog(roles={}, exemptions=(ONE,)), held(), "2026-01-01")
    wanted = role(("service", {"name": "ec2.amazonaws.com"}))
    assert outside_both(wanted, {}, held(mine), found) == ((), "", ("E-1",))
    outsiders, _, ids = outside_both(wanted, {}, held(mine, other), found)
    assert ([one.who for one in outsiders], ids) == (["every principal of account `2`"], ("E-1",))
    assert outside_both(wanted, {}, held(), found) == ((), "", ())
    # A role that says nothing of trust needs no exception from it.
    assert outside_both(replace(wanted, trust=None), {}, held(mine), found) == ((), "", ())


def test_an_expired_exception_is_named_and_covers_nothing() -> None:
    found = exempted(Catalog(roles={}, exemptions=(ONE,)), held(), "2027-02-01")
    assert (found.ids, found.statements, found.trust) == ((), (), ())
    assert found.expired == ("the exception `E-1` expired on 2027-01-31",)


def test_an_exception_of_somebody_else_is_none() -> None:
    others = (
        replace(ONE, identity="aws:role/y"),
        replace(ONE, platform="kubernetes"),
        replace(ONE, identity="aws:role/*"),
    )
    for other in others:
        assert not exempted(Catalog(roles={}, exemptions=(other,)), held(), "2026-01-01").ids


def test_a_parameter_in_an_exception_is_bound_to_nothing() -> None:
    wild = replace(ALLOW, fields={**ALLOW.fields, "resources": ("arn:aws:s3:::<bucket>/*",)})
    assert not exempted(Catalog(roles={}, exemptions=(replace(ONE, allow=(wild,)),)), held(), "2026-01-01").statements
