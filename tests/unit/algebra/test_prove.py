"""What the prover says of the questions people ask."""

import pytest

from nhilint.algebra.compact import group
from nhilint.algebra.glob import FRESH
from nhilint.algebra.prove import compare, covers
from nhilint.algebra.segments import Segments
from nhilint.algebra.universe import OPEN
from nhilint.algebra.values import (
    Condition,
    Covered,
    Exceeds,
    Permissions,
    Scope,
    Statement,
    Undecided,
    exclusive,
    negation,
    symbol,
    variable,
)
from tests.property.test_algebra import SMALL


def who(*statements, ceilings=()):
    return Permissions(dimensions=("resource",), statements=statements, ceilings=ceilings)


def box(actions, resources="*", effect="allow", **more):
    return Statement(
        effect=effect, actions=tuple(actions.split()), scopes=(Scope(patterns=tuple(resources.split())),), **more
    )


YES = Condition(operator="Bool", key="k", values=("true",))


def outside(*patterns, **more):
    return Statement(effect="allow", actions=("s:geta",), scopes=(Scope(patterns=patterns, negated=True),), **more)


def test_removing_a_deny_is_a_gain_that_names_the_deny():
    deny = box("s:*", "secret/*", "deny")
    verdict = compare(who(box("s:get*")), who(box("s:get*"), deny), SMALL)
    assert isinstance(verdict, Exceeds)
    (part,) = verdict.residue
    assert part.scopes == ("secret/*",)
    assert part.blocked_by == (deny,)


def test_a_part_in_the_hole_of_a_wider_part_is_not_inside_it():
    hole = Statement(effect="allow", actions=("s:geta",), scopes=(Scope(patterns=("x/*",), negated=True),))
    inside = box("s:geta", "x/y", conditions=(Condition(operator="Bool", key="k", values=("true",)),))
    verdict = compare(who(hole, inside), who(), SMALL)
    assert isinstance(verdict, Exceeds)
    assert {part.scopes for part in verdict.residue} == {("*",), ("x/y",)}


@pytest.mark.parametrize("rows,scopes", [
    ([box("s:geta", "a?"), box("s:geta", "ab")], ["a?"]),
    ([box("s:geta", "ab"), box("s:geta", "a?")], ["a?"]),
    ([box("s:geta", "a*"), box("s:geta", "ab", conditions=(YES,))], ["a*"]),
    ([box("s:geta", "a*", conditions=(YES,)), box("s:geta", "ab")], ["a*", "ab"]),
    ([box("s:geta", "a*", may=("count",)), box("s:geta", "ab")], ["a*", "ab"]),
    ([box("s:geta", "a*"), box("s:geta", "ab", may=("count",))], ["a*"]),
    ([box("s:geta", "a*"), box("s:geta s:getb", "ab")], ["a*", "ab"]),
    ([box("s:geta s:getb", "a*"), box("s:geta", "ab")], ["a*"]),
    ([box("s:get*", "a*"), box("s:get* u:*", "ab")], ["a*", "ab"]),
    ([box("s:get* u:*", "a*"), box("u:new*", "ab")], ["a*"]),
    ([outside("x/*"), box("s:geta", "y/1", conditions=(YES,))], ["*"]),
    ([outside("x/*"), outside("x/*", conditions=(YES,))], ["*"]),
    ([outside("x/*"), outside("x/*", "z", conditions=(YES,))], ["*"]),
    ([outside("x/*", "z"), outside("x/*", conditions=(YES,))], ["*", "*"]),
    ([box("s:geta", "a"), box("s:geta", "b"), box("s:geta", "a")], ["a", "b"]),
])  # fmt: skip
def test_a_part_inside_another_is_not_said(rows, scopes):
    verdict = compare(who(*rows), who(), SMALL)
    assert isinstance(verdict, Exceeds)
    assert [part.scopes[0] for part in verdict.residue] == scopes


def test_actions_added_later_are_a_tier_of_their_own():
    verdict = compare(who(box("s:get*")), who(box("s:geta s:getb")), SMALL)
    assert isinstance(verdict, Exceeds)
    assert verdict.residue[0].actions == ()
    assert verdict.residue[0].future == ("s:get*",)


def test_what_the_reference_has_of_the_later_actions_is_spared():
    verdict = compare(who(box("s:*")), who(box("s:get* s:new t:*")), SMALL)
    assert isinstance(verdict, Exceeds)
    (part,) = verdict.residue
    assert (part.actions, part.future, part.spared) == (("s:puta",), ("s:*",), ("s:get*", "s:new"))


