"""Jobs of GitHub against roles: named secrets as a parameter, and a repository whose name nobody knows."""

from __future__ import annotations

import pytest

from nhilint.algebra.values import symbol
from nhilint.catalog.model import Parameter, Permit, Role, TrustPermit
from nhilint.catalog.verdict import Held
from nhilint.model.facts import Identity, IdentityKey
from tests.unit.catalog.building import SPAN, allows, covers, match, role
from tests.unit.catalog.building import held as held_by_aws

UNKNOWN = symbol("github.repository")
REPOSITORY = Parameter(name="repository", same="repository")
BUILD = role(
    "build",
    Permit(fields={"permissions": ("contents:read",)}, span=SPAN),
    Permit(fields={"secrets": ("<secret>",)}, span=SPAN),
    platform="github",
    parameters=[REPOSITORY, Parameter(name="secret", many=True, pattern="[A-Z_]+")],
    trust=(TrustPermit(issuer="github", fields={"repository": ("<repository>",), "event": ("push",)}, span=SPAN),),
)


def job(*secrets: str, repository: str = UNKNOWN, event: str = "push") -> Held:
    """A job of `ci.yml` that reads the code and these secrets."""
    ref = "refs/heads/main"
    occasion = (
        ("event_name", (event,)),
        ("ref", (ref,)),
        ("repository", (repository,)),
        ("workflow_ref", (f"{repository}/.github/workflows/ci.yml@{ref}",)),
    )
    identity = Identity(
        key=IdentityKey("github:job/ci/build"),
        platform="github",
        kind="workflow_job",
        name="ci/build",
        span=SPAN,
        occasions=(occasion,),
    )
    rows = [allows("contents:read metadata:read", f"repository/{UNKNOWN}")]
    rows += [allows("secrets:read", f"secret/{name}") for name in secrets]
    return Held(identity=identity, permissions=held_by_aws(*rows).permissions)


def test_secrets_are_bound_by_name() -> None:
    found = match(job("API_KEY", "TOKEN"), BUILD)
    assert found.verdict == "covered"
    assert covers(found)["build"]["secret"] == ("API_KEY", "TOKEN")


def test_a_secret_that_the_pattern_refuses_is_left_over() -> None:
    assert match(job("API_KEY_2"), BUILD).verdict == "exceeds"


def test_a_role_without_secrets_gives_none() -> None:
    plain: Role = role("plain", BUILD.allow[0], platform="github")
    assert match(job("API_KEY"), plain).verdict == "exceeds"


@pytest.mark.parametrize(
    ("own", "tree", "verdict"),
    [
        (UNKNOWN, "", "covered"),
        ("acme/shop", "acme/shop", "covered"),
        ("acme/shop", "acme/other", "trust-outside"),
        (UNKNOWN, "acme/shop", "undecided"),
    ],
)
def test_the_repository_of_the_job(own: str, tree: str, verdict: str) -> None:
    assert match(job("TOKEN", repository=own), BUILD, repository=tree).verdict == verdict


def test_another_event_is_outside() -> None:
    assert match(job("TOKEN", event="pull_request_target"), BUILD).verdict == "trust-outside"
