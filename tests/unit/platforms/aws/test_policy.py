"""Policy documents to statements: nothing vanishes, names fold, values keep their letters."""

from __future__ import annotations

import json
from typing import Literal

import pytest

from nhilint.algebra.values import LITERAL_STAR, Statement
from nhilint.model.facts import Unresolved
from nhilint.model.node import Scalar
from nhilint.model.span import Span
from nhilint.platforms.aws import read_policy


def read(
    *statements: object, attached_to: Literal["identity", "trust", "resource"] = "identity"
) -> tuple[tuple[Statement, ...], tuple[Unresolved, ...]]:
    text = json.dumps({"Version": "2012-10-17", "Statement": list(statements)})
    return read_policy(Scalar(text, Span("p.json", 1)), attached_to=attached_to, grant="g")


ALLOW = {"Effect": "Allow", "Action": "S3:GetObject", "Resource": "arn:aws:s3:::B/*"}


def test_actions_fold_and_resources_do_not() -> None:
    (statement,), unresolved = read(ALLOW)
    assert statement.actions == ("s3:getobject",)
    assert statement.scopes[0].patterns == ("arn:aws:s3:::B/*",)
    assert not unresolved


def test_not_action_is_negated() -> None:
    (statement,), _ = read({"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"})
    assert statement.actions == ("iam:*",)
    assert statement.actions_negated


def test_a_star_under_string_equals_is_a_literal() -> None:
    (statement,), _ = read({**ALLOW, "Condition": {"StringEquals": {"aws:PrincipalTag/team": "a*"}}})
    assert statement.conditions[0].values == ("a" + LITERAL_STAR,)


@pytest.mark.parametrize("wrong", [{"Condition": {"StringSounds": {"a": "b"}}}, {"action": "s3:*"}])
def test_what_can_not_be_read_is_said(wrong: dict[str, object]) -> None:
    statements, unresolved = read({**ALLOW, **wrong})
    assert unresolved or any(s.undecided for s in statements)


def test_broken_json_is_said() -> None:
    _, unresolved = read_policy(Scalar("{", Span("p.json", 1)), attached_to="identity", grant="g")
    assert unresolved
