"""`nhilint catalog lint` as text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from nhilint.reports import words
from nhilint.reports.escape import visible
from nhilint.reports.text import Paint, plain_long

Row = Mapping[str, Any]

_WIDE = 4
"""Columns that the line of the file is moved to the right."""


def text(value: Row, paint: Paint) -> str:
    """`nhilint.catalog-lint/1`: each problem with the line of the file under it, and a caret."""
    lines = [line for row in value["problems"] for line in (*_problem(row, paint), "")]
    sign, mark = ("✗", "!") if value["errors"] else ("!", "~") if value["warnings"] else ("✓", "+")
    counts = [words.count(value["roles"], "role"), words.count(value["tests"], "test")]
    if value["exceptions"]:
        counts.insert(1, words.count(value["exceptions"], "exception"))
    found = f"{words.count(value['errors'], 'error')}, {words.count(value['warnings'], 'warning')}"
    lines.append(f"{paint(mark, sign)} {found} in {', '.join(counts)}")
    if not value["own"]:
        lines.append("  the tree has no catalog of its own: this is the starter catalog")
    if value["inside"]:
        narrower = len({row["role"] for row in value["inside"]})
        said = words.count(narrower, "role lies inside another", "roles lie inside another")
        lines.append(paint("d", f"  {said} (--format json names them)"))
    return "\n".join(lines) + "\n"


def _problem(row: Row, paint: Paint) -> Iterator[str]:
    where = f"{words.place(row['location'])}:{row['location']['column']}"
    style = "!" if row["severity"] == "error" else "~"
    code = paint("d", f" [{row['code']}]") if row["code"] else ""
    yield f"{plain_long(where)}: {paint(style, row['severity'])}: {plain_long(row['message'])}{code}"
    if row["line"] is not None:
        line, column = _cut(row["line"], row["location"]["column"] - 1, paint.width - _WIDE)
        yield f"{paint('d', '  | ')}{line}"
        yield f"{paint('d', '  | ')}{' ' * column}{paint(style, '^')}"
    if row["help"]:
        yield f"  help: {plain_long(row['help'])}"


def _cut(line: str, column: int, width: int) -> tuple[str, int]:
    """The part of a line around a column, with the column in it; what is not shown is marked."""
    start = 0 if column < width - 10 else column - width // 2
    stop = start + width
    before, behind = ("…" if start else ""), ("…" if stop < len(line) else "")
    shown = line[start:stop].replace("\t", " ")
    at = len(before) + len(visible(shown[: column - start]))
    return f"{before}{visible(shown)}{behind}", at
