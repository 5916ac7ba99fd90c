"""How two sets lie to each other, and many sets held against each other by their names."""

from itertools import product

import pytest

from nhilint.algebra.evaluate import decide
from nhilint.algebra.prove import compare, covers
from nhilint.algebra.relations import intersection, is_empty, nothing, relate
from nhilint.algebra.segments import Segments
from nhilint.algebra.shelf import Shelf
from nhilint.algebra.values import Condition, Covered, Exceeds, Permissions, Scope, Statement, Undecided
from tests.property.test_algebra import SMALL
from tests.unit.algebra.test_prove import box, who

ODD = box("s:*", conditions=(Condition(operator="StringSounds", key="k", values=("v",)),))
IS_P = Condition(operator="StringEquals", key="k", values=("p",))


def held(a, b):
    return compare(a, b, SMALL)


@pytest.mark.parametrize("mine,theirs,relation", [
    (who(box("s:*")), who(box("s:*"), box("s:geta")), "equivalent"),
    (who(box("s:get*")), who(box("s:*")), "narrower"),
    (who(box("s:*")), who(box("s:get*")), "wider"),
    (who(box("s:get*")), who(box("s:*a")), "overlapping"),
    (who(box("s:*", "a*")), who(box("s:*", "b*")), "disjoint"),
    (who(box("s:*")), who(box("t:*")), "disjoint"),
    (who(ODD), who(box("t:*")), "undecided"),
    (who(box("t:*")), who(ODD), "undecided"),
    (who(ODD, box("t:*")), who(box("s:*"), box("t:geta")), "undecided"),
    (who(ODD, box("t:geta")), who(box("s:*"), box("t:*")), "narrower"),
    (who(), who(), "equivalent"),
])  # fmt: skip
def test_relation(mine, theirs, relation):
    assert relate(mine, theirs, held, held(mine, theirs)) == relation


def test_a_relation_is_undecided_where_what_is_common_is():
    # Each has something of its own; whether they share something depends on the odd clause.
    mine, theirs = who(ODD, box("t:geta")), who(box("s:*", "a"), box("u:*"))
    assert isinstance(held(mine, theirs), Exceeds)
    assert isinstance(held(theirs, mine), Exceeds)
    assert relate(mine, theirs, held, held(mine, theirs)) == "undecided"


def test_emptiness():
    assert is_empty(who(), held) is True
    assert is_empty(who(box("s:*"), box("*", "*", "deny")), held) is True
    assert is_empty(who(box("s:*")), held) is False
    assert is_empty(who(ODD), held) is None
    assert nothing(who(box("s:*"))) == Permissions(dimensions=("resource",), statements=())


def test_an_intersection_keeps_every_ceiling_of_both():
    a, b, c, d = (box(f"{letter}:*") for letter in "abcd")
    both = intersection(who(a, ceilings=((b,),)), who(c, ceilings=((d,), (a,))))
    assert both == who(a, ceilings=((b,), (c,), (d,), (a,)))


def test_covers_is_none_where_it_can_not_be_decided():
    assert covers(who(box("s:*")), who(box("s:geta")), SMALL) is True
    assert covers(who(box("s:geta")), who(box("s:*")), SMALL) is False
    assert covers(who(), who(ODD), SMALL) is None


SETS = {
    "everything": who(box("*")), "s": who(box("s:*")), "geta": who(box("s:geta")), "getb": who(box("s:getb", "a*")),
    "nothing": who(), "denied": who(box("s:*"), box("s:geta", "*", "deny")), "t": who(box("t:*")),
    "outside": who(Statement(effect="allow", actions=("s:*",), actions_negated=True, scopes=(Scope(patterns=("*",)),))),
    "ceiling": who(box("*"), ceilings=((box("s:get*"),), (box("s:*a"), box("s:getb")))), "odd": who(ODD),
    "perhaps": who(box("s:geta", may=("count",))), "only if": who(box("s:*", conditions=(IS_P,))),
    "partly": who(box("s:*"), box("s:geta", "x", "deny")), "unknown": who(box("u:new")),
}  # fmt: skip


