"""Random kustomizations against `kubectl kustomize`: the same objects, and who holds what where, before and after.

Needs `kubectl`, which reads and prints files here and talks to no cluster.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import subprocess
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from nhilint.algebra.evaluate import decide
from nhilint.model.facts import IdentityKey
from nhilint.model.snapshot import Snapshot, permissions_of
from nhilint.platforms.kubernetes.requests import parse_request
from nhilint.platforms.kubernetes.rules import DIMENSIONS
from nhilint.sources.memory import MemoryTree
from tests.cases.test_cases import snapshot_of
from tests.differential.kustomize_peer import KUBECTL, Mine, different, theirs
from tests.differential.kustomize_trees import tree

TREES = int(os.environ.get("NHILINT_TREES", "25"))
SEED = int(os.environ.get("NHILINT_SEED", "20261125"))
SPACES = ("dev", "prod", "target", "default")
NAMES = ("a", "b", "default")
RBAC = "rbac.authorization.k8s.io"
Row = dict[str, Any]


def objects(rng: random.Random) -> list[Row]:
    """Accounts, and bindings of a role each that gives one thing of its own."""
    found: list[Row] = []
    for name in rng.sample(NAMES, 2):
        space = rng.choice(("", *SPACES))
        place = {"namespace": space} if space else {}
        found.append({"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": name, **place}})
    for number in range(rng.randint(1, 4)):
        kind = rng.choice(("RoleBinding", "ClusterRoleBinding"))
        space = rng.choice(("", *SPACES)) if kind == "RoleBinding" else ""
        place = {"namespace": space} if space else {}
        rules = [{"apiGroups": ["x.example"], "resources": [f"things{number}"], "verbs": ["get"]}]
        role = {"apiVersion": f"{RBAC}/v1", "kind": "ClusterRole", "metadata": {"name": f"r{number}"}, "rules": rules}
        subjects = []
        for _ in range(rng.randint(1, 3)):
            home = rng.choice(("", *SPACES))
            named = {"namespace": home} if home else {}
            subjects.append({"kind": "ServiceAccount", "name": rng.choice((*NAMES, "foreign")), **named})
        reference = {"apiGroup": RBAC, "kind": "ClusterRole", "name": f"r{number}"}
        binding = {"apiVersion": f"{RBAC}/v1", "kind": kind, "metadata": {"name": f"b{number}", **place}}
        found += [role, {**binding, "roleRef": reference, "subjects": subjects}]
    return found


def layers(rng: random.Random, text: str) -> dict[str, str]:
    """The objects below one kustomization, or below two of which each may set a namespace."""
    top = rng.choice(SPACES)
    if rng.random() < 0.5:
        return {"all.yaml": text, "kustomization.yaml": json.dumps({"namespace": top, "resources": ["all.yaml"]})}
    spaces = rng.choice(((top, ""), ("", top), (top, rng.choice(SPACES))))
    outer, inner = ({"namespace": space} if space else {} for space in spaces)
    return {
        "base/all.yaml": text,
        "base/kustomization.yaml": json.dumps({**inner, "resources": ["all.yaml"]}),
        "kustomization.yaml": json.dumps({**outer, "resources": ["base"]}),
    }


def held(snapshot: Snapshot) -> set[tuple[str, str, int]]:
    """Account, namespace and number of the thing it may get there."""
    found = set()
    for namespace in SPACES:
        for name in (*NAMES, "foreign"):
            key = IdentityKey(f"kubernetes:serviceaccount/{namespace}/{name}")
            permissions = permissions_of(snapshot, key, DIMENSIONS)
            for space in (*SPACES, "elsewhere"):
                for number in range(4):
                    request = parse_request("get", f"{space}:things{number}.x.example=one")
                    if decide(permissions, request).verdict == "allowed":
                        found.add((f"{namespace}/{name}", space, number))
    return found


def test_the_namespace_of_a_kustomization(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    kubectl = shutil.which("kubectl")
    if kubectl is None:
        pytest.skip("kubectl is not installed")
    rng = random.Random(SEED)
    seen: Counter[str] = Counter()
    for number in range(TREES):
        folder = tmp_path / str(number)
        folder.mkdir()
        text = "\n---\n".join(map(json.dumps, objects(rng)))
        files = layers(rng, text)
        for name, content in files.items():
            (folder / name).parent.mkdir(exist_ok=True)
            (folder / name).write_text(content, encoding="utf-8")
        done = subprocess.run(
            [kubectl, "kustomize", str(folder)], capture_output=True, text=True, timeout=60, check=False
        )
        if done.returncode:
            seen["refused by kustomize"] += 1
            continue
        mine = held(snapshot_of(files))
        assert mine == held(snapshot_of({"rendered.yaml": done.stdout})), json.dumps(files)
        seen["trees"] += 1
        seen["grants"] += len(mine)
    with capsys.disabled():
        print(f"\nkubectl kustomize, seed {SEED}, no disagreement: {dict(seen)}")
    assert seen["grants"] > TREES


def test_the_objects_of_a_kustomization(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    if KUBECTL is None:
        pytest.skip("kubectl is not installed")
    rng = random.Random(SEED)
    seen: Counter[str] = Counter()
    for number in range(2 * TREES):
        folder = tmp_path / str(number)
        files = tree(rng)
        for name, content in files.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(content, encoding="utf-8")
        rendered, problems = Mine(MemoryTree(files)).render("top")
        others, refusal = theirs(folder / "top")
        if "goroutine" in refusal:
            seen["kubectl broke down"] += 1
            continue
        assert bool(problems) == bool(refusal), f"{folder}: {problems}, {refusal}"
        if refusal:
            seen["refused by both"] += 1
            continue
        assert not different(rendered, others), f"{folder}: {different(rendered, others)}"
        seen["trees"] += 1
        seen["objects"] += len(others)
    with capsys.disabled():
        print(f"\nkubectl kustomize, seed {SEED}, no disagreement: {dict(seen)}")
    assert seen["trees"] > TREES // 2
