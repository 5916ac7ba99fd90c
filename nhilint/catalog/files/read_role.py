"""One role file to a role, with what its fields mean together; what it extends is not taken in yet."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator
from difflib import get_close_matches
from typing import cast

from nhilint.catalog.files.conform import canonical, conform, is_day, place_of
from nhilint.catalog.files.fields import (
    caller,
    callers,
    clauses,
    permits,
    rows,
    scalars,
    seconds,
    table,
    text,
    under,
    words,
)
from nhilint.catalog.files.forms import ROLE
from nhilint.catalog.model import (
    PLATFORMS,
    Accepted,
    BreakGlass,
    Constraints,
    Parameter,
    Probe,
    Problem,
    Role,
    Status,
)
from nhilint.model.node import Map, Scalar, scalar_text
from nhilint.model.span import Span

_NOTHING = "(?!)"
_WORDS = (("allow", True), ("deny", False), ("trust", True), ("distrust", False))


def read_role(node: Map) -> tuple[Role, list[Problem]]:
    """The role as far as it can be read, and everything that is wrong with the file."""
    platform = _platform(node)
    role = Role(
        id=text(node, "id"),
        title=text(node, "title"),
        platform=platform,
        purpose=text(node, "purpose"),
        owner=text(node, "owner"),
        status=cast("Status", text(node, "status") or "draft"),
        access=text(node, "access"),
        approved_by=text(node, "approval", "by"),
        approved_on=text(node, "approval", "on"),
        ticket=text(node, "approval", "ticket"),
        expires=text(node, "approval", "expires"),
        review=seconds(node.get("review")) // 86400,
        replaced_by=text(node, "replaced_by"),
        extends=words(node.get("extends")),
        sources=words(node.get("sources")),
        parameters=_parameters(node),
        allow=permits(node.get("allow"), platform) if platform else (),
        trust=callers(node.get("trust")) if "trust" in node.entries else None,
        constraints=_constraints(node),
        break_glass=_break_glass(node),
        accepts=tuple(
            Accepted(technique=text(row, "technique"), why=text(row, "why"), span=row.span)
            for row in rows(node.get("accepts"))
        ),
        tests=tuple(_probes(node)),
        span=node.span,
    )
    problems = [
        *conform(node, ROLE, "", platform),
        *_parameter_problems(node),
        *_approval(node),
        *_emergency(node, role),
    ]
    return role, problems


def _platform(node: Map) -> str:
    """The platform, or the one that was probably meant, so that the rest of the file can be read."""
    near = get_close_matches(text(node, "platform").lower(), PLATFORMS, n=1)
    return near[0] if near else ""


def _parameters(node: Map) -> dict[str, Parameter]:
    found = {}
    entries = under(node, "parameters")
    for name, value in entries.entries.items() if isinstance(entries, Map) else ():
        found[name] = Parameter(
            name=name,
            description=text(value, "description"),
            pattern=_NOTHING if mistake_of(text(value, "pattern")) else text(value, "pattern"),
            enum=words(under(value, "enum")),
            same=text(value, "same"),
            many=text(value, "many") == "true",
            unknown=text(value, "unknown") == "true",
            examples=words(under(value, "examples")),
            span=value.span,
        )
    return found


def mistake_of(pattern: str) -> str:
    """Why a text is no regular expression; empty: it is one."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            re.compile(pattern)
    except (re.error, OverflowError, RecursionError) as error:
        return str(error) or "it is nested too deeply"
    return ""


def _constraints(node: Map) -> Constraints:
    limits = under(node, "constraints")
    if not isinstance(limits, Map):
        return Constraints()
    boundary = words(limits.get("boundary"))
    return Constraints(
        max_session=seconds(limits.get("max_session")),
        boundaries=("*",) if boundary == ("required",) else boundary,
        conditions=clauses(limits.get("conditions")),
        tags=table(limits.get("tags")),
        environments=words(limits.get("environments")),
        static_keys=text(limits, "static_keys") != "forbidden",
        span=limits.span,
    )


