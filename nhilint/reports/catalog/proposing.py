"""`nhilint catalog propose` as role files."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from nhilint.reports import words
from nhilint.reports.escape import plain

Row = Mapping[str, Any]


def remarks(value: Row) -> str:
    """What is said beside the drafts: who is covered already, and which role nearly covers somebody."""
    lines = [f"{plain(row['identity'])}: {plain(row['sentence'])}; no draft is needed" for row in value["already"]]
    for row in value["drafts"]:
        wider = [one for one in row["identities"] if one["wider"]]
        if wider:
            more = f" and {len(wider) - 1} more" if len(wider) > 1 else ""
            lines.append(
                f"{plain(row['id'])}: it would also allow {plain(wider[0]['key'])}{more} what others of them hold"
            )
        for near in row["nearest"][:1]:
            parts = words.count(near["exceeds_by"], "part")
            lines.append(
                f"{plain(row['id'])}: the role `{plain(near['role'])}` covers it but for {parts}; "
                f"`--extend {plain(near['role'])}` writes these only"
            )
    return "\n".join(lines) + "\n" if lines else ""
