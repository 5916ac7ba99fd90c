"""Random pairs of sets in a world so small that every request can be asked: the verdict, every part, every witness."""

import functools
import random
from itertools import product

import pytest

from nhilint.algebra.boxes import left_out
from nhilint.algebra.conditions import holds
from nhilint.algebra.evaluate import applies, decide
from nhilint.algebra.glob import matches
from nhilint.algebra.prove import compare
from nhilint.algebra.values import (
    Condition,
    Covered,
    Exceeds,
    Permissions,
    Request,
    Scope,
    Statement,
    Undecided,
    variable,
)
from tests.property.vocabulary import Names

KNOWN = Names(("s:geta", "s:getb", "s:puta", "t:geta"))
NEW = ("s:new", "s:getq", "s:q", "s:qa", "t:q", "u:q", "s:getqa", "t:qa", "u:qa", "s:qetq", "s:qet", "s:qeta", "q")
ACTIONS = (*KNOWN.names, *NEW)
TEXTS = ["".join(t) for n in range(4) for t in product("abx", repeat=n)]
TEXTS += ["aaab", "abab", "axxb", "xxxx", "xxxb", "bxxxb"]
SECOND = ("u", "v", "w")
CONTEXTS = ((), (("k", ("p",)),), (("k", ("q",)),), (("k", ("z",)),))
POOLS = (tuple(TEXTS), SECOND)
WORLD = (len(ACTIONS), len(SECOND), len(CONTEXTS), len(TEXTS))
CLAUSES = (
    Condition(operator="StringEquals", key="k", values=("p",)),
    Condition(operator="StringNotEquals", key="k", values=("p",)),
    Condition(operator="Null", key="k", values=("true",)),
    Condition(operator="StringEquals", key="k", values=("q",), if_exists=True),
)
FEW = ("s:*", "s:geta")
ENDS = ("*", "a*", "*b")
KINDS = {
    "plain": {"actions": ("*", "s:*", "s:get*", "s:geta", "t:*"), "patterns": (*ENDS, "ab", "a", "a*b")},
    "names": {"actions": ("*", *FEW, "s:get*", "s:*a", "*:*a", "t:*", "s:new", "s:?et*"), "patterns": ("*", "a"),
              "other": 0.4},
    "holes": {"actions": (*FEW, "s:get*"), "patterns": (*ENDS[1:], "a*b", "ab", "*a*", "b"), "outside": 0.5},
    "marks": {"actions": FEW, "patterns": ("*", "?", "a?", "??*", "*?b", "?b", "a", "", "???"), "outside": 0.4},
    "clauses": {"actions": FEW, "patterns": ("*", "a*", "a"), "clauses": 0.7},
    "mixed": {"actions": (*FEW, "s:get*", "s:*a"), "patterns": (*ENDS, "a*b", "*a*", "?", "a?"), "second": ("*", "u"),
              "outside": 0.35, "other": 0.2, "clauses": 0.25},
    "two": {"actions": FEW, "patterns": ENDS, "second": ("*", "u", "v"), "outside": 0.3},
}  # fmt: skip


def statement(rng, actions, patterns, second=(), outside=0.0, other=0.0, clauses=0.0):
    def scope(pool):
        return Scope(patterns=tuple(rng.sample(pool, rng.randint(1, 2))), negated=rng.random() < outside)

    return Statement(
        effect=rng.choice(("allow", "allow", "deny")),
        actions=tuple(rng.sample(actions, rng.randint(1, 2))),
        actions_negated=rng.random() < other,
        scopes=(scope(patterns), scope(second)) if second else (scope(patterns),),
        conditions=tuple(rng.sample(CLAUSES, rng.randint(1, 2))) if rng.random() < clauses else (),
    )


def side(rng, kind):
    sizes = [rng.randint(1, 4) for _ in range(rng.choice((1, 1, 1, 2, 3)))]
    layers = [tuple(statement(rng, **KINDS[kind]) for _ in range(size)) for size in sizes]
    dimensions = ("resource", "second") if "second" in KINDS[kind] else ("resource",)
    return Permissions(dimensions=dimensions, statements=layers[0], ceilings=tuple(layers[1:]))


@functools.cache
def texts(patterns, pool):
    return sum(1 << i for i, text in enumerate(pool) if any(matches(p, text) for p in patterns))


def spread(actions, first, second, contexts):
    """The bits of all requests, from those of each of their four parts."""
    row = sum(first << (len(TEXTS) * i) for i in range(len(CONTEXTS)) if contexts >> i & 1)
    page = sum(row << (len(TEXTS) * len(CONTEXTS) * i) for i in range(len(SECOND)) if second >> i & 1)
    return sum(page << (len(TEXTS) * len(CONTEXTS) * len(SECOND) * i) for i in range(len(ACTIONS)) if actions >> i & 1)


def within(patterns, pool, negated=False):
    return texts(tuple(patterns), pool) ^ ((1 << len(pool)) - 1 if negated else 0)


def under(conditions):
    return sum(1 << i for i, c in enumerate(CONTEXTS) if all(holds(one, dict(c).get("k")) for one in conditions))


