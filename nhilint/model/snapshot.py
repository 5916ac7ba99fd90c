"""All facts of one revision, indexed by identity; knows no platform and no file format."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from nhilint.algebra.values import Permissions, Statement
from nhilint.model.facts import (
    Acceptance,
    Assumed,
    AttachedPolicy,
    Carrier,
    Credential,
    Facts,
    Grant,
    Identity,
    IdentityKey,
    Moved,
    Offer,
    Storage,
    Token,
    Trust,
    Unresolved,
    Workload,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """The united facts of every platform; each mapping is in key order."""

    identities: Mapping[IdentityKey, Identity]
    grants: Mapping[IdentityKey, tuple[Grant, ...]]
    """Every grant of a holder, all layers."""
    trusts: Mapping[IdentityKey, tuple[Trust, ...]]
    policies: tuple[AttachedPolicy, ...]
    """What stands on resources and organisations, by key."""
    credentials: Mapping[IdentityKey, tuple[Credential, ...]]
    workloads: Mapping[IdentityKey, tuple[Workload, ...]]
    carriers: tuple[Carrier, ...]
    """What permissions are written in, by identity."""
    tokens: tuple[Token, ...]
    """What issuers state of identities, by identity."""
    acceptances: tuple[Acceptance, ...]
    """Who may become whom, by the one whom one becomes."""
    storages: tuple[Storage, ...]
    """Where credentials are kept, by name."""
    offers: tuple[Offer, ...]
    """Permissions that somebody may take, by key."""
    unresolved: tuple[Unresolved, ...]
    moved: tuple[Moved, ...]
    unread: Mapping[IdentityKey, tuple[Unresolved, ...]]
    """The part of `unresolved` whose identity is known."""
    blocks: int = 0
    """Blocks that can bear permission, resolved or not."""
    assumed: tuple[Assumed, ...] = ()
    """What all of it rests on without its being in the tree."""


def unite(
    facts: Iterable[Facts],
    unresolved: Iterable[Unresolved],
    moved: Iterable[Moved],
    assumed: Iterable[Assumed] = (),
) -> Snapshot:
    """One snapshot of what all platforms and sources say."""
    identities: dict[IdentityKey, Identity] = {}
    grants: defaultdict[IdentityKey, list[Grant]] = defaultdict(list)
    trusts: defaultdict[IdentityKey, list[Trust]] = defaultdict(list)
    credentials: defaultdict[IdentityKey, list[Credential]] = defaultdict(list)
    workloads: defaultdict[IdentityKey, list[Workload]] = defaultdict(list)
    policies: list[AttachedPolicy] = []
    carriers: list[Carrier] = []
    tokens: list[Token] = []
    acceptances: list[Acceptance] = []
    storages: list[Storage] = []
    offers: list[Offer] = []
    open_questions = list(unresolved)
    blocks = 0
    for part in facts:
        blocks += part.blocks
        open_questions += part.unresolved
        for identity in part.identities:
            known = identities.get(identity.key)
            if known is None or (known.external and not identity.external):
                identities[identity.key] = identity
        for grant in part.grants:
            grants[grant.holder].append(grant)
        for trust in part.trusts:
            trusts[trust.identity].append(trust)
        policies += part.policies
        carriers += part.carriers
        tokens += part.tokens
        acceptances += part.acceptances
        storages += part.storages
        offers += part.offers
        for credential in part.credentials:
            credentials[credential.identity].append(credential)
        for workload in part.workloads:
            workloads[workload.identity].append(workload)
    ordered = sorted(set(open_questions), key=lambda u: (u.span, u.what, u.why))
    unread: defaultdict[IdentityKey, list[Unresolved]] = defaultdict(list)
    for question in ordered:
        if question.identity is not None:
            unread[question.identity].append(question)
    return Snapshot(
        identities=dict(sorted(identities.items())),
        grants={key: tuple(sorted(grants[key], key=lambda g: (g.key, g.span))) for key in sorted(grants)},
        trusts={key: tuple(sorted(trusts[key], key=lambda t: (t.key, t.span))) for key in sorted(trusts)},
        policies=tuple(sorted(policies, key=lambda p: (p.key, p.targets, p.span))),
        credentials={
            key: tuple(sorted(credentials[key], key=lambda c: (c.name, c.span))) for key in sorted(credentials)
        },
        workloads={key: tuple(sorted(workloads[key], key=lambda w: (w.name, w.span))) for key in sorted(workloads)},
        carriers=tuple(sorted(carriers, key=lambda h: (h.identity, h.kind, h.name, h.variables, h.span))),
        tokens=tuple(sorted(tokens, key=lambda t: (t.identity, t.issuer, t.claims, t.span))),
        acceptances=tuple(sorted(acceptances, key=lambda a: (a.identity, a.issuer, a.via.span, a.via.grant, a.why))),
        storages=tuple(
            sorted(_kept(storages, credentials.values()), key=lambda s: (s.platform, s.name, s.identity, s.span))
        ),
        offers=tuple(sorted(offers, key=lambda o: (o.key, o.technique, o.needs, o.by))),
        unresolved=tuple(ordered),
        moved=tuple(moved),
        unread={key: tuple(questions) for key, questions in unread.items()},
        blocks=blocks,
        assumed=tuple(assumed),
    )


def _kept(storages: Iterable[Storage], credentials: Iterable[Iterable[Credential]]) -> Iterator[Storage]:
    """The places with whose credential they keep; what is no credential of the tree is left out."""
    owners = {one.address: one.identity for held in credentials for one in held if one.address}
    for storage in storages:
        kept, _, address = storage.identity.partition(":")
        if kept != "credential":
            yield storage
        elif address in owners:
            yield replace(storage, identity=owners[address])


def permissions_of(snapshot: Snapshot, key: IdentityKey, dimensions: tuple[str, ...]) -> Permissions:
    """Everything the identity has, united; denies and boundaries are part of the value and judged by the algebra."""
    statements: list[Statement] = []
    ceilings: list[tuple[Statement, ...]] = []
    for grant in snapshot.grants.get(key, ()):
        if grant.inert:
            continue
        if grant.layer == "boundary":
            ceilings.append(grant.statements)
        else:
            statements.extend(grant.statements)
    return Permissions(dimensions=dimensions, statements=tuple(statements), ceilings=tuple(ceilings))


def trust_of(snapshot: Snapshot, key: IdentityKey) -> Permissions:
    """Who may become the identity, as a permission set over principals."""
    statements = tuple(s for trust in snapshot.trusts.get(key, ()) for s in trust.statements)
    return Permissions(dimensions=("principal",), statements=statements)
