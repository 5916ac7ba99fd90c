"""Compacted residue means what the residue means, whatever its order; and is never longer."""

import random
from dataclasses import replace
from itertools import product

from hypothesis import example, given
from hypothesis import strategies as st

from nhilint.algebra.compact import compact
from nhilint.algebra.glob import matches
from nhilint.algebra.spelling import Later, spell
from nhilint.algebra.values import Exceeds
from tests.property.test_algebra import SLOW, TEXTS, answer, sides

LATER = ("s:getq", "s:q", "q:q", "s:qa", "t:q", "s:putq", "u:geta")


def listed(part):
    """(action, text) pairs of a residue part: its claims, spelled out."""
    actions = set(part.actions) | {
        a for a in LATER for f in part.future if matches(f, a) and not any(matches(s, a) for s in part.spared)
    }
    return {(a, t) for a, t in product(actions, TEXTS[:85]) if matches(part.scopes[0], t)}


def listed_part(part):
    actions = set(part.names) | {
        a for a in LATER for row in part.later
        if matches(row.pattern, a) and not any(matches(s, a) for s in row.spared)
    }  # fmt: skip
    return {(a, t) for a, t in product(actions, TEXTS[:85]) if any(matches(g, t) for (g,) in part.axes[0])}


def meant(rows, claims):
    """What is claimed in each world: a world is the set of clauses that hold."""
    every = [frozenset(row.conditions) for row in rows]
    worlds = {*every, frozenset().union(*every), frozenset()}
    return {w: set().union(*(claims(row) for row in rows if set(row.conditions) <= w), set()) for w in worlds}


@SLOW
@given(sides(), sides(), st.integers())
def test_parts_mean_what_the_residue_means_in_any_order(candidate, reference, seed):
    verdict = answer(candidate, reference)
    if not isinstance(verdict, Exceeds):
        return
    parts = compact(verdict.residue)
    assert len(parts) <= len(verdict.residue)
    before = meant(verdict.residue, listed)
    after = {world: set().union(*(listed_part(p) for p in parts if set(p.conditions) <= world), set())
             for world in before}  # fmt: skip
    assert before == after
    shuffled = list(verdict.residue)
    random.Random(seed).shuffle(shuffled)
    assert compact(shuffled) == parts


def allow(actions, resources, condition=None):
    return {"Effect": "Allow", "Action": actions, "Resource": resources, "Condition": condition or {}}


EVERYTHING = [allow(["*"], ["*"])]
CLAIM = {"ArnLike": {"k:a": ["arn:aws:*:*:1:a"]}}


@SLOW
@given(sides(), sides())
# What a box loses to a larger one must still count for the box inside both.
@example([EVERYTHING, [allow(["s:get*"], ["*"]), allow(["*"], ["a*b", "a*"])]], [[allow(["s:*"], ["ab", "a?"])]])
# A hole is filled by a row whose own hole another one fills.
@example([EVERYTHING], [[allow(["*"], ["a*"]), allow(["s:*"], ["*"], CLAIM), allow(["s:get*"], ["*"], CLAIM)]])
def test_compacting_again_changes_nothing_and_each_part_has_its_own_witness(candidate, reference):
    verdict = answer(candidate, reference)
    if not isinstance(verdict, Exceeds):
        return
    parts = compact(verdict.residue)
    again = []
    for part in parts:
        first = part.residue[0]
        assert first.witness.action in part.names or (not first.actions and part.later)
        # Each with the names: the witness, which is for one of them, proves no later action.
        named = replace(first, actions=tuple(sorted(part.names)))
        again += [
            replace(named, future=(row.pattern,) if row.pattern else (), spared=row.spared, scopes=(glob,))
            for (glob,) in part.axes[0]
            for row in part.later or (Later("", ()),)
        ]
    assert set(map(content, compact(again))) == set(map(content, parts))


def content(part):
    return part.names, part.later, part.axes, part.conditions, part.may, part.outside


WORDS = ("Get", "GetObject", "GetObjectAcl", "GetBucket", "PutObject", "PutBucket", "List", "ListAll", "Getaway")


class Spelled:
    date = "2026-01-01"

    def all(self):
        return tuple(f"{service}:{word.lower()}" for service in "st" for word in WORDS)

    def expand(self, pattern):
        return [name for name in self.all() if matches(pattern, name)]

    def spell(self, action):
        service, _, rest = action.partition(":")
        return next((f"{service}:{word}" for word in WORDS if word.lower() == rest), action)


SPELLED = Spelled()
PATTERNS = ("*", "s:*", "t:*", "s:get*", "s:*object*", "s:put*", "t:list*", "*:get*", "s:getobject?*", "t:odd*")
NEW = ("s:getq", "s:getobjectq", "s:q", "s:putq", "t:q", "t:listq", "u:q", "u:getq", "t:oddq", "s:qobjectq", "t:getq")


@SLOW
@given(
    st.sets(st.sampled_from([*SPELLED.all(), "x:unknown", "s:strange"])),
    st.lists(st.tuples(st.sampled_from(PATTERNS), st.sets(st.sampled_from(PATTERNS), max_size=2)), max_size=3),
    st.booleans(),
)
def test_spelling_is_exact_in_both_tiers(names, later, inner):
    rows = [Later(pattern, tuple(sorted(spared))) for pattern, spared in later]
    found = spell(names, rows, SPELLED, inner=inner)

    def said(name):
        return any(matches(p.lower(), name) for p in found.patterns) and not any(
            matches(p.lower(), name) for p in found.exceptions
        )

    if names:
        assert {n for n in (*SPELLED.all(), "x:unknown", "s:strange") if said(n)} >= names
        assert {n for n in SPELLED.all() if said(n)} == {n for n in names if n in SPELLED.all()}
    assert found.exceptions == () or inner or "*" in found.patterns
    for name in NEW:
        belongs = any(matches(r.pattern, name) and not any(matches(s, name) for s in r.spared) for r in rows)
        if names:
            assert belongs or not said(name), (name, found)
        if belongs and not any(matches(p, name) for p in found.unsaid):
            assert said(name), (name, found)
