"""The example of a gain is the action that says most of it."""

from __future__ import annotations

import pytest

from nhilint.algebra.prove import compare
from nhilint.algebra.relations import nothing
from nhilint.algebra.values import Exceeds
from nhilint.platforms.aws import fill, vocabulary
from nhilint.platforms.aws.classes import telling
from tests.differential.pairs import permissions


@pytest.mark.parametrize(
    "actions, pattern, expected",
    [
        ("acm:describecertificate cloudtrail:stoplogging s3:putobject", "*", "cloudtrail:stoplogging"),
        ("s3:listbucket s3:putobject", "arn:aws:s3:::b/*", "s3:putobject"),
        # What works on nothing of that name is no example.
        ("s3:getobject iam:createpolicyversion", "arn:aws:s3:::b/*", "s3:getobject"),
        ("iam:createpolicyversion", "arn:aws:s3:::b/*", ""),
        ("nosuch:thing sqs:listqueues", "*", "sqs:listqueues"),
    ],
)
def test_the_worst_class_then_the_worst_level(actions: str, pattern: str, expected: str) -> None:
    assert telling(tuple(actions.split()), pattern) == ((expected,) if expected else ())


def test_the_witness_of_everything_is_worth_reading() -> None:
    document = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
    everything = permissions(document)
    verdict = compare(everything, nothing(everything), vocabulary(), fill=fill)
    assert isinstance(verdict, Exceeds)
    ((shown,),) = [telling(part.actions, "*") for part in verdict.residue]
    assert [part.witness.action for part in verdict.residue] == [shown]
    assert shown != min(vocabulary().all())
