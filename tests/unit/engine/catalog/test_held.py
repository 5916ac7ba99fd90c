"""What the platforms tell the catalog of an identity, and what the engine makes of it."""

from __future__ import annotations

from textwrap import dedent

from nhilint.app.settings import read_settings
from nhilint.catalog.files.read import load_catalog
from nhilint.catalog.files.starter import starter_files
from nhilint.catalog.model import Catalog
from nhilint.engine.analysis import Analysis, analyze
from nhilint.engine.options import Options
from nhilint.model.facts import IdentityKey
from nhilint.model.node import Map
from nhilint.sources.load import load
from nhilint.sources.memory import MemoryTree
from nhilint.sources.options import LoadOptions
from nhilint.sources.yamldoc import parse_yaml

SETTINGS = {"nhilint.toml": '[github]\nrepository = "acme/shop"\n'}
WORKFLOW = """
    name: ci
    on: { push: { branches: [main] }, pull_request: {} }
    permissions: { contents: read }
    jobs:
      test:
        runs-on: ubuntu-latest
        steps: [{ uses: actions/checkout@v4 }]
      publish:
        if: github.event_name == 'push'
        runs-on: ubuntu-latest
        permissions: { contents: read, packages: write }
        environment: prod
        steps: [{ run: "echo ${{ secrets.NPM_TOKEN }}" }]
"""
JOB = """
    apiVersion: nhilint.dev/v1
    id: {id}
    title: A job
    platform: github
    purpose: A test.
    owner: security
    status: approved
    access: write
    approval: {{ by: security, on: 2026-11-01, ticket: T-1, expires: 2027-11-01 }}
    allow:
      - {{ {allow} }}
    trust:
      - github: {{ {trust} }}
"""
READ = "permissions: { contents: read }"
PUBLISH = "permissions: { contents: read, packages: write }, secrets: [NPM_TOKEN], environments: [prod]"


def catalog(*roles: tuple[str, str, str], own: bool = True) -> Catalog:
    texts = {f"role_catalog/{id}.yaml": JOB.format(id=id, allow=allow, trust=trust) for id, allow, trust in roles}
    return _read({path: dedent(text) for path, text in texts.items()}, own=own)


def _read(texts: dict[str, str], *, own: bool) -> Catalog:
    nodes = {path: parse_yaml(path, text).documents[0] for path, text in texts.items()}
    return load_catalog({path: node for path, node in nodes.items() if isinstance(node, Map)}, own=own)


def analysis(files: dict[str, str], roles: Catalog) -> Analysis:
    tree = MemoryTree({name: dedent(text) for name, text in {**SETTINGS, **files}.items()})
    loaded = load(tree, LoadOptions(repository=read_settings(tree).repository))
    options = Options(today="2026-11-25", repository="acme/shop")
    return analyze(loaded.documents, catalog=roles, options=options, unresolved=loaded.unresolved)


def verdict(analysed: Analysis, key: str) -> tuple[str, str]:
    found = analysed.match(analysed.snapshot.identities[IdentityKey(key)])
    assert found is not None
    return found.verdict, found.sentence


def job(*roles: tuple[str, str, str], name: str = "test") -> tuple[str, str]:
    return verdict(analysis({".github/workflows/ci.yml": WORKFLOW}, catalog(*roles)), f"github:job/ci/{name}")


def test_a_job_says_when_and_where_it_runs() -> None:
    found = analysis({".github/workflows/ci.yml": WORKFLOW}, catalog())
    jobs = found.snapshot.identities
    test = [dict(one) for one in jobs[IdentityKey("github:job/ci/test")].occasions]
    assert [(one["event_name"], one["ref"]) for one in test] == [
        (("push",), ("refs/heads/main",)),
        (("pull_request",), ("refs/pull/*/merge",)),
    ]
    assert all(one["repository"] == ("acme/shop",) and "environment" not in one for one in test)
    (publish,) = [dict(one) for one in jobs[IdentityKey("github:job/ci/publish")].occasions]
    assert publish["environment"] == ("prod",)
    assert publish["workflow_ref"] == ("acme/shop/.github/workflows/ci.yml@refs/heads/main",)


