"""Every starter role covers itself exactly and nothing wider: each single widening is refused."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from nhilint.algebra.values import Permissions, Scope, Statement
from nhilint.catalog.compile import compile_role
from nhilint.catalog.lint import lint
from nhilint.catalog.match import Matcher
from nhilint.catalog.model import Catalog, Role
from nhilint.catalog.read import read_catalog
from nhilint.catalog.starter import starter_files
from nhilint.catalog.verdict import Held, Match
from nhilint.engine.dialects import Dialects
from nhilint.model.facts import Identity, IdentityKey
from nhilint.model.node import Map
from nhilint.sources.yamldoc import parse_yaml

TODAY = "2026-11-24"


def catalog() -> Catalog:
    documents: dict[str, Map] = {}
    for path, text in starter_files().items():
        (node,) = parse_yaml(path, text).documents
        assert isinstance(node, Map)
        documents[path] = node
    found, problems = read_catalog(documents, own=True)
    assert [p for p in problems if p.severity == "error"] == []
    return found


CATALOG = catalog()
ROLES = list(CATALOG.roles.values())


def bound(role: Role) -> Permissions:
    values = {name: (parameter.examples or ("example",))[:1] for name, parameter in role.parameters.items()}
    return compile_role(role, values)


def verdict(role: Role, permissions: Permissions) -> str:
    return matched(role, permissions).verdict


def matched(role: Role, permissions: Permissions) -> Match:
    someone = Identity(
        key=IdentityKey(f"{role.platform}:role/x"), platform=role.platform, kind="iam_role", name="x", span=role.span
    )
    only = Catalog(roles={role.id: role})
    return Matcher(only, Dialects(), today=TODAY).match(Held(identity=someone, permissions=permissions))


def widened(permissions: Permissions) -> Iterator[tuple[str, Permissions]]:
    """Each statement widened in one way."""
    for index, statement in enumerate(permissions.statements):
        for what, wider in _wider(statement):
            statements = list(permissions.statements)
            statements[index] = wider
            yield what, replace(permissions, statements=tuple(statements))


def _wider(statement: Statement) -> Iterator[tuple[str, Statement]]:
    if statement.actions != ("*",):
        yield "action", replace(statement, actions=(*statement.actions, "iam:createuser"))
    for index, scope in enumerate(statement.scopes):
        if "*" not in scope.patterns:
            scopes = list(statement.scopes)
            scopes[index] = Scope(patterns=(*scope.patterns, "*"))
            yield f"scope {index}", replace(statement, scopes=tuple(scopes))
    if statement.conditions:
        yield "condition", replace(statement, conditions=())


def test_there_are_at_least_ten() -> None:
    assert len(ROLES) >= 10


def test_lint_finds_no_error() -> None:
    assert [p.message for p in lint(CATALOG, today=TODAY) if p.severity == "error"] == []


@pytest.mark.parametrize("role", ROLES, ids=lambda role: role.id)
def test_role_covers_itself(role: Role) -> None:
    assert verdict(role, bound(role)) == "covered"


@pytest.mark.parametrize("role", ROLES, ids=lambda role: role.id)
def test_every_widening_is_refused(role: Role) -> None:
    cases = list(widened(bound(role)))
    assert cases
    assert [what for what, wider in cases if verdict(role, wider) == "covered"] == []


@pytest.mark.parametrize("role", ROLES, ids=lambda role: role.id)
def test_expired_role_approves_nothing(role: Role) -> None:
    old = replace(role, expires="2026-01-01")
    found = matched(old, bound(old))
    assert found.verdict == "not-in-force"
    assert "expired" in found.sentence
