"""Stars that stay inside their segment, on every short pattern of three segments; and when an answer rests on them."""

import random
import re
from collections import Counter
from itertools import product

import pytest

from nhilint.algebra.evaluate import decide
from nhilint.algebra.glob import FRESH, matches
from nhilint.algebra.prove import compare
from nhilint.algebra.segments import Segments, alike, strict, strict_request
from nhilint.algebra.universe import OPEN
from nhilint.algebra.values import (
    ANY,
    Covered,
    Exceeds,
    Permissions,
    Request,
    Scope,
    Statement,
    Undecided,
    symbol,
    variable,
)

BY = Segments("resource", ":", 3)
PARTS = ("", "a", "*", "a*")
PATTERNS = [":".join(parts) for parts in product(PARTS, repeat=3)] + [
    "*",
    "a",
    "a*",
    "*:a",
    "a:*",
    "*:*a",
    "a:a:*:a",
    "*:*:a:*",
]
TEXTS = [":".join(parts) for parts in product(("", "a", "b", "ab"), repeat=3)] + [
    "a:a:a:a",
    "a::b:a",
    "b:a:b:b",
    "a:b:b:a:b",
]
WHOLE = [text for text in TEXTS if text.count(":") >= 2] + ["a:b:b:b", "a:b:a:b", "b:a:a:a", "ab:a:b:a", "a:a:b:b:b"]
CROSSING = (
    "*",
    "a:*",
    "a*",
    "a:*:b",
    "*:a:*",
    "a*b:*:*",
    "a:b:*",
    "a:b:b",
    "a:b*:b",
    "*:*:b",
    "a:*:*:b",
    "b:*",
    "a:b:b:b",
)
"""Whole patterns and short ones that end in a star, which are those that a vendor takes."""


def meant(pattern, text):
    """The strict reading, by a regular expression; a short pattern leaves the segments behind it open."""
    parts = (*pattern.split(":", 2), "*", "*")[:3]
    wanted = ":".join(part.replace("*", "[^:]*") for part in parts[:2]) + ":" + parts[2].replace("*", ".*")
    return re.fullmatch(wanted, text) is not None


def who(*statements, ceilings=(), dimensions=("resource",)):
    return Permissions(dimensions=dimensions, statements=statements, ceilings=ceilings)


def allow(*patterns, negated=False, effect="allow", **more):
    return Statement(effect=effect, actions=("s:a",), scopes=(Scope(patterns=patterns, negated=negated),), **more)


def test_the_strict_reading():
    for pattern, text in product(PATTERNS, TEXTS):
        assert BY.matches(pattern, text) == meant(pattern, text), (pattern, text)


def test_the_strict_intersection():
    for a, b in product(PATTERNS[::2], PATTERNS):
        parts = BY.intersect(a, b)
        for text in TEXTS:
            both = meant(a, text) and meant(b, text)
            assert any(meant(part, text) for part in parts) == both, (a, b, parts, text)


def test_a_pattern_is_padded_where_that_means_the_same_of_whole_values():
    rows = {"*": "*", "a*": "a*:*:*", "a:*": "a:*:*", "a:a": "a:a", "a:b:c*": "a:b:c*", "a:b:c:*": "a:b:c:*", "a": "a"}
    for pattern, padded in rows.items():
        assert BY.padded(pattern) == padded
        assert all(meant(pattern, text) or not meant(padded, text) for text in TEXTS)
    x = symbol("bucket.arn")
    assert BY.padded(f"{x}*") == f"{x}*"


def test_a_pattern_is_crossable_when_a_star_stands_before_its_last_separator():
    rows = {"*": False, "a:b:*": False, "a*:b:c": True, "*:b": True, "a:*:c": True, "a:b": False, "a:b:*:c": True}
    assert {pattern: BY.crossable(pattern) for pattern in rows} == rows


