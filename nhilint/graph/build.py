"""Builds the access graph: who runs as whom, who may become whom, and who can make itself more than it is.

Nodes are identities, workloads, whoever is let in from outside the tree (services, claim patterns, accounts), places
that keep a credential, and the goals of each platform. Every edge carries its reason and the lines that make it. One
that rests on something open says so (`Edge.may`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from nhilint.algebra.prove import covers
from nhilint.algebra.values import Permissions, Scope, Statement
from nhilint.graph.access import ADMINISTRATOR, AccessGraph
from nhilint.graph.edges import Edge, Node
from nhilint.graph.escalation import Escalation, shared
from nhilint.graph.federation import accepted, federate, successors
from nhilint.graph.needs import Doubt, Holdings, Met
from nhilint.graph.offers import KIND, offered, with_offers, within_reach
from nhilint.graph.workloads import runs_as, workload_key, workload_node
from nhilint.model.dialect import Dialect
from nhilint.model.facts import Identity, IdentityKey, Via
from nhilint.model.snapshot import Snapshot, permissions_of
from nhilint.model.technique import Need

_ROUNDS = 8
"""How often steps of several callers are put together; each round can only use what the last one found."""


def build(snapshot: Snapshot, dialects: Mapping[str, Dialect]) -> AccessGraph:
    """The graph of a snapshot.

    Cost: one pass over tokens and acceptances; for each identity one over the techniques its actions come near to.
    """
    return _Builder(snapshot, dialects).build()


class _Builder:
    def __init__(self, snapshot: Snapshot, dialects: Mapping[str, Dialect]) -> None:
        self.snapshot = with_offers(snapshot)
        self._written = snapshot
        self.dialects = dialects
        self._holdings: dict[IdentityKey, Holdings] = {}

    def build(self) -> AccessGraph:
        taken = list(offered(self.snapshot, self.holdings))
        snapshot = self.snapshot = with_offers(within_reach(self._written, taken))
        taken = [edge for edge in taken if edge.source in snapshot.identities and edge.target in snapshot.identities]
        federation = federate(snapshot, self._allowed)
        administrators = list(self._administrators())
        edges = [*runs_as(snapshot), *federation.edges, *self._stored(), *administrators]
        edges += taken
        escalation = Escalation(
            snapshot=snapshot,
            dialects=self.dialects,
            holdings=self.holdings,
            successors=successors(federation.edges),
            services=_services(snapshot),
            skipped=frozenset(edge.source for edge in administrators),
        )
        escalation.collect()
        edges += escalation.edges
        edges += _members(escalation)
        edges += self._together(escalation, edges)
        edges += self._taken_over(federation.edges, edges)
        ordered = sorted(
            dict.fromkeys(edges), key=lambda e: (e.source, e.target, not e.certain, e.kind, e.technique, e.why)
        )
        doubts = dict.fromkeys([*federation.undecided, *escalation.undecided])
        nodes = self._nodes(ordered, federation.nodes)
        return AccessGraph(
            nodes=nodes,
            edges=tuple(ordered),
            undecided=tuple(doubts),
            notes=federation.notes,
            truncated=escalation.truncated,
        )

    def holdings(self, key: IdentityKey) -> Holdings:
        """The effective permissions of an identity."""
        if key not in self._holdings:
            identity = self.snapshot.identities[key]
            dialect = self.dialects[identity.platform]
            self._holdings[key] = Holdings(
                permissions=permissions_of(self.snapshot, key, dialect.dimensions),
                dialect=dialect,
                always=dialect.present(identity.kind),
                chosen=dialect.chosen,
                caller=dialect.caller(identity),
            )
        return self._holdings[key]

    def _allowed(self, key: IdentityKey, action: str, point: tuple[str, ...]) -> tuple[bool | None, str]:
        match self.holdings(key).meet(Need(actions=(action,), points=(point,)), {}):
            case None:
                return False, ""
            case Doubt(why=why):
                return None, why
            case Met(may=may):
                return (None, "; ".join(may)) if may else (True, "")

    def _administrators(self) -> Iterator[Edge]:
        for key, identity in self.snapshot.identities.items():
            if not identity.bound or key not in self.snapshot.grants:
                continue
            dialect = self.dialects[identity.platform]
            permissions = self.holdings(key).permissions
            if permissions.statements and is_admin(permissions, dialect, dialect.present(identity.kind)):
                goal = f"{identity.platform}:{ADMINISTRATOR}"
                yield Edge(source=key, target=goal, kind="holds", why="may do everything", via=_wide(permissions))

    def _taken_over(self, federated: Iterable[Edge], edges: list[Edge]) -> Iterator[Edge]:
        """An administrator becomes whom it likes of its platform: those are listed who lead out of it."""
        goals = {edge.target for edge in edges}
        leaving = {edge.source for edge in federated if _platform(edge.source) != _platform(edge.target)}
        for key in sorted(leaving):
            identity = self.snapshot.identities.get(IdentityKey(key))
            if identity is None:
                continue
            why = self.dialects[identity.platform].administrator_becomes
            goal = f"{identity.platform}:{ADMINISTRATOR}"
            if not why or goal not in goals:
                continue
            may = (f"it is the cluster or account of `{identity.realm}`",) if identity.realm else ()
            via = (Via(grant="", span=identity.span),)
            yield Edge(source=goal, target=key, kind="escalates", why=f"{why} `{identity.name}`", via=via, may=may)

    def _stored(self) -> Iterator[Edge]:
        """Whoever reads the place where a credential is kept becomes whose it is."""
        for storage in self.snapshot.storages:
            place = f"secret:{storage.name}"
            kept = (Via(grant=storage.name, span=storage.span),)
            yield Edge(source=place, target=storage.identity, kind="stored-in", why="keeps its credential", via=kept)
            needs = [Need(actions=(action,), points=(point,)) for action, point in storage.requests]
            for key, identity in self.snapshot.identities.items():
                if identity.platform != storage.platform or not identity.bound or key not in self.snapshot.grants:
                    continue
                for need in needs:
                    met = self.holdings(key).meet(need, {}) if self.holdings(key).might(need) else None
                    if isinstance(met, Met):
                        why = f"may read {storage.name}"
                        yield Edge(
                            source=key,
                            target=place,
                            kind="can",
                            why=why,
                            via=met.via,
                            witness=(met.request,),
                            may=met.may,
                        )
                        break

    def _together(self, escalation: Escalation, edges: list[Edge]) -> list[Edge]:
        """Steps of one technique that several callers do, until nothing new is found."""
        added: list[Edge] = []
        if not escalation.partial:
            return added
        for _ in range(_ROUNDS):
            graph = AccessGraph(nodes={}, edges=(*edges, *added))
            found = [e for e in shared(escalation, graph.reachable) if e not in added]
            if not found:
                return added
            added += found
        escalation.truncated = (
            escalation.truncated or f"steps of several callers were put together {_ROUNDS} times, and there was more"
        )
        return added

    def _nodes(self, edges: Iterable[Edge], outside: Iterable[Node]) -> dict[str, Node]:
        nodes = {node.key: node for node in outside}
        workloads = {workload_key(w.kind, w.name): w for held in self.snapshot.workloads.values() for w in held}
        nodes.update((key, _identity_node(identity)) for key, identity in self.snapshot.identities.items())
        for name in dict.fromkeys(name for edge in edges for name in (edge.source, edge.target)):
            if name not in nodes:
                workload = workloads.get(name)
                nodes[name] = _other_node(name) if workload is None else workload_node(name, workload)
        for name in _tier0(edges, nodes):
            nodes[name] = replace(nodes[name], tier0=True)
        return dict(sorted(nodes.items()))


def _platform(key: str) -> str:
    return key.partition(":")[0]


def _other_node(key: str) -> Node:
    kind, _, name = key.partition(":")
    if kind == "secret":
        return Node(key=key, kind="secret", name=name)
    if kind == "group":
        platform, _, name = name.partition(":")
        return Node(key=key, kind="group", name=name, platform=platform)
    return Node(key=key, kind="goal", name=name.replace("-", " "), platform=kind, tier0=name == ADMINISTRATOR)


def _identity_node(identity: Identity) -> Node:
    return Node(
        key=identity.key,
        kind="identity" if identity.bound and identity.kind != KIND else "holder",
        name=identity.name,
        platform=identity.platform,
        subkind=identity.kind,
        external=identity.external,
        span=identity.span,
    )


def _tier0(edges: Iterable[Edge], nodes: Mapping[str, Node]) -> set[str]:
    """Whoever gets to an administrator over certain steps."""
    before: defaultdict[str, list[str]] = defaultdict(list)
    for edge in edges:
        if edge.certain:
            before[edge.target].append(edge.source)
    found = {key for key, node in nodes.items() if node.kind == "goal" and node.tier0}
    front = list(found)
    while front:
        for source in before[front.pop()]:
            if source not in found:
                found.add(source)
                front.append(source)
    return found


def _members(escalation: Escalation) -> Iterator[Edge]:
    for group, members in escalation.groups.items():
        for member in members:
            span = escalation.snapshot.identities[IdentityKey(member.key)].span
            via = (Via(grant="", span=span),)
            yield Edge(source=group, target=member.key, kind="may-become", why="it is one of them", via=via)


def _services(snapshot: Snapshot) -> dict[str, dict[str, tuple[str, ...]]]:
    found: defaultdict[str, dict[str, tuple[str, ...]]] = defaultdict(dict)
    # A service that hands out tokens (an identity pool) is let in as their issuer.
    issuers = ((a.identity, a.issuer, a.may) for a in snapshot.acceptances)
    for key, service, may in (*accepted(snapshot.acceptances, "service"), *issuers):
        known = found[key].get(service)
        found[key][service] = may if known is None else min(known, may, key=len)
    return dict(found)


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


def _wide(permissions: Permissions) -> tuple[Via, ...]:
    return tuple(
        s.origin
        for s in permissions.statements
        if s.effect == "allow" and isinstance(s.origin, Via) and "*" in s.actions
    )
