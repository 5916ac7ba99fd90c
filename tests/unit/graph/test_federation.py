"""Joining tokens and trust: how candidates are found, what strings that are not known join, and what is only said."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from nhilint.algebra.glob import overlaps
from nhilint.algebra.values import Condition, symbol
from nhilint.graph.federation import Federation, federate
from nhilint.graph.heads import Heads, head
from nhilint.graph.unknown import tells, widened
from nhilint.model.facts import Acceptance, Facts, Identity, IdentityKey, Token, Via
from nhilint.model.snapshot import unite
from nhilint.model.span import Span

SPAN = Span("main.tf", 1)
GITHUB = "token.actions.githubusercontent.com"
ACCOUNT = symbol("account")


def identity(name: str, *, kind: str = "iam_role", external: bool = False) -> Identity:
    key = IdentityKey(f"aws:role/{name}")
    arn = f"arn:aws:iam::{ACCOUNT}:role/{name}"
    return Identity(key=key, platform="aws", kind=kind, name=name, span=SPAN, external=external, aliases=(arn,))


def token(name: str, *wants: str, issuer: str = GITHUB, **claims: str) -> Token:
    stated = tuple(sorted((claim, (value,)) for claim, value in claims.items()))
    return Token(identity=IdentityKey(f"aws:role/{name}"), issuer=issuer, claims=stated, span=SPAN, wants=wants)


def trust(name: str, *clauses: Condition, issuer: str = GITHUB, dead: str = "") -> Acceptance:
    via = Via(grant=name, span=SPAN)
    key = IdentityKey(f"aws:role/{name}")
    return Acceptance(identity=key, issuer=issuer, clauses=clauses, via=via, why="it is trusted", dead=dead)


def like(claim: str, *values: str, operator: str = "StringLike") -> Condition:
    return Condition(operator=operator, key=claim, values=values)


def joined(tokens: list[Token], trusts: list[Acceptance], *others: Identity) -> Federation:
    names = {t.identity for t in tokens} | {t.identity for t in trusts}
    known = {other.key for other in others}
    identities = (*others, *(identity(name.rpartition("/")[2]) for name in sorted(names - known)))
    facts = Facts(identities=identities, tokens=tuple(tokens), acceptances=tuple(trusts))
    return federate(unite([facts], (), ()), lambda *_: (True, ""))


def pairs(found: Federation) -> set[tuple[str, str, bool]]:
    return {
        (e.source.removeprefix("aws:role/"), e.target.removeprefix("aws:role/"), e.certain)
        for e in found.edges
        if e.source.startswith("aws:role/")
    }


def test_a_repository_that_is_not_known_joins_nobody_by_its_branch() -> None:
    unknown = f"repo:{symbol('github.repository')}:ref:refs/heads/main"
    one = trust("shop", like("sub", "repo:acme/shop:ref:refs/heads/main"))
    assert pairs(joined([token("job", sub=unknown)], [one])) == set()
    # Unless the job says that it becomes this one: then the repository is taken to be the one that is named.
    want = f"arn:aws:iam::{symbol('vars.account')}:role/shop"
    assert pairs(joined([token("job", want, sub=unknown)], [one])) == {("job", "shop", False)}


def test_an_account_that_is_not_known_joins_roles_of_one_name() -> None:
    caller = token("a", issuer="aws", **{"aws:principalarn": f"arn:aws:iam::{ACCOUNT}:role/a"})
    named = trust("b", like("aws:principalarn", "arn:aws:iam::111122223333:role/a"), issuer="aws")
    other = trust("c", like("aws:principalarn", "arn:aws:iam::111122223333:role/z"), issuer="aws")
    assert pairs(joined([caller], [named, other])) == {("a", "b", False)}


def test_what_a_trust_wants_of_the_callers_account_is_left_open() -> None:
    caller = token("a", issuer="aws", **{"aws:principalarn": f"arn:aws:iam::{ACCOUNT}:role/a"})
    everybody = trust("b", like("aws:principalorgid", "o-1", operator="StringEquals"), issuer="aws")
    (edge,) = [e for e in joined([caller], [everybody]).edges if e.source == "aws:role/a"]
    assert edge.may == ("its `aws:principalorgid` is `o-1`",)


def test_whom_the_tree_does_not_hold_is_a_node_of_its_own() -> None:
    found = joined([token("job", "arn:aws:iam::111122223333:role/elsewhere", sub="repo:acme/shop:pull_request")], [])
    assert [(e.target, e.certain) for e in found.edges] == [
        ("principal:arn:aws:iam::111122223333:role/elsewhere", False)
    ]
    assert not found.notes


def test_whom_the_tree_names_but_does_not_define_may_let_it_in() -> None:
    outside = identity("elsewhere", external=True)
    want = f"arn:aws:iam::{ACCOUNT}:role/elsewhere"
    found = joined([token("job", want, sub="repo:acme/shop:pull_request")], [], outside)
    assert pairs(found) == {("job", "elsewhere", False)}


def test_a_wish_that_nothing_tells_is_nobody_of_the_tree() -> None:
    for want in (symbol("secrets.ROLE"), f"arn:aws:iam::{symbol('a')}:role/{symbol('b')}"):
        found = joined([token("job", want, sub="repo:acme/shop:pull_request")], [trust("b", like("sub", "repo:x/y:*"))])
        assert {target.partition(":")[0] for _, target, _ in pairs(found)} == {"principal"}, want
        assert not found.notes


def test_to_ask_for_somebody_of_the_tree_in_vain_is_said() -> None:
    want = f"arn:aws:iam::{ACCOUNT}:role/shop"
    found = joined(
        [token("job", want, sub="repo:acme/web:pull_request")], [trust("shop", like("sub", "repo:acme/shop:*"))]
    )
    assert pairs(found) == set()
    assert [(who, "does not let it in" in note) for who, note in found.notes] == [("aws:role/job", True)]


def test_dead_trust_makes_no_edge_and_is_said() -> None:
    found = joined(
        [token("job", sub="repo:acme/shop:pull_request")],
        [trust("a", dead="nobody"), trust("b", like("sub", "acme/shop:*"))],
    )
    assert not found.edges
    assert [who for who, _ in found.notes] == ["aws:role/a", "aws:role/b"]


@pytest.mark.parametrize(
    "pattern, told",
    [
        (f"repo:{symbol('r')}:environment:prod", False),
        (f"repo:{symbol('o')}/shop:environment:prod", True),
        (f"arn:aws:iam::{ACCOUNT}:role/{symbol('n')}", False),
        (f"arn:aws:iam::{ACCOUNT}:role/ci-{symbol('n')}", True),
        (f"system:serviceaccount:{symbol('n')}:web", True),
        (f"{symbol('n')}@{symbol('p')}.iam.gserviceaccount.com", False),
        (f"deploy@{symbol('p')}.iam.gserviceaccount.com", True),
    ],
)
def test_what_tells_who_is_meant(pattern: str, told: bool) -> None:
    assert tells(pattern) is told


def test_nothing_that_overlaps_is_missed_by_its_beginning() -> None:
    rng = random.Random(7)
    letters = ["a", "b", ":", "/", "*", "?", symbol("x"), "arn:aws:iam::1:role/", f"arn:aws:iam::{symbol('a')}:role/"]
    patterns = ["".join(rng.choices(letters, k=rng.randint(1, 4))) for _ in range(250)]
    heads: Heads[str] = Heads()
    for pattern in patterns:
        heads.add(pattern, pattern)
    met = 0
    for pattern in patterns:
        near = set(heads.near(pattern))
        for other in patterns:
            if overlaps(pattern, other) or (
                head(pattern) and head(other) and overlaps(widened(pattern), widened(other)) and "arn:" not in pattern
            ):
                met += 1
                assert other in near, (pattern, other)
    assert met > 1_000


def test_a_token_that_may_not_exist_hides_nobody_whom_everybody_under_a_condition_lets_in() -> None:
    open_door = replace(trust("t", like("sts:externalid", "s", operator="StringEquals")), outsider="anybody")
    tokens = [replace(token("a", sub="a"), may=("var.a",)), token("b", sub="b")]
    found = joined(tokens, [open_door], identity("t"), identity("a"), identity("b"))
    assert {(e.source, e.may) for e in found.edges if e.target == "aws:role/t"} >= {
        ("aws:role/a", ("var.a",)),
        ("aws:role/b", ()),
    }
