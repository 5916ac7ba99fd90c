"""Requests to the RBAC of real repositories: nhilint and the naive authorizer give the same answers.

Every folder of the newest revision whose manifests can be read is one cluster. Folders that define an object twice (a
base beside what was rendered of it) are left out: what they mean is decided by whoever applies them.
"""

from __future__ import annotations

import json
import os
import posixpath
import random
import subprocess
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from nhilint.algebra.evaluate import decide
from nhilint.algebra.prove import compare
from nhilint.algebra.universe import OPEN
from nhilint.algebra.values import Covered, Exceeds
from nhilint.data.kubernetes import resources
from nhilint.model.facts import IdentityKey
from nhilint.model.snapshot import permissions_of
from nhilint.platforms.kubernetes.paste import rules_of
from nhilint.platforms.kubernetes.requests import parse_request
from nhilint.platforms.kubernetes.rules import DIMENSIONS
from nhilint.platforms.kubernetes.words import fill
from tests.cases.test_cases import snapshot_of
from tests.corpus.test_laws import REPOSITORIES
from tests.differential import rbac_questions as make
from tests.property.test_kubernetes import inside, permissions, request_of
from tests.spec import kubernetes as naive

pytestmark = pytest.mark.corpus
ROLES = ("Role", "ClusterRole")
KINDS = (*ROLES, "RoleBinding", "ClusterRoleBinding", "ServiceAccount")
REQUESTS = int(os.environ.get("NHILINT_REQUESTS", "300"))
PAIRS = int(os.environ.get("NHILINT_PAIRS", "3000"))
SHIPPED_NAMESPACED = "extension-apiserver-authentication-reader"
"""The Role of kube-system that many refer to; the naive authorizer is not given the shipped Roles."""
Row = dict[str, Any]


def git(repository: Path, *arguments: str) -> str:
    command = ["git", "-C", str(repository), *arguments]
    return subprocess.run(command, capture_output=True, check=True).stdout.decode(errors="replace")


def manifests(text: str) -> list[Row]:
    """The RBAC objects of one file; none where PyYAML can not read it."""
    try:
        found = list(yaml.load_all(text, Loader=yaml.CSafeLoader))
    except yaml.YAMLError:
        return []
    rows = [row for row in found if isinstance(row, dict)]
    rows = [item for row in rows for item in (row.get("items") or [] if row.get("kind") == "List" else [row])]
    return [row for row in rows if _whole(row)]


def _whole(row: Any) -> bool:
    """Whether it is an object that a cluster takes; test data of readers has others."""
    if not isinstance(row, dict) or row.get("kind") not in KINDS or "name" not in (row.get("metadata") or {}):
        return False
    return not row["kind"].endswith("Binding") or "kind" in (row.get("roleRef") or {})


def clusters(repository: Path) -> Iterator[tuple[str, dict[str, str], list[Row]]]:
    """Folder, files and objects."""
    pattern = r"^ *kind: *\"?(Cluster)?RoleBinding"
    listed = git(repository, "grep", "-lE", pattern, "HEAD", "--", "*.yaml", "*.yml").splitlines()
    for folder in sorted({posixpath.dirname(line.partition(":")[2]) for line in listed}):
        names = git(repository, "ls-tree", "--name-only", "HEAD", f"{folder}/" if folder else ".").splitlines()
        names = [name for name in names if name.endswith((".yaml", ".yml")) and "kustomization" not in name]
        files = {name: git(repository, "show", f"HEAD:{name}") for name in names}
        objects = {name: manifests(text) for name, text in files.items()}
        files = {name: text for name, text in files.items() if objects[name]}
        rows = [row for name in files for row in objects[name]]
        same = Counter((row["kind"], naive.namespace_of(row), row["metadata"].get("name")) for row in rows)
        if rows and max(same.values()) == 1:
            yield folder, files, rows


def settle(objects: list[Row]) -> list[Row]:
    """The subjects as an install with `kubectl apply -n` means them: one namespace for an account that says none."""
    spaces: dict[str, set[str]] = {}
    for row in objects:
        for subject in row.get("subjects") or []:
            if subject["kind"] == "ServiceAccount" and "namespace" in subject:
                spaces.setdefault(subject["name"], set()).add(subject["namespace"])
    written = [row["metadata"] for row in objects if row["kind"] == "ServiceAccount"]
    homes = {(one.get("namespace"), one["name"]) for one in written}
    open_ones = {name for home, name in homes if home is None}
    for row in objects:
        for subject in row.get("subjects") or []:
            name, home = subject["name"], subject.get("namespace")
            if subject["kind"] == "ServiceAccount" and name in open_ones and spaces.get(name) == {home}:
                subject["namespace"] = home if (home, name) in homes else "default"
    return objects


def accounts(objects: list[Row]) -> list[tuple[str, str]]:
    """Every service account that is written or bound."""
    found = {(naive.namespace_of(row), row["metadata"]["name"]) for row in objects if row["kind"] == "ServiceAccount"}
    for row in objects:
        for subject in row.get("subjects") or []:
            if subject["kind"] == "ServiceAccount":
                home = subject.get("namespace") or (
                    "" if row["kind"] == "ClusterRoleBinding" else naive.namespace_of(row)
                )
                found |= {(home, subject["name"])} if home else set()
    return sorted(found)


