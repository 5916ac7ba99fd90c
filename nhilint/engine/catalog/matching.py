"""How identities match the catalog, as rows (`nhilint.catalog-match/1`)."""

from __future__ import annotations

from nhilint.engine.analysis import Analysis
from nhilint.engine.heads import Row, catalog_row, identity_head
from nhilint.engine.queries import find_identity


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