def test_a_job_is_covered_where_it_runs_as_its_role_says() -> None:
    assert job(("ci-read", READ, "repository: acme/shop"))[0] == "covered"
    assert job(("ci-read", READ, "repository: acme/shop, workflow: ci.yml"))[0] == "covered"
    verdict, sentence = job(("ci-read", READ, "repository: acme/shop, branch: main"))
    assert verdict == "trust-outside"
    assert "on `pull_request`" in sentence
    assert job(("ci-read", READ, "repository: acme/other"))[0] == "trust-outside"
    assert job(("ci-read", READ, "repository: acme/shop, workflow: other.yml"))[0] == "trust-outside"


def test_a_job_of_an_environment() -> None:
    assert job(("publish", PUBLISH, "environment: prod, branch: main"), name="publish")[0] == "covered"
    assert job(("publish", PUBLISH, "environment: dev"), name="publish")[0] == "trust-outside"
    without = PUBLISH.replace(", environments: [prod]", "")
    assert job(("publish", without, "environment: prod"), name="publish")[0] == "exceeds"
    assert job(("publish", PUBLISH.replace("packages: write", "packages: read"), "branch: main"), name="publish")[
        0
    ] == ("exceeds")


def test_jobs_are_findings_only_of_a_catalog_of_their_own() -> None:
    files = {".github/workflows/ci.yml": WORKFLOW}
    other = ("other", "permissions: { pages: write }", "branch: main")
    assert {one.rule for one in analysis(files, catalog(other)).findings} == {"NHI401"}
    assert analysis(files, catalog(other, own=False)).findings == ()
    starter = _read({path: text for path, text in starter_files().items() if "/github/" in path}, own=False)
    assert analysis(files, starter).findings == ()
    # Where the repository's own catalog has no role for jobs, none is asked for.
    assert analysis(files, catalog()).findings == ()


TERRAFORM = """
    resource "aws_iam_openid_connect_provider" "github" {
      url            = "https://token.actions.githubusercontent.com"
      client_id_list = ["sts.amazonaws.com"]
    }
    resource "aws_iam_policy" "edge" {
      name   = "edge"
      policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "*", Resource = "*" }] })
    }
    resource "aws_iam_role" "deployer" {
      name                 = "deployer"
      max_session_duration = 7200
      permissions_boundary = aws_iam_policy.edge.arn
      assume_role_policy   = jsonencode({
        Version   = "2012-10-17"
        Statement = [{
          Effect    = "Allow"
          Action    = "sts:AssumeRoleWithWebIdentity"
          Principal = { Federated = aws_iam_openid_connect_provider.github.arn }
          Condition = { StringLike = { "token.actions.githubusercontent.com:sub" = "repo:acme/shop:*" } }
        }]
      })
    }
    resource "aws_iam_role" "plain" {
      name               = "plain"
      assume_role_policy = "{}"
    }
    resource "aws_ssoadmin_permission_set" "admin" {
      name             = "admin"
      instance_arn     = "arn:aws:sso:::instance/x"
      session_duration = "PT2H30M"
    }
"""


def test_roles_say_how_long_sessions_last_and_what_bounds_them() -> None:
    found = analysis({"main.tf": TERRAFORM}, catalog()).snapshot
    by_name = {identity.name: identity for identity in found.identities.values()}
    assert by_name["deployer"].sessions == ("7200",)
    assert [arn.rpartition(":")[2] for arn, _ in by_name["deployer"].bounds] == ["policy/edge"]
    assert by_name["plain"].sessions == ("3600",)
    assert by_name["plain"].bounds == ()
    assert by_name["admin"].sessions == ("9000",)
    (accepted,) = [one for one in found.acceptances if one.identity == "aws:role/deployer"]
    assert accepted.audiences == ("sts.amazonaws.com",)
