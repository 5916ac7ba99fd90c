"""What gives nothing where it stands is told apart, and said; what gives something on one of its resources is not."""

from __future__ import annotations

import pytest

from nhilint.algebra.prove import compare
from nhilint.algebra.relations import nothing
from nhilint.algebra.values import Exceeds
from nhilint.engine.dialects import dialect
from nhilint.engine.entries import permission_entries
from nhilint.platforms.aws.questions import Policies, Question, ask
from tests.differential.pairs import permissions

BUCKET, OBJECTS = "arn:aws:s3:::b", "arn:aws:s3:::b/*"
AWS = dialect("aws")


def entries(*rows, reference=()):
    """(actions, resources, inert, why) of what the rows grant beyond those of the reference."""
    candidate, other = (
        [{"Effect": "Allow", "Action": a, "Resource": r} for a, r in side] for side in (rows, reference)
    )
    mine = permissions({"Version": "2012-10-17", "Statement": candidate})
    theirs = permissions({"Version": "2012-10-17", "Statement": other}) if other else nothing(mine)
    verdict = compare(mine, theirs, AWS.vocabulary)
    assert isinstance(verdict, Exceeds)
    found = permission_entries(verdict.residue, AWS, "the reference denies it")
    return [(entry["actions"], entry["resources"], entry["inert"], entry["why"]) for entry in found]


def test_a_bucket_action_on_objects_is_told_apart_from_an_object_action() -> None:
    live, dead = entries((["s3:GetObject", "s3:ListBucket"], OBJECTS))
    assert live == (["s3:GetObject"], [OBJECTS], False, "")
    assert dead[:3] == (["s3:ListBucket"], [OBJECTS], True)
    assert "it would be arn:aws:s3:::${BucketName}" in dead[3]


def test_both_kinds_of_actions_on_bucket_and_objects_are_one_working_grant() -> None:
    assert entries((["s3:GetObject", "s3:ListBucket"], [BUCKET, OBJECTS])) == [
        (["s3:GetObject", "s3:ListBucket"], [BUCKET, OBJECTS], False, "")
    ]


def test_two_statements_that_only_together_have_a_right_resource_for_an_action() -> None:
    found = entries(("s3:ListBucket", OBJECTS), ("s3:ListBucket", BUCKET))
    assert [(resources, inert) for _, resources, inert, _ in found] == [([BUCKET], False), ([OBJECTS], True)]


def test_the_half_of_a_grant_that_is_new_may_be_the_one_that_gives_nothing() -> None:
    found = entries(("s3:ListBucket", [BUCKET, OBJECTS]), reference=[("s3:ListBucket", BUCKET)])
    assert [(resources, inert) for _, resources, inert, _ in found] == [([OBJECTS], True)]


def test_an_action_without_resources() -> None:
    live, dead = entries((["ec2:DescribeInstances", "ec2:StartInstances"], "arn:aws:ec2:*:*:instance/*"))
    assert live[:3] == (["ec2:StartInstances"], ["arn:aws:ec2:*:*:instance/*"], False)
    assert dead[0] == ["ec2:DescribeInstances"]
    assert dead[2:] == (True, "asked for on `*` only, so a grant on a name gives nothing")


@pytest.mark.parametrize("resource", ["*", OBJECTS + "*", "arn:aws:s3:::*"])
def test_a_wide_pattern_holds_a_resource_of_the_right_form(resource: str) -> None:
    assert not any(inert for *_, inert, _ in entries(("s3:GetObject", resource)))


def test_a_wildcard_may_gain_a_use_later() -> None:
    ((actions, _, inert, why),) = entries(("s3:GetObject*", BUCKET))
    assert (actions, inert) == (["s3:GetObject*"], False)
    assert why.startswith("of the actions known on ")


def test_an_action_that_nobody_knows_is_not_called_dead() -> None:
    ((_, _, inert, why),) = entries(("s3:GetObjekt", BUCKET))
    assert not inert
    assert "did you mean `s3:GetObject" in why


@pytest.mark.parametrize("resource, odd", [(BUCKET, False), ("arn:aws:s3:::b/key", True), ("*", False)])
def test_a_question_about_a_resource_of_the_wrong_form_is_answered_and_its_assumption_said(resource, odd) -> None:
    question = Question(principal="arn:aws:iam::111122223333:role/app", action="s3:ListBucket", resource=resource)
    assumed = ask(question, Policies()).assumed
    assert [text for text in assumed if text.startswith("such a request is made at all: ")] == list(assumed[-1:]) * odd
