"""Random questions about one request through all layers of AWS, directed so that most of them mean something."""

from __future__ import annotations

import random
from typing import Any

OWN, OTHER = "111122223333", "444455556666"
USER = f"arn:aws:iam::{OWN}:user/alice"
ROLE = f"arn:aws:iam::{OWN}:role/app"
SESSION = f"arn:aws:sts::{OWN}:assumed-role/app/run-7"
ROOT = f"arn:aws:iam::{OWN}:root"
REQUESTS = (
    ("s3:GetObject", "arn:aws:s3:::bucket/home/alice/a.txt"),
    ("s3:PutObject", "arn:aws:s3:::bucket/logs/2026/x"),
    ("s3:ListBucket", "arn:aws:s3:::bucket"),
    ("dynamodb:GetItem", "arn:aws:dynamodb:us-east-1:{account}:table/orders"),
    ("dynamodb:PutItem", "arn:aws:dynamodb:eu-west-1:{account}:table/orders"),
    ("sqs:SendMessage", "arn:aws:sqs:us-east-1:{account}:jobs"),
    ("secretsmanager:GetSecretValue", "arn:aws:secretsmanager:us-east-1:{account}:secret:app/key-AbCdEf"),
    ("lambda:InvokeFunction", "arn:aws:lambda:us-east-1:{account}:function:resize"),
    ("sns:Publish", "arn:aws:sns:us-east-1:{account}:alarms"),
    ("iam:CreateUser", "arn:aws:iam::{account}:user/team/bob"),
    ("ec2:DescribeInstances", "*"),
    ("kms:Decrypt", "arn:aws:kms:us-east-1:{account}:key/1234abcd-12ab-34cd-56ef-1234567890ab"),
    ("sts:AssumeRole", "arn:aws:iam::{account}:role/target"),
)
WITHOUT_RESOURCE_POLICY = frozenset({"iam:CreateUser", "ec2:DescribeInstances"})
VALUES: dict[str, tuple[str, ...]] = {
    "aws:PrincipalTag/team": ("blue", "red", "Blue", "*"),
    "aws:ResourceTag/team": ("blue", "red"),
    "aws:SourceIp": ("10.1.2.3", "10.9.9.9", "203.0.113.7", "2001:db8::7"),
    "aws:SecureTransport": ("true", "false"),
    "aws:MultiFactorAuthAge": ("10", "300", "3600"),
    "aws:CurrentTime": ("2026-03-01T00:00:00Z", "2026-09-01T00:00:00Z"),
    "aws:SourceArn": ("arn:aws:s3:::bucket", f"arn:aws:sns:us-east-1:{OWN}:alarms", f"arn:aws:sns:eu-west-1:{OWN}:x"),
    "aws:UserAgent": ("cli/2", "console"),
    "aws:EpochTime": ("1772323200", "1788220800"),
    "aws:RequestedRegion": ("us-east-1", "eu-west-1"),
    "aws:TagKeys": ("team", "cost", "Team"),
}
"""Values of a key in requests; policies use them and the patterns below."""
CARRIED = frozenset({"aws:CurrentTime", "aws:EpochTime", "aws:RequestedRegion", "aws:SecureTransport"})
"""Every request carries these."""
MANY = frozenset({"aws:TagKeys"})
CLAUSES: tuple[tuple[str, tuple[str, ...], tuple[str, ...]], ...] = (
    ("aws:PrincipalTag/team",
     ("StringEquals", "StringNotEquals", "StringEqualsIgnoreCase", "StringNotEqualsIgnoreCase"),
     ("blue", "red", "${aws:ResourceTag/team}", "${aws:ResourceTag/team, 'blue'}")),
    ("aws:PrincipalTag/team", ("StringLike", "StringNotLike"), ("b*", "*", "?ed", "${*}", "${aws:ResourceTag/team}*")),
    ("aws:ResourceTag/team", ("StringEquals", "StringNotLike"), ("blue", "${aws:PrincipalTag/team}")),
    ("aws:SourceIp", ("IpAddress", "NotIpAddress"), ("10.0.0.0/8", "10.1.2.3", "2001:db8::/32", "203.0.113.0/24")),
    ("aws:SecureTransport", ("Bool",), ("true", "false")),
    ("aws:MultiFactorAuthAge", ("NumericLessThan", "NumericGreaterThanEquals", "NumericEquals", "NumericNotEquals"),
     ("300", "3600")),
    ("aws:CurrentTime", ("DateLessThan", "DateGreaterThan", "DateGreaterThanEquals"),
     ("2026-06-01T00:00:00Z", "2026-03-01T00:00:00Z")),
    ("aws:RequestedRegion", ("StringEquals", "StringNotEquals"), ("us-east-1", "us-west-2")),
    ("aws:SourceArn", ("ArnLike", "ArnEquals", "ArnNotLike", "ArnNotEquals"),
     ("arn:aws:s3:::*", f"arn:aws:sns:*:{OWN}:*", "arn:aws:sns:us-east-1:*:alarms")),
    ("aws:UserAgent", ("StringLike", "StringNotEquals"), ("cli/*", "console")),
    ("aws:TagKeys", ("ForAllValues:StringEquals", "ForAnyValue:StringEquals", "ForAnyValue:StringNotEquals",
                     "ForAllValues:StringLike", "ForAllValues:StringNotLike", "ForAnyValue:StringLike"),
     ("team", "cost", "t*", "Team")),
)  # fmt: skip
KEY_CASES = (str, str.lower, str, str)


