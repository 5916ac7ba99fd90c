"""The review as a comment on a pull request."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from nhilint.reports import reach_words, words
from nhilint.reports.catalog import judge
from nhilint.reports.escape import code, prose
from nhilint.reports.text import plain_lines

Row = Mapping[str, Any]

_STATES = {"added": "new", "removed": "removed", "changed": "changed", "renamed": "renamed"}
_SIGNS = {"blocked": "🔴", "undecided": "🟡", "pass": "🟢"}
_MAX_ROWS = 60


def review(value: Row) -> str:
    """`nhilint.review/1` as Markdown: headline, counts, table, folds."""
    # What nothing blocks and nobody has looked at yet is not green: who edits the judge asks for a second pair of eyes.
    asks = value["verdict"] == "pass" and "catalog_change" in value
    lines = [f"### {_SIGNS['undecided' if asks else value['verdict']]} {prose(words.headline(value))}", ""]
    lines.append(f"{words.counts(value)} · {code(_revision(value['base']))} → {code(_revision(value['head']))}")
    if "catalog_change" in value:
        lines += ["", *judge.markdown(value["catalog_change"])]
    rows = value["identities"]
    if rows:
        lines += ["", "| | identity | risk | gains | losses | catalog |", "| --- | --- | --- | --- | --- | --- |"]
        lines += [_table_row(row) for row in rows[:_MAX_ROWS]]
        if len(rows) > _MAX_ROWS:
            lines.append(f"| | and {len(rows) - _MAX_ROWS} more | | | | |")
    for row in rows[:_MAX_ROWS]:
        lines += ["", *_fold(row)]
    lines.extend(_paths(value["paths"]["gained"]))
    lines.extend(_left_open(value["graph"]))
    lines.extend(_findings(value["findings"]["new"]))
    lines.extend(_unresolved(value))
    lines.extend(_assumed(value))
    return "\n".join(lines) + "\n"


def _table_row(row: Row) -> str:
    gains = len(row["gained"]) + len(row["trust_gained"])
    losses = len(row["lost"]) + len(row["trust_lost"])
    worst = words.worst(row["gained"]) if row["gained"] else "trust" if row["trust_gained"] else ""
    least = words.worst(row["lost"]) if row["lost"] else "trust" if row["trust_lost"] else ""
    cells = (
        _STATES[row["status"]],
        f"{words.kind(row)} {code(words.name(row))} {code(words.place(row['location']))}",
        _bold(row["risk"]["band"]) if gains else "—",
        _cell(f"**+{gains}** {worst}" if gains else "", reach_words.brief(row, "gained")),
        _cell(f"−{losses} {least}" if losses else "", reach_words.brief(row, "lost")),
        prose(words.catalog(row["catalog"])) if row["bound"] else "nobody is bound to it here",
    )
    return "| " + " | ".join(cells) + " |"


def _cell(text: str, reach: str) -> str:
    return ", ".join(filter(None, (text, prose(reach)))) or "—"


def _bold(band: str) -> str:
    return f"**{band}**" if band in ("high", "critical") else band


def _fold(row: Row) -> Iterator[str]:
    opened = " open" if row["gained"] or row["trust_gained"] or reach_words.moves(row, "gained") else ""
    yield f"<details{opened}><summary>{words.kind(row)} <b>{_html(words.name(row))}</b></summary>"
    yield ""
    risk = words.risk(row["risk"])
    if risk:
        yield f"Risk {_bold(row['risk']['band'])}: " + "; ".join(map(code, risk))
        yield ""
    changes = [*_changes(row)]
    if changes:
        fence = "````"
        yield f"{fence}diff"
        yield from changes
        yield fence
    for entry in row["gained"]:
        where = ", ".join(code(place) for place in list(dict.fromkeys(map(words.place, entry["via"])))[:3])
        why = f" — {prose(entry['why'])}" if entry["why"] else ""
        yield f"- now possible: {code(words.witness(entry))}{f' ({where})' if where else ''}{why}"
    for _, line in reach_words.news(row):
        yield f"- {prose(line)}"
    radius = reach_words.radius(row)
    if radius:
        yield f"- blast radius: {prose(radius)}"
    for entry in row["lost"]:
        if entry["why"]:
            yield f"- no longer: {code(words.grant(entry))} — {prose(entry['why'])}"
    for note in row["notes"]:
        yield f"- {prose(note)}"
    for reason in row["undecided"]:
        yield f"- undecided: {prose(reason)}"
    for question in row["unresolved"]:
        where = code(words.place(question["location"]))
        yield f"- not read: {prose(question['what'])}: {prose(question['why'])} ({where})"
    yield ""
    yield "</details>"


def _changes(row: Row) -> Iterator[str]:
    for sign, side in (("+", "gained"), ("-", "lost")):
        for entry in row[side]:
            inert = " (inert)" if entry["inert"] else ""
            yield _fenced(f"{sign} {words.level(entry)}{inert}: {words.grant(entry)}")
        for entry in row[f"trust_{side}"]:
            yield _fenced(f"{sign} trust: {words.trust(entry)}")


def _paths(paths: list[Row]) -> Iterator[str]:
    if not paths:
        return
    yield ""
    yield f"#### {words.count(len(paths), 'new path')} to more power"
    yield ""
    for path in reach_words.worst_first(paths)[:20]:
        yield f"- {code(path['from'])} → {code(path['to'])}: {prose(reach_words.way(path))}"


def _left_open(graph: Row) -> Iterator[str]:
    titles = (("undecided", "Not decided on the way to more power"), ("notes", "Trust that lets nobody in"))
    for name, title in titles:
        if graph[name]:
            yield ""
            yield f"#### {title} ({len(graph[name])})"
            yield ""
            for row in graph[name][:10]:
                yield f"- {code(row['identity'])}: {prose(row['why'])}"
            if len(graph[name]) > 10:
                yield f"- and {len(graph[name]) - 10} more"
    if graph["truncated"]:
        yield ""
        yield prose(f"The search for paths stopped: {graph['truncated']}")


def _findings(findings: list[Row]) -> Iterator[str]:
    if not findings:
        return
    yield ""
    yield f"#### {words.count(len(findings), 'new finding')}"
    yield ""
    for finding in findings[:40]:
        where = code(words.place(finding["locations"][0])) if finding["locations"] else ""
        sign = "🔴 " if finding["blocking"] else ""
        yield f"- {sign}**{finding['rule']}** {finding['severity']}: {prose(finding['message'])} {where}"
        if finding["blocking"]:
            yield f"  - {prose(finding['help'])}"
        note = words.suppression(finding)
        if note:
            yield f"  - {prose(note)}"


def _unresolved(value: Row) -> Iterator[str]:
    total = value["summary"]["unresolved"]
    if not total:
        return
    new = [row for row in value["unresolved"] if row["new"]]
    yield ""
    yield f"<details><summary>{words.count(total, 'place')} not judged, {len(new)} new or changed</summary>"
    yield ""
    for row in new[:40]:
        yield f"- {code(words.place(row['location']))} {prose(row['what'])}: {prose(row['why'])}"
    if len(new) > 40:
        yield f"- and {len(new) - 40} more"
    yield ""
    yield "</details>"


def _assumed(value: Row) -> Iterator[str]:
    rows = value["assumed"]
    shown = [row for row in rows if row.get("new", True)]
    if not shown:
        return
    yield ""
    yield f"<details><summary>{words.count(len(rows), 'place')} taken for true, {len(shown)} of them new</summary>"
    yield ""
    groups = words.by_reason(shown)
    for why, places in groups[:40]:
        yield f"- {prose(places)}: {prose(why)}"
    if len(groups) > 40:
        yield f"- and {len(groups) - 40} more"
    yield ""
    yield "</details>"


def _fenced(text: str) -> str:
    """One line inside a fence of four: it can not close it."""
    return plain_lines(text).replace("````", "'```")


def _html(text: object) -> str:
    return (
        plain_lines(str(text)).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("@", "@\u200b")
    )


def _revision(info: Row) -> str:
    commit = str(info.get("commit") or "")[:10]
    return commit or str(info.get("label", ""))
