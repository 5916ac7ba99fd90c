"""What makes an AWS role of the catalog an escalation: on anybody, on whom it names, and the near misses."""

from __future__ import annotations

import pytest

from tests.unit.engine.catalog.small import messages, role, seen

PARAMETERS = """
parameters:
  account: { pattern: "[0-9]{12}", examples: ["111122223333"] }
  name: { pattern: "[a-z-]+", examples: [web] }
  role: { pattern: "[a-z-]+", examples: [web-task] }
allow:
"""

ROLES = {
    # Somebody else's credentials.
    "a key for any user": (
        '- { actions: [iam:CreateAccessKey], resources: ["*"] }',
        {"iam-002": "any"},
    ),
    "a key for any user under a path": (
        '- { actions: [iam:CreateAccessKey], resources: ["arn:aws:iam::<account>:user/*/*"] }',
        {"iam-002": "any"},
    ),
    "a key for a named user": (
        '- { actions: [iam:CreateAccessKey], resources: ["arn:aws:iam::<account>:user/<name>"] }',
        {"iam-002": "named"},
    ),
    "reading of users": ('- { actions: [iam:GetUser, iam:ListAccessKeys], resources: ["*"] }', {}),
    # Policies and roles.
    "a new role with any policy": (
        '- { actions: [iam:CreateRole, iam:AttachRolePolicy], resources: ["arn:aws:iam::<account>:role/*"] }',
        {"iam-009": "any"},
    ),
    "a new role of a family with any policy": (
        '- { actions: [iam:CreateRole, iam:AttachRolePolicy], resources: ["arn:aws:iam::<account>:role/<name>-*"] }',
        {"iam-009": "named", "iam-new-role": "named"},
    ),
    "a new role of a family with a boundary": (
        """- actions: [iam:CreateRole, iam:AttachRolePolicy]
    resources: ["arn:aws:iam::<account>:role/<name>-*"]
    conditions: { StringEquals: { "iam:PermissionsBoundary": "arn:aws:iam::<account>:policy/limit" } }""",
        {},
    ),
    "attaching of one harmless policy": (
        """- actions: [iam:AttachRolePolicy]
    resources: ["arn:aws:iam::<account>:role/*"]
    conditions: { ArnEquals: { "iam:PolicyARN": "arn:aws:iam::aws:policy/ReadOnlyAccess" } }""",
        {},
    ),
    "attaching of a policy that a parameter names": (
        """- actions: [iam:AttachRolePolicy]
    resources: ["arn:aws:iam::<account>:role/<role>"]
    conditions: { ArnEquals: { "iam:PolicyARN": "arn:aws:iam::aws:policy/<policy>" } }""",
        {"iam-009": "policy=AdministratorAccess"},
    ),
    "the trust of a named role": (
        '- { actions: [iam:UpdateAssumeRolePolicy], resources: ["arn:aws:iam::<account>:role/<role>"] }',
        {"iam-012": "named"},
    ),
    "another role on request": (
        '- { actions: [sts:AssumeRole], resources: ["arn:aws:iam::*:role/*"] }',
        {"sts-001": "any"},
    ),
    "a chain to a named role": (
        '- { actions: [sts:AssumeRole], resources: ["arn:aws:iam::<account>:role/<role>"] }',
        {"sts-001": "named"},
    ),
    "a web identity": ('- { actions: [sts:GetCallerIdentity, sts:TagSession], resources: ["*"] }', {}),
    # Passing of roles.
    "any role to a function": (
        '- { actions: [iam:PassRole], resources: ["*"] }\n'
        '  - { actions: [lambda:CreateFunction, lambda:InvokeFunction], resources: ["*"] }',
        {"lambda-001": "any"},
    ),
    "a named role to a service": (
        """- actions: [iam:PassRole]
    resources: ["arn:aws:iam::<account>:role/<role>"]
    conditions: { StringEquals: { "iam:PassedToService": ecs-tasks.amazonaws.com } }
  - { actions: [ecs:RegisterTaskDefinition, ecs:UpdateService], resources: ["*"] }""",
        {"ecs-update-service": "named"},
    ),
    "a named role to another service": (
        """- actions: [iam:PassRole]
    resources: ["arn:aws:iam::<account>:role/<role>"]
    conditions: { StringEquals: { "iam:PassedToService": rds.amazonaws.com } }
  - { actions: [ecs:RegisterTaskDefinition, ecs:UpdateService], resources: ["*"] }""",
        {},
    ),
    "a named role to a service that a parameter names": (
        """- actions: [iam:PassRole]
    resources: ["arn:aws:iam::<account>:role/<role>"]
    conditions: { StringEquals: { "iam:PassedToService": "<service>" } }
  - { actions: [ecs:RegisterTaskDefinition, ecs:UpdateService], resources: ["*"] }""",
        {"ecs-update-service": "service=ecs-tasks.amazonaws.com"},
    ),
    "a role whose whole ARN is a parameter": (
        """- { actions: [iam:PassRole], resources: ["<arn>"] }
  - { actions: [ecs:RunTask], resources: ["arn:aws:ecs:*:*:task-definition/<name>:*"] }""",
        {
            "ecs-008": "arn=arn:aws:iam::111122223333:role/example",
        },
    ),
    "a role to pass and nothing to pass it to": (
        '- { actions: [iam:PassRole], resources: ["arn:aws:iam::<account>:role/<role>"] }',
        {},
    ),
    # What runs as a role.
    "the code of any function": (
        '- { actions: [lambda:UpdateFunctionCode], resources: ["arn:aws:lambda:*:<account>:function:*"] }',
        {"lambda-003": "any"},
    ),
    "the code of a named function": (
        '- { actions: [lambda:UpdateFunctionCode], resources: ["arn:aws:lambda:*:<account>:function:<name>"] }',
        {"lambda-003": "named"},
    ),
    "the code of functions with a tag": (
        """- actions: [lambda:UpdateFunctionCode]
    resources: ["*"]
    conditions: { StringEquals: { "aws:ResourceTag/team": "<name>" } }""",
        {"lambda-003": "named"},
    ),
    "the code of functions without a tag": (
        """- actions: [lambda:UpdateFunctionCode]
    resources: ["*"]
    conditions: { StringNotEquals: { "aws:ResourceTag/team": "<name>" } }""",
        {"lambda-003": "any"},
    ),
    "the code of any function from one address": (
        """- actions: [lambda:UpdateFunctionCode]
    resources: ["*"]
    conditions: { IpAddress: { "aws:SourceIp": 192.0.2.0/24 } }""",
        {"lambda-003": "any"},
    ),
    "running of any function": ('- { actions: [lambda:InvokeFunction, lambda:GetFunction], resources: ["*"] }', {}),
    "a shell on instances with a tag": (
        """- actions: [ssm:StartSession]
    resources: ["arn:aws:ec2:*:<account>:instance/*"]
    conditions: { StringEquals: { "ssm:resourceTag/team": "<name>" } }""",
        {"ssm-001": "named"},
    ),
    "commands in the tasks of one cluster": (
        """- actions: [ecs:ExecuteCommand, ecs:DescribeTasks]
    resources: ["arn:aws:ecs:*:<account>:task/<name>/*"]
    conditions: { ArnEquals: { "ecs:cluster": "arn:aws:ecs:us-east-1:<account>:cluster/<name>" } }""",
        {"ecs-006": "named"},
    ),
    "two halves on two functions": (
        """- { actions: [states:UpdateStateMachine], resources: ["arn:aws:states:*:*:stateMachine:<name>-a"] }
  - { actions: [states:StartExecution], resources: ["arn:aws:states:*:*:stateMachine:<name>-b"] }""",
        {},
    ),
    "two halves on one function": (
        """- { actions: [states:UpdateStateMachine], resources: ["arn:aws:states:*:*:stateMachine:<name>-*"] }
  - { actions: [states:StartExecution], resources: ["arn:aws:states:*:*:stateMachine:*-b"] }""",
        {"states-update": "named"},
    ),
    # Everything of a kind.
    "every secret": ('- { actions: [secretsmanager:GetSecretValue], resources: ["*"] }', {"secrets-all": "any"}),
    "secrets of a prefix": (
        '- { actions: [secretsmanager:GetSecretValue], resources: ["arn:aws:secretsmanager:*:*:secret:<name>/*"] }',
        {},
    ),
    "secrets with a tag": (
        """- actions: [secretsmanager:GetSecretValue]
    resources: ["*"]
    conditions: { StringEquals: { "secretsmanager:ResourceTag/team": "<name>" } }""",
        {},
    ),
    "grants on every key": (
        '- { actions: [kms:CreateGrant], resources: ["*"] }',
        {"kms-grant": "any"},
    ),
    "grants of services only": (
        """- actions: [kms:CreateGrant]
    resources: ["*"]
    conditions: { Bool: { "kms:GrantIsForAWSResource": "true" } }""",
        {},
    ),
    "a named cluster": (
        '- { actions: [eks:CreateAccessEntry, eks:AssociateAccessPolicy], resources: '
        '["arn:aws:eks:*:<account>:cluster/<name>", "arn:aws:eks:*:<account>:access-entry/<name>/*"] }',
        {"eks-access-entry": "named"},
    ),
    "everything": ('- { actions: ["*"], resources: ["*"] }', {"administrator": "any"}),
    "everything of one service": ('- { actions: ["sqs:*"], resources: ["*"] }', {}),
}  # fmt: skip


