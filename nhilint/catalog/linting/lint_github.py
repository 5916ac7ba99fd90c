"""Statements of GitHub against what a workflow's token can be given; callers against the events there are."""

from __future__ import annotations

from collections.abc import Iterator

from nhilint.algebra.glob import matches
from nhilint.catalog.files.conform import did_you_mean
from nhilint.catalog.files.places import Places
from nhilint.catalog.model import PARAMETER, Permit, Problem, TrustPermit
from nhilint.data.github import events, scopes
from nhilint.model.dialect import Dialect


def github_problems(permits: tuple[Permit, ...], places: Places, dialect: Dialect | None) -> Iterator[Problem]:
    """Every scope that a token does not have, and every level that a scope does not have."""
    for permit in permits:
        held = permit.fields.get("permissions", ())
        for scope in dict.fromkeys(name.partition(":")[0] for name in held):
            level = "write" if f"{scope}:write" in held else "read"
            span = places.key(permit.span, "permissions", scope)
            if scope not in scopes():
                help = did_you_mean(scope, scopes(), "see the permissions of a workflow")
                message = f"a token has no permission `{scope}`"
                yield Problem(code="unknown-permission", message=message, span=span, help=help)
            elif level not in scopes()[scope]:
                message = f"`{scope}` is given as {' or '.join(scopes()[scope])}, not as {level}"
                yield Problem(code="unknown-permission", message=message, span=span)


def event_problems(callers: tuple[TrustPermit, ...], places: Places) -> Iterator[Problem]:
    """Events that start no workflow."""
    for caller in callers:
        for event in caller.fields.get("event", ()) if caller.issuer == "github" else ():
            if PARAMETER.search(event) or any(matches(event, known) for known in events()):
                continue
            span = places.value(caller.span, event, "github", "event")
            help = did_you_mean(event, sorted(events()))
            yield Problem(code="unknown-event", message=f"no event is called `{event}`", span=span, help=help)
