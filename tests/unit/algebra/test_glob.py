"""Every short glob against every other one, as sets of short texts; below it what no short glob can show."""

import functools
import re
from itertools import product

import pytest

from nhilint.algebra import evaluate
from nhilint.algebra.glob import (
    FRESH,
    GlobTooLarge,
    contains,
    fresh_letter,
    generic,
    intersect,
    is_wild,
    matches,
    normal,
    overlaps,
    witnesses,
)
from nhilint.algebra.values import LITERAL_MARK, LITERAL_STAR, literal, symbol

X, Y = symbol("x"), symbol("y")
GLOBS = ["".join(g) for n in range(4) for g in product(("a", "*", "?", X), repeat=n)]
TEXTS = ["".join(t) for n in range(6) for t in product(("a", "b", X), repeat=n)]
"""`b` stands for all the letters that no glob names; a longer text tells no two of these globs apart."""


def meaning(pattern, star=".*"):
    """The numbers of the texts that the pattern matches, by a regular expression in which a symbol is no letter."""
    pieces = ({"*": star, "?": "[^S]", X: "S"}.get(piece, piece) for piece in re.findall(f"{X}|.", pattern))
    compiled = re.compile("".join(pieces))
    return frozenset(i for i, text in enumerate(TEXTS) if compiled.fullmatch(text.replace(X, "S")))


@functools.cache
def own(pattern):
    """The texts that the pattern stands for: its wildcards are letters, a symbol is only where it is written."""
    return meaning(pattern, "[^S]*")


MEANING = {pattern: meaning(pattern) for pattern in GLOBS}
LETTERS = [pattern for pattern in GLOBS if X not in pattern]


@pytest.mark.parametrize("matcher", [matches, evaluate.glob])
def test_a_glob_matches_its_texts(matcher):
    short = [(i, text) for i, text in enumerate(TEXTS) if len(text.replace(X, "S")) < 5]
    for pattern, meant in MEANING.items():
        assert {i for i, text in short if matcher(pattern, text)} == {i for i, _ in short if i in meant}, pattern


def test_containment_is_that_of_the_texts():
    for outer, inner in product(GLOBS, repeat=2):
        assert contains(outer, inner) == (own(inner) <= MEANING[outer]), (outer, inner)


def test_an_intersection_is_what_both_mean_in_parts_of_which_none_holds_another():
    for a, b in product(GLOBS, repeat=2):
        parts = intersect(a, b)
        found = frozenset().union(*map(own, parts))
        assert found <= MEANING[a] & MEANING[b], (a, b, parts)
        assert (own(a) & MEANING[b]) | (MEANING[a] & own(b)) <= frozenset().union(*map(meaning, parts)), (a, b, parts)
        if X not in a + b:
            assert found == own(a) & own(b), (a, b, parts)
        assert list(parts) == sorted(parts)
        assert not any(x != y and own(x) <= own(y) for x, y in product(parts, repeat=2)), (a, b, parts)


@pytest.mark.parametrize("a,b", [
    ("a?b*", "*?**b??*"), ("a*z**b", "**z*za*"), ("az?ab*??", "a*b***bz"), ("?bab*b*", "*bbbz*"), ("*a*?", "?*b*"),
    ("*a*a*", "*?a?*"),
])  # fmt: skip
def test_no_part_of_an_intersection_lies_in_another(a, b):
    parts = intersect(a, b)
    assert not any(x != y and contains(x, y) for x, y in product(parts, repeat=2)), parts
    assert all(contains(a, part) and contains(b, part) for part in parts)


def test_witnesses_escape_whatever_can_be_escaped():
    for inner, one, two in product(LETTERS, LETTERS[::3], LETTERS[::2]):
        texts = witnesses(inner, max(outer.count("?") for outer in (one, two)), "b")
        escaped = any(not matches(one, text) and not matches(two, text) for text in texts)
        assert escaped == bool(own(inner) - own(one) - own(two)), (inner, one, two, texts)


def test_normal_means_the_same_and_has_its_star_last_in_every_run():
    for pattern in LETTERS:
        found = normal(pattern)
        assert own(found) == own(pattern)
        assert "**" not in found
        assert "*?" not in found


def test_is_wild():
    assert [is_wild(p) for p in ("", "a", "a*", "?", literal("*?"), X)] == [False, False, True, True, False, False]


@pytest.mark.parametrize("matcher", [matches, evaluate.glob])
def test_a_text_has_no_wildcards(matcher):
    for shielded, text in ((LITERAL_STAR, "*"), (LITERAL_MARK, "?")):
        assert matcher(f"a{shielded}", f"a{text}")
        assert matcher(f"?{shielded}*", f"a{text}")
        assert matcher("a?", f"a{text}")
        assert matcher("a?*", f"a{text}")
        assert not matcher(f"a{text}b", f"a{shielded}{shielded}")
    assert not matcher("a*b", "a?")
    assert not matcher("ab", "a*")
    assert not matcher("ab", "a?")


