"""Decisions between random realistic policies: median and worst time, and hostile input. Run it as a script."""

import random
import statistics
import time

from nhilint.algebra.prove import compare
from nhilint.algebra.universe import OPEN
from nhilint.algebra.values import Condition, Permissions, Scope, Statement


def main():
    from nhilint.data.aws import AwsVocabulary

    vocabulary = AwsVocabulary()
    rng = random.Random(1)
    policies = [policy(rng) for _ in range(60)]
    pairs = [(a, b) for a in policies for b in policies]
    times = []
    for a, b in pairs:
        start = time.perf_counter()
        verdict = compare(a, b, vocabulary)
        times.append((time.perf_counter() - start, type(verdict).__name__))
    spent = sorted(t for t, _ in times)
    kinds = {kind: sum(k == kind for _, k in times) for _, kind in times}
    print(f"{len(pairs)} decisions {kinds}")
    print(f"median {statistics.median(spent) * 1e3:.2f} ms (budget 1), worst {spent[-1] * 1e3:.1f} ms (budget 50)")
    start = time.perf_counter()
    everything = Permissions(dimensions=("resource",), statements=(statement(("*",), ("*",)),))
    verdict = compare(everything, policies[0], vocabulary)
    print(f"`*` against one policy: {type(verdict).__name__} in {(time.perf_counter() - start) * 1e3:.0f} ms")
    for name, glob in (("a*", "a*" * 5_000_000), ("literal", "a" * 10_000_000 + "*"), ("a?*", "a?*" * 100_000)):
        start = time.perf_counter()
        hostile = Permissions(dimensions=("resource",), statements=(statement(("s3:*",), (glob,)),))
        verdict = compare(hostile, policies[0], OPEN)
        print(f"hostile {name}: {type(verdict).__name__} in {time.perf_counter() - start:.2f} s")


def policy(rng):
    services = rng.sample(("s3", "ec2", "iam", "lambda", "ecr", "sqs", "logs", "dynamodb"), 3)
    statements = []
    for service in services:
        verbs = rng.sample(("Get*", "List*", "Put*", "Describe*", "Create*", "DeleteTags", "*", "UpdateItem"), 3)
        actions = tuple(f"{service}:{verb}".lower() for verb in verbs)
        names = rng.sample(("*", "app-*", "app-logs/*", "prod/*", "team/x"), 2)
        condition = ()
        if rng.random() < 0.3:
            condition = (Condition(operator="StringEquals", key="aws:requestedregion", values=("us-east-1",)),)
        resources = tuple(f"arn:aws:{service}:*:111122223333:{name}" for name in names)
        statements.append(statement(actions, resources, "deny" if rng.random() < 0.15 else "allow", condition))
    return Permissions(dimensions=("resource",), statements=tuple(statements))


def statement(actions, resources, effect="allow", conditions=()):
    return Statement(effect=effect, actions=actions, scopes=(Scope(patterns=resources),), conditions=conditions)


if __name__ == "__main__":
    main()
