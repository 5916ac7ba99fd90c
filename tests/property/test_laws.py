"""The laws of sets, and every verdict attacked by directed requests that only the naive evaluator judges."""

import copy
import random
from collections import Counter

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from nhilint.algebra.evaluate import conditions_hold, decide, resolve
from nhilint.algebra.glob import matches
from nhilint.algebra.prove import compare
from nhilint.algebra.relations import intersection, relate
from nhilint.algebra.shelf import Shelf
from nhilint.algebra.values import Covered, Exceeds, Undecided
from tests.effort import EFFORT, times
from tests.property.directed import KNOWN, layer, naive, near, read, requests, rewritten, side, statement

DRAWN = st.integers(0, 2**64 - 1).map(random.Random)
"""A seed is a whole example: Hypothesis tries many that differ, where choices of its own would repeat the simplest."""
ATTACK = 2_000


def examples(count):
    everything = list(HealthCheck)
    return settings(
        max_examples=times(count),
        deadline=None,
        suppress_health_check=everything,
        derandomize=EFFORT <= 1,
        database=None,
    )


def pair(rng):
    first = side(rng)
    return first, near(rng, first) if rng.random() < 0.7 else side(rng)


def answer(candidate, reference, **how):
    return compare(read(candidate), read(reference), KNOWN, **how)


def kind(candidate, reference, **how):
    return type(answer(candidate, reference, **how))


@pytest.fixture(scope="module")
def tally(request):
    counts = Counter()
    yield counts
    with request.config.pluginmanager.getplugin("capturemanager").global_and_fixture_disabled():
        print(f"\nlaws: {dict(sorted(counts.items(), key=str))}")


def within(part, request):
    """Whether the part of a residue holds the request."""
    context = dict(request.context)
    scopes = [resolve(scope, context) for scope in part.scopes]
    return (
        (request.action in part.actions or any(matches(pattern, request.action) for pattern in part.future))
        and all(s is not None and matches(s, text) for s, text in zip(scopes, request.point, strict=True))
        and conditions_hold(part.statement, request.context) is not False
    )


