"""Residue united for people: what agrees in all but one thing becomes one part, and nothing else does."""

from itertools import permutations

import pytest

from nhilint.algebra.compact import compact, group
from nhilint.algebra.spelling import Later
from nhilint.algebra.values import Condition, Request, Residue, Scope, Statement, variable

YES, NO = (Condition(operator="Bool", key="k", values=(value,)) for value in ("true", "false"))
DENY = Statement(effect="deny", actions=("*",), scopes=(Scope(patterns=("*",)),))
USER = variable("aws:username")


def part(actions="", *scopes, future="", spared="", conditions=(), may=(), blocked=(), holes=(), own=(), asked=""):
    """A part of a residue; its witness is for its first action, or for a later one."""
    names = tuple(actions.split())
    scopes = scopes or ("*",)
    patterns = [Scope(patterns=(own or (glob,))) for glob in scopes]
    if holes:
        patterns = [Scope(patterns=holes, negated=True)]
    return Residue(
        actions=names, future=tuple(future.split()), scopes=scopes, conditions=tuple(conditions),
        witness=Request(action=asked or (names[0] if names else "later"), point=scopes),
        statement=Statement(effect="allow", actions=("*",), scopes=tuple(patterns), may=tuple(may)),
        blocked_by=tuple(blocked), spared=tuple(spared.split()),
    )  # fmt: skip


def said(*residue, axes=()):
    """What the parts say, the same for every order of the residue."""
    answers = set()
    for order in permutations(residue):
        parts = compact(order, axes)
        globs = [p.axes if axes else tuple(" ".join(glob for (glob,) in row) for row in p.axes) for p in parts]
        answers.add(tuple((" ".join(sorted(p.names)), p.later, row) for p, row in zip(parts, globs, strict=True)))
    (answer,) = answers
    return list(answer)


def rows(*residue):
    return [(names, *axes) for names, _, axes in said(*residue)]


def test_the_same_scopes_unite_actions_and_the_same_actions_unite_scopes():
    assert rows(part("s:a", "x"), part("s:b", "x")) == [("s:a s:b", "x")]
    assert rows(part("s:a", "x"), part("s:a", "y")) == [("s:a", "x y")]
    assert rows(part("s:a", "x"), part("s:b", "y")) == [("s:a", "x"), ("s:b", "y")]
    assert rows(part("s:a", "x"), part("s:b", "x"), part("s:a", "y"), part("s:b", "y")) == [("s:a s:b", "x y")]


def test_what_lies_inside_a_larger_box_is_not_said_again():
    assert rows(part("s:a", "x*"), part("s:a", "xy")) == [("s:a", "x*")]
    assert rows(part("s:a", "x*"), part("s:a s:b", "xy", asked="s:b")) == [("s:a", "x*"), ("s:b", "xy")]
    assert rows(part("s:a s:b", "x*"), part("s:a", "xy"), part("s:b", "xz")) == [("s:a s:b", "x*")]
    # The witness of the smaller one is its only proof.
    assert rows(part("s:a", "x*"), part("s:a s:b", "xy")) == [("s:a", "x*"), ("s:a s:b", "xy")]


def test_conditions_reasons_and_denies_keep_parts_apart():
    assert len(said(part("s:a", "x"), part("s:a", "y", conditions=(YES,)))) == 2
    assert len(said(part("s:a", "x", conditions=(NO,)), part("s:a", "y", conditions=(YES,)))) == 2
    assert len(said(part("s:a", "x"), part("s:a", "y", may=("count",)))) == 2
    assert len(said(part("s:a", "x"), part("s:a", "y", blocked=(DENY,)))) == 2
    assert len(said(part("s:a", "x*"), part("s:a", "y*", holes=("yz",)))) == 2
    assert len(said(part("s:a", "x", conditions=(YES, NO)), part("s:a", "y", conditions=(NO, YES)))) == 1


@pytest.mark.parametrize("large,small,absorbed", [
    ({}, {"conditions": (YES,)}, True), ({"conditions": (YES,)}, {}, False),
    ({"conditions": (YES,)}, {"conditions": (YES, NO)}, True), ({"conditions": (NO,)}, {"conditions": (YES,)}, False),
    ({}, {"may": ("count",)}, True), ({"may": ("count",)}, {}, False),
    ({"may": ("count",)}, {"may": ("count", "switch")}, True),
    ({"holes": ("z",)}, {"holes": ("z",), "conditions": (YES,)}, True), ({"holes": ("xz",)}, {}, False),
    ({}, {"blocked": (DENY,)}, True), ({"blocked": (DENY,)}, {}, True),
])  # fmt: skip
def test_a_box_under_no_more_conditions_has_what_lies_inside_it(large, small, absorbed):
    found = said(part("s:a", "x*", **large), part("s:a", "xy", **small))
    assert (len(found) == 1) is absorbed


