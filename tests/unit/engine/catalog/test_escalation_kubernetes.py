"""What makes a Kubernetes or a GitHub role of the catalog an escalation, and the near misses."""

from __future__ import annotations

from typing import Any

import pytest

from nhilint.algebra.evaluate import decide
from nhilint.algebra.values import Permissions, Scope, Statement
from nhilint.data.kubernetes import default_cluster_roles
from nhilint.engine.catalog.primitives import primitives
from nhilint.engine.dialects import dialect
from tests.unit.engine.catalog.small import messages, role, seen

OUTSIDE_SYSTEM = "(?!kube-)[a-z-]+"
PARAMETERS = f"""
parameters:
  namespace: {{ pattern: "{OUTSIDE_SYSTEM}", examples: [web] }}
  name: {{ pattern: "[a-z]+", examples: [web] }}
  any-space: {{ pattern: "[a-z-]+", examples: [web] }}
allow:
"""
SPACE = 'namespaces: ["<namespace>"]'

ROLES = {
    "Pods in any namespace": (
        '- { verbs: [create], groups: [""], resources: [pods] }',
        {"pod-create": "any", "privileged-pod": "any", "controller-account": "any"},
    ),
    "Pods in a named namespace": (
        f'- {{ verbs: [create], groups: [""], resources: [pods], {SPACE} }}',
        {"pod-create": "named", "privileged-pod": "named"},
    ),
    "Pods in a namespace that may be that of the system": (
        '- { verbs: [create], groups: [""], resources: [pods], namespaces: ["<any-space>"] }',
        {
            "pod-create": "named",
            "privileged-pod": "named",
            "controller-account": "any-space=kube-system",
        },
    ),
    "Pods in the namespace of the system": (
        '- { verbs: [create], groups: [""], resources: [pods], namespaces: [kube-system] }',
        {"pod-create": "named", "privileged-pod": "named", "controller-account": "any"},
    ),
    "reading of Pods": ('- { verbs: [get, list, watch], groups: [""], resources: [pods, pods/log] }', {}),
    "shells in a named namespace": (
        f'- {{ verbs: [create], groups: [""], resources: [pods/exec], {SPACE} }}',
        {"pod-exec": "named", "escaping-pod": "named"},
    ),
    "deployments of one name": (
        f'- {{ verbs: [patch], groups: [apps], resources: [deployments], names: ["<name>"], {SPACE} }}',
        {"workload-update": "named"},
    ),
    "the scale of deployments": (
        f'- {{ verbs: [patch, update], groups: [apps], resources: [deployments/scale], {SPACE} }}',
        {},
    ),
    "tokens of anybody": (
        '- { verbs: [create], groups: [""], resources: [serviceaccounts/token] }',
        {"token-request": "any", "controller-account": "any"},
    ),
    "tokens of one account": (
        f'- {{ verbs: [create], groups: [""], resources: [serviceaccounts/token], names: ["<name>"], {SPACE} }}',
        {"token-request": "named"},
    ),
    "every Secret": ('- { verbs: [get], groups: [""], resources: [secrets] }', {"secrets-read": "any"}),
    "the Secrets of a namespace": (f'- {{ verbs: [get, list], groups: [""], resources: [secrets], {SPACE} }}', {}),
    "one Secret": (
        f'- {{ verbs: [get, update], groups: [""], resources: [secrets], names: ["<name>"], {SPACE} }}',
        {},
    ),
    "a ConfigMap that may be that of the system": (
        '- { verbs: [update], groups: [""], resources: [configmaps], namespaces: ["<any-space>"] }',
        {"aws-auth": "any-space=kube-system", "cluster-dns": "any-space=kube-system"},
    ),
    "a ConfigMap with a name of letters": (
        '- { verbs: [update], groups: [""], resources: [configmaps], names: ["<name>"], namespaces: ["<any-space>"] }',
        {"cluster-dns": "name=coredns any-space=kube-system"},
    ),
    "impersonation of anybody": (
        '- { verbs: [impersonate], groups: [""], resources: [users, groups, serviceaccounts] }',
        {
            "controller-account": "any",
            "impersonate-user": "any",
            "impersonate-group": "any",
            "impersonate-masters": "any",
            "impersonate-service-account": "any",
        },
    ),
    "impersonation of one user": (
        '- { verbs: [impersonate], groups: [""], resources: [users], names: ["<name>"] }',
        {"impersonate-user": "named"},
    ),
    "binding of the cluster's administrator": (
        '- { verbs: [bind], groups: [rbac.authorization.k8s.io], resources: [clusterroles], names: [cluster-admin] }\n'
        "  - { verbs: [create], groups: [rbac.authorization.k8s.io], resources: [clusterrolebindings] }",
        {"bind-any": "any"},
    ),
    "binding of a view": (
        '- { verbs: [bind], groups: [rbac.authorization.k8s.io], resources: [clusterroles], names: [view] }\n'
        "  - { verbs: [create], groups: [rbac.authorization.k8s.io], resources: [clusterrolebindings] }",
        {},
    ),
    "any mutating webhook": (
        "- { verbs: [patch], groups: [admissionregistration.k8s.io], resources: [mutatingwebhookconfigurations] }",
        {"mutating-webhook": "any"},
    ),
    "a new Secret and the reading of one name": (
        f'- {{ verbs: [create], groups: [""], resources: [secrets], {SPACE} }}\n'
        f'  - {{ verbs: [get], groups: [""], resources: [secrets], names: ["<name>-ca"], {SPACE} }}',
        {"token-secret-named": "named"},
    ),
    "new Secrets and the reading of all": (
        f'- {{ verbs: [create, get], groups: [""], resources: [secrets], {SPACE} }}',
        {"token-secret": "named", "token-secret-named": "named"},
    ),
    "the kubelet of one node": (
        '- { verbs: [get], groups: [""], resources: [nodes/proxy], names: ["<name>"] }',
        {"nodes-proxy-named": "named"},
    ),
    "a named validating webhook": (
        "- { verbs: [update], groups: [admissionregistration.k8s.io], resources: [validatingwebhookconfigurations], "
        'names: ["<name>"] }',
        {"validating-webhook": "named"},
    ),
    "a named mutating webhook": (
        "- { verbs: [patch], groups: [admissionregistration.k8s.io], resources: [mutatingwebhookconfigurations], "
        'names: ["<name>"] }',
        {"mutating-webhook": "named"},
    ),
    "definitions of kinds": (
        "- { verbs: [patch], groups: [apiextensions.k8s.io], resources: [customresourcedefinitions] }",
        {"conversion-webhook": "any"},
    ),
    "leases in the system's namespace": (
        "- { verbs: [get, create, update], groups: [coordination.k8s.io], resources: [leases], "
        "namespaces: [kube-system] }",
        {},
    ),
    "applications of Argo CD in a named namespace": (
        f"- {{ verbs: [create, update], groups: [argoproj.io], resources: [applications], {SPACE} }}",
        {"argo-application": "named"},
    ),
    "metrics of nodes": ('- { verbs: [get], groups: [""], resources: [nodes/metrics] }', {}),
    "kubelets": (
        '- { verbs: [get], groups: [""], resources: [nodes/proxy] }',
        {"nodes-proxy": "any", "nodes-proxy-named": "any"},
    ),
    "a volume of the node": (
        '- { verbs: [create], groups: [""], resources: [persistentvolumes] }\n'
        f'  - {{ verbs: [create], groups: [""], resources: [persistentvolumeclaims, pods], {SPACE} }}',
        {"pod-create": "named", "privileged-pod": "named", "host-path-volume": "named"},
    ),
    "everything": ('- { verbs: ["*"], groups: ["*"], resources: ["*"] }', {"administrator": "any"}),
}  # fmt: skip