def question(rng: random.Random) -> dict[str, Any]:
    """One question in the shape of `can --batch`."""
    action, form = rng.choice(REQUESTS)
    account = OWN if rng.random() < 0.7 else OTHER
    resource = form.format(account=account)
    if action in WITHOUT_RESOURCE_POLICY:
        account = OWN
        resource = form.format(account=account)
    principal = rng.choice((USER, USER, ROLE, SESSION, SESSION))
    asked: dict[str, Any] = {
        "principal": principal,
        "action": action,
        "resource": resource,
        "resource_account": account,
        # The other engine does not know that a user's name follows from its ARN.
        "context": _context(rng) | ({"aws:username": "alice"} if principal == USER else {}),
        "identity_policies": [_policy(rng, action, resource) for _ in range(rng.choice((0, 1, 1, 1, 2)))],
    }
    if rng.random() < 0.25:
        asked["boundary"] = _policy(rng, action, resource)
    if principal == SESSION and rng.random() < 0.25:
        asked["session_policy"] = _policy(rng, action, resource)
    if rng.random() < 0.25:
        asked["scps"] = [
            [_policy(rng, action, resource) for _ in range(rng.choice((1, 1, 2)))] for _ in range(rng.choice((1, 2)))
        ]
    if rng.random() < 0.15 and action.startswith(("s3:", "sqs:", "kms:", "secretsmanager:", "sts:")):
        asked["rcps"] = [[_control(rng, action, resource)]]
    required = action.startswith(("kms:", "sts:"))
    if action not in WITHOUT_RESOURCE_POLICY and (required or rng.random() < 0.6):
        asked["resource_policy"] = _resource_policy(rng, action, resource)
    return asked


def _context(rng: random.Random) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, values in VALUES.items():
        if key in CARRIED or rng.random() < 0.45:
            if key in MANY:
                found[key] = rng.sample(values, rng.choice((1, 1, 2, 3)))
            else:
                found[key] = rng.choice(values)
    return found


def _policy(rng: random.Random, action: str, resource: str) -> dict[str, Any]:
    rows = []
    for _ in range(rng.choice((1, 1, 2, 3))):
        row: dict[str, Any] = {"Effect": "Allow" if rng.random() < 0.8 else "Deny"}
        row["Action" if rng.random() < 0.9 else "NotAction"] = _some(rng, _actions(action))
        row["Resource" if rng.random() < 0.88 else "NotResource"] = _some(rng, _resources(resource))
        if rng.random() < 0.5:
            row["Condition"] = _condition(rng)
        rows.append(row)
    return {"Version": "2012-10-17" if rng.random() < 0.93 else "2008-10-17", "Statement": rows}


