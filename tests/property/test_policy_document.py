"""The residue written as a policy and read back is equivalent to the union of the residue, by prover and requests."""

import json
import random

import pytest

from nhilint.algebra.boxes import left_out
from nhilint.algebra.compact import compact
from nhilint.algebra.evaluate import decide
from nhilint.algebra.prove import compare
from nhilint.algebra.values import VARIABLE, Covered, Exceeds, Permissions, Scope, Statement, Undecided, display
from nhilint.data.aws import managed_policy
from nhilint.model.node import Scalar
from nhilint.model.span import Span
from nhilint.platforms.aws import ALWAYS, SEGMENTS, SIGNED, fill, read_policy, vocabulary, write_document
from tests.differential.questions import _policy
from tests.effort import times
from tests.spec import aws

COUNT = 4 * times(40)
PLACES = (
    ("s3:GetObject", "arn:aws:s3:::bucket/home/alice/a.txt"),
    ("sqs:SendMessage", "arn:aws:sqs:us-east-1:111122223333:jobs"),
)


def read(document):
    text = Scalar(json.dumps(document), Span("policy.json", 1))
    statements, unresolved = read_policy(text, attached_to="identity", grant="policy")
    assert not unresolved, unresolved
    return Permissions(dimensions=("resource",), statements=statements)


def prove(candidate, reference):
    return compare(candidate, reference, vocabulary(), fill=fill, always=ALWAYS | SIGNED, segments=SEGMENTS)


def union(residue, candidate):
    """The cells of the residue, as far as the candidate allows."""
    cells = tuple(
        Statement(
            effect="allow",
            actions=part.actions,
            scopes=part.statement.scopes if left_out(part) else tuple(Scope(patterns=(glob,)) for glob in part.scopes),
            conditions=part.conditions,
        )
        for part in residue
        if part.actions
    )
    return Permissions(dimensions=("resource",), statements=cells, ceilings=(candidate.statements,))


def known(verdict):
    """The parts about known actions."""
    return [part for part in verdict.residue if part.actions] if isinstance(verdict, Exceeds) else []


def held_against(reference, candidate):
    """What is asked of one pair; the number of undecided steps."""
    theirs, mine = read(reference), read(candidate)
    verdict = prove(mine, theirs)
    if not isinstance(verdict, Exceeds):
        return 0
    denies = [statement for statement in mine.statements if statement.effect == "deny"]
    draft = write_document(compact(verdict.residue), denies)
    assert draft is not None
    written = read(draft.body)
    cells = union(verdict.residue, mine)
    answers = [prove(written, mine), prove(cells, written)]
    assert not isinstance(answers[0], Exceeds), (draft, answers[0])
    if not any(VARIABLE in glob for s in mine.statements for scope in s.scopes for glob in scope.patterns):
        answers.append(prove(written, cells))
        assert not known(answers[1]), (draft, answers[1])
        assert not known(answers[2]), (draft, answers[2])
    for part in verdict.residue:
        if part.actions:
            assert decide(written, part.witness).verdict == "allowed", (draft, part)
            context = {key: list(map(display, values)) for key, values in part.witness.context}
            asked = (part.witness.action, display(part.witness.point[0]), context)
            assert aws.vote([draft.body], *asked) == "allow", (draft, part)
            assert aws.vote([reference], *asked) != "allow", (draft, part)
    return sum(isinstance(answer, Undecided) for answer in answers)


@pytest.mark.parametrize("seed", range(4))
def test_random_policies(seed):
    rng, undecided = random.Random(seed), 0
    for _ in range(COUNT // 4):
        action, resource = rng.choice(PLACES)
        undecided += held_against(_policy(rng, action, resource), _policy(rng, action, resource))
    assert undecided <= COUNT // 4 / 4


MANAGED = (
    ("AmazonEC2ReadOnlyAccess", "AmazonEC2FullAccess"), ("PowerUserAccess", "AdministratorAccess"),
    ("ReadOnlyAccess", "PowerUserAccess"), ("SecurityAudit", "ViewOnlyAccess"),
    ("AmazonDynamoDBReadOnlyAccess", "AmazonDynamoDBFullAccess"),
)  # fmt: skip


@pytest.mark.parametrize(("reference", "candidate"), MANAGED)
def test_managed_policies(reference, candidate):
    assert held_against(*(json.loads(managed_policy(name)) for name in (reference, candidate))) == 0


def test_literals_and_variables_keep_their_meaning():
    row = {
        "Effect": "Allow",
        "Action": "s3:GetObject",
        "Resource": ["arn:aws:s3:::b/${aws:username}/${*}x${?}", "arn:aws:s3:::b/${$}{aws:username}"],
        "Condition": {"StringEquals": {"aws:UserAgent": "a*b"}, "StringLike": {"aws:Referer": "${*}*"}},
    }
    candidate = read({"Version": "2012-10-17", "Statement": [row]})
    verdict = prove(candidate, read({"Version": "2012-10-17", "Statement": []}))
    assert isinstance(verdict, Exceeds)
    draft = write_document(compact(verdict.residue), ())
    assert draft is not None
    written = read(draft.body)
    assert isinstance(prove(written, candidate), Covered)
    assert isinstance(prove(candidate, written), Covered)
