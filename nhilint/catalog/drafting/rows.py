"""Statements, callers and parameters as the maps of a role file."""

from __future__ import annotations

from collections.abc import Mapping

from nhilint.algebra.values import Condition
from nhilint.catalog.drafting.generalize import General, Vector
from nhilint.catalog.model import Parameter
from nhilint.data.aws import action, spell_key

_MAPPED = "permissions"


def statement_row(one: General, names: Mapping[Vector, str], platform: str) -> dict[str, object]:
    """One statement of `allow`."""
    fields, clauses = one.written(names)
    row: dict[str, object] = {}
    for field, values in one.stated.words:
        if field == _MAPPED:
            row.update({_MAPPED: _levels(values)} if values else {})
        else:
            row[field] = list(values)
    row.update({field: list(values) for field, values in fields})
    if clauses:
        row["conditions"] = _conditions(clauses)
    if platform == "aws" and dict(fields).get("resources") == ("*",) and _nameless(one):
        row["why"] = (
            "these actions know no resources" if len(one.stated.known) > 1 else "this action knows no resources"
        )
    return row


def _nameless(one: General) -> bool:
    rows = [action(name) for name in one.stated.known]
    return bool(rows) and not one.stated.wide and all(row is not None and not row.resource_types for row in rows)


def _levels(values: tuple[str, ...]) -> dict[str, str]:
    """`scope: level`; `write` includes `read`."""
    found: dict[str, str] = {}
    for value in values:
        scope, _, level = value.partition(":")
        if found.get(scope) != "write":
            found[scope] = level
    return found


def _conditions(clauses: tuple[Condition, ...]) -> dict[str, dict[str, object]]:
    found: dict[str, dict[str, object]] = {}
    for clause in clauses:
        operator = clause.operator + ("IfExists" if clause.if_exists else "")
        name = f"{clause.qualifier}:{operator}" if clause.qualifier else operator
        values = list(clause.values)
        found.setdefault(name, {})[spell_key(clause.key)] = values[0] if len(values) == 1 else values
    return found


def trust_row(one: General, names: Mapping[Vector, str]) -> dict[str, object]:
    """One caller of `trust`."""
    fields, _ = one.written(names)
    issuer = one.stated.words[0][1][0]
    body = {field: values[0] if len(values) == 1 else list(values) for field, values in fields}
    if issuer == "service" and set(body) == {"name"}:
        return {issuer: body["name"]}
    return {issuer: body}


def parameter_row(parameter: Parameter) -> dict[str, object]:
    """One parameter."""
    row: dict[str, object] = {"description": parameter.description}
    if parameter.enum:
        row["enum"] = list(parameter.enum)
    if parameter.pattern:
        row["pattern"] = parameter.pattern
    if parameter.same:
        row["same"] = parameter.same
    if parameter.many:
        row["many"] = True
    if parameter.unknown:
        row["unknown"] = True
    row["examples"] = list(parameter.examples)
    return row
