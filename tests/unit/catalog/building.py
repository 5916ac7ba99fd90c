"""Small catalogs and identities for the tests of matching."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from nhilint.algebra.values import Condition, Permissions, Scope, Statement
from nhilint.catalog.matching.match import Matcher
from nhilint.catalog.model import Catalog, Clause, Exemption, Parameter, Permit, Role
from nhilint.catalog.verdict import Held, Match
from nhilint.engine.dialects import Dialects
from nhilint.model.facts import Identity, IdentityKey
from nhilint.model.span import Span

TODAY = "2026-11-24"
SPAN = Span("role.yaml", 1)
AWS = ("resource",)
KUBERNETES = ("verb", "group", "resource", "name", "namespace")


def permit(actions: str, resources: str, *conditions: Clause) -> Permit:
    """An AWS statement; words are separated by spaces."""
    return Permit(
        fields={"actions": tuple(actions.split()), "resources": tuple(resources.split())},
        conditions=conditions,
        span=SPAN,
    )


def rules(verbs: str, resources: str, *, groups: str = "", names: str = "", namespaces: str = "") -> Permit:
    """A Kubernetes statement."""
    fields = {"verbs": tuple(verbs.split()), "resources": tuple(resources.split()), "groups": (groups,)}
    if names:
        fields["names"] = tuple(names.split())
    if namespaces:
        fields["namespaces"] = tuple(namespaces.split())
    return Permit(fields=fields, span=SPAN)


def role(id: str, *allow: Permit, platform: str = "aws", **fields: Any) -> Role:
    """An approved role; `parameters` may be given by name only."""
    given = fields.pop("parameters", {})
    table: Mapping[str, Parameter]
    table = {n: Parameter(name=n) for n in given.split()} if isinstance(given, str) else {p.name: p for p in given}
    defaults: dict[str, Any] = {"status": "approved", "access": "write"}
    return Role(
        id=id, title="", platform=platform, purpose="", owner="", parameters=table, allow=allow, span=SPAN,
        **{**defaults, **fields},
    )  # fmt: skip


def allows(actions: str, resources: str, *conditions: Condition, effect: Any = "allow") -> Statement:
    """An AWS statement of an identity; actions as written."""
    return Statement(
        effect=effect,
        actions=tuple(actions.lower().split()),
        scopes=(Scope(patterns=tuple(resources.split())),),
        conditions=conditions,
    )


def cluster(verbs: str, resources: str, *, group: str = "g:", names: str = "*", namespaces: str = "*") -> Statement:
    """A Kubernetes statement of an identity."""
    scopes = (verbs, group, resources, names, namespaces)
    return Statement(
        effect="allow", actions=("*",), scopes=tuple(Scope(patterns=tuple(text.split())) for text in scopes)
    )


def equals(key: str, *values: str, operator: str = "StringEquals") -> Condition:
    """A clause of an identity."""
    return Condition(operator=operator, key=key.lower(), values=values)


def held(*statements: Statement, ceilings: Sequence[tuple[Statement, ...]] = (), **fields: Any) -> Held:
    """An identity that holds these."""
    kubernetes = len(statements[0].scopes) > 1
    platform = "kubernetes" if kubernetes else "aws"
    identity = Identity(
        key=IdentityKey(f"{platform}:x"),
        platform=platform,
        kind="service_account" if kubernetes else "iam_role",
        name=fields.pop("name", "x"),
        span=SPAN,
    )
    permissions = Permissions(
        dimensions=KUBERNETES if kubernetes else AWS, statements=statements, ceilings=tuple(ceilings)
    )
    return Held(identity=identity, permissions=permissions, **fields)


def matcher(*roles: Role, exemptions: Sequence[Exemption] = (), repository: str = "") -> Matcher:
    """A catalog of these roles."""
    catalog = Catalog(roles={one.id: one for one in roles}, exemptions=tuple(exemptions), own=True)
    return Matcher(catalog, Dialects(), today=TODAY, repository=repository)


def match(own: Held, *roles: Role, repository: str = "") -> Match:
    """The verdict of a catalog of these roles."""
    return matcher(*roles, repository=repository).match(own)


def covers(found: Match) -> dict[str, dict[str, tuple[str, ...]]]:
    """The roles with their bindings."""
    return {one.role: dict(one.bindings) for one in found.covers}
