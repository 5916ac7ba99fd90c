"""`nhilint catalog list` as text."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from nhilint.reports import words
from nhilint.reports.escape import plain
from nhilint.reports.table import narrowest, table, without_common
from nhilint.reports.text import Paint

Row = Mapping[str, Any]

_COLUMNS = ("role", "platform", "access", "in force", "owner", "alone", "shared", "near", "title")
_SAID = {1: "for {}", 2: "with {} access", 3: "in force {}", 4: "owned by {}"}
"""How the head says of a column that all rows have the same there."""
_NUMBERS = (5, 6, 7)
_LEAST = {8: 18, 4: 12, 0: 20}
"""The columns that give way on a narrow terminal."""
_DROPPED = (4, 2, 1, 8)
"""Those that are left out, in this order, where that is not enough."""


def text(value: Row, paint: Paint) -> str:
    """`nhilint.catalog/1` as a table: what is not in force first, then by use, platform and id."""
    source = "the repository's own catalog" if value["own"] else "the starter catalog"
    rows, total = sorted(value["roles"], key=_worst_first), value["total"]
    shown = words.count(total, "role") if len(rows) == total else f"{len(rows)} of {words.count(total, 'role')}"
    cells, said, kept = without_common([_COLUMNS, *map(_cells, rows)], _SAID)
    if value["judged"] is None:
        cells, kept = _without(cells, kept, _NUMBERS)
    for column in _DROPPED:
        if column in kept and narrowest(cells, [_LEAST.get(column, 99) for column in kept]) > paint.width:
            cells, kept = _without(cells, kept, (column,))
    common = f", all {', '.join(_SAID[column].format(text) for column, text in said.items())}" if said else ""
    lines = [paint.wrapped(f"{shown} in {source}{_exceptions(value)}{common}", "  ", "")]
    if value["judged"] is not None:
        lines.append(paint.wrapped(_used(value), "  ", ""))
    if not rows:
        return "\n".join(lines) + "\n"
    drawn = table(
        cells,
        paint.width,
        least={kept.index(column): width for column, width in _LEAST.items() if column in kept},
        right=[kept.index(column) for column in _NUMBERS if column in kept],
    )
    lines += ["", paint("b", drawn[0])]
    lines += [paint("~", line) if row["unusable"] else line for row, line in zip(rows, drawn[1:], strict=True)]
    return "\n".join(lines) + "\n"


def _without(
    cells: Sequence[Sequence[str]], kept: Sequence[int], dropped: Collection[int]
) -> tuple[list[list[str]], list[int]]:
    rows = [[cell for cell, column in zip(row, kept, strict=True) if column not in dropped] for row in cells]
    return rows, [column for column in kept if column not in dropped]


def _exceptions(value: Row) -> str:
    return f", {words.count(value['exceptions'], 'exception')}" if value["exceptions"] else ""


def _used(value: Row) -> str:
    """How many of the roles are of use in the tree, and what the numbers are."""
    used = sum(row["usage"]["alone"] + row["usage"]["together"] > 0 for row in value["roles"])
    held = words.count(value["judged"], "identity holds", "identities hold")
    return (
        f"{used} of them {'covers' if used == 1 else 'cover'} somebody; {held} something. alone, shared: identities "
        "that the role covers alone, or with other roles; near: those outside the catalog to whom it is nearest"
    )


def _worst_first(row: Row) -> tuple[bool, int, str, str]:
    use = row["usage"] or {"alone": 0, "together": 0, "nearest": 0}
    return not row["unusable"], -(use["alone"] + use["together"]), row["platform"], row["id"]


def _cells(row: Row) -> list[str]:
    use = row["usage"] or {"alone": 0, "together": 0, "nearest": 0}
    return [
        plain(row["id"]),
        row["platform"],
        row["access"] or "—",
        in_force(row),
        plain(row["owner"]),
        *(str(use[kind] or "—") for kind in ("alone", "together", "nearest")),
        plain(row["title"]),
    ]


def in_force(row: Row) -> str:
    """Until when it approves, or why it does not."""
    if row["status"] == "deprecated":
        return f"deprecated → {plain(row['replaced_by'])}" if row["replaced_by"] else "deprecated"
    if row["status"] == "draft":
        return "draft"
    if row["unusable"]:
        return f"expired {plain(row['expires'])}"
    return f"to {plain(row['expires'])}" if row["expires"] else "for ever"