def test_missing_segments_of_a_text_are_values_that_no_pattern_names():
    assert BY.values("a:b") == ("a", "b", FRESH)
    assert BY.values("a") == ("a", FRESH, FRESH)
    assert BY.values("a:b:c:d") == ("a", "b", "c:d")
    assert BY.split("a:b") == ("a", "b", "*")
    assert BY.split("a:b:c:d") == ("a", "b", "c:d")


def test_the_strict_translation_of_every_scope():
    for patterns in [(p,) for p in PATTERNS] + list(zip(PATTERNS, PATTERNS[5:], strict=False)):
        for negated in (False, True):
            translated = strict(who(allow(*patterns, negated=negated)), BY)
            assert translated is not None
            assert translated.dimensions == ("resource.0", "resource.1", "resource.2")
            for text in TEXTS:
                request = strict_request(Request(action="s:a", point=(text,)), 0, BY)
                found = decide(translated, request).verdict == "allowed"
                assert found == (any(p == "*" or meant(p, text) for p in patterns) != negated), (
                    patterns,
                    negated,
                    text,
                )


def test_the_other_dimensions_and_the_ceilings_stay_as_they_are():
    inner = Statement(effect="allow", actions=("s:a",), scopes=(Scope(patterns=("me",)), Scope(patterns=("a:b",))))
    short = Statement(effect="allow", actions=("s:a",), scopes=(Scope(patterns=("you",)),))
    mine = who(inner, ceilings=((short,), (inner, short)), dimensions=("who", "resource", "when"))
    found = strict(mine, BY)
    assert found is not None
    assert found.dimensions == ("who", "resource.0", "resource.1", "resource.2", "when")
    assert found.statements[0].scopes == (
        Scope(patterns=("me",)), Scope(patterns=("a",)), Scope(patterns=("b",)), ANY,
    )  # fmt: skip
    assert found.ceilings[0][0].scopes == (Scope(patterns=("you",)), ANY, ANY, ANY)
    assert [len(layer) for layer in (found.statements, *found.ceilings)] == [1, 1, 2]
    nowhere = Statement(effect="allow", actions=("s:a",))
    translated = strict(who(nowhere, dimensions=("who", "resource", "when")), BY)
    assert translated is not None
    assert translated.statements[0].scopes == (ANY,) * 4
    now = Scope(patterns=("now",))
    whole = Statement(effect="allow", actions=("s:a",), scopes=(*inner.scopes, now))
    translated = strict(who(whole, dimensions=("who", "resource", "when")), BY)
    assert translated is not None
    assert translated.statements[0].scopes[-2:] == (ANY, now)
    asked = Request(action="s:a", point=("me", "a:b:c:d", "now"))
    assert strict_request(asked, 1, BY).point == ("me", "a", "b", "c:d", "now")


def test_too_many_boxes_are_no_translation():
    # A negated pattern of two literal segments leaves two ways out: seven of them are more than 64 boxes.
    for count, whole in ((6, True), (7, False)):
        hole = allow(*(f"a{n}:b{n}" for n in range(count)), negated=True)
        assert (strict(who(hole), BY) is not None) is whole
        assert (strict(who(allow("*"), ceilings=((hole,),)), BY) is not None) is whole
    assert strict(who(allow(*(f"a{n}" for n in range(64)))), BY) is not None
    assert strict(who(allow(*(f"a{n}" for n in range(65)))), BY) is None


def test_both_readings_may_say_the_same_of_a_text():
    def same(text, *patterns, **context):
        return alike(Scope(patterns=patterns), text, tuple((k, (v,)) for k, v in context.items()), BY)

    assert same("a:b:c", "a:b:*")
    assert same("a:b:c", "a:*")
    assert same("a:b:c", "*")
    assert same("a:b:c", "z:*")
    assert not same("a:b:c", "a:b")
    assert not same("a:b:c", "a*c")
    assert not same("a:b:c", "z", "a*c")
    assert same("a:b:c", "a*c", "a:*:c")
    assert same("a:b:c", "a*c", "*")
    assert same("a:b:c", f"a:b:{variable('who')}", who="c")
    assert not same("a:b:c", f"a*{variable('who')}", who="c")
    assert same("a:b:c", f"a*{variable('who')}")


