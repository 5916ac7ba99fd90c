"""The starter roles, and an identity that holds one of them."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

from nhilint.algebra.values import Permissions
from nhilint.catalog.compile import Bindings, compile_role
from nhilint.catalog.files.read import read_catalog
from nhilint.catalog.files.starter import starter_files
from nhilint.catalog.matching.match import Matcher
from nhilint.catalog.model import Catalog, Constraints, Role
from nhilint.catalog.verdict import Held, Match
from nhilint.engine.dialects import Dialects
from nhilint.model.facts import Identity, IdentityKey
from nhilint.model.node import Map
from nhilint.sources.yamldoc import parse_yaml

TODAY = "2026-11-24"
KINDS = {"aws": "iam_role", "kubernetes": "service_account", "github": "workflow_job"}
DIALECTS = Dialects()


def documents() -> dict[str, Map]:
    found: dict[str, Map] = {}
    for path, text in starter_files().items():
        (node,) = parse_yaml(path, text).documents
        assert isinstance(node, Map)
        found[path] = node
    return found


@cache
def catalog() -> Catalog:
    found, problems = read_catalog(documents(), own=True)
    assert [p for p in problems if p.severity == "error"] == []
    return found


def roles() -> list[Role]:
    return list(catalog().roles.values())


def plain(role: Role) -> Role:
    """The role with its permissions only: nothing of it is about trust, sessions or tags."""
    kept = Constraints(conditions=role.constraints.conditions)
    return replace(role, trust=None, constraints=kept)


def examples(role: Role) -> dict[str, tuple[str, ...]]:
    """Every parameter bound to its first example."""
    return {name: (parameter.examples or ("example",))[:1] for name, parameter in role.parameters.items()}


def bound(role: Role) -> Permissions:
    return compile_role(role, examples(role))


def matched(role: Role, permissions: Permissions, matcher: Matcher | None = None) -> Match:
    """What a catalog of this role alone says of somebody with these permissions; `matcher`: that catalog's."""
    key = IdentityKey(f"{role.platform}:role/x")
    name = f"{_same(role, 'namespace') or 'web'}/{_same(role, 'name') or 'x'}" if role.platform == "kubernetes" else "x"
    someone = Identity(key=key, platform=role.platform, kind=KINDS[role.platform], name=name, span=role.span)
    return (matcher or alone(role)).match(Held(identity=someone, permissions=permissions))


def alone(role: Role) -> Matcher:
    """A catalog of this role only."""
    return Matcher(Catalog(roles={role.id: role}), DIALECTS, today=TODAY, repository=_same(role, "repository"))


def _same(role: Role, what: str) -> str:
    """The example of the parameter that has to be this of the identity; empty: there is none."""
    found = (name for name, parameter in role.parameters.items() if parameter.same == what)
    return next((examples(role)[name][0] for name in found), "")


def asked(role: Role) -> set[str]:
    """The parameters that the permissions of a role mention."""
    bindings: Bindings = examples(role)
    full = compile_role(role, bindings)
    without = {name: compile_role(role, {n: v for n, v in bindings.items() if n != name}) for name in bindings}
    return {name for name, permissions in without.items() if permissions != full}
