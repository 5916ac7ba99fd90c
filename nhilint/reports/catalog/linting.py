"""`nhilint catalog lint` as text."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from nhilint.reports import words
from nhilint.reports.escape import plain
from nhilint.reports.text import plain_long

Row = Mapping[str, Any]


def text(value: Row) -> str:
    """`nhilint.catalog-lint/1` as a list."""
    lines = []
    for row in value["problems"]:
        lines.append(f"{plain(words.place(row['location']))}: {row['severity']}: {plain_long(row['message'])}")
        if row["help"]:
            lines.append(f"  help: {plain_long(row['help'])}")
    lines.append(
        f"{words.count(value['roles'], 'role')}, {words.count(value['tests'], 'test')}, "
        f"{words.count(value['errors'], 'error')}"
    )
    return "\n".join(lines) + "\n"
