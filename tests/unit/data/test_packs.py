"""The packs hold what they say, and a few facts that were looked up on the vendors' pages."""

from __future__ import annotations

import json

import pytest

from nhilint.data import aws, kubernetes
from nhilint.data.pack import manifest

VOCABULARY = aws.AwsVocabulary()


def test_acceptance_counts() -> None:
    assert len(aws.action_index()) >= 21_000
    assert len(aws.services()) >= 400
    assert manifest()["aws-managed-policies"]["counts"]["policies"] >= 1_500
    assert len(kubernetes.resources()) >= 120
    assert len(kubernetes.default_cluster_roles()) >= 25


def test_every_source_is_named_with_hash_and_licence() -> None:
    for part in manifest().values():
        for source in part["sources"]:
            assert len(source["sha256"]) == 64
            assert source["licence"] in ("MIT", "Apache-2.0")
            assert source["version"]


def test_index_and_services_agree() -> None:
    counted = sum(len(aws.actions(service)) for service in aws.services())
    assert counted == len(aws.action_index()) == manifest()["aws"]["counts"]["actions"]


@pytest.mark.parametrize(
    ("name", "level", "types"),
    [
        ("s3:getobject", "Read", True),
        ("s3:putobject", "Write", True),
        ("iam:passrole", "Write", True),
        ("iam:putrolepolicy", "Permissions management", True),
        ("ec2:describeinstances", "List", False),
        ("ecr:getauthorizationtoken", "Read", False),
        ("s3:listallmybuckets", "List", False),
    ],
)
def test_facts_of_actions(name: str, level: str, types: bool) -> None:
    row = aws.action(name)
    assert row is not None
    assert row.level == level
    assert bool(row.resource_types) is types


def test_expansion_is_that_of_the_index() -> None:
    names = aws.action_index()
    for pattern in ("*", "s3:get*", "s3:*acl", "*:list*", "iam:passrole", "ec2:describe?nstances"):
        from fnmatch import fnmatchcase

        assert list(VOCABULARY.expand(pattern)) == [n for n in names if fnmatchcase(n, pattern)]
    assert VOCABULARY.expand("s3:getobjet") == ()


def test_spelling_and_suggestion() -> None:
    assert VOCABULARY.spell("s3:getobject") == "s3:GetObject"
    assert VOCABULARY.spell("s3:getobj*") == "s3:GetObj*"
    assert VOCABULARY.spell("nosuch:thing") == "nosuch:thing"
    assert "s3:GetObject" in aws.suggest("s3:GetObjet")


def test_a_managed_policy_is_found_by_its_whole_arn_only() -> None:
    text = aws.managed_policy("arn:aws-us-gov:iam::aws:policy/AdministratorAccess")
    assert text is not None
    assert json.loads(text)["Statement"][0]["Action"] == "*"
    assert aws.managed_policy("arn:aws:iam::aws:policy/AWSLambdaBasicExecutionRole") is None
    assert aws.managed_policy("arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole") is not None
    assert aws.managed_policy("arn:aws:iam::111122223333:policy/AdministratorAccess") is None


def test_every_managed_policy_can_be_read() -> None:
    from nhilint.data.pack import open_pack
    from nhilint.model.node import Scalar
    from nhilint.model.span import Span
    from nhilint.platforms.aws.policy import read_policy

    pack = open_pack("managed.pack")
    policies = [row for name in pack.names() for row in pack.block(name).values()]
    for row in policies:
        node = Scalar(json.dumps(row["document"]), Span("x", 1))
        statements, unresolved = read_policy(node, attached_to="identity", grant="g")
        assert statements
        assert unresolved == ()


@pytest.mark.parametrize(
    ("key", "namespaced"),
    [(("", "pods"), True), (("", "nodes"), False), (("apps", "deployments"), True), (("", "pods/exec"), True),
     (("rbac.authorization.k8s.io", "clusterroles"), False), (("rbac.authorization.k8s.io", "roles"), True)],
)  # fmt: skip
def test_facts_of_resources(key: tuple[str, str], namespaced: bool) -> None:
    assert kubernetes.resources()[key].namespaced is namespaced


def test_edit_reads_secrets_through_its_aggregated_role() -> None:
    rules = kubernetes.default_cluster_roles()["system:aggregate-to-edit"]["rules"]
    assert any("secrets" in rule.get("resources", ()) and "get" in rule["verbs"] for rule in rules)
