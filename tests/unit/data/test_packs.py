"""The packed data: complete enough, spelled right, and found whatever the spelling of the question."""

from __future__ import annotations

import json

import pytest

from nhilint.data import aws, kubernetes


def test_counts() -> None:
    assert len(aws.services()) >= 400
    assert len(aws.action_index()) >= 21_000
    assert sum(len(aws.actions(service)) for service in aws.services()) >= 21_000
    assert len(kubernetes.default_cluster_roles()) >= 25


@pytest.mark.parametrize(
    "name, level",
    [
        ("s3:getobject", "Read"),
        ("s3:ListBucket", "List"),
        ("iam:PassRole", "Write"),
        ("iam:PutRolePolicy", "Permissions management"),
        ("ec2:CreateTags", "Tagging"),
        ("sts:AssumeRole", "Write"),
    ],
)
def test_levels(name: str, level: str) -> None:
    found = aws.action(name.lower())
    assert found is not None
    assert found.level == level
    assert f"{name.partition(':')[0]}:{found.name}".lower() == name.lower()


def test_unknown_names() -> None:
    assert aws.action("s3:getobjekt") is None
    assert aws.action("nosuch:thing") is None
    assert "s3:GetObject" in aws.suggest("s3:GetObjekt")


@pytest.mark.parametrize(
    "name",
    [
        "arn:aws:iam::aws:policy/AdministratorAccess",
        "arn:aws-cn:iam::aws:policy/AdministratorAccess",
        "AdministratorAccess",
        "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole",
    ],
)
def test_managed_policies(name: str) -> None:
    text = aws.managed_policy(name)
    assert text is not None
    assert json.loads(text)["Statement"]


def test_the_path_is_part_of_a_managed_policy() -> None:
    assert aws.managed_policy("arn:aws:iam::aws:policy/AWSLambdaBasicExecutionRole") is None
    assert aws.managed_policy("arn:aws:iam::aws:policy/NoSuchPolicy") is None


def test_vocabulary() -> None:
    words = aws.AwsVocabulary()
    assert "s3:getobject" in words.expand("s3:get*")
    assert "s3:putobject" not in words.expand("s3:get*")
    assert set(words.expand("s3:*")) == {n for n in words.all() if n.startswith("s3:")}
    assert words.expand("s?:getobject") == words.expand("s3:getobject")
    assert words.spell("s3:getobject") == "s3:GetObject"


def test_kubernetes() -> None:
    table = kubernetes.resources()
    assert table[("", "pods")].namespaced
    assert not table[("", "nodes")].namespaced
    assert "pods/exec" in {r.name for r in table.values()}
    roles = kubernetes.default_cluster_roles()
    assert {"cluster-admin", "admin", "edit", "view", "system:discovery"} <= set(roles)