def test_several_dimensions_unite_along_one_axis_after_the_other():
    four = [part("s:a", x, y) for x in "pq" for y in "uv"]
    assert rows(*four) == [("s:a", "p q", "u v")]
    assert rows(*four[:3]) in ([("s:a", "p", "u v"), ("s:a", "q", "u")], [("s:a", "p", "v"), ("s:a", "p q", "u")])
    assert rows(part("s:a", "p*", "u"), part("s:a", "pq", "u*")) == [("s:a", "p*", "u"), ("s:a", "pq", "u*")]
    assert rows(part("s:a", "p*", "u*"), part("s:a", "pq", "u")) == [("s:a", "p*", "u*")]


def test_dimensions_that_people_read_together_are_one_axis():
    four = [part("s:a", x, y) for x in "pq" for y in "uv"]
    ((_, _, axes),) = said(*four[:3], axes=((0, 1),))
    assert axes == ((("p", "u"), ("p", "v"), ("q", "u")),)
    (only,) = compact(four, ((1,), (0,)))
    assert only.axes == ((("u",), ("v",)), (("p",), ("q",)))
    assert only.scopes == (("u", "p"), ("u", "q"), ("v", "p"), ("v", "q"))
    assert len(only.residue) == 4


def test_of_an_axis_only_the_outermost_pieces_are_said():
    residue = [part("s:a", "p*", "u"), part("s:a", "pq", "u", conditions=()), part("s:a", "z", "u")]
    assert rows(*residue) == [("s:a", "p* z", "u")]
    assert rows(part("s:a s:b", "p*"), part("s:a s:b", "z"), part("s:a s:b", "pz*")) == [("s:a s:b", "p* z")]


def test_the_shorter_of_two_ways_to_unite():
    # s:a on x, s:b on y, and both on z: as actions with all their boxes it is two parts.
    residue = [part("s:a", "x"), part("s:b", "y"), part("s:a s:b", "z"), part("s:a s:b", "z", asked="s:b")]
    assert rows(*residue) == [("s:a", "x z"), ("s:b", "y z")]


def test_a_part_stands_for_the_residue_that_lies_in_it():
    for found in compact([part("s:a", "p", "u"), part("s:a", "q", "v")]):
        assert [one.scopes for one in found.residue] == list(found.scopes)
    for found in compact([part("s:a", "p", "u"), part("s:a", "q", "v")], ((0, 1),)):
        assert [one.scopes for one in found.residue] == [("p", "u"), ("q", "v")]


def test_actions_are_united_with_all_their_boxes_only_where_each_keeps_a_proof():
    shared = part("s:a s:b", "x", asked="s:b")
    parts = compact([part("s:a", "z"), part("s:b", "y"), shared])
    assert sorted(sorted(found.names) for found in parts) == [["s:a"], ["s:b"]]
    for found in parts:
        assert found.residue[0].witness.action in found.names
    # Nobody asked for `s:b`: cut the other way it would stand alone, without a proof.
    unproved = [part("s:a", "x"), part("s:a s:b", "z"), part("s:b s:c", "y", asked="s:c"), part("s:c", "w")]
    names = sorted(sorted(found.names) for found in compact(unproved))
    assert names == [["s:a"], ["s:a", "s:b"], ["s:b", "s:c"], ["s:c"]]


def later(*residue):
    return [row for _, rows, _ in said(*residue) for row in rows]


def test_later_actions_stand_beside_what_they_spare():
    assert later(part("s:a", future="s:*", spared="s:get* t:*")) == [Later("s:*", ("s:get*",))]
    assert later(part("", future="s:* t:*", spared="s:get* t:put*")) == [
        Later("s:*", ("s:get*",)),
        Later("t:*", ("t:put*",)),
    ]
    assert later(part("s:a", "x", future="s:*"), part("s:b", "x", future="s:get*")) == [Later("s:*")]
    assert later(part("s:a", "x", future="s:get*"), part("s:b", "x", future="s:put*")) == [
        Later("s:get*"),
        Later("s:put*"),
    ]