def small(allow: str, more: str = "") -> str:
    extra = "".join(
        f"  {name}: {{ pattern: '.+', examples: [x] }}\n"
        for name in ("policy", "service", "arn")
        if f"<{name}>" in allow
    )
    head = PARAMETERS.replace("allow:", extra + "allow:") if extra else PARAMETERS
    return f"{head}  {allow}\n{more}"


@pytest.mark.parametrize("what", ROLES)
def test_role(what: str) -> None:
    allow, expected = ROLES[what]
    assert seen(role("aws", small(allow))) == expected


def test_what_is_accepted_within_the_parameters_is_no_problem() -> None:
    allow = ROLES["the code of a named function"][0]
    one = role("aws", small(allow, "accepts: [{ technique: lambda-003, why: it deploys the function }]"))
    assert messages(one) == []


def test_what_is_accepted_on_anybody_stays_a_problem() -> None:
    allow = ROLES["the code of any function"][0]
    one = role("aws", small(allow, "accepts: [{ technique: lambda-003, why: it deploys functions }]"))
    (problem,) = messages(one)
    assert problem.severity == "error"
    assert problem.message == (
        "small: escalation `lambda-003`: may rewrite a function that runs as any role: lambda:UpdateFunctionCode on "
        "`arn:aws:lambda:us-east-1:<account>:function:anybodys`"
    )
    assert problem.span.line == 15


