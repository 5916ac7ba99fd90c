"""Which limits a gain is free of: clauses that base asked for on the same requests, and denies that went."""

from __future__ import annotations

from dataclasses import replace

import pytest

from nhilint.algebra.values import Condition, Permissions, Request, Residue, Scope, Statement
from nhilint.diff.loosened import lifted, loosened
from tests.property.vocabulary import Names

NAMES = Names(("s:geta", "s:getb", "s:puta", "t:geta"))
HOSTILE = "*a?" * 3_000


def clause(operator: str = "StringEquals", key: str = "k", *values: str, **more) -> Condition:
    return Condition(operator=operator, key=key, values=values or ("p",), **more)


IS_P, IS_PQ = clause(), clause("StringEquals", "k", "p", "q")


def say(actions: str, scope: str = "*", *conditions: Condition, effect: str = "allow", **more) -> Statement:
    scopes = (Scope(patterns=tuple(scope.split()), negated=more.pop("outside", False)),)
    return Statement(effect=effect, actions=tuple(actions.split()), scopes=scopes, conditions=conditions, **more)  # type: ignore[arg-type]


def who(*statements: Statement) -> Permissions:
    return Permissions(dimensions=("resource",), statements=statements)


def gain(
    *actions: str, glob: str = "a*", conditions: tuple[Condition, ...] = (), future: tuple[str, ...] = ()
) -> Residue:
    return Residue(
        actions=actions, future=future, scopes=(glob,), conditions=conditions,
        witness=Request(action="s:geta", point=("a",)), statement=say("*"),
    )  # fmt: skip


def test_a_clause_that_base_asked_for_on_the_same_requests_is_named() -> None:
    def named(statement: Statement, residue: Residue) -> bool:
        found = list(loosened(residue, who(statement), NAMES))
        assert found in ([], [(IS_P, False)])
        return bool(found)

    here = gain("s:geta")
    for overlapping in (
        say("s:geta", "*", IS_P),
        say("s:*", "*b", IS_P),
        say("*", "b* ab", IS_P),
        say("s:get*", "a", IS_P),
    ):
        assert named(overlapping, here), overlapping
    for apart in (
        say("s:getb", "*", IS_P),
        say("t:*", "*", IS_P),
        say("s:geta", "b*", IS_P),
        say("s:geta", "b c", IS_P),
    ):
        assert not named(apart, here), apart
    assert not named(say("s:geta", "*", IS_P, effect="deny"), here)
    assert not named(say("s:geta"), here)
    assert named(say("s:geta", "ab*", IS_P, outside=True), here)
    assert not named(say("s:geta", "a*", IS_P, outside=True), here)
    assert not named(say("s:geta", "b* *", IS_P, outside=True), here)
    assert named(say("t:*", "*", IS_P, actions_negated=True), here)
    assert not named(say("s:get*", "*", IS_P, actions_negated=True), here)
    assert not named(say("s:*", "*", IS_P, actions_negated=True), here)
    assert named(say("s:geta", "*", IS_P, actions_negated=True), gain("s:geta", "s:getb"))


def test_actions_that_are_added_later_overlap_by_their_patterns() -> None:
    later = gain(future=("s:get*",))
    assert list(loosened(later, who(say("s:*", "*", IS_P)), NAMES))
    assert list(loosened(later, who(say("s:*z", "*", IS_P)), NAMES))
    assert not list(loosened(later, who(say("t:*", "*", IS_P)), NAMES))
    assert list(loosened(later, who(say("t:*", "*", IS_P, actions_negated=True)), NAMES))
    unknown = gain("u:new")
    assert list(loosened(unknown, who(say("u:new", "*", IS_P)), NAMES))


def test_each_clause_once_and_whether_a_weaker_one_is_left() -> None:
    other = clause("Bool", "j", "true")
    base = who(say("s:*", "*", IS_P, other), say("s:geta", "*", IS_P))
    assert list(loosened(gain("s:geta"), base, NAMES)) == [(IS_P, False), (other, False)]
    assert list(loosened(gain("s:geta", conditions=(IS_PQ,)), base, NAMES)) == [(IS_P, True), (other, False)]
    assert list(loosened(gain("s:geta", conditions=(IS_P,)), base, NAMES)) == [(other, False)]


