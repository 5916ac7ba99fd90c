"""How much of the world a resource pattern is, action by action."""

from __future__ import annotations

import pytest

from nhilint.algebra.values import Condition, symbol, variable
from nhilint.platforms.aws.breadth import applies, breadth, narrowed, noun

ACCOUNT = symbol("account")
BUCKET = symbol("aws_s3_bucket.b.arn")


@pytest.mark.parametrize(
    "pattern, action, expected",
    [
        ("arn:aws:sqs:us-east-1:111122223333:orders", "sqs:sendmessage", "one"),
        (f"arn:aws:sqs:us-east-1:{ACCOUNT}:orders", "sqs:sendmessage", "one"),
        (f"{BUCKET}", "s3:listbucket", "one"),
        (f"arn:aws:iam::{ACCOUNT}:user/{variable('aws:username')}", "iam:createaccesskey", "one"),
        # The six letters that Secrets Manager adds to a name.
        (f"arn:aws:secretsmanager:us-east-1:{ACCOUNT}:secret:db-??????", "secretsmanager:getsecretvalue", "one"),
        (f"arn:aws:secretsmanager:us-east-1:{ACCOUNT}:secret:db-*", "secretsmanager:getsecretvalue", "prefix"),
        ("arn:aws:s3:::site/*", "s3:getobject", "prefix"),
        (f"{BUCKET}/*", "s3:getobject", "prefix"),
        ("arn:aws:sqs:*:111122223333:orders", "sqs:sendmessage", "prefix"),
        (f"arn:aws:iam::{ACCOUNT}:role/app-*", "iam:passrole", "prefix"),
        (f"arn:aws:iam::{ACCOUNT}:role/*", "iam:passrole", "type"),
        (f"arn:aws:iam::{ACCOUNT}:*", "iam:passrole", "type"),
        (f"arn:aws:secretsmanager:*:{ACCOUNT}:secret:*", "secretsmanager:getsecretvalue", "type"),
        (f"arn:aws:kms:us-east-1:{ACCOUNT}:key/*", "kms:decrypt", "type"),
        ("arn:aws:s3:::*", "s3:getobject", "type"),
        # IAM entities can not be shared: a star is the own account, however it is written.
        ("*", "iam:passrole", "account"),
        ("arn:aws:iam::*:role/*", "iam:passrole", "type"),
        ("arn:aws:*:*:*:*", "iam:passrole", "account"),
        # What knows no resources is about the account.
        ("*", "s3:putaccountpublicaccessblock", "account"),
        # Other accounts can share a bucket, a key or a secret, and let their roles be assumed.
        ("*", "kms:decrypt", "cross-account"),
        ("arn:aws:kms:*:*:key/*", "kms:decrypt", "cross-account"),
        ("arn:aws:iam::*:role/deploy", "sts:assumerole", "cross-account"),
        ("arn:aws:sqs:*:*:orders-*", "sqs:sendmessage", "prefix"),
        # An action that the data does not know may be on any resource of its service.
        ("arn:aws:sqs:us-east-1:111122223333:*", "sqs:nosuchaction", "type"),
        ("*", "nosuch:thing", "account"),
    ],
)  # fmt: skip
def test_breadth(pattern: str, action: str, expected: str) -> None:
    assert breadth(pattern, action) == expected


