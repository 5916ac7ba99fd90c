"""`nhilint catalog mine` as a table."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from nhilint.reports import words
from nhilint.reports.escape import plain
from nhilint.reports.text import Paint

Row = Mapping[str, Any]


def text(value: Row, paint: Paint) -> str:
    """`nhilint.catalog-mine/1`: one line a role, with whom it covers and what is added to whom."""
    total = value["uncovered"]
    lines = [f"{words.count(total, 'identity', 'identities')} outside the catalog, {value['already_covered']} inside"]
    if value["unsayable"]:
        lines.append(f"{value['unsayable']} of them hold something that no role can say; they are left out")
    if value["roles"]:
        width = max(len(row["id"]) for row in value["roles"])
        lines += ["", f"  #  {'role'.ljust(width)}  covers  together  statements  parameters"]
    for row in value["roles"]:
        share = f"{100 * row['cumulative'] // total}%"
        lines.append(
            f"{row['rank']:>3}  {plain(row['id']).ljust(width)}  {row['covers']:>6}  {share:>8}  "
            f"{len(row['role']['allow']):>10}  {', '.join(row['role'].get('parameters', {})) or '-'}"
        )
        names = [plain(words.name(one)) for one in row["identities"][:3]]
        more = f" and {row['covers'] - 3} more" if row["covers"] > 3 else ""
        lines.append(paint.wrapped(", ".join(names) + more, "     ", "     "))
        for one in row["added"][:3]:
            lines.append(
                paint.wrapped(f"adds to {plain(one['identity'])}: {', '.join(one['actions'])}", "       ", "     + ")
            )
        if len(row["added"]) > 3:
            lines.append(f"     + and to {len(row['added']) - 3} more")
    for row in value["failed"]:
        lines.append(paint.wrapped(f"not proposed: {plain(row['why'])}", "    ", "  ! "))
    return "\n".join(lines) + "\n"
