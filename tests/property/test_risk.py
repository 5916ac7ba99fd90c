"""The laws of risk: only up with more actions, wider resources, fewer conditions; order and spelling are nothing."""

from __future__ import annotations

from dataclasses import replace
from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nhilint.algebra.prove import compare
from nhilint.algebra.values import Condition, Exceeds, Permissions, Scope, Statement, symbol
from nhilint.data.risk import scale
from nhilint.diff.risk import Weigher, join
from nhilint.engine.dialects import dialect
from nhilint.platforms.aws.breadth import applies, breadth
from tests.effort import times

AWS = dialect("aws")
ACCOUNT = symbol("account")
LADDERS = (
    (f"arn:aws:secretsmanager:us-east-1:{ACCOUNT}:secret:db-??????",
     f"arn:aws:secretsmanager:us-east-1:{ACCOUNT}:secret:db-*",
     f"arn:aws:secretsmanager:us-east-1:{ACCOUNT}:secret:*", f"arn:aws:secretsmanager:*:{ACCOUNT}:secret:*",
     "arn:aws:secretsmanager:*:*:secret:*", "arn:aws:secretsmanager:*", "*"),
    (f"arn:aws:iam::{ACCOUNT}:role/app", f"arn:aws:iam::{ACCOUNT}:role/app*", f"arn:aws:iam::{ACCOUNT}:role/*",
     f"arn:aws:iam::{ACCOUNT}:*", "arn:aws:iam::*:*", "arn:aws:*", "*"),
    ("arn:aws:iam::*:role/app", "arn:aws:iam::*:role/a*", "arn:aws:iam::*:role/*", "*"),
    ("arn:aws:s3:::site", "arn:aws:s3:::site*", "arn:aws:s3:::*", "arn:aws:s3*", "*"),
    ("arn:aws:s3:::site/a", "arn:aws:s3:::site/*", "arn:aws:s3:::s*/*", "arn:aws:s3:::*/*", "arn:aws:s3:::*", "*"),
    (f"arn:aws:ssm:us-east-1:{ACCOUNT}:parameter/aws/x", f"arn:aws:ssm:us-east-1:{ACCOUNT}:parameter/a*",
     f"arn:aws:ssm:us-east-1:{ACCOUNT}:parameter/*", "*"),
)  # fmt: skip
"""Each pattern holds all the ones before it."""
ACTIONS = (
    "secretsmanager:getsecretvalue", "iam:passrole", "iam:attachrolepolicy", "sts:assumerole", "s3:getobject",
    "s3:putbucketpolicy", "s3:listbucket", "s3:*", "ssm:getparameter", "kms:decrypt", "lambda:createfunction",
    "ec2:describeinstances", "logs:putlogevents", "secretsmanager:*", "s3:get*", "iam:get*", "nosuch:thing",
)  # fmt: skip
CONDITIONS = (
    Condition(operator="StringEquals", key="aws:resourcetag/team", values=("a",)),
    Condition(operator="StringEquals", key="aws:resourceaccount", values=(ACCOUNT,)),
    Condition(operator="Bool", key="aws:multifactorauthpresent", values=("true",)),
    Condition(operator="StringEquals", key="iam:passedtoservice", values=("ecs-tasks.amazonaws.com",)),
    Condition(operator="StringLike", key="aws:principalorgid", values=("o-1", "o-2")),
)
rungs = st.sampled_from(LADDERS).flatmap(
    lambda ladder: st.tuples(st.just(ladder), st.integers(0, len(ladder) - 1), st.integers(0, len(ladder) - 1))
)
statements = st.builds(
    lambda actions, rung, conditions: Statement(
        effect="allow",
        actions=tuple(actions),
        scopes=(Scope(patterns=(rung[0][rung[1]],)),),
        conditions=tuple(conditions),
    ),
    st.lists(st.sampled_from(ACTIONS), min_size=1, max_size=3, unique=True),
    rungs,
    st.lists(st.sampled_from(CONDITIONS), max_size=2, unique=True),
)
policies = st.lists(statements, max_size=3)


