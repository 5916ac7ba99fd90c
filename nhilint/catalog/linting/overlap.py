"""Roles that say the same as others, and statements that others of their role cover; decided by the algebra.

A role lies inside another when whoever holds it, with its examples as values, fits into the other for some binding of
that one's parameters. Who may have the roles, and under what limits, is no part of it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import combinations, permutations

from nhilint.algebra.glob import contains
from nhilint.algebra.prove import compare
from nhilint.algebra.values import Covered, Permissions, symbol
from nhilint.catalog.compile import compile_role
from nhilint.catalog.files.places import Places
from nhilint.catalog.matching.match import Matcher
from nhilint.catalog.model import EMPTY_CATALOG, Catalog, Constraints, Permit, Problem, Role
from nhilint.catalog.verdict import Held
from nhilint.model.dialect import Dialect
from nhilint.model.facts import Identity, IdentityKey

_KINDS = {"aws": "iam_role", "github": "workflow_job", "kubernetes": "service_account"}
_DAY = "0000-00-00"


def duplicate_statements(role: Role, dialect: Dialect) -> Iterator[Problem]:
    """Statements of the file that one other statement of the role covers."""
    bindings = {name: (symbol(f"<{name}>"),) for name in role.parameters}
    told: set[int] = set()
    for inner, outer in ((a, b) for pair in combinations(range(len(role.allow)), 2) for a, b in (pair[::-1], pair)):
        small, large = role.allow[inner], role.allow[outer]
        if inner in told or outer in told or small.span.path != role.span.path or not _may_cover(large, small):
            continue
        sets = [compile_role(replace(role, allow=(permit,)), bindings) for permit in (small, large)]
        if all(one.statements for one in sets) and _inside(sets[0], sets[1], dialect):
            told.add(inner)
            message = f"the statement in line {large.span.line} allows all of this one"
            if large.span.path != small.span.path:
                message = f"the statement in {large.span} allows all of this one"
            help = "take it out"
            yield Problem(code="covered-statement", message=message, span=small.span, help=help, severity="warning")


def _inside(candidate: Permissions, reference: Permissions, dialect: Dialect) -> bool:
    verdict = compare(
        candidate,
        reference,
        dialect.vocabulary,
        always=dialect.always,
        segments=dialect.segments,
        first=True,
    )
    return isinstance(verdict, Covered)


def _names(permit: Permit) -> tuple[str, ...]:
    """What is asked for, in the words of the platform."""
    fields = permit.fields
    if "verbs" in fields:
        return tuple(f"{group}/{name}" for group in fields.get("groups", ("",)) for name in fields.get("resources", ()))
    secrets = tuple(f"secret {name}" for name in fields.get("secrets", ()))
    return (*(name.lower() for name in fields.get("actions", fields.get("permissions", ()))), *secrets)


def _may_cover(large: Permit, small: Permit) -> bool:
    """A cheap first look: whether everything that the one asks for is asked for by the other too."""
    wide = _names(large)
    return all(any(contains(other, name) for other in wide) for name in _names(small))


def duplicate_roles(inside: Sequence[tuple[str, str]], catalog: Catalog, places: Places) -> Iterator[Problem]:
    """Pairs of roles of which each lies inside the other."""
    for one, other in inside:
        if one > other and (other, one) in inside:
            first, second = catalog.roles[other], catalog.roles[one]
            message = f"it allows the same as the role `{first.id}` in {first.span.path}"
            help = "keep one of them, and deprecate the other with `replaced_by`"
            span = places.key(second.span, "id")
            yield Problem(code="duplicate-role", message=message, span=span, help=help, severity="warning")


def roles_inside(catalog: Catalog, dialects: Mapping[str, Dialect]) -> tuple[tuple[str, str], ...]:
    """Every role that lies inside another, with that one; deprecated ones are left out."""
    living = [role for role in catalog.roles.values() if role.status != "deprecated"]
    return tuple(
        (inner.id, outer.id)
        for inner, outer in permutations(living, 2)
        if inner.platform == outer.platform and _fits(inner, outer, dialects)
    )


def _fits(inner: Role, outer: Role, dialects: Mapping[str, Dialect]) -> bool:
    """Whether whoever holds the one fits into the other."""
    wide = [name for permit in outer.allow for name in _names(permit)]
    if not inner.allow or not all(
        any(contains(other, name) for other in wide) for permit in inner.allow for name in _names(permit)
    ):
        return False
    values = {
        name: (parameter.examples or parameter.enum or ("example",))[:1] for name, parameter in inner.parameters.items()
    }
    permissions = compile_role(inner, values)
    someone = Identity(
        key=IdentityKey(f"{inner.platform}:role/{inner.id}"),
        platform=inner.platform,
        kind=_KINDS[inner.platform],
        name=inner.id,
        span=inner.span,
    )
    only = replace(EMPTY_CATALOG, roles={outer.id: _bare(outer)})
    match = Matcher(only, dialects, today=_DAY).match(Held(identity=someone, permissions=permissions))
    return match.verdict == "covered" and bool(permissions.statements)


def _bare(role: Role) -> Role:
    """The role as what it allows alone."""
    free = {name: replace(parameter, same="") for name, parameter in role.parameters.items()}
    return replace(
        role,
        status="approved",
        expires="",
        trust=None,
        constraints=Constraints(conditions=role.constraints.conditions),
        parameters=free,
    )
