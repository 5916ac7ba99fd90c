"""The part of a review about a change that edits its own judge, for terminals and comments."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from nhilint.reports import words
from nhilint.reports.catalog.changes import items, parts
from nhilint.reports.escape import code, prose
from nhilint.reports.text import Paint, plain_lines

Row = Mapping[str, Any]

_NAMED = 6
_ROLES = 10
_WORD = {"widened": "widens", "narrowed": "narrows", "changed": "changes", "same-meaning": "keeps its meaning"}
_MOVES = (
    ("uncovered", "!", "become uncovered"),
    ("covered", "~", "become covered"),
    ("role_changed", "d", "are covered by another role"),
)


def text(row: Row, paint: Paint) -> Iterator[str]:
    """The lines of `catalog_change`."""
    yield paint("~", paint.wrapped(headline(row), "  ", ""))
    for error in row["problems"]:
        yield paint("!", paint.wrapped(problem(error), "      ", "  ✗ "))
    for setting in row["settings"]:
        mark = "!" if setting["direction"] == "loosened" else "~"
        yield paint(mark, paint.wrapped(f"setting {setting['text']} ({setting['direction']})", "      ", "  "))
    if row["head"] is None:
        return
    yield paint.wrapped(f"If it is merged: {consequence(row)}", "      ", "  ")
    for name, mark, said in _MOVES:
        if row["identities"][name]:
            yield paint(mark, paint.wrapped(moved(row, name, said), "      ", "  "))
    if catalog_came_or_went(row):
        return
    for role in row["roles"][:_ROLES]:
        mark = "!" if role["direction"] in ("widened", "changed") else "d"
        yield paint(mark, paint.wrapped(sentence(role), "      ", "  "))
        for line in list(parts(role))[:_ROLES]:
            yield paint.wrapped(line, "        ", "      ")
    if len(row["roles"]) > _ROLES:
        yield f"  and {len(row['roles']) - _ROLES} more roles (--format json lists all)"
    for one in row["exceptions"]:
        yield paint("~", paint.wrapped(exception(one), "      ", "  "))


def markdown(row: Row) -> Iterator[str]:
    """The same for a comment."""
    yield f"> **{prose(headline(row))}**"
    yield ""
    for error in row["problems"]:
        yield f"- 🔴 {prose(problem(error))}"
    for setting in row["settings"]:
        bold = "**" if setting["direction"] == "loosened" else ""
        yield f"- setting {code(setting['text'])}: {bold}{setting['direction']}{bold}"
    if row["head"] is None:
        return
    yield f"- if it is merged: {prose(consequence(row))}"
    for name, _, said in _MOVES:
        if row["identities"][name]:
            yield f"- {prose(moved(row, name, said))}"
    if catalog_came_or_went(row):
        return
    for role in row["roles"][:_ROLES]:
        yield from items(role, "role")
    if len(row["roles"]) > _ROLES:
        yield f"- and {len(row['roles']) - _ROLES} more roles"
    for one in row["exceptions"]:
        yield f"- {prose(exception(one))}"


def concise(row: Row) -> Iterator[str]:
    """One line for each file or role."""
    for error in row["problems"]:
        yield plain_lines(f"{words.place(error['location']) if error['location'] else '-'}: judge: {error['message']}")
    for setting in row["settings"]:
        yield plain_lines(f"-: judge: setting {setting['text']} ({setting['direction']})")
    for one in (*row["roles"], *row["exceptions"]):
        yield plain_lines(f"{words.place(one['location'])}: judge: {sentence(one)}")


def headline(row: Row) -> str:
    """Who judges this change."""
    what = " and ".join(
        filter(
            None,
            (
                "the catalog" if row["roles"] or row["exceptions"] else "",
                "the settings" if row["settings"] else "",
            ),
        )
    )
    judged = "it is judged by those of the base"
    if row["problems"]:
        return f"This change edits what judges it, and that can not be read: {judged}"
    if not what:
        return f"This change edits files of the catalog without a change of meaning; {judged}"
    if catalog_came_or_went(row):
        if row["head"]["own"]:
            return "This change adds the first catalog of the repository: it is judged by the starter catalog still"
        return "This change removes the catalog of the repository: it is judged by it still"
    return f"This change edits {what} that judge{'' if ' and ' in what or 'settings' in what else 's'} it: {judged}"


def catalog_came_or_went(row: Row) -> bool:
    """Whether only one side has a catalog of its own: the other one is the starter catalog."""
    return row["head"] is not None and bool(row["base"]["own"] != row["head"]["own"])


def problem(error: Row) -> str:
    """What can not be read, with its place."""
    where = f"{words.place(error['location'])}: " if error["location"] else ""
    help = f" ({error['help']})" if error["help"] else ""
    return f"{where}{error['message']}{help}"


def consequence(row: Row) -> str:
    """How many identities move, and what would block."""
    counts = {name: len(rows) for name, rows in row["identities"].items()}
    base, head = row["blocking"]["base"], row["blocking"]["head"]
    if counts["covered"] or counts["uncovered"]:
        said = "identity becomes" if counts["covered"] == 1 else "identities become"
        moves = f"{counts['covered']} {said} covered, {counts['uncovered']} uncovered"
    else:
        moves = "no identity becomes covered or uncovered"
    if base is None or head is None:
        return moves
    if base == head:
        return f"{moves}; the same findings of the tree block ({base})"
    return f"{moves}; {words.count(head, 'finding')} of the whole tree would block instead of {base}"


def moved(row: Row, name: str, said: str) -> str:
    """The identities of one kind, the first of them by name."""
    rows = row["identities"][name]
    shown = []
    for one in rows[:_NAMED]:
        by = one["head"]["roles"] or one["head"]["exceptions"]
        shown.append(words.name(one) + (f" ({' + '.join(by)})" if by and name != "uncovered" else ""))
    more = f" and {len(rows) - _NAMED} more" if len(rows) > _NAMED else ""
    if len(rows) == 1:
        said = said.replace("become ", "becomes ").replace("are ", "is ")
    return f"{words.count(len(rows), 'identity', 'identities')} {said}: {', '.join(shown)}{more}"


def sentence(row: Row) -> str:
    """One role or exception: `role x widens`."""
    what = f"exception {row['id']} for {row['identity']}" if "identity" in row else f"role {row['id']}"
    if row["status"] == "added":
        return f"{what} is new" + (f" ({row['in_force']})" if row.get("in_force", "approved") != "approved" else "")
    if row["status"] == "removed":
        return f"{what} is removed"
    was = f" (was {row['former_id']})" if row.get("former_id") else ""
    return f"{what}{was} {_WORD[row['direction']]}"


def exception(row: Row) -> str:
    """An exception; one that is new is asked for, not given."""
    if row["status"] == "removed" or row["direction"] in ("narrowed", "same-meaning"):
        return sentence(row)
    asked = "asked for" if row["status"] == "added" else "asked to be larger or to last longer"
    why = f"{row['reason']} ({row['ticket']}, {row['owner']})"
    return f"{asked}: exception {row['id']} for {row['identity']} until {row['expires']}: {why}"