def _break_glass(node: Map) -> BreakGlass | None:
    terms = under(node, "break_glass")
    if not isinstance(terms, Map):
        return None
    duration = seconds(terms.get("max_duration"))
    return BreakGlass(max_duration=duration, notify=words(terms.get("notify")), span=terms.span)


def _probes(node: Map) -> Iterator[Probe]:
    for word, allowed in _WORDS:
        for row in rows(under(node, "tests", word)):
            yield Probe(
                allowed=allowed,
                bindings=table(row.get("with")),
                action=text(row, "action") or text(row, "verb") or text(row, "permission"),
                resource=text(row, "resource"),
                context=table(row.get("context")),
                caller=caller(row.get("caller")),
                why=text(row, "why"),
                span=row.span,
            )


def _parameter_problems(node: Map) -> Iterator[Problem]:
    """Patterns that are none, and examples that do not fit."""
    entries = under(node, "parameters")
    for name, value in entries.entries.items() if isinstance(entries, Map) else ():
        pattern = under(value, "pattern")
        mistake = mistake_of(scalar_text(pattern)) if isinstance(pattern, Scalar) else ""
        if mistake:
            message = f"the pattern of `{name}` is no regular expression: {mistake}"
            yield Problem(code="bad-pattern", message=message, span=pattern.span if pattern else value.span)
            continue
        enum = words(under(value, "enum"))
        for example in scalars(under(value, "examples")):
            shown = scalar_text(example)
            if not isinstance(example.value, str) and not canonical(example):
                continue  # which number it is was told to be open
            if enum and shown not in enum:
                message = f"the example `{shown}` of `{name}` is not in its `enum`"
                yield Problem(code="bad-example", message=message, span=example.span)
            elif scalar_text(pattern) and not re.fullmatch(scalar_text(pattern), shown[:500]):
                message = f"the example `{shown}` of `{name}` does not match its `pattern`"
                help = f"the pattern is `{scalar_text(pattern)}`"
                yield Problem(code="bad-example", message=message, span=example.span, help=help)


def _approval(node: Map) -> Iterator[Problem]:
    begins, ends = under(node, "approval", "on"), under(node, "approval", "expires")
    on, expires = scalar_text(begins), scalar_text(ends)
    if ends is not None and is_day(on) and is_day(expires) and on > expires:
        message = f"the approval expires on {expires}, before it was given on {on}"
        yield Problem(code="bad-date", message=message, span=ends.span)


def _emergency(node: Map, role: Role) -> Iterator[Problem]:
    """A break-glass role is bound in time and says who is told; no other role has such terms."""
    code = "break-glass"
    if role.access != "break-glass":
        if role.access and "break_glass" in node.entries:
            message = f"`break_glass` is for roles with `access: break-glass`, and this one has `{role.access}`"
            yield Problem(code=code, message=message, span=place_of(node, "break_glass"))
        return
    if "break_glass" not in node.entries:
        help = "add `break_glass: { max_duration: 1h, notify: [WHO] }`"
        message = "a break-glass role says how long one use may last, and who is told"
        yield Problem(code=code, message=message, span=place_of(node, "access"), help=help)
    if role.platform == "aws" and under(node, "constraints", "max_session") is None:
        message = "a break-glass role of AWS is bound in time: there is no `max_session` in `constraints`"
        span = place_of(node, "break_glass" if "break_glass" in node.entries else "access")
        yield Problem(code=code, message=message, span=span, help="add `constraints: { max_session: 1h }`")
    terms = role.break_glass
    if terms is not None and 0 < terms.max_duration < role.constraints.max_session:
        message = "a session may last longer than one use of the role"
        limit = under(node, "constraints", "max_session")
        help = "`max_session` must not be longer than `max_duration`"
        yield Problem(code=code, message=message, span=_span(limit, terms.span), help=help)


def _span(node: object, otherwise: Span) -> Span:
    return node.span if isinstance(node, Scalar) else otherwise
