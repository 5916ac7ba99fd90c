"""The tables of risk: every row names something that exists, has a source, and no wider breadth has a lower band."""

from __future__ import annotations

from itertools import pairwise

import pytest

from nhilint.data import aws
from nhilint.data.kubernetes import resources
from nhilint.data.risk import aws_risk, github_risk, kubernetes_risk, scale
from nhilint.platforms.github.words import SCOPES

AWS_ROWS = [*aws_risk().classes, *aws_risk().launchers]
PATTERNS = sorted({action for row in AWS_ROWS for action in row.actions})
WITHOUT_RESOURCE = {("", "users"), ("", "groups"), ("certificates.k8s.io", "signers")}
"""Names that only authorization knows; the API serves no resource of that name.

https://kubernetes.io/docs/reference/access-authn-authz/rbac/#restrictions-on-role-creation-or-update
"""
SPECIAL_VERBS = {"bind", "escalate", "impersonate", "approve", "sign"}


@pytest.mark.parametrize("pattern", PATTERNS)
def test_every_action_pattern_names_a_known_action(pattern: str) -> None:
    vocabulary = aws.AwsVocabulary()
    assert vocabulary.expand(pattern.lower())
    if "*" not in pattern:
        assert vocabulary.spell(pattern.lower()) == pattern


def test_every_class_has_a_weight_and_a_member() -> None:
    used = {row.name for row in AWS_ROWS} | {row.name for row in (*kubernetes_risk(), *github_risk())}
    assert used == set(scale().classes)
    assert {row.weight for row in scale().classes.values()} <= set(scale().weights)


@pytest.mark.parametrize("row", [*AWS_ROWS, *kubernetes_risk(), *github_risk()], ids=lambda row: row.source)
def test_every_row_has_a_vendor_page(row: object) -> None:
    source = getattr(row, "source", "")
    assert source.startswith(
        ("https://docs.aws.amazon.com/", "https://kubernetes.io/docs/", "https://docs.github.com/")
    )


@pytest.mark.parametrize("row", aws_risk().harmless, ids=lambda row: row.resources[0])
def test_every_exception_takes_something_off_its_class(row) -> None:
    vocabulary = aws.AwsVocabulary()
    members = {
        n for r in aws_risk().classes if r.name == row.name for p in r.actions for n in vocabulary.expand(p.lower())
    }
    assert all(members & set(vocabulary.expand(pattern.lower())) for pattern in row.actions)
    assert row.source.startswith("https://docs.aws.amazon.com/")


def test_every_github_row_names_what_a_token_can_be_given() -> None:
    named = [action for row in github_risk() for action in row.actions]
    assert set(named) <= set(SCOPES.all())
    assert len(named) == len(set(named))


def test_no_action_stands_twice_in_one_class() -> None:
    seen = [(row.name, action) for row in aws_risk().classes for action in row.actions]
    assert len(seen) == len(set(seen))


@pytest.mark.parametrize("row", kubernetes_risk(), ids=lambda row: f"{row.name} {row.resources[0]}")
def test_every_kubernetes_row_names_a_resource_with_these_verbs(row) -> None:
    for name in row.resources:
        if (row.group, name) in WITHOUT_RESOURCE:
            continue
        known = resources()[(row.group, name)]
        assert set(row.verbs) <= set(known.verbs) | SPECIAL_VERBS


@pytest.mark.parametrize("weight", scale().weights)
def test_a_wider_breadth_never_has_a_lower_band(weight: str) -> None:
    table = scale()
    ranks = [table.bands.index(table.weights[weight][breadth]) for breadth in table.breadths]
    assert all(a <= b for a, b in pairwise(ranks))
    assert min(ranks) > 0


def test_a_wider_wildcard_never_weighs_less() -> None:
    table = scale()
    for breadth in table.breadths:
        bands = [table.weights[table.future[reach]][breadth] for reach in ("verb", "service", "everything")]
        assert bands == sorted(bands, key=table.bands.index)


def test_every_level_of_the_data_has_a_weight() -> None:
    levels = {row.level for service in aws.services() for row in aws.actions(service).values()}
    assert levels <= set(scale().levels)


def test_every_crossing_service_is_known() -> None:
    assert aws_risk().crossing <= set(aws.services())


@pytest.mark.parametrize(
    "action, name",
    [
        ("secretsmanager:GetSecretValue", "secret-read"), ("ssm:GetParametersByPath", "secret-read"),
        ("s3:GetObject", "data-read"), ("dynamodb:Scan", "data-read"), ("rds-data:ExecuteStatement", "data-read"),
        ("kms:Decrypt", "key-use"), ("kms:PutKeyPolicy", "sharing"), ("s3:PutBucketPolicy", "sharing"),
        ("iam:AttachRolePolicy", "identity-write"), ("iam:UpdateAssumeRolePolicy", "identity-write"),
        ("iam:PassRole", "role-passing"), ("sts:AssumeRole", "becoming-somebody"),
        ("iam:DeleteRolePermissionsBoundary", "guardrail-tampering"),
        ("cloudtrail:StopLogging", "guardrail-tampering"), ("guardduty:DeleteDetector", "guardrail-tampering"),
        ("config:StopConfigurationRecorder", "guardrail-tampering"),
        ("securityhub:DisableSecurityHub", "guardrail-tampering"),
        ("organizations:DetachPolicy", "guardrail-tampering"),
        ("ec2:ModifyInstanceAttribute", "code-execution"), ("ecr:PutImage", "code-execution"),
        ("codebuild:StartBuild", "code-execution"), ("lambda:UpdateFunctionCode", "code-execution"),
        ("lambda:CreateFunction", "compute-with-role"), ("bedrock:CreateAgent", "compute-with-role"),
    ],
)  # fmt: skip
def test_class_of_well_known_actions(action: str, name: str) -> None:
    vocabulary = aws.AwsVocabulary()
    found = {r.name for r in AWS_ROWS for p in r.actions if action.lower() in vocabulary.expand(p.lower())}
    assert name in found
