"""Matching of many identities against many roles: CPU seconds of one process, the slowest matches, and the verdicts.

python benchmarks/bench_catalog.py [IDENTITIES] [ROLES] [profile]

Roles: all starter roles, and generated ones on top. Identities: roles with random values, parts of roles, two roles
together, with an action too many, with a wildcard, with values that are not known, with a deny.

Default: 10,000 x 300; of fewer identities the time is also told for 10,000, as an extrapolation. A warm match is one
after the first hundred, of an identity that was not seen before; the garbage collector runs between matches, and
its time counts in the total only.
"""

from __future__ import annotations

import cProfile
import gc
import pstats
import random
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from statistics import median

from nhilint.algebra.values import Permissions, Scope, Statement, symbol
from nhilint.catalog.compile import compile_role
from nhilint.catalog.files.read import read_catalog
from nhilint.catalog.files.starter import starter_files
from nhilint.catalog.matching.match import Matcher
from nhilint.catalog.model import Catalog, Parameter, Permit, Role
from nhilint.catalog.verdict import Held
from nhilint.data.aws import action_index
from nhilint.engine.dialects import Dialects
from nhilint.model.facts import Identity, IdentityKey
from nhilint.model.node import Map
from nhilint.model.span import Span
from nhilint.sources.yamldoc import parse_yaml

SPAN = Span("bench", 1)
_KINDS = {"aws": "iam_role", "kubernetes": "service_account", "github": "workflow_job"}
_WHOLE = 10_000
_WARM = 100
_COLLECTED = 500
_POPULAR = ("s3", "dynamodb", "sqs", "sns", "ec2", "ecr", "ecs", "lambda", "logs", "kms", "ssm", "secretsmanager")


def starter() -> dict[str, Role]:
    """The roles that ship with the package."""
    documents: dict[str, Map] = {}
    for path, text in starter_files().items():
        (node,) = parse_yaml(path, text).documents
        assert isinstance(node, Map)
        documents[path] = node
    return dict(read_catalog(documents, own=True)[0].roles)


def roles(count: int, generator: random.Random) -> Catalog:
    """The starter roles, and generated ones: up to three statements on services that many roles speak of."""
    made = starter()
    names = [n for n in action_index() if n.partition(":")[0] in _POPULAR]
    for number in range(count - len(made)):
        permits = []
        for _ in range(generator.randint(1, 3)):
            service = generator.choice(_POPULAR)
            actions = [n for n in names if n.startswith(service + ":")]
            start = generator.randrange(max(1, len(actions) - 12))
            chosen = tuple(actions[start : start + generator.randint(2, 12)])
            if generator.random() < 0.1:
                chosen = (f"{service}:Describe*", f"{service}:List*")
            region = "" if service == "s3" else "<region>:<account>"
            resource = generator.choice(("<name>/*", "<name>", "<name>*", "thing/<name>"))
            where = f"arn:aws:{service}:{region or ':'}:{resource}"
            permits.append(Permit(fields={"actions": chosen, "resources": (where,)}, span=SPAN))
        id = f"generated-{number}"
        parameters = {
            "name": Parameter(name="name", pattern="[A-Za-z0-9._/-]{2,}", many=generator.random() < 0.5),
            "region": Parameter(name="region", pattern="[a-z]{2}(-[a-z]+)+-[0-9]", unknown=True),
            "account": Parameter(name="account", pattern="[0-9]{12}", unknown=True),
        }
        made[id] = Role(
            id=id, title="", platform="aws", purpose="", owner="", status="approved", access="write",
            parameters=parameters, allow=tuple(permits), span=SPAN,
        )  # fmt: skip
    return Catalog(roles=dict(list(made.items())[:count]), own=True)


def _bound(role: Role, generator: random.Random) -> Permissions:
    """A role with random values; some of them not known."""
    values = {}
    for name, parameter in role.parameters.items():
        example = (
            parameter.examples[0] if parameter.examples else {"region": "eu-west-1", "account": "1" * 12}.get(name)
        )
        given = example or f"{name}-{generator.randrange(5000)}"
        if parameter.unknown and generator.random() < 0.3:
            given = symbol(f"var.{name}")
        values[name] = (given,)
    return compile_role(role, values)


