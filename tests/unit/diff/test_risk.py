"""What a gain is weighed as: parts merged, worst first, and only the limits that base really had."""

from __future__ import annotations

from dataclasses import replace

import pytest

from nhilint.algebra.prove import compare
from nhilint.algebra.values import Condition, Exceeds, Permissions, Scope, Statement
from nhilint.data.risk import scale
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
    # Later actions are a part by themselves, and nothing of them is left.
    known = statement("s3:getobject", "*")
    listed = replace(known, actions=tuple(AWS.vocabulary.expand("s3:getobject*")), conditions=(IP,))
    assert left([any_("s3:getobject*")], [any_("s3:getobject*", IP)]) == [(IP,)]
    assert left([any_("s3:getobject*")], [listed]) == [(IP,)]


@pytest.mark.parametrize("kind,table", [("trust", "trust"), ("loosened", "loosened")])
def test_trust_and_limits_have_their_band_from_their_own_table(kind, table) -> None:
    for name, band in getattr(scale(), table).items():
        found = weighed(Aspect(kind=kind, name=name, breadth="", says="words"))
        assert (found.kind, found.name, found.band, found.says) == (kind, name, band, "words")


def test_classes_levels_and_wildcards_have_their_band_from_a_weight_and_a_breadth() -> None:
    table = scale()
    for breadth in table.breadths:
        for name, row in table.classes.items():
            found = weighed(Aspect(kind="class", name=name, breadth=breadth))
            assert (found.band, found.says) == (table.weights[row.weight][breadth], row.says)
        for name, weight in table.levels.items():
            assert weighed(Aspect(kind="level", name=name, breadth=breadth)).band == table.weights[weight][breadth]
        for name, weight in table.future.items():
            assert weighed(Aspect(kind="future", name=name, breadth=breadth)).band == table.weights[weight][breadth]


def test_what_is_said_is_the_aspects_own_words_or_those_of_the_tables() -> None:
    def says(kind, name, **more) -> str:
        return weighed(Aspect(kind=kind, name=name, breadth="one", **more)).says

    for kind, name in (("class", "secret-read"), ("level", "Read"), ("future", "service")):
        assert says(kind, name, says="own words") == "own words"
    assert says("level", "Read") == "new Read actions"
    assert says("level", "Unknown") == "new actions that the data does not know"
    assert says("level", "Ordinary write") == "new Write actions"
    assert says("future", "service") == "takes in actions added later"
    assert weighed(Aspect(kind="level", name="Read", breadth="one")).where == ()
    assert weighed(Aspect(kind="level", name="Read", breadth="one", where="x")).where == ("x",)


def test_parts_of_one_band_stand_by_kind_then_by_table_then_by_text() -> None:
    def part(kind, name, where="", *actions: str) -> Part:
        places = (where,) if where else ()
        return Part(kind=kind, name=name, band="high", breadth="", says=name, actions=actions, where=places)

    classes = list(scale().classes)
    ordered = [part("class", classes[0], "z"), part("class", classes[1], "a"), part("trust", "named")]
    ordered += [part("loosened", "guard"), part("future", "service"), part("level", "Read", "a", "x")]
    ordered += [part("level", "Read", "b", "w"), part("level", "Write")]
    assert list(risk_of(reversed(ordered)).parts) == ordered
    assert list(risk_of(ordered).parts) == ordered


def weigher(*after, before=(), dimensions=("resource",), **more) -> Weigher:
    sides = {"before": before, "after": after}
    return Weigher(
        dialect=AWS, **{k: Permissions(dimensions=dimensions, statements=tuple(v)) for k, v in sides.items()}, **more
    )


