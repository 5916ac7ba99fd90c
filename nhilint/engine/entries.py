"""Residue of the algebra to entries of the outputs: readable, grouped, worst first, each with its witness and lines."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from nhilint.algebra.compact import group
from nhilint.algebra.values import Condition, Residue, Statement, display
from nhilint.diff.risk import join, worded
from nhilint.engine.risks import band_rank
from nhilint.model.dialect import Dialect
from nhilint.model.facts import Assumed, Unresolved, Via
from nhilint.model.risk import Risk
from nhilint.model.span import Span

Entry = dict[str, Any]

_LEVELS = ("Permissions management", "Write", "Tagging", "Read", "List")


def place(span: Span) -> Entry:
    """`path`, `line`, `end_line`."""
    return {"path": span.path, "line": span.line, "end_line": span.end_line or span.line}


def via(statements: Sequence[Statement]) -> list[Entry]:
    """The lines of the statements, each once."""
    lines: dict[tuple[str, Span], Entry] = {}
    for statement in statements:
        origin = statement.origin
        if isinstance(origin, Via):
            lines[(origin.grant, origin.span)] = {**place(origin.span), "grant": origin.grant, "label": origin.label}
    return list(lines.values())


def conditions(clauses: Sequence[Condition]) -> list[Entry]:
    """Conditions as in a policy document."""
    rows = []
    for clause in clauses:
        operator = clause.operator + ("IfExists" if clause.if_exists else "")
        if clause.qualifier:
            operator = f"{clause.qualifier}:{operator}"
        rows.append({"operator": operator, "key": display(clause.key), "values": [display(v) for v in clause.values]})
    return rows


def permission_entries(
    residue: Sequence[Residue],
    dialect: Dialect,
    blocked: str,
    weigh: Callable[[Residue], Risk] | None = None,
    still: Callable[[Residue], Sequence[str]] | None = None,
) -> list[Entry]:
    """One entry per readable group; `blocked` says what it means that the other side denied it ("base denied it").

    With `weigh`, each has its `risk`, still as a value: `risk_row` writes it. `still`: under what conditions the other
    side allows it, in words.
    """
    entries: list[Entry] = []
    for part in dialect.parts(residue):
        words = dict(dialect.describe(part))
        why = str(words.pop("why", ""))
        if part.blocked_by and not why:
            denies = ", ".join(dict.fromkeys(map(_deny, part.blocked_by)))
            why = f"{blocked} ({denies})" if denies.strip(", ") else blocked
        if still is not None and not why:
            left = [tuple(still(one)) for one in part.residue]
            words_left = dict.fromkeys(text for texts in left for text in texts)
            why = f"still allowed where {' or where '.join(words_left)}" if all(left) else ""
        lines = via([one.statement for one in part.residue])
        entry: Entry = {
            "effect": "allow",
            **words,
            "conditions": conditions(part.conditions),
            "may": list(part.may),
            "via": sorted(lines, key=lambda row: (row["path"], row["line"], row["grant"])),
            "why": why,
        }
        if weigh is not None:
            entry["risk"] = join(tuple(map(weigh, part.residue)))
        entries.append(entry)
    return sorted(entries, key=_worst_first)


def _deny(statement: Statement) -> str:
    """Where it is written, and when it denies."""
    lines = [f"{row['path']}:{row['line']}" for row in via((statement,))]
    asked = " and ".join(map(worded, statement.conditions))
    return " ".join((*lines, *((f"where {asked}",) if asked else ())))


def trust_entries(
    residue: Sequence[Residue], dialect: Dialect, weigh: Callable[[Residue], Risk] | None = None
) -> list[Entry]:
    """Who may become the identity, with the claims asked for."""
    entries: list[Entry] = []
    for part in group(residue):
        words = dialect.describe(dialect.parts((part,))[0])
        entries.append(
            {
                "subject": _first(words["resources"]),
                "actions": words["actions"],
                "claims": conditions(part.conditions),
                "witness": {**_witness(words), "subject": display(part.witness.point[0])},
                "via": via((part.statement,)),
                **({} if weigh is None else {"risk": weigh(part)}),
            }
        )
    return sorted(entries, key=lambda e: (e["subject"], str(e["claims"]), str(e["actions"])))


def unresolved_entry(question: Unresolved) -> Entry:
    """`what`, `why`, `cause`, `location`, `identity`; `excerpt` and `help` when there are any."""
    entry: Entry = {
        "what": question.what,
        "why": question.why,
        "cause": question.cause,
        "identity": question.identity,
        "location": place(question.span),
    }
    if question.source_line:
        entry["excerpt"] = {"text": question.source_line, "column": question.span.column}
    if question.help:
        entry["help"] = question.help
    return entry


def assumed_entry(assumed: Assumed) -> Entry:
    """`what`, `why`, `location`."""
    return {"what": assumed.what, "why": assumed.why, "location": place(assumed.span)}


def _first(values: object) -> str:
    assert isinstance(values, list)
    return str(values[0])


def _witness(words: Mapping[str, object]) -> Entry:
    witness = words["witness"]
    assert isinstance(witness, Mapping)
    return {"action": witness["action"], "context": witness["context"]}


def _worst_first(entry: Entry) -> tuple[bool, int, int, str, str]:
    levels = [_LEVELS.index(level) for level in entry["access_levels"] if level in _LEVELS]
    rank = min(levels, default=len(_LEVELS))
    return (
        bool(entry["inert"]),
        -band_rank(entry["risk"].band) if "risk" in entry else 0,
        rank - (10 if entry["sensitive"] else 0),
        str(entry["actions"]),
        str(entry["resources"]),
    )