def test_a_question_mark_reads_no_symbol_wherever_it_stands():
    for pattern, text in (
        ("?", X),
        ("a?", f"a{X}"),
        ("?*", X),
        ("*?", X),
        ("*?*", X),
        (f"{X}?", X + Y),
        ("??*", X + Y),
    ):
        assert not matches(pattern, text), (pattern, text)
        assert not contains(pattern, text), (pattern, text)
        assert intersect(pattern, text) == (), (pattern, text)
    for pattern, text in (("?*", f"b{X}"), ("*?", f"{X}b"), ("*?*", f"{X}b{Y}"), (f"*{X}?", f"{X}{X}b")):
        assert matches(pattern, text), (pattern, text)
        assert contains(pattern, text), (pattern, text)
        assert intersect(pattern, text) == (text,), (pattern, text)


def test_two_symbols_are_two():
    assert contains(f"a{X}*", f"a{X}b")
    assert not contains(f"a{X}*", f"a{Y}b")
    assert intersect(f"*{X}*", f"*{Y}*") == (f"*{X}*{Y}*", f"*{Y}*{X}*")
    assert intersect(f"{X}*", f"*{Y}") == (f"{X}*{Y}",)


def test_the_letter_that_stands_for_a_wildcard_is_one_that_nobody_wrote():
    other = chr(ord(FRESH) - 1)
    assert fresh_letter(("ab", "c")) == FRESH
    assert fresh_letter((f"a{FRESH}", "c")) == other
    assert fresh_letter((FRESH, f"{other}c")) == chr(ord(FRESH) - 2)
    assert fresh_letter(()) == FRESH
    # Otherwise the generic witness of the star would be the letter that is written.
    assert not contains(f"a{FRESH}", "a*")
    assert not contains(f"a{FRESH}", "a?")
    assert not contains(f"*{FRESH}?*", "*a?*")


def test_witnesses_vary_the_runs_that_question_marks_can_tell_apart():
    assert witnesses("a*", 0, "z") == ("az",)
    assert witnesses("a?", 3, "z") == ("az",)
    assert witnesses("a*", 1, "z") == ("az", "azz", "a")
    assert set(witnesses("a*b*", 1, "z")) == {f"a{'z' * i}b{'z' * j}" for i in range(3) for j in range(3)}
    assert witnesses("?a*", 1, "z") == ("zaz", "zazz", "za")
    assert generic("*a?**", "z") == "zazz"
    assert generic("abc", "z") == "abc"


def test_more_than_an_honest_policy_needs_is_refused():
    assert len(witnesses("a*" * 5, 2)) == 1_024
    with pytest.raises(GlobTooLarge):
        witnesses("a*" * 6, 2)
    with pytest.raises(GlobTooLarge):
        matches("a" * 3_000 + "*" + "?a" * 2_000 + "*b", "a" * 10_000 + "b")
    with pytest.raises(GlobTooLarge):
        contains("*a?" * 2_000, "a*" * 2_000 + "b")
    with pytest.raises(GlobTooLarge):
        intersect("*a" * 400, "b*" * 400 + "a")


@pytest.mark.parametrize(
    "a, b, both",
    [
        ("s:*", "s:get*", True), ("s:get*", "s:*x", True), ("s:*", "t:*", False), ("s:get*", "s:put*", False),
        ("*:get*", "s:*", True), ("s:a", "s:a", True), ("s:a", "s:b", False), ("s:a*b", "s:*c", False),
        ("s:?", "s:ab", False), ("s:?", "s:a", True), ("s:??*", "s:a*", True), ("a*a", "a", False), ("a*", "a", True),
        # The one without a star is no text.
        ("a*b", "a?", True), ("a*b", "?c", False), ("*a?", "?b", True), ("*a?", "bc", False), ("*a?", "ab", True),
        # No question mark reads an unknown string; a star does.
        ("s:?", f"s:{symbol('x')}", False), ("s:*", f"s:{symbol('x')}", True), ("s:?*", f"s:{symbol('x')}*", False),
        (f"s:{symbol('x')}*", f"s:{symbol('x')}a", True), (f"s:{symbol('x')}*", f"s:{symbol('y')}*", False),
    ],
)  # fmt: skip
def test_overlaps(a: str, b: str, both: bool) -> None:
    assert overlaps(a, b) is overlaps(b, a) is both
    assert bool(intersect(a, b)) is both
