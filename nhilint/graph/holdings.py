"""What everybody holds, and may do: edges to grants, and to resources by what is left of them after denies and limits.

These edges are many and no path needs them, so they are made when somebody asks for them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from itertools import product
from typing import Any

from nhilint.algebra.compact import Part
from nhilint.algebra.prove import compare
from nhilint.algebra.values import Exceeds, Permissions, Undecided
from nhilint.graph.edges import Edge, Node
from nhilint.model.dialect import Dialect
from nhilint.model.facts import Carrier, Identity, IdentityKey, Via
from nhilint.model.snapshot import Snapshot, permissions_of

_NAMED = 3
"""Actions that an edge names."""


def can_edges(
    snapshot: Snapshot, dialects: Mapping[str, Dialect], keys: Collection[str] | None = None
) -> Iterator[Edge]:
    """An edge for each resource, and class of actions, that an identity may act on; `keys`: only of these."""
    for key, identity in snapshot.identities.items():
        if (keys is not None and key not in keys) or key not in snapshot.grants:
            continue
        dialect = dialects[identity.platform]
        permissions = permissions_of(snapshot, key, dialect.dimensions)
        if permissions.statements:
            yield from _edges(identity, permissions, dialect)


def holds_edges(snapshot: Snapshot, keys: Collection[str] | None = None) -> Iterator[tuple[Edge, Node]]:
    """An edge to every grant of an identity, with its node; what several hold alike (a managed policy) is one node."""
    carriers: defaultdict[IdentityKey, list[Carrier]] = defaultdict(list)
    for carrier in snapshot.carriers:
        carriers[carrier.identity].append(carrier)
    for key, grants in snapshot.grants.items():
        identity = snapshot.identities.get(key)
        if identity is None or (keys is not None and key not in keys):
            continue
        for grant in grants:
            if grant.inert or grant.layer == "boundary":
                continue
            shared = (one for one in carriers[key] if f"{one.kind} `{one.name}`" in grant.name)
            named = next((f"{one.kind} `{one.name}`" for one in shared), "")
            node = Node(
                key=f"holder:{identity.platform}:{named or grant.key}",
                kind="holder",
                subkind="grant",
                name=named or grant.name,
                platform=identity.platform,
                span=grant.span,
            )
            via = (Via(grant=grant.key, span=grant.span),)
            yield Edge(source=key, target=node.key, kind="holds", why=grant.name, via=via), node


def resource_node(key: str) -> Node:
    """The node of a resource, by its key `resource:PLATFORM:PATTERN`."""
    _, platform, name = key.split(":", 2)
    return Node(key=key, kind="resource", name=name, platform=platform)


def _edges(identity: Identity, permissions: Permissions, dialect: Dialect) -> Iterator[Edge]:
    parts, doubts = _parts(permissions, dialect, identity.kind)
    for part in parts:
        entry = dialect.describe(part)
        if entry.get("inert"):
            continue
        origins = [one.statement.origin for one in part.residue if isinstance(one.statement.origin, Via)]
        via = tuple({(origin.grant, origin.span): origin for origin in origins}.values())
        may = (*part.may, *doubts, *(f"{clause.key} {clause.operator}" for clause in part.conditions))
        levels = tuple(str(level) for level in _list(entry, "access_levels"))
        for name in _names(entry):
            yield Edge(
                source=identity.key,
                target=f"resource:{identity.platform}:{name}",
                kind="can",
                why=f"may {_actions(entry)}",
                via=via,
                witness=(part.residue[0].witness,),
                may=may,
                actions=levels,
            )


def _parts(permissions: Permissions, dialect: Dialect, kind: str) -> tuple[tuple[Part, ...], tuple[str, ...]]:
    nobody = Permissions(dimensions=permissions.dimensions, statements=())
    verdict = compare(
        permissions,
        nobody,
        dialect.vocabulary,
        fill=dialect.fill,
        always=dialect.present(kind),
        segments=dialect.segments,
    )
    match verdict:
        case Exceeds():
            return dialect.parts(verdict.residue), ()
        case Undecided():
            return (), tuple(reason.text for reason in verdict.reasons)
        case _:
            return (), ()


def _names(entry: Mapping[str, object]) -> Iterator[str]:
    """The resources of an entry, each with its names and namespaces if the platform has those apart."""
    names, spaces = _list(entry, "names") or [""], _list(entry, "namespaces") or [""]
    for resource, name, space in product(_list(entry, "resources") or ["*"], names, spaces):
        yield f"{f'{space}:' if space else ''}{resource}{f'={name}' if name else ''}"


def _actions(entry: Mapping[str, object]) -> str:
    actions = [str(action) for action in _list(entry, "actions")]
    more = f" and {len(actions) - _NAMED} more" if len(actions) > _NAMED else ""
    return ", ".join(actions[:_NAMED]) + more


def _list(entry: Mapping[str, object], key: str) -> list[Any]:
    found = entry.get(key)
    return list(found) if isinstance(found, (list, tuple)) else []
