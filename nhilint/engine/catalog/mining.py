"""The fewest new roles for those whom no role covers, as rows (`nhilint.catalog-mine/1`)."""

from __future__ import annotations

from dataclasses import dataclass

from nhilint.catalog.drafting.effective import effective
from nhilint.catalog.drafting.mine import Candidate, Member, mine
from nhilint.catalog.drafting.propose import Wish, draft
from nhilint.catalog.drafting.stating import state
from nhilint.engine.analysis import Analysis
from nhilint.engine.catalog.proposing import ProposeError, Read, candidates, finished
from nhilint.engine.heads import Row
from nhilint.model.dialect import Dialect


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """How many roles, for how many each, and how much more they may allow somebody."""

    limit: int = 10
    least: int = 2
    tolerance: float = 0.0
    """Percent of the actions somebody holds."""


def mine_rows(analysis: Analysis, bounds: Bounds, read: Read) -> Row:
    """Drafts of the roles that would cover most, best first, each proved (`nhilint.catalog-mine/1`)."""
    members: list[Member] = []
    counts = {"covered": 0, "unsayable": 0}
    for identity in candidates(analysis):
        held = analysis.held(identity)
        if not held.permissions.statements:
            continue
        match = analysis.match(identity)
        if match is not None and match.verdict == "covered":
            counts["covered"] += 1
            continue
        dialect = analysis.dialects[identity.platform]
        found = effective(held.permissions, dialect)
        statements, unwritten = state(found.parts, dialect)
        if found.unsaid or unwritten or not statements:
            counts["unsayable"] += 1
            continue
        members.append(Member(held=held, statements=statements))
    chosen = mine(members, limit=bounds.limit, least=bounds.least, tolerance=bounds.tolerance)
    total = len(members) + counts["unsayable"]
    rows: list[Row] = []
    used = set(analysis.catalog.roles)
    done = 0
    failed = []
    for candidate in chosen:
        try:
            row = _row(analysis, members, candidate, read, used)
        except ProposeError as error:
            failed.append({"identities": [members[i].held.identity.key for i in candidate.members], "why": str(error)})
            continue
        used.add(row["id"])
        done += len(candidate.members)
        rows.append({"rank": len(rows) + 1, "covers": len(candidate.members), "cumulative": done, **row})
    return {
        "schema": "nhilint.catalog-mine/1",
        "uncovered": total,
        "already_covered": counts["covered"],
        "unsayable": counts["unsayable"],
        "tolerance": bounds.tolerance,
        "roles": rows,
        "failed": failed,
    }


def _row(analysis: Analysis, members: list[Member], candidate: Candidate, read: Read, used: set[str]) -> Row:
    group = [members[index].held for index in candidate.members]
    dialect = analysis.dialects[group[0].identity.platform]
    wish = Wish(stated=candidate.statements, added=candidate.added if any(candidate.added) else ())
    made = draft(group, dialect, wish)
    id = str(made.body["id"])
    number = 1
    while id in used:
        number += 1
        id = f"{made.body['id']}-{number}"
    if id != made.body["id"]:
        made = draft(group, dialect, Wish(id=id, stated=wish.stated, added=wish.added))
    row = finished(analysis, made, [None] * len(group), read)
    if not wish.added and any(one["wider"] for one in row["identities"]):
        raise ProposeError("one role for all of them would widen some of them")
    added = [
        {"identity": held.identity.key, "actions": _worst_first(names, dialect)}
        for held, names in zip(group, candidate.added, strict=True)
        if names
    ]
    if added:
        comment = [f"- {one['identity']}: {', '.join(one['actions'])}" for one in added]
        row = {**row, "comments": [*row["comments"], "It would also allow, what is not held now:", *comment]}
    return {**row, "added": added}


_LEVELS = ("Permissions management", "Write", "Tagging", "Read", "List")


def _worst_first(names: tuple[str, ...], dialect: Dialect) -> list[str]:
    from nhilint.data.aws import action

    def rank(name: str) -> tuple[int, str]:
        row = action(name)
        return (_LEVELS.index(row.level) if row else 0, name)

    return [dialect.vocabulary.spell(name) for name in sorted(names, key=rank)]
