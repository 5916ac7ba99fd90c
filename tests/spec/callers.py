"""Whom a role permits, by the book: a small world of jobs and service accounts, each with the one token that it gets.

A job of GitHub has a repository, a ref, an environment or none, an event and a workflow; its token follows from these:
https://docs.github.com/en/actions/reference/security/oidc
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import product

from tests.spec.federation import Clause, holds, matches

Job = Mapping[str, str]
REPOSITORIES = ("acme/shop", "acme/shopping", "acme/web", "evil/shop")
REFS = (
    "refs/heads/main",
    "refs/heads/main2",
    "refs/heads/release/1",
    "refs/tags/v1",
    "refs/tags/main",
    "refs/pull/1/merge",
)
ENVIRONMENTS = ("", "prod", "prod-eu", "dev")
WORKFLOWS = ("deploy.yml", "test.yml")
AUDIENCES = ("sts.amazonaws.com", "https://github.com/acme")


def jobs() -> Iterator[Job]:
    """Every job there is."""
    for repository, ref, environment, workflow in product(REPOSITORIES, REFS, ENVIRONMENTS, WORKFLOWS):
        pull = ref.startswith("refs/pull/")
        for event in ("pull_request", "pull_request_review") if pull else ("push", "workflow_dispatch"):
            job = {"repository": repository, "ref": ref, "event": event, "workflow": workflow}
            yield {**job, "environment": environment} if environment else job


def token(job: Job, audience: str, ids: bool) -> dict[str, str]:
    """What GitHub states about a job; `ids`: in the newer form of the subject."""
    owner, _, name = job["repository"].partition("/")
    path = f"{job['repository']}/.github/workflows/{job['workflow']}@{job['ref']}"
    if "environment" in job:
        context = f"environment:{job['environment']}"
    else:
        context = "pull_request" if job["event"] == "pull_request" else f"ref:{job['ref']}"
    who = f"{owner}@1/{name}@2" if ids else job["repository"]
    stated = {
        "aud": audience,
        "sub": f"repo:{who}:{context}",
        "repository": job["repository"],
        "ref": job["ref"],
        "event_name": job["event"],
        "workflow_ref": path,
        "job_workflow_ref": path,
    }
    return {**stated, "environment": job["environment"]} if "environment" in job else stated


def permitted(job: Job, fields: Mapping[str, Sequence[str]]) -> bool:
    """Whether a caller of a role (`github: {…}`) means the job."""
    known = {**job}
    for field, prefix in (("branch", "refs/heads/"), ("tag", "refs/tags/")):
        if job["ref"].startswith(prefix):
            known[field] = job["ref"].removeprefix(prefix)
    return all(
        name in known and any(matches(value, known[name], like=True) for value in values)
        for name, values in fields.items()
    )


def strangers(clauses: Sequence[Clause], permits: Sequence[Mapping[str, Sequence[str]]]) -> list[tuple[Job, str]]:
    """The jobs, with the audience of their token, that a trust lets in and no caller of the role means."""
    found = []
    for job, audience, ids in product(jobs(), AUDIENCES, (False, True)):
        stated = token(job, audience, ids)
        if all(holds(clause, stated) for clause in clauses) and not (
            audience == "sts.amazonaws.com" and any(permitted(job, fields) for fields in permits)
        ):
            found.append((job, audience))
    return found
