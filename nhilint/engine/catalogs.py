"""The catalog's own outputs: its roles, what is wrong with them, and how identities match."""

from __future__ import annotations

from collections.abc import Mapping

from nhilint.catalog.lint import lint
from nhilint.catalog.model import Catalog, read_catalog
from nhilint.engine.analysis import Analysis
from nhilint.engine.entries import place
from nhilint.engine.heads import Row, catalog_row, identity_head
from nhilint.engine.options import Options
from nhilint.engine.queries import find_identity
from nhilint.model.node import Map


def catalog_rows(catalog: Catalog, options: Options) -> Row:
    """Every role with its head data (`nhilint.catalog/1`)."""
    return {
        "schema": "nhilint.catalog/1",
        "own": catalog.own,
        "roles": [
            {
                "id": role.id,
                "title": role.title,
                "platform": role.platform,
                "access": role.access or None,
                "status": role.status,
                "owner": role.owner,
                "expires": role.expires or None,
                "unusable": role.usable(options.today) or None,
                "parameters": list(role.parameters),
                "location": place(role.span),
            }
            for role in catalog.roles.values()
        ],
    }


def catalog_problems(documents: Mapping[str, Map], *, own: bool, options: Options) -> Row:
    """Everything that is wrong with the role files (`nhilint.catalog-lint/1`)."""
    catalog, problems = read_catalog(documents, own=own)
    found = [*problems, *lint(catalog, today=options.today)]
    found.sort(key=lambda problem: (problem.span, problem.message))
    return {
        "schema": "nhilint.catalog-lint/1",
        "roles": len(catalog.roles),
        "tests": sum(len(role.tests) for role in catalog.roles.values()),
        "errors": sum(problem.severity == "error" for problem in found),
        "problems": [
            {"severity": p.severity, "message": p.message, "help": p.help, "location": place(p.span)} for p in found
        ],
    }


def match_rows(analysis: Analysis, name: str) -> Row:
    """The catalog's verdict on one identity, or on everybody who holds something (`nhilint.catalog-match/1`)."""
    chosen = [find_identity(analysis, name)] if name else [i for i in analysis.snapshot.identities.values() if i.bound]
    rows = []
    for identity in chosen:
        verdict = analysis.match(identity)
        if verdict is not None or name:
            row = catalog_row(verdict, analysis.dialects[identity.platform])
            rows.append({**identity_head(identity), "catalog": row})
    return {"schema": "nhilint.catalog-match/1", "identities": rows}