@functools.cache
def meant(one):
    scopes = [within(scope.patterns, pool, scope.negated) for scope, pool in zip(one.scopes, POOLS, strict=False)]
    scopes += [(1 << len(SECOND)) - 1] * (2 - len(scopes))
    return spread(within(one.actions, ACTIONS, one.actions_negated), *scopes, under(one.conditions))


def allowed(permissions):
    every = spread(*((1 << size) - 1 for size in (WORLD[0], WORLD[3], WORLD[1], WORLD[2])))
    for layer in (permissions.statements, *permissions.ceilings):
        some = {effect: [meant(one) for one in layer if one.effect == effect] for effect in ("allow", "deny")}
        every &= functools.reduce(int.__or__, some["allow"], 0) & ~functools.reduce(int.__or__, some["deny"], 0)
    return every


def claimed(part):
    """What a part of the residue says of the small world."""
    actions = within((*part.actions, *part.future), ACTIONS) & ~within(
        set(KNOWN.names).difference(part.actions), ACTIONS
    )
    holes = left_out(part)
    scopes = [
        within((glob,), pool) & ~within(tuple(hole for i, hole in holes if i == at), pool)
        for at, (glob, pool) in enumerate(zip(part.scopes, POOLS, strict=False))
    ]
    scopes += [(1 << len(SECOND)) - 1] * (2 - len(scopes))
    return spread(actions, *scopes, under(part.conditions))


@pytest.mark.parametrize("kind", KINDS)
def test_every_request_of_a_small_world(kind):
    rng, seen = random.Random(kind), {Covered: 0, Exceeds: 0}
    for _ in range(70):
        mine, theirs = side(rng, kind), side(rng, kind)
        if rng.random() < 0.4:
            theirs = Permissions(dimensions=mine.dimensions, statements=(*mine.statements, *theirs.statements))
        beyond = allowed(mine) & ~allowed(theirs)
        verdict = compare(mine, theirs, KNOWN)
        assert isinstance(verdict, Exceeds if beyond else Covered), (mine, theirs, verdict)
        seen[type(verdict)] += 1
        if isinstance(verdict, Exceeds):
            assert not verdict.undecided
            for part in verdict.residue:
                assert decide(mine, part.witness).verdict == "allowed", (mine, theirs, part)
                found = decide(theirs, part.witness)
                assert found.verdict in ("implicitly-denied", "explicitly-denied"), (mine, theirs, part)
                assert part.blocked_by == (found.because if found.verdict == "explicitly-denied" else ())
                assert all(matches(glob, text) for glob, text in zip(part.scopes, part.witness.point, strict=True))
                assert part.witness.action in part.actions[:1] or not part.actions
                assert claimed(part) & beyond, (mine, theirs, part)
            left = beyond & ~functools.reduce(int.__or__, map(claimed, verdict.residue), 0)
            assert not left, (mine, theirs, verdict)
        (only,) = {type(compare(mine, theirs, KNOWN, first=True)), type(verdict)}
        assert only is type(verdict)
    assert min(seen.values()) > 8, seen


J, K, SAFE = variable("j"), variable("k"), variable("k", "b")
SHORT = [text for text in TEXTS if len(text) < 3] + ["aab", "abx", "bab", "axb"]
VALUES = (None, ("a",), ("b",), ("ab",))
ASKED = [
    Request(action=action, point=(text,), context=tuple((key, v) for key, v in (("j", j), ("k", k)) if v))
    for action in ("s:geta", "s:getb") for text in SHORT for j in VALUES[:2] for k in VALUES
]  # fmt: skip
SETTLED = (
    Condition(operator="StringEquals", key="k", values=("a", "b")),
    Condition(operator="StringEquals", key="k", values=(J,)),
    Condition(operator="StringNotEquals", key="k", values=("a",)),
    Condition(operator="StringLike", key="k", values=("a*",)),
    Condition(operator="Null", key="j", values=("true",)),
    Condition(operator="StringEquals", key="j", values=("a",)),
    Condition(operator="StringEquals", key="k", values=("a",), if_exists=True),
)
NAMED = ("*", "a*", "*b", f"a{K}", K, f"{K}*", f"a{J}", SAFE, f"*{K}", "ab")


@functools.cache
def speaks(one):
    return sum(1 << i for i, request in enumerate(ASKED) if applies(one, request))


def permitted(permissions):
    every = (1 << len(ASKED)) - 1
    for layer in (permissions.statements, *permissions.ceilings):
        some = {effect: [speaks(one) for one in layer if one.effect == effect] for effect in ("allow", "deny")}
        every &= functools.reduce(int.__or__, some["allow"], 0) & ~functools.reduce(int.__or__, some["deny"], 0)
    return every


