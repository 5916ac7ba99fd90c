"""Role mining over a generated estate: CPU seconds of one process, and what the roles cover together.

python benchmarks/bench_mine.py [IDENTITIES] [TOLERANCE]

Three in four identities do one of sixty jobs, each on names of its own; the others hold what nobody else does.
"""

from __future__ import annotations

import json
import random
import sys
import time

from nhilint.algebra.values import Scope, Statement
from nhilint.app.catalog.propose import read_back
from nhilint.catalog.model import EMPTY_CATALOG
from nhilint.engine import Analysis, Options
from nhilint.engine.catalog.mining import Bounds, mine_rows
from nhilint.model.facts import Facts, Grant, Identity, IdentityKey
from nhilint.model.snapshot import unite
from nhilint.model.span import Span

_POOL = (
    (("s3:GetObject", "s3:PutObject", "s3:DeleteObject"), "arn:aws:s3:::{n}-data/*"),
    (("s3:ListBucket", "s3:GetBucketLocation"), "arn:aws:s3:::{n}-data"),
    (("sqs:SendMessage", "sqs:ReceiveMessage", "sqs:DeleteMessage"), "arn:aws:sqs:eu-west-1:{a}:{n}"),
    (("dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:Query"), "arn:aws:dynamodb:eu-west-1:{a}:table/{n}"),
    (("secretsmanager:GetSecretValue",), "arn:aws:secretsmanager:eu-west-1:{a}:secret:{n}-*"),
    (("kms:Decrypt", "kms:GenerateDataKey"), "arn:aws:kms:eu-west-1:{a}:alias/{n}"),
    (("lambda:InvokeFunction",), "arn:aws:lambda:eu-west-1:{a}:function:{n}"),
    (("sns:Publish",), "arn:aws:sns:eu-west-1:{a}:{n}"),
    (("logs:CreateLogStream", "logs:PutLogEvents"), "arn:aws:logs:eu-west-1:{a}:log-group:/{n}:*"),
    (("ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"), "arn:aws:ecr:eu-west-1:{a}:repository/{n}"),
    (("cloudwatch:PutMetricData",), "*"),
)
_ACCOUNTS = ("111122223333", "444455556666", "777788889999")


def estate(count: int, generator: random.Random) -> Facts:
    jobs = []
    for _ in range(60):
        picked = generator.sample(_POOL, k=generator.randint(2, 6))
        jobs.append([(tuple(generator.sample(a, k=generator.randint(1, len(a)))), r) for a, r in picked])
    identities, grants = [], []
    for number in range(count):
        job = generator.choice(jobs)
        if number % 4 == 0:
            job = [(tuple(generator.sample(a, k=1)), r) for a, r in generator.sample(_POOL, k=7)]
        key = IdentityKey(f"aws:role/app-{number}")
        span = Span("main.tf", number + 1)
        identities.append(
            Identity(key=key, platform="aws", kind="iam_role", name=f"app-{number}", owner="team", span=span)
        )
        name, account = f"app-{number}", generator.choice(_ACCOUNTS)
        statements = tuple(
            Statement(
                effect="allow",
                actions=tuple(sorted(action.lower() for action in actions)),
                scopes=(Scope(patterns=(resource.format(n=name, a=account),)),),
            )
            for actions, resource in job
        )
        grants.append(
            Grant(key=f"g{number}", holder=key, layer="identity", name="policy", statements=statements, span=span)
        )
    return Facts(identities=tuple(identities), grants=tuple(grants))


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 2_000
    tolerance = float(sys.argv[2]) if len(sys.argv) > 2 else 0.0
    facts = estate(count, random.Random(5))
    analysis = Analysis(snapshot=unite([facts], (), ()), catalog=EMPTY_CATALOG, options=Options(today="2026-11-25"))
    start = time.process_time()
    value = mine_rows(analysis, Bounds(limit=100, tolerance=tolerance), read_back)
    spent = time.process_time() - start
    covered = value["roles"][-1]["cumulative"] if value["roles"] else 0
    print(
        json.dumps(
            {
                "identities": count,
                "cpu_seconds": round(spent, 2),
                "roles": len(value["roles"]),
                "failed": len(value["failed"]),
                "covered": covered,
            }
        )
    )


if __name__ == "__main__":
    main()
