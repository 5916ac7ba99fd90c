"""`nhilint catalog list` as text."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from nhilint.reports import words
from nhilint.reports.escape import plain

Row = Mapping[str, Any]


def text(value: Row) -> str:
    """`nhilint.catalog/1` as a list."""
    source = "the repository's own catalog" if value["own"] else "the starter catalog"
    lines = [f"{words.count(len(value['roles']), 'role')} in {source}", ""]
    width = max((len(role["id"]) for role in value["roles"]), default=0)
    for role in value["roles"]:
        note = f"  ({plain(role['unusable'])})" if role["unusable"] else ""
        lines.append(f"  {plain(role['id']).ljust(width)}  {role['platform']:<10}  {plain(role['title'])}{note}")
    return "\n".join(lines) + "\n"
