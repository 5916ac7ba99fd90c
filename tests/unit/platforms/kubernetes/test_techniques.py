"""The table of Kubernetes techniques: every row can be used, names real requests, and has its pages."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from nhilint.algebra.values import display
from nhilint.data.kubernetes import resources
from nhilint.model.facts import Identity, IdentityKey
from nhilint.model.span import Span
from nhilint.model.technique import Need, Technique
from nhilint.platforms.kubernetes.techniques import techniques, variables

GOALS = {"administrator", "every-secret", "node", "custom-objects", "traffic"}
WORDS = {
    "": set(),
    "identity": {"target.name", "target.namespace"},
    "workload": {
        *("workload.name", "workload.namespace", "workload.pod", "workload.group", "workload.resource"),
        "workload.escape",
    },
}
AUTHORIZED = {
    ("", "users"),
    ("", "groups"),
    ("authentication.k8s.io", "users"),
    ("authentication.k8s.io", "serviceaccounts"),
    ("certificates.k8s.io", "signers"),
}
"""What is authorized and is no object."""
CUSTOM = {
    *(
        "argoproj.io",
        "tekton.dev",
        "triggers.tekton.dev",
        "serving.knative.dev",
        "sparkoperator.k8s.io",
        "kubeflow.org",
    ),
    *("monitoring.coreos.com", "serving.kserve.io", "ray.io", "batch.volcano.sh", "keda.sh", "apps.openshift.io"),
    *("kustomize.toolkit.fluxcd.io", "helm.toolkit.fluxcd.io", "pkg.crossplane.io", "kubernetes.crossplane.io"),
    *("operators.coreos.com", "helm.cattle.io", "kyverno.io", "mutations.gatekeeper.sh"),
}
"""Groups of custom resources, of which this program has no table."""
VERBS = {"bind", "escalate", "impersonate", "approve"}
CONSTRAINED = re.compile(r"impersonate(-on)?:[a-z-]+(:\*)?")
EVERY = pytest.mark.parametrize("technique", techniques(), ids=lambda technique: technique.id)


def points(technique: Technique) -> list[tuple[Need, tuple[str, ...]]]:
    return [(need, point) for need in technique.needs for point in need.points]


@EVERY
def test_a_row_leads_somewhere_and_says_where_that_is_written(technique: Technique) -> None:
    assert technique.yields == "target" if technique.yields not in GOALS else True
    assert technique.yields != "target" or technique.target, "it leads to a target that it does not have"
    assert technique.unbounded_yields in GOALS
    assert bool(technique.unbounded) == bool(technique.any_target)
    assert technique.references
    assert all(reference.startswith("https://") for reference in technique.references)
    assert not technique.title.endswith(".")


@EVERY
def test_the_words_of_a_row_are_those_of_its_target(technique: Technique) -> None:
    used = {word for _, point in points(technique) for part in point for word in re.findall(r"{([^}]*)}", part)}
    assert used <= WORDS[technique.target]
    if technique.unbounded:
        assert used <= dict(technique.unbounded).keys()


@EVERY
def test_a_row_asks_for_what_the_api_has(technique: Technique) -> None:
    for need, (verb, group, resource, name, namespace) in points(technique):
        assert need.actions == ("*",)
        if "{" in resource or "impersonate-on" in verb:
            continue
        plain = group.removeprefix("g:")
        if plain in CUSTOM or CONSTRAINED.fullmatch(verb):
            continue
        row = resources().get((plain, resource))
        if row is None:
            assert (plain, resource) in AUTHORIZED
        assert verb in VERBS or (row is not None and verb in row.verbs), f"no request does {verb} on {resource}"
        if row is not None:
            assert row.namespaced == bool(namespace) or verb == "bind", f"{resource} and namespace `{namespace}`"
        assert not (verb == "create" and "/" not in resource and name), "a request to create has no name"


def test_a_wildcard_for_the_signers_of_a_domain_is_a_name() -> None:
    row = next(technique for technique in techniques() if technique.id == "csr-client")
    assert "kubernetes.io/*" in {display(point[3]) for _, point in points(row)}
    assert "kubernetes.io/*" not in {point[3] for _, point in points(row)}


@pytest.mark.parametrize(
    ("kind", "name", "expected"),
    [
        ("service_account", "dev/bot", {"namespace": "dev", "name": "bot"}),
        ("kubernetes_user", "team/jane", {"name": "team/jane"}),
        ("kubernetes_group", "system:masters", {"name": "system:masters"}),
        ("role", "dev/r", {"namespace": "dev", "name": "r"}),
        ("cluster_role", "r", {"name": "r"}),
    ],
)
def test_the_words_of_an_identity(kind: str, name: str, expected: dict[str, str]) -> None:
    span = Span(path="a.yaml", line=1, column=1, end_line=1, end_column=1)
    identity = Identity(key=IdentityKey("x"), platform="kubernetes", kind=kind, name=name, span=span)
    assert variables(identity) == expected


OFFERS = {"bind-role", "escalate-role"}
"""What the roles of a tree lead to one by one."""
ESCAPES = {
    *("container-privileged", "container-capability", "container-host-path", "container-socket", "container-host-logs"),
}
"""What the specification of a Pod leads to."""
KUBEHOUND = {
    "POD_CREATE": {"pod-create", "workload-create"},
    "POD_EXEC": {"pod-exec"},
    "POD_ATTACH": {"pod-attach"},
    "POD_PATCH": {"pod-patch", "workload-update"},
    "ROLE_BIND": {"bind-any", "bind-in-namespace", "bind-role"},
    "TOKEN_BRUTEFORCE": {"token-secret", "secrets-read"},
    "TOKEN_LIST": {"token-secret", "secrets-read"},
    "IDENTITY_IMPERSONATE": {"impersonate-user", "impersonate-group", "impersonate-service-account"},
    "CE_MODULE_LOAD": {"container-capability", "container-privileged"},
    "CE_NSENTER": {"container-privileged"},
    "CE_PRIV_MOUNT": {"container-privileged"},
    "CE_SYS_PTRACE": {"container-capability"},
    "CE_UMH_CORE_PATTERN": {"container-host-path"},
    "CE_VAR_LOG_SYMLINK": {"container-host-logs"},
    "EXPLOIT_CONTAINERD_SOCK": {"container-socket"},
    "EXPLOIT_HOST_READ": {"container-host-path"},
    "EXPLOIT_HOST_TRAVERSE": {"container-host-path"},
    "EXPLOIT_HOST_WRITE": {"container-host-path"},
}
"""The attacks of https://kubehound.io/reference/attacks/ and what finds them here."""
KUBEHOUND_OTHERWISE = {
    "CONTAINER_ATTACH": "inside one Pod, which is one identity",
    "ENDPOINT_EXPLOIT": "needs a weakness of the program that listens",
    "IDENTITY_ASSUME": "an edge of the graph: runs-as",
    "PERMISSION_DISCOVER": "an edge of the graph: holds",
    "SHARE_PS_NAMESPACE": "inside one Pod, which is one identity",
    "TOKEN_STEAL": "an edge of the graph: runs-as",
    "VOLUME_ACCESS": "inside one node, which is one goal",
    "VOLUME_DISCOVER": "inside one Pod, which is one identity",
}