def test_a_negated_list_of_actions_leaves_the_rest_and_what_is_added_later():
    but_get = box("s:get*", actions_negated=True)
    for mine, theirs, names, future in (
        (who(but_get), who(), ("s:puta", "t:geta"), ("*",)),
        (who(but_get), who(box("s:*")), ("t:geta",), ("*",)),
        (who(box("s:*")), who(but_get), ("s:geta", "s:getb"), ("s:get*",)),
        (who(box("s:*"), box("s:get*", "*", "deny", actions_negated=True)), who(), ("s:geta", "s:getb"), ("s:get*",)),
        (who(box("t:*")), who(box("*"), box("s:*", "*", "deny", actions_negated=True)), ("t:geta",), ("t:*",)),
    ):
        verdict = compare(mine, theirs, SMALL)
        assert isinstance(verdict, Exceeds)
        assert [(part.actions, part.future) for part in verdict.residue] == [(names, future)]
    assert compare(who(but_get), who(box("s:geta s:getb", actions_negated=True)), SMALL) == Covered()


def test_an_action_added_later_that_an_allow_and_a_negated_deny_leave_together():
    only_z = box("s:*z*", "*", "deny", actions_negated=True)
    verdict = compare(who(box("s:get*"), only_z), who(box("s:geta")), SMALL)
    assert isinstance(verdict, Exceeds)
    assert [(part.actions, part.future) for part in verdict.residue] == [((), ("s:get*z*",))]
    assert compare(who(box("s:get*"), only_z), who(box("s:*z*")), SMALL) == Covered()


def test_the_letter_that_stands_for_anything_may_be_written_by_somebody():
    assert covers(who(box(f"u:{FRESH}")), who(box("u:*")), SMALL) is False
    assert covers(who(box("s:geta", f"a{FRESH}")), who(box("s:geta", "a*")), SMALL) is False
    like, equal = (
        Condition(operator=operator, key="k", values=(value,))
        for operator, value in (("StringLike", "p*"), ("StringEquals", f"p{FRESH}"))
    )
    assert covers(who(box("s:*", conditions=(equal,))), who(box("s:*", conditions=(like,))), SMALL) is False
    assert covers(who(box("s:*", conditions=(like,))), who(box("s:*", conditions=(equal,))), SMALL) is True


def test_a_negated_scope_with_a_variable_does_not_ask_for_its_value():
    there = Condition(operator="Null", key="k:tag", values=("false",))
    assert covers(who(box("s:*", conditions=(there,))), who(outside(f"b/{variable('k:tag')}")), SMALL) is False


def test_an_action_added_later_that_only_two_layers_together_describe():
    verdict = compare(who(box("s:get*"), ceilings=((box("s:*b"),),)), who(box("s:geta s:getb")), SMALL)
    assert isinstance(verdict, Exceeds)
    assert [(part.actions, part.future) for part in verdict.residue] == [((), ("s:get*b",))]


def test_an_action_added_later_that_two_negated_lists_of_the_reference_exclude():
    without = [box(actions, actions_negated=True) for actions in ("s:get*", "s:*b")]
    verdict = compare(who(box("s:*")), who(*without), SMALL)
    assert isinstance(verdict, Exceeds)
    assert [part.future for part in verdict.residue] == [("s:get*b",)]


def test_a_deny_of_its_own_needs_no_names_however_many_patterns_it_has():
    deny = box(" ".join(f"s:*{a}*{b}*" for a in "abcdefghij" for b in "klmnopqrst"), "*", "deny")
    assert isinstance(compare(who(box("s:get* s:put*"), deny), who(box("s:*")), SMALL), Covered)


def test_two_spellings_of_one_action_pattern_keep_its_future():
    for candidate in ("s:* s:**", "s:?* s:*?", "s:**"):
        verdict = compare(who(box(candidate)), who(box("s:geta s:getb s:puta")), SMALL)
        assert isinstance(verdict, Exceeds)
        (part,) = verdict.residue
        assert part.future
        assert part.witness.action.startswith("s:")


def test_a_ceiling_of_the_reference_must_allow_as_well():
    assert covers(who(box("*"), ceilings=((box("s:*"),),)), who(box("s:geta")), SMALL) is True
    assert covers(who(box("*"), ceilings=((box("s:*"),),)), who(box("t:*")), SMALL) is False


def test_a_symbol_is_equal_only_to_itself():
    x, y = symbol("var.x"), symbol("var.y")
    assert covers(who(box("s:*", f"arn:{x}/*")), who(box("s:*", f"arn:{x}/a")), SMALL) is True
    assert covers(who(box("s:*", f"arn:{x}/*")), who(box("s:*", f"arn:{y}/a")), SMALL) is False
    assert covers(who(box("s:*", "arn:?")), who(box("s:*", f"arn:{x}")), SMALL) is False


