"""How parts of a role are called: access levels, resources, and where they hold."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest

from nhilint.engine import compare_documents
from nhilint.platforms.kubernetes.rules import GROUP, URLS
from nhilint.platforms.kubernetes.words import LEVELS, level
from nhilint.reports import text
from nhilint.sources.yamldoc import parse_yaml

RBAC = "rbac.authorization.k8s.io"


@pytest.mark.parametrize(
    ("verb", "group", "resource", "expected"),
    [
        ("get", "", "pods", "Read"),
        ("watch", "*", "*", "List"),
        ("update", "apps", "deployments", "Write"),
        ("update", "", "*", "Write"),
        ("create", "", "*", "Permissions management"),
        ("create", "", "*/token", "Permissions management"),
        ("create", "", "pods/exec", "Write"),
        ("patch", "*", "*", "Permissions management"),
        ("patch", RBAC, "*", "Permissions management"),
        ("patch", "*", "roles", "Permissions management"),
        ("delete", RBAC, "rolebindings", "Permissions management"),
        ("*", RBAC, "clusterroles", "Permissions management"),
        ("*", "shop.example", "*", "Write"),
        ("*", "", "serviceaccounts", "Permissions management"),
        ("*", "", "pods", "Write"),
        ("*", "certificates.k8s.io", "signers", "Permissions management"),
        ("escalate", RBAC, "roles", "Permissions management"),
        ("impersonate", "authentication.k8s.io", "userextras/scopes", "Permissions management"),
        ("impersonate:user-info", "authentication.k8s.io", "users", "Permissions management"),
        ("impersonate:arbitrary-node", "authentication.k8s.io", "nodes", "Permissions management"),
        ("impersonate-on:user-info:list", "", "pods", "Permissions management"),
        ("*", "authentication.k8s.io", "users", "Permissions management"),
    ],
)
def test_the_level_is_that_of_the_worst_request(verb: str, group: str, resource: str, expected: str) -> None:
    assert level(verb, GROUP + group, resource) == expected


@pytest.mark.parametrize(("verb", "expected"), [("get", "Read"), ("head", "Read"), ("post", "Write"), ("*", "Write")])
def test_urls_have_verbs_of_their_own(verb: str, expected: str) -> None:
    assert level(verb, URLS, "/healthz") == expected


def test_a_wider_rule_is_never_of_a_lower_level() -> None:
    groups = ("", "apps", RBAC, "authentication.k8s.io", "certificates.k8s.io", "shop.example")
    names = ("pods", "pods/exec", "serviceaccounts/token", "users", "signers", "roles", "rolebindings", "clusterroles")
    verbs = (
        "create",
        "update",
        "patch",
        "delete",
        "bind",
        "escalate",
        "impersonate",
        "approve",
        "impersonate:user-info",
    )
    for verb, group, name in product(verbs, groups, names):
        rank = LEVELS.index(level(verb, GROUP + group, name))
        for wide in product((verb,), (GROUP + group, GROUP + "*"), (name, "*")):
            assert LEVELS.index(level(*wide)) <= rank or verb in ("get", "list"), (verb, group, name, wide)


def compared(rules: str) -> tuple[Any, str]:
    texts = ("kind: ClusterRole\nrules: []\n", f"kind: ClusterRole\nrules: {rules}\n")
    outer, inner = (parse_yaml("role.yaml", one).documents[0] for one in texts)
    value = compare_documents(outer, inner, kind="kubernetes")
    return value, text.compare(value, text.Paint(colour=False, width=200))


@pytest.mark.parametrize(
    ("rule", "resource", "said", "witness"),
    [
        ('apiGroups: [""], resources: [pods]', "pods", "pods in every namespace", "example:pods=example"),
        ('apiGroups: [""], resources: [nodes/metrics]', "nodes/metrics", "nodes/metrics\n", "nodes/metrics=example"),
        ('apiGroups: [""], resources: ["*"]', "*.core", "*.core in every namespace", "example:examples=example"),
        ('apiGroups: ["*"], resources: ["*"]', "*", "* in every namespace", "example:examples.example=example"),
        ('nonResourceURLs: ["*"]', "/*", "/*\n", "/example"),
        ('nonResourceURLs: ["/apis/*"]', "/apis/*", "/apis/*\n", "/apis/example"),
    ],
)
def test_where_a_rule_holds_is_said_once(rule: str, resource: str, said: str, witness: str) -> None:
    value, printed = compared(f"[{{{rule}, verbs: [get]}}]")
    (entry,) = value["residue"]
    assert (entry["resources"], entry["witness"]["resource"]) == ([resource], witness)
    assert f"get on {said}" in printed
