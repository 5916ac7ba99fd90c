"""The glob theorem against a product automaton on 100,000 random questions, and the two matchers against each other."""

import contextlib
import random
from collections import Counter

import pytest

from nhilint.algebra import evaluate
from nhilint.algebra.glob import GlobTooLarge, contains, intersect, matches, overlaps, witnesses
from nhilint.algebra.values import LITERAL_STAR, symbol
from tests.effort import times
from tests.spec import automaton

SEED = 20261125
WORDS = ("ab*", "ab**?", "ab*?", "a*?", "abS*?", "abX*?", "abXY**?")
"""Tokens of one question's patterns; see `automaton`. The smaller the alphabet, the more answers are close ones."""
_SPELLED = {"S": LITERAL_STAR, "X": symbol("var.x"), "Y": symbol("var.y")}


def spelled(pattern):
    return "".join(_SPELLED.get(token, token) for token in pattern)


def asked(text):
    """A text as a request has it: there a star is only a character."""
    return spelled(text.replace("S", "*"))


def glob(rng, letters, most=6):
    return "".join(rng.choice(letters) for _ in range(rng.randint(0, most)))


def narrowed(rng, pattern, letters):
    """A pattern that often lies inside the given one: some of its wildcards are filled, some of its letters changed."""
    found = ""
    for token in pattern:
        if token == "*" and rng.random() < 0.7:
            token = glob(rng, letters, 2)
        elif (token == "?" and rng.random() < 0.5) or rng.random() < 0.08:
            token = rng.choice(letters)
        found += token
    return found[:9]


@pytest.fixture(scope="module")
def tally():
    return Counter()


def test_contains_equals_the_product_automaton(tally):
    rng = random.Random(SEED)
    for _ in range(times(35_000)):
        letters = rng.choice(WORDS)
        outer = glob(rng, letters)
        inner = narrowed(rng, outer, letters) if rng.random() < 0.6 else glob(rng, letters)
        found = contains(spelled(outer), spelled(inner))
        assert found == automaton.inside(inner, (outer,)), (outer, inner)
        tally["contains", found] += 1


def test_witnesses_decide_inclusion_in_a_union(tally):
    rng = random.Random(SEED + 1)
    for _ in range(times(20_000)):
        letters = rng.choice(WORDS)
        inner = glob(rng, letters)
        # Pieces of the same pattern: often only their union holds all of it.
        outers = tuple(
            narrowed(rng, inner.replace("*", "**"), letters) if rng.random() < 0.6 else glob(rng, letters)
            for _ in range(rng.randint(1, 4))
        )
        marks = max(outer.count("?") for outer in outers)
        texts = witnesses(spelled(inner), marks)
        assert all(matches(spelled(inner), text) for text in texts), (inner, marks)
        found = all(any(matches(spelled(outer), text) for outer in outers) for text in texts)
        assert found == automaton.inside(inner, outers), (inner, outers)
        tally["contains in a union", found] += 1


def test_the_intersection_is_exact(tally):
    rng = random.Random(SEED + 2)
    for _ in range(times(15_000)):
        letters = rng.choice(WORDS)
        a = glob(rng, letters)
        b = narrowed(rng, a, letters) if rng.random() < 0.5 else glob(rng, letters)
        parts = tuple(map(unspelled, intersect(spelled(a), spelled(b))))
        assert all(automaton.inside(part, (side,)) for part in parts for side in (a, b)), (a, b, parts)
        assert automaton.meet_inside(a, b, parts), (a, b, parts)
        assert len(parts) == len(set(parts))
        assert overlaps(spelled(a), spelled(b)) == overlaps(spelled(b), spelled(a)) == bool(parts), (a, b)
        tally["intersect", bool(parts)] += 1


def unspelled(pattern):
    for token, text in _SPELLED.items():
        pattern = pattern.replace(text, token)
    return pattern


def test_both_matchers_equal_the_automaton(tally):
    rng = random.Random(SEED + 3)
    for _ in range(times(30_000)):
        letters = rng.choice(WORDS)
        pattern = glob(rng, letters, 8)
        text = (narrowed(rng, pattern, letters) if rng.random() < 0.7 else glob(rng, letters)).replace("?", "a")
        text = text.replace("*", rng.choice(("", "b", "o")))
        found = matches(spelled(pattern), asked(text))
        assert found == evaluate.glob(spelled(pattern), asked(text)), (pattern, text)
        assert found == automaton.accepts(pattern, text), (pattern, text)
        tally["matches", found] += 1


def test_enough_was_asked_and_most_of_it_means_something(tally, capsys):
    with capsys.disabled():
        print(f"\nglobs against a product automaton: {tally.total()} questions, seed {SEED}: {dict(tally)}")
    assert tally.total() >= times(100_000)
    for question in {question for question, _ in tally}:
        yes, no = tally[question, True], tally[question, False]
        assert min(yes, no) > (yes + no) / 10, (question, yes, no)


@pytest.mark.parametrize("hostile", ["a*" * 2_000_000, "*" * 5_000_000, "a" * 5_000_000 + "*b", "*a?" * 50_000])
def test_hostile_sizes_end(hostile):
    for question in (contains, intersect, overlaps):
        for pair in ((hostile, "a*b*c?"), ("x*", hostile), (hostile, hostile[:-1] + "z*")):
            with contextlib.suppress(GlobTooLarge):
                question(*pair)