def _varied(permissions: Permissions, generator: random.Random) -> Iterator[Statement]:
    """The statements with one change, or none."""
    statements = list(permissions.statements)
    change = generator.randrange(8)
    if change < 3 and len(statements) > 1:
        statements = generator.sample(statements, len(statements) - 1)
    for number, one in enumerate(statements):
        if change in (2, 3) and len(one.actions) > 1:
            one = replace(one, actions=tuple(generator.sample(one.actions, len(one.actions) // 2)))
        if change == 4 and not number:
            one = replace(one, actions=(*one.actions, "iam:createuser"))
        if change == 5 and not number and len(one.scopes) == 1:
            one = replace(one, scopes=(Scope(patterns=("*",)),))
        if change == 6 and not number and len(one.scopes) == 1:
            yield replace(one, effect="deny", scopes=(Scope(patterns=("arn:aws:s3:::secret/*",)),))
        yield one


def identities(count: int, catalog: Catalog, generator: random.Random) -> list[Held]:
    """One identity in four holds two roles together."""
    chosen = list(catalog.roles.values())
    found = []
    for number in range(count):
        role = generator.choice(chosen)
        parts = list(_varied(_bound(role, generator), generator))
        if generator.random() < 0.25:
            other = generator.choice([one for one in chosen if one.platform == role.platform])
            parts += _varied(_bound(other, generator), generator)
        identity = Identity(
            key=IdentityKey(f"{role.platform}:x/{number}"),
            platform=role.platform, kind=_KINDS[role.platform], name=f"x{number}", span=SPAN,
        )  # fmt: skip
        dimensions = Dialects()[role.platform].dimensions
        found.append(Held(identity=identity, permissions=Permissions(dimensions=dimensions, statements=tuple(parts))))
    return found


def main() -> None:
    how_many = int(sys.argv[1]) if len(sys.argv) > 1 else _WHOLE
    how_wide = int(sys.argv[2]) if len(sys.argv) > 2 else 300
    generator = random.Random(7)
    catalog = roles(how_wide, generator)
    everyone = identities(how_many, catalog, generator)
    profile = cProfile.Profile() if "profile" in sys.argv else None
    if profile:
        profile.enable()
    gc.collect()
    gc.freeze()
    gc.disable()
    begin = time.process_time()
    matcher = Matcher(catalog, Dialects(), today="2026-11-24", repository="acme/shop")
    spent, verdicts, many = [], Counter[str](), 0
    for number, held in enumerate(everyone):
        start = time.process_time()
        found = matcher.match(held)
        spent.append((time.process_time() - start, number, found.verdict))
        verdicts[found.verdict] += 1
        many += found.verdict == "covered" and len(found.covers) > 1
        if number % _COLLECTED == 0:
            gc.collect()
    total = time.process_time() - begin
    if profile:
        profile.disable()
        pstats.Stats(profile).sort_stats("cumulative").print_stats(45)
    print(f"{how_many} identities against {len(catalog.roles)} roles: {total:.1f} CPU-s")
    if how_many != _WHOLE:
        print(f"extrapolated to {_WHOLE}, not measured: {total / how_many * _WHOLE:.0f} CPU-s")
    print(f"first match, with the index made: {spent[0][0] * 1000:.0f} ms")
    warm = sorted(spent[_WARM:] or spent)
    print(f"one warm match: median {median(row[0] for row in warm) * 1000:.2f} ms")
    for seconds, number, verdict in warm[:-4:-1]:
        held = everyone[number]
        size = f"{len(held.permissions.statements)} statements"
        print(f"  slowest: {seconds * 1000:.0f} ms, {held.identity.platform} identity of {size}, {verdict}")
    shares = ", ".join(f"{name} {number / how_many:.0%}" for name, number in verdicts.most_common())
    print(f"verdicts: {shares}; {many} covered by several roles")


if __name__ == "__main__":
    main()
