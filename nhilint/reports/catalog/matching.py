"""`nhilint catalog match` as text."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from nhilint.reports import words
from nhilint.reports.escape import plain
from nhilint.reports.text import Paint, permission

Row = Mapping[str, Any]


def text(value: Row, paint: Paint) -> str:
    """`nhilint.catalog-match/1`: one block an identity."""
    lines = []
    for row in value["identities"]:
        good = row["catalog"]["verdict"] == "covered"
        lines.append(paint("+" if good else "~", f"{'✓' if good else '·'} {words.kind(row)} {plain(words.name(row))}"))
        lines.append(paint.wrapped(words.catalog(row["catalog"]), "    ", "    "))
        for entry in row["catalog"]["residue"]:
            lines.extend(permission("+", entry, paint))
        besides = [f"+ lets in {plain(one['who'])} {_place(one)}" for one in row["catalog"]["outsiders"]]
        besides += [f"~ {o['constraint']}: {plain(o['why'])} {_place(o)}" for o in row["catalog"]["broken"]]
        lines += [paint.wrapped(one, "  ", "    ") for one in besides]
    return "\n".join(lines) + "\n"


def _place(row: Row) -> str:
    place = row["location"]
    return f"({plain(place['path'])}:{place['line']})"
