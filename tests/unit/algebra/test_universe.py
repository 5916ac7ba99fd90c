"""The names one comparison can tell apart: bits of patterns, and what bits mean, over a vocabulary of a few names."""

from itertools import product

import pytest

from nhilint.algebra.glob import matches
from nhilint.algebra.universe import (
    OPEN,
    Index,
    Needs,
    Universe,
    UniverseTooLarge,
    bits_of,
    by_service,
    index_of,
    service_of,
)
from tests.property.vocabulary import Names

KNOWN = tuple(
    f"{service}:{word}" for service in "st" for word in ("geta", "getb", "gets", "puta", "list", "odd", "x", "y")
)
NAMES = Names(KNOWN)
PATTERNS = ("*", "s:*", "s:get*", "s:*a", "t:*", "s:geta", "t:list", "u:new", "s:getq", "s:get?", "*:get*", "u:*")


def universe(*patterns, layers=None, holes=(), denied=(), of=NAMES):
    needs = Needs(layers=[list(patterns)] if layers is None else layers, holes=list(holes), denied=list(denied))
    return Universe(of, patterns, needs)


def test_positions_of_set_bits():
    for number in (0, 1, 2, 5, 0b1011000, 1 << 70, (1 << 70) | 1, (1 << 9) - 1):
        assert bits_of(number) == [i for i in range(80) if number >> i & 1]


def test_an_index_has_one_bit_for_each_name_and_keeps_it():
    index = Index(NAMES)
    first = index.bits("s:get*")
    assert {index.names[i] for i in bits_of(first)} == {"s:geta", "s:getb", "s:gets"}
    assert [index.names[i] for i in bits_of(index.bits("t:list"))] == ["t:list"]
    assert index.bits("u:*") == 0
    assert index.bits("s:get*") == first
    every = index.all_bits()
    assert {index.names[i] for i in bits_of(every)} == set(KNOWN)
    assert every.bit_count() == len(KNOWN) == len(index.names)
    assert first & ~every == 0
    assert index_of(NAMES) is index_of(Names(KNOWN))


def test_bits_mean_the_names_that_match():
    for size in (1, 2, 3):
        for chosen in list(product(PATTERNS, repeat=size))[:: size**4]:
            world = universe(*PATTERNS)
            literals = {p for p in PATTERNS if "*" not in p and "?" not in p}
            for negated in (False, True):
                names, future, samples = world.read(world.bits(chosen, negated))
                meant = {n for n in {*KNOWN, *literals} if any(matches(p, n) for p in chosen) != negated}
                assert set(names) == meant, (chosen, negated)
                assert list(names) == sorted(set(names))
                assert list(future) == sorted(future)
                assert not {*KNOWN, *literals}.intersection(future)
                for pattern, name in zip(future, samples, strict=True):
                    assert matches(pattern, name)
                    assert any(matches(p, name) for p in chosen) != negated


def test_the_future_names_are_told_apart_where_patterns_overlap():
    world = universe("s:get*", "s:*a", "s:*")
    assert world.read(world.bits(("s:*",)))[1] == ("s:*",)
    only = world.bits(("s:get*",)) & world.bits(("s:*a",))
    assert world.read(only)[0] == ("s:geta",)
    ceilings = universe("s:get*", "s:*a", layers=[["s:get*"], ["s:*a"]])
    both = ceilings.bits(("s:get*",)) & ceilings.bits(("s:*a",))
    assert ceilings.read(both)[1] == ("s:get*a",)
    denied = universe("s:get*", "s:*a", layers=[["s:get*"]], denied=["s:*a"])
    assert denied.read(denied.bits(("s:get*",)) & denied.bits(("s:*a",)))[1] == ("s:get*a",)
    holes = universe("s:get*", "s:*a", "s:*t*", layers=[["s:get*"]], holes=["s:*a", "s:*z*"])
    inside = holes.bits(("s:get*",)) & holes.bits(("s:*a",))
    assert "s:get*a" in holes.read(inside)[1]
    three = universe("s:get*", "s:*a", "s:*z*", layers=[["s:get*"]], holes=["s:*a", "s:*z*"], denied=["s:*y*"])
    futures = {three._extras[i][1] for i in range(len(three._extras))}
    assert {"s:get*z*a", "s:get*a", "s:get*z*"} <= futures
    assert any("y" in f and "z" in f and f.endswith("a") for f in futures)


