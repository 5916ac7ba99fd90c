"""Random workflows that call each other: the permissions of every job, held against the naive evaluator."""

from __future__ import annotations

import json
import random

from nhilint.algebra.evaluate import decide
from nhilint.algebra.values import Request
from nhilint.data.github import scopes
from nhilint.engine.dialects import interpret
from nhilint.model.facts import IdentityKey
from nhilint.model.snapshot import permissions_of, unite
from nhilint.platforms.github.words import THIS
from nhilint.sources.load import load
from nhilint.sources.memory import MemoryTree
from nhilint.sources.options import LoadOptions, RepositoryOptions
from tests.spec.github import may

SEED = 20261125
TREES = 150
SCOPES = ("contents", "packages", "id-token", "issues", "models", "actions")
ANSWERS = {"allowed": "yes", "implicitly-denied": "no", "undecided": "depends"}


def permissions(rng: random.Random):
    choice = rng.random()
    if choice < 0.35:
        return None
    if choice < 0.45:
        return rng.choice(["read-all", "write-all"])
    chosen = rng.sample(SCOPES, rng.randint(0, 4))
    return {name: rng.choice(["none", *scopes()[name]]) for name in chosen}


def job(rng: random.Random, callees: list[str]):
    body: dict[str, object] = {}
    if callees and rng.random() < 0.6:
        body["uses"] = f"./{rng.choice(callees)}"
    else:
        body |= {"runs-on": "ubuntu-latest", "steps": []}
    if (found := permissions(rng)) is not None:
        body["permissions"] = found
    return body


def tree(rng: random.Random):
    """Each file calls only those behind it, so that nothing is a circle."""
    files: dict[str, dict] = {}
    paths = [f".github/workflows/w{number}.yml" for number in range(rng.randint(1, 4))]
    for at, path in reversed(list(enumerate(paths))):
        body: dict[str, object] = {"on": "push" if at == 0 else "workflow_call"}
        if (found := permissions(rng)) is not None:
            body["permissions"] = found
        body["jobs"] = {f"j{number}": job(rng, paths[at + 1 :]) for number in range(rng.randint(1, 3))}
        files[path] = body
    return files


def routes(files, path: str):
    for name, body in files[path]["jobs"].items():
        callee = body.get("uses", "").removeprefix("./")
        if callee:
            yield from ((name, *rest) for rest in routes(files, callee))
        else:
            yield (name,)


def test_permissions_of_every_job_are_those_of_the_page(record_property) -> None:
    rng = random.Random(SEED)
    asked = {"yes": 0, "no": 0, "depends": 0}
    for _ in range(TREES):
        files, default = tree(rng), rng.choice(["", "", "read", "write"])
        memory = MemoryTree({path: json.dumps(body) for path, body in files.items()})
        loaded = load(memory, LoadOptions(repository=RepositoryOptions(default_permissions=default)))
        snapshot = unite(interpret(loaded.documents), loaded.unresolved, loaded.moved)
        for route in routes(files, ".github/workflows/w0.yml"):
            key = IdentityKey(f"github:job/w0/{'/'.join(route)}")
            held = permissions_of(snapshot, key, ("resource",))
            for scope in SCOPES:
                for level in ("read", "write"):
                    wanted = may(files, (".github/workflows/w0.yml", *route), scope, level, default)
                    decision = decide(held, Request(action=f"{scope}:{level}", point=(THIS,)))
                    assert ANSWERS[decision.verdict] == wanted, (files, key, scope, level, default)
                    asked[wanted] += 1
    record_property("asked", asked)
    print(f"{sum(asked.values())} questions: {asked}")
    assert min(asked.values()) > 100, asked
