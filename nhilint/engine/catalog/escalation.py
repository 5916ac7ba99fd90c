"""Escalation techniques that a role of the catalog makes possible, as problems of its file.

On whoever it likes a role must not make one possible at all. On whom its parameters name it may, when the role says
so under `accepts`, with the reason. What it accepts and does not make possible is said too: the entry is a reason that
no longer holds.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from difflib import get_close_matches
from importlib import import_module

from nhilint.algebra.evaluate import decide
from nhilint.algebra.values import Permissions, Request
from nhilint.catalog.compile import compile_role
from nhilint.catalog.model import Accepted, Catalog, Problem, Role
from nhilint.engine.catalog.openings import chosen, combinations, unknown, wanted
from nhilint.engine.catalog.primitives import ADMINISTRATOR, Claim, Primitives, minimal, primitives
from nhilint.engine.catalog.targets import subjects
from nhilint.engine.dialects import Dialects
from nhilint.model.dialect import Dialect
from nhilint.model.span import Span

_SHOWN = 3
"""So many requests of a technique are shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A technique that a role makes possible."""

    claim: Claim
    same: tuple[str, ...]
    """Ids of the techniques that need the same requests, its own among them."""
    span: Span
    """The statement of the role that allows the first request."""
    bindings: tuple[tuple[str, str], ...] = ()
    """Parameters that have to have a certain value."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Possible:
    """Everything that a role makes possible."""

    found: tuple[Found, ...]
    """Those that need least."""
    ids: frozenset[str]
    """All techniques."""
    undecided: tuple[tuple[str, str], ...] = ()
    """Technique and reason."""


def escalations(catalog: Catalog, dialects: Mapping[str, Dialect] | None = None) -> Iterator[Problem]:
    """The problems of every role."""
    known = dialects if dialects is not None else Dialects()
    for role in catalog.roles.values():
        yield from problems(role, known[role.platform])


def problems(role: Role, dialect: Dialect) -> Iterator[Problem]:
    """What is wrong with one role."""
    result = possible(role, dialect)
    accepted = {one.technique for one in role.accepts}
    for row in result.found:
        # A role for emergencies may be wide where it says so: it ends by itself, and somebody is told.
        never = row.claim.open and not row.claim.mild and role.break_glass is None
        if never or accepted.isdisjoint(row.same):
            yield _problem(role, row, dialect)
    for id, why in result.undecided:
        message = f"{role.id}: it could not be decided whether the role makes `{id}` possible: {why}"
        yield Problem(code="undecided-escalation", message=message, span=role.span, severity="warning")
    yield from (_stale(role, one, dialect) for one in role.accepts if one.technique not in result.ids)


def possible(role: Role, dialect: Dialect) -> Possible:
    """The techniques of a role with its parameters unknown, then those that certain values of them open.

    All wanted values at once say whether there are any of the latter; single bindings say which, and only those count.
    """
    plain = compile_role(role, unknown(role))
    base = _primitives(role, plain, dialect)
    rows = minimal(base.claims)
    found = [Found(claim=claim, same=same, span=_span(role, plain, claim.requests)) for claim, same in rows]
    missing: set[str] = set()
    values = wanted(role, subjects(dialect.platform, dialect.techniques), dialect)
    if values:
        every = {name: (*bound, *values.get(name, ())) for name, bound in unknown(role).items()}
        missing = {claim.technique for claim in _primitives(role, compile_role(role, every), dialect).claims}
        missing -= {claim.technique for claim in base.claims}
    for bindings in combinations(role, values) if missing else ():
        permissions = compile_role(role, bindings)
        fresh = [c for c in _primitives(role, permissions, dialect).claims if c.technique in missing]
        for claim, same in minimal(fresh):
            span = _span(role, permissions, claim.requests)
            named = replace(claim, open=False)
            found.append(Found(claim=named, same=same, span=span, bindings=chosen(bindings)))
        missing -= {claim.technique for claim in fresh}
    ids = {claim.technique for claim in base.claims} | {id for row in found for id in row.same}
    return Possible(found=tuple(found), ids=frozenset(ids), undecided=base.undecided)


def _primitives(role: Role, permissions: Permissions, dialect: Dialect) -> Primitives:
    return primitives(permissions, dialect, bounded=bool(role.constraints.boundaries))


def _span(role: Role, permissions: Permissions, requests: tuple[Request, ...]) -> Span:
    for request in requests:
        for statement in decide(permissions, request).because:
            if isinstance(statement.origin, Span):
                return statement.origin
    return role.span


def _problem(role: Role, found: Found, dialect: Dialect) -> Problem:
    claim = found.claim
    values = " and ".join(f"{name} = `{value}`" for name, value in found.bindings)
    with_values = f"with {values} it " if values else ""
    conditions = f", if {' and '.join(map(_written, claim.may))}" if claim.may else ""
    asked = ", ".join(_said(request, dialect) for request in claim.requests[:_SHOWN])
    more = f" and {len(claim.requests) - _SHOWN} more" if len(claim.requests) > _SHOWN else ""
    what = f"escalation `{claim.technique}`: {with_values}{_written(claim.title)}{conditions}: {asked}{more}"
    return Problem(code="escalation", message=f"{role.id}: {what}", span=found.span, help=_help(claim, found))


def _help(claim: Claim, found: Found) -> str:
    if claim.technique == ADMINISTRATOR:
        return "no role is approved for everything; name what it is for"
    if claim.open and not claim.mild:
        return "name the targets by parameters or leave a permission out; `accepts` is about targets that are named"
    line = f"`accepts: [{{ technique: {claim.technique}, why: … }}]`"
    if found.bindings:
        names = " and ".join(f"`{name}`" for name, _ in found.bindings)
        return f"let the pattern of {names} refuse such a value; or, where that is what the role is for, {line}"
    return f"leave one of these permissions out; or, where that is what the role is for, {line}"


def _said(request: Request, dialect: Dialect) -> str:
    row = import_module(f"nhilint.platforms.{dialect.platform}").describe_request(request)
    return f"{row['action']} on `{_written(row['resource'])}`"


def _written(text: str) -> str:
    """Parameters as the role file writes them."""
    return text.replace("${<", "<").replace(">}", ">")


def _stale(role: Role, one: Accepted, dialect: Dialect) -> Problem:
    ids = [technique.id for technique in dialect.techniques]
    if one.technique in ids:
        message = f"{role.id}: accepts `{one.technique}`, which the role does not make possible"
        return Problem(code="unused-acceptance", message=message, span=one.span, help="take the entry away")
    near = get_close_matches(one.technique, ids, n=1)
    help = f"did you mean `{near[0]}`?" if near else ""
    message = f"{role.id}: accepts `{one.technique}`, which is no known technique"
    return Problem(code="unknown-technique", message=message, span=one.span, help=help)
