"""What a maintainer should mend in the roles of a catalog, beyond what the form of a file says; runs their tests.

What the words of a platform mean is looked up by one module for each; how roles lie to each other, by `overlap`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta

from nhilint.catalog.files.places import Places
from nhilint.catalog.files.references import used_parameters
from nhilint.catalog.files.skeleton import BLANK
from nhilint.catalog.linting.lint_aws import aws_problems
from nhilint.catalog.linting.lint_github import event_problems, github_problems
from nhilint.catalog.linting.lint_kubernetes import kubernetes_problems
from nhilint.catalog.linting.lint_trust import open_callers
from nhilint.catalog.linting.overlap import duplicate_roles, duplicate_statements
from nhilint.catalog.linting.probes import outcomes
from nhilint.catalog.model import Catalog, Exemption, Parameter, Permit, Problem, Role
from nhilint.model.dialect import Dialect
from nhilint.model.node import Map
from nhilint.model.span import Span

_WORDS = {"aws": aws_problems, "github": github_problems, "kubernetes": kubernetes_problems}


def lint(
    catalog: Catalog,
    *,
    today: str,
    documents: Iterable[Map] = (),
    dialects: Mapping[str, Dialect] | None = None,
    inside: Sequence[tuple[str, str]] = (),
) -> tuple[Problem, ...]:
    """The problems of every role and exception.

    `documents`: the files, to say where in a statement a word stands. `dialects`: without them, statements are not held
    against each other. `inside`: what `roles_inside` found.
    """
    places = Places(documents)
    found: list[Problem] = []
    for role in catalog.roles.values():
        found += _role(role, places, today, dialects)
        if dialects is not None:
            found += duplicate_statements(role, dialects[role.platform])
    for exemption in catalog.exemptions:
        found += _exemption(exemption, places, today, dialects)
    found += duplicate_roles(inside, catalog, places)
    return tuple(found)


def _role(role: Role, places: Places, today: str, dialects: Mapping[str, Dialect] | None) -> Iterator[Problem]:
    dialect = dialects[role.platform] if dialects is not None else None
    yield from _WORDS[role.platform](_own(role.allow, role.span), places, dialect)
    yield from event_problems(role.trust or (), places)
    yield from open_callers(role, places)
    yield from _repeated(_own(role.allow, role.span), places)
    yield from _parameters(role, places)
    for outcome in outcomes(role):
        if not outcome.passed:
            what = f"`{outcome.what}` must be {outcome.expected}, and "
            what += "the test was not run" if outcome.got == "not-run" else f"it is {outcome.got}"
            yield Problem(code="failed-test", message=what, span=outcome.probe.span, help=outcome.why)
    if role.status != "deprecated":
        yield from _care(role, places, today)


def _own(permits: tuple[Permit, ...], span: Span) -> tuple[Permit, ...]:
    """The statements that stand in this file; what a role extends is linted where it stands."""
    return tuple(permit for permit in permits if permit.span.path == span.path)


def _warn(code: str, message: str, span: Span, help: str = "") -> Problem:
    return Problem(code=code, message=message, span=span, help=help, severity="warning")


def _repeated(permits: tuple[Permit, ...], places: Places) -> Iterator[Problem]:
    for permit in permits:
        for name, values in permit.fields.items():
            for value in sorted({value for value in values if values.count(value) > 1}):
                message = f"`{value}` stands twice in `{name}`"
                yield _warn("duplicate-value", message, places.value(permit.span, value, name))


def _parameters(role: Role, places: Places) -> Iterator[Problem]:
    used = used_parameters(role)
    for name, parameter in role.parameters.items():
        if parameter.span is None or parameter.span.path != role.span.path:
            continue
        place = places.key(role.span, "parameters", name)
        if name not in used:
            help = f"write `<{name}>` where its value belongs, or take it out"
            yield _warn("unused-parameter", f"the parameter `{name}` is not used", place, help)
        if (wide := _wildcard(parameter)) is not None:
            at = places.value(role.span, parameter.pattern, "parameters", name, "pattern")
            help = "say which characters a value has: `[a-z0-9-]+`"
            yield _warn("wide-parameter", f"the pattern of `{name}` lets in `{wide}`, which is no name", at, help)


def _wildcard(parameter: Parameter) -> str | None:
    """A text with a wildcard that the pattern lets in; None: there is none among those that are tried."""
    from nhilint.algebra.expressions import matches_whole

    if not parameter.pattern:
        return None
    tried = ["*", "?"]
    for example in parameter.examples[:3]:
        tried += [f"{example[:at]}{mark}{example[at + 1 :]}" for mark in "*?" for at in range(min(len(example), 40))]
        tried += [f"{example}*", f"*{example}"]
    return next((text for text in tried if matches_whole(parameter.pattern, text)), None)


def _care(role: Role, places: Places, today: str) -> Iterator[Problem]:
    """Who answers for it, until when, and what proves it."""
    top = places.key(role.span, "id")
    approval = places.key(role.span, "approval")
    approval = top if approval == role.span else approval
    for name, value in (("title", role.title), ("purpose", role.purpose), ("owner", role.owner)):
        if BLANK in value:
            yield _warn("not-filled-in", f"`{name}` is still to be filled in", places.value(role.span, value, name))
    if not role.access:
        yield _warn("no-access", "the role does not say how it is used", top, "`access: read` or `write`")
    if role.status == "approved" and not role.approved_by:
        yield _warn(
            "no-approval", "nobody is named as having approved it", approval, "`approval: { by: WHO, on: DAY }`"
        )
    if role.approved_on > today:
        at = places.value(role.span, role.approved_on, "approval", "on")
        yield _warn("future-approval", f"it was approved on {role.approved_on}, which is not yet", at)
    if not role.expires:
        if role.status == "approved":
            yield _warn("no-expiry", "the approval has no expiry", approval, "`approval: { expires: DAY }`")
    elif role.expires < today:
        at = places.value(role.span, role.expires, "approval", "expires")
        help = "review it and set another day, or deprecate it"
        yield Problem(code="expired", message=f"the approval expired on {role.expires}", span=at, help=help)
    if not role.review:
        yield _warn("no-review", "it is not said how often somebody looks at it again", top, "`review: 180d`")
    elif role.approved_on and (due := _due(role)) < today:
        at = places.key(role.span, "review")
        message = f"somebody should have looked at it again on {due}"
        yield _warn("review-overdue", message, at, "set `approval.on` to the day of the review")
    if not role.sources:
        yield _warn("no-sources", "it is not said where the need is documented", top, "`sources: [URL]`")
    yield from _tests(role, places, top)


def _due(role: Role) -> str:
    try:
        return (date.fromisoformat(role.approved_on) + timedelta(days=role.review)).isoformat()
    except (ValueError, OverflowError):
        return "9999-12-31"


def _tests(role: Role, places: Places, top: Span) -> Iterator[Problem]:
    requests = [probe for probe in role.tests if probe.caller is None]
    tests = places.key(role.span, "tests")
    at = top if tests == role.span else tests
    if not role.tests:
        yield _warn(
            "no-tests", "the role has no tests", top, "say under `tests` what must be allowed and what must not"
        )
        return
    if not any(probe.allowed for probe in requests) and role.allow:
        yield _warn("no-allow-test", "no test says what must be allowed", at)
    if role.parameters and not any(not probe.allowed for probe in requests):
        help = "a request with another value than the one that the test binds"
        yield _warn("no-deny-test", "the role has parameters, and no test says what must not be allowed", at, help)
    callers = [probe for probe in role.tests if probe.caller is not None]
    if callers and all(probe.allowed for probe in callers):
        help = "name under `distrust` a caller that is nearly the right one"
        yield _warn("no-distrust-test", "no test says who must not have the role", at, help)


def _exemption(
    exemption: Exemption, places: Places, today: str, dialects: Mapping[str, Dialect] | None
) -> Iterator[Problem]:
    dialect = dialects[exemption.platform] if dialects is not None else None
    yield from _WORDS[exemption.platform](exemption.allow, places, dialect)
    yield from event_problems(exemption.trust, places)
    if exemption.expires and exemption.expires < today:
        at = places.value(exemption.span, exemption.expires, "expires")
        message = f"the exception expired on {exemption.expires}, and covers nothing"
        yield Problem(code="expired", message=message, span=at, help="delete the file, or ask for it again")
