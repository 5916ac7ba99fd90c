"""The attacks of KubeHound's test cluster: who reaches what by which technique, and who must not."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from nhilint.engine.dialects import Dialects, interpret
from nhilint.graph.access import AccessGraph
from nhilint.graph.build import build
from nhilint.model.snapshot import unite
from nhilint.sources.git import GitTree
from nhilint.sources.load import load
from nhilint.sources.memory import MemoryTree
from nhilint.sources.options import LoadOptions
from tests.corpus.places import repositories

pytestmark = pytest.mark.corpus
PLACE = next((place for place in repositories() if "KubeHound" in str(place)), None)
if PLACE is None:
    pytest.skip("NHILINT_CORPUS has no KubeHound", allow_module_level=True)

FOLDER = "test/setup/test-cluster/attacks/"
ACCOUNT = "kubernetes:serviceaccount/default/"
BINDERS = {
    "serviceaccount/default/rolebind-sa-crb-cr-crb-cr": "bind-any",
    "serviceaccount/default/rolebind-sa-crb-cr-rb-cr": "bind-in-namespace",
    "serviceaccount/default/rolebind-sa-crb-cr-rb-r": "bind-role",
    "serviceaccount/default/rolebind-sa-rb-cr-rb-cr": "bind-in-namespace",
    "serviceaccount/default/rolebind-sa-rb-cr-rb-r": "bind-role",
    "serviceaccount/default/rolebind-sa-rb-r-rb-r": "bind-role",
    "serviceaccount/default/rolebind-sa-rb-r-rb-crb": "bind-in-namespace",
    **{f"{who}-rb-r-rb-r": "bind-role" for who in ("group/group", "user/user")},
    **{f"{who}-rb-r-rb-crb": "bind-in-namespace" for who in ("group/group", "user/user")},
}
"""ROLE_BIND: who may bind, and how far."""
NO_BINDERS = (
    *(f"serviceaccount/default/rolebind-sa-{name}-fail" for name in ("crb-cr-crb-r", "rb-cr-crb-cr", "rb-r-crb-cr")),
    *(f"{who}-rb-r-crb-cr-fail" for who in ("group/group", "user/user")),
)
"""ROLE_BIND: who may not, as the name says."""
ESCAPES = {
    "modload-pod": "container-capability",
    "nsenter-pod": "container-privileged",
    "priv-pod": "container-privileged",
    "sys-ptrace-pod": "container-capability",
    "umh-core-pod": "container-host-path",
    "varlog-pod": "container-host-logs",
    "host-read-exploit-pod": "container-host-path",
    "host-write-exploit-pod": "container-host-path",
    "endpoints-pod": "container-privileged",
}
"""CE_* and EXPLOIT_HOST_*."""
HARMLESS = ("control-pod", "netadmin-pod", "sharedps-pod1", "sharedps-pod2", "pod-create-pod", "tokenget-pod")


@cache
def graph() -> AccessGraph:
    assert PLACE is not None
    tree = GitTree(str(PLACE), "HEAD")
    files = {Path(e.path).name: tree.read(e.path).decode() for e in tree.entries() if e.path.startswith(FOLDER)}
    loaded = load(MemoryTree({name: text for name, text in files.items() if name.endswith(".yaml")}), LoadOptions())
    assert not loaded.unresolved
    return build(unite(interpret(loaded.documents), loaded.unresolved, loaded.moved), Dialects())


def steps(who: str) -> set[tuple[str, str]]:
    """Techniques and whom they lead to; of a group of many, each."""
    edges = graph().edges
    members = {(edge.source, edge.target) for edge in edges if edge.source.startswith("group:")}
    found = {(edge.technique, edge.target) for edge in edges if edge.source == who}
    return found | {(technique, member) for technique, target in found for group, member in members if group == target}


def accounts() -> set[str]:
    return {edge.target for edge in graph().edges if edge.kind == "runs-as"}


@pytest.mark.parametrize("who", BINDERS)
def test_who_may_bind_roles(who: str) -> None:
    assert BINDERS[who] in {technique for technique, _ in steps(f"kubernetes:{who}")}
    assert graph().reachable(f"kubernetes:{who}") & {f"{ACCOUNT}pod-exec-sa", "kubernetes:administrator"}


@pytest.mark.parametrize("who", NO_BINDERS)
def test_who_may_not_bind_roles(who: str) -> None:
    assert not steps(f"kubernetes:{who}")


@pytest.mark.parametrize(("who", "technique"), [("pod-exec-sa", "pod-exec"), ("pod-patch-sa", "pod-patch")])
def test_who_gets_into_pods_becomes_every_account_that_they_run_as(who: str, technique: str) -> None:
    found = {target for name, target in steps(ACCOUNT + who) if name == technique}
    assert found >= accounts() - {ACCOUNT + who, f"{ACCOUNT}default"}
    assert ("escaping-pod", "kubernetes:node") in steps(ACCOUNT + who)


def test_who_makes_pods_becomes_every_account_of_the_namespace() -> None:
    found = steps(f"{ACCOUNT}pod-create-sa")
    assert {target for name, target in found if name == "pod-create"} >= accounts() - {f"{ACCOUNT}pod-create-sa"} - {
        "kubernetes:serviceaccount/vault/default"
    }
    assert ("privileged-pod", "kubernetes:node") in found


@pytest.mark.parametrize("name", ESCAPES)
def test_pods_that_have_their_node(name: str) -> None:
    assert (ESCAPES[name], "kubernetes:node") in steps(f"workload:Pod/{name}")


@pytest.mark.parametrize("name", HARMLESS)
def test_pods_that_do_not_have_their_node(name: str) -> None:
    assert all(target != "kubernetes:node" for _, target in steps(f"workload:Pod/{name}"))


@pytest.mark.parametrize("name", ["impersonate-sa", "varlog-sa", "tokenget-sa", "tokenlist-sa"])
def test_rights_that_lead_nowhere_in_this_tree(name: str) -> None:
    # Users belong to no namespace, and no Secret of the tree keeps a token.
    assert not steps(ACCOUNT + name)