def test_a_question_mark_after_a_star_reads_a_letter_behind_a_symbol():
    bucket = f"arn:aws:s3:::logs-{symbol('var.env')}-a"
    for wider in ("arn:aws:s3:::logs-*?", "arn:aws:s3:::logs-*?a", "arn:aws:s3:::logs-**?*"):
        assert covers(who(box("s:*", wider)), who(box("s:*", bucket)), SMALL) is True
    assert covers(who(box("s:*", "arn:aws:s3:::logs-?")), who(box("s:*", bucket)), SMALL) is False


def test_a_deny_on_a_variable_is_met_by_the_value_that_names_the_resource():
    tag = variable("k:tag")
    for mine, denied in (("b/home/a", f"b/{tag}"), ("b/h*", f"b/{tag}x"), ("b/home/a", f"b/{tag}/a")):
        candidate = who(box("s:*", mine))
        verdict = compare(candidate, who(box("s:*"), box("s:geta", denied, "deny")), SMALL)
        assert isinstance(verdict, Exceeds), (mine, denied)
        (part,) = verdict.residue
        assert part.witness.context[0][0] == "k:tag"
        assert part.blocked_by
        # With the same deny on both sides nothing is left.
        same = who(box("s:*", mine), box("s:geta", denied, "deny"))
        assert covers(who(box("s:*"), box("s:geta", denied, "deny")), same, SMALL) is True


def test_an_exception_with_a_variable_is_met_too():
    hole = Statement(
        effect="allow", actions=("s:*",), scopes=(Scope(patterns=(f"b/{variable('k:tag')}",), negated=True),)
    )
    assert covers(who(hole), who(box("s:*", "b/home/a")), SMALL) is False
    assert covers(who(hole, box("s:geta")), who(box("s:geta", "b/home/a")), SMALL) is True


def test_a_value_may_be_longer_than_every_question_mark():
    for values in (("?",), ("?", "??"), ("", "?", "??*?")):
        unlike = Condition(operator="StringNotLike", key="k", values=values, qualifier="ForAnyValue")
        verdict = compare(who(box("s:*", conditions=(unlike,))), who(), SMALL)
        assert isinstance(verdict, Exceeds), values
    every = Condition(operator="StringNotLike", key="k", values=("", "?*"), qualifier="ForAnyValue")
    assert isinstance(compare(who(box("s:*", conditions=(every,))), who(), SMALL), Covered)


def test_a_variable_beside_a_plain_pattern_and_in_a_ceiling_stays_decided():
    name = variable("aws:username")
    whole, halves = who(box("s:*", f"a b{name}")), who(box("s:*", "a"), box("s:*", f"b{name}"))
    assert covers(halves, whole, SMALL) is True
    assert covers(whole, halves, SMALL) is True
    first, second = (box("s:*", "a/x"),), (box("s:*", f"a/{name}"), box("s:geta"))
    mine = who(*first, ceilings=(second,))
    wider = who(*first, box("s:*", "q"), ceilings=((*second, box("s:*", "q")),))
    assert covers(wider, mine, SMALL) is True
    assert covers(mine, wider, SMALL) is False


def test_a_value_whose_case_does_not_matter_has_other_spellings_than_those_listed():
    any_case = Condition(operator="StringEqualsIgnoreCase", key="k", values=("prod",))
    listed = Condition(operator="StringEquals", key="k", values=("prod", "PROD", "Prod"))
    verdict = compare(who(box("s:*", conditions=(any_case,))), who(box("s:*", conditions=(listed,))), SMALL)
    assert isinstance(verdict, Exceeds)
    ((_, (value,)),) = verdict.residue[0].witness.context
    assert value.lower() == "prod"
    assert value not in listed.values


def test_equal_may_reasons_cancel_and_others_do_not():
    perhaps = box("s:*", may=("the count of `a` is unknown",))
    assert covers(who(perhaps), who(perhaps), SMALL) is True
    assert covers(who(perhaps), who(box("s:*")), SMALL) is False
    assert covers(who(box("s:*")), who(perhaps), SMALL) is True
    assert covers(who(), who(perhaps), SMALL) is False
    other = box("s:*", may=("the count of `b` is unknown",))
    assert covers(who(other), who(perhaps), SMALL) is False
    taken = box("s:geta", "*", "deny", may=("a switch",))
    assert covers(who(box("s:*"), taken), who(box("s:*")), SMALL) is False
    assert covers(who(box("s:*")), who(box("s:*"), taken), SMALL) is True


