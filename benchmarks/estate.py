"""Writes an estate of a given size as files, always the same for the same seed: Terraform, manifests and workflows.

    python benchmarks/estate.py FOLDER [--identities 5000] [--grants 50000] [--workflows 200] [--seed 5]

Four in five identities are roles of AWS, in folders of a hundred that are a root module each; the others are service
accounts, in namespaces of twenty. Most grants name one resource; some are wide, some let a role be passed or taken on,
and a few lead to more power. Workflows log in as a role whose trust names their repository and branch.
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ACCOUNT = "111122223333"
ISSUER = "token.actions.githubusercontent.com"
CLUSTER = "oidc.eks.eu-west-1.amazonaws.com/id/E5"
_ROLES_PER_ROOT = 100
_ACCOUNTS_PER_NAMESPACE = 20

_GRANTS = (
    (("s3:GetObject", "s3:ListBucket"), "arn:aws:s3:::{n}/*"),
    (("s3:PutObject", "s3:DeleteObject"), "arn:aws:s3:::{n}/in/*"),
    (("sqs:SendMessage", "sqs:ReceiveMessage"), "arn:aws:sqs:eu-west-1:{a}:{n}"),
    (("dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:Query"), "arn:aws:dynamodb:eu-west-1:{a}:table/{n}"),
    (("secretsmanager:GetSecretValue",), "arn:aws:secretsmanager:eu-west-1:{a}:secret:{n}-*"),
    (("kms:Decrypt", "kms:GenerateDataKey"), "arn:aws:kms:eu-west-1:{a}:key/{n}"),
    (("lambda:InvokeFunction",), "arn:aws:lambda:eu-west-1:{a}:function:{n}"),
    (("sns:Publish",), "arn:aws:sns:eu-west-1:{a}:{n}"),
    (("logs:CreateLogStream", "logs:PutLogEvents"), "arn:aws:logs:eu-west-1:{a}:log-group:/{n}:*"),
    (("ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"), "arn:aws:ecr:eu-west-1:{a}:repository/{n}"),
    (("ec2:Describe*",), "*"),
    (("cloudwatch:PutMetricData",), "*"),
)
_WIDE = (
    (("s3:*",), "*"),
    (("s3:Get*", "s3:List*"), "*"),
    (("iam:PassRole",), "arn:aws:iam::{a}:role/run-*"),
    (("lambda:CreateFunction", "lambda:InvokeFunction", "iam:PassRole"), "*"),
    (("iam:PutRolePolicy",), "arn:aws:iam::{a}:role/{self}"),
    (("ec2:RunInstances", "iam:PassRole"), "*"),
    (("*",), "*"),
)
_RULES = (
    ('[""]', "[pods, services, configmaps]", "[get, list, watch]"),
    ("[apps]", "[deployments, statefulsets]", "[get, list, patch]"),
    ("[batch]", "[jobs]", "[create, delete]"),
    ('[""]', "[secrets]", "[get]"),
    ('[""]', "[pods/log]", "[get]"),
    ('[""]', "[events]", "[create]"),
)
_WIDE_RULES = (('[""]', "[pods]", "[create]"), ('[""]', "[secrets]", "[list]"), ('[""]', "[pods/exec]", "[create]"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """How much of everything."""

    identities: int = 5_000
    grants: int = 50_000
    workflows: int = 200
    seed: int = 5

    @property
    def accounts(self) -> int:
        """Service accounts."""
        return self.identities // 5

    @property
    def roles(self) -> int:
        """Roles of AWS."""
        return self.identities - self.accounts

    @property
    def each(self) -> int:
        """Grants of one identity."""
        return self.grants // self.identities


def files(size: Size) -> Iterator[tuple[str, str]]:
    """Path and text of every file."""
    chance = random.Random(size.seed)
    for first in range(0, size.roles, _ROLES_PER_ROOT):
        numbers = range(first, min(first + _ROLES_PER_ROOT, size.roles))
        blocks = [_role(number, size, chance) for number in numbers]
        yield f"infra/stack-{first // _ROLES_PER_ROOT:03}/main.tf", "\n".join(blocks)
    for first in range(0, size.accounts, _ACCOUNTS_PER_NAMESPACE):
        numbers = range(first, min(first + _ACCOUNTS_PER_NAMESPACE, size.accounts))
        space = f"team-{first // _ACCOUNTS_PER_NAMESPACE:03}"
        yield f"deploy/{space}.yaml", "---\n".join(_account(number, space, size, chance) for number in numbers)
    for number in range(size.workflows):
        yield f".github/workflows/deploy-{number:03}.yaml", _workflow(number)


def write(folder: Path, size: Size) -> None:
    """All files below the folder."""
    for path, text in files(size):
        place = folder / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text, encoding="utf-8")


def role_name(number: int) -> str:
    """Every tenth role is one that things run as."""
    return f"run-{number:05}" if number % 10 == 0 else f"app-{number:05}"


def _role(number: int, size: Size, chance: random.Random) -> str:
    name = role_name(number)
    lines = [
        f'resource "aws_iam_role" "r{number}" {{',
        f'  name = "{name}"',
        f"  assume_role_policy = jsonencode({_trust(number, size, chance)})",
        "}",
    ]
    for at in range(size.each):
        actions, resource = chance.choice(_WIDE) if chance.random() < 0.004 else chance.choice(_GRANTS)
        if at == 0 and chance.random() < 0.02:
            target = role_name(min(number + chance.randint(1, 60), size.roles - 1))
            actions, resource = ("sts:AssumeRole",), f"arn:aws:iam::{ACCOUNT}:role/{target}"
        where = resource.format(a=ACCOUNT, n=f"thing-{chance.randrange(20_000):05}", self=name)
        listed = ", ".join(f'"{action}"' for action in actions)
        lines += [
            f'resource "aws_iam_role_policy" "r{number}_{at}" {{',
            f'  name = "p{at}"',
            f"  role = aws_iam_role.r{number}.name",
            '  policy = jsonencode({ Version = "2012-10-17", Statement = [',
            f'    {{ Sid = "S{at}", Effect = "Allow", Action = [{listed}], Resource = "{where}" }},',
            "  ] })",
            "}",
        ]
    return "\n".join(lines) + "\n"


def _trust(number: int, size: Size, chance: random.Random) -> str:
    """Services for most; a workflow, a service account, or another role for some."""
    if number < size.workflows:
        return _federated(ISSUER, f"repo:acme/app-{number:03}:ref:refs/heads/main", "sts.amazonaws.com")
    if number < size.workflows + size.accounts // 2:
        account = number - size.workflows
        space = f"team-{account // _ACCOUNTS_PER_NAMESPACE:03}"
        return _federated(CLUSTER, f"system:serviceaccount:{space}:bot-{account:04}", "sts.amazonaws.com")
    if chance.random() < 0.05:
        other = f"arn:aws:iam::{ACCOUNT}:role/{role_name(chance.randrange(size.roles))}"
        return _statement("sts:AssumeRole", f'{{ AWS = "{other}" }}')
    service = chance.choice(("lambda", "ec2", "ecs-tasks", "glue"))
    return _statement("sts:AssumeRole", f'{{ Service = "{service}.amazonaws.com" }}')


def _federated(issuer: str, subject: str, audience: str) -> str:
    condition = f'{{ StringEquals = {{ "{issuer}:sub" = "{subject}", "{issuer}:aud" = "{audience}" }} }}'
    principal = f'{{ Federated = "arn:aws:iam::{ACCOUNT}:oidc-provider/{issuer}" }}'
    return _statement("sts:AssumeRoleWithWebIdentity", principal, condition)


def _statement(action: str, principal: str, condition: str = "") -> str:
    more = f", Condition = {condition}" if condition else ""
    return (
        '{ Version = "2012-10-17", Statement = '
        f'[{{ Effect = "Allow", Action = "{action}", Principal = {principal}{more} }}] }}'
    )


def _account(number: int, space: str, size: Size, chance: random.Random) -> str:
    name = f"bot-{number:04}"
    documents = [f"apiVersion: v1\nkind: ServiceAccount\nmetadata: {{name: {name}, namespace: {space}}}\n"]
    for at in range(size.each):
        group, resources, verbs = chance.choice(_WIDE_RULES if chance.random() < 0.01 else _RULES)
        documents.append(
            "apiVersion: rbac.authorization.k8s.io/v1\nkind: Role\n"
            f"metadata: {{name: {name}-{at}, namespace: {space}}}\n"
            f"rules: [{{apiGroups: {group}, resources: {resources}, verbs: {verbs}}}]\n"
        )
        documents.append(
            "apiVersion: rbac.authorization.k8s.io/v1\nkind: RoleBinding\n"
            f"metadata: {{name: {name}-{at}, namespace: {space}}}\n"
            f"roleRef: {{apiGroup: rbac.authorization.k8s.io, kind: Role, name: {name}-{at}}}\n"
            f"subjects: [{{kind: ServiceAccount, name: {name}, namespace: {space}}}]\n"
        )
    return "---\n".join(documents)


def _workflow(number: int) -> str:
    return (
        f"name: deploy-{number:03}\non: {{push: {{branches: [main]}}}}\n"
        "permissions: {id-token: write, contents: read}\n"
        "jobs:\n  deploy:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: actions/checkout@v4\n"
        "      - uses: aws-actions/configure-aws-credentials@v4\n"
        f"        with: {{role-to-assume: 'arn:aws:iam::{ACCOUNT}:role/{role_name(number)}', aws-region: eu-west-1}}\n"
        "      - run: make deploy\n"
    )


def arguments(parser: argparse.ArgumentParser) -> None:
    """The options that say how large."""
    parser.add_argument("--identities", type=int, default=5_000)
    parser.add_argument("--grants", type=int, default=50_000)
    parser.add_argument("--workflows", type=int, default=200)
    parser.add_argument("--seed", type=int, default=5)


def size_of(given: argparse.Namespace) -> Size:
    """The size that the options say."""
    return Size(identities=given.identities, grants=given.grants, workflows=given.workflows, seed=given.seed)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    arguments(parser)
    given = parser.parse_args()
    write(given.folder, size_of(given))


if __name__ == "__main__":
    main()
