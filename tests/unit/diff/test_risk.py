"""What a gain is weighed as: parts merged, worst first, and only the limits that base really had."""

from __future__ import annotations

from dataclasses import replace

import pytest

from nhilint.algebra.prove import compare
from nhilint.algebra.values import Condition, Exceeds, Permissions
from nhilint.diff.loosened import remaining
from nhilint.diff.risk import NOTHING, Weigher, join, risk_of, weighed
from nhilint.engine.dialects import dialect
from nhilint.model.risk import Aspect, Part
from tests.unit.diff.build import statement

AWS = dialect("aws")
IP = Condition(operator="IpAddress", key="aws:sourceip", values=("10.0.0.0/8",))
ORGANISATION = Condition(operator="StringEquals", key="aws:principalorgid", values=("o-1",))


def risk(base, head):
    before, after = (Permissions(dimensions=("resource",), statements=tuple(side)) for side in (base, head))
    verdict = compare(after, before, AWS.vocabulary, always=AWS.always)
    assert isinstance(verdict, Exceeds)
    return join(map(Weigher(dialect=AWS, before=before, after=after), verdict.residue))


def loosened(found):
    return [(part.name, part.says) for part in found.parts if part.kind == "loosened"]


def test_no_part_is_no_risk() -> None:
    assert risk_of(()) == NOTHING == join(())
    assert NOTHING.band == "none"


def test_the_band_is_the_highest_and_stands_first() -> None:
    parts = [
        weighed(Aspect(kind="level", name="Read", breadth="account", actions=("s3:GetObject",), where="x")),
        weighed(Aspect(kind="class", name="secret-read", breadth="type", actions=("ssm:GetParameter",), where="y")),
    ]
    found = risk_of(parts)
    assert found.band == "high"
    assert [part.name for part in found.parts] == ["secret-read", "Read"]
    assert risk_of(reversed(parts)) == found


def test_parts_that_differ_in_one_thing_become_one() -> None:
    def part(action: str, where: str) -> Part:
        return weighed(Aspect(kind="level", name="Read", breadth="one", actions=(action,), where=where))

    (only,) = risk_of([part("a", "x"), part("b", "x")]).parts
    assert (only.actions, only.where) == (("a", "b"), ("x",))
    (only,) = risk_of([part("a", "x"), part("a", "y")]).parts
    assert (only.actions, only.where) == (("a",), ("x", "y"))
    # Not every action of the one is gained on every resource of the other.
    assert len(risk_of([part("a", "x"), part("b", "y")]).parts) == 2


@pytest.mark.parametrize(
    "conditions, expected",
    [
        ((IP,), []),
        ((), [("guard", "no longer asks for aws:sourceip IpAddress 10.0.0.0/8")]),
        (
            (replace(IP, values=("0.0.0.0/0",)),),
            [("guard", "asks less; it was aws:sourceip IpAddress 10.0.0.0/8")],
        ),
    ],
)
def test_a_condition_that_went_is_named(conditions, expected) -> None:
    base = replace(statement("s3:getobject", "arn:aws:s3:::b/*"), conditions=(IP,))
    head = replace(statement("s3:*", "arn:aws:s3:::b/*"), conditions=conditions)
    assert loosened(risk([base], [head])) == expected


def test_a_condition_on_something_else_is_not_named() -> None:
    base = replace(statement("s3:getobject", "arn:aws:s3:::other/*"), conditions=(IP,))
    assert loosened(risk([base], [base, statement("s3:getobject", "arn:aws:s3:::b/*")])) == []


def test_of_two_conditions_only_the_one_that_went_is_named() -> None:
    base = replace(statement("s3:getobject", "arn:aws:s3:::b/*"), conditions=(IP, ORGANISATION))
    head = replace(base, conditions=(IP,))
    assert loosened(risk([base], [head])) == [("guard", "no longer asks for aws:principalorgid StringEquals o-1")]


def test_a_deny_that_stays_is_not_said_to_be_gone() -> None:
    allow, deny = statement("s3:getobject", "arn:aws:s3:::b/*"), statement("s3:*", "arn:aws:s3:::b/x/*", "deny")
    more = statement("s3:putobject", "arn:aws:s3:::b/*")
    assert loosened(risk([allow, deny], [allow, more, deny])) == []
    assert loosened(risk([allow, deny], [allow])) == [("denied", "is no longer denied")]


def left(base, head, ceilings=()):
    before, after = (Permissions(dimensions=("resource",), statements=tuple(side)) for side in (base, head))
    after = replace(after, ceilings=ceilings)
    verdict = compare(before, after, AWS.vocabulary)
    assert isinstance(verdict, Exceeds)
    return [clauses for part in verdict.residue for clauses in remaining(part, after, AWS.vocabulary, frozenset())]


def any_(action, *conditions, resource="*", effect="allow"):
    return replace(statement(action, resource, effect), conditions=conditions)


def test_what_is_lost_but_under_a_condition() -> None:
    every, inside = any_("s3:getobject"), any_("s3:getobject", IP)
    assert left([every], [inside]) == [(IP,)]
    assert left([inside], [any_("s3:getobject", IP, ORGANISATION)]) == [(ORGANISATION,)]
    assert left([every], [any_("s3:*", IP), any_("sqs:*")]) == [(IP,)]
    assert left([every], []) == []
    # Only a part of it is left, or it is taken by something else.
    assert left([every], [any_("s3:getobject", IP, resource="arn:aws:s3:::a")]) == []
    assert left([every], [inside, any_("s3:get*", effect="deny")]) == []
    assert left([every], [inside], ceilings=((any_("sqs:*"),),)) == []
