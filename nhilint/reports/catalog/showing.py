"""`nhilint catalog show` as text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from nhilint.reports import words
from nhilint.reports.catalog.listing import in_force
from nhilint.reports.escape import plain
from nhilint.reports.text import Paint

Row = Mapping[str, Any]

_SHOWN = 12
_STYLES = {"Permissions management": "!", "Write": "~"}


def text(value: Row, paint: Paint) -> str:
    """`nhilint.catalog-role/1`: who answers for it, what one chooses, what it gives, who has it."""
    lines = [paint("b", f"{plain(value['id'])}") + f"  {plain(value['title'])}"]
    lines.append(paint.wrapped(value["purpose"], "  ", "  "))
    lines += ["", *_head(value, paint)]
    lines += _parameters(value, paint)
    lines += _permissions(value, paint)
    lines += _wildcards(value, paint)
    lines += _trust(value, paint)
    lines += _limits(value, paint)
    lines += _tests(value, paint)
    lines += _usage(value, paint)
    return "\n".join(lines) + "\n"


def _head(value: Row, paint: Paint) -> Iterator[str]:
    approval = value["approval"]
    by = f"{approval['by']} on {approval['on'] or 'a day not said'}" if approval["by"] else "nobody"
    ticket = f" ({approval['ticket']})" if approval["ticket"] else ""
    review = f"; review due {value['review_due']}" if value["review_due"] else ""
    rows = [
        ("platform", f"{value['platform']}, {value['access'] or 'access not said'}"),
        ("owner", value["owner"]),
        ("approved by", f"{by}{ticket}"),
        ("in force", f"{in_force(value)}{review}"),
        ("extends", ", ".join(value["extends"])),
        ("file", words.place(value["location"])),
        ("documented at", "  ".join(value["sources"])),
    ]
    for name, said in rows:
        if said:
            line = paint.wrapped(said, " " * 17, f"  {name:<13}  ")
            yield paint("!", line) if name == "in force" and value["unusable"] else line


def _parameters(value: Row, paint: Paint) -> Iterator[str]:
    rows = value["parameters"]
    if rows:
        yield ""
        yield paint("b", f"Parameters ({len(rows)})")
        width = max(len(row["name"]) for row in rows) + 2
        for row in rows:
            chosen = f"= {', '.join(row['bound'])}; " if row["bound"] else ""
            example = f"; for instance {', '.join(row['examples'][:2])}" if row["examples"] else ""
            about = f"{row['description']}: " if row["description"] else ""
            said = f"{chosen}{about}{row['values']}{example}"
            yield paint.wrapped(said, " " * (width + 4), f"  {'<' + plain(row['name']) + '>':<{width}}  ")


def _permissions(value: Row, paint: Paint) -> Iterator[str]:
    yield ""
    date = f" (data of {value['data_date']})" if value["data_date"] else ""
    yield paint("b", f"Allows{date}")
    if not value["permissions"]:
        yield "  nothing"
    for group in value["permissions"]:
        style = _STYLES.get(group["level"], "d")
        yield paint(style, f"  {group['level']}")
        for entry in group["entries"]:
            alarm = f" [{words.classes(entry)}]" if entry["sensitive"] else ""
            yield paint.wrapped(f"{words.grant(entry)}{alarm}", "        ", "    ")


def _wildcards(value: Row, paint: Paint) -> Iterator[str]:
    if value["wildcards"]:
        yield ""
        yield paint("b", "Wildcards, with the actions they stand for today; later ones are allowed as well")
    for row in value["wildcards"]:
        names = [name.partition(":")[2] for name in row["actions"]]
        more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
        said = f"{row['pattern']}: {words.count(row['count'], 'action')}: {', '.join(names[:_SHOWN])}{more}"
        yield paint.wrapped(said, "      ", "  ")


def _trust(value: Row, paint: Paint) -> Iterator[str]:
    yield ""
    yield paint("b", "For")
    if value["trust"] is None:
        yield "  anybody: the role does not say who may have it"
    for row in value["trust"] or ():
        yield paint.wrapped(row["text"], "      ", "  ")


def _limits(value: Row, paint: Paint) -> Iterator[str]:
    glass = value["break_glass"]
    rows = [row["text"] for row in value["constraints"]]
    if glass:
        rows.append(f"for emergencies: for {glass['duration']} at most, and {', '.join(glass['notify'])} are told")
    if value["condition_keys"]:
        rows.append(f"condition keys it uses: {', '.join(value['condition_keys'])}")
    rows += [f"accepts {row['technique']}: {row['why']}" for row in value["accepts"]]
    if rows:
        yield ""
        yield paint("b", "Limits")
        yield from (paint.wrapped(said, "      ", "  ") for said in rows)


def _tests(value: Row, paint: Paint) -> Iterator[str]:
    if value["tests"]:
        yield ""
        yield paint("b", f"Tests ({len(value['tests'])})")
    for row in value["tests"]:
        good = row["expects"] in ("allow", "trust")
        why = f" ({row['why']})" if row["why"] else ""
        yield paint("+" if good else "-", paint.wrapped(f"{row['about']}{why}", " " * 12, f"  {row['expects']:<8}  "))


def _usage(value: Row, paint: Paint) -> Iterator[str]:
    use = value["usage"]
    if use is None:
        return
    for title, rows in (("Covers", use["covered"]), ("Nearest to, outside the catalog", use["near"])):
        yield ""
        yield paint("b", f"{title} ({len(rows)})")
        if not rows:
            yield "  nobody"
        for row in rows[:_SHOWN]:
            said = f"{words.kind(row)} {words.name(row)}"
            if "bindings" in row:
                bound = ", ".join(f"{name} = {'/'.join(values)}" for name, values in row["bindings"].items())
                said += f" with {bound}" if bound else ""
            else:
                said += f": {words.count(row['exceeds_by'], 'part')} more than the role"
            yield paint.wrapped(said, "      ", "  ")
        if len(rows) > _SHOWN:
            yield f"  and {len(rows) - _SHOWN} more (--format json lists all)"
