"""The glob theorem against a product automaton, and the independent matcher against the fast one."""

import contextlib
import random
from functools import lru_cache

import pytest

from nhilint.algebra import evaluate
from nhilint.algebra.glob import GlobTooLarge, contains, intersect, matches, witnesses

LETTERS = "ab"
FRESH = "\ue0ff"


def step(pattern, places, letter):
    """Positions of the automaton after one letter; a star is a loop with a free step."""
    after = set()
    for place in places:
        if place < len(pattern):
            token = pattern[place]
            if token == "*":
                after.add(place)
            elif token in ("?", letter):
                after.add(place + 1)
    return close(pattern, after)


def close(pattern, places):
    places = set(places)
    for place in sorted(places):
        while place < len(pattern) and pattern[place] == "*":
            place += 1
            places.add(place)
    return frozenset(places)


@lru_cache(None)
def included(inner, outers):
    """Product of the inner automaton and the subset automata of the outer ones: inner inside their union?"""
    first = (close(inner, {0}), tuple(close(outer, {0}) for outer in outers))
    seen, pending = {first}, [first]
    while pending:
        mine, theirs = pending.pop()
        accepted = any(len(o) in t for o, t in zip(outers, theirs, strict=True))
        if len(inner) in mine and not accepted:
            return False
        for letter in LETTERS + FRESH:
            after = (step(inner, mine, letter), tuple(step(o, t, letter) for o, t in zip(outers, theirs, strict=True)))
            if after[0] and after not in seen:
                seen.add(after)
                pending.append(after)
    return True


def globs(rng, letters):
    return "".join(rng.choice(letters) for _ in range(rng.randint(0, 6)))


def test_contains_equals_the_product_automaton():
    rng = random.Random(7)
    for _ in range(6_000):
        outer, inner = globs(rng, "ab*?"), globs(rng, "ab*?")
        assert contains(outer, inner) == included(inner, (outer,)), (outer, inner)


def test_witnesses_decide_inclusion_in_a_union():
    rng = random.Random(8)
    for _ in range(6_000):
        letters = rng.choice(("ab*", "ab**?"))
        inner, outers = globs(rng, letters), tuple(globs(rng, letters) for _ in range(rng.randint(1, 3)))
        marks = max(outer.count("?") for outer in outers)
        by_theorem = all(any(matches(o, w) for o in outers) for w in witnesses(inner, marks))
        assert by_theorem == included(inner, outers), (inner, outers)


def test_intersection_is_exact():
    rng = random.Random(9)
    for _ in range(1_500):
        a, b = globs(rng, "ab*?"), globs(rng, "ab*?")
        parts = intersect(a, b)
        assert all(included(part, (a,)) and included(part, (b,)) for part in parts), (a, b, parts)
        for _ in range(20):
            text = "".join(rng.choice(LETTERS + "c") for _ in range(rng.randint(0, 7)))
            assert (matches(a, text) and matches(b, text)) == any(matches(p, text) for p in parts), (a, b, text)


def test_two_matchers_agree():
    rng = random.Random(10)
    for _ in range(20_000):
        pattern, text = globs(rng, "ab*?"), globs(rng, "ab")
        assert matches(pattern, text) == evaluate.glob(pattern, text), (pattern, text)


@pytest.mark.parametrize("hostile", ["a*" * 2_000_000, "*" * 5_000_000, "a" * 5_000_000 + "*b", "*a?" * 50_000])
def test_hostile_sizes_end(hostile):
    for question in (contains, intersect):
        for pair in ((hostile, "a*b*c?"), ("x*", hostile), (hostile, hostile[:-1] + "z*")):
            with contextlib.suppress(GlobTooLarge):
                question(*pair)
