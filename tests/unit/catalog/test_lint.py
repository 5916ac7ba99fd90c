"""What `catalog lint` finds in files that are well formed, each at the word that is wrong."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest

from nhilint.catalog.files.read import read_catalog
from nhilint.catalog.linting.lint import lint
from nhilint.catalog.linting.overlap import roles_inside
from nhilint.catalog.model import Problem
from nhilint.engine.dialects import Dialects
from nhilint.model.node import Map
from nhilint.sources.yamldoc import parse_yaml
from tests.unit.catalog.bad_files import AWS, EXCEPTION, at, told

TODAY = "2026-11-24"
DIALECTS = Dialects()
GOOD = AWS.replace("by: security, on: 2026-01-01", "by: security, on: 2026-10-01") + "sources: [https://example.org]\n"
KUBERNETES = """\
apiVersion: nhilint.dev/v1
id: deployer
title: Deploy
platform: kubernetes
purpose: A job that deploys.
owner: platform
status: approved
access: write
approval: { by: security, on: 2026-10-01, expires: 2027-01-01 }
review: 180d
sources: [https://example.org]
allow:
  - verbs: [get, patch]
    groups: [apps]
    resources: [deployments]
    namespaces: [web]
tests:
  allow:
    - { verb: patch, resource: "web:deployments.apps=api" }
"""
GITHUB = """\
apiVersion: nhilint.dev/v1
id: release
title: Release
platform: github
purpose: A job that makes releases.
owner: platform
status: approved
access: write
approval: { by: security, on: 2026-10-01, expires: 2027-01-01 }
review: 180d
sources: [https://example.org]
allow:
  - permissions: { contents: write }
trust:
  - github: { event: push }
tests:
  allow:
    - { permission: "contents:write" }
"""


def found(files: Mapping[str, str], today: str = TODAY) -> list[Problem]:
    documents: dict[str, Map] = {}
    for path, text in files.items():
        (node,) = parse_yaml(f"role_catalog/{path}", text, places=True).documents
        assert isinstance(node, Map)
        documents[path] = node
    catalog, problems = read_catalog(documents, own=True)
    assert [told(problem) for problem in problems if problem.severity == "error"] == []
    inside = roles_inside(catalog, DIALECTS)
    return list(lint(catalog, today=today, documents=documents.values(), dialects=DIALECTS, inside=inside))


@pytest.mark.parametrize("text", [GOOD, KUBERNETES, GITHUB])
def test_good_roles_are_fine(text: str) -> None:
    assert [told(problem) for problem in found({"a.yaml": text})] == []


ALL = '["arn:aws:s3:::<bucket>/*"]'
AWS_SLIPS = [
    ("[s3:GetObject]", "[s3:GetObjet, s3:GetObject]", "s3:GetObjet", "unknown-action", "s3:GetObject"),
    ("[s3:GetObject]", "[s3:GetObject, s33:Get]", "s33:Get", "unknown-action", "s3:"),
    ("[s3:GetObject]", "[s3:GetObject, s3:Nothing*]", "s3:Nothing*", "unknown-action", ""),
    ("[s3:GetObject]", "[s3:GetObject, s3:ListB*]", "s3:ListB*", "open-wildcard", "today it is"),
    ("[s3:GetObject]", "[s3:GetObject, s3:GetObject]", "s3:GetObject", "duplicate-value", ""),
    ("[s3:GetObject]", "[s3:GetObject, s3:CreateBucket]", "s3:CreateBucket", "inert-action", "s3:::${Buck"),
    ("[s3:GetObject]", "[s3:GetObject, ec2:DescribeInstances]", "ec2:Describe", "inert-action", "`*` only"),
    (ALL, '["arn:aws:s3:::<bucket>/*", "*"]', '"*"', "wildcard-resource", "name them"),
    (ALL, '["arn:aws:s3:::<bucket>/*", x]', "x]", "bad-resource", "arn:aws"),
    (ALL, '["arn:aws:s3:::<bucket>/*", "arn:aws:sqs:*:*:q"]', '"arn:aws:sqs:', "inert-resource", ""),
    ("  bucket: {", '  other: { pattern: "[a-z]+" }\n  bucket: {', "other", "unused-parameter", "<other>"),
    ("[a-z0-9-]+", ".+", '".+"', "wide-parameter", ""),
    ("[a-z0-9-]+", "[^/]+", '"[^/]+"', "wide-parameter", ""),
    ("[a-z0-9-]+", "data|dat[*]", '"data|dat[*]"', "wide-parameter", ""),
    ("access: read\n", "", "id: reader", "no-access", ""),
    ("by: security, ", "", "approval", "no-approval", ""),
    (", expires: 2027-01-01", "", "approval", "no-expiry", ""),
    ("expires: 2027-01-01", "expires: 2026-11-01", "2026-11-01", "expired", ""),
    ("on: 2026-10-01", "on: 2026-12-01", "2026-12-01", "future-approval", ""),
    ("on: 2026-10-01", "on: 2026-01-01", "review", "review-overdue", ""),
    ("review: 180d\n", "", "id: reader", "no-review", ""),
    ("sources: [https://example.org]\n", "", "id: reader", "no-sources", ""),
    ('"arn:aws:s3:::data/x"', '"arn:aws:s3:::date/x"', "{ with", "failed-test", ""),
    ("bucket: data }, action", "bucket: DATA }, action", "{ with", "failed-test", "`bucket` can not be `DATA`"),
    ("branch: main", "event: pushed", "pushed", "unknown-event", "`push`"),
]  # fmt: skip


@pytest.mark.parametrize("old, new, where, code, help", AWS_SLIPS, ids=lambda v: v[:40])
def test_one_slip_of_an_aws_role(old: str, new: str, where: str, code: str, help: str) -> None:
    text = GOOD.replace(old, new, 1)
    assert text != GOOD
    problems = found({"a.yaml": text})
    # What is too wide also allows what a test says must not be.
    one, *_ = [problem for problem in problems if problem.code == code]
    assert {problem.code for problem in problems} <= {code, "failed-test"}
    assert told(one) == f"a.yaml:{at(text, where)} {code}"
    assert help in one.help


RULE = "allow:\n  - { verbs: [VERB], groups: [GROUP], resources: [NAME], namespaces: [web] }\n"


def rule(verb: str, group: str, name: str) -> str:
    return RULE.replace("VERB", verb).replace("GROUP", group).replace("NAME", name)


OTHER_SLIPS = [
    (KUBERNETES, "[get, patch]", "[gett, patch]", "gett", "unknown-verb", "`get`"),
    (KUBERNETES, "[get, patch]", '["*", patch]', '"*"', "open-wildcard", ""),
    (KUBERNETES, "[deployments]", "[deployments, deployment]", "deployment]", "unknown-resource", "`deployments`"),
    (KUBERNETES, "[deployments]", "[deployments, pods]", "pods]", "unknown-resource", "core group"),
    (KUBERNETES, "[deployments]", "[deployments, jobs]", "jobs]", "unknown-resource", "`batch`"),
    (KUBERNETES, "groups: [apps]", "groups: [apps, app]", "app]", "unknown-group", "`apps`"),
    (KUBERNETES, "groups: [apps]", "groups: [apps, batch]", "batch", "inert-group", ""),
    (KUBERNETES, "groups: [apps]", "groups: [apps, rbac.authorisation.k8s.io]", "rbac.a", "unknown-group", "rbac"),
    (KUBERNETES, "groups: [apps]", "groups: [apps, apps/v1]", "apps/v1", "unknown-group", "without its version"),
    (KUBERNETES, "[get, patch]", "[get, patch, create]\n    names: [api]", "create", "inert-action", "without `names`"),
    (KUBERNETES, "allow:\n", rule("get", '""', "nodes"), "nodes", "inert-resource", ""),
    (KUBERNETES, "allow:\n", rule("list", '""', "pods/log"), "list", "inert-action", "get"),
    (KUBERNETES, "allow:\n", rule("get", "apps", "deployments"), "{ verbs: [get],", "covered-statement", ""),
    (GITHUB, "{ contents: write }", "{ contents: write, content: read }", "content:", "unknown-permission", "contents"),
    (GITHUB, "{ contents: write }", "{ contents: write, id-token: read }", "id-token", "unknown-permission", ""),
    (GITHUB, "event: push", "event: pull-request", "pull-request", "unknown-event", "`pull_request`"),
]  # fmt: skip


@pytest.mark.parametrize("base, old, new, where, code, help", OTHER_SLIPS, ids=lambda v: v[-40:])
def test_one_slip_elsewhere(base: str, old: str, new: str, where: str, code: str, help: str) -> None:
    text = base.replace(old, new, 1)
    (one,) = found({"a.yaml": text})
    assert told(one) == f"a.yaml:{at(text, where)} {code}"
    assert help in one.help


@pytest.mark.parametrize(
    "rule",
    [
        '{ verbs: [get], groups: [""], resources: [nodes/metrics] }',
        "{ verbs: [approve], groups: [certificates.k8s.io], resources: [signers], names: [example.org/x] }",
        "{ verbs: [update], groups: [networking.k8s.io], resources: [ingresses/finalizers] }",
        "{ verbs: [get, list], groups: [extensions, networking.k8s.io], resources: [ingresses] }",
        "{ verbs: [get, list], groups: [argoproj.io], resources: [applications] }",
        '{ verbs: [get], groups: [""], resources: [namespaces], namespaces: [web] }',
        '{ verbs: [get, list], groups: [""], resources: [pods/log], why: as the manual has it }',
    ],
)
def test_what_tools_really_need_is_no_slip(rule: str) -> None:
    text = KUBERNETES.replace("allow:\n", f"allow:\n  - {rule}\n", 1)
    assert [told(problem) for problem in found({"a.yaml": text})] == []


def test_a_reason_justifies_a_wildcard() -> None:
    wild = GOOD.replace('["arn:aws:s3:::<bucket>/*"]', '["arn:aws:s3:::<bucket>/*", "*"]\n    why: an audit of all')
    assert [p.code for p in found({"a.yaml": wild})] == ["failed-test"]


def test_a_role_without_tests() -> None:
    bare = GOOD[: GOOD.index("tests:")] + GOOD[GOOD.index("sources: [https") :]
    assert [told(p) for p in found({"a.yaml": bare})] == ["a.yaml:2:1 no-tests"]


def test_a_role_with_parameters_has_a_test_that_must_fail() -> None:
    lines = [line for line in GOOD.splitlines(keepends=True) if "other/x" not in line and "deny:" not in line]
    assert [p.code for p in found({"a.yaml": "".join(lines)})] == ["no-deny-test"]


def test_trust_is_tested_by_its_own_rules() -> None:
    row = "- { with: { bucket: data }, caller: { github: { repository: acme/shop, branch: BRANCH } } }"
    trusted = GOOD.replace("  deny:", f"  distrust:\n    {row}\n  trust:\n    {row}\n  deny:")
    right = trusted.replace("BRANCH", "dev", 1).replace("BRANCH", "main", 1)
    assert [p.code for p in found({"a.yaml": right})] == []
    wrong = trusted.replace("BRANCH", "main", 1).replace("BRANCH", "dev", 1)
    assert [p.code for p in found({"a.yaml": wrong})] == ["failed-test", "failed-test"]
    only = right.replace("  distrust:\n", "").replace(f"    {row.replace('BRANCH', 'dev')}\n", "")
    assert [p.code for p in found({"a.yaml": only})] == ["no-distrust-test"]


def test_two_roles_that_are_the_same() -> None:
    other = GOOD.replace("id: reader", "id: another").replace("bucket", "store").replace("[data]", "[things]")
    other = other.replace("data", "things")
    assert [told(p) for p in found({"a.yaml": GOOD, "b.yaml": other})] == ["a.yaml:2:1 duplicate-role"]
    old = other.replace("status: approved", "status: deprecated\nreplaced_by: reader")
    assert [told(p) for p in found({"a.yaml": GOOD, "b.yaml": old})] == []


def test_a_narrower_role_is_no_mistake_but_known() -> None:
    wide = GOOD.replace("id: reader", "id: wide").replace("[s3:GetObject]", "[s3:GetObject, s3:GetObjectVersion]")
    assert [p.code for p in found({"a.yaml": GOOD, "b.yaml": wide})] == []
    documents = {}
    for path, text in {"a": GOOD, "b": wide}.items():
        (documents[path],) = parse_yaml(path, text).documents
    catalog, _ = read_catalog(documents, own=True)  # type: ignore[arg-type]
    assert roles_inside(catalog, DIALECTS) == (("reader", "wide"),)


def test_expired_exceptions_are_named() -> None:
    assert [told(p) for p in found({"e.yaml": EXCEPTION})] == []
    assert [told(p) for p in found({"e.yaml": EXCEPTION}, "2027-04-01")] == ["e.yaml:11:10 expired"]
    assert [p.code for p in found({"e.yaml": EXCEPTION.replace("s3:PutObject", "s3:PutObjekt")})] == ["unknown-action"]


def test_what_a_role_extends_is_linted_where_it_stands() -> None:
    base = GOOD.replace("[s3:GetObject]", "[s3:GetObject, s3:GetObjet]")
    child = GOOD.replace("id: reader", "id: child\nextends: [reader]")
    child = child.replace(
        'actions: [s3:GetObject]\n    resources: ["arn:aws:s3:::<bucket>/*"]',
        'actions: [s3:GetObjectVersion]\n    resources: ["arn:aws:s3:::<bucket>/*"]',
    )
    assert [told(p) for p in found({"a.yaml": base, "b.yaml": child}) if p.code != "duplicate-role"] == [
        "a.yaml:14:29 unknown-action"
    ]


def test_without_the_files_the_places_are_those_of_statements() -> None:
    (node,) = parse_yaml("a.yaml", GOOD.replace("s3:GetObject]", "s3:GetObjet]")).documents
    assert isinstance(node, Map)
    catalog, _ = read_catalog({"a.yaml": node}, own=True)
    role = replace(catalog.roles["reader"], tests=())
    problems = lint(replace(catalog, roles={"reader": role}), today=TODAY)
    assert [told(p) for p in problems if p.severity == "error"] == ["a.yaml:14:5 unknown-action"]


OPEN = [
    ("github: { branch: main }", "any repository"),
    ('github: { repository: "*" }', "any repository"),
    ('github: { repository: ["acme/shop", "*/*"] }', "any repository"),
    ("kubernetes: { issuer: https://oidc.example.org }", "any service account"),
    ("aws: { external_id: x }", "any account"),
    ('aws: { principal: "*" }', "any account"),
    ("oidc: { sub: x }", "any issuer"),
    ("oidc: { issuer: https://gitlab.com, audience: sts }", "every token"),
    ('oidc: { issuer: https://gitlab.com, sub: "*" }', "every token"),
]


@pytest.mark.parametrize("caller, who", OPEN)
def test_a_caller_that_anybody_could_be(caller: str, who: str) -> None:
    text = GOOD.replace("github: { repository: acme/shop, branch: main }", caller)
    (one,) = found({"a.yaml": text})
    assert told(one) == f"a.yaml:{at(text, caller)} open-trust"
    assert who in one.message


@pytest.mark.parametrize(
    "caller",
    [
        'github: { repository: "acme/*" }',
        "kubernetes: { namespace: web }",
        'aws: { account: "111122223333" }',
        "oidc: { issuer: https://gitlab.com, project_path: acme/shop }",
        "service: lambda.amazonaws.com",
    ],
)
def test_a_caller_that_is_named(caller: str) -> None:
    text = GOOD.replace("github: { repository: acme/shop, branch: main }", caller)
    assert [told(one) for one in found({"a.yaml": text})] == []
