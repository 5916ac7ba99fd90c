"""What the prover says of the questions people ask."""

from nhilint.algebra.compact import group
from nhilint.algebra.prove import compare, covers
from nhilint.algebra.universe import OPEN
from nhilint.algebra.values import Condition, Covered, Exceeds, Permissions, Scope, Statement, Undecided, symbol
from tests.property.test_algebra import SMALL


def who(*statements, ceilings=()):
    return Permissions(dimensions=("resource",), statements=statements, ceilings=ceilings)


def box(actions, resources="*", effect="allow", **more):
    return Statement(
        effect=effect, actions=tuple(actions.split()), scopes=(Scope(patterns=tuple(resources.split())),), **more
    )


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


def test_actions_added_later_are_a_tier_of_their_own():
    verdict = compare(who(box("s:get*")), who(box("s:geta s:getb")), SMALL)
    assert isinstance(verdict, Exceeds)
    assert verdict.residue[0].actions == ()
    assert verdict.residue[0].future == ("s:get*",)


def test_a_ceiling_of_the_reference_must_allow_as_well():
    assert covers(who(box("*"), ceilings=((box("s:*"),),)), who(box("s:geta")), SMALL) is True
    assert covers(who(box("*"), ceilings=((box("s:*"),),)), who(box("t:*")), SMALL) is False


def test_a_symbol_is_equal_only_to_itself():
    x, y = symbol("var.x"), symbol("var.y")
    assert covers(who(box("s:*", f"arn:{x}/*")), who(box("s:*", f"arn:{x}/a")), SMALL) is True
    assert covers(who(box("s:*", f"arn:{x}/*")), who(box("s:*", f"arn:{y}/a")), SMALL) is False
    assert covers(who(box("s:*", "arn:?")), who(box("s:*", f"arn:{x}")), SMALL) is False


def test_equal_may_reasons_cancel_and_others_do_not():
    perhaps = box("s:*", may=("the count of `a` is unknown",))
    assert covers(who(perhaps), who(perhaps), SMALL) is True
    assert covers(who(perhaps), who(box("s:*")), SMALL) is False
    assert covers(who(box("s:*")), who(perhaps), SMALL) is True


def test_what_can_not_be_interpreted_cancels_or_is_undecided():
    odd = Condition(operator="StringSounds", key="k", values=("v",))
    mine = who(box("s:*", conditions=(odd,)))
    assert covers(mine, mine, SMALL) is True
    verdict = compare(mine, who(), SMALL)
    assert isinstance(verdict, Undecided)
    assert "StringSounds" in verdict.reasons[0].text
    assert isinstance(compare(who(box("s:*", undecided="why")), who(), SMALL), Undecided)


def test_the_open_vocabulary_needs_no_names():
    assert isinstance(compare(who(box("*", "a")), who(box("*", "a b")), OPEN), Covered)
    verdict = compare(who(box("*")), who(box("*", "a b")), OPEN)
    assert isinstance(verdict, Exceeds)
    assert verdict.residue[0].witness.action == "*"


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