def test_a_role_for_emergencies_may_be_wide_where_it_says_so() -> None:
    terms = "access: break-glass\nbreak_glass: { max_duration: 1h, notify: [security] }\n"
    terms += "constraints: { max_session: 1h }\n"
    body = small('- { actions: ["*"], resources: ["*"] }')
    assert len(messages(role("aws", terms + body))) == 1
    accepted = role("aws", terms + body + "accepts: [{ technique: administrator, why: it is the last resort }]")
    assert messages(accepted) == []


def test_an_acceptance_of_what_is_not_possible_is_a_problem() -> None:
    allow = ROLES["running of any function"][0]
    one = role("aws", small(allow, "accepts: [{ technique: lambda-003, why: it deploys the function }]"))
    (problem,) = messages(one)
    assert problem.message == "small: accepts `lambda-003`, which the role does not make possible"


def test_an_acceptance_of_nothing_known_names_the_nearest() -> None:
    allow = ROLES["running of any function"][0]
    (problem,) = messages(role("aws", small(allow, "accepts: [{ technique: lambda-03, why: it deploys }]")))
    assert (problem.message, problem.help) == (
        "small: accepts `lambda-03`, which is no known technique",
        "did you mean `lambda-003`?",
    )


def test_an_acceptance_of_a_larger_technique_does_not_cover_the_smaller() -> None:
    actions = "[lambda:UpdateFunctionCode, lambda:InvokeFunction]"
    body = f'- {{ actions: {actions}, resources: ["arn:aws:lambda:*:*:function:<name>"] }}'
    larger = role("aws", small(body, "accepts: [{ technique: lambda-004, why: it deploys and tests }]"))
    assert ["lambda-003" in problem.message for problem in messages(larger)] == [True]
    smaller = role("aws", small(body, "accepts: [{ technique: lambda-003, why: it deploys and tests }]"))
    assert messages(smaller) == []


def test_a_boundary_that_the_role_asks_for_cuts_what_it_adds_to_itself() -> None:
    allow = '- { actions: [iam:PutRolePolicy], resources: ["arn:aws:iam::<account>:role/*"] }'
    assert "iam-005" in seen(role("aws", small(allow)))
    assert set(seen(role("aws", small(allow, "constraints: { boundary: required }")))) == {"iam-017"}


def test_a_condition_of_the_whole_role_counts() -> None:
    allow = ROLES["the code of any function"][0]
    limited = 'constraints: { conditions: { StringEquals: { "aws:ResourceTag/team": "<name>" } } }'
    assert seen(role("aws", small(allow, limited))) == {"lambda-003": "named"}
