"""Known ways from AWS permissions to administrator: facts as data, each with the page that documents it.

A technique is listed here only when its requests, allowed together and without a condition, suffice. The resource
is the identity's own ARN (`{self}`) or the generic one of its type. A role is in no group and has no user's policies,
nor a user a role's: for them such a request changes somebody else.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from nhilint.algebra.values import literal
from nhilint.data.techniques import technique_rows
from nhilint.model.dialect import Technique
from nhilint.model.facts import Identity
from nhilint.model.technique import Technique as Known
from nhilint.model.technique import read_techniques

_PAGES = "https://pathfinding.cloud/paths/"
_OWN = "{self}"
_ANY_ROLE = "arn:aws:iam::111122223333:role/any-role-of-the-account"
_ANY_USER = "arn:aws:iam::111122223333:user/any-user-of-the-account"
_ANY_GROUP = "arn:aws:iam::111122223333:group/any-group-of-the-account"
_ANY_POLICY = "arn:aws:iam::111122223333:policy/any-policy-of-the-account"

_ROLES = frozenset({"iam_role", "permission_set", "module_call"})
_USERS = frozenset({"iam_user", "iam_group"})
"""Kinds of identities, for what leads only the others to more."""

ADMIN: tuple[tuple[str, tuple[str, ...]], ...] = (("*", ("*",)),)


def _technique(
    id: str,
    title: str,
    *requests: tuple[str, str],
    yields: str = "administrator",
    not_for: frozenset[str] = frozenset(),
) -> Technique:
    points = tuple((action.lower(), (point,)) for action, point in requests)
    return Technique(
        id=id,
        title=title,
        requests=points,
        not_for=not_for,
        yields=f"aws:{yields}",
        reference="" if id.endswith("-all") else f"{_PAGES}{id}",
    )


TECHNIQUES: tuple[Technique, ...] = (
    _technique("iam-001", "may rewrite any customer-managed policy", ("iam:CreatePolicyVersion", _ANY_POLICY)),
    _technique("iam-002", "may make an access key for any user", ("iam:CreateAccessKey", _ANY_USER)),
    _technique("iam-004", "may set a console password for any user", ("iam:CreateLoginProfile", _ANY_USER)),
    _technique("iam-005", "may write an inline policy onto itself", ("iam:PutRolePolicy", _OWN), not_for=_USERS),
    _technique("iam-006", "may change the console password of any user", ("iam:UpdateLoginProfile", _ANY_USER)),
    _technique("iam-007", "may write an inline policy onto itself", ("iam:PutUserPolicy", _OWN), not_for=_ROLES),
    _technique("iam-008", "may attach any policy to itself", ("iam:AttachUserPolicy", _OWN), not_for=_ROLES),
    _technique("iam-009", "may attach any policy to itself", ("iam:AttachRolePolicy", _OWN), not_for=_USERS),
    _technique("iam-010", "may attach any policy to any group", ("iam:AttachGroupPolicy", _ANY_GROUP), not_for=_ROLES),
    _technique(
        "iam-011", "may write an inline policy onto any group", ("iam:PutGroupPolicy", _ANY_GROUP), not_for=_ROLES
    ),
    _technique("iam-012", "may rewrite the trust of any role", ("iam:UpdateAssumeRolePolicy", _ANY_ROLE)),
    _technique("iam-013", "may add itself to any group", ("iam:AddUserToGroup", _ANY_GROUP), not_for=_ROLES),
    _technique(
        "ec2-001",
        "may start an instance that runs as any role",
        ("iam:PassRole", _ANY_ROLE),
        ("ec2:RunInstances", "arn:aws:ec2:us-east-1:111122223333:instance/i-any"),
    ),
    _technique(
        "lambda-001",
        "may make and run a function as any role",
        ("iam:PassRole", _ANY_ROLE),
        ("lambda:CreateFunction", "arn:aws:lambda:us-east-1:111122223333:function:any"),
        ("lambda:InvokeFunction", "arn:aws:lambda:us-east-1:111122223333:function:any"),
    ),
    _technique(
        "cloudformation-001",
        "may deploy a stack that acts as any role",
        ("iam:PassRole", _ANY_ROLE),
        ("cloudformation:CreateStack", "arn:aws:cloudformation:us-east-1:111122223333:stack/any/any"),
    ),
    _technique(
        "codebuild-001",
        "may run a build as any role",
        ("iam:PassRole", _ANY_ROLE),
        ("codebuild:CreateProject", "arn:aws:codebuild:us-east-1:111122223333:project/any"),
        ("codebuild:StartBuild", "arn:aws:codebuild:us-east-1:111122223333:project/any"),
    ),
    _technique(
        "ecs-004",
        "may run a task as any role",
        ("iam:PassRole", _ANY_ROLE),
        ("ecs:RegisterTaskDefinition", "*"),
        ("ecs:RunTask", "arn:aws:ecs:us-east-1:111122223333:task-definition/any:1"),
    ),
    _technique(
        "secrets-all",
        "may read every secret of Secrets Manager",
        ("secretsmanager:GetSecretValue", "arn:aws:secretsmanager:us-east-1:111122223333:secret:any-secret"),
        yields="every-secret",
    ),
    _technique(
        "parameters-all",
        "may read every parameter of Parameter Store",
        ("ssm:GetParameter", "arn:aws:ssm:us-east-1:111122223333:parameter/any-parameter-of-the-account"),
        yields="every-parameter",
    ),
)


def own_point(name: str, aliases: tuple[str, ...]) -> str:
    """The identity's own ARN as a request would name it; a made-up one when the tree does not say it."""
    for alias in aliases:
        if alias.startswith("arn:"):
            return alias
    return f"arn:aws:iam::111122223333:role/{name}"


@cache
def table() -> tuple[Known, ...]:
    """Every known technique of AWS."""
    return read_techniques(map(_asked, technique_rows("aws")), str.lower)


def variables(identity: Identity) -> Mapping[str, str]:
    """The words of an identity: `arn`, `name`, and its ARN once more under what it is (`role`, `user`, `group`).

    A role that a module outside the checkout makes has the permissions it is given and no ARN that is known.
    """
    found = {"name": identity.name}
    arn = next((alias for alias in identity.aliases if alias.startswith("arn:")), "")
    what = _WHAT.get(identity.kind, "")
    if not arn and what:
        arn = f"arn:*:iam::*:{what}/{literal(identity.name)}" if identity.external else f"arn:*:iam::*:{what}/*"
    if arn:
        found["arn"] = arn
        if what:
            found[what] = arn
    return found


_WHAT = {"iam_role": "role", "iam_user": "user", "iam_group": "group", "module_call": "role"}
"""Kind of identity to the type of resource it is to IAM; a reserved role of a permission set can not be changed."""


def _asked(row: Mapping[str, Any]) -> Mapping[str, Any]:
    """The row with its points as patterns: `*` alone is the one name that an action without resources is asked on."""
    return {**row, "need": [{**need, "points": list(_points(need))} for need in row["need"]]}


def _points(need: Mapping[str, Any]) -> Iterator[tuple[str, ...]]:
    return ((literal("*"),) if point == ["*"] else tuple(point) for point in need["points"])
