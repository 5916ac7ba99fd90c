"""Boxes with variables and with holes: what two have in common, what one value leaves, what a negation takes out."""

from nhilint.algebra.boxes import left_out, meet, meet_all, pin
from nhilint.algebra.prove import compare
from nhilint.algebra.values import Condition, Covered, Exceeds, Request, Residue, Scope, Statement, variable
from tests.property.test_algebra import SMALL
from tests.unit.algebra.test_prove import box, who

NAME, TAG = variable("aws:username"), variable("k:tag")


def equals(key, *values):
    return Condition(operator="StringEquals", key=key, values=values)


def residue(glob, *patterns, negated=True):
    statement = Statement(effect="allow", actions=("s:geta",), scopes=(Scope(patterns=patterns, negated=negated),))
    witness = Request(action="s:geta", point=(glob,))
    return Residue(actions=("s:geta",), future=(), scopes=(glob,), conditions=(), witness=witness, statement=statement)


def test_what_two_have_in_common_holds_for_every_value_and_for_some():
    found = set(meet((f"p/{TAG}/*",), ("p/*/x",)))
    assert found == {(f"p/{TAG}/x",), (f"p/{TAG}/*/x",), ("p/*/x",)}
    assert set(meet((f"p/{TAG}",), ("p/a",))) == {("p/a",)}
    assert set(meet((f"p/{TAG}",), ("p/*",))) == {(f"p/{TAG}",)}


def test_several_boxes_meet_in_what_all_have():
    assert meet_all([("a*", "*"), ("*b", "x*"), ("*", "*y")]) == [("a*b", "x*y")]
    assert meet_all([("a*", "*"), ("b*", "*"), ("*", "*")]) == []


def test_a_pinned_statement_has_the_value_in_its_own_clause_and_in_its_own_variable_only():
    first, second = equals("k:tag", "a", "b"), equals("k:owner", "me", "you")
    statement = box("s:*", f"b/{NAME}/{TAG}", conditions=(first, second))
    pinned = pin(statement, first, "a")
    assert pinned.scopes == (Scope(patterns=(f"b/{NAME}/a",)),)
    assert pinned.conditions == (equals("k:tag", "a"), second)


def test_a_variable_that_a_condition_lists_values_for_has_one_of_them_at_a_time():
    own = who(box("s:*", f"b/{TAG}", conditions=(equals("k:tag", "a", "b"),)))
    for value, other in (("a", "b"), ("b", "a")):
        inside = who(box("s:*", f"b/{value}", conditions=(equals("k:tag", value),)))
        assert isinstance(compare(inside, own, SMALL), Covered)
        crossed = who(box("s:*", f"b/{value}", conditions=(equals("k:tag", "a", "b"),)))
        verdict = compare(crossed, own, SMALL)
        assert isinstance(verdict, Exceeds)
        assert verdict.residue[0].witness.context == (("k:tag", (other,)),)


def test_only_a_plain_list_of_values_settles_a_variable():
    def allowed(clause, *more):
        return who(box("s:*", f"b/{TAG}", conditions=(clause,)), *more)

    like = Condition(operator="StringLike", key="k:tag", values=("a*",))
    other = who(box("s:*", "b/ab", conditions=(equals("k:tag", "ac"),)))
    assert not isinstance(compare(other, allowed(like), SMALL), Covered)
    unlike = Condition(operator="StringNotEquals", key="k:tag", values=("ab",))
    assert not isinstance(compare(other, allowed(unlike), SMALL), Covered)
    # Without the key the clause holds, and the variable has no value.
    if_there = Condition(operator="StringEquals", key="k:tag", values=("a",), if_exists=True)
    absent = Condition(operator="Null", key="k:tag", values=("true",))
    nobody = who(box("s:*", "b/a", conditions=(absent,)))
    assert not isinstance(compare(nobody, allowed(if_there), SMALL), Covered)
    # With two values the clause may hold, and the variable has no value.
    both = Condition(operator="StringEquals", key="k:tag", values=("a", "b"), qualifier="ForAllValues")
    several = who(box("s:*", "b/a", conditions=(both, equals("k:tag", "a"))))
    assert not isinstance(compare(several, allowed(equals("k:tag", "a")), SMALL), Covered)
    # A value that is a variable itself settles nothing.
    name = who(box("s:*", "b/a", conditions=(equals("k:tag", "a"), equals("aws:username", "b"))))
    assert not isinstance(compare(name, allowed(equals("k:tag", NAME)), SMALL), Covered)


def test_a_condition_on_another_key_leaves_the_variable_open():
    beside = who(box("s:*", f"b/{TAG}", conditions=(equals("k:owner", "a", "b"),)))
    assert isinstance(compare(beside, who(box("s:*", "b/*")), SMALL), Covered)
    assert isinstance(compare(beside, who(box("s:*", f"b/{TAG}")), SMALL), Covered)
    (part,) = compare(beside, who(), SMALL).residue
    assert part.conditions == (equals("k:owner", "a", "b"),)


def test_a_hole_is_named_where_it_meets_the_box_in_the_order_of_its_text():
    assert left_out(residue("a*", "z*", "*b", "a/x")) == ((0, "*b"), (0, "a/x"))
    assert left_out(residue("a*", "a/x", negated=False)) == ()


def test_the_empty_text_is_a_hole_like_any_other():
    assert left_out(residue("*", "")) == ((0, ""),)
    assert left_out(residue("a*", "")) == ()
