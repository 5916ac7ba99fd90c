"""`nhilint catalog coverage` as text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from nhilint.reports import words
from nhilint.reports.table import table
from nhilint.reports.text import Paint

Row = Mapping[str, Any]

_NAMED = 4
_ADDITIONS = 10
_LINES = 3
_VERDICTS = {
    "covered": "covered",
    "exceeds": "more than the nearest role",
    "no-role": "no role like it",
    "trust-outside": "someone else may have it than the role lets in",
    "constraint-broken": "a constraint of the role is not kept",
    "not-in-force": "the role is not in force",
    "undecided": "undecided",
}


def text(value: Row, paint: Paint) -> str:
    """`nhilint.catalog-coverage/1`: the shares, why the rest is outside, what would cover most, who is nearest."""
    if not value["summary"]["identities"]:
        return "Nobody in this tree holds anything that a role could cover\n"
    lines = [*_shares(value, paint), "", paint("b", "Verdicts")]
    for verdict, count in sorted(value["verdicts"].items(), key=lambda item: -item[1]):
        lines.append(f"  {count:>5}  {_VERDICTS.get(verdict, verdict)}")
    lines += _additions(value, paint)
    lines += _nearest(value, paint)
    if value["unresolved"]:
        lines += ["", f"{words.count(value['unresolved'], 'place')} of the tree could not be judged"]
    return "\n".join(lines) + "\n"


def _shares(value: Row, paint: Paint) -> Iterator[str]:
    own = "the repository's own catalog" if value["catalog"]["own"] else "the starter catalog"
    label = value["tree"].get("label", "")
    yield paint("b", paint.wrapped(f"{label}: {words.count(value['catalog']['roles'], 'role')} of {own}", "  ", ""))
    yield ""
    rows = [("covered", "identities", "", "permissions", "")]
    shares = list(value["platforms"].items())
    for name, share in shares + ([("all", value["summary"])] if len(shares) > 1 else []):
        rows.append((name, *_pair(share, "identities"), *_pair(share, "permissions")))
    drawn = table(rows, paint.width, least={}, right=(1, 2, 3, 4))
    yield paint("b", drawn[0])
    yield from drawn[1:]
    said = "a permission is one action on one resource, as a grant writes them"
    yield paint("d", paint.wrapped(said, "  ", "  "))


def _pair(share: Row, name: str) -> tuple[str, str]:
    covered, total = share[f"{name}_covered"], share[name]
    return f"{covered} of {total}", f"{covered * 100 // total if total else 100} %"


def _additions(value: Row, paint: Paint) -> Iterator[str]:
    rows = value["additions"]
    if rows:
        yield ""
        yield paint("b", "What would cover more")
    for row in rows[:_ADDITIONS]:
        count = len(row["identities"])
        names = ", ".join(words.name(one) for one in row["identities"][:_NAMED])
        more = f" and {count - _NAMED} more" if count > _NAMED else ""
        would = "identity would be covered" if count == 1 else "identities would be covered"
        added = "; ".join(f"{words.grant(entry)}{_alarm(entry)}" for entry in row["adds"])
        said = paint.wrapped(f"{count} {would} by adding to {row['role']}: {added}", "      ", "  ")
        yield paint("~", said) if row["sensitive"] else said
        yield paint("d", paint.wrapped(f"{names}{more}", "      ", "      "))
    if len(rows) > _ADDITIONS:
        yield f"  and {len(rows) - _ADDITIONS} more (--format json lists all)"


def _alarm(entry: Row) -> str:
    return f" [{words.classes(entry)}]" if entry["sensitive"] else ""


def _nearest(value: Row, paint: Paint) -> Iterator[str]:
    rows = value["nearest"]
    if not rows:
        return
    yield ""
    yield paint("b", "Outside, nearest first")
    for row in rows:
        said = f"{words.kind(row)} {words.name(row)}: {row['missing']} of {row['permissions']} permissions"
        yield paint.wrapped(f"{said} outside {row['role'] or 'every role'}", "      ", "  ")
        for entry in row["residue"][:_LINES]:
            yield paint("d", paint.wrapped(words.grant(entry), "        ", "      + "))
        if len(row["residue"]) > _LINES:
            yield paint("d", f"      and {len(row['residue']) - _LINES} more")
