"""Ways from one job into another: caches that both use, runners that both run on, actions of somebody else."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from nhilint.algebra.values import Condition, literal
from nhilint.model.facts import Acceptance, Token, Via
from nhilint.model.node import scalar_text as text
from nhilint.model.span import Span
from nhilint.platforms.github.labels import Labels, self_hosted
from nhilint.platforms.github.occasions import Occasion
from nhilint.platforms.github.outsiders import ISSUER
from nhilint.platforms.github.runs import Run
from nhilint.platforms.github.steps import Step
from nhilint.platforms.github.techniques import HOLDS
from nhilint.platforms.github.text import listed
from nhilint.platforms.github.workflow import Repository

CACHE = "github-cache"
"""The issuer of what a job may write into the caches of the default branch."""
_CACHES = frozenset({"actions/cache", "actions/cache/restore"})
_SETUPS = frozenset({"actions/setup-node", "actions/setup-python", "actions/setup-java", "actions/setup-dotnet"})
"""Actions that restore a cache when their input `cache` is set."""
_RESTORE = frozenset({"actions/setup-go", "gradle/actions/setup-gradle", "swatinem/rust-cache", "ruby/setup-ruby"})
"""Those that do it by themselves."""
_OWN = frozenset({"actions", "github"})


@dataclass(frozen=True, slots=True)
class Visited:
    """One job with what was found out about it."""

    run: Run
    steps: tuple[Step, ...]
    starts: tuple[Occasion, ...]
    labels: Labels
    entered: tuple[Acceptance, ...]
    """How strangers get in."""

    @property
    def worth(self) -> bool:
        """Whether it holds anything."""
        return any(name == HOLDS for name, _ in self.labels)


def crossings(jobs: Sequence[Visited], repository: Repository) -> Iterator[Acceptance | Token]:
    """All ways between the jobs of a tree."""
    yield from _caches(jobs)
    yield from _runners(jobs)
    if repository.distrust_tags:
        yield from _actions(jobs, repository)


def _caches(jobs: Sequence[Visited]) -> Iterator[Acceptance | Token]:
    """A job of the default branch that strangers get into fills caches for all others.

    https://docs.github.com/en/actions/reference/workflows-and-actions/dependency-caching#restrictions-for-accessing-a-cache
    """
    entered = [job for job in jobs if any(not one.may for one in job.entered)]
    restoring = [(job, span) for job in jobs if job.worth and (span := _restores(job.steps)) is not None]
    for source in entered if restoring else ():
        name = literal(source.run.name)
        yield Token(identity=source.run.key, issuer=CACHE, claims=(("sub", (name,)),), span=source.run.body.span)
        for target, span in restoring:
            if target.run.key != source.run.key:
                yield Acceptance(
                    identity=target.run.key,
                    issuer=CACHE,
                    clauses=(Condition(operator="StringEquals", key="sub", values=(name,)),),
                    via=Via(grant=f"github:cache/{target.run.name}", span=span),
                    why=f"it restores a cache that `{source.run.name}` can fill",
                    technique="ci-cache-poisoning",
                    may=("one of its keys is known to who fills it",),
                )


def _restores(steps: Iterable[Step]) -> Span | None:
    for step in steps:
        cached = bool(text(step.given("cache"))) and text(step.given("cache")) != "false"
        default = step.action in _RESTORE and text(step.given("cache")) != "false"
        if step.action in _CACHES or (step.action in _SETUPS and cached) or default:
            uses = step.body.get("uses")
            return Span(*uses.span[:3]) if uses is not None else step.body.span
    return None


def _runners(jobs: Sequence[Visited]) -> Iterator[Acceptance]:
    """A job of pull requests on a runner of one's own, and the others that run there."""
    own = [job for job in jobs if self_hosted(job.run)]
    pulled = {
        tuple(sorted(listed(job.run.body.get("runs-on")))): job
        for job in reversed(own)
        if any(start.event == "pull_request" for start in job.starts)
    }
    for job in own:
        source = pulled.get(tuple(sorted(listed(job.run.body.get("runs-on")))))
        if source is None or not job.worth:
            continue
        place = source.run.body.get("runs-on")
        yield Acceptance(
            identity=job.run.key,
            issuer=ISSUER,
            clauses=(),
            via=Via(grant=f"github:runner/{job.run.name}", span=place.span if place else source.run.body.span),
            why=f"it runs on the runners of `{source.run.name}`, which runs the code of pull requests",
            outsider="anybody who opens a pull request",
            technique="ci-self-hosted-runner",
            may=("strangers can open pull requests that run without approval", "the runner keeps what a job leaves"),
        )


def _actions(jobs: Sequence[Visited], repository: Repository) -> Iterator[Acceptance]:
    """Whoever can move the tag or branch of an action runs code in the job."""
    owner = repository.name.partition("/")[0].lower()
    for job in jobs:
        seen: set[str] = set()
        for step in job.steps:
            pin = step.pin
            if pin is None or pin.firm or not job.worth or pin.owner in {*_OWN, owner} or pin.name in seen:
                continue
            seen.add(pin.name)
            uses = step.body.get("uses")
            yield Acceptance(
                identity=job.run.key,
                issuer=ISSUER,
                clauses=(),
                via=Via(grant=f"github:action/{job.run.name}/{pin.name}", span=uses.span if uses else step.body.span),
                why=f"it runs `{pin.name}` by a {pin.kind}",
                outsider=f"whoever can move `{pin.ref}` of `{pin.name}`",
                technique="ci-mutable-action",
            )
