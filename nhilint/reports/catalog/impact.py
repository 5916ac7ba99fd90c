"""`nhilint catalog impact` for people."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from nhilint.reports import words
from nhilint.reports.catalog import changes
from nhilint.reports.escape import code, prose
from nhilint.reports.text import Paint, revision

Row = Mapping[str, Any]

_SHOWN = 20
_TITLES = (
    ("uncovered", "!", "Become uncovered"),
    ("covered", "+", "Become covered"),
    ("role_changed", "~", "Covered by another role"),
    ("verdict_changed", "d", "Uncovered as before, for another reason"),
)


def text(value: Row, paint: Paint) -> str:
    """`nhilint.catalog-impact/1`: who is affected first, then which roles differ."""
    lines = [paint("d", f"base {revision(value['base'])}  →  head {revision(value['head'])}"), ""]
    lines.append(paint("!" if value["summary"]["uncovered"] else "b", paint.wrapped(headline(value), "  ", "")))
    lines.append(paint.wrapped(counts(value), "  ", "  "))
    for name, mark, title in _TITLES:
        rows = value["identities"][name]
        if rows:
            lines += ["", paint("b", f"{title} ({len(rows)})")]
            for row in rows[:_SHOWN]:
                lines.append(paint(mark, paint.wrapped(f"{words.kind(row)} {words.name(row)}", "    ", "  ")))
                lines.append(paint.wrapped(f"{words.place(row['location'])}: {_why(row)}", "      ", "      "))
            if len(rows) > _SHOWN:
                lines.append(f"  and {len(rows) - _SHOWN} more (--format json lists all)")
    for row in value["catalog"]["roles"]:
        lines += ["", *changes.role(row, paint), paint("d", f"    {_used(row)}")]
    for row in value["catalog"]["exceptions"]:
        lines += ["", *changes.exception(row, paint)]
    lines += _expired(value, paint)
    return "\n".join(lines) + "\n"


def headline(value: Row) -> str:
    """What happens to the identities of the tree."""
    summary = value["summary"]
    if not value["catalog"]["roles"] and not value["catalog"]["exceptions"]:
        return "The catalogs mean the same: nobody is affected"
    moved = [
        f"{words.count(summary[name], 'identity becomes', 'identities become')} {name}"
        for name in ("uncovered", "covered")
        if summary[name]
    ]
    if summary["role_changed"]:
        moved.append(f"{words.count(summary['role_changed'], 'identity is', 'identities are')} covered by another role")
    return ", ".join(moved) if moved else "No identity becomes covered or uncovered"


def counts(value: Row) -> str:
    """The share of covered identities before and after."""
    summary = value["summary"]
    parts = [
        f"{summary['identities']} identities of {value['tree'].get('label', 'the tree')} hold something",
        f"covered: {summary['covered_by_base']} → {summary['covered_by_head']}",
        changes.headline(value["catalog"])[:1].lower() + changes.headline(value["catalog"])[1:],
    ]
    if summary["exceptions_added"]:
        parts.append(f"{words.count(summary['exceptions_added'], 'exception')} added")
    if value["unresolved"]:
        parts.append(f"{value['unresolved']} unresolved")
    return " · ".join(parts)


def _why(row: Row) -> str:
    base, head = row["base"], row["head"]
    before = " + ".join((*base["roles"], *base["exceptions"])) or base["sentence"] or base["verdict"]
    after = " + ".join((*head["roles"], *head["exceptions"])) or head["sentence"] or head["verdict"]
    return f"{before} → {after}"


def _used(row: Row) -> str:
    before, after = row["used"]["base"], row["used"]["head"]
    if before == after == 0:
        return "no identity of the tree is covered by it"
    return f"covers {before} → {words.count(after, 'identity', 'identities')} of the tree"


def _expired(value: Row, paint: Paint) -> Iterator[str]:
    if value["expired"]:
        yield ""
        yield paint("b", f"Exceptions that have expired ({len(value['expired'])})")
        for row in value["expired"]:
            said = f"{row['id']} for {row['identity']}: since {row['expires']} ({row['owner']}, {row['ticket']})"
            yield paint("~", paint.wrapped(said, "      ", "  "))


def markdown(value: Row) -> str:
    """`nhilint.catalog-impact/1` for a comment on a pull request."""
    sign = "🔴" if value["summary"]["uncovered"] else "🟢"
    lines = [f"### {sign} {prose(headline(value))}", "", prose(counts(value)), ""]
    for name, _, title in _TITLES:
        rows = value["identities"][name]
        if rows:
            lines += [f"#### {title} ({len(rows)})", ""]
            lines += [f"- {words.kind(row)} {code(words.name(row))}: {prose(_why(row))}" for row in rows[:_SHOWN]]
            lines += [f"- and {len(rows) - _SHOWN} more"] if len(rows) > _SHOWN else []
            lines.append("")
    roles = value["catalog"]["roles"]
    if roles or value["catalog"]["exceptions"]:
        lines += ["#### The catalog", ""]
    for row in roles:
        lines += [*changes.items(row, "role"), f"  - {_used(row)}"]
    lines += [line for row in value["catalog"]["exceptions"] for line in changes.items(row, "exception")]
    return "\n".join(lines).rstrip() + "\n"