def test_of_reasons_that_name_values_of_one_thing_only_one_holds():
    def if_env(value: str, *more: str):
        return box("s:*", "*", may=(f'env == "{value}"', *more))

    both = box("s:*", "*", may=('env == "a"', 'env == "b"'))
    not_b = box("s:*", "*", may=('!(env == "b")',))
    assert covers(who(if_env("b")), who(if_env("a")), SMALL) is False
    assert covers(who(), who(both), SMALL) is True
    assert covers(who(), who(if_env("a", '!(env == "b")')), SMALL) is False
    assert covers(who(not_b), who(if_env("a")), SMALL) is True
    assert covers(who(not_b, if_env("b")), who(box("s:*", "*")), SMALL) is True
    assert covers(who(not_b), who(box("s:*", "*")), SMALL) is False
    assert covers(who(not_b, if_env("a")), who(box("s:*", "*")), SMALL) is False


def test_exclusive_reasons():
    assert exclusive(['env == "a"', 'env == "b"'])
    assert exclusive(["x", "!(x)"])
    assert exclusive(['env == "a"', '!(env == "a")'])
    assert not exclusive(['env == "a"', '!(env == "b")', 'other == "b"', "x", "y"])
    assert not exclusive(['!(env == "a")', '!(env == "b")'])


def test_a_pattern_with_a_variable_asks_for_its_value():
    there = Condition(operator="Null", key="k:tag", values=("false",))
    for pattern, needed in ((f"b/{variable('k:tag')}", True), (f"b/{variable('k:tag', 'none')}", False)):
        asks = who(box("s:*", pattern, conditions=(there,)))
        assert (covers(asks, who(box("s:*", pattern)), SMALL) is True) is needed
    two = f"b/{variable('k:tag')} b/{variable('k:owner')}"
    assert covers(who(box("s:*", two, conditions=(there,))), who(box("s:*", two)), SMALL) is not True
    beside = f"b/{variable('k:tag')} c"
    assert covers(who(box("s:*", beside, conditions=(there,))), who(box("s:*", beside)), SMALL) is not True


def test_a_part_comes_from_a_statement_that_allows_and_carries_the_conditions_of_every_layer():
    outer = Condition(operator="Bool", key="j", values=("true",))
    inner = Condition(operator="Bool", key="k", values=("true",))
    own, ceiling = box("s:*", "a*", conditions=(inner,)), box("s:get*", "*b", conditions=(outer, inner))
    verdict = compare(who(own, ceilings=((ceiling,),)), who(), SMALL)
    assert isinstance(verdict, Exceeds)
    assert [(part.scopes, part.statement, part.conditions) for part in verdict.residue] == [
        (("a*b",), own, (inner, outer)),
    ]  # fmt: skip


def test_a_spent_budget_is_a_reason_and_what_was_found_before_stands():
    def many(start):
        return [box("s:geta", f"{start}{n}*{m}") for n in range(4) for m in range(4)]

    mine, theirs = (
        who(box("s:*", "z"), *many("a")),
        who(*(box("s:geta", f"*{n}", "deny") for n in range(9)), box("s:*", "q")),
    )
    assert isinstance(compare(mine, theirs, SMALL), Exceeds)
    spent = compare(mine, theirs, SMALL, budget=3)
    assert {reason.kind for reason in (spent.reasons if isinstance(spent, Undecided) else spent.undecided)} == {
        "budget"
    }
    assert isinstance(compare(mine, theirs, SMALL, budget=0), Undecided)
    some = compare(mine, theirs, SMALL, budget=20)
    assert isinstance(some, Exceeds)
    assert [reason.kind for reason in some.undecided] == ["budget"]


def test_what_can_not_be_interpreted_cancels_or_is_undecided():
    odd = Condition(operator="StringSounds", key="k", values=("v",))
    mine = who(box("s:*", conditions=(odd,)))
    assert covers(mine, mine, SMALL) is True
    verdict = compare(mine, who(), SMALL)
    assert isinstance(verdict, Undecided)
    assert "StringSounds" in verdict.reasons[0].text
    unread = who(box("s:*", undecided="why"))
    for mine, theirs in ((unread, who()), (who(box("s:geta")), unread), (unread, who(box("s:geta")))):
        verdict = compare(mine, theirs, SMALL)
        assert isinstance(verdict, Undecided)
        assert [(reason.kind, reason.text) for reason in verdict.reasons] == [("unreadable-statement", "why")]
    assert covers(unread, unread, SMALL) is True
    assert covers(who(box("s:*")), unread, SMALL) is True
    # A doubtful deny takes nothing away for certain, on either side.
    doubtful = box("s:geta", "*", "deny", undecided="why")
    assert covers(who(box("s:*")), who(box("s:*"), doubtful), SMALL) is True
    assert covers(who(box("s:*"), doubtful), who(box("s:geta")), SMALL) is None
    assert covers(who(box("s:get*"), doubtful), who(box("s:*"), doubtful), SMALL) is False