def _resource_policy(rng: random.Random, action: str, resource: str) -> dict[str, Any]:
    policy = _policy(rng, action, resource)
    for row in policy["Statement"]:
        if action.startswith("sts:"):
            row.pop("Resource", None)
            row.pop("NotResource", None)
            row.pop("NotAction", None)
            row["Action"] = rng.choice(("sts:AssumeRole", ["sts:AssumeRole", "sts:TagSession"], "sts:TagSession"))
        row.update(_principal(rng, row["Effect"]))
    return policy


def _principal(rng: random.Random, effect: str) -> dict[str, Any]:
    names = rng.sample(
        (USER, ROLE, SESSION, ROOT, OWN, f"arn:aws:iam::{OTHER}:root", f"arn:aws:iam::{OWN}:user/bob"), 2
    )
    if effect == "Deny" and rng.random() < 0.25:
        return {"NotPrincipal": {"AWS": rng.choice(([ROOT, USER], [ROOT, ROLE, SESSION], [USER], names))}}
    if rng.random() < 0.2:
        return {"Principal": rng.choice(("*", {"AWS": "*"}))}
    if rng.random() < 0.1:
        return {"Principal": {"Service": "sns.amazonaws.com"}}
    return {"Principal": {"AWS": rng.choice((names, names[0]))}}


def _control(rng: random.Random, action: str, resource: str) -> dict[str, Any]:
    """A resource control policy: only denies, on everybody."""
    service = action.split(":")[0]
    row = {
        "Effect": "Deny",
        "Principal": "*",
        "Action": rng.choice((f"{service}:*", action, f"{service}:Tag*")),
        "Resource": _some(rng, _resources(resource)),
        "Condition": _condition(rng),
    }
    return {"Version": "2012-10-17", "Statement": [row]}


def _condition(rng: random.Random) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for _ in range(rng.choice((1, 1, 1, 2))):
        key, operators, values = rng.choice(CLAUSES)
        operator = rng.choice(operators)
        if rng.random() < 0.2 and not operator.startswith("ForAnyValue"):
            operator += "IfExists"
        chosen: Any = _some(rng, values)
        if rng.random() < 0.1:
            operator, chosen = "Null", rng.choice(("true", "false"))
        found.setdefault(operator, {})[rng.choice(KEY_CASES)(key)] = chosen
    return found


def _actions(action: str) -> tuple[str, ...]:
    service, name = action.split(":")
    other = "ec2:StartInstances" if service != "ec2" else "s3:GetObject"
    return (action, f"{service}:*", f"{service}:{name[:3]}*", "*", action.lower(), f"{service}:?{name[1:]}", other)


def _resources(resource: str) -> tuple[str, ...]:
    if resource == "*":
        return ("*", "arn:aws:ec2:us-east-1:111122223333:instance/i-1")
    head, _, tail = resource.rpartition("/") if "/" in resource else resource.rpartition(":")
    join = "/" if "/" in resource else ":"
    parts = resource.split(":", 5)
    region = ":".join((*parts[:3], "*", "*", parts[5]))
    return (
        resource, "*", f"{head}{join}*", f"{head[:-2]}*", f"{head}{join}?{tail[1:]}", f"{head}{join}other", region,
        resource.replace("alice", "${aws:username}"), resource[:-1] + "${aws:PrincipalTag/team}",
        f"{head}{join}{tail[:-1]}?", f"{resource[:-1]}${{aws:PrincipalTag/team, '{resource[-1]}'}}",
    )  # fmt: skip


def _some(rng: random.Random, values: tuple[str, ...]) -> Any:
    found = rng.sample(values, rng.choice((1, 1, 2)) if len(values) > 1 else 1)
    return found[0] if len(found) == 1 and rng.random() < 0.5 else found
