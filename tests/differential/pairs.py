"""Pairs of policies that the algebra and an SMT solver are both asked about: AWS managed ones, and random ones."""

from __future__ import annotations

import json
import random
from typing import Any

from nhilint.algebra.values import Permissions
from nhilint.data.pack import open_pack
from nhilint.model.node import Scalar
from nhilint.model.span import Span
from nhilint.platforms.aws import read_policy
from tests.spec import smt
from tests.spec.aws import as_list

Policy = dict[str, Any]
_ACTIONS = ("*", "s3:*", "s3:Get*", "s3:GetObject", "s3:PutObject", "s3:?etObject*", "s3:*Object", "sqs:*",
            "sqs:SendMessage", "sqs:*Message*", "ec2:Describe*")  # fmt: skip
_RESOURCES = ("*", "arn:aws:s3:::logs-*", "arn:aws:s3:::logs-*/*", "arn:aws:s3:::logs-a/*", "arn:aws:s3:::*/public/*",
              "arn:aws:s3:::logs-?/x", "arn:aws:sqs:*:111122223333:*", "arn:aws:sqs:us-east-1:*:jobs-*",
              "arn:aws:s3:::logs-a/public/2026", "arn:aws:s3:::*-a/*", "arn:*:s3:::*")  # fmt: skip
_CLAUSES = (
    {"StringEquals": {"aws:PrincipalTag/team": ["blue"]}}, {"StringEquals": {"aws:PrincipalTag/team": ["blue", "red"]}},
    {"StringLike": {"aws:PrincipalTag/team": ["b*"]}}, {"StringNotLike": {"aws:PrincipalTag/team": ["*e", "r*"]}},
    {"StringNotEquals": {"aws:PrincipalTag/team": ["red"]}}, {"Bool": {"aws:SecureTransport": ["true"]}},
    {"StringLikeIfExists": {"aws:PrincipalTag/team": ["*e*"]}}, {"Null": {"aws:PrincipalTag/team": ["false"]}},
    {"IpAddress": {"aws:SourceIp": ["10.0.0.0/8"]}}, {"IpAddress": {"aws:SourceIp": ["10.1.0.0/16", "2001:db8::/32"]}},
    {"NotIpAddress": {"aws:SourceIp": ["10.1.0.0/16"]}}, {"NumericLessThan": {"aws:MultiFactorAuthAge": ["300"]}},
    {"NumericGreaterThanEquals": {"aws:MultiFactorAuthAge": ["300"]}}, {"ArnLike": {"aws:SourceArn": ["arn:aws:s3:*"]}},
    {"ArnNotLike": {"aws:SourceArn": ["arn:aws:s3:::logs-*"]}}, {"ArnEquals": {"aws:SourceArn": ["arn:aws:s3:::l*"]}},
)  # fmt: skip


def permissions(policy: Policy) -> Permissions:
    """The policy as the product reads it."""
    text = Scalar(json.dumps(policy), Span("policy.json", 1))
    statements, unresolved = read_policy(text, attached_to="identity", grant="policy")
    assert not unresolved
    return Permissions(dimensions=("resource",), statements=statements)


def random_pairs(count: int, seed: int) -> list[tuple[Policy, Policy]]:
    """Small policies; the reference of a pair is often the candidate with something changed."""
    rng = random.Random(seed)
    found = []
    for _ in range(count):
        rows = [_statement(rng) for _ in range(rng.randint(1, 4))]
        rows[0]["Effect"] = "Allow"
        others = [_statement(rng) for _ in range(rng.randint(1, 3))]
        if rng.random() < 0.7:
            others += [_changed(rng, row) for row in rows]
        found.append(({"Version": "2012-10-17", "Statement": rows}, {"Version": "2012-10-17", "Statement": others}))
    return found


def _statement(rng: random.Random) -> Policy:
    row: Policy = {"Effect": rng.choice(("Allow", "Allow", "Deny"))}
    row["NotAction" if rng.random() < 0.1 else "Action"] = rng.sample(_ACTIONS, rng.randint(1, 3))
    row["NotResource" if rng.random() < 0.15 else "Resource"] = rng.sample(_RESOURCES, rng.randint(1, 2))
    if rng.random() < 0.5:
        row["Condition"] = rng.choice(_CLAUSES)
    return row


def _changed(rng: random.Random, row: Policy) -> Policy:
    new = dict(row)
    match rng.randrange(4):
        case 0:
            new.pop("Condition", None)
        case 1 if "Resource" in new:
            new["Resource"] = [rng.choice(("*", "arn:*:s3:::*", *new["Resource"]))]
        case 2 if "Action" in new:
            new["Action"] = [*new["Action"], rng.choice(_ACTIONS)]
    return new


def managed_pairs(count: int, seed: int) -> list[tuple[Policy, Policy]]:
    """Ordered pairs of AWS managed policies that speak of one service and that the SMT encoding can say.

    The service is that of the first action: pairs of different services differ by their first names, which would say
    little about either side.
    """
    groups: dict[str, list[Policy]] = {}
    pack = open_pack("managed.pack")
    for bucket in sorted(pack.names()):
        for _, row in sorted(pack.block(bucket).items()):
            policy = row["document"]
            first = as_list(policy["Statement"])[0]
            service = as_list(first.get("Action", ["*"]))[0].partition(":")[0]
            if _sayable(policy):
                groups.setdefault(service, []).append(policy)
    rng, found = random.Random(seed), []
    wide = [group for _, group in sorted(groups.items()) if len(group) > 1]
    while len(found) < count:
        mine, theirs = rng.sample(rng.choice(wide), 2)
        found.append((mine, theirs))
    return found


def _sayable(policy: Policy) -> bool:
    try:
        smt.allows(smt.Asked(), policy)
    except smt.Unsupported:
        return False
    return True
