"""Stars that may or may not reach beyond a colon: an answer counts only when it holds in both readings."""

import random
from collections import Counter

from nhilint.algebra.evaluate import decide
from nhilint.algebra.prove import compare
from nhilint.algebra.segments import Segments, strict, strict_request
from nhilint.algebra.universe import OPEN
from nhilint.algebra.values import Covered, Exceeds, Permissions, Request, Scope, Statement, Undecided
from tests.effort import EFFORT, times
from tests.spec import aws

BY = Segments("resource", ":", 6)
HEADS = ("arn:aws:logs:*:*", "arn:aws:logs:*:1", "arn:aws:logs:r:1", "arn:*:logs:r:*", "arn:aws:*:*:*")
TAILS = ("*", "g:*", "g:/a/*", "/a/*", "g:/a/x", "h/*", "*/x", "*:s:*", "g:/a/?", "g*")
SHORT = ("*", "arn:aws:logs:*", "arn:aws:*", "arn:*:logs:r:*")
TEXTS = [
    f"arn:aws:{service}:{region}:{account}:{rest}"
    for service in ("logs", "s3")
    for region in ("r", "q", "")
    for account in ("1", "2")
    for rest in ("g:/a/x", "/a/x", "g:/a/x:s:t", "h/x", "g:x", "y", "g:/a/", "g:/a/xx")
]


def pattern(rng):
    return rng.choice(SHORT) if rng.random() < 0.15 else f"{rng.choice(HEADS)}:{rng.choice(TAILS)}"


def side(rng):
    return [
        {
            "Effect": rng.choice(("Allow", "Allow", "Allow", "Deny")),
            "Action": "s:a",
            rng.choice(("Resource", "Resource", "Resource", "NotResource")): [
                pattern(rng) for _ in range(rng.randint(1, 2))
            ],
        }
        for _ in range(rng.randint(1, 3))
    ]


def permissions(rows):
    statements = tuple(
        Statement(
            effect=row["Effect"].lower(),
            actions=("s:a",),
            scopes=(Scope(patterns=tuple(row.get("Resource", row.get("NotResource"))), negated="NotResource" in row),),
        )
        for row in rows
    )
    return Permissions(dimensions=("resource",), statements=statements)


def allowed(rows, text, matches):
    def speaks(row):
        patterns = row.get("Resource", row.get("NotResource"))
        return any(p == "*" or matches(p, text) for p in patterns) == ("Resource" in row)

    effects = {row["Effect"] for row in rows if speaks(row)}
    return "Allow" in effects and "Deny" not in effects


def test_answers_hold_in_both_readings():
    rng, seen = random.Random(3), Counter()
    for _ in range(times(600)):
        mine, theirs = side(rng), side(rng)
        verdict = compare(permissions(mine), permissions(theirs), OPEN, segments=BY)
        seen[type(verdict).__name__] += 1
        match verdict:
            case Covered():
                for text in TEXTS:
                    for reading in (aws.wild, aws.arn):
                        assert not allowed(mine, text, reading) or allowed(theirs, text, reading), (mine, theirs, text)
            case Exceeds(residue=residue, undecided=doubts):
                certain = not any(doubt.kind == "segment-crossing" for doubt in doubts)
                for part in residue:
                    text = BY.separator.join(BY.values(part.witness.point[0]))
                    both = [allowed(mine, text, r) and not allowed(theirs, text, r) for r in (aws.wild, aws.arn)]
                    assert both[0], (mine, theirs, text)
                    assert both[1] or not certain, (mine, theirs, text)
            case Undecided(reasons=reasons):
                assert {reason.kind for reason in reasons} <= {"segment-crossing", "size"}
    if EFFORT >= 1:
        assert min(seen[name] for name in ("Covered", "Exceeds", "Undecided")) > 8, seen


def test_the_strict_translation_is_the_strict_reading():
    rng = random.Random(4)
    for _ in range(times(1_000)):
        rows = side(rng)
        translated = strict(permissions(rows), BY)
        assert translated is not None
        for text in rng.sample(TEXTS, 8):
            request = strict_request(Request(action="s:a", point=(text,)), 0, BY)
            assert (decide(translated, request).verdict == "allowed") == allowed(rows, text, aws.arn), (rows, text)