def test_what_is_held_is_what_is_left_of_the_actions_after_the_change() -> None:
    allow, deny = statement("s3:*", "arn:aws:s3:::b/*"), statement("s3:getobject", "*", "deny")
    weigh = weigher(allow, deny, before=[statement("s3:getobject", "*")])
    assert weigh.held(("s3:getobject",)) == ()
    (part,) = weigh.held(("s3:putobject", "ec2:runinstances"))
    assert (part.actions, part.scopes) == (("s3:putobject",), ("arn:aws:s3:::b/*",))
    assert weigh.held(("ec2:runinstances", "s3:putobject")) == (part,)
    never = replace(allow, conditions=(Condition(operator="Null", key="aws:currenttime", values=("true",)),))
    assert "aws:currenttime" in AWS.always
    assert weigher(never).held(("s3:putobject",)) == ()
    odd = replace(allow, conditions=(Condition(operator="StringSounds", key="k", values=("v",)),))
    assert weigher(odd).held(("s3:putobject",)) == ()
    bounded = weigher(allow)
    bounded.after = replace(bounded.after, ceilings=((statement("s3:*", "arn:aws:s3:::b/x/*"),),))
    assert [part.scopes for part in bounded.held(("s3:putobject",))] == [("arn:aws:s3:::b/x/*",)]


def test_gains_of_trust_are_weighed_as_trust() -> None:
    me = Statement(effect="allow", actions=("sts:assumerole",), scopes=(Scope(patterns=("*",)),))
    limited = replace(me, conditions=(ORGANISATION,))
    verdict = compare(Permissions(dimensions=("principal",), statements=(me,)), nothing_of("principal"), AWS.vocabulary)
    assert isinstance(verdict, Exceeds)
    (residue,) = verdict.residue
    found = weigher(me, before=[limited], dimensions=("principal",), trust=True)(residue)
    assert found.band == "critical"
    assert {part.kind for part in found.parts} == {"trust", "loosened"}
    (limit,) = (part for part in found.parts if part.kind == "loosened")
    assert (limit.actions, limit.where, limit.breadth) == ((), (), "")


def nothing_of(*dimensions: str) -> Permissions:
    return Permissions(dimensions=dimensions, statements=())


def test_a_clause_is_said_with_its_suffix_and_at_most_three_values() -> None:
    def said(count: int, **more) -> str:
        values = tuple(f"10.0.{n}.0/24" for n in range(count))
        base = replace(statement("s3:getobject", "arn:aws:s3:::b/*"), conditions=(replace(IP, values=values, **more),))
        ((_, says),) = loosened(risk([base], [statement("s3:getobject", "arn:aws:s3:::b/*")]))
        return says.removeprefix("no longer asks for ")

    assert said(1, if_exists=True) == "aws:sourceip IpAddressIfExists 10.0.0.0/24"
    assert said(3) == "aws:sourceip IpAddress 10.0.0.0/24, 10.0.1.0/24, 10.0.2.0/24"
    assert said(4) == "aws:sourceip IpAddress 10.0.0.0/24, 10.0.1.0/24, 10.0.2.0/24 …"


def test_limits_of_trust_are_found_among_principals_as_what_they_mean() -> None:
    def trusting(*conditions: Condition) -> Permissions:
        scope = Scope(patterns=("AWS:arn:aws:iam::111122223333:root",))
        row = Statement(effect="allow", actions=("sts:assumerole",), scopes=(scope,), conditions=conditions)
        return Permissions(dimensions=("principal",), statements=(row,))

    before, after = trusting(ORGANISATION), trusting()
    assert AWS.normal is not None
    verdict = compare(AWS.normal(after, before), AWS.normal(before, after), AWS.vocabulary)
    assert isinstance(verdict, Exceeds)
    found = Weigher(dialect=AWS, before=before, after=after, trust=True)(verdict.residue[0])
    assert [says for _, says in loosened(found)] == ["no longer asks for aws:principalorgid StringEquals o-1"]


def test_what_gives_nobody_anything_is_free_of_no_limit() -> None:
    head = statement("sqs:listqueues", "arn:aws:sqs:eu-west-1:111122223333:q")
    assert risk([replace(head, conditions=(IP,))], [head]) == NOTHING
