"""`who-can` says of everybody what `can` says of each alone: nobody left out by an index, nobody taken in by it."""

from __future__ import annotations

import json
import random
import re
from typing import Any

import pytest

from nhilint.engine import Analysis, Policies, Question, Wanted, can, who_can
from tests.unit.engine.estate import analysis_of, keeps_schema

ACCOUNT = "${data.aws_caller_identity.current.account_id}"
ACTIONS = (
    "s3:GetObject",
    "s3:Get*",
    "s3:*",
    "*",
    "sqs:SendMessage",
    "sts:AssumeRole",
    "kms:Decrypt",
    "iam:PassRole",
    "S3:getobject",
)
RESOURCES = (
    "*",
    "arn:aws:s3:::data/*",
    "arn:aws:s3:::data/a/*",
    "arn:aws:s3:::*/b",
    "arn:aws:s3:::${var.bucket}/*",
    "arn:aws:s3:::data?/*",
    "${aws_s3_bucket.data.arn}/*",
    f"arn:aws:sqs:eu-west-1:{ACCOUNT}:q-*",
    "arn:aws:sqs:eu-west-1:111122223333:q-1",
    "arn:aws:iam::*:role/r1",
    "${aws_iam_role.r1.arn}",
    "arn:aws:s3:::$${aws:username}/*",
)
CONDITIONS: tuple[dict[str, Any], ...] = (
    {},
    {},
    {},
    {"StringEquals": {"aws:PrincipalTag/team": "a"}},
    {"Bool": {"aws:SecureTransport": "true"}},
    {"StringLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/r*"}},
)
PRINCIPALS: tuple[Any, ...] = (
    {"AWS": "${aws_iam_role.r1.arn}"},
    {"AWS": f"arn:aws:iam::{ACCOUNT}:root"},
    {"AWS": "*"},
    "*",
    {"Service": "ec2.amazonaws.com"},
    {"AWS": "${var.admin}"},
    {"AWS": "arn:aws:iam::222233334444:role/other"},
)
QUESTIONS = (
    ("s3:GetObject", "arn:aws:s3:::data/a/x"),
    ("s3:GetObject", "arn:aws:s3:::data1/b"),
    ("s3:GetObject", "arn:aws:s3:::${var.bucket}/b"),
    ("s3:GetObject", "arn:aws:s3:::u1/x"),
    ("sqs:SendMessage", "arn:aws:sqs:eu-west-1:111122223333:q-1"),
    ("sqs:SendMessage", "arn:aws:sqs:eu-west-1:${account}:q-1"),
    ("sts:AssumeRole", "arn:aws:iam::111122223333:role/r1"),
    ("sts:AssumeRole", "${aws_iam_role.r1.arn}"),
    ("kms:Decrypt", "arn:aws:kms:eu-west-1:111122223333:key/1"),
    ("ec2:DescribeInstances", "*"),
)


def statement(chance: random.Random, effect: str = "", **more: Any) -> dict[str, Any]:
    body: dict[str, Any] = {"Effect": effect or chance.choice(["Allow", "Allow", "Allow", "Deny"])}
    body["NotAction" if chance.random() < 0.1 else "Action"] = chance.sample(ACTIONS, chance.randint(1, 2))
    body["NotResource" if chance.random() < 0.1 else "Resource"] = chance.sample(RESOURCES, chance.randint(1, 2))
    condition = chance.choice(CONDITIONS)
    return {**body, **({"Condition": condition} if condition else {}), **more}