def holds(policy) -> Permissions:
    return Permissions(dimensions=("resource",), statements=tuple(policy))


def band(base, head) -> int:
    """The place of the band of what head allows and base does not."""
    before, after = holds(base), holds(head)
    verdict = compare(after, before, AWS.vocabulary, always=AWS.always)
    weigh = Weigher(dialect=AWS, before=before, after=after)
    parts = verdict.residue if isinstance(verdict, Exceeds) else ()
    return scale().bands.index(join(map(weigh, parts)).band)


@settings(max_examples=times(150), deadline=None)
@given(policies, policies, st.data())
def test_more_actions_never_lower_the_band(base, head, data) -> None:
    if not head:
        return
    at = data.draw(st.integers(0, len(head) - 1))
    more = replace(head[at], actions=(*head[at].actions, data.draw(st.sampled_from(ACTIONS))))
    assert band(base, [*head[:at], more, *head[at + 1 :]]) >= band(base, head)


@settings(max_examples=times(150), deadline=None)
@given(policies, st.lists(st.sampled_from(ACTIONS), min_size=1, max_size=3, unique=True), rungs)
def test_a_wider_resource_never_lowers_the_band(base, actions, rung) -> None:
    ladder, *ends = rung
    narrow, wide = (
        [Statement(effect="allow", actions=tuple(actions), scopes=(Scope(patterns=(ladder[at],)),))]
        for at in sorted(ends)
    )
    assert band(base, wide) >= band(base, narrow)


@settings(max_examples=times(150), deadline=None)
@given(policies, policies, st.data())
def test_fewer_conditions_never_lower_the_band(base, head, data) -> None:
    if not head:
        return
    at = data.draw(st.integers(0, len(head) - 1))
    free = replace(head[at], conditions=head[at].conditions[1:])
    assert band(base, [*head[:at], free, *head[at + 1 :]]) >= band(base, head)


@settings(max_examples=times(40), deadline=None)
@given(policies, policies)
def test_the_order_of_statements_is_nothing(base, head) -> None:
    assert len({band(base, list(order)) for order in permutations(head)}) == 1
    assert len({band(list(order), head) for order in permutations(base)}) == 1


@settings(max_examples=times(60), deadline=None)
@given(policies, st.randoms())
def test_a_refactor_has_no_risk(policy, random) -> None:
    apart = [replace(s, actions=(action,)) for s in policy for action in s.actions]
    random.shuffle(apart)
    assert band(policy, apart) == 0


def test_a_pattern_that_holds_another_is_at_least_as_broad() -> None:
    table = scale()
    for ladder in LADDERS:
        for action in (a for a in ACTIONS if "*" not in a):
            ranks = [table.breadths.index(breadth(pattern, action)) for pattern in ladder]
            assert ranks == sorted(ranks), (ladder, action, ranks)
            reach = [applies(pattern, action) for pattern in ladder]
            assert reach == sorted(reach), (ladder, action, reach)


def one(action: str, pattern: str, *conditions: Condition) -> list[Statement]:
    scope = Scope(patterns=(pattern,))
    return [Statement(effect="allow", actions=(action,), scopes=(scope,), conditions=conditions)]


@pytest.mark.parametrize("action", ACTIONS)
def test_no_rung_of_a_ladder_lowers_the_band_of_an_action(action: str) -> None:
    for ladder in LADDERS:
        bands = [band([], one(action, pattern)) for pattern in ladder]
        assert bands == sorted(bands), (ladder, bands)


@pytest.mark.parametrize("action", ACTIONS)
def test_no_condition_raises_the_band_of_an_action(action: str) -> None:
    for ladder in LADDERS:
        for pattern in (ladder[0], ladder[-2], ladder[-1]):
            free = band([], one(action, pattern))
            assert all(band([], one(action, pattern, clause)) <= free for clause in CONDITIONS), (action, pattern)