@pytest.mark.parametrize("mine,theirs,answer", [
    (("a:b:*",), ("a:b:*",), Covered),
    (("a:b:c",), ("a:*:c",), Covered),
    (("a:b:b:c",), ("a:*:c",), Undecided),
    (("a:*:c",), ("a:b:c",), Exceeds),
    (("a:b:c", "z:z:z"), ("a:b:*",), Exceeds),
    (("a:b:b:c", "z:z:z"), ("a:*:c",), Exceeds),
    (("a*c:b:c",), ("a:*:c", "a*:b:c"), Covered),
    (("a:b:*",), ("*",), Covered),
])  # fmt: skip
def test_an_answer_counts_when_both_readings_give_it(mine, theirs, answer):
    verdict = compare(who(allow(*mine)), who(allow(*theirs)), OPEN, segments=BY)
    assert isinstance(verdict, answer), verdict
    doubted = any("b:b:c" in pattern for pattern in mine)
    if isinstance(verdict, Undecided):
        assert [reason.kind for reason in verdict.reasons] == ["segment-crossing"]
        assert "`a:*:c`" in verdict.reasons[0].text
    if isinstance(verdict, Exceeds):
        assert bool(verdict.undecided) == doubted


def test_what_exceeds_in_one_reading_only_is_no_part():
    mine, theirs = who(allow("a:b:b:c", "z:z:z")), who(allow("a:*:c"))
    verdict = compare(mine, theirs, OPEN, segments=BY)
    assert isinstance(verdict, Exceeds)
    assert [part.scopes for part in verdict.residue] == [("z:z:z",)]
    assert [reason.kind for reason in verdict.undecided] == ["segment-crossing"]
    denied = who(allow("*"), allow("a:*:c", effect="deny"))
    verdict = compare(who(allow("a:b:b:c")), denied, OPEN, segments=BY)
    assert isinstance(verdict, Undecided)
    verdict = compare(who(allow("a:b:b:c", "a:b:c")), denied, OPEN, segments=BY)
    assert isinstance(verdict, Exceeds)
    assert [part.scopes for part in verdict.residue] == [("a:b:c",)]
    assert [reason.kind for reason in verdict.undecided] == ["segment-crossing"]


def test_what_the_layers_of_the_candidate_share_in_one_reading_only_is_doubted():
    for layers in (
        ("a:*:c", "a:b:b:c"),
        ("a:b:b:c", "a:*:c"),
        ("*", "a:b:b:c", "a:*:c"),
        ("a:b:*", "a:*:c", "*:*:b:c"),
    ):
        first, *others = ((allow(pattern),) for pattern in layers)
        verdict = compare(who(*first, ceilings=tuple(others)), who(), OPEN, segments=BY)
        assert isinstance(verdict, Undecided), layers
        assert [reason.kind for reason in verdict.reasons] == ["segment-crossing"]
    sure = compare(who(allow("a:*:c"), ceilings=((allow("a:b:*"),),)), who(), OPEN, segments=BY)
    assert isinstance(sure, Exceeds)


def test_a_negated_scope_that_is_silent_by_a_star_that_crosses_is_doubted():
    mine, outside = who(allow("a:b:b:c")), allow("a:*:c", negated=True)
    beside = Statement(effect="deny", actions=("s:a",), scopes=(Scope(patterns=("a:*:c",), negated=True),))
    assert isinstance(compare(mine, who(outside), OPEN, segments=BY), Undecided)
    assert isinstance(compare(mine, who(allow("*"), beside), OPEN, segments=BY), Undecided)
    assert isinstance(compare(who(*mine.statements, beside), who(), OPEN, segments=BY), Undecided)
    assert isinstance(compare(who(outside), who(allow("*")), OPEN, segments=BY), Covered)
    # Outside of both in the wide reading; in the strict one only outside of the other.
    assert isinstance(compare(who(outside), who(allow("a:b:b:c", negated=True)), OPEN, segments=BY), Undecided)