def document(*statements: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": statements})


def estate(chance: random.Random) -> str:
    roles, policies, users = {}, {}, {}
    for number in range(5):
        name = f"r{number}"
        trust = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": chance.choice(PRINCIPALS)}
        roles[name] = {"name": name, "assume_role_policy": document(trust)}
        if chance.random() < 0.3:
            roles[name]["permissions_boundary"] = "${aws_iam_policy.fence.arn}"
        if chance.random() < 0.9:
            own = [statement(chance) for _ in range(chance.randint(1, 3))]
            policies[name] = {"role": f"${{aws_iam_role.{name}.id}}", "policy": document(*own)}
    if chance.random() < 0.3:
        policies["unread"] = {"role": "${aws_iam_role.r0.id}", "policy": "${file(var.policy)}"}
    users["u1"] = {"name": "u1"}
    on_bucket = [{**statement(chance), "Principal": chance.choice(PRINCIPALS)} for _ in range(chance.randint(0, 2))]
    resource: dict[str, Any] = {
        "aws_iam_role": roles,
        "aws_iam_role_policy": policies,
        "aws_iam_user": users,
        "aws_iam_user_policy": {"u1": {"user": "u1", "policy": document(statement(chance, "Allow"))}},
        "aws_iam_policy": {
            "fence": {"name": "fence", "policy": document(statement(chance, "Allow"))},
            "loose": {"name": "loose", "policy": document(statement(chance, "Allow"))},
        },
        "aws_s3_bucket": {"data": {"bucket": "data"}},
    }
    if on_bucket:
        resource["aws_s3_bucket_policy"] = {"data": {"bucket": "data", "policy": document(*on_bucket)}}
    if chance.random() < 0.3:
        resource["aws_organizations_policy"] = {
            "p": {"name": "p", "content": document({"Effect": "Deny", "Action": "s3:*", "Resource": "*"})}
        }
        resource["aws_organizations_policy_attachment"] = {
            "p": {"policy_id": "${aws_organizations_policy.p.id}", "target_id": "r-abcd"}
        }
    return json.dumps({"data": {"aws_caller_identity": {"current": {}}}, "resource": resource})


def each_alone(analysis: Analysis, action: str, resource: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {"allowed": [], "undecided": []}
    for key, one in analysis.snapshot.identities.items():
        if one.platform != "aws" or one.absent or not one.bound:
            continue
        question = Question(principal="", action=action, resource=resource)
        decision = can(analysis, key, question, Policies())["decision"]
        if decision in found:
            found[decision].append(key)
    return found


@pytest.mark.parametrize("seed", range(60))
def test_everybody_is_answered_as_each_alone(seed: int) -> None:
    analysis = analysis_of({"main.tf.json": estate(random.Random(seed))})
    for action, resource in QUESTIONS:
        value = keeps_schema(who_can(analysis, Wanted(action=action, resource=resource)))
        expected = each_alone(analysis, action, resource)
        mine = {
            "allowed": [row["key"] for row in value["holders"]],
            "undecided": [row["key"] for row in value["undecided"]],
        }
        if value["everybody"]:
            # Then those are left out who are nowhere named.
            assert set(mine["allowed"]) <= set(expected["allowed"])
            continue
        if any(re.search("nobody (of this tree|by itself|else)|is nobody", text) for text in value["assumed"]):
            # What is not known of the policy there could let in each of them: that is said once.
            assert set(mine["allowed"]) == set(expected["allowed"])
            assert set(mine["undecided"]) <= set(expected["undecided"])
            continue
        assert mine == expected, (action, resource)


RULES = (
    {"apiGroups": [""], "resources": ["secrets"], "verbs": ["get", "list"]},
    {"apiGroups": [""], "resources": ["secrets"], "resourceNames": ["db"], "verbs": ["get"]},
    {"apiGroups": ["*"], "resources": ["*"], "verbs": ["*"]},
    {"apiGroups": [""], "resources": ["pods", "pods/exec"], "verbs": ["create"]},
    {"apiGroups": [""], "resources": ["*/exec"], "verbs": ["*"]},
    {"apiGroups": ["apps"], "resources": ["deployments"], "verbs": ["get", "patch"]},
    {"nonResourceURLs": ["/metrics", "/healthz/*"], "verbs": ["get"]},
)
ASKED = (
    ("get", "shop:secrets=db"),
    ("get", "shop:secrets=other"),
    ("list", "secrets"),
    ("create", "shop:pods/exec=p"),
    ("patch", "dns:deployments.apps=x"),
    ("get", "/metrics"),
    ("get", "/healthz/live"),
    ("watch", "nodes"),
)


def manifests(chance: random.Random) -> str:
    documents: list[dict[str, Any]] = []
    for number in range(4):
        space = chance.choice(["shop", "dns"])
        wide = chance.random() < 0.5
        kind = "ClusterRole" if wide else "Role"
        place = {} if wide else {"namespace": space}
        rules = [r for r in chance.sample(RULES, 2) if wide or "nonResourceURLs" not in r]
        documents += [
            {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": f"a{number}", "namespace": space}},
            {
                "apiVersion": "rbac.authorization.k8s.io/v1",
                "kind": kind,
                "metadata": {"name": f"k{number}", **place},
                "rules": rules,
            },
            {
                "apiVersion": "rbac.authorization.k8s.io/v1",
                "kind": f"{kind}Binding",
                "metadata": {"name": f"b{number}", **place},
                "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": kind, "name": f"k{number}"},
                "subjects": chance.choice(
                    [
                        [{"kind": "ServiceAccount", "name": f"a{number}", "namespace": space}],
                        [{"kind": "Group", "name": "system:serviceaccounts"}],
                        [{"kind": "User", "name": "jane"}],
                    ]
                ),
            },
        ]
    return "\n---\n".join(json.dumps(document) for document in documents)


@pytest.mark.parametrize("seed", range(30))
def test_everybody_of_a_cluster_is_answered_as_each_alone(seed: int) -> None:
    analysis = analysis_of({"all.yaml": manifests(random.Random(seed))})
    for verb, resource in ASKED:
        value = keeps_schema(who_can(analysis, Wanted(action=verb, resource=resource)))
        expected = [
            key
            for key, one in analysis.snapshot.identities.items()
            if one.bound
            and can(analysis, key, Question(principal="", action=verb, resource=resource), Policies())["decision"]
            == "allowed"
        ]
        assert [row["key"] for row in value["holders"]] == expected, (verb, resource)
        assert value["platform"] == "kubernetes"
