"""The outputs for a terminal."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from nhilint.reports import reach_words, words
from nhilint.reports.escape import plain

Row = Mapping[str, Any]

_COLOURS = {"+": "32", "-": "31", "~": "33", "→": "36", "!": "31;1", "?": "35", "b": "1", "d": "2"}
_MAX_UNRESOLVED = 10
_OPEN = 10


class Paint:
    """Colours on a terminal, nothing elsewhere; also knows the width."""

    def __init__(self, *, colour: bool, width: int) -> None:
        self.colour = colour
        self.width = max(60, min(width, 140))

    def __call__(self, style: str, text: str) -> str:
        """The text in a style (`+ - ~ ! ? b d`)."""
        return f"\x1b[{_COLOURS[style]}m{text}\x1b[0m" if self.colour else text

    def wrapped(self, text: str, indent: str, first: str) -> str:
        """Text filled to the width; `first` stands before its first line, `indent` before the others."""
        return textwrap.fill(
            plain_lines(text), self.width, initial_indent=first, subsequent_indent=indent,
            break_long_words=False, break_on_hyphens=False,
        )  # fmt: skip


def plain_lines(text: str) -> str:
    """One harmless line."""
    return " ".join(plain_long(text).split())


def plain_long(text: str) -> str:
    """Harmless text of any length."""
    return "".join(plain(text[start : start + 200]) for start in range(0, len(text), 200))


def review(value: Row, paint: Paint) -> str:
    """`nhilint.review/1` for people."""
    lines = [paint("d", f"base {revision(value['base'])}  →  head {revision(value['head'])}"), ""]
    mark = {"blocked": "!", "undecided": "?", "pass": "+"}[value["verdict"]]
    sign = {"blocked": "✗", "undecided": "?", "pass": "!" if "catalog_change" in value else "✓"}[value["verdict"]]
    lines.append(paint(mark, f"{sign} {words.headline(value)}"))
    lines.append(f"  {words.counts(value)}")
    if "catalog_change" in value:
        from nhilint.reports.catalog import judge

        lines += ["", *judge.text(value["catalog_change"], paint)]
    for row in value["identities"]:
        lines.append("")
        lines.extend(_identity(row, paint))
    lines.extend(_paths("New paths to more power", value["paths"]["gained"], paint, "!"))
    lines.extend(_paths("Paths that are gone", value["paths"]["lost"], paint, "+"))
    lines.extend(_left_open(value["graph"], paint))
    lines.extend(_findings("New findings", value["findings"]["new"], paint))
    fixed = value["findings"]["fixed"]
    if fixed:
        lines += [
            "",
            f"{words.count(len(fixed), 'finding')} resolved: " + ", ".join(sorted({f["rule"] for f in fixed})),
        ]
    lines.extend(_unresolved([row for row in value["unresolved"] if row.get("new", True)], value, paint))
    lines.extend(_assumed(value["assumed"], paint))
    for reading in value.get("readings", ()):
        lines.append(paint("d", plain(f"read {reading['base']} as moved to {reading['head']}")))
    return "\n".join(lines) + "\n"


def concise(value: Row) -> str:
    """One line a change: `path:line: + key: what`."""
    lines = []
    for row in value.get("identities", ()):
        for sign, side in (("+", "gained"), ("-", "lost")):
            for entry in row.get(side, ()):
                where = words.place(entry["via"][0] if entry["via"] else row["location"])
                lines.append(plain_long(f"{where}: {sign} {row['key']}: {words.grant(entry)}"))
            for entry in row.get(f"trust_{side}", ()):
                where = words.place(entry["via"][0] if entry["via"] else row["location"])
                lines.append(plain_long(f"{where}: {sign} {row['key']}: trust {words.trust(entry)}"))
    findings = value["findings"]
    for finding in findings["new"] if isinstance(findings, Mapping) else findings:
        where = words.place(finding["locations"][0]) if finding["locations"] else "-"
        lines.append(plain_long(f"{where}: {finding['severity']} {finding['rule']}: {finding['message']}"))
    if "catalog_change" in value:
        from nhilint.reports.catalog import judge

        lines += judge.concise(value["catalog_change"])
    lines.append(f"{value['verdict']}, {words.count(value['summary']['unresolved'], 'unresolved place')}")
    return "\n".join(lines) + "\n"


def check(value: Row, paint: Paint) -> str:
    """`nhilint.check/1` for people."""
    summary = value["summary"]
    lines = [
        paint("b", plain(f"{value['tree'].get('label', '')}"))
        + f"  {words.count(summary['identities'], 'identity', 'identities')}, "
        f"{words.count(summary['grants'], 'grant')}, "
        f"{words.count(summary['findings'], 'finding')}, {summary['unresolved']} unresolved"
    ]
    lines.extend(_findings("Findings", value["findings"], paint))
    lines.extend(_paths("Paths to more power", value["paths"], paint, "!"))
    lines.extend(_left_open(value["graph"], paint))
    outside = [r for r in value["identities"] if r["bound"] and r["catalog"]["verdict"] in ("exceeds", "no-role")]
    covered = [r for r in value["identities"] if r["catalog"]["verdict"] == "covered"]
    if covered or outside:
        lines += ["", paint("b", "Catalog"), f"  {len(covered)} covered by a role, {len(outside)} outside"]
        lines += [f"  {paint('+', '✓')} {plain(r['name'])}: {plain(words.catalog(r['catalog']))}" for r in covered]
    lines.extend(_unresolved(value["unresolved"], value, paint))
    lines.extend(_assumed(value["assumed"], paint))
    verdict = value["verdict"]
    lines += ["", paint("!" if verdict == "blocked" else "+", verdict)]
    return "\n".join(lines) + "\n"


def inventory(value: Row, paint: Paint) -> str:
    """`nhilint.inventory/1` as a table of identities."""
    rows: list[tuple[str, ...]] = [
        ("identity", "kind", "owner", "expires", "runs as it", "credentials", "grants", "catalog")
    ]
    rows += [_inventory_row(row) for row in value["identities"]]
    widths = [min(48, max(len(row[column]) for row in rows)) for column in range(len(rows[0]))]
    lines = []
    for number, row in enumerate(rows):
        line = "  ".join(_cut(cell, width).ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        lines.append(paint("b", line) if number == 0 else line)
    summary = value["summary"]
    total = words.count(summary["identities"], "identity", "identities")
    lines += [
        "",
        f"{total}: {summary['without_owner']} without an owner, {summary['without_expiry']} without an expiry, "
        f"{summary['with_static_credentials']} with static credentials; {summary['unresolved']} unresolved",
    ]
    return "\n".join(lines) + "\n"


def _catalog(row: Row) -> str:
    """The roles that cover it together, or the verdict."""
    return " + ".join(row["roles"]) if row["verdict"] == "covered" and row["roles"] else str(row["verdict"])


def _inventory_row(row: Row) -> tuple[str, ...]:
    marks = ("" if row["bound"] else " (unbound)") + (" (external)" if row["external"] else "")
    return (
        plain(words.name(row)) + marks,
        words.kind(row),
        plain(row["owner"] or "—"),
        plain(row["expires"] or "—"),
        str(len(row["consumers"])),
        plain(", ".join(c["kind"] for c in row["credentials"]) or "—"),
        str(row["grants"]),
        plain(_catalog(row["catalog"])),
    )


def compare(value: Row, paint: Paint) -> str:
    """`nhilint.compare/1` for people."""
    mark = {"covered": "+", "exceeds": "!", "undecided": "?"}[value["verdict"]]
    lines = [paint(mark, f"{value['verdict']}: {words.comparison(value)}")]
    entry = _trust if value["kind"] == "trust" else permission
    for part in value["residue"]:
        lines.extend(entry("+", part, paint))
    if value["residue"] and value["policy"]:
        lines.append(paint("d", "  as a policy: --format policy"))
    lines += [paint.wrapped(f"{reason['text']} [{reason['kind']}]", "    ", "  ? ") for reason in value["reasons"]]
    if value["rules"]:
        lines += ["", paint("b", "As rules")]
    return "\n".join(lines) + "\n" + (rules(value["rules"]) if value["rules"] else "")


def rules(rows: Sequence[Row]) -> str:
    """Rules of a role as YAML, to paste below `rules:`."""
    return "".join(f"{line}\n" for row in rows for line in words.rule(row)) or "[]\n"


def can(value: Row, paint: Paint) -> str:
    """`nhilint.can/1` for people."""
    request = value["request"]
    decision = value["decision"]
    mark = {"allowed": "+", "undecided": "?"}.get(decision, "-")
    name = plain(value["identity"]["name"] if value["identity"] else value["principal"])
    lines = [f"{name}: {plain(request['action'])} on {plain(request['resource'])}: {paint(mark, decision)}"]
    if value["reason"]:
        lines.append(paint.wrapped(value["reason"], "  ", "  because "))
    for row in value["statements"]:
        label = f" ({row['label']})" if row["label"] else ""
        where = f"  {plain(words.place(row))}" if row["path"] else ""
        lines.append(f"  {row['effect']}  {plain(row['name'])}{plain(label)}{where}")
    for layer in value["layers"]:
        if layer["vote"] != "absent":
            why = f" ({layer['why']})" if layer["why"] else ""
            lines.append(paint("d", paint.wrapped(f"{layer['layer']} layer: {layer['vote']}{why}", "    ", "  ")))
    lines += [paint.wrapped(f"assumed: {text}", "    ", "  ") for text in value["assumed"]]
    for part in value["unread"]:
        text = f"{part['what']} in the {part['layer']} layer: {part['why']} ({words.place(part['location'])})"
        lines.append(paint.wrapped(text, "    ", "  ? "))
    return "\n".join(lines) + "\n"


def _identity(row: Row, paint: Paint) -> Iterator[str]:
    mark = words.MARKS[row["status"]]
    head = f"{mark} {words.kind(row)} {plain(words.name(row))}"
    tail = f"  {plain(words.place(row['location']))}" + (f"  owner: {plain(row['owner'])}" if row["owner"] else "")
    yield paint(mark, head) + paint("d", tail)
    if row.get("former_name"):
        yield f"    was {plain(row['former_name'])}"
    risk = words.risk(row["risk"])
    if risk:
        style = "!" if row["risk"]["band"] in ("high", "critical") else "~"
        yield paint(style, paint.wrapped("; ".join(risk), "      ", f"  risk {row['risk']['band']}: "))
    for note in row["notes"]:
        yield paint("d", paint.wrapped(note, "    ", "    "))
    for entry in row["gained"]:
        yield from permission("+", entry, paint)
    for entry in row["lost"]:
        yield from permission("-", entry, paint)
    for sign, side in (("+", "trust_gained"), ("-", "trust_lost")):
        for entry in row[side]:
            yield from _trust(sign, entry, paint)
    yield from _reach(row, paint)
    for reason in row["undecided"]:
        yield paint("?", paint.wrapped(reason, "      ", "  ? undecided: "))
    if row["catalog"]["verdict"] != "nothing-held" and row["bound"] and row["status"] != "removed":
        good = row["catalog"]["verdict"] == "covered"
        yield paint.wrapped(words.catalog(row["catalog"]), "      ", f"  {'✓' if good else '·'} catalog: ")
    for question in row["unresolved"][:3]:
        text = f"{question['what']}: {question['why']} ({words.place(question['location'])})"
        yield paint("?", paint.wrapped(text, "      ", "  ? not read: "))


def _reach(row: Row, paint: Paint) -> Iterator[str]:
    for gained, line in reach_words.news(row):
        yield paint("!" if gained else "-", paint.wrapped(line, "      ", "  » " if gained else "  « "))
    radius = reach_words.radius(row)
    if radius:
        yield paint("d", paint.wrapped(radius, "      ", "    blast radius: "))


def _trust(sign: str, entry: Row, paint: Paint) -> Iterator[str]:
    yield paint(sign, paint.wrapped(words.trust(entry), "            ", f"  {sign} trust  "))
    yield paint("d", f"            {plain_lines(_lines(entry['via']))}")


def permission(sign: str, entry: Row, paint: Paint) -> Iterator[str]:
    """The lines of one entry of permissions; `sign` is `+` or `-`."""
    levels = words.level(entry)
    alarm = f" [{words.classes(entry)}]" if entry["sensitive"] else ""
    inert = " (inert)" if entry["inert"] else ""
    yield paint(sign, paint.wrapped(f"{levels}{alarm}{inert}: {words.grant(entry)}", "      ", f"  {sign} "))
    if entry["why"]:
        yield paint("d", paint.wrapped(entry["why"], "      ", "      "))
    # What gives nothing has no example.
    detail = "" if entry["inert"] else f"e.g. {words.witness(entry)}"
    where = _lines(entry["via"])
    yield paint("d", paint.wrapped(" · ".join(filter(None, (detail, where))), "      ", "      "))


def _lines(rows: Sequence[Row]) -> str:
    places = list(dict.fromkeys(words.place(row) for row in rows))
    return ", ".join(places[:3]) + (f" and {len(places) - 3} more" if len(places) > 3 else "")


def _paths(title: str, paths: Sequence[Row], paint: Paint, mark: str) -> Iterator[str]:
    if not paths:
        return
    yield ""
    yield paint("b", f"{title} ({reach_words.counted(paths)})")
    for path in reach_words.worst_first(paths)[:20]:
        yield paint(mark, paint.wrapped(f"{path['from']} → {path['to']}", "    ", "  "))
        yield paint.wrapped(reach_words.way(path), "      ", "      ")
    if len(paths) > 20:
        yield f"  and {len(paths) - 20} more"


def _left_open(graph: Row, paint: Paint) -> Iterator[str]:
    """What was not decided of the paths, and what was asked for in vain."""
    for title, rows in (("Not decided on the way to more power", "undecided"), ("Trust that lets nobody in", "notes")):
        if graph[rows]:
            yield ""
            yield paint("b", f"{title} ({len(graph[rows])})")
            for row in graph[rows][:_OPEN]:
                yield paint.wrapped(f"{row['identity']}: {row['why']}", "      ", "  ")
            if len(graph[rows]) > _OPEN:
                yield f"  and {len(graph[rows]) - _OPEN} more"
    if graph["truncated"]:
        yield ""
        yield paint("~", paint.wrapped(f"The search for paths stopped: {graph['truncated']}", "  ", ""))


def _findings(title: str, findings: Iterable[Row], paint: Paint) -> Iterator[str]:
    rows = list(findings)
    if not rows:
        return
    yield ""
    yield paint("b", f"{title} ({len(rows)})")
    for finding in rows:
        mark = "!" if finding["blocking"] else "~"
        where = words.place(finding["locations"][0]) if finding["locations"] else ""
        shown = "suppressed" if finding.get("suppressed") else finding["severity"]
        yield paint(mark, f"  {finding['rule']} {shown}") + f"  {plain(where)}"
        yield paint.wrapped(finding["message"], "      ", "      ")
        if finding["blocking"]:
            yield paint("d", paint.wrapped(finding["help"], "      ", "      help: "))
        note = words.suppression(finding)
        if note:
            yield paint("d", paint.wrapped(note, "      ", "      "))


def _unresolved(rows: Sequence[Row], value: Row, paint: Paint) -> Iterator[str]:
    total = value["summary"]["unresolved"]
    if not total:
        return
    yield ""
    new = f", {len(rows)} of them new or changed" if "unresolved_new" in value["summary"] else ""
    yield paint("b", f"Not judged: {words.count(total, 'place')}{new}")
    broken = [row for row in rows if "excerpt" in row]
    for row in broken[:_MAX_UNRESOLVED]:
        yield from _excerpt(row, paint)
    if len(broken) > _MAX_UNRESOLVED:
        yield f"  and {words.count(len(broken) - _MAX_UNRESOLVED, 'more error')} (--format json lists all)"
    groups = words.by_reason([row for row in rows if "excerpt" not in row])
    for why, places in groups[:_MAX_UNRESOLVED]:
        yield paint.wrapped(f"{places}: {why}", "      ", "  ? ")
    if len(groups) > _MAX_UNRESOLVED:
        yield f"  and {words.count(len(groups) - _MAX_UNRESOLVED, 'more reason')} (--format json lists all)"


def _excerpt(row: Row, paint: Paint) -> Iterator[str]:
    """An error in a file: where, what, the line with a caret, help."""
    column = row["excerpt"]["column"]
    where = f"{words.place(row['location'])}:{column}"
    yield paint.wrapped(f"{where} {row['what']}: {row['why']}", "      ", "  ? ")
    yield paint("d", f"      | {plain_long(row['excerpt']['text'])}")
    yield paint("d", "      | ") + " " * (column - 1) + paint("!", "^")
    if row.get("help"):
        yield paint("d", paint.wrapped(row["help"], "      ", "      help: "))


def _assumed(rows: Sequence[Row], paint: Paint) -> Iterator[str]:
    if not rows:
        return
    shown = [row for row in rows if row.get("new", True)]
    new = f", {len(shown)} of them new" if "new" in rows[0] else ""
    yield ""
    yield paint("b", f"Taken for true: {words.count(len(rows), 'place')}{new}")
    groups = words.by_reason(shown)
    for why, places in groups[:_MAX_UNRESOLVED]:
        yield paint.wrapped(f"{places}: {why}", "      ", "  = ")
    if len(groups) > _MAX_UNRESOLVED:
        yield f"  and {words.count(len(groups) - _MAX_UNRESOLVED, 'more reason')} (--format json lists all)"


def revision(info: Row) -> str:
    """A revision by its label, with the commit behind it."""
    commit = str(info.get("commit") or "")[:10]
    label = plain(info.get("label", ""))
    return f"{label} ({commit})" if commit and not label.startswith(commit) else label


def _cut(cell: str, width: int) -> str:
    if len(cell) <= width:
        return cell
    # The end of a name tells the folder, and that is often all that tells two of them apart.
    half = width // 2
    return f"{cell[:half]}…{cell[half + 1 - width :]}"