def test_the_rest_is_what_no_pattern_but_the_star_mentions():
    world = universe("*", "s:get*")
    rest = world.bits(("*",)) & ~world.bits(("s:get*",))
    names, future, _ = world.read(rest)
    assert set(names) == set(KNOWN) - {"s:geta", "s:getb", "s:gets"}
    assert future == ("*",)
    assert set(world.read(world.everything)[0]) == set(KNOWN)
    assert not world.is_empty(rest)
    assert not world.is_empty(world._rest), "the names that no pattern mentions"
    assert world.is_empty(0)
    assert universe(*KNOWN, "*").is_empty(universe(*KNOWN, "*")._rest), "every name is mentioned"


def test_of_a_vocabulary_without_names_the_rest_is_empty():
    world = universe("s:*", of=OPEN)
    rest = world.bits(("s:*",), negated=True)
    assert world.read(rest)[0] == ()
    assert world.is_empty(rest & ~world.bits(("s:*",)) & world._rest)
    assert not world.is_empty(world.bits(("s:*",)))
    assert OPEN.expand("s:*") == OPEN.all() == ()
    assert OPEN.spell("s:Get") == "s:Get"


def test_the_widest_future_patterns_stand_for_the_others():
    world = universe("s:*", "s:get*", "s:getob*", "t:list*", "s:**")
    names, future, samples = world.read(world.everything)
    assert set(names) == set(KNOWN)
    assert future == ("s:*", "t:list*")
    assert [matches(pattern, name) for pattern, name in zip(future, samples, strict=True)] == [True, True]


def test_what_is_spared_overlaps_the_future_and_is_not_among_the_bits():
    world = universe("s:*", "s:get*", "s:getob*", "s:*q", "t:*", "s:new", "t:new")
    bits = world.bits(("s:*",)) & ~world.bits(("s:get*", "s:new"))
    _, future, _ = world.read(bits)
    assert "s:*" in future
    assert world.spared(bits, future) == ("s:get*", "s:new")
    assert world.spared(bits, ()) == ()
    every = world.bits(("s:*",))
    assert world.spared(every, world.read(every)[1]) == ()
    few = world.bits(("s:*q",)) & ~world.bits(("s:get*",))
    # `s:*` is not among the bits either, but all of `s:*q` lies in it.
    assert world.spared(few, ("s:*q",)) == ("s:get*",)
    assert world.spared(world.bits(("s:get*",)) & ~world.bits(("s:*q",)), ("s:get*",)) == ("s:*q",)
    two = world.bits(("s:*", "t:*")) & ~world.bits(("s:get*", "t:new"))
    assert world.spared(two, ("s:*", "t:*")) == ("s:get*", "t:new")


def test_question_marks_tell_names_of_different_length_apart():
    world = universe("s:get*", "s:get?", "s:get??")
    longer = world.bits(("s:get*",)) & ~world.bits(("s:get?", "s:get??"))
    names, future, samples = world.read(longer)
    assert names == ()
    assert future == ("s:get*",)
    assert all(matches("s:get???*", name) or name == "s:get" for name in samples)


def test_too_many_overlaps_are_refused():
    layers = [
        [f"*{letter}*" for letter in letters] for letters in ("abcdefghij", "klmnopqrst", "0123456789", "ABCDEFGHIJ")
    ]
    with pytest.raises(UniverseTooLarge):
        universe("*", layers=layers)


@pytest.mark.parametrize(
    "pattern, service",
    [("s3:get*", "s3"), ("s3:*", "s3"), ("a:b:c", "a"), ("*", ""), ("s*:get", ""), ("?:a", ""), ("get", ""), ("", "")],
)
def test_the_service_is_a_literal_word_before_a_colon(pattern: str, service: str) -> None:
    assert service_of(pattern) == service
    assert by_service((pattern, pattern)) == {service: [pattern, pattern]}
