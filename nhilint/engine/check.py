"""One analysis to the state of a tree (`nhilint.check/1`) and to its inventory (`nhilint.inventory/1`)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from nhilint.algebra.values import Statement, display
from nhilint.engine.analysis import Analysis
from nhilint.engine.entries import Entry, assumed_entry, conditions, place, unresolved_entry, via
from nhilint.engine.heads import Row, catalog_row, finding_row, graph_row, identity_head, path_row
from nhilint.engine.options import Options
from nhilint.engine.reach import reach_rows
from nhilint.model.facts import Grant, Identity


def check(analysis: Analysis, *, info: Mapping[str, Any], options: Options) -> Row:
    """Every identity with its grants, trust and catalog verdict; findings, paths, and what could not be read."""
    snapshot = analysis.snapshot
    reach = reach_rows(analysis) if options.paths else {}
    findings = [finding_row(finding, options) for finding in analysis.findings]
    blocking = sum(row["blocking"] for row in findings)
    return {
        "schema": "nhilint.check/1",
        "tree": dict(info),
        "verdict": "blocked" if blocking else "pass",
        "summary": {
            "identities": len(snapshot.identities),
            "grants": sum(map(len, snapshot.grants.values())),
            "findings": len(findings),
            "blocking": blocking,
            "unresolved": len(snapshot.unresolved),
            "blocks": snapshot.blocks,
        },
        "identities": [
            {**_identity_row(analysis, identity), "reach": reach.get(key)}
            for key, identity in snapshot.identities.items()
        ],
        "paths": [path_row(path) for path in analysis.paths],
        "graph": graph_row(analysis.graph),
        "findings": findings,
        "unresolved": [unresolved_entry(question) for question in snapshot.unresolved],
        "assumed": [assumed_entry(assumed) for assumed in snapshot.assumed],
    }


def inventory(analysis: Analysis, *, info: Mapping[str, Any], options: Options) -> Row:
    """Every identity: owner, purpose, expiry, credentials, trust, catalog role, consumers."""
    snapshot = analysis.snapshot
    rows = []
    for key, identity in snapshot.identities.items():
        verdict = analysis.match(identity) if identity.bound else None
        rows.append(
            {
                **identity_head(identity),
                "purpose": identity.purpose or None,
                "expires": identity.expires or None,
                "labels": dict(identity.labels),
                "credentials": [
                    {"kind": c.kind, "name": c.name, "location": place(c.span)}
                    for c in snapshot.credentials.get(key, ())
                ],
                "trusted": _trust_rows(analysis, identity),
                "consumers": [
                    {"kind": w.kind, "name": w.name, "location": place(w.span)} for w in snapshot.workloads.get(key, ())
                ],
                "grants": len(snapshot.grants.get(key, ())),
                "catalog": {
                    "verdict": verdict.verdict if verdict else "nothing-held",
                    "role": (verdict.role or None) if verdict else None,
                    "roles": [cover.role for cover in verdict.covers] if verdict else [],
                },
            }
        )
    return {
        "schema": "nhilint.inventory/1",
        "tree": dict(info),
        "summary": {
            "identities": len(rows),
            "without_owner": sum(not row["owner"] for row in rows),
            "without_expiry": sum(not row["expires"] for row in rows),
            "with_static_credentials": sum(bool(row["credentials"]) for row in rows),
            "unresolved": len(snapshot.unresolved),
        },
        "identities": rows,
    }


def statement_row(statement: Statement, analysis: Analysis, platform: str) -> Entry:
    """One statement as it stands: effect, actions, scopes by dimension, conditions, lines."""
    dialect = analysis.dialects[platform]
    names = dialect.dimensions if len(statement.scopes) == len(dialect.dimensions) else ("principal",)
    return {
        "effect": statement.effect,
        "actions": [display(dialect.vocabulary.spell(action)) for action in statement.actions],
        "actions_negated": statement.actions_negated,
        "scopes": {
            name: {"patterns": [display(p) for p in scope.patterns], "negated": scope.negated}
            for name, scope in zip(names, statement.scopes, strict=False)
        },
        "conditions": conditions(statement.conditions),
        "may": list(statement.may),
        "undecided": statement.undecided or None,
        "via": via((statement,)),
    }


def _identity_row(analysis: Analysis, identity: Identity) -> Row:
    dialect = analysis.dialects[identity.platform]
    snapshot = analysis.snapshot
    return {
        **identity_head(identity),
        "grants": [_grant_row(analysis, identity, grant) for grant in snapshot.grants.get(identity.key, ())],
        "trust": _trust_rows(analysis, identity),
        "catalog": catalog_row(analysis.match(identity) if identity.bound else None, dialect),
        "credentials": [{"kind": c.kind, "name": c.name} for c in snapshot.credentials.get(identity.key, ())],
        "consumers": [{"kind": w.kind, "name": w.name} for w in snapshot.workloads.get(identity.key, ())],
        "unresolved": [unresolved_entry(question) for question in snapshot.unread.get(identity.key, ())],
    }


def _grant_row(analysis: Analysis, identity: Identity, grant: Grant) -> Row:
    return {
        "key": grant.key,
        "name": grant.name,
        "layer": grant.layer,
        "inert": grant.inert or None,
        "location": place(grant.span),
        "statements": [statement_row(s, analysis, identity.platform) for s in grant.statements],
    }


def _trust_rows(analysis: Analysis, identity: Identity) -> list[Entry]:
    return [
        statement_row(statement, analysis, identity.platform)
        for trust in analysis.snapshot.trusts.get(identity.key, ())
        for statement in trust.statements
    ]
