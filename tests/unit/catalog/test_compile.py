"""Roles as permission sets: conditions, policy variables, tokens and secrets of GitHub."""

from __future__ import annotations

from dataclasses import replace

import pytest

from nhilint.algebra.evaluate import decide
from nhilint.algebra.values import Request, symbol
from nhilint.catalog.compile import compile_role
from nhilint.catalog.model import Clause, Constraints, Permit, Role
from nhilint.data.github import METADATA
from tests.unit.catalog.callers import SPAN, role

THIS = f"repository/{symbol('github.repository')}"


def github(**fields: tuple[str, ...]) -> Role:
    return replace(role(platform="github"), allow=(Permit(fields=fields, span=SPAN),))


def aws(*conditions: Clause, resource: str = "*", limits: tuple[Clause, ...] = ()) -> Role:
    permit = Permit(fields={"actions": ("s3:GetObject",), "resources": (resource,)}, conditions=conditions, span=SPAN)
    return replace(role(), allow=(permit,), constraints=Constraints(conditions=limits))


def verdict(one: Role, action: str, resource: str, **bindings: tuple[str, ...]) -> str:
    return decide(compile_role(one, bindings), Request(action=action, point=(resource,))).verdict


@pytest.mark.parametrize(
    ("action", "resource", "allowed"),
    [
        ("contents:write", THIS, True),
        ("contents:read", THIS, True),
        (METADATA, THIS, True),
        ("id-token:write", THIS, True),
        ("packages:read", THIS, True),
        ("packages:write", THIS, False),
        ("contents:write", "repository/acme/other", False),
        ("secrets:read", "secret/NPM_TOKEN", True),
        ("secrets:read", "secret/OTHER", False),
        ("secrets:read", "environment/prod/secret/NPM_TOKEN", True),
        ("secrets:read", "environment/dev/secret/NPM_TOKEN", False),
    ],
)
def test_a_token_and_its_secrets(action: str, resource: str, allowed: bool) -> None:
    permissions = ("contents:write", "id-token:write", "packages:read")
    one = github(permissions=permissions, secrets=("npm_token",), environments=("prod",))
    assert (verdict(one, action, resource) == "allowed") is allowed


def test_secrets_of_an_environment_that_is_not_bound_are_none() -> None:
    one = github(secrets=("NPM_TOKEN",), environments=("<environment>",))
    assert verdict(one, "secrets:read", "environment/prod/secret/NPM_TOKEN", environment=("prod",)) == "allowed"
    assert verdict(one, "secrets:read", "secret/NPM_TOKEN") != "allowed"
    assert verdict(github(secrets=("NPM_TOKEN",)), "secrets:read", "environment/prod/secret/NPM_TOKEN") != "allowed"


@pytest.mark.parametrize(
    ("operator", "qualifier", "plain", "if_exists"),
    [
        ("StringLike", "", "StringLike", False),
        ("StringEqualsIfExists", "", "StringEquals", True),
        ("ForAllValues:StringLike", "ForAllValues", "StringLike", False),
        ("ForAnyValue:StringEqualsIfExists", "ForAnyValue", "StringEquals", True),
        ("Null", "", "Null", False),
    ],
)
def test_operators_keep_what_they_say(operator: str, qualifier: str, plain: str, if_exists: bool) -> None:
    for one in (aws((operator, "aws:TagKeys", ("a*",))), aws(limits=((operator, "aws:TagKeys", ("a*",)),))):
        (clause,) = compile_role(one, {}).statements[0].conditions
        assert (clause.qualifier, clause.operator, clause.if_exists) == (qualifier, plain, if_exists)
        assert clause.key == "aws:tagkeys"
        assert (clause.values == ("a*",)) is plain.endswith("Like")


def test_a_key_with_several_values_of_a_parameter_is_a_statement_for_each() -> None:
    one = aws(("StringEquals", "aws:ResourceTag/<tag>", ("x",)))
    keys = [s.conditions[0].key for s in compile_role(one, {"tag": ("A", "b")}).statements]
    assert keys == ["aws:resourcetag/a", "aws:resourcetag/b"]
    unknown = symbol("var.Tag")
    (statement,) = compile_role(one, {"tag": (unknown,)}).statements
    assert statement.conditions[0].key == f"aws:resourcetag/{unknown}"
    # A clause whose key is not known holds for no request.
    assert all(not s.conditions[0].values for s in compile_role(one, {}).statements)


def test_variables_of_a_policy_are_variables() -> None:
    one = aws(resource="arn:aws:s3:::home/${aws:username}/*")
    request = Request(action="s3:getobject", point=("arn:aws:s3:::home/ann/x",), context=(("aws:username", ("ann",)),))
    assert decide(compile_role(one, {}), request).verdict == "allowed"
    other = replace(request, point=("arn:aws:s3:::home/bob/x",))
    assert decide(compile_role(one, {}), other).verdict == "implicitly-denied"
    star = aws(resource="arn:aws:s3:::home/${*}")
    assert verdict(star, "s3:getobject", "arn:aws:s3:::home/ann") == "implicitly-denied"