@pytest.mark.parametrize("mine,theirs,asks", [
    (IS_P, IS_P, True), (IS_P, IS_PQ, True), (IS_PQ, IS_P, False),
    (clause("StringLike", "k", "pa*"), clause("StringLike", "k", "p*"), True),
    (clause("StringLike", "k", "p*"), clause("StringLike", "k", "pa*"), False),
    (clause("StringLike", "k", "pa*", "qb"), clause("StringLike", "k", "p*", "q?"), True),
    (clause("StringLike", "k", "pa*", "z"), clause("StringLike", "k", "p*", "q?"), False),
    (clause("StringNotLike", "k", "p*"), clause("StringNotLike", "k", "pa*"), True),
    (clause("StringNotLike", "k", "pa*"), clause("StringNotLike", "k", "p*"), False),
    (clause("StringNotEquals", "k", "p", "q"), clause("StringNotEquals", "k", "p"), True),
    (clause("NotIpAddress", "k", "p", "q"), clause("NotIpAddress", "k", "p"), True),
    (IS_P, clause("StringEquals", "other", "p"), False), (IS_P, clause("StringLike", "k", "p"), False),
    (IS_P, clause("StringEquals", "k", "p", qualifier="ForAnyValue"), False),
    (IS_P, clause("StringEquals", "k", "p", if_exists=True), True),
    (clause("StringEquals", "k", "p", if_exists=True), IS_P, False),
    (clause("StringEquals", "k", "p", if_exists=True), clause("StringEquals", "k", "p", "q", if_exists=True), True),
    (clause("StringLike", "k", "a*"), clause("StringLike", "k", HOSTILE), False),
])  # fmt: skip
def test_a_clause_that_asks_as_much_is_no_loss(mine: Condition, theirs: Condition, asks: bool) -> None:
    found = list(loosened(gain("s:geta", conditions=(mine,)), who(say("s:*", "*", theirs)), NAMES))
    assert (not found) is asks


def test_a_deny_that_went_where_the_gain_is() -> None:
    deny, elsewhere = say("s:get*", "a", effect="deny"), say("s:get*", "b*", effect="deny")
    assert lifted(gain("s:geta"), who(deny), who(), NAMES)
    assert not lifted(gain("s:geta"), who(deny), who(deny), NAMES)
    assert not lifted(gain("s:geta"), who(elsewhere), who(), NAMES)
    assert not lifted(gain("s:puta"), who(deny), who(), NAMES)
    assert not lifted(gain("s:geta"), who(say("s:geta")), who(), NAMES)
    assert lifted(gain("s:geta"), who(elsewhere, deny), who(elsewhere), NAMES)


def test_every_dimension_has_to_overlap() -> None:
    def both(one: str, two: str) -> Statement:
        scopes = (Scope(patterns=(one,)), Scope(patterns=(two,)))
        return Statement(effect="allow", actions=("s:*",), scopes=scopes, conditions=(IS_P,))

    here = replace(gain("s:geta"), scopes=("a*", "u"))
    for one, two, overlaps in (("a", "u", True), ("a", "v", False), ("b", "u", False)):
        assert bool(list(loosened(here, who(both(one, two)), NAMES))) is overlaps


def test_what_can_not_be_known_is_not_claimed() -> None:
    mine = clause("StringLike", "k", "a*" * 2_000 + "b")
    theirs = clause("StringLike", "k", "*a?" * 2_000)
    found = list(loosened(gain("s:geta", conditions=(mine,)), who(say("s:*", "*", theirs)), NAMES))
    assert found == [(theirs, True)]
    large = gain("s:geta", glob="a*" * 3_000 + "b")
    assert list(loosened(large, who(say("s:*", HOSTILE, IS_P)), NAMES)) == [(IS_P, False)]
    assert not list(loosened(large, who(say("s:*", HOSTILE, IS_P, outside=True)), NAMES))
