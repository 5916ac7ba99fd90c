"""A change that edits its own judge: what the catalog and the settings of head would change if they were merged.

The base judges. Nothing here moves the verdict of the review: it is the optional `catalog_change` of
`nhilint.review/1`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from nhilint.catalog.changes import Changes, compare_catalogs
from nhilint.catalog.model import Catalog
from nhilint.engine.analysis import Analysis
from nhilint.engine.catalog.changes import catalog_head, change_rows
from nhilint.engine.catalog.impact import MOVES, moves
from nhilint.engine.entries import place
from nhilint.engine.heads import Row, blocks
from nhilint.engine.options import Options
from nhilint.model.errors import NhilintError


def judge_change(
    analysis: Analysis,
    head: Catalog | None,
    *,
    files: Sequence[str],
    settings: Sequence[Row],
    problems: Sequence[NhilintError],
    options: Options | None,
) -> Row:
    """What would change if the head were merged, and judged by itself.

    `analysis`: the head, judged by the base. `head`: its own catalog; None: it can not be read, `problems` say why.
    `options`: those of its own settings; None: they can not be read either. `settings`: what differs of them.
    """
    base = analysis.catalog
    rows: Row = {
        "files": list(files),
        "base": catalog_head(base),
        "head": None if head is None else catalog_head(head),
        "problems": [_problem(error) for error in problems],
        "settings": list(settings),
        **change_rows(Changes(roles=(), exemptions=())),
        "identities": {name: [] for name in MOVES},
        "blocking": {"base": _blocking(analysis), "head": None},
    }
    if head is None or options is None:
        return rows
    merged = analysis.judged_by(head, options)
    changes = compare_catalogs(base, head, analysis.dialects, today=options.today)
    return {
        **rows,
        **change_rows(changes),
        "identities": moves(analysis, merged, changes),
        "blocking": {"base": _blocking(analysis), "head": _blocking(merged)},
    }


def _blocking(analysis: Analysis) -> int:
    """Findings of the whole revision that block."""
    return sum(blocks(finding, analysis.options) for finding in analysis.findings)


def _problem(error: NhilintError) -> dict[str, Any]:
    return {
        "message": error.message,
        "help": error.help,
        "location": None if error.span is None else place(error.span),
    }
