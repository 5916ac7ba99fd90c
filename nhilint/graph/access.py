"""The access graph of one snapshot: who may become whom, and who can make itself more than it is.

Nodes are identity keys, workloads, principals named by trust statements (services, claim patterns, accounts) and the
administrator of each platform. Every edge carries its reason and the lines that make it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from nhilint.algebra.evaluate import decide
from nhilint.algebra.glob import matches
from nhilint.algebra.prove import covers
from nhilint.algebra.values import Permissions, Request, Scope, Statement, display
from nhilint.graph.edges import Edge, Path
from nhilint.model.dialect import Dialect, Technique
from nhilint.model.facts import Identity, IdentityKey, Via
from nhilint.model.snapshot import Snapshot, permissions_of
from nhilint.model.span import Span

if TYPE_CHECKING:
    import networkx


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessGraph:
    """Edges in a stable order; build it with `build`."""

    edges: tuple[Edge, ...]

    def paths(self) -> tuple[Path, ...]:
        """For everybody who can reach a goal (administrator, every secret), one shortest path; sorted by start."""
        goals = sorted({edge.target for edge in self.edges if edge.kind in ("holds", "escalates")})
        if not goals:
            return ()
        graph = self._graph()
        found: list[Path] = []
        for goal in goals:
            found.extend(_paths_to(graph, goal))
        return tuple(sorted(found, key=lambda path: (path.start, path.end)))

    def _graph(self) -> networkx.DiGraph[str]:
        import networkx

        graph: networkx.DiGraph[str] = networkx.DiGraph()
        for edge in self.edges:
            if not graph.has_edge(edge.source, edge.target):
                graph.add_edge(edge.source, edge.target, edge=edge)
        return graph


def _paths_to(graph: Any, goal: str) -> Iterator[Path]:
    import networkx

    for start, route in networkx.single_source_shortest_path(graph.reverse(copy=False), goal).items():
        if start == goal:
            continue
        nodes = list(reversed(route))
        steps = tuple(graph.edges[a, b]["edge"] for a, b in pairwise(nodes))
        yield Path(start=start, end=goal, steps=steps)


def build(snapshot: Snapshot, dialects: Mapping[str, Dialect]) -> AccessGraph:
    """The graph of a snapshot. Cost: one pass over trusts and, for each identity, one request per technique."""
    edges = [*_runs_as(snapshot), *_may_become(snapshot)]
    for key, identity in snapshot.identities.items():
        if not identity.bound:
            continue
        dialect = dialects[identity.platform]
        permissions = permissions_of(snapshot, key, dialect.dimensions)
        if permissions.statements:
            edges.extend(_power(identity, permissions, dialect))
    return AccessGraph(edges=tuple(sorted(edges, key=lambda e: (e.source, e.target, e.kind, e.why))))


def _runs_as(snapshot: Snapshot) -> Iterator[Edge]:
    for key, workloads in snapshot.workloads.items():
        for workload in workloads:
            via = (Via(grant="", span=workload.span),)
            source = f"workload:{workload.kind}/{workload.name}"
            yield Edge(source=source, target=key, kind="runs-as", why=f"{workload.kind} runs as it", via=via)


def _may_become(snapshot: Snapshot) -> Iterator[Edge]:
    by_alias = {alias: key for key, identity in snapshot.identities.items() for alias in identity.aliases}
    accounts = {
        claim: key
        for key, identity in snapshot.identities.items()
        for claim in identity.aliases
        if claim.startswith("system:serviceaccount:")
    }
    for target, trusts in snapshot.trusts.items():
        for trust in trusts:
            for statement in trust.statements:
                if statement.effect == "allow":
                    yield from _trusted(target, statement, by_alias, accounts)


def _trusted(
    target: IdentityKey, statement: Statement, by_alias: Mapping[str, IdentityKey], accounts: Mapping[str, IdentityKey]
) -> Iterator[Edge]:
    via = (statement.origin,) if isinstance(statement.origin, Via) else ()
    scope = statement.scopes[0] if statement.scopes else Scope(patterns=("*",))
    if scope.negated:
        return
    for pattern in scope.patterns:
        kind, _, name = pattern.partition(":")
        known = by_alias.get(name) or by_alias.get(display(name))
        if known is not None and known != target:
            yield Edge(source=known, target=target, kind="may-become", why="trusted by name", via=via)
        elif kind == "Federated":
            yield from _federated(target, pattern, statement, accounts, via)
        else:
            source = f"principal:{display(pattern)}"
            yield Edge(source=source, target=target, kind="may-become", why="named in the trust policy", via=via)


def _federated(
    target: IdentityKey,
    pattern: str,
    statement: Statement,
    accounts: Mapping[str, IdentityKey],
    via: tuple[Via, ...],
) -> Iterator[Edge]:
    subjects = [
        (condition.key, value)
        for condition in statement.conditions
        if condition.key.endswith(":sub") and condition.operator in ("StringEquals", "StringLike")
        for value in condition.values
    ]
    met = False
    for _, value in subjects:
        for claim, key in accounts.items():
            if matches(value, claim):
                met = True
                why = f"its token's subject is `{claim}`"
                yield Edge(source=key, target=target, kind="may-become", why=why, via=via)
    if not met:
        claims = ", ".join(sorted(f"{key.rpartition(':')[2]}={display(value)}" for key, value in subjects))
        issuer = display(pattern).rpartition("provider/")[2]
        source = f"claims:{issuer} {claims or 'any subject'}"
        yield Edge(source=source, target=target, kind="may-become", why="federated trust", via=via)


def _power(identity: Identity, permissions: Permissions, dialect: Dialect) -> Iterator[Edge]:
    goal = f"{dialect.platform}:administrator"
    if is_admin(permissions, dialect, dialect.present(identity.kind)):
        yield Edge(source=identity.key, target=goal, kind="holds", why="may do everything", via=_wide(permissions))
        return
    own = dialect.own_point(identity.name, identity.aliases) if dialect.own_point else identity.name
    by_service = _by_service(permissions)
    for technique in dialect.techniques:
        if identity.kind in technique.not_for:
            continue
        via = _usable(technique, own, permissions, by_service)
        if via is not None:
            yield Edge(
                source=identity.key,
                target=technique.yields,
                kind="escalates",
                why=technique.title,
                via=via,
                technique=technique.id,
            )


def is_admin(permissions: Permissions, dialect: Dialect, always: frozenset[str]) -> bool:
    """Whether the permissions cover everything the platform has; `always`: condition keys that no request lacks."""
    everything = tuple(
        Statement(effect="allow", actions=(action,), scopes=tuple(Scope(patterns=(glob,)) for glob in scopes))
        for action, scopes in dialect.admin
    )
    # Only a statement with an unrestricted action and scope can cover the generic request: look before proving.
    if not any(
        s.effect == "allow" and ("*" in s.actions or s.actions_negated or "*:*" in s.actions) and not s.undecided
        for s in permissions.statements
    ):
        return False
    candidate = Permissions(dimensions=permissions.dimensions, statements=everything)
    return covers(permissions, candidate, dialect.vocabulary, always=always) is True


_Index = Mapping[str, tuple[Statement, ...]]


def _by_service(permissions: Permissions) -> _Index:
    """Statements by the part of their actions before the colon, `*` for those that may mean any service.

    A large managed policy has thousands of actions of which a technique needs one: each statement is cut to the
    service's own, which decides the same requests of that service.
    """
    found: dict[str, list[Statement]] = {}
    for statement in permissions.statements:
        services: dict[str, list[str]] = {}
        for action in statement.actions:
            service = action.partition(":")[0]
            wild = statement.actions_negated or "*" in service or "?" in service
            services.setdefault("*" if wild else service, []).append(action)
        for service, actions in services.items():
            found.setdefault(service, []).append(replace(statement, actions=tuple(actions)))
    return {service: tuple(statements) for service, statements in found.items()}


def _usable(technique: Technique, own: str, permissions: Permissions, by_service: _Index) -> tuple[Via, ...] | None:
    """The lines that allow all requests of the technique without a condition; None when one is not allowed."""
    via: dict[tuple[str, Span], Via] = {}
    for action, point in technique.requests:
        request = Request(action=action, point=tuple(part.replace("{self}", own) for part in point))
        relevant = by_service.get("*", ()) + by_service.get(action.partition(":")[0], ())
        if action == "*":
            relevant = permissions.statements
        if not relevant:
            return None
        decision = decide(replace(permissions, statements=relevant), request)
        if decision.verdict != "allowed":
            return None
        for statement in decision.because:
            if isinstance(statement.origin, Via):
                via[(statement.origin.grant, statement.origin.span)] = statement.origin
    return tuple(via.values())


def _wide(permissions: Permissions) -> tuple[Via, ...]:
    return tuple(
        s.origin
        for s in permissions.statements
        if s.effect == "allow" and isinstance(s.origin, Via) and "*" in s.actions
    )
