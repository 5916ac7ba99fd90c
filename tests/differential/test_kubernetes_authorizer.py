"""nhilint and the naive authorizer against the real one: verdicts, rule comparison, what a call to the API asks for.

The real authorizer is built inside a source tree of Kubernetes with its `vendor` folder, for instance that of Debian
(1.20): `apt-get install golang-go`, `apt-get source kubernetes`. `NHILINT_KUBERNETES_SOURCE` names the tree; it has to
lie at `src/k8s.io/kubernetes` of some folder, because Go finds the packages by that path.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import subprocess
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from nhilint.algebra.evaluate import decide
from nhilint.model.facts import IdentityKey
from nhilint.model.snapshot import permissions_of
from nhilint.platforms.kubernetes.requests import parse_request
from nhilint.platforms.kubernetes.rules import DIMENSIONS
from tests.cases.test_cases import snapshot_of
from tests.differential import rbac_questions as make
from tests.spec import kubernetes as naive

PROGRAM = Path(__file__).parent / "kubernetes_authorizer" / "main.go"
TREES = int(os.environ.get("NHILINT_TREES", "500"))
SEED = int(os.environ.get("NHILINT_SEED", "20261125"))
REQUESTS = 8
Row = dict[str, Any]
Ask = Callable[[list[Row]], list[Row]]


@pytest.fixture(scope="module")
def ask(tmp_path_factory: pytest.TempPathFactory) -> Ask:
    """Questions to answers by the real authorizer, built on first use."""
    source = os.environ.get("NHILINT_KUBERNETES_SOURCE", "")
    go = shutil.which("go") or next(map(str, Path("/usr/lib").glob("go-*/bin/go")), "")
    if not source or not go:
        pytest.skip("the real authorizer needs Go and a Kubernetes source tree in NHILINT_KUBERNETES_SOURCE")
    tree = Path(source)
    if tree.parts[-3:] != ("src", "k8s.io", "kubernetes") or not (tree / "vendor").is_dir():
        pytest.skip("NHILINT_KUBERNETES_SOURCE is no folder `…/src/k8s.io/kubernetes` with a `vendor` folder")
    package = tree / "cmd" / "nhilint-authorizer"
    package.mkdir(exist_ok=True)
    shutil.copy(PROGRAM, package / "main.go")
    binary = tmp_path_factory.mktemp("authorizer") / "authorizer"
    home = str(tree.parents[2])
    settings = {"GO111MODULE": "off", "GOPATH": home, "GOFLAGS": "", "PWD": str(tree), "GOCACHE": f"{home}/cache"}
    built = subprocess.run(
        [go, "build", "-o", str(binary), "k8s.io/kubernetes/cmd/nhilint-authorizer"],
        cwd=tree, env={**os.environ, **settings}, capture_output=True, text=True, timeout=1200,
    )  # fmt: skip
    if built.returncode:
        pytest.skip(f"the real authorizer could not be built: {built.stderr.strip()[-300:]}")

    def answer(questions: list[Row]) -> list[Row]:
        text = "".join(json.dumps(question) + "\n" for question in questions)
        done = subprocess.run([str(binary)], input=text, capture_output=True, text=True, check=True, timeout=600)
        return [json.loads(line) for line in done.stdout.splitlines()]

    return answer


def put(asked: Row, user: Row) -> Row:
    """The request as the real authorizer takes it."""
    who = {"user": user["name"], "groups": user["groups"], "verb": asked["verb"]}
    if "url" in asked:
        return {**who, "path": asked["url"]}
    resource, _, sub = asked["resource"].partition("/")
    rest = {key: asked[key] for key in ("group", "name", "namespace")}
    return {**who, **rest, "resource": resource, "subresource": sub}


def test_every_request_is_decided_as_the_real_authorizer_does(ask: Ask, capsys: pytest.CaptureFixture[str]) -> None:
    rng = random.Random(SEED)
    trees = [make.tree(rng) for _ in range(TREES)]
    users = [naive.service_account(*account.split("/")) for account in make.ACCOUNTS]
    rows = [[(n, make.near(rng, tree)) for n in range(len(users)) for _ in range(REQUESTS)] for tree in trees]
    questions = []
    for tree, asked in zip(trees, rows, strict=True):
        # What a controller of the cluster does: fill in the rules of the roles that collect others.
        whole = [*tree, *make.SHIPPED]
        filled = [{**o, "rules": naive.rules_of(o, whole)} if o["kind"] == "ClusterRole" else o for o in tree]
        filled = [{**o, "metadata": {**o["metadata"], "namespace": naive.namespace_of(o)}} for o in filled]
        questions.append({"objects": filled, "requests": [put(one, users[n]) for n, one in asked]})
    seen: Counter[str] = Counter()
    for tree, asked, answers in zip(trees, rows, ask(questions), strict=True):
        snapshot = snapshot_of({"all.yaml": "\n---\n".join(map(json.dumps, tree))})
        for (n, one), real in zip(asked, answers["allowed"], strict=True):
            permissions = permissions_of(
                snapshot, IdentityKey(f"kubernetes:serviceaccount/{make.ACCOUNTS[n]}"), DIMENSIONS
            )
            mine = decide(permissions, parse_request(one["verb"], make.written(one))).verdict
            seen["allowed" if real else "denied"] += 1
            about = (make.ACCOUNTS[n], one, json.dumps(tree))
            assert naive.allowed([*tree, *make.SHIPPED], users[n], one) == real, about
            assert mine == ("allowed" if real else "implicitly-denied"), about
    with capsys.disabled():
        print(f"\nKubernetes' own authorizer: {TREES} trees, seed {SEED}, no disagreement: {dict(seen)}")
    assert seen["allowed"] > TREES * REQUESTS / 10


def test_the_rule_comparison_is_that_of_kubernetes(ask: Ask, capsys: pytest.CaptureFixture[str]) -> None:
    rng = random.Random(SEED)
    pairs = []
    for _ in range(TREES * 20):
        owner, servant = make.rules(rng, 4), make.rules(rng, 3)
        kept = rng.sample(servant, rng.randint(0, len(servant)))
        pairs.append((owner + [{**rule, "verbs": ["*"]} if rng.random() < 0.5 else rule for rule in kept], servant))
    seen: Counter[bool] = Counter()
    for (owner, servant), answers in zip(pairs, ask([{"owner": o, "servant": s} for o, s in pairs]), strict=True):
        left = [_atom(rule) for rule in answers["uncovered"] or ()]
        assert left == naive.uncovered(owner, servant), json.dumps([owner, servant])
        seen[not left] += 1
    with capsys.disabled():
        print(f"\nKubernetes' own Covers: {len(pairs)} pairs of rule lists, no disagreement; covered: {seen[True]}")
    assert min(seen.values()) > TREES


def _atom(rule: Row) -> tuple[str | None, ...]:
    if "nonResourceURLs" in rule:
        return rule["nonResourceURLs"][0], rule["verbs"][0]
    name = rule["resourceNames"][0] if "resourceNames" in rule else None
    return rule["apiGroups"][0], rule["resources"][0], rule["verbs"][0], name


CALLS = {
    ("GET", "/api/v1/namespaces/dev"): "get dev:namespaces=dev",
    ("GET", "/api/v1/namespaces"): "list namespaces",
    ("GET", "/api/v1/namespaces?fieldSelector=metadata.name%3Ddev"): "list namespaces=dev",
    ("POST", "/api/v1/namespaces"): "create namespaces",
    ("PUT", "/api/v1/namespaces/dev/finalize"): "update dev:namespaces/finalize=dev",
    ("GET", "/api/v1/nodes/n/proxy/metrics"): "get nodes/proxy=n",
    ("POST", "/api/v1/namespaces/dev/pods"): "create dev:pods",
    ("POST", "/api/v1/namespaces/dev/pods/a/exec"): "create dev:pods/exec=a",
    ("GET", "/api/v1/namespaces/dev/pods?fieldSelector=metadata.name%3Da"): "list dev:pods=a",
    ("GET", "/api/v1/namespaces/dev/pods?watch=true"): "watch dev:pods",
    ("DELETE", "/apis/apps/v1/namespaces/dev/deployments"): "deletecollection dev:deployments.apps",
    ("GET", "/apis/apps/v1/deployments"): "list deployments.apps",
    ("GET", "/metrics"): "get /metrics",
    ("GET", "/apis/apps/v1"): "get /apis/apps/v1",
}


def test_what_a_call_asks_for(ask: Ask) -> None:
    """The namespace of a call for one Namespace object is that object; a create has no name, a subresource has."""
    (answers,) = ask([{"calls": list(map(list, CALLS))}])
    for wanted, info in zip(CALLS.values(), answers["asks"], strict=True):
        if not info["IsResourceRequest"]:
            assert wanted == f"{info['Verb']} {info['Path']}"
            continue
        sub = f"/{info['Subresource']}" if info["Subresource"] else ""
        group = f".{info['APIGroup']}" if info["APIGroup"] else ""
        where = f"{info['Namespace']}:" if info["Namespace"] else ""
        name = f"={info['Name']}" if info["Name"] else ""
        assert wanted == f"{info['Verb']} {where}{info['Resource']}{group}{sub}{name}"
        request = parse_request(info["Verb"], wanted.partition(" ")[2])
        point = (info["Verb"], f"g:{info['APIGroup']}", info["Resource"] + sub, info["Name"], info["Namespace"])
        assert request.point == point
