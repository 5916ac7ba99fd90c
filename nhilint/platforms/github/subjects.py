"""What GitHub states about a job in its identity token: one token for each ref and environment that the job may have.

https://docs.github.com/en/actions/reference/security/oidc. The subject has two forms: by names, and (repositories made,
renamed or moved since July 2026, or that chose it) with the ids of owner and repository; both are stated.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from nhilint.algebra.values import literal, symbol
from nhilint.model.facts import Occasion as Known
from nhilint.model.facts import Token
from nhilint.model.node import scalar_text as text
from nhilint.platforms.github.occasions import Occasion
from nhilint.platforms.github.runs import Run
from nhilint.platforms.github.text import listed
from nhilint.platforms.github.workflow import Repository

ISSUER = "token.actions.githubusercontent.com"
ID_TOKEN = "id-token:write"
_SHA = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
_REMOTE = re.compile(r"(?P<path>[^@]+)@(?P<ref>.+)")
_GITHUB_HOSTED = re.compile(r"(?:ubuntu|windows|macos)-[\w.-]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Claims:
    """How the repository's tokens are shaped."""

    repository: Repository
    template: tuple[str, ...] = ()
    """Claims that the subject is made of, where the repository customised it; empty: the default form."""
    names: Mapping[str, tuple[str, ...]] = field(init=False)

    def __post_init__(self) -> None:
        owner, slash, name = self.repository.name.partition("/")
        known = {
            "repository": literal(self.repository.name) if slash else symbol("github.repository"),
            "repository_owner": literal(owner) if slash else symbol("github.repository_owner"),
            "name": literal(name) if slash else symbol("github.event.repository.name"),
            "repository_id": self.repository.repository_id or symbol("github.repository_id"),
            "repository_owner_id": self.repository.owner_id or symbol("github.repository_owner_id"),
        }
        object.__setattr__(self, "names", {key: (value,) for key, value in known.items()})


def tokens(run: Run, starts: Sequence[Occasion], claims: Claims, wants: tuple[str, ...]) -> Iterator[Token]:
    """The tokens that a job may ask for; none without `id-token: write`."""
    if ID_TOKEN not in run.access.actions():
        return
    certain = ID_TOKEN in run.access.actions(certain=True)
    grouped: defaultdict[tuple[tuple[str, ...], str, str, tuple[str, ...]], set[str]] = defaultdict(set)
    for start in starts:
        for environment in run.environment or ("",):
            subjects = _subjects(start, environment, run, claims)
            grouped[subjects, environment, start.ref, start.may].add(start.event)
    for (subjects, environment, ref, may), events in sorted(grouped.items()):
        stated = {
            **{name: value for name, value in claims.names.items() if name != "name"},
            "sub": subjects,
            "ref": (ref,),
            "event_name": tuple(sorted(events)),
            "environment": (environment,),
            **_workflows(run, ref, claims),
            **_runner(run),
        }
        yield Token(
            identity=run.key,
            issuer=ISSUER,
            claims=tuple(sorted(stated.items())),
            span=run.body.span,
            wants=wants,
            may=(*may, *(() if certain else ("its caller gives it `id-token: write`",))),
        )


def known_of(run: Run, starts: Sequence[Occasion], claims: Claims) -> Iterator[Known]:
    """When and where a job runs, whether it may ask for a token or not: each row once, events on one ref together."""
    grouped: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
    for start in starts:
        for environment in run.environment or ("",):
            grouped[start.ref, environment].add(start.event)
    repository = claims.names["repository"]
    path = literal(run.entry.path)
    for (ref, environment), events in sorted(grouped.items()):
        row = [("event_name", tuple(sorted(events))), ("ref", (ref,)), ("repository", repository)]
        row += [("environment", (environment,))] if environment else []
        row.append(("workflow_ref", (f"{repository[0]}/{path}@{ref}",)))
        yield tuple(sorted(row))


def _subjects(start: Occasion, environment: str, run: Run, claims: Claims) -> tuple[str, ...]:
    """Both forms; of a template the one that it makes."""
    context = _context(start, environment)
    if claims.template:
        return (":".join(_part(name, start, environment, run, claims) for name in claims.template),)
    names = {key: values[0] for key, values in claims.names.items()}
    ids = f"{names['repository_owner']}@{names['repository_owner_id']}/{names['name']}@{names['repository_id']}"
    return f"repo:{names['repository']}:{context}", f"repo:{ids}:{context}"


def _context(start: Occasion, environment: str) -> str:
    if environment:
        return f"environment:{escaped(environment)}"
    return "pull_request" if start.pull else f"ref:{escaped(start.ref)}"


def _part(name: str, start: Occasion, environment: str, run: Run, claims: Claims) -> str:
    """One claim of a template, as `name:value`."""
    if name == "repo":
        return f"repo:{claims.names['repository'][0]}"
    if name == "context":
        return _context(start, environment)
    stated = {**claims.names, **_workflows(run, start.ref, claims), "ref": (start.ref,), "event_name": (start.event,)}
    stated["environment"] = (environment,)
    return f"{name}:{escaped(stated.get(name, ('*',))[0])}"


def escaped(value: str) -> str:
    """A value inside a subject: its colons are written `%3A`."""
    return value.replace(":", "%3A")


def _workflows(run: Run, ref: str, claims: Claims) -> dict[str, tuple[str, ...]]:
    """`workflow_ref` is the file that started, `job_workflow_ref` the one that the job is written in."""
    repository = claims.names["repository"][0]
    own = f"{repository}/{literal(run.entry.path)}@{ref}"
    job: tuple[str, ...] = (f"{repository}/{literal(run.workflow.path)}@{ref}",)
    if remote := _REMOTE.fullmatch(run.external):
        at = remote["ref"]
        forms = (at,) if _SHA.fullmatch(at) or at.startswith("refs/") else (f"refs/tags/{at}", f"refs/heads/{at}")
        job = tuple(literal(f"{remote['path']}@{form}") for form in forms)
    name = text(run.entry.body.get("name")) or run.entry.path
    return {"workflow_ref": (own,), "job_workflow_ref": job, "workflow": (literal(name),)}


def _runner(run: Run) -> dict[str, tuple[str, ...]]:
    """Who runs the job, where its label says it."""
    labels = listed(run.body.get("runs-on"))
    if "self-hosted" in labels:
        return {"runner_environment": ("self-hosted",)}
    if len(labels) == 1 and _GITHUB_HOSTED.fullmatch(labels[0]):
        return {"runner_environment": ("github-hosted",)}
    return {}