RBAC_POLICE = {
    "approve_csrs": {"csr-client", "csr-kubelet"},
    "assign_sa": {"pod-create", "workload-create", "workload-switch"},
    "bind_roles": {"bind-any", "bind-in-namespace", "bind-role"},
    "control_webhooks": {"mutating-webhook", "validating-webhook"},
    "eks_modify_aws_auth": {"aws-auth"},
    "escalate_roles": {"escalate-clusterrole", "escalate-role", "escalate-aggregation", "escalate-and-bind-role"},
    "impersonate": {"impersonate-user", "impersonate-group", "impersonate-service-account"},
    "issue_token_secrets": {"token-secret", "token-secret-named"},
    "list_secrets": {"secrets-read"},
    "modify_pods": {"pod-patch", "workload-update"},
    "nodes_proxy": {"nodes-proxy", "nodes-proxy-named"},
    "obtain_token_weak_ns": {"controller-account"},
    "pods_ephemeral_ctrs": {"ephemeral-container"},
    "pods_exec": {"pod-exec"},
    "rce_weak_ns": {"system-pods"},
    "retrieve_secrets": {"secrets-read"},
    "token_request": {"token-request"},
}
"""The checks of https://github.com/PaloAltoNetworks/rbac-police and what finds them here."""
RBAC_POLICE_OTHERWISE = {
    "cluster_admin": "an edge of the graph: holds",
    "modify_node_status": "draws Pods to a node that somebody controls already",
    "modify_pod_status": "deletes Pods by their labels",
    "modify_service_status_cve_2020_8554": "draws traffic of addresses outside the cluster",
    "providerIAM": "an edge of the graph: may-become",
    "retrieve_token_secrets": "an edge of the graph: stored-in",
    "steal_pods": "draws Pods to a node that somebody controls already",
}


def test_every_check_of_rbac_police_has_its_place() -> None:
    known = {technique.id for technique in techniques()} | OFFERS
    assert not RBAC_POLICE.keys() & RBAC_POLICE_OTHERWISE.keys()
    assert len(RBAC_POLICE) + len(RBAC_POLICE_OTHERWISE) == 24
    assert set().union(*RBAC_POLICE.values()) <= known


def test_the_page_of_techniques_has_them_all() -> None:
    page = (Path(__file__).parents[4] / "docs" / "escalation-kubernetes.md").read_text(encoding="utf-8")
    told = set(re.findall(r"^\| `([a-z-]+)` \|", page, re.MULTILINE))
    assert told - GOALS == {technique.id for technique in techniques()} | OFFERS | ESCAPES


def test_every_attack_of_kubehound_has_its_place() -> None:
    known = {technique.id for technique in techniques()} | OFFERS | ESCAPES
    assert not KUBEHOUND.keys() & KUBEHOUND_OTHERWISE.keys()
    assert len(KUBEHOUND) + len(KUBEHOUND_OTHERWISE) == 26
    assert set().union(*KUBEHOUND.values()) <= known


def test_every_technique_has_a_case_that_is_found_and_one_that_is_silent() -> None:
    text = (Path(__file__).parents[3] / "cases" / "paths" / "kubernetes.md").read_text(encoding="utf-8")
    known = {technique.id for technique in techniques()} | OFFERS | ESCAPES
    assert set(re.findall(r"(?:may escalate|escalates) by (\S+) to", text)) == known
    silent = set(re.findall(r"does not escalate by (\S+)", text))
    # Cases whose near miss has no step at all do not name the technique.
    assert known - silent <= OFFERS | ESCAPES