def test_the_open_vocabulary_needs_no_names():
    assert isinstance(compare(who(box("*", "a")), who(box("*", "a b")), OPEN), Covered)
    verdict = compare(who(box("*")), who(box("*", "a b")), OPEN)
    assert isinstance(verdict, Exceeds)
    assert verdict.residue[0].witness.action == "*"


def test_too_many_overlaps_of_values_or_of_names_are_undecided():
    globs = tuple(f"*{a}*{b}*" for a in "abcdefghijklmnop" for b in "qrstuvwxyz")
    values = Condition(operator="StringLike", key="k", values=globs)
    words = ("abcdefghij", "klmnopqrst", "0123456789", "ABCDEFGHIJ")
    layers = [[f"s:*{letter}*" for letter in letters] for letters in words]
    first, *others = ((box(" ".join(layer)),) for layer in layers)
    for hostile in (who(box("s:*", conditions=(values,))), who(*first, ceilings=tuple(others))):
        verdict = compare(hostile, who(box("t:*")), SMALL)
        assert isinstance(verdict, Undecided)
        assert [reason.kind for reason in verdict.reasons] == ["size"]


def test_hostile_sizes_are_undecided():
    assert isinstance(compare(who(box("s:*", "a*" * 5_000_000)), who(box("s:*", "b*")), SMALL), Undecided)


def test_group():
    verdict = compare(who(box("s:* t:*")), who(), SMALL)
    assert isinstance(verdict, Exceeds)
    assert len(group(verdict.residue)) == 1


def test_several_dimensions_as_kubernetes_has_them():
    names = ("verb", "group", "resource", "name", "namespace")

    def rule(*globs):
        scopes = tuple(Scope(patterns=tuple(glob.split("|"))) for glob in globs)
        return Statement(effect="allow", actions=("*",), scopes=scopes)

    def rules(*statements):
        return Permissions(dimensions=names, statements=statements)

    edit = rules(rule("get|list", "", "*", "*", "prod"))
    assert covers(edit, rules(rule("get", "", "pods", "*", "prod")), OPEN) is True
    verdict = compare(rules(rule("get|delete", "", "pods", "web", "*")), edit, OPEN)
    assert isinstance(verdict, Exceeds)
    assert [part.scopes for part in verdict.residue] == [
        ("get", "", "pods", "web", "*"),
        ("delete", "", "pods", "web", "*"),
    ]


def test_a_symbol_may_stand_for_all_the_segments_of_an_arn():
    bucket = symbol("aws_s3_bucket.state.arn")
    by = Segments("resource", ":", 6)
    wide, one = who(box("s:geta", f"{bucket}/*")), who(box("s:geta", f"{bucket}/environments/state"))
    assert compare(one, wide, SMALL, segments=by) == Covered()
    assert isinstance(compare(wide, one, SMALL, segments=by), Exceeds)


def test_one_of_two_cases_always_holds_and_never_both():
    one, other = box("s:geta", may=("var.x",)), box("s:geta", may=("!(var.x)",))
    both, always = who(one, other), who(box("s:geta"))
    assert covers(both, always, SMALL) is True
    assert covers(always, both, SMALL) is True
    assert covers(who(one), who(other), SMALL) is False
    assert covers(who(one), always, SMALL) is False
    # What the two cases deny is never denied by both, and is denied in one of them.
    apart = who(box("s:*"), box("s:geta", "a", "deny", may=("var.x",)), box("s:geta", "b", "deny", may=("!(var.x)",)))
    assert covers(apart, who(box("s:*"), box("s:geta", "a b", "deny")), SMALL) is True
    assert covers(who(box("s:*"), box("s:geta", "a", "deny")), apart, SMALL) is False
    # Another reason of its own is free.
    assert covers(who(one, box("s:geta", may=("!(var.y)",))), always, SMALL) is False


def test_the_negation_of_a_negation_is_the_reason():
    assert negation("var.x") == "!(var.x)"
    assert negation("!(var.x)") == "var.x"
    assert negation("!(a) && (b)") == "!(!(a) && (b))"
    assert negation(negation("!(a) && (b)")) == "!(a) && (b)"
    assert negation("!(a") == "!(!(a)"
    assert negation("!((a)") == "!(!((a))"
