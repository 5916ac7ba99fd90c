"""Edges and paths of the access graph, on hand-made snapshots."""

from __future__ import annotations

from dataclasses import replace

import pytest

from nhilint.algebra.values import ANY, Condition, Permissions, Statement
from nhilint.engine.dialects import Dialects, dialect, interpret
from nhilint.graph.build import build, is_admin
from nhilint.model.facts import Identity
from nhilint.model.snapshot import Snapshot, unite
from nhilint.sources.load import load
from nhilint.sources.memory import MemoryTree
from nhilint.sources.options import LoadOptions
from tests.unit.diff.build import grant, role, snapshot, statement


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


def snapshot_of(text: str) -> Snapshot:
    loaded = load(MemoryTree({"main.tf": text}), LoadOptions())
    return unite(interpret(loaded.documents), loaded.unresolved, loaded.moved)


ROLE = """
resource "aws_iam_role" "{name}" {{
  name               = "{name}"
  assume_role_policy = jsonencode({{ Statement = [{{
    Effect = "Allow", Action = "{action}", Principal = {principal}, Condition = {condition}
  }}] }})
}}
resource "aws_iam_role_policy" "{name}" {{
  name   = "p"
  role   = aws_iam_role.{name}.name
  policy = jsonencode({{ Version = "2012-10-17", Statement = [{{
    Effect = "Allow", Action = "{allowed}", Resource = "{resource}"
  }}] }})
}}
"""


def written(
    name: str,
    principal: str,
    *,
    allowed: str = "s3:GetObject",
    resource: str = "*",
    action: str = "sts:AssumeRole",
    condition: str = "{}",
) -> str:
    return ROLE.format(
        name=name, principal=principal, allowed=allowed, resource=resource, action=action, condition=condition
    )


NOBODY = '{ Service = "ec2.amazonaws.com" }'
A_ARN = "${aws_iam_role.a.arn}"


def test_trust_makes_a_chain() -> None:
    text = written("a", NOBODY) + written("b", f'{{ AWS = "{A_ARN}" }}', allowed="*")
    graph = build(snapshot_of(text), Dialects())
    (chain,) = [p for p in graph.paths() if p.start == "aws:role/a"]
    assert [s.kind for s in chain.steps] == ["may-become", "holds"]
    assert chain.certain
    assert graph.nodes["aws:role/a"].tier0


def test_an_account_leaves_it_to_the_policies_of_its_own() -> None:
    account = '{ AWS = "arn:aws:iam::${data.aws_caller_identity.me.account_id}:root" }'
    caller = 'data "aws_caller_identity" "me" {}'
    for resource, may in (("*", True), ("arn:aws:iam::*:role/other", False)):
        text = caller + written("a", NOBODY, allowed="sts:AssumeRole", resource=resource) + written("b", account)
        graph = build(snapshot_of(text), Dialects())
        sources = {e.source for e in graph.edges if e.target == "aws:role/b"}
        assert ("aws:role/a" in sources) is may
        (outside,) = [graph.nodes[s] for s in sources if graph.nodes[s].kind == "account"]
        assert outside.subkind == "own"


def test_a_service_is_an_outsider() -> None:
    graph = build(snapshot_of(written("a", NOBODY)), Dialects())
    assert [(e.source, e.target) for e in graph.edges] == [("principal:ec2.amazonaws.com", "aws:role/a")]
    assert graph.nodes["principal:ec2.amazonaws.com"].external


def test_a_role_is_passed_only_to_a_service_that_it_trusts() -> None:
    lambdas = '{ Service = "lambda.amazonaws.com" }'
    passing = written("a", NOBODY).replace(
        'Action = "s3:GetObject", Resource = "*"',
        """Action = ["iam:PassRole"], Resource = [aws_iam_role.b.arn] }, {
        Effect = "Allow", Action = ["lambda:CreateFunction", "lambda:InvokeFunction"], Resource = "*" """.strip(),
    )
    for principal, may in ((lambdas, True), (NOBODY, False)):
        graph = build(snapshot_of(passing + written("b", principal)), Dialects())
        steps = [e for e in graph.edges if e.source == "aws:role/a" and e.technique == "lambda-001"]
        assert [e.target for e in steps] == (["aws:role/b"] if may else [])


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


def test_many_targets_alike_are_one_node() -> None:
    accounts = "\n---\n".join(
        f"apiVersion: v1\nkind: ServiceAccount\nmetadata: {{name: s{number}, namespace: dev}}" for number in range(20)
    )
    binding = """
---
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: r, namespace: dev}
rules: [{apiGroups: [""], resources: [serviceaccounts/token], verbs: [create]}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: b, namespace: dev}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: r}
subjects: [{kind: ServiceAccount, name: s0, namespace: dev}]
"""
    loaded = load(MemoryTree({"a.yaml": accounts + binding}), LoadOptions())
    graph = build(unite(interpret(loaded.documents), loaded.unresolved, loaded.moved), Dialects())
    start = "kubernetes:serviceaccount/dev/s0"
    steps = [edge for edge in graph.edges if edge.source == start and edge.technique == "token-request"]
    assert len(steps) == 1, steps
    (step,) = steps
    assert graph.nodes[step.target].kind == "group"
    assert {f"kubernetes:serviceaccount/dev/s{number}" for number in range(1, 20)} <= graph.reachable(start)
    assert not [path for path in graph.paths() if path.start == step.target]


def test_a_workload_that_has_its_node_begins_a_path_whatever_its_account_may_do() -> None:
    text = """
apiVersion: v1
kind: Pod
metadata: {name: agent, namespace: dev}
spec: {serviceAccountName: agent, containers: [{name: c, image: i, securityContext: {privileged: true}}]}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: agent}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: cluster-admin}
subjects: [{kind: ServiceAccount, name: agent, namespace: dev}]
"""
    loaded = load(MemoryTree({"pod.yaml": text}), LoadOptions())
    graph = build(unite(interpret(loaded.documents), loaded.unresolved, loaded.moved), Dialects())
    assert [(path.start, path.end) for path in graph.paths()] == [
        ("kubernetes:serviceaccount/dev/agent", "kubernetes:administrator"),
        ("workload:Pod/agent", "kubernetes:node"),
    ]


def test_one_of_two_statements_that_may_be_there_is_enough() -> None:
    text = """
variable "a" { type = bool }
variable "b" { type = bool }
resource "aws_iam_user" "u" { name = "u" }
resource "aws_iam_user_policy" "one" {
  count  = var.a ? 1 : 0
  user   = aws_iam_user.u.name
  policy = jsonencode({ Statement = [{ Effect = "Allow", Action = "iam:CreateAccessKey", Resource = "*" }] })
}
resource "aws_iam_user_policy" "two" {
  count  = var.b ? 1 : 0
  user   = aws_iam_user.u.name
  policy = jsonencode({ Statement = [{ Effect = "Allow", Action = "iam:*", Resource = "*" }] })
}
"""
    graph = build(snapshot_of(text), Dialects())
    steps = [edge for edge in graph.edges if edge.source == "aws:user/u" and edge.technique == "iam-002"]
    assert [len(edge.may) for edge in steps] == [1]
