"""What a change does to somebody's reach, in a few lines: the worst first, each with the way and its lines."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from nhilint.reports import graph_words

Row = Mapping[str, Any]

_SHOWN = 3


def news(row: Row) -> Iterator[tuple[bool, str]]:
    """Lines about what it now reaches (True) and no longer reaches (False); of somebody new or gone only what counts.

    What lies on a way that is already shown is not listed again.
    """
    reach = row["reach"]
    if reach is None:
        return
    for side, verb in (("gained", "now reaches"), ("lost", "no longer reaches")):
        if side == "lost" and row["status"] == "removed":
            continue
        told: set[str] = set()
        shown = []
        for entry in reach[side]:
            if entry["key"] not in told:
                shown.append(entry)
            told |= {step["target"] for step in entry["path"]["steps"]}
        for entry in shown[:_SHOWN]:
            yield side == "gained", f"{verb} {title(entry)}: {way(entry['path'])}"
        more = len(shown) - _SHOWN + reach[f"{side}_more"]
        if more > 0:
            yield side == "gained", f"{verb} {more} more"


def title(node: Row) -> str:
    """Kind, name and tier of what is reached."""
    tier = ", which is of tier 0" if node["tier0"] and node["kind"] != "goal" else ""
    return f"{graph_words.title(node)}{tier}"


def way(path: Row) -> str:
    """The steps as one sentence, each with its lines."""
    return "; then ".join(map(step, path["steps"]))


def step(row: Row) -> str:
    """One step as a clause about whoever takes it."""
    where = f" ({', '.join(graph_words.places(row)[:2])})" if row["via"] else ""
    limits = f", only if {' and '.join(row['may'])}" if row["may"] else ""
    if row["edge"] in ("holds", "can") or (row["edge"] == "escalates" and _names_it(row)):
        return f"{row['why']}{limits}{where}"
    return f"{graph_words.verb({**row, 'may': [], 'technique': None})} {row['target']}: {row['why']}{limits}{where}"


def _names_it(row: Row) -> bool:
    """Whether the reason says what it leads to: a goal, or the target by its name."""
    name = row["target"].rpartition("/")[2]
    return "/" not in row["target"] or name in row["why"]


def radius(row: Row) -> str:
    """What changed of the blast radius, before → after; empty where nobody else is reached than before.

    What it may do more itself is listed as that.
    """
    reach = row["reach"]
    if reach is None or row["status"] == "removed" or not (reach["gained"] or reach["lost"]):
        return ""
    sides = (reach["before"], reach["after"])
    before, after = ({**_counts(side), **_resources(side)} if side else {} for side in sides)
    resources = {name for side in sides if side for name in _resources(side)}
    parts: list[str] = []
    acts: list[str] = []
    for name in {**before, **after}:
        old, new = before.get(name, _NONE.get(name, "0")), after.get(name, _NONE.get(name, "0"))
        if old != new:
            (acts if name in resources else parts).append(f"{name} {old} → {new}")
    return ", ".join([*parts, *([f"resources: {', '.join(acts)}"] if acts else [])])


_NONE = {"tier 0": "no"}


def _counts(side: Row) -> dict[str, str]:
    return {
        "tier 0": "yes" if side["tier0"] else "no",
        "goals": str(len(side["goals"])),
        "identities": str(side["identities"]),
        "secrets": str(side["secrets"]),
    }


def _resources(side: Row) -> dict[str, str]:
    rows = side.get("resources") or ()
    return {row["level"]: "everything" if row["everything"] else str(row["patterns"]) for row in rows}


def moves(row: Row, side: str) -> int:
    """How many nodes somebody newly reaches, or no longer."""
    return 0 if row["reach"] is None else len(row["reach"][side]) + int(row["reach"][f"{side}_more"])


def brief(row: Row, side: str) -> str:
    """The worst of these and how many others, for a cell of a table; empty without any."""
    number = moves(row, side)
    if not number or (side == "lost" and row["status"] == "removed"):
        return ""
    more = f" and {number - 1} more" if number > 1 else ""
    return f"{'reaches' if side == 'gained' else 'no longer'} {title(row['reach'][side][0])}{more}"