def test_every_request_where_patterns_have_variables():
    def statements(most):
        for _ in range(rng.randint(1, most)):
            scope = Scope(patterns=tuple(rng.sample(NAMED, rng.choice((1, 1, 2)))), negated=rng.random() < 0.2)
            clauses = tuple(rng.sample(SETTLED, 1)) if rng.random() < 0.4 else ()
            effect = rng.choice(("allow", "allow", "deny"))
            actions = (rng.choice(("s:get*", "s:geta")),)
            yield Statement(effect=effect, actions=actions, scopes=(scope,), conditions=clauses)

    rng, seen = random.Random(7), {Covered: 0, Exceeds: 0, Undecided: 0}
    for _ in range(150):
        mine = Permissions(dimensions=("resource",), statements=tuple(statements(2)))
        ceilings = (tuple(statements(2)),) if rng.random() < 0.2 else ()
        own = mine.statements if rng.random() < 0.5 else ()
        theirs = Permissions(dimensions=("resource",), statements=(*own, *statements(3)), ceilings=ceilings)
        verdict = compare(mine, theirs, KNOWN)
        seen[type(verdict)] += 1
        if isinstance(verdict, Covered):
            assert not permitted(mine) & ~permitted(theirs), (mine, theirs)
        elif isinstance(verdict, Exceeds):
            for part in verdict.residue:
                assert decide(mine, part.witness).verdict == "allowed", (mine, theirs, part)
                assert decide(theirs, part.witness).verdict != "allowed", (mine, theirs, part)
        else:
            assert {reason.kind for reason in verdict.reasons} == {"coupled-variable"}, verdict
    assert seen[Undecided] < 15, seen
    assert min(seen[Covered], seen[Exceeds]) > 30, seen


def over(*patterns, effect="allow", **more):
    return Statement(effect=effect, actions=("s:geta",), scopes=(Scope(patterns=patterns),), **more)


def only(*statements):
    return Permissions(dimensions=("resource",), statements=statements)


def test_a_text_longer_than_every_run_of_question_marks():
    for count in (1, 2, 3):
        shorter = tuple("?" * n for n in range(count + 1))
        verdict = compare(only(over("*")), only(over(*shorter)), KNOWN)
        assert isinstance(verdict, Exceeds), shorter
        assert len(verdict.residue[0].witness.point[0]) > count
        assert compare(only(over("*")), only(over(*shorter, "?" * (count + 1) + "*")), KNOWN) == Covered()


def test_a_deny_outside_one_pattern_is_met_inside_the_hole_of_another():
    def beside(*patterns):
        scope = Scope(patterns=patterns, negated=True)
        return Statement(effect="deny", actions=("s:geta",), scopes=(scope,))

    several = Statement(effect="allow", actions=("s:geta", "s:puta"), scopes=(Scope(patterns=("*a*",)),))
    for allowed_before in (over("*a*"), several):
        mine = only(allowed_before, beside("*b"))
        verdict = compare(mine, only(several, beside("a*")), KNOWN)
        assert isinstance(verdict, Exceeds), allowed_before
        assert [(part.actions, part.scopes) for part in verdict.residue] == [(("s:geta",), ("*a*b",))]
        assert compare(mine, only(several, beside("*b")), KNOWN) == Covered()


def test_a_deny_is_looked_for_where_the_conditions_already_cover():
    mine = only(over("a*", conditions=(Condition(operator="StringEquals", key="k", values=("p",)),)))
    wider = Condition(operator="StringEquals", key="k", values=("p", "q"))
    odd = Condition(operator="StringSounds", key="k", values=("v",))
    assert compare(mine, only(over("*", conditions=(wider,))), KNOWN) == Covered()
    for covering in (over("*", conditions=(wider,)), over("*", conditions=(odd,))):
        verdict = compare(mine, only(covering, over("ab", effect="deny")), KNOWN)
        assert isinstance(verdict, Exceeds)
        assert [part.scopes for part in verdict.residue] == [("ab",)]


def test_a_deny_is_met_inside_the_hole_that_stands_next_to_it():
    hole = Statement(effect="deny", actions=("s:geta",), scopes=(Scope(patterns=("*b",), negated=True),))
    verdict = compare(only(over("*"), hole), only(over("*"), over("a*", effect="deny")), KNOWN)
    assert isinstance(verdict, Exceeds)
    assert [part.scopes for part in verdict.residue] == [("a*b",)]


def test_actions_of_one_statement_are_judged_apart_where_another_speaks_of_some():
    get = ("s:geta", "s:getb")
    is_p = Condition(operator="StringEquals", key="k", values=("p",))
    wider = Condition(operator="StringEquals", key="k", values=("p", "q"))
    mine = Statement(effect="allow", actions=get, scopes=(Scope(patterns=("*",)),), conditions=(is_p,))
    verdict = compare(only(mine, over("*", effect="deny", conditions=(wider,))), only(), KNOWN)
    assert isinstance(verdict, Exceeds)
    assert [part.actions for part in verdict.residue] == [("s:getb",)]
    covering = Statement(effect="allow", actions=get, scopes=mine.scopes, conditions=(wider,))
    verdict = compare(only(mine), only(covering, over("*", effect="deny")), KNOWN)
    assert isinstance(verdict, Exceeds)
    assert [part.actions for part in verdict.residue] == [("s:geta",)]
