"""Witnesses made readable: never another answer, the platform's words before neutral ones, and reasons for doubt."""

import pytest

from nhilint.algebra.evaluate import decide
from nhilint.algebra.ground import Variables
from nhilint.algebra.prove import compare
from nhilint.algebra.universe import OPEN
from nhilint.algebra.values import Condition, Exceeds, Reason, Request, Residue, display, variable
from nhilint.algebra.witness import InternalError, Proof, confirm
from tests.property.test_algebra import SMALL
from tests.unit.algebra.test_prove import box, who

USER = variable("aws:username")
IS_P = Condition(operator="StringLike", key="k", values=("p*",))


def first(candidate, reference, **how):
    verdict = compare(candidate, reference, how.pop("of", SMALL), **how)
    assert isinstance(verdict, Exceeds), verdict
    return verdict.residue[0]


def words(dimension, pattern, about):
    return {"resource": ("", "alpha", "a-beta"), "k": ("pear",), "action": ("s:GetA", "s:getall")}.get(dimension, ())


def test_neutral_words_stand_where_a_pattern_says_nothing():
    part = first(who(box("s:geta", "a*/b?", conditions=(IS_P,))), who())
    assert part.witness == Request(action="s:geta", point=("aexample/bx",), context=(("k", ("pexample",)),))
    assert first(who(box("s:geta")), who()).witness.point == ("example",)
    assert first(who(box("s:geta", "**")), who()).witness.point == ("example",)


def test_another_word_where_the_first_is_taken():
    taken = who(box("s:geta", "example"), box("s:geta", "sample"))
    assert first(who(box("s:geta")), taken).witness.point == ("example-1",)
    assert first(who(box("s:geta")), who(box("s:geta", "e*"), box("s:geta", "s*"))).witness.point == ("zq7",)
    every = who(*(box("s:geta", f"{letter}*") for letter in "esz"))
    found = first(who(box("s:geta")), every).witness
    assert decide(every, found).verdict == "implicitly-denied"


def test_the_words_of_the_platform_come_first_where_they_match_and_prove():
    own = who(box("s:geta", "a*", conditions=(IS_P,)))
    assert first(own, who(), fill=words).witness == Request(
        action="s:geta", point=("alpha",), context=(("k", ("pear",)),)
    )
    assert first(who(box("s:geta", "a-*")), who(), fill=words).witness.point == ("a-beta",)
    assert first(who(box("s:geta", "b*")), who(), fill=words).witness.point == ("bexample",)
    # `alpha` is allowed already: the neutral word proves what the platform's does not.
    assert first(own, who(box("s:geta", "alpha")), fill=words).witness.point == ("aexample",)
    assert first(who(box("s:get*")), who(box("s:geta s:getb")), fill=words).witness.action == "s:getall"
    assert first(who(box("s:geta", "lit")), who(), fill=words).witness.point == ("lit",)


def test_the_platform_is_told_the_dimension_the_pattern_and_the_request():
    asked = []

    def fill(dimension, pattern, about):
        asked.append((dimension, pattern, about[0]))
        return ()

    first(who(box("s:geta", "a*", conditions=(IS_P,))), who(), fill=fill)
    assert ("resource", "a*", "s:geta") in asked
    assert ("k", "p*", "s:geta") in asked


def test_a_name_that_is_not_yet_known():
    part = first(who(box("s:get*")), who(box("s:geta s:getb")))
    assert (part.actions, part.future, part.witness.action) == ((), ("s:get*",), "s:getexample")
    assert first(who(box("*", "a")), who(), of=OPEN).witness.action == "*"
    assert first(who(box("*", "a"), box("s:*", "b")), who(), of=OPEN).witness.action == "example"
    assert first(who(box("*", "a")), who(box("s:*")), of=OPEN).witness.action != "*"


def test_the_denies_that_blocked_it_are_named_and_stay_the_same():
    deny = box("s:*", "a*", "deny")
    part = first(who(box("s:geta", "a*")), who(box("s:*"), deny))
    assert part.blocked_by == (deny,)
    assert first(who(box("s:geta", "a*")), who()).blocked_by == ()
    # The readable witness is denied too, not merely allowed by nothing.
    beside = who(box("s:*", "ax*"), deny)
    assert decide(beside, first(who(box("s:geta", "a*")), beside).witness).verdict in ("explicitly-denied",)


def test_what_depends_on_a_reason_is_held_against_the_world_where_it_holds():
    perhaps = box("s:geta", may=("count",))
    part = first(who(perhaps), who())
    assert part.statement == perhaps
    assert decide(who(perhaps), part.witness).verdict == "undecided"
    ceiling = who(box("s:geta"), ceilings=((perhaps,),))
    assert first(ceiling, who()).witness.action == "s:geta"
    # Where the deny is absent the candidate has more.
    assert first(who(box("s:geta")), who(box("s:geta"), box("s:geta", "*", "deny", may=("other",)))).blocked_by


def proof(candidate, reference, world=(), variables=None):
    return Proof(candidate, reference, frozenset(world), "!", None, variables or Variables((), ()))


def confirmed(given, point="x", context=(), names=(("s:geta",), (), ())):
    statement = given.candidate.statements[0]
    return confirm(given, statement, (), (point,), (point,), context, names)


def test_a_witness_that_the_evaluator_refutes_is_a_defect():
    for mine, theirs in ((who(box("s:getb")), who()), (who(box("s:geta")), who(box("s:geta")))):
        with pytest.raises(InternalError):
            confirmed(proof(mine, theirs))
    assert isinstance(confirmed(proof(who(box("s:geta")), who())), Residue)


def test_a_witness_that_the_evaluator_can_not_judge_is_a_doubt():
    unread, plain = who(box("s:geta", undecided="version 3")), who(box("s:geta"))
    assert confirmed(proof(unread, who())) == Reason(kind="unreadable-statement", text="version 3")
    assert confirmed(proof(plain, unread)) == Reason(kind="unreadable-statement", text="version 3")


def test_variables_that_can_not_have_such_values_together():
    variables = Variables((f"b/{USER}",), ("aws:username",))
    given = proof(who(box("s:geta", "b/x")), who(box("s:geta", "b/x")), variables=variables)
    found = confirmed(given, "b/x")
    assert isinstance(found, Reason)
    assert found.kind == "coupled-variable"
    assert "`${aws:username}`" in found.text


def test_a_variable_has_a_real_value_in_the_witness():
    part = first(who(box("s:geta", f"b/{USER}")), who())
    assert display(part.witness.point[0]) == "b/example"
    assert part.witness.context == (("aws:username", ("example",)),)
