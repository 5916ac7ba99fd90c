"""Matching of many identities against many roles: CPU seconds of one process, and the share that is covered.

python benchmarks/bench_catalog.py [IDENTITIES] [ROLES]
"""

from __future__ import annotations

import random
import sys
import time

from nhilint.algebra.values import Permissions, Scope, Statement
from nhilint.catalog.match import Matcher
from nhilint.catalog.model import Catalog, Parameter, Permit, Role
from nhilint.catalog.verdict import Held
from nhilint.data.aws import action_index
from nhilint.engine.dialects import Dialects
from nhilint.model.facts import Identity, IdentityKey
from nhilint.model.span import Span

SPAN = Span("bench", 1)


def roles(count: int, generator: random.Random) -> Catalog:
    """Roles of a few actions of one service each, on a resource with one parameter."""
    names = action_index()
    made = {}
    for number in range(count):
        start = generator.randrange(len(names) - 40)
        service = names[start].partition(":")[0]
        actions = tuple(n for n in names[start : start + 12] if n.startswith(service + ":"))
        permit = Permit(fields={"actions": actions, "resources": (f"arn:aws:{service}:::<name>/*",)}, span=SPAN)
        made[f"r{number}"] = Role(
            id=f"r{number}",
            title="",
            platform="aws",
            purpose="",
            owner="",
            status="approved",
            access="write",
            parameters={"name": Parameter(name="name")},
            allow=(permit,),
            span=SPAN,
        )
    return Catalog(roles=made, own=True)


def identities(count: int, catalog: Catalog, generator: random.Random) -> list[Permissions]:
    """Two in three hold a part of one role; the others one action more."""
    chosen = list(catalog.roles.values())
    found = []
    for number in range(count):
        permit = generator.choice(chosen).allow[0]
        service = permit.fields["actions"][0].partition(":")[0]
        actions = tuple(generator.sample(permit.fields["actions"], k=max(1, len(permit.fields["actions"]) // 2)))
        if number % 3 == 0:
            actions = (*actions, f"{service}:deleteeverything")
        scope = Scope(patterns=(f"arn:aws:{service}:::bucket-{number % 997}/*",))
        statement = Statement(effect="allow", actions=actions, scopes=(scope,))
        found.append(Permissions(dimensions=("resource",), statements=(statement,)))
    return found


def main() -> None:
    how_many = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    how_wide = int(sys.argv[2]) if len(sys.argv) > 2 else 300
    generator = random.Random(7)
    catalog = roles(how_wide, generator)
    held = identities(how_many, catalog, generator)
    begin = time.process_time()
    matcher = Matcher(catalog, Dialects(), today="2026-11-24")
    someone = Identity(key=IdentityKey("aws:role/x"), platform="aws", kind="iam_role", name="x", span=SPAN)
    verdicts = [matcher.match(Held(identity=someone, permissions=p)).verdict for p in held]
    spent = time.process_time() - begin
    covered = verdicts.count("covered")
    print(
        f"{how_many} identities against {how_wide} roles: {spent:.1f} CPU-s, "
        f"{covered} covered, {how_many - covered} not"
    )


if __name__ == "__main__":
    main()