@pytest.mark.parametrize(
    "pattern, action, expected",
    [
        ("arn:aws:s3:::b/*", "s3:getobject", True),
        ("arn:aws:s3:::b/*", "s3:putbucketpolicy", False),
        ("arn:aws:s3:::b*", "s3:putbucketpolicy", True),
        ("arn:aws:s3:::b", "s3:getobject", False),
        ("arn:aws:sqs:*:*:q", "secretsmanager:getsecretvalue", False),
        ("arn:aws:s3:::b", "s3:putaccountpublicaccessblock", False),
        ("*", "s3:putaccountpublicaccessblock", True),
        ("arn:aws:s3:::b", "s3:nosuchaction", True),
        # The slash of a bucket's pattern is one of an object, not of an access point with an odd account.
        ("arn:aws:s3:::b/*", "s3:listbucket", False),
        ("arn:aws:s3:us-east-1:111122223333:accesspoint/a", "s3:listbucket", True),
        # What is not known may be anything; what is known of it counts.
        (symbol("var.resource"), "s3:getobject", True),
        (symbol("var.resource"), "s3:putaccountpublicaccessblock", True),
        (f"arn:aws:s3:::{symbol('var.path')}", "s3:getobject", True),
        (f"arn:aws:s3:::{variable('aws:principaltag/a')}", "s3:getobject", True),
        (f"arn:aws:s3:::{variable('aws:principaltag/a')}", "s3:listbucket", True),
        (BUCKET, "s3:getobject", False),
        (BUCKET, "s3:listbucket", True),
        (f"{BUCKET}/*", "s3:getobject", True),
        (f"{BUCKET}/*", "s3:listbucket", False),
        (f"arn:aws:s3:::{symbol('module.m.aws_s3_bucket.b[0].id')}", "s3:getobject", False),
        (f"arn:aws:s3:::{symbol('module.m.aws_s3_bucket.b[0].id')}/*", "s3:getobject", True),
        (f"arn:{symbol('partition')}:s3:::b", "s3:getobject", False),
        (f"arn:{symbol('partition')}:s3:::b/*", "s3:getobject", True),
        (symbol("aws_kms_key.k.arn"), "s3:putaccountpublicaccessblock", False),
        (symbol("aws_kms_key.k.arn"), "kms:decrypt", True),
        # An alias is no key, a role is no bucket, letter case is not looked at.
        (f"arn:aws:kms:us-east-1:{ACCOUNT}:alias/a", "kms:decrypt", False),
        (f"arn:aws:iam::{ACCOUNT}:role/a", "s3:getobject", False),
        ("arn:aws:iam:us-east-1:111122223333:role/a", "iam:getrole", False),
        ("arn:aws:apprunner:us-east-1:111122223333:VPCCONNECTOR/a/1/b", "apprunner:deletevpcconnector", True),
        # A type with two forms.
        ("arn:aws:apigateway:us-east-1::/restapis/a/stages/b", "apigateway:removecertificatefromdomain", False),
        ("arn:aws:lex:us-east-1:111122223333:bot:a", "lex:deletebot", True),
        # The revision may be missing, the name may not.
        ("arn:aws:ecs:eu-west-1:111122223333:task-definition/a", "ecs:runtask", True),
        ("arn:aws:ecs:eu-west-1:111122223333:cluster/a", "ecs:runtask", False),
        ("arn:aws:sqs:eu-west-1:111122223333", "sqs:sendmessage", False),
        # AWS grants them there itself, whatever its reference lists.
        ("arn:aws:logs:*:*:log-group::log-stream:*", "logs:describeloggroups", True),
        (symbol("aws_cloudwatch_log_group.g.arn"), "logs:describeloggroups", True),
        ("arn:aws:ssm:*:*:parameter/a", "logs:describeloggroups", False),
        ("arn:aws:codestar-connections:*:*:connection/a", "codeconnections:useconnection", True),
        ("arn:aws:sagemaker:eu-west-1:111122223333:mlflow-app/a", "sagemaker-mlflow:getrun", True),
        ("arn:aws:sagemaker:eu-west-1:111122223333:pipeline/a", "sagemaker-mlflow:getrun", False),
        ("arn:aws:waf-regional:*:*:*", "waf-regional:getwebaclforresource", True),
        ("?", "s3:putaccountpublicaccessblock", True),
    ],
)
def test_an_action_applies_where_its_resources_can_have_such_a_name(pattern: str, action: str, expected: bool) -> None:
    assert applies(pattern, action) is expected


@pytest.mark.parametrize(
    "operator, key, values, more, expected",
    [
        ("StringEquals", "aws:resourcetag/team", ("a",), {}, "prefix"),
        ("StringEquals", "ec2:resourcetag/team", ("a",), {}, "prefix"),
        ("StringEquals", "aws:resourceaccount", ("111122223333",), {}, "account"),
        ("StringLike", "aws:resourcetag/team", ("*",), {}, ""),
        ("StringNotEquals", "aws:resourcetag/team", ("a",), {}, ""),
        ("StringEquals", "aws:resourcetag/team", ("a",), {"if_exists": True}, ""),
        ("StringEquals", "aws:resourcetag/team", ("a",), {"qualifier": "ForAllValues"}, ""),
        ("IpAddress", "aws:sourceip", ("10.0.0.0/8",), {}, ""),
    ],
)  # fmt: skip
def test_only_a_positive_condition_on_the_resource_narrows(operator, key, values, more, expected) -> None:
    clause = Condition(operator=operator, key=key, values=values, **more)
    assert narrowed((clause,))[0] == expected


def test_what_people_call_it() -> None:
    assert noun(["secretsmanager:getsecretvalue"], "*") == "secret"
    assert noun(["ssm:getparameter", "ssm:getparameters"], "*") == "parameter"
    assert noun(["s3:getobject"], "*") == "object"
    assert noun(["s3:getobject", "iam:passrole"], "*") == "resource"
    assert noun(["sqs:nosuchaction"], "*") == "resource"
    # It tags documents, parameters, tasks and more: none of them is what all of it is about.
    assert noun(["ssm:addtagstoresource"], "*") == "resource"
    balancer = "arn:aws:elasticloadbalancing:*:*:loadbalancer/app/*/*"
    assert noun(["wafv2:disassociatewebacl"], balancer) == "loadbalancer app"