@pytest.mark.parametrize("what", ROLES)
def test_role(what: str) -> None:
    allow, expected = ROLES[what]
    assert seen(role("kubernetes", f"{PARAMETERS}  {allow}\n")) == expected


GITHUB = {
    "writing of code": ("- { permissions: { contents: write } }", {"ci-push-code": "named"}),
    "writing of code and starting of workflows": (
        "- { permissions: { contents: write, actions: write } }",
        {"ci-push-code": "named", "ci-dispatch": "named"},
    ),
    "reading of code": ("- { permissions: { contents: read, packages: write, id-token: write } }", {}),
    "starting of workflows": ("- { permissions: { actions: write } }", {}),
    "every secret": ('- { permissions: { contents: read }, secrets: ["*"] }', {"ci-every-secret": "any"}),
    "one secret": ("- { permissions: { contents: read }, secrets: [NPM_TOKEN] }", {}),
}


@pytest.mark.parametrize("what", GITHUB)
def test_github_role(what: str) -> None:
    allow, expected = GITHUB[what]
    assert seen(role("github", f"allow:\n  {allow}\n")) == expected


def test_what_a_value_opens_is_accepted_where_the_role_says_so() -> None:
    allow, _ = ROLES["a ConfigMap with a name of letters"]
    body = f"{PARAMETERS}  {allow}\n"
    (problem,) = messages(role("kubernetes", body))
    assert problem.message == (
        "small: escalation `cluster-dns`: with name = `coredns` and any-space = `kube-system` it may answer every name "
        "that is looked up in the cluster: update on `kube-system:configmaps=coredns`"
    )
    assert "let the pattern of `name` and `any-space` refuse" in problem.help
    assert messages(role("kubernetes", body + "accepts: [{ technique: cluster-dns, why: it runs the DNS }]")) == []


