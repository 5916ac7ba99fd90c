"""The table of issuers: which subjects are given, how they are called, and that the rows themselves are sound."""

from __future__ import annotations

import pytest

from nhilint.algebra.values import literal, symbol
from nhilint.data.issuers import issuer_by_subject, issuer_of, issuers, tenants

GITHUB = "token.actions.githubusercontent.com"


@pytest.mark.parametrize(
    "host, subject, given, certain",
    [
        (GITHUB, "repo:acme/shop:*", True, True),
        (GITHUB, "repo:acme/*", True, True),
        (GITHUB, "repo:acme@12/shop@34:pull_request", True, True),
        (GITHUB, "repo:acme/shop:environment:a prod%3Aeu", True, True),
        (GITHUB, "repo:acme/shop", True, False),
        (GITHUB, "repository_owner:acme", True, False),
        (GITHUB, "job_workflow_ref:acme/w/.github/workflows/x.yml@refs/heads/main", True, False),
        (GITHUB, "repo:acme/shop:job_workflow_ref:acme/w/x.yml@refs/heads/main", True, False),
        (GITHUB, "repo:acme/shop:refs/heads/main", False, False),
        (GITHUB, "repo:acme/shop:branch:main", False, False),
        (GITHUB, "repo:acme/shop:pull_requests", False, False),
        (GITHUB, "acme/shop:*", False, False),
        (GITHUB, "Repo:acme/shop:*", False, False),
        (GITHUB, literal("repo:acme/shop:*"), False, False),
        (GITHUB, literal("repo:acme/shop:ref:refs/heads/*"), False, False),
        ("gitlab.com", "project_path:a/b/c:ref_type:branch:ref:main", True, True),
        ("gitlab.com", "project_path:a/b/c", True, False),
        ("gitlab.com", "repo:a/b:*", False, False),
        ("app.terraform.io", "organization:o:project:p:workspace:w:run_phase:apply", True, True),
        ("app.terraform.io", "organization:o:workspace:w:run_phase:apply", False, False),
        ("app.terraform.io", "organization:o:*", True, True),
        ("oidc.circleci.com/org/1", "org/1/project/2/user/*", True, True),
        ("agent.buildkite.com", "organization:o:pipeline:p:ref:refs/heads/main:commit:*:step:", True, True),
        ("agent.buildkite.com", "organization:o:pipeline:p", False, False),
        ("api.bitbucket.org/2.0/workspaces/w/pipelines-config/identity/oidc", "{1-2}:{3-4}:*", True, True),
        ("vstoken.dev.azure.com/1", "sc://org/project/connection", True, True),
        ("oidc.eks.eu-west-1.amazonaws.com/id/1", "system:serviceaccount:a:b", True, True),
        ("oidc.eks.eu-west-1.amazonaws.com/id/1", "system:serviceaccounts:a:b", False, False),
        ("somebody.example.com", "anything", True, True),
    ],
)
def test_subjects(host: str, subject: str, given: bool, certain: bool) -> None:
    issuer = issuer_of(host)
    answer = (True, "") if issuer is None else issuer.gives("sub", subject)
    assert answer[0] is given
    assert not given or (answer[1] == "") is certain


@pytest.mark.parametrize(
    "host, subject, words",
    [
        (GITHUB, "repo:acme/shop:*", "every branch, tag, environment and pull request of acme/shop"),
        (GITHUB, "repo:acme/*", "every repository of acme"),
        (GITHUB, "repo:acme/shop-*:ref:refs/heads/main", "branch main of acme/shop-*"),
        (GITHUB, f"repo:{symbol('var.repo')}:environment:prod", "environment prod of ${var.repo}"),
        (GITHUB, "*", "any subject"),
        (GITHUB, "what:ever", "subject what:ever"),
        ("gitlab.com", "project_path:a/b:ref_type:branch:ref:main", "branch main of a/b"),
        (
            "app.terraform.io",
            "organization:o:project:p:workspace:w:run_phase:apply",
            "run phase apply of workspace w in project p of organisation o",
        ),
        ("vstoken.dev.azure.com/1", "sc://o/p/c", "service connection c of project p in organisation o"),
    ],
)
def test_words(host: str, subject: str, words: str) -> None:
    issuer = issuer_of(host)
    assert issuer is not None
    assert issuer.words(subject) == words


def test_an_issuer_of_ones_own_is_told_by_its_subjects() -> None:
    told = {
        "project_path:a/b:ref_type:branch:ref:main": "GitLab",
        "organization:o:project:p:workspace:w:run_phase:*": "HCP Terraform",
        "organization:o:pipeline:p:*": "Buildkite",
        "spiffe://acme.example/ns/a": "SPIFFE",
        "system:serviceaccount:a:b": "Kubernetes",
    }
    for subject, name in told.items():
        found = issuer_by_subject([subject])
        assert found is not None, subject
        assert found.name == name
    assert issuer_by_subject(["*"]) is None
    assert issuer_by_subject([]) is None
    assert issuer_by_subject(["organization:o:*"]) is None


def test_every_row_is_sound() -> None:
    assert len({issuer.name for issuer in issuers()}) == len(issuers())
    for issuer in issuers():
        assert issuer.source.startswith("https://")
        assert issuer.hosts or issuer.anywhere, issuer.name
        for form in issuer.subjects:
            assert form.says, form.text
            # What stands for a name in the form is a subject itself, and is called by the same words.
            assert issuer.gives("sub", "*")[0]


def test_an_issuer_that_may_be_several_is_none() -> None:
    for host in ("*", "*.amazonaws.com/*", "oidc.*", "token.actions.*"):
        assert issuer_of(host) is None, host
    assert issuer_of("oidc.eks.*.amazonaws.com/id/*") is not None


def test_below_a_shared_address_an_organisation_is_on_its_own() -> None:
    assert tenants()[GITHUB] == "sub"
    assert f"{GITHUB}/acme" not in tenants()
    assert not any("*" in host for host in tenants())
