"""Which issuers are shared, and which claim limits each of them."""

from __future__ import annotations

import json

import pytest

from nhilint.catalog.model import EMPTY_CATALOG
from nhilint.engine import Options, analyze
from nhilint.sources.load import LoadOptions, load
from nhilint.sources.memory import MemoryTree

GITHUB = "token.actions.githubusercontent.com"
CIRCLE = "oidc.circleci.com/org/11111111-2222-3333-4444-555555555555"


def fires(issuer: str, conditions: dict[str, str]) -> bool:
    provider = issuer if issuer == "accounts.google.com" else f"arn:aws:iam::111122223333:oidc-provider/{issuer}"
    statement = {
        "Effect": "Allow",
        "Action": "sts:AssumeRoleWithWebIdentity",
        "Principal": {"Federated": provider},
        "Condition": {"StringEquals": {f"{issuer}:{claim}": value for claim, value in conditions.items()}},
    }
    role = {"name": "ci", "assume_role_policy": json.dumps({"Version": "2012-10-17", "Statement": [statement]})}
    loaded = load(MemoryTree({"main.tf.json": json.dumps({"resource": {"aws_iam_role": {"ci": role}}})}), LoadOptions())
    analysis = analyze(
        loaded.documents,
        unresolved=loaded.unresolved,
        moved=loaded.moved,
        catalog=EMPTY_CATALOG,
        options=Options(today="2026-11-24", catalog_required=True),
    )
    return any(finding.rule == "NHI201" for finding in analysis.findings)


@pytest.mark.parametrize(
    ("issuer", "conditions"),
    [
        (GITHUB, {"aud": "sts.amazonaws.com"}),
        (f"{GITHUB}/", {"aud": "sts.amazonaws.com"}),
        ("scalr.io", {"aud": "aws"}),
        ("oidc.vercel.com", {"amr": "authenticated"}),
        ("accounts.google.com", {"email": "*"}),
    ],
)
def test_a_shared_issuer_without_its_claim(issuer: str, conditions: dict[str, str]) -> None:
    assert fires(issuer, conditions)


@pytest.mark.parametrize(
    ("issuer", "conditions"),
    [
        (GITHUB, {"sub": "repo:example/app:environment:production"}),
        ("oidc.vercel.com", {"aud": "https://vercel.com/example"}),
        ("cognito-identity.amazonaws.com", {"aud": "eu-west-1:11111111-2222-3333-4444-555555555555"}),
        ("accounts.google.com", {"aud": "100000000000000000000"}),
        # An organisation's own issuers: nobody else gets a token of them.
        (CIRCLE, {"aud": "11111111-2222-3333-4444-555555555555"}),
        (f"{GITHUB}/example-enterprise", {"aud": "sts.amazonaws.com"}),
        ("oidc.vercel.com/example", {"aud": "aws"}),
    ],
)
def test_a_limited_trust(issuer: str, conditions: dict[str, str]) -> None:
    assert not fires(issuer, conditions)