def test_what_makes_nobody_anybody_may_be_accepted_on_any_target() -> None:
    body = f"{PARAMETERS}  {ROLES['definitions of kinds'][0]}\n"
    assert len(messages(role("kubernetes", body))) == 1
    accepted = "accepts: [{ technique: conversion-webhook, why: it writes the authority of its own certificates }]\n"
    assert messages(role("kubernetes", body + accepted)) == []
    wide = f"{PARAMETERS}  {ROLES['any mutating webhook'][0]}\n{accepted.replace('conversion', 'mutating')}"
    assert len(messages(role("kubernetes", wide))) == 1


def test_stale_acceptance() -> None:
    body = f"{PARAMETERS}  {ROLES['reading of Pods'][0]}\naccepts: [{{ technique: pod-create, why: old }}]\n"
    assert ["does not make possible" in problem.message for problem in messages(role("kubernetes", body))] == [True]


def rules(name: str) -> list[dict[str, Any]]:
    """Of a default ClusterRole, with those that it collects."""
    known = default_cluster_roles()
    found = list(known[name]["rules"])
    for other, one in known.items():
        if any(one["labels"].get(label) == "true" for label in known[name].get("aggregate") or ()):
            found += rules(other)
    return found


@pytest.mark.parametrize("name", ["admin", "edit", "view"])
@pytest.mark.parametrize("namespace", ["*", "web"])
def test_default_roles(name: str, namespace: str) -> None:
    statements = tuple(
        Statement(
            effect="allow",
            actions=("*",),
            scopes=tuple(
                Scope(patterns=tuple(patterns))
                for patterns in (
                    rule["verbs"],
                    [f"g:{group}" for group in rule.get("apiGroups", [])],
                    rule.get("resources", []),
                    rule.get("resourceNames") or ["*"],
                    [namespace],
                )
            ),
        )
        for rule in rules(name)
    )
    held = Permissions(dimensions=("verb", "group", "resource", "name", "namespace"), statements=statements)
    found = primitives(held, dialect("kubernetes"))
    for claim in found.claims:
        assert [decide(held, request).verdict for request in claim.requests] == ["allowed"] * len(claim.requests)
    techniques = {claim.technique: claim.open for claim in found.claims}
    if name == "view":
        assert techniques == {}
        return
    wanted = ("pod-create", "pod-exec", "workload-create", "impersonate-service-account", "privileged-pod")
    assert {id: techniques.get(id) for id in wanted} == dict.fromkeys(wanted, namespace == "*")