@examples(150)
@given(DRAWN)
def test_what_is_left_and_what_is_common_make_up_the_candidate(tally, rng):
    candidate, reference = pair(rng)
    verdict = answer(candidate, reference)
    common = intersection(read(candidate), read(reference))
    tally[type(verdict).__name__] += 1
    if isinstance(verdict, Exceeds):
        for part in verdict.residue:
            assert naive(candidate, part.witness), (part.witness, candidate)
            assert not naive(reference, part.witness), (part.witness, reference)
        tally["witnesses"] += len(verdict.residue)
    met = 0
    for request in requests(rng, candidate, reference, count=ATTACK if isinstance(verdict, Covered) else ATTACK // 4):
        mine, theirs = naive(candidate, request), naive(reference, request)
        met += mine
        tally["requests"] += 1
        assert (decide(common, request).verdict == "allowed") == (mine and theirs), request
        if mine and not theirs:
            tally["requests beyond"] += 1
            assert not isinstance(verdict, Covered), (request, candidate, reference)
            if isinstance(verdict, Exceeds) and not verdict.undecided:
                assert any(within(part, request) for part in verdict.residue), (request, verdict)
    tally["attacks that met the candidate"] += met > 0


@examples(200)
@given(DRAWN)
def test_another_text_of_the_same_is_equivalent(tally, rng):
    first = side(rng)
    second = rewritten(rng, first)
    for x, y in ((first, second), (second, first)):
        found = kind(x, y)
        tally["rewritten", found.__name__] += 1
        assert found is not Exceeds, (x, y)


@examples(200)
@given(DRAWN)
def test_inside_is_transitive(tally, rng):
    first = side(rng)
    second = near(rng, first)
    third = near(rng, second)
    if kind(first, second) is Covered and kind(second, third) is Covered:
        tally["chains"] += 1
        assert kind(first, third) is not Exceeds, (first, second, third)


@examples(200)
@given(DRAWN)
def test_more_on_the_one_side_and_less_on_the_other_keeps_what_is_covered(tally, rng):
    candidate, reference = pair(rng)
    if kind(candidate, reference) is not Covered:
        return
    for changed in wider(rng, reference):
        tally["wider references"] += 1
        assert kind(candidate, changed) is not Exceeds, (candidate, reference, changed)
    for changed in narrower(rng, candidate):
        tally["narrower candidates"] += 1
        assert kind(changed, reference) is not Exceeds, (changed, candidate, reference)


@examples(120)
@given(DRAWN)
def test_less_on_the_one_side_and_more_on_the_other_keeps_what_exceeds(tally, rng):
    candidate, reference = pair(rng)
    verdict = answer(candidate, reference)
    if not isinstance(verdict, Exceeds):
        return
    for changed in narrower(rng, reference):
        tally["narrower references"] += 1
        assert kind(candidate, changed) is not Covered, (candidate, reference, changed)
    for changed in wider(rng, candidate):
        tally["wider candidates"] += 1
        assert kind(changed, reference) is not Covered, (changed, candidate, reference)


def wider(rng, given):
    """The side with one more allow, with one deny less, with one ceiling less."""
    first, *ceilings = given
    yield [[*first, statement(rng, "Allow")], *ceilings]
    denies = [row for row in first if row["Effect"] == "Deny"]
    if denies:
        gone = rng.choice(denies)
        yield [[row for row in first if row is not gone], *ceilings]
    if ceilings:
        yield [first, *ceilings[1:]]


def narrower(rng, given):
    """The side with one more deny, with one allow less, with one more ceiling."""
    first, *ceilings = given
    yield [[*first, statement(rng, "Deny")], *ceilings]
    allows = [row for row in first if row["Effect"] == "Allow"]
    if len(first) > 1 and allows:
        gone = rng.choice(allows)
        yield [[row for row in first if row is not gone], *ceilings]
    yield [first, *ceilings, layer(rng)]


@examples(120)
@given(DRAWN)
def test_the_relation_is_what_requests_say(tally, rng):
    candidate, reference = pair(rng)
    mine, theirs = read(candidate), read(reference)

    def held(x, y):
        return compare(x, y, KNOWN)

    verdict = held(mine, theirs)
    relation = relate(mine, theirs, held, verdict)
    tally["relation", relation] += 1
    back = relate(theirs, mine, held, held(theirs, mine))
    assert back == {"wider": "narrower", "narrower": "wider"}.get(relation, relation)
    for request in requests(rng, candidate, reference, count=ATTACK // 8):
        x, y = naive(candidate, request), naive(reference, request)
        assert not (x and not y and relation in ("equivalent", "narrower")), request
        assert not (y and not x and relation in ("equivalent", "wider")), request
        assert not (x and y and relation == "disjoint"), request
    common = intersection(mine, theirs)
    for whole in (mine, theirs):
        assert not isinstance(held(common, whole), Exceeds), (candidate, reference)


@examples(120)
@given(DRAWN)
def test_the_first_part_the_order_and_the_shelf_change_no_verdict(tally, rng):
    candidate, reference = pair(rng)
    full = kind(candidate, reference)
    assert kind(candidate, reference, first=True) is full
    shuffled = copy.deepcopy(reference)
    rng.shuffle(shuffled[0])
    assert kind(candidate, shuffled) is full
    shelf = Shelf({"candidate": read(candidate), "reference": read(reference)}, KNOWN)
    assert type(shelf.verdict("candidate", "reference")) is full
    if shelf.exceeds_by_name("candidate", "reference"):
        tally["exceeds by name"] += 1
        assert full is Exceeds
        request = shelf.witness_by_name("candidate", "reference")
        assert naive(candidate, request)
        assert not naive(reference, request)


def test_a_witness_made_readable_for_one_action_is_not_lent_to_another():
    candidate, reference = pair(random.Random(18863))
    shelf = Shelf({"candidate": read(candidate), "reference": read(reference)}, KNOWN)
    request = shelf.witness_by_name("candidate", "reference")
    assert naive(candidate, request)
    assert not naive(reference, request)


def test_enough_of_it_meant_something(tally):
    asked = sum(tally[verdict.__name__] for verdict in (Covered, Exceeds, Undecided))
    assert tally["attacks that met the candidate"] > asked * 0.7
    assert min(tally["Covered"], tally["Exceeds"]) > asked * 0.2
    assert tally["Undecided"] < asked * 0.12, "variables are coupled too often"
    assert tally["rewritten", "Covered"] > 40 * tally["rewritten", "Undecided"]
    assert tally["chains"] >= times(40)
    assert {"equivalent", "narrower", "wider", "overlapping", "disjoint"} <= {
        relation for mark, relation in (key for key in tally if isinstance(key, tuple)) if mark == "relation"
    }
