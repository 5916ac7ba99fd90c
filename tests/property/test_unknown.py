"""What is said of a statement with unknown strings holds whatever they stand for."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import replace

from nhilint.algebra.evaluate import applies
from nhilint.algebra.values import Condition, Request, Scope, Statement, literal, symbol
from nhilint.platforms.aws.unknown import may_be, speaks
from tests.effort import times

NAMES = ("var.x", "var.y", "data.aws_caller_identity.current.account_id")
TEXTS = ("", "a", "b", "ab", "a/b", "prod", "1")
PIECES = ("a", "b", "/", "*", "?", "prod", *map(symbol, NAMES))
OPERATORS = ("StringEquals", "StringNotEquals", "StringLike", "StringNotLike", "StringEqualsIgnoreCase", "Null")


def pattern(rng, wild=True):
    pieces = PIECES if wild else [piece for piece in PIECES if piece not in "*?"]
    return "arn:aws:s3:::" + "".join(rng.choice(pieces) for _ in range(rng.randint(1, 4)))


def clause(rng):
    operator = rng.choice(OPERATORS)
    if operator == "Null":
        return Condition(operator=operator, key="k", values=(rng.choice(("true", "false")),))
    values = tuple(
        rng.choice((*TEXTS[1:], *map(symbol, NAMES), symbol(NAMES[0]) + "a")) for _ in range(rng.randint(1, 2))
    )
    return Condition(operator=operator, key=rng.choice("kl"), values=values, if_exists=rng.random() < 0.2)


def statement(rng):
    return Statement(
        effect="allow",
        actions=(rng.choice(("s3:getobject", "s3:*", f"s3:{symbol(NAMES[0])}")),),
        actions_negated=rng.random() < 0.2,
        scopes=(Scope(patterns=tuple(pattern(rng) for _ in range(rng.randint(1, 2))), negated=rng.random() < 0.3),),
        conditions=tuple(clause(rng) for _ in range(rng.randint(0, 2))),
    )


def request(rng):
    values = (*TEXTS[1:], symbol(NAMES[0]))
    context = tuple((key, (rng.choice(values),)) for key in "kl" if rng.random() < 0.6)
    point = "arn:aws:s3:::" + rng.choice(("a", "b", "ab", "a/b", "prod/a", "proda"))
    return Request(action="s3:getobject", point=(point,), context=context)


def known(text, world, wild):
    for name, value in world.items():
        text = text.replace(symbol(name), literal(value) if wild else value)
    return text


def in_world(one, asked, world):
    return (
        replace(
            one,
            actions=tuple(known(p, world, True) for p in one.actions),
            scopes=tuple(replace(s, patterns=tuple(known(p, world, True) for p in s.patterns)) for s in one.scopes),
            conditions=tuple(replace(c, values=tuple(known(v, world, True) for v in c.values)) for c in one.conditions),
        ),
        replace(asked, context=tuple((k, tuple(known(v, world, False) for v in vs)) for k, vs in asked.context)),
    )


def test_what_is_certain_holds_in_every_world():
    rng, seen = random.Random(20261125), Counter()
    for _ in range(times(4_000)):
        one, asked = statement(rng), request(rng)
        said = speaks(one, asked, applies)
        worlds = [{name: rng.choice(TEXTS) for name in NAMES} for _ in range(12)]
        found = {applies(*in_world(one, asked, world)) for world in worlds}
        if said is not None:
            assert found == {said}, (one, asked)
        seen[said, len(found)] += 1
    # It is certain often, and where it is not both answers are mostly met.
    assert min(seen[True, 1], seen[False, 1], seen[None, 2]) > times(200)


def test_a_pattern_that_can_not_be_the_text_is_it_in_no_world():
    rng, seen = random.Random(1), Counter()
    for _ in range(times(4_000)):
        one, other = pattern(rng), pattern(rng, wild=False)
        said = may_be(one, other)
        for _ in range(12):
            world = {name: rng.choice(TEXTS) for name in NAMES}
            text = known(other, world, False)
            met = applies(
                Statement(effect="allow", actions=("*",), scopes=(Scope(patterns=(known(one, world, True),)),)),
                Request(action="s:a", point=(text,)),
            )
            assert said or not met, (one, other, world)
            seen[said, met] += 1
    assert min(seen[True, True], seen[False, False]) > times(1_000)
