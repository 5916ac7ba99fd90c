"""Everything of one role as one value (`nhilint.catalog-role/1`): what it allows in full, and who has it."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from difflib import get_close_matches
from typing import Any

from nhilint.algebra.prove import compare
from nhilint.algebra.relations import nothing
from nhilint.algebra.values import Exceeds, Residue
from nhilint.catalog.changes import compiled
from nhilint.catalog.facets import symbols
from nhilint.catalog.model import Catalog, Parameter, Probe, Role
from nhilint.catalog.wording import caller, duration, limits, values_of
from nhilint.engine.analysis import Analysis
from nhilint.engine.catalog.changes import named
from nhilint.engine.catalog.impact import judged
from nhilint.engine.catalog.listing import role_head, usage, usage_row
from nhilint.engine.dialects import dialect
from nhilint.engine.entries import permission_entries, place
from nhilint.engine.heads import Row, identity_head
from nhilint.engine.options import Options
from nhilint.model.dialect import Dialect
from nhilint.model.errors import NhilintError

LEVELS = ("Permissions management", "Write", "Tagging", "Read", "List")
UNKNOWN = "Unknown"


class RoleError(NhilintError):
    """A role, parameter or value that the catalog does not know."""


def role_rows(
    catalog: Catalog,
    name: str,
    options: Options,
    *,
    values: Mapping[str, tuple[str, ...]] | None = None,
    analysis: Analysis | None = None,
) -> Row:
    """One role. `values` bind parameters, the others stay `<name>`. With an analysis: who of it has the role."""
    role = find_role(catalog, name)
    bound = dict(values or {})
    for parameter, chosen in bound.items():
        _fit(role, parameter, chosen)
    language = dialect(role.platform)
    bindings = {**symbols(role.parameters), **bound}
    residue = everything(role, bindings, language)
    glass = role.break_glass
    return {
        "schema": "nhilint.catalog-role/1",
        "own": catalog.own,
        **role_head(role, options.today),
        "purpose": role.purpose,
        "approval": {"by": role.approved_by or None, "on": role.approved_on or None, "ticket": role.ticket or None},
        "review_days": role.review or None,
        "extends": list(role.extends),
        "sources": list(role.sources),
        "parameters": [_parameter(one, bound) for one in role.parameters.values()],
        "data_date": language.vocabulary.date or None,
        "permissions": named(list(_by_level(residue, language))),
        "wildcards": list(_wildcards(role, language)),
        "condition_keys": sorted({key for clauses in _clauses(role) for key in clauses}),
        "trust": None
        if role.trust is None
        else [
            {"issuer": one.issuer, "fields": {k: list(v) for k, v in one.fields.items()}, "text": caller(one)}
            for one in role.trust
        ],
        "constraints": [{"constraint": name, "text": text} for name, text in limits(role.constraints)],
        "break_glass": None
        if glass is None
        else {"seconds": glass.max_duration, "duration": duration(glass.max_duration), "notify": list(glass.notify)},
        "accepts": [{"technique": one.technique, "why": one.why} for one in role.accepts],
        "tests": list(map(_test, role.tests)),
        "usage": None if analysis is None else _usage(analysis, role),
    }


def find_role(catalog: Catalog, name: str) -> Role:
    """The role of that id; raises `RoleError` with the nearest ones."""
    if name in catalog.roles:
        return catalog.roles[name]
    near = get_close_matches(name, catalog.roles, n=3, cutoff=0.5)
    near = near or [id for id in catalog.roles if name.lower() in id or name.lower() in catalog.roles[id].title.lower()]
    help = f"did you mean {_or(near[:3])}?" if near else "`nhilint catalog list` shows every role"
    raise RoleError(f"there is no role `{name}` in the catalog", help=help)


def _or(names: Sequence[str]) -> str:
    return " or ".join(f"`{name}`" for name in names)


def _fit(role: Role, name: str, values: tuple[str, ...]) -> None:
    parameter = role.parameters.get(name)
    if parameter is None:
        near = get_close_matches(name, role.parameters, n=1)
        known = ", ".join(f"`{one}`" for one in role.parameters) or "none"
        help = f"did you mean `{near[0]}`?" if near else f"its parameters: {known}"
        raise RoleError(f"the role `{role.id}` has no parameter `{name}`", help=help)
    for value in values:
        fits = value in parameter.enum if parameter.enum else not parameter.pattern or _matches(parameter, value)
        if not fits:
            raise RoleError(f"`{value}` is no value of `{name}`", help=f"it may be {values_of(parameter)}")


def _matches(parameter: Parameter, value: str) -> bool:
    return len(value) <= 500 and re.fullmatch(parameter.pattern, value) is not None


def everything(role: Role, bindings: Mapping[str, tuple[str, ...]], language: Dialect) -> tuple[Residue, ...]:
    """All that a role allows, as parts with a witness."""
    permissions = compiled(role, bindings)
    verdict = compare(
        permissions,
        nothing(permissions),
        language.vocabulary,
        fill=language.fill,
        always=language.always,
        segments=language.segments,
    )
    return verdict.residue if isinstance(verdict, Exceeds) else ()


def _by_level(residue: Sequence[Residue], language: Dialect) -> Iterator[Row]:
    """The permissions of each access level, worst first. What proves one action of a box proves each of them."""
    groups: dict[str, list[Residue]] = defaultdict(list)
    for part in residue:
        for one in _single(part):
            (found,) = permission_entries((one,), language, "")
            groups[(found["access_levels"] or [UNKNOWN])[0]].append(one)
    for level in (*LEVELS, UNKNOWN):
        if groups[level]:
            yield {"level": level, "entries": permission_entries(groups[level], language, "")}


def _single(part: Residue) -> Iterator[Residue]:
    for action in part.actions:
        # Actions that are added later are told by the wildcards.
        yield replace(part, actions=(action,), future=(), spared=(), witness=replace(part.witness, action=action))
    if not part.actions:
        yield part


def _wildcards(role: Role, language: Dialect) -> Iterator[Row]:
    """Each action with a wildcard, with the known actions that it stands for today."""
    patterns = sorted({action for permit in role.allow for action in permit.fields.get("actions", ())})
    for pattern in patterns:
        if "*" in pattern or "?" in pattern:
            known = language.vocabulary.expand(pattern.lower())
            yield {
                "pattern": pattern,
                "count": len(known),
                "actions": [language.vocabulary.spell(name) for name in known],
            }


def _clauses(role: Role) -> Iterator[list[str]]:
    for conditions in (role.constraints.conditions, *(permit.conditions for permit in role.allow)):
        yield [key for _, key, _ in conditions]


def _parameter(parameter: Parameter, bound: Mapping[str, tuple[str, ...]]) -> Row:
    return {
        "name": parameter.name,
        "description": parameter.description,
        "values": values_of(parameter),
        "pattern": parameter.pattern or None,
        "enum": list(parameter.enum),
        "same": parameter.same or None,
        "many": parameter.many,
        "unknown": parameter.unknown,
        "examples": list(parameter.examples),
        "bound": list(bound[parameter.name]) if parameter.name in bound else None,
    }


def _test(probe: Probe) -> dict[str, Any]:
    about = caller(probe.caller) if probe.caller is not None else f"{probe.action} on {probe.resource or '*'}"
    return {
        "expects": ("trust" if probe.allowed else "distrust") if probe.caller else "allow" if probe.allowed else "deny",
        "with": {name: list(values) for name, values in probe.bindings.items()},
        "about": about,
        "context": {key: list(values) for key, values in probe.context.items()},
        "why": probe.why,
        "location": place(probe.span),
    }


def _usage(analysis: Analysis, role: Role) -> Row:
    """Who is covered by the role, and to whom it is the nearest."""
    covered, near = [], []
    for identity, verdict in judged(analysis):
        if verdict.verdict == "covered":
            for cover in verdict.covers:
                if cover.role == role.id:
                    bindings = {name: list(values) for name, values in cover.bindings}
                    covered.append({**identity_head(identity), "bindings": bindings})
        elif verdict.nearest and verdict.nearest[0][0] == role.id:
            near.append({**identity_head(identity), "exceeds_by": verdict.nearest[0][1]})
    near.sort(key=lambda row: (row["exceeds_by"], row["key"]))
    return {**usage_row(usage(analysis), role.id), "covered": covered, "near": near}


def parse_values(texts: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """`name=value`, given several times for several values; raises `RoleError`."""
    found: dict[str, tuple[str, ...]] = {}
    for text in texts:
        name, equals, value = text.partition("=")
        if not equals or not name:
            raise RoleError(f"`{text}` binds no parameter", help="write `--with bucket=site`")
        found[name.strip("<>")] = (*found.get(name.strip("<>"), ()), value)
    return found
