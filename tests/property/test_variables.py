"""Policy variables: the direct evaluator and the prover against the naive evaluator, on policies as JSON."""

import json

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from nhilint.algebra.evaluate import decide
from nhilint.algebra.prove import compare
from nhilint.algebra.universe import OPEN
from nhilint.algebra.values import Covered, Exceeds, Permissions, Request, literal
from nhilint.model.node import Scalar
from nhilint.model.span import Span
from nhilint.platforms.aws.policy import read_policy
from tests.effort import times
from tests.spec import aws

ROOT = "arn:aws:s3:::b/"
RESOURCES = tuple(
    ROOT + tail
    for tail in (
        "*", "${aws:username}", "${aws:username}/*", "home/${aws:username}/*", "home/*", "home/al*", "home/alice/*",
        "home/${k:tag}/*", "${k:tag, 'none'}/*", "none/*", "${*}/x", "home/?/x", "home/${AWS:UserName}/secret",
        "home/bob/secret", "home/*/secret", "${aws:username}/${k:tag}",
    )
)  # fmt: skip
TEXTS = tuple(
    ROOT + tail
    for tail in (
        "alice", "alice/x", "home/alice/x", "home/bob/secret", "home/a/x", "none/x", "*/x", "home/alice/secret",
        "alice/bob", "bob/bob", "home/x/secret", "home/al/y", "home/",
    )
)  # fmt: skip
NAMES = ("alice", "bob", "none", "a", "*", "home/alice")
CLAUSES = (
    {}, {"StringEquals": {"aws:username": "alice"}}, {"StringEquals": {"k:tag": ["bob", "alice"]}},
    {"StringLike": {"k:tag": "${aws:username}"}}, {"StringNotEquals": {"k:tag": "${aws:username}"}},
    {"StringNotLike": {"aws:username": "a*"}}, {"Null": {"k:tag": "true"}}, {"StringEquals": {"k:owner": "${k:tag}"}},
    {"StringEqualsIfExists": {"k:owner": ["${k:tag, 'none'}", "bob"]}},
    {"ForAnyValue:StringEquals": {"k:owner": ["${aws:username}"]}},
    {"ForAllValues:StringNotEquals": {"k:owner": ["${k:tag}"]}}, {"Null": {"aws:username": "false"}},
)  # fmt: skip


@st.composite
def policies(draw):
    rows = [
        {
            "Effect": draw(st.sampled_from(("Allow", "Allow", "Deny"))),
            "Action": draw(st.sampled_from(("s3:GetObject", "s3:*", "s3:Put*"))),
            draw(st.sampled_from(("Resource", "Resource", "Resource", "NotResource"))): draw(
                st.lists(st.sampled_from(RESOURCES), min_size=1, max_size=2, unique=True)
            ),
            "Condition": draw(st.sampled_from(CLAUSES)),
        }
        for _ in range(draw(st.integers(1, 3)))
    ]
    version = draw(st.sampled_from(("2012-10-17", "2012-10-17", "2012-10-17", "2008-10-17")))
    return {"Version": version, "Statement": rows}


@st.composite
def requests(draw):
    context = {}
    for key in ("aws:username", "k:tag", "k:owner"):
        values = draw(st.lists(st.sampled_from(NAMES), max_size=1 + (key == "k:owner"), unique=True))
        if values:
            context[key] = tuple(values)
    resource = draw(st.sampled_from(TEXTS))
    action = draw(st.sampled_from(("s3:getobject", "s3:putobject")))
    return Request(action=action, point=(literal(resource),), context=tuple(sorted(context.items())))


def read(policy):
    node = Scalar(json.dumps(policy), Span("p.json", 1))
    statements, unresolved = read_policy(node, attached_to="identity", grant="g")
    assert not unresolved
    return Permissions(dimensions=("resource",), statements=statements)


def naive(policy, request):
    resource = request.point[0].replace("\ue010", "*").replace("\ue011", "?")
    return aws.allowed([policy], request.action, resource, dict(request.context))


SLOW = settings(max_examples=times(500), deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)


@SLOW
@given(policies(), requests())
def test_decide_equals_the_naive_evaluator(policy, request):
    assert (decide(read(policy), request).verdict == "allowed") == naive(policy, request)


@SLOW
@given(policies(), policies(), st.data())
def test_verdicts_hold_for_real_values(candidate, reference, data):
    verdict = compare(read(candidate), read(reference), OPEN)
    if isinstance(verdict, Exceeds):
        for part in verdict.residue:
            assert naive(candidate, part.witness), (part.witness, candidate)
            assert not naive(reference, part.witness), (part.witness, reference)
    elif isinstance(verdict, Covered):
        for _ in range(40):
            request = data.draw(requests())
            assert not naive(candidate, request) or naive(reference, request), (request, candidate, reference)
    else:
        assert {reason.kind for reason in verdict.reasons} <= {"coupled-variable", "mixed-operators"}


@SLOW
@given(policies())
def test_everything_covers_itself(policy):
    assert isinstance(compare(read(policy), read(policy), OPEN), Covered)
