"""Where an access key of the tree is kept, and which requests read it there."""

from __future__ import annotations

import pytest

from nhilint.algebra.values import display
from nhilint.data import aws
from nhilint.engine.dialects import Dialects
from nhilint.graph.build import build
from nhilint.model.facts import Storage
from nhilint.model.snapshot import unite
from nhilint.platforms.aws import interpret
from nhilint.sources.load import load
from nhilint.sources.memory import MemoryTree
from nhilint.sources.options import LoadOptions

KEY = """
resource "aws_iam_user" "deployer" { name = "deployer" }
resource "aws_iam_access_key" "k" { user = aws_iam_user.deployer.name }
"""
SECRET = "aws_iam_access_key.k.secret"
PLACES = {
    'resource "aws_ssm_parameter" "p" {\nname = "/ci/key"\ntype = "SecureString"\nvalue = SECRET\n}': (
        "parameter `/ci/key`",
        "arn:aws:ssm:${region}:${account}:parameter/ci/key",
    ),
    'resource "aws_secretsmanager_secret_version" "v" {\nsecret_id = "ci"\nsecret_string = jsonencode([SECRET])\n}': (
        "secret `aws_secretsmanager_secret_version.v`",
        "arn:*:secretsmanager:*:*:secret:ci-??????",
    ),
    'resource "aws_s3_object" "o" {\nbucket = "state"\nkey = "env"\ncontent = "KEY=${SECRET}"\n}': (
        "object `env`",
        "arn:*:s3:::state/env",
    ),
    'resource "aws_lambda_function" "f" {\nfunction_name = "f"\nenvironment {\nvariables = { KEY = SECRET }\n}\n}': (
        "environment of function `f`",
        "arn:aws:lambda:${region}:${account}:function:f",
    ),
    'resource "aws_launch_template" "t" {\nname = "t"\nuser_data = base64encode("export KEY=${SECRET}")\n}': (
        "user data of launch template `t`",
        "*",
    ),
}


@pytest.mark.parametrize("block", PLACES)
def test_a_place_that_mentions_the_key_keeps_it(block: str) -> None:
    name, arn = PLACES[block]
    [found] = stored(KEY + block.replace("SECRET", SECRET))
    assert (found.identity, found.platform, found.name) == ("aws:user/deployer", "aws", name)
    assert {display(point) for _, (point,) in found.requests} == {arn}
    assert all(aws.action(action) for action, _ in found.requests)


@pytest.mark.parametrize("value", ["aws_iam_access_key.k.id", '"constant"', "aws_iam_access_key.k.encrypted_secret"])
def test_what_is_no_secret_keeps_nothing(value: str) -> None:
    block = f'resource "aws_ssm_parameter" "p" {{\nname = "p"\ntype = "String"\nvalue = {value}\n}}'
    assert not stored(KEY + block)


def test_who_reads_the_place_becomes_the_user() -> None:
    text = (
        KEY
        + next(iter(PLACES)).replace("SECRET", SECRET)
        + """
resource "aws_iam_user" "reader" { name = "reader" }
resource "aws_iam_user_policy" "reader" {
  user   = aws_iam_user.reader.name
  policy = jsonencode({ Version = "2012-10-17", Statement = [
    { Effect = "Allow", Action = "ssm:GetParameters", Resource = "arn:aws:ssm:*:*:parameter/ci/*" }
  ] })
}
resource "aws_iam_user" "other" { name = "other" }
resource "aws_iam_user_policy" "other" {
  user   = aws_iam_user.other.name
  policy = jsonencode({ Version = "2012-10-17", Statement = [
    { Effect = "Allow", Action = "ssm:GetParameters", Resource = "arn:aws:ssm:*:*:parameter/app/*" }
  ] })
}
"""
    )
    loaded = load(MemoryTree({"main.tf": text}), LoadOptions())
    graph = build(unite([interpret(loaded.documents)], loaded.unresolved, loaded.moved), Dialects())
    assert graph.path("aws:user/reader", "aws:user/deployer") is not None
    assert graph.path("aws:user/other", "aws:user/deployer") is None


def stored(text: str) -> tuple[Storage, ...]:
    loaded = load(MemoryTree({"main.tf": text}), LoadOptions())
    assert not loaded.unresolved
    return interpret(loaded.documents).storages