def test_what_the_shelf_settles_by_name_is_what_the_prover_says():
    shelf = Shelf(SETS, SMALL)
    settled = set()
    for mine, theirs in product(SETS, repeat=2):
        verdict = held(SETS[mine], SETS[theirs])
        assert shelf.verdict(mine, theirs) == verdict
        request = shelf.witness_by_name(mine, theirs)
        assert shelf.exceeds_by_name(mine, theirs) == (request is not None)
        if request is not None:
            settled.add((mine, theirs))
            assert isinstance(verdict, Exceeds)
            assert decide(SETS[mine], request).verdict == "allowed"
            assert decide(SETS[theirs], request).verdict != "allowed"
    assert settled >= {
        ("everything", "s"), ("s", "geta"), ("geta", "t"), ("s", "t"), ("s", "outside"),
        ("geta", "getb"), ("everything", "nothing"), ("s", "ceiling"), ("only if", "t"),
        ("ceiling", "geta"), ("outside", "s"), ("partly", "geta"), ("everything", "ceiling"),
    }  # fmt: skip
    # A known action that is denied somewhere, or doubtful, settles nothing; nor do names that nobody knows.
    assert not {pair for pair in settled if pair[0] in ("odd", "perhaps", "nothing", "unknown")}
    assert ("geta", "s") not in settled
    assert ("t", "everything") not in settled


def test_the_shelf_gives_the_prover_what_it_was_given():
    is_there = Condition(operator="Null", key="k", values=("false",))
    sets = {"all": who(box("s:*")), "there": who(box("s:*", conditions=(is_there,)))}
    assert isinstance(Shelf(sets, SMALL).verdict("all", "there"), Exceeds)
    assert isinstance(Shelf(sets, SMALL, always=frozenset({"k"})).verdict("all", "there"), Covered)
    crossing = {"one": who(box("s:*", "a:b:b:c")), "star": who(box("s:*", "a:*:c"))}
    assert isinstance(Shelf(crossing, SMALL).verdict("one", "star"), Covered)
    by = Segments("resource", ":", 3)
    assert isinstance(Shelf(crossing, SMALL, segments=by).verdict("one", "star"), Undecided)
    two = {"two": who(box("s:geta", "a"), box("s:geta", "b")), "none": who()}
    assert len(Shelf(two, SMALL).verdict("two", "none").residue) == 2
    assert len(Shelf(two, SMALL).verdict("two", "none", first=True).residue) == 1

    def fill(dimension, pattern, about):
        return ("alpha",) if dimension == "resource" else ()

    named = Shelf({"one": who(box("s:geta", "a*")), "none": who()}, SMALL, fill=fill)
    assert named.verdict("one", "none").residue[0].witness.point == ("alpha",)


def test_a_set_that_allows_nothing_in_some_reading_or_no_request_settles_nothing_by_name():
    absent = Condition(operator="Null", key="k", values=("true",))
    never = {"never": who(box("s:geta", conditions=(absent,))), "none": who()}
    assert Shelf(never, SMALL).exceeds_by_name("never", "none")
    assert not Shelf(never, SMALL, always=frozenset({"k"})).exceeds_by_name("never", "none")
    crossing = {"one": who(box("s:geta", "a:*:c"), ceilings=((box("s:geta", "a:b:b:c"),),)), "none": who()}
    assert Shelf(crossing, SMALL).exceeds_by_name("one", "none")
    assert not Shelf(crossing, SMALL, segments=Segments("resource", ":", 3)).exceeds_by_name("one", "none")


def test_what_may_be_absent_settles_nothing_and_what_is_denied_names_nothing():
    sets = {
        "mixed": who(box("s:geta", may=("count",)), box("t:geta")), "t": who(box("t:*")), "geta": who(box("s:geta")),
        "denies": who(box("t:*"), box("s:geta", "*", "deny")),
    }  # fmt: skip
    shelf = Shelf(sets, SMALL)
    assert not shelf.exceeds_by_name("mixed", "t")
    assert shelf.exceeds_by_name("geta", "denies")
