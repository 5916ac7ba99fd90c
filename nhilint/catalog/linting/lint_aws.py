"""Statements of AWS against the service data: actions, what they work on, and wildcards."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import cache

from nhilint.algebra.values import Scope, Statement
from nhilint.catalog.files.places import Places
from nhilint.catalog.model import PARAMETER, Permit, Problem
from nhilint.data.aws import AwsVocabulary, action, arn_formats, suggest
from nhilint.model.dialect import Dialect


@cache
def _vocabulary() -> AwsVocabulary:
    return AwsVocabulary()


def aws_problems(permits: tuple[Permit, ...], places: Places, dialect: Dialect | None) -> Iterator[Problem]:
    """Every unknown action, action without effect, and wildcard that can be avoided.

    Without the dialect it is not asked what works on what.
    """
    idle = dialect.gives_nothing if dialect is not None else None
    for permit in permits:
        for name in dict.fromkeys(permit.fields.get("actions", ())):
            span = places.value(permit.span, name, "actions")
            known = _vocabulary().expand(name.lower())
            if not known:
                yield _unknown(name, places, permit)
            elif "*" in name or "?" in name:
                message = f"`{name}` also allows actions that AWS adds later"
                help = (
                    f"today it is {len(known)} actions"
                    if len(known) > 3
                    else f"today it is {', '.join(map(_spell, known))}"
                )
                yield Problem(code="open-wildcard", message=message, span=span, help=help, severity="warning")
            elif idle and not permit.why and idle(_asked(known, permit.fields.get("resources", ()))):
                why = _where(known[0])
                message = f"`{name}` works on none of these resources"
                yield Problem(code="inert-action", message=message, span=span, help=why, severity="warning")
        yield from _resources(permit, places, idle)


def _spell(name: str) -> str:
    return f"`{_vocabulary().spell(name)}`"


def _unknown(name: str, places: Places, permit: Permit) -> Problem:
    near = suggest(name)
    help = (
        f"did you mean {' or '.join(f'`{one}`' for one in near)}?" if near else "an action is written `service:Action`"
    )
    span = places.value(permit.span, name, "actions")
    if "*" in name:
        return Problem(code="unknown-action", message=f"no action is called like `{name}`", span=span, help=help)
    return Problem(code="unknown-action", message=f"unknown action `{name}`", span=span, help=help)


def _forms(name: str) -> tuple[str, ...]:
    """The forms of ARNs that an action works on; empty: it knows no resources, or the data does not know it."""
    row = action(name)
    if row is None:
        return ()
    formats = arn_formats(name.partition(":")[0])
    found = [form for type in row.resource_types for form in formats.get(type, ())]
    return (*found, *row.granted_elsewhere)


def _asked(names: Sequence[str], resources: tuple[str, ...]) -> Statement:
    """These actions on these resources, whatever the parameters are."""
    patterns = tuple(PARAMETER.sub("*", resource) for resource in resources)
    return Statement(effect="allow", actions=tuple(names), scopes=(Scope(patterns=patterns),))


def _where(name: str) -> str:
    """What an action works on."""
    forms = _forms(name)
    if not forms:
        return "it is asked for on `*` only: move it to a statement on `*`"
    shortest = min(forms, key=lambda form: (len(form), form))
    return f"it works on {shortest.replace('${Partition}', 'aws')}"


def _resources(permit: Permit, places: Places, idle: Callable[[Statement], bool] | None) -> Iterator[Problem]:
    resources = permit.fields.get("resources", ())
    names = [name for pattern in permit.fields.get("actions", ()) for name in _vocabulary().expand(pattern.lower())]
    if "*" in resources and not permit.why:
        limited = next((name for name in names if _forms(name)), "")
        if limited:
            message = f"`*` is every resource, and {_spell(limited)} can be limited to some"
            form = min(_forms(limited), key=len).replace("${Partition}", "aws")
            help = f"name them: {form}; or say `why` it is all of them"
            span = places.value(permit.span, "*", "resources")
            yield Problem(code="wildcard-resource", message=message, span=span, help=help, severity="warning")
    for resource in resources:
        if resource == "*" or not names:
            continue
        span = places.value(permit.span, resource, "resources")
        if not resource.startswith(("arn:", "<", "*")):
            message = f"`{resource}` is no ARN"
            yield Problem(code="bad-resource", message=message, span=span, help="write `arn:aws:…`, or `*`")
        elif idle and not permit.why and idle(_asked([name for name in names if _forms(name)], (resource,))):
            message = f"no action of the statement works on `{resource}`"
            yield Problem(code="inert-resource", message=message, span=span, severity="warning")