def asked(rng: random.Random, objects: list[Row], spaces: list[str]) -> Row:
    """A request about what some rule says, with one part of it changed now and then."""
    rules = [rule for row in [*objects, *make.SHIPPED] if row["kind"] in ROLES for rule in row.get("rules") or []]
    pools: dict[str, list[str]] = {"verbs": ["get", "impersonate"], "apiGroups": ["", "apps"], "resources": ["pods"]}
    about, other = rng.choice(rules), rng.choice(rules)

    def pick(field: str) -> str:
        values = (about if rng.random() < 0.85 else other).get(field) or pools.get(field, [""])
        value = rng.choice(values)
        return rng.choice(pools.get(field, ["x"])) if value == "*" else value.replace("*", "x")

    if "nonResourceURLs" in about:
        url = pick("nonResourceURLs")
        return {"verb": pick("verbs"), "url": url if url.startswith("/") else "/metrics"}
    row = {"verb": pick("verbs"), "group": pick("apiGroups"), "resource": pick("resources"), "name": ""}
    row["name"] = pick("resourceNames") if rng.random() < 0.8 else rng.choice(("", "x"))
    known = resources().get((row["group"], row["resource"].partition("/")[0]))
    # A call for a resource of the cluster has no namespace.
    row["namespace"] = "" if known is not None and not known.namespaced else rng.choice(spaces)
    if row["resource"].partition("/")[0] == "namespaces" and not row["group"]:
        row["namespace"] = row["name"] = rng.choice(spaces)
    return make.settled(row)


def spaces_of(objects: list[Row]) -> list[str]:
    return ["", *sorted({naive.namespace_of(row) for row in objects if not row["kind"].startswith("Cluster")})]


@pytest.mark.parametrize("repository", REPOSITORIES, ids=lambda p: p.parent.name if p.name == "repo" else p.name)
def test_requests_are_decided_as_the_naive_authorizer_does(repository: Path, capsys: Any) -> None:
    rng = random.Random(20261125)
    seen: Counter[str] = Counter()
    try:
        found = list(clusters(repository))
    except subprocess.CalledProcessError:
        pytest.skip("no manifests of RBAC")
    for folder, files, objects in found:
        objects = [row for row in settle(objects) if (row.get("roleRef") or {}).get("name") != SHIPPED_NAMESPACED]
        snapshot = snapshot_of(files)
        seen["folders"] += 1
        questions = [asked(rng, objects, spaces_of(objects)) for _ in range(REQUESTS)]
        for namespace, name in accounts(objects):
            permissions = permissions_of(
                snapshot, IdentityKey(f"kubernetes:serviceaccount/{namespace}/{name}"), DIMENSIONS
            )
            seen["accounts"] += 1
            for question in questions:
                wanted = naive.allowed([*objects, *make.SHIPPED], naive.service_account(namespace, name), question)
                mine = decide(permissions, parse_request(question["verb"], make.written(question))).verdict
                about = (folder, namespace, name, question)
                assert mine == ("allowed" if wanted else "implicitly-denied"), about
                seen["allowed" if wanted else "denied"] += 1
    with capsys.disabled():
        print(f"\n{repository}: no disagreement: {dict(seen)}")
    assert not found or seen["denied"]


def test_roles_are_compared_as_the_naive_comparison_does(capsys: Any) -> None:
    """All roles of all repositories, pair by pair: the verdict, the atoms that are left, and the rules to paste."""
    found: dict[str, list[Row]] = {}
    for repository in REPOSITORIES:
        for _, _, objects in clusters(repository):
            roles = [row for row in objects if row["kind"] in ROLES and isinstance(row.get("rules"), list)]
            found |= {json.dumps(row["rules"], sort_keys=True): row["rules"] for row in roles}
    rng = random.Random(20261125)
    lists = [rules for rules in found.values() if rules]
    pairs = [(one, other) for one in lists for other in lists if one is not other]
    seen: Counter[str] = Counter()
    for owner, servant in rng.sample(pairs, min(PAIRS, len(pairs))):
        mine, theirs = permissions(servant), permissions(owner)
        verdict = compare(mine, theirs, OPEN, fill=fill)
        left = naive.uncovered(owner, servant)
        about = json.dumps([owner, servant])
        assert isinstance(verdict, Exceeds if left else Covered), about
        seen["exceeds" if left else "covered"] += 1
        if isinstance(verdict, Exceeds):
            rows = rules_of(verdict.residue)
            again = [atom for row in rows for atom in naive.atoms(row)]
            assert all(any(inside(atom, part) for part in again) for atom in left), about
            assert set(again) <= set(left), about
            assert not naive.uncovered([*owner, *rows], servant), about
            for part in verdict.residue:
                asked_for = request_of(part.witness.point)
                assert any(naive.rule_allows(rule, asked_for) for rule in servant), about
                assert not any(naive.rule_allows(rule, asked_for) for rule in owner), about
    with capsys.disabled():
        print(f"\n{len(lists)} roles, no disagreement: {dict(seen)}")
