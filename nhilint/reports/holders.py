"""The answer of `who-can` for a terminal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from nhilint.reports import graph_words, words
from nhilint.reports.escape import plain
from nhilint.reports.text import Paint

Row = Mapping[str, Any]

_MOST = 40
"""Holders, ways and reasons that are listed."""


def who_can(value: Row, paint: Paint) -> str:
    """`nhilint.who-can/1` for people: holders with their lines, then whoever gets there, then what is not known."""
    summary, request = value["summary"], value["request"]
    asked = f"{request['action']} on {request['resource']}"
    lines = [paint("b", plain(asked)), f"  {_counts(summary)}"]
    if value["everybody"]:
        lines.append(paint("!", "  everybody may do it, also without a credential; listed is who is named besides"))
    shared = _shared(value)
    lines += [paint("d", paint.wrapped(f"assumed: {text}", "    ", "  ")) for text in (*value["assumed"], *shared)]
    for row in value["holders"][:_MOST]:
        lines += ["", *_holder(row, value, shared, paint)]
    lines += _more(value["holders"])
    lines += _indirect(value, paint)
    lines += _undecided(value["undecided"], paint)
    if value["unbound"]:
        names = ", ".join(f"{words.kind(row)} {plain(words.name(row))}" for row in value["unbound"][:5])
        text = f"allow it too, and nobody in this tree is bound to them: {names}"
        lines += ["", paint("d", paint.wrapped(text + _rest(value["unbound"], 5), "  ", ""))]
    if value["truncated"]:
        lines += ["", paint("?", paint.wrapped(f"not all was searched: {value['truncated']}", "  ", "? "))]
    return "\n".join(lines) + "\n"


def _counts(summary: Row) -> str:
    parts = [
        words.count(summary["holders"], "identity may", "identities may"),
        f"{summary['indirect']} can get there over others",
    ]
    if summary["undecided"]:
        parts.append(f"{summary['undecided']} undecided")
    if summary["unresolved"]:
        parts.append(f"{words.count(summary['unresolved'], 'place')} could not be judged and may be about anybody")
    return " · ".join(parts)


def _shared(value: Row) -> list[str]:
    """What every holder's answer takes for granted: said once."""
    rows = [set(row["assumed"]) for row in value["holders"]]
    return sorted(set.intersection(*rows)) if len(rows) > 1 else []


def _holder(row: Row, value: Row, shared: Sequence[str], paint: Paint) -> Iterator[str]:
    tier = "  tier 0" if row["tier0"] else ""
    owner = f"  owner: {plain(row['owner'])}" if row["owner"] else ""
    yield paint("!" if row["tier0"] else "b", f"{words.kind(row)} {plain(words.name(row))}{tier}") + paint("d", owner)
    if row["request"]["resource"] != value["request"]["resource"]:
        yield paint.wrapped(f"e.g. on {row['request']['resource']}", "      ", "    ")
    for statement in row["statements"][:3]:
        label = f" ({statement['label']})" if statement["label"] else ""
        where = f"  {plain(words.place(statement))}" if statement["path"] else ""
        yield paint("d", f"    {plain(statement['name'])}{plain(label)}{where}")
    if len(row["statements"]) > 3:
        yield paint("d", f"    and {len(row['statements']) - 3} more statements")
    for text in row["assumed"]:
        if text not in shared:
            yield paint("d", paint.wrapped(f"assumed: {text}", "      ", "    "))


def _indirect(value: Row, paint: Paint) -> Iterator[str]:
    rows = value["indirect"]
    if not rows:
        return
    heads = {row["key"]: f"{words.kind(row)} {plain(words.name(row))}" for row in value["holders"]}
    heads |= {row["key"]: node(row) for row in rows}
    yield ""
    yield paint("b", f"Over others ({len(rows)})")
    for row in rows[:_MOST]:
        tier = "  tier 0" if row["tier0"] else ""
        yield paint("!" if row["tier0"] else "~", f"  {node(row)}{tier}")
        steps = [_step(step, heads) for step in row["steps"]]
        yield paint.wrapped("; then ".join(steps), "      ", "      ")
    yield from _more(rows)


def node(row: Row) -> str:
    """Kind and name of a node."""
    return plain(graph_words.title(row))


def _step(step: Row, heads: Mapping[str, str]) -> str:
    target = heads.get(step["target"], plain(step["target"]))
    where = f" ({', '.join(graph_words.places(step)[:2])})" if step["via"] else ""
    limits = f", only if {' and '.join(step['may'])}" if step["may"] else ""
    if step["edge"] in ("escalates", "holds", "can"):
        return f"{step['why']}{limits}{where}"
    return f"{graph_words.verb({**step, 'may': []})} {target}: {step['why']}{limits}{where}"


def _undecided(rows: Sequence[Row], paint: Paint) -> Iterator[str]:
    if not rows:
        return
    yield ""
    yield paint("b", f"Undecided ({len(rows)})")
    groups = Counter(row["reason"] for row in rows)
    for reason, _ in groups.most_common(_MOST):
        names = [f"{words.kind(row)} {plain(words.name(row))}" for row in rows if row["reason"] == reason]
        shown = ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")
        yield paint("?", paint.wrapped(f"{shown}: {reason}", "      ", "  ? "))
    if len(groups) > _MOST:
        yield f"  and {len(groups) - _MOST} more reasons (--format json lists all)"


def _more(rows: Sequence[Row]) -> list[str]:
    return [f"  and {len(rows) - _MOST} more (--format json lists all)"] if len(rows) > _MOST else []


def _rest(rows: Sequence[Row], shown: int) -> str:
    return f" and {len(rows) - shown} more" if len(rows) > shown else ""
