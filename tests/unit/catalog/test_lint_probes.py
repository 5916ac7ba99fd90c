"""What the tests inside a role file say of URLs, tokens and callers."""

from __future__ import annotations

import pytest

from nhilint.catalog.files.read import read_catalog
from nhilint.catalog.linting.lint import lint
from nhilint.catalog.model import Catalog
from nhilint.model.node import Map
from nhilint.sources.yamldoc import parse_yaml

HEAD = """
apiVersion: nhilint.dev/v1
id: r
title: t
purpose: p
owner: o
status: approved
approval: { by: me, expires: 2027-11-01 }
"""
SCRAPE = HEAD + 'platform: kubernetes\nallow:\n  - { verbs: [get], urls: [/metrics, "/metrics/*"], why: w }\n'
TOKEN = HEAD + "platform: github\nallow:\n  - { permissions: { contents: read, packages: write }, secrets: [KEY] }\n"
CALLER = (
    SCRAPE
    + """
parameters: { namespace: { pattern: "[a-z]+" } }
trust: [ { kubernetes: { namespace: "<namespace>", service_account: "prometheus-*" } } ]
"""
)


def catalog(text: str) -> Catalog:
    (node,) = parse_yaml("r.yaml", text).documents
    assert isinstance(node, Map)
    found, problems = read_catalog({"r.yaml": node}, own=True)
    assert problems == ()
    return found


def wrong(text: str) -> list[str]:
    problems = lint(catalog(text), today="2026-11-24")
    return [problem.message for problem in problems if problem.code == "failed-test"]


@pytest.mark.parametrize(
    ("role", "probe", "allowed"),
    [
        (SCRAPE, "{ verb: get, resource: /metrics }", True),
        (SCRAPE, "{ verb: get, resource: /metrics/cadvisor }", True),
        (SCRAPE, "{ verb: get, resource: /healthz }", False),
        (SCRAPE, "{ verb: post, resource: /metrics }", False),
        (SCRAPE, '{ verb: get, resource: "web:metrics" }', False),
        (TOKEN, "{ permission: 'contents:read', resource: this }", True),
        (TOKEN, "{ permission: 'contents:write', resource: this }", False),
        (TOKEN, "{ permission: 'packages:write' }", True),
        (TOKEN, "{ permission: 'packages:read' }", True),
        (TOKEN, "{ permission: 'secrets:read', resource: secret/KEY }", True),
        (TOKEN, "{ permission: 'secrets:read', resource: secret/OTHER }", False),
    ],
)
def test_request_in_a_test(role: str, probe: str, allowed: bool) -> None:
    right, other = ("allow", "deny") if allowed else ("deny", "allow")
    assert wrong(f"{role}tests: {{ {right}: [ {probe} ] }}\n") == []
    (message,) = wrong(f"{role}tests: {{ {other}: [ {probe} ] }}\n")
    assert "must" in message


@pytest.mark.parametrize(
    ("caller", "allowed"),
    [
        ("kubernetes: { namespace: web, service_account: prometheus-k8s }", True),
        ("kubernetes: { namespace: other, service_account: prometheus-k8s }", False),
        ("kubernetes: { namespace: web, service_account: default }", False),
        ("kubernetes: { namespace: web }", False),
        ("github: { repository: acme/shop }", False),
    ],
)
def test_caller_in_a_test(caller: str, allowed: bool) -> None:
    right, other = ("trust", "distrust") if allowed else ("distrust", "trust")
    probe = f"[ {{ with: {{ namespace: web }}, caller: {{ {caller} }} }} ]"
    assert wrong(f"{CALLER}tests: {{ {right}: {probe} }}\n") == []
    (message,) = wrong(f"{CALLER}tests: {{ {other}: {probe} }}\n")
    assert "must" in message