def test_what_exceeds_alike_in_both_readings_is_sure():
    mine, theirs = who(allow("a:b:b:c", "z:z:z")), who(allow("a:*:c", "a:b:*"))
    for first in (False, True):
        verdict = compare(mine, theirs, OPEN, segments=BY, first=first)
        assert isinstance(verdict, Exceeds)
        assert [part.scopes for part in verdict.residue] == [("z:z:z",)]
        assert verdict.undecided == ()


def test_what_exceeds_in_each_reading_at_another_place_is_shown_with_the_doubt():
    theirs = who(allow("a:b:*", "d:*:f"), allow("a:*:c", effect="deny"))
    verdict = compare(who(allow("a:b:b:c", "d:e:e:f")), theirs, OPEN, segments=BY)
    assert isinstance(verdict, Exceeds)
    assert [part.scopes for part in verdict.residue] == [("a:b:b:c",)]
    assert [reason.kind for reason in verdict.undecided] == ["segment-crossing"]


def test_other_doubts_are_kept_beside_the_one_of_the_readings():
    unread = Statement(effect="allow", actions=("t:a",), undecided="version 3")
    verdict = compare(who(allow("a:b:b:c", "z:z:z"), unread), who(allow("a:*:c")), OPEN, segments=BY)
    assert isinstance(verdict, Exceeds)
    assert [reason.kind for reason in verdict.undecided] == ["unreadable-statement", "segment-crossing"]
    verdict = compare(who(allow("a:b:b:c"), unread), who(allow("a:*:c")), OPEN, segments=BY)
    assert isinstance(verdict, Undecided)
    assert [reason.kind for reason in verdict.reasons] == ["unreadable-statement"]
    # In the strict reading a doubtful allow may be the one that exceeds: its witness stands.
    perhaps = Statement(effect="allow", actions=("s:a",), scopes=(Scope(patterns=("z:z:z",)),), may=("count",))
    verdict = compare(who(allow("a:b:b:c"), perhaps), who(allow("a:*:c", "a:b:*")), OPEN, segments=BY)
    assert isinstance(verdict, Exceeds)
    assert verdict.undecided == ()


def test_a_short_pattern_means_whole_values_in_the_dimension_with_segments_only():
    assert compare(who(allow("a:*")), who(allow("a:*:*")), OPEN, segments=BY) == Covered()
    assert isinstance(compare(who(allow("a:*")), who(allow("a:*:*")), OPEN), Exceeds)
    scopes = (Scope(patterns=("a:b:c",)), Scope(patterns=("x:*",)))
    mine = Statement(effect="allow", actions=("s:a",), scopes=scopes)
    theirs = Statement(effect="allow", actions=("s:a",), scopes=(scopes[0], Scope(patterns=("x:*:*",))))
    sides = (who(one, dimensions=("resource", "principal")) for one in (mine, theirs))
    assert isinstance(compare(*sides, OPEN, segments=BY), Exceeds)


def test_another_dimension_has_no_segments():
    other = Segments("principal", ":", 3)
    assert isinstance(compare(who(allow("a:b:b:c")), who(allow("a:*:c")), OPEN, segments=other), Covered)