def test_what_one_spares_another_may_fill():
    assert later(part("s:a", "x", future="*", spared="s:get*"), part("s:b", "x", future="s:get*")) == [Later("*")]
    filled = later(part("s:a", "x", future="*", spared="s:get*"), part("s:b", "x", future="s:get*", spared="s:geta*"))
    assert filled == [Later("*", ("s:geta*",))]
    apart = later(part("s:a", "x", future="s:*", spared="s:get*"), part("s:b", "x", future="s:geta*"))
    assert apart == [Later("s:*", ("s:get*",)), Later("s:geta*")]


def test_later_actions_of_a_larger_box_are_not_said_again():
    found = said(part("s:a", "x*", future="s:*"), part("s:b", "xy", future="s:get*", asked="s:b"))
    assert [(names, rows) for names, rows, _ in found] == [("s:a", (Later("s:*"),)), ("s:b", ())]
    found = said(part("s:a", "x*", future="s:*", spared="s:get*"), part("s:b", "xy", future="s:geta*"))
    assert [(names, rows) for names, rows, _ in found] == [
        ("s:a", (Later("s:*", ("s:get*",)),)), ("s:b", (Later("s:geta*"),)),
    ]  # fmt: skip
    only = said(part("", "x*", future="s:*"), part("", "xy", future="s:get*"))
    assert [rows for _, rows, _ in only] == [(Later("s:*"),)]


def test_the_witness_that_stands_first_asks_for_an_action_of_the_part():
    residue = [part("s:a", "x"), part("s:a", "y"), part("s:b", "y", future="t:*")]
    for found in compact(residue):
        first = found.residue[0]
        assert first.witness.action in found.names
    (only,) = compact([part("", "x", future="s:*"), part("", "y", future="s:*")])
    assert [one.scopes for one in only.residue] == [("x",), ("y",)]


def test_a_variable_read_as_a_star_is_said_as_it_is_written():
    (only,) = compact([part("s:a", "b/*", own=(f"b/{USER}",))])
    assert only.axes == (((f"b/{USER}",),),)
    (only,) = compact([part("s:a", "b/x", own=("b/*", f"b/{USER}"))])
    assert only.axes == ((("b/x",),),)
    (only,) = compact([part("s:a", "c/x", own=(f"b/{USER}",))])
    assert only.axes == ((("c/x",),),)
    (only,) = compact([part("s:a", "b/x", own=("c", f"c/{USER}", f"b/{USER}"))])
    assert only.axes == (((f"b/{USER}",),),)


def test_every_field_of_a_part():
    one = part("s:b s:a", "x*", conditions=(YES, NO), may=("count",), blocked=(DENY,), holes=("xz",))
    (only,) = compact([one])
    assert only.names == {"s:a", "s:b"}
    assert only.conditions == (NO, YES)
    assert only.may == ("count",)
    assert only.blocked_by == (DENY,)
    assert only.outside == ((0, "xz"),)
    assert only.residue == (one,)
    assert compact([]) == ()


def test_parts_stand_in_the_order_of_what_is_read_first():
    residue = [
        part("s:b", "x"),
        part("s:a", "x", conditions=(YES,)),
        part("s:c", "a"),
        part("s:d", "x", conditions=(NO,)),
    ]
    assert [(p.axes[0][0][0], sorted(p.names)[0]) for p in compact(residue)] == [
        ("a", "s:c"), ("x", "s:b"), ("x", "s:d"), ("x", "s:a"),
    ]  # fmt: skip


def test_grouping_unites_actions_of_one_statement_only():
    first, second = part("s:b s:a", "x", future="s:*"), part("s:c", "x", future="s:get*")
    (only,) = group([first, second])
    assert (only.actions, only.future) == (("s:a", "s:b", "s:c"), ("s:*", "s:get*"))
    assert only.witness == first.witness
    others = [part("s:c", "x", **more) for more in ({"conditions": (YES,)}, {"may": ("m",)}, {"blocked": (DENY,)})]
    for other in (part("s:c", "y"), *others):
        assert len(group([first, other])) == 2
    assert group([first]) == (first,)


def test_of_two_boxes_that_mean_the_same_one_stays():
    pair = [part("s:geta", "a?*"), part("s:geta", "a*?")]
    for residue in (pair, pair[::-1]):
        (left,) = compact(residue)
        assert left.names == {"s:geta"}
