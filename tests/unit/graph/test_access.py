"""Edges and paths of the access graph, on hand-made snapshots."""

from __future__ import annotations

from dataclasses import replace

import pytest

from nhilint.algebra.values import ANY, Condition, Permissions, Scope, Statement
from nhilint.engine.dialects import Dialects, dialect
from nhilint.graph.access import build, is_admin
from nhilint.model.facts import Identity, IdentityKey, Trust
from tests.unit.diff.build import SPAN, grant, role, snapshot, statement, trust


def arn(name: str) -> str:
    return f"arn:aws:iam::111122223333:role/{name}"


def aliased(name: str) -> Identity:
    return replace(role(name), aliases=(arn(name),))


def test_administrator_is_reached_by_holding_everything() -> None:
    a = aliased("a")
    paths = build(snapshot([a], [grant(a, statement("*", "*"))]), Dialects()).paths()
    assert [(p.start, p.end, [s.kind for s in p.steps]) for p in paths] == [(a.key, "aws:administrator", ["holds"])]


def test_a_deny_takes_the_administrator_away() -> None:
    a = aliased("a")
    held = grant(a, statement("*", "*"), statement("iam:*", "*", effect="deny"))
    assert all(p.technique for p in build(snapshot([a], [held]), Dialects()).paths())


def test_a_role_that_may_write_its_own_policy_escalates() -> None:
    a = aliased("a")
    paths = build(snapshot([a], [grant(a, statement("iam:putrolepolicy", arn("a")))]), Dialects()).paths()
    assert [p.technique for p in paths] == ["iam-005"]


def test_writing_another_roles_policy_is_not_this_technique() -> None:
    a = aliased("a")
    assert build(snapshot([a], [grant(a, statement("iam:putrolepolicy", arn("b")))]), Dialects()).paths() == ()


def test_trust_makes_a_chain() -> None:
    a, b = aliased("a"), aliased("b")
    graph = build(snapshot([a, b], [grant(b, statement("*", "*"))], [trust(b, f"AWS:{arn('a')}")]), Dialects())
    (chain,) = [p for p in graph.paths() if p.start == a.key]
    assert [s.kind for s in chain.steps] == ["may-become", "holds"]


def test_a_service_account_becomes_the_role_whose_trust_names_its_subject() -> None:
    subject = "system:serviceaccount:kube-system:external-dns"
    account = Identity(
        key=IdentityKey("kubernetes:serviceaccount/kube-system/external-dns"),
        platform="kubernetes",
        kind="service_account",
        name="kube-system/external-dns",
        span=SPAN,
        aliases=(subject,),
    )
    b = aliased("b")
    clause = Condition(operator="StringEquals", key="oidc.eks.us-east-1.amazonaws.com/id/x:sub", values=(subject,))
    federated = Trust(
        key="t",
        identity=b.key,
        statements=(
            Statement(
                effect="allow",
                actions=("sts:assumerolewithwebidentity",),
                scopes=(Scope(patterns=("Federated:arn:aws:iam::111122223333:oidc-provider/oidc.eks",)),),
                conditions=(clause,),
            ),
        ),
        span=SPAN,
    )
    edges = build(snapshot([account, b], trusts=[federated]), Dialects()).edges
    assert [(e.source, e.target, e.kind) for e in edges] == [(account.key, b.key, "may-become")]


def test_a_condition_that_every_request_meets_does_not_make_an_administrator_less() -> None:
    aws = dialect("aws")
    present = Condition(operator="StringLike", key="aws:principalarn", values=("*",))
    everything = Statement(effect="allow", actions=("*",), scopes=(ANY,), conditions=(present,))
    held = Permissions(dimensions=("resource",), statements=(everything,))
    assert is_admin(held, aws, aws.present("iam_role"))
    assert not is_admin(held, aws, frozenset())


@pytest.mark.parametrize(
    "action, role_may, user_may",
    [
        ("iam:attachgrouppolicy", False, True),
        ("iam:addusertogroup", False, True),
        ("iam:attachuserpolicy", False, True),
        ("iam:attachrolepolicy", True, False),
        ("iam:putrolepolicy", True, False),
        ("iam:createpolicyversion", True, True),
    ],
)
def test_a_role_is_in_no_group_and_has_no_policies_of_a_user(action: str, role_may: bool, user_may: bool) -> None:
    one = aliased("a")
    other = replace(one, kind="iam_user", aliases=("arn:aws:iam::111122223333:user/a",))
    for identity, may in ((one, role_may), (other, user_may)):
        paths = build(snapshot([identity], [grant(identity, statement(action, "*"))]), Dialects()).paths()
        assert bool(paths) is may
