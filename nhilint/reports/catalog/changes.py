"""What differs between two catalogs, for people: `nhilint catalog diff` and the part of a review about its judge."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from nhilint.reports import words
from nhilint.reports.escape import plain, prose
from nhilint.reports.text import Paint, permission, plain_lines, revision

Row = Mapping[str, Any]

_MARKS = {"widened": "!", "changed": "~", "narrowed": "+", "same-meaning": "d"}
_SIGNS = {"widened": "▲", "changed": "◆", "narrowed": "▼", "same-meaning": "="}
_STATUS = {"added": "new", "removed": "removed", "renamed": "renamed", "changed": ""}
_MANY = 12


def text(value: Row, paint: Paint) -> str:
    """`nhilint.catalog-diff/1`: one block a role, what approves more first."""
    lines = [paint("d", f"base {revision(value['base'])}  →  head {revision(value['head'])}"), ""]
    lines.append(paint("b", paint.wrapped(headline(value), "  ", "")))
    for row in value["roles"]:
        lines += ["", *role(row, paint)]
    for row in value["exceptions"]:
        lines += ["", *exception(row, paint)]
    return "\n".join(lines) + "\n"


def headline(value: Row) -> str:
    """What the catalogs differ in, in one sentence."""
    if not value["roles"] and not value["exceptions"]:
        return "The catalogs mean the same"
    counts = value["summary"]
    parts = [f"{counts[status]} {status}" for status in ("added", "removed", "renamed", "changed") if counts[status]]
    said = [f"{words.count(len(value['roles']), 'role')} ({', '.join(parts)})"] if value["roles"] else []
    if value["exceptions"]:
        said.append(words.count(len(value["exceptions"]), "exception"))
    wider = counts["directions"]["widened"] + counts["directions"]["changed"]
    more = (
        f"{wider} of them {'approves' if wider == 1 else 'approve'} something more" if wider else "none approves more"
    )
    verb = "differs" if len(value["roles"]) + len(value["exceptions"]) == 1 else "differ"
    return f"{' and '.join(said)} {verb}; {more}"


def role(row: Row, paint: Paint) -> Iterator[str]:
    """The lines of one role."""
    yield _head(row, f"role {row['id']}", row["title"], paint)
    if row["former_id"]:
        yield f"    was {plain(row['former_id'])}"
    if row["status"] == "added" and row["in_force"] != "approved":
        yield f"    {row['in_force']}: it approves nothing yet"
    yield from _body(row, paint)


def exception(row: Row, paint: Paint) -> Iterator[str]:
    """The lines of one exception."""
    yield _head(row, f"exception {row['id']}", f"for {row['identity']} until {row['expires']}", paint)
    yield paint("d", paint.wrapped(f"{row['reason']} ({row['ticket']}, {row['owner']})", "    ", "    "))
    yield from _body(row, paint)


def _head(row: Row, name: str, title: str, paint: Paint) -> str:
    mark, sign = _MARKS[row["direction"]], _SIGNS[row["direction"]]
    said = ", ".join(filter(None, (_STATUS[row["status"]], row["direction"].replace("-", " "))))
    head = f"{sign} {plain(name)}: {said}"
    tail = f"  {plain(title)}"
    return paint(mark, head) + paint("d", tail if len(head) + len(tail) <= paint.width else "")


def _body(row: Row, paint: Paint) -> Iterator[str]:
    for sign, side in (("+", "gained"), ("-", "lost")):
        for entry in row[side][:_MANY]:
            yield from permission(sign, entry, paint)
        if len(row[side]) > _MANY:
            yield f"  and {len(row[side]) - _MANY} more (--format json lists all)"
    for reason in row["undecided"]:
        yield paint("?", paint.wrapped(reason, "      ", "  ? not compared: "))
    for facet in sorted(row["facets"], key=lambda facet: list(_SIGNS).index(facet["direction"])):
        mark, sign = _MARKS[facet["direction"]], _SIGNS[facet["direction"]]
        yield paint(mark, paint.wrapped(facet["text"], "      ", f"  {sign} "))


def markdown(value: Row) -> str:
    """`nhilint.catalog-diff/1` for a comment on a pull request."""
    lines = [f"### {prose(headline(value))}", ""]
    lines += [line for row in value["roles"] for line in items(row, "role")]
    lines += [line for row in value["exceptions"] for line in items(row, "exception")]
    return "\n".join(lines) + "\n"


def items(row: Row, what: str) -> Iterator[str]:
    """One role or exception as an item with its parts below it."""
    said = ", ".join(filter(None, (_STATUS[row["status"]], row["direction"].replace("-", " "))))
    was = f" (was {prose(row['former_id'])})" if row.get("former_id") else ""
    bold = "**" if row["direction"] in ("widened", "changed") else ""
    yield f"- {_SIGNS[row['direction']]} {what} {prose(row['id'])}{was}: {bold}{said}{bold}"
    for line in parts(row):
        yield f"  - {prose(line)}"


def parts(row: Row) -> Iterator[str]:
    """Each difference of a role as one line."""
    for sign, side in (("+", "gained"), ("−", "lost")):
        shown: Sequence[Row] = row[side][:_MANY]
        yield from (plain_lines(f"{sign} {words.level(entry)}: {words.grant(entry)}") for entry in shown)
        if len(row[side]) > _MANY:
            yield f"{sign} {len(row[side]) - _MANY} more"
    yield from (plain_lines(f"not compared: {reason}") for reason in row["undecided"])
    yield from (plain_lines(facet["text"]) for facet in row["facets"])
