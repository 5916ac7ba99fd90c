"""Who can do something: `nhilint.who-can/1`, by the same layers as `can`, asked only about those it can concern."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from importlib import import_module

from nhilint.algebra.values import display
from nhilint.engine.analysis import Analysis
from nhilint.engine.answers import Answered
from nhilint.engine.dialects import CLAIMS_ONLY
from nhilint.engine.heads import Row, edge_row, identity_head
from nhilint.engine.nodes import find_nodes, node_row
from nhilint.engine.queries import QueryError
from nhilint.graph.access import ADMINISTRATOR
from nhilint.graph.edges import Edge, NodeKind, Path
from nhilint.graph.offers import KIND as OFFER
from nhilint.graph.walks import Walks
from nhilint.model.facts import IdentityKey

SCHEMA = "nhilint.who-can/1"
_BY_DESIGN = ("service", "own")
_SOMEBODY: frozenset[NodeKind] = frozenset({"identity", "workload", "claims", "account", "principal", "outsider"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What somebody is to be able to do."""

    action: str
    resource: str
    """As `can` takes it; of AWS also a pattern: then one resource in it is enough."""
    platform: str = ""
    """Empty: the one whose actions and resources are written so."""
    account: str = ""
    """Account of the resource, of AWS."""
    context: Mapping[str, Sequence[str]] = field(default_factory=dict)
    identities: tuple[str, ...] = ()
    """Words of `find_nodes`: only these are told; empty: everybody."""
    depth: int | None = None
    """Over others only in at most so many steps."""


def who_can(analysis: Analysis, wanted: Wanted) -> Row:
    """Direct holders with their proof, those who can become one with the path, and those of whom it is not known."""
    platform = _platform(analysis, wanted)
    found = analysis.answering(platform).answer(wanted.action, wanted.resource, wanted.account, wanted.context)
    # What is offered is nobody yet: whoever can take it gets there.
    offered = [one.who.key for one in found.answered if one.who.kind == OFFER and one.decision == "allowed"]
    only = {node.key for name in wanted.identities for node in find_nodes(analysis, name)}
    answered = [one for one in found.answered if one.who.kind != OFFER]
    allowed = [one for one in answered if one.decision == "allowed"]
    holders = [one for one in allowed if one.who.bound]
    rows: dict[int, Row] = {}

    def step(edge: Edge) -> Row:
        """Steps are shared by many paths: each is written once."""
        if id(edge) not in rows:
            rows[id(edge)] = edge_row(edge)
        return rows[id(edge)]

    paths = _paths(analysis, platform, (*found.becoming, *offered), {h.who.key for h in holders})
    near = (way for way in paths if wanted.depth is None or len(way.steps) <= wanted.depth)
    indirect = [_indirect(analysis, way, step) for way in near if not only or way.start in only]
    # Whoever is not asked about still is somebody whom others become.
    if only:
        answered, allowed, holders = ([o for o in part if o.who.key in only] for part in (answered, allowed, holders))
    undecided = [_row(analysis, one) for one in answered if one.decision == "undecided" and one.who.bound]
    return {
        "schema": SCHEMA,
        "platform": platform,
        "request": {
            "action": wanted.action,
            "resource": wanted.resource,
            "context": {key: list(values) for key, values in wanted.context.items()},
        },
        "summary": {
            "holders": len(holders),
            "indirect": len(indirect),
            "undecided": len(undecided),
            "unbound": len(allowed) - len(holders),
            "unresolved": sum(one.identity is None for one in analysis.snapshot.unresolved),
        },
        "everybody": any(one.who.kind == "anyone" for one in holders),
        "assumed": list(found.assumed),
        "holders": [_row(analysis, one) for one in holders],
        "indirect": indirect,
        "undecided": undecided,
        "unbound": [_row(analysis, one) for one in allowed if not one.who.bound],
        "truncated": analysis.graph.truncated or None,
    }


def _platform(analysis: Analysis, wanted: Wanted) -> str:
    """The platform that is asked about: named, or told by the form of the action and the resource."""
    # Of some only the claims of their identities are known, and nobody's permissions.
    known = tuple(platform for platform in analysis.dialects if platform not in CLAIMS_ONLY)
    if wanted.platform:
        if wanted.platform not in known:
            raise QueryError(f"there is no platform `{wanted.platform}`", help=f"known are {', '.join(known)}")
        return wanted.platform
    if wanted.resource.startswith(("arn:", "${")):
        return "aws"
    if ":" not in wanted.action:
        return "kubernetes"
    for platform in known:
        if platform not in ("aws", "kubernetes"):
            knows: Callable[[str], bool] = import_module(f"nhilint.platforms.{platform}.requests").knows
            if knows(wanted.action):
                return platform
    return "aws"


def _row(analysis: Analysis, one: Answered) -> Row:
    return {
        **identity_head(one.who),
        "tier0": analysis.graph.nodes[one.who.key].tier0,
        "request": {"action": one.action, "resource": display(one.resource)},
        "reason": one.reason,
        "assumed": list(one.assumed),
        "statements": one.statements(),
    }


def _paths(
    analysis: Analysis, platform: str, further: Sequence[IdentityKey], holders: set[IdentityKey]
) -> Iterator[Path]:
    """The best way of everybody else to a holder, or to the administrator of the platform; shortest first.

    What is let in by design, a service of the cloud, is named only where becoming is what was asked about.
    """
    ways = analysis.graph.walks.ways([*holders, *further, f"{platform}:{ADMINISTRATOR}"])
    for key, step in ways.items():
        node = analysis.graph.nodes.get(key)
        if node is None or node.kind not in _SOMEBODY or key in holders or step is None or node.subkind == OFFER:
            continue
        path = Walks.trace(ways, key)
        if node.subkind not in _BY_DESIGN or path.end in further:
            yield path


def _indirect(analysis: Analysis, path: Path, step: Callable[[Edge], Row]) -> Row:
    return {
        **node_row(analysis.graph.nodes[path.start]),
        "to": path.end,
        "certain": path.certain,
        "steps": [step(edge) for edge in path.steps],
    }
