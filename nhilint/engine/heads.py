"""What every output says of an identity, a finding, a path and a catalog verdict: the shared rows of the schemas."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from importlib import import_module
from typing import Any

from nhilint.algebra.values import Request, display
from nhilint.catalog.verdict import Bound, Match
from nhilint.engine.entries import permission_entries, place
from nhilint.engine.options import Options
from nhilint.graph.access import AccessGraph
from nhilint.graph.edges import Edge, Path
from nhilint.model.dialect import Dialect
from nhilint.model.facts import Identity
from nhilint.model.finding import SEVERITIES, Finding

Row = dict[str, Any]


def identity_head(identity: Identity) -> Row:
    """Key, platform, kind, name, address, owner, location, and whether it is bound and defined here."""
    return {
        "key": identity.key,
        "platform": identity.platform,
        "kind": identity.kind,
        "name": identity.name,
        "realm": identity.realm,
        "address": identity.address,
        "owner": identity.owner or None,
        "location": place(identity.span),
        "bound": identity.bound,
        "external": identity.external,
    }


def finding_row(finding: Finding, options: Options) -> Row:
    """One finding; `blocking` when it is severe enough and not suppressed."""
    return {
        "rule": finding.rule,
        "title": finding.title,
        "severity": finding.severity,
        "confidence": finding.confidence,
        "identity": finding.identity,
        "message": finding.message,
        "locations": [place(span) for span in finding.spans],
        "help": finding.help,
        "fingerprint": finding.fingerprint,
        "suppressed": finding.suppressed or None,
        "blocking": blocks(finding, options),
    }


def blocks(finding: Finding, options: Options) -> bool:
    """Whether the finding fails the run."""
    severe = SEVERITIES.index(finding.severity) >= SEVERITIES.index(options.fail_on)
    return severe and not finding.suppressed


def path_row(path: Path) -> Row:
    """From, to, and each step with its reason and lines."""
    return {
        "from": path.start,
        "to": path.end,
        "technique": path.technique or None,
        "steps": [edge_row(step) for step in path.steps],
    }


def graph_row(graph: AccessGraph, base: AccessGraph | None = None, renames: Mapping[str, str] | None = None) -> Row:
    """What the paths leave open: steps not decided, trust that lets nobody in; with `base` only what is new."""
    old = renames or {}

    def rows(mine: Iterable[tuple[str, str]], theirs: Iterable[tuple[str, str]]) -> list[Row]:
        known = {(old.get(who, who), why) for who, why in theirs}
        return [{"identity": who, "why": why} for who, why in sorted(set(mine)) if (who, why) not in known]

    return {
        "undecided": rows(graph.undecided, base.undecided if base else ()),
        "notes": rows(graph.notes, base.notes if base else ()),
        "truncated": graph.truncated or None,
    }


def edge_row(edge: Edge) -> Row:
    """One step: its kind and ends, the reason, what proves it, what it hangs on, and its lines."""
    return {
        "edge": edge.kind,
        "source": edge.source,
        "target": edge.target,
        "why": edge.why,
        "technique": edge.technique or None,
        "claims": {name: display(value) for name, value in edge.claims},
        "witness": [_request(request, edge.source) for request in edge.witness],
        "may": list(edge.may),
        "actions": list(edge.actions),
        "via": [{**place(v.span), "grant": v.grant, "label": v.label} for v in edge.via],
    }


def _request(request: Request, source: str) -> Row:
    """A request in the words of the platform of whoever makes it; a key begins with its platform."""
    platform = source.partition(":")[0]
    words: Mapping[str, Any] = import_module(f"nhilint.platforms.{platform}").describe_request(request)
    return dict(words)


_NOTHING_HELD = Match(verdict="no-role")


def _bound(bindings: Bound) -> Row:
    return {name: list(values) for name, values in bindings}


def catalog_row(match: Match | None, dialect: Dialect) -> Row:
    """The catalog's verdict with role, bindings, residue and nearest roles."""
    if match is None:
        match = _NOTHING_HELD
    return {
        "verdict": "nothing-held" if match is _NOTHING_HELD else match.verdict,
        "roles": [{"role": one.role, "bindings": _bound(one.bindings)} for one in match.covers],
        "role": match.role or None,
        "bindings": _bound(match.bindings),
        "residue": permission_entries(match.residue, dialect, "the role denies it"),
        "nearest": [{"role": role, "exceeds_by": count} for role, count in match.nearest],
        "outsiders": [{"who": one.who, "location": place(one.span)} for one in match.outsiders],
        "broken": [{"constraint": o.constraint, "why": o.why, "location": place(o.span)} for o in match.broken],
        "exceptions": list(match.exemptions),
        "sentence": match.sentence,
    }