def test_the_dimension_with_segments_may_stand_before_others():
    def both(first, second="*"):
        scopes = (Scope(patterns=(first,)), Scope(patterns=(second,)))
        statement = Statement(effect="allow", actions=("s:a",), scopes=scopes)
        return who(statement, dimensions=("resource", "principal"))

    for mine, theirs, answer in (("a:b:b:c", "a:*:c", Undecided), ("a:b:c", "a:*:c", Covered)):
        assert isinstance(compare(both(mine), both(theirs), OPEN, segments=BY), answer)
    # Text of the other dimension is read as it always is, separators and all.
    assert compare(both("a:b:c", "x:y:y:z"), both("a:b:*", "x:*:z"), OPEN, segments=BY) == Covered()
    assert isinstance(compare(both("a:b:c", "y"), both("a:b:*", "x"), OPEN, segments=BY), Exceeds)
    found = compare(both("a:b:b:c", "x"), both("a:*:c", "y"), OPEN, segments=BY)
    assert isinstance(found, Exceeds)


def test_where_the_strict_reading_is_too_large_nothing_is_decided():
    mine = who(allow("a:b:b:c"))
    for count, answer in ((6, Covered), (7, Undecided)):
        holes = Scope(patterns=tuple(f"a{n}:b{n}" for n in range(count)), negated=True)
        beside = Statement(effect="allow", actions=("t:a",), scopes=(holes,))
        verdict = compare(mine, who(allow("a:*:c", "a:b:*"), beside), OPEN, segments=BY)
        assert isinstance(verdict, answer), (count, verdict)
        other = Statement(effect="allow", actions=("t:a",))
        verdict = compare(who(*mine.statements, beside), who(allow("a:*:c", "a:b:*"), other), OPEN, segments=BY)
        assert isinstance(verdict, answer), (count, verdict)


def test_what_matches_by_its_text_is_what_the_wide_reading_says():
    for pattern, text in product(PATTERNS, TEXTS):
        if not BY.crossable(pattern) and pattern.count(":") >= 2:
            assert matches(pattern, text) == meant(pattern, text), (pattern, text)


def test_every_text_of_a_small_world_in_both_readings():
    rng, seen = random.Random(5), Counter()

    def statements(most):
        for _ in range(rng.randint(1, most)):
            patterns = tuple(rng.sample(CROSSING, rng.choice((1, 1, 2))))
            effect = rng.choice(("allow", "allow", "deny"))
            yield allow(*patterns, negated=rng.random() < 0.2, effect=effect)

    def allowed(rows, text, reading):
        def speaks(row):
            (scope,) = row.scopes
            return any(p == "*" or reading(p, text) for p in scope.patterns) != scope.negated

        effects = {row.effect for row in rows if speaks(row)}
        return effects == {"allow"}

    for _ in range(250):
        mine, theirs = tuple(statements(2)), tuple(statements(3))
        layers = (mine, *((tuple(statements(2)),) if rng.random() < 0.3 else ()))
        verdict = compare(who(*mine, ceilings=layers[1:]), who(*theirs), OPEN, segments=BY)
        seen[type(verdict)] += 1
        readings = (lambda p, t: matches(BY.padded(p), t), meant)
        if isinstance(verdict, Covered):
            for text, reading in product(WHOLE, readings):
                own = all(allowed(layer, text, reading) for layer in layers)
                assert not own or allowed(theirs, text, reading), (layers, theirs, text)
        elif isinstance(verdict, Exceeds):
            for part in verdict.residue:
                text = ":".join(BY.values(part.witness.point[0]))
                wide, narrow = (
                    all(allowed(layer, text, r) for layer in layers) and not allowed(theirs, text, r) for r in readings
                )
                assert wide, (mine, theirs, text)
                assert narrow or verdict.undecided, (mine, theirs, text)
        else:
            assert {reason.kind for reason in verdict.reasons} <= {"segment-crossing", "size"}
            # Nobody doubts what is written without a star that could cross.
            assert any(
                BY.crossable(p)
                for row in (*(r for layer in layers for r in layer), *theirs)
                for p in row.scopes[0].patterns
            )
    assert min(seen[Covered], seen[Exceeds]) > 60, seen
    assert seen[Undecided] > 3, seen
