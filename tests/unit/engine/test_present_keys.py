"""Condition keys that no request lacks decide a comparison only where every request carries them."""

import json

import pytest

from nhilint.engine import compare_documents
from nhilint.engine.dialects import dialect
from nhilint.model.jsontext import parse_json
from nhilint.model.node import Scalar
from nhilint.model.span import Span


def verdict(reference, candidate):
    nodes = [parse_json(Scalar(json.dumps(policy), Span("p", 1))) for policy in (reference, candidate)]
    return compare_documents(*nodes, kind="aws")["verdict"]


def policy(operator, key, value, **more):
    row = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*", "Condition": {operator: {key: value}}, **more}
    return {"Version": "2012-10-17", "Statement": [row]}


@pytest.mark.parametrize(
    ("key", "operator", "value", "expected"),
    [
        ("aws:SecureTransport", "Bool", "true", "covered"),
        ("aws:CurrentTime", "DateLessThan", "2027-01-01T00:00:00Z", "covered"),
        ("aws:EpochTime", "NumericLessThan", "1800000000", "covered"),
        ("aws:RequestedRegion", "StringEquals", "eu-west-1", "covered"),
        ("aws:PrincipalArn", "ArnLike", "arn:aws:iam::111122223333:role/app", "covered"),
        ("aws:PrincipalAccount", "StringEquals", "111122223333", "covered"),
        ("aws:SourceIp", "IpAddress", "10.0.0.0/8", "exceeds"),
        ("aws:PrincipalOrgID", "StringEquals", "o-example1234", "exceeds"),
        ("aws:PrincipalTag/team", "StringEquals", "blue", "exceeds"),
        ("aws:MultiFactorAuthPresent", "Bool", "true", "exceeds"),
        ("aws:ViaAWSService", "Bool", "false", "exceeds"),
    ],
)
def test_if_exists_is_the_plain_operator_where_an_identity_can_not_lack_the_key(key, operator, value, expected):
    assert verdict(policy(operator, key, value), policy(f"{operator}IfExists", key, value)) == expected


@pytest.mark.parametrize(
    ("key", "expected"),
    [("aws:PrincipalType", "exceeds"), ("aws:userid", "exceeds"), ("aws:RequestedRegion", "covered")],
)
def test_a_resource_policy_is_also_asked_about_somebody_anonymous(key, expected):
    sides = [policy(operator, key, "x", Principal="*") for operator in ("StringEquals", "StringEqualsIfExists")]
    assert verdict(*sides) == expected


def test_a_web_identity_signs_nothing():
    def trust(operator):
        row = {"Effect": "Allow", "Action": "sts:AssumeRoleWithWebIdentity", "Principal": {"Federated": "idp"}}
        return {"Version": "2012-10-17", "Statement": [row | {"Condition": {operator: {"aws:userid": "x"}}}]}

    assert verdict(trust("StringEquals"), trust("StringEqualsIfExists")) == "exceeds"


def test_who_signs():
    aws = dialect("aws")
    for kind in ("identity", "iam_role", "iam_user"):
        assert "aws:principalarn" in aws.present(kind)
    for kind in ("resource", "trust", "resource_policy", "anyone", "service"):
        assert aws.present(kind) == aws.always
    assert dialect("kubernetes").present("service_account") == frozenset()
