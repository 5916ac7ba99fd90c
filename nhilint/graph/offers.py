"""Permissions that somebody may take, as holders of the graph: each as if it were an identity that has them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from nhilint.graph.edges import Edge
from nhilint.graph.needs import Holdings, Met
from nhilint.model.facts import Grant, Identity, IdentityKey, Offer
from nhilint.model.snapshot import Snapshot
from nhilint.model.technique import Need

KIND = "offer"
"""The kind of such an identity."""


def with_offers(snapshot: Snapshot) -> Snapshot:
    """The snapshot with an identity for what every offer gives, so that techniques go on from there."""
    if not snapshot.offers:
        return snapshot
    identities = dict(snapshot.identities)
    grants = dict(snapshot.grants)
    for offer in snapshot.offers:
        identities[offer.key] = Identity(
            key=offer.key, platform=offer.platform, kind=KIND, name=offer.name, realm=offer.realm, span=offer.span
        )
        grants[offer.key] = (
            Grant(
                key=f"{offer.key}|offer",
                holder=offer.key,
                layer="identity",
                name=offer.name,
                statements=offer.statements,
                span=offer.span,
            ),
        )
    return replace(snapshot, identities=dict(sorted(identities.items())), grants=dict(sorted(grants.items())))


def offered(snapshot: Snapshot, holdings: Callable[[IdentityKey], Holdings]) -> Iterator[Edge]:
    """Who may take what. Cost: offers times the identities of their platform whose permissions come near to them."""
    for offer in snapshot.offers:
        needs = [_need(rows) for rows in offer.needs]
        for key in offer.by or snapshot.identities:
            identity = snapshot.identities.get(key)
            if identity is None or key not in snapshot.grants or not _same(identity, offer):
                continue
            edge = _taken(key, offer, needs, holdings(key))
            if edge is not None:
                yield edge


def within_reach(snapshot: Snapshot, edges: Iterable[Edge]) -> Snapshot:
    """The snapshot with only those offers that somebody takes, or that follow from one that somebody takes."""
    offers = {offer.key for offer in snapshot.offers}
    takers: defaultdict[str, list[str]] = defaultdict(list)
    for edge in edges:
        takers[edge.source].append(edge.target)
    waiting = [source for source in takers if source not in offers]
    taken: set[str] = set()
    while waiting:
        for target in takers[waiting.pop()]:
            if target not in taken:
                taken.add(target)
                waiting.append(target)
    return replace(snapshot, offers=tuple(offer for offer in snapshot.offers if offer.key in taken))


def _same(identity: Identity, offer: Offer) -> bool:
    """Whether the two are in one deployment, as far as is known."""
    alike = not identity.realm or not offer.realm or identity.realm == offer.realm
    return identity.bound and identity.platform == offer.platform and identity.key != offer.key and alike


def _taken(key: IdentityKey, offer: Offer, needs: list[Need], holdings: Holdings) -> Edge | None:
    if not all(holdings.might(need) for need in needs):
        return None
    met = [answer for need in needs if isinstance(answer := holdings.meet(need, {}), Met)]
    if len(met) < len(needs):
        return None
    via = {(v.grant, v.span): v for row in met for v in row.via}
    return Edge(
        source=key,
        target=offer.key,
        kind="escalates",
        why=offer.why,
        via=tuple(via.values()),
        technique=offer.technique,
        witness=tuple(row.request for row in met),
        may=tuple(dict.fromkeys(reason for row in met for reason in row.may)),
    )


def _need(rows: tuple[tuple[str, tuple[str, ...]], ...]) -> Need:
    actions = tuple(dict.fromkeys(action for action, _ in rows))
    return Need(actions=actions, points=tuple(point for _, point in rows))
