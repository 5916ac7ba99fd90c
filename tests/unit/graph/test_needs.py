"""Whether some request of a need is allowed: the stars of a need stay inside their segments."""

from __future__ import annotations

import pytest

from nhilint.algebra.values import Condition, Permissions, Scope, Statement
from nhilint.engine.dialects import dialect
from nhilint.graph.needs import Holdings, Met
from nhilint.model.technique import Need

SERVICE = "ec2.amazonaws.com"
ANY_ROLE = Need(
    actions=("iam:passrole",),
    points=(("arn:*:iam::*:role/any-role-of-the-account",),),
    context=(("iam:passedtoservice", (SERVICE,)),),
)


def asked(pattern: str) -> str | None:
    """The role that may be passed where the permission to pass roles has this pattern, under a condition."""
    clause = Condition(operator="StringEquals", key="iam:passedtoservice", values=(SERVICE,))
    statement = Statement(
        effect="allow", actions=("iam:passrole",), scopes=(Scope(patterns=(pattern,)),), conditions=(clause,)
    )
    aws = dialect("aws")
    held = Permissions(dimensions=("resource",), statements=(statement,))
    holdings = Holdings(permissions=held, dialect=aws, always=aws.present("iam_role"), chosen=aws.chosen)
    answer = holdings.meet(ANY_ROLE, {})
    assert answer is None or isinstance(answer, Met)
    return answer.request.point[0] if answer is not None else None


@pytest.mark.parametrize(
    "pattern",
    ["*", "arn:aws:iam::*:role/*", "arn:aws:iam::111122223333:role/any-*", "arn:aws:iam::*:role/*-of-the-account"],
)
def test_any_role_may_be_passed(pattern: str) -> None:
    assert asked(pattern) == "arn:aws:iam::111122223333:role/any-role-of-the-account"


@pytest.mark.parametrize("pattern", ["arn:aws:iam::*:role/ecsInstanceRole*", "arn:aws:iam::*:role/service-role/*"])
def test_a_prefix_of_roles_is_not_any_role(pattern: str) -> None:
    """It was, when the star of the account could be `111122223333:role/ecsInstanceRole`."""
    assert asked(pattern) is None
