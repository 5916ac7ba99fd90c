"""Two analyses to one review (`nhilint.review/1`): what changed for every identity, and what that means."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from nhilint.algebra.values import Residue
from nhilint.diff.delta import Comparison, Delta, compare_snapshots
from nhilint.diff.inherited import members_of_groups
from nhilint.diff.loosened import remaining
from nhilint.diff.risk import NOTHING, Weigher, join, worded
from nhilint.engine.analysis import Analysis
from nhilint.engine.entries import Entry, assumed_entry, permission_entries, trust_entries, unresolved_entry
from nhilint.engine.heads import Row, catalog_row, finding_row, graph_row, identity_head, path_row
from nhilint.engine.options import Options
from nhilint.engine.reach import ReachReview
from nhilint.engine.risks import band_rank, risk_row
from nhilint.graph.edges import Path
from nhilint.model.document import Ignore
from nhilint.model.facts import Identity, IdentityKey, Unresolved
from nhilint.model.finding import Finding
from nhilint.model.snapshot import Snapshot

SCHEMA = "nhilint.review/1"
_FURTHER = {"goal": 0, "secret": 2}
"""How a newly reached node ranks among access levels."""
_NAMED = 3
"""Members of a group that are named."""
_OPAQUE = frozenset({"template", "syntax", "size", "encoding", "encrypted", "remote-module"})
"""Causes that hide the content of a place: nothing is known of what changed inside."""
UNREAD = (
    "what could not be read about it differs between base and head: a gain may be no news, and more may have changed"
)


def review(
    base: Analysis,
    head: Analysis,
    *,
    base_info: Mapping[str, Any],
    head_info: Mapping[str, Any],
    options: Options,
    changed_paths: frozenset[str] = frozenset(),
) -> Row:
    """The review as a JSON-able value. `base_info` and `head_info` describe the revisions and are passed through.

    `changed_paths` are those whose content differs: what can not be judged in them is as good as new.
    """
    comparison = compare_snapshots(base.snapshot, head.snapshot, head.dialects)
    absorbed = _absorbed(comparison, base.snapshot, head.snapshot)
    members = members_of_groups(comparison.deltas)
    absorbed |= {member.key for group in members.values() for member in group}
    renames = _renames(comparison, base)
    reach = ReachReview(base, head, renames) if options.paths else None
    changed = [
        d
        for d in comparison.deltas
        if (d.changed or _reaches_else(d, reach, comparison)) and d.pair.identity.key not in absorbed
    ]
    rows = [
        {
            **_identity_row(delta, base, head, members.get(delta.pair.identity.key, ())),
            "reach": _reach_row(delta, reach, comparison),
        }
        for delta in changed
    ]
    rows = [row for row in rows if row["status"] != "changed" or _says_something(row)]
    gaining = {IdentityKey(row["key"]) for row in rows if any(not entry["inert"] for entry in row["gained"])}
    new, fixed, unchanged = _findings(base.findings, head.findings, gaining, renames)
    merged = _merged_ignores(base, renames)
    new_rows = [_new_row(finding, merged, options) for finding in new]
    unresolved = _unresolved(base, head, changed_paths)
    paths_gained, paths_lost = _paths(base.paths, head.paths, renames)
    blocking = sum(row["blocking"] for row in new_rows)
    undecided = sorted({reason.text for delta in changed for reason in delta.undecided})
    return {
        "schema": SCHEMA,
        "base": dict(base_info),
        "head": dict(head_info),
        "verdict": "blocked" if blocking else "undecided" if undecided else "pass",
        "summary": {
            "identities_changed": len(rows),
            "unchanged_identities": len(comparison.deltas) - len(rows),
            "permissions_gained": sum(len(row["gained"]) for row in rows),
            "permissions_lost": sum(len(row["lost"]) for row in rows),
            "trust_gained": sum(len(row["trust_gained"]) for row in rows),
            "trust_lost": sum(len(row["trust_lost"]) for row in rows),
            "reach_gained": sum(_moves(row, "gained") for row in rows),
            "reach_lost": sum(_moves(row, "lost") for row in rows),
            "risk": max((row["risk"]["band"] for row in rows), key=band_rank, default=NOTHING.band),
            "blocking": blocking,
            "unresolved": len(unresolved),
            "unresolved_new": sum(row["new"] for row in unresolved),
            "undecided": len(undecided),
            "refactor": not rows and not any(row["new"] for row in unresolved),
        },
        "identities": sorted(rows, key=_worst_first),
        "paths": {"gained": paths_gained, "lost": paths_lost},
        "graph": graph_row(head.graph, base.graph, renames),
        "findings": {
            "new": new_rows,
            "fixed": [finding_row(finding, options) for finding in fixed],
            "unchanged": unchanged,
        },
        "unresolved": unresolved,
        "assumed": _assumed(base.snapshot, head.snapshot),
        "readings": [{"base": old, "head": new} for old, new in comparison.readings],
    }


def _merged_ignores(base: Analysis, renames: Mapping[str, str]) -> Mapping[str, tuple[Ignore, ...]]:
    """What base suppresses already, by the keys of head."""
    identities = base.snapshot.identities.items()
    return {renames.get(key, key): identity.ignores for key, identity in identities if identity.ignores}


def _new_row(finding: Finding, merged: Mapping[str, tuple[Ignore, ...]], options: Options) -> Row:
    """A finding that base does not have. A suppression that comes with the change is shown and lifts no gate."""
    known = merged.get(finding.identity or "", ())
    if not finding.suppressed or any(finding.rule in one.rules and one.reason == finding.suppressed for one in known):
        return {**finding_row(finding, options), "asked": None}
    return {**finding_row(replace(finding, suppressed=""), options), "asked": finding.suppressed}


def _assumed(base: Snapshot, head: Snapshot) -> list[Row]:
    """What head rests on, and whether base did not."""
    known = {(one.what, one.why) for one in base.assumed}
    return [{**assumed_entry(one), "new": (one.what, one.why) not in known} for one in head.assumed]


def _identity_row(delta: Delta, base: Analysis, head: Analysis, members: Sequence[Identity]) -> Row:
    identity = delta.pair.identity
    dialect = head.dialects[identity.platform]
    side = head if delta.pair.head is not None else base
    sides = delta.sides
    weigh = Weigher(dialect=dialect, before=sides.before, after=sides.after)
    weigh_trust = Weigher(dialect=dialect, before=sides.trust_before, after=sides.trust_after, trust=True)
    always = dialect.present(identity.kind)

    def still(lost: Residue) -> list[str]:
        left = remaining(lost, sides.after, dialect.vocabulary, always)
        return [" and ".join(map(worded, clauses)) for clauses in left]

    gained = permission_entries(delta.gained, dialect, "base denied it", weigh)
    trust_gained = trust_entries(delta.trust_gained, dialect, weigh_trust)
    risk = join(entry["risk"] for entry in (*gained, *trust_gained))
    return {
        **identity_head(identity),
        "status": {"same": "changed"}.get(delta.pair.status, delta.pair.status),
        "former_name": delta.pair.base.name if delta.pair.status == "renamed" and delta.pair.base else None,
        "risk": risk_row(risk),
        "gained": [{**entry, "risk": risk_row(entry["risk"])} for entry in gained],
        "lost": permission_entries(delta.lost, dialect, "head denies it", still=still),
        "trust_gained": [{**entry, "risk": risk_row(entry["risk"])} for entry in trust_gained],
        "trust_lost": trust_entries(delta.trust_lost, dialect),
        "catalog": catalog_row(side.match(identity) if delta.pair.head is not None else None, dialect),
        "unresolved": [unresolved_entry(question) for question in delta.unresolved],
        "undecided": [reason.text for reason in delta.undecided],
        "notes": [*_notes(delta), *_shared(members)],
    }


def _notes(delta: Delta) -> list[str]:
    notes = []
    if delta.pair.identity.kind in ("resource_policy", "organization_policy"):
        notes.append("what its denies leave open to whoever is allowed elsewhere; it grants nothing by itself")
    elif not delta.pair.identity.bound:
        notes.append("nobody in this tree is bound to it: it grants nothing here")
    if delta.pair.identity.taken_into:
        roles = ", ".join(f"`{name}`" for name in delta.pair.identity.taken_into)
        notes.append(f"every cluster collects it into {roles}: whoever is bound to one of them there holds it too")
    if delta.pair.identity.external:
        notes.append("named here, defined outside this tree")
    if delta.unresolved_changed:
        notes.append(UNREAD)
    return notes + [f"exists only if {reason}" for reason in delta.pair.identity.may]


def _shared(members: Sequence[Identity]) -> list[str]:
    if not members:
        return []
    names = ", ".join(f"`{member.name}`" for member in members[:_NAMED])
    more = f" and {len(members) - _NAMED} more" if len(members) > _NAMED else ""
    return [f"its members change with it and are not listed again: {names}{more}"]


def _says_something(row: Row) -> bool:
    return bool(
        row["gained"]
        or row["lost"]
        or row["trust_gained"]
        or row["trust_lost"]
        or row["undecided"]
        or UNREAD in row["notes"]
        or _moves(row, "gained")
        or _moves(row, "lost")
    )


def _absorbed(comparison: Comparison, base: Snapshot, head: Snapshot) -> set[IdentityKey]:
    """Holders nobody was bound to that are gone because somebody is bound to them now, or the other way round.

    What such a holder grants did not come or go: it shows at the identity that is bound. It is recognised by a grant of
    the other side to somebody bound that names it.
    """
    loose = [d.pair for d in comparison.deltas if not d.pair.identity.bound and d.pair.status in ("added", "removed")]
    if not loose:
        return set()
    named = {"added": _granted(base), "removed": _granted(head)}
    return {p.identity.key for p in loose if any(f"`{p.identity.name}`" in name for name in named[p.status])}


def _granted(snapshot: Snapshot) -> set[str]:
    bound = (key for key, identity in snapshot.identities.items() if identity.bound)
    return {grant.name for key in bound for grant in snapshot.grants.get(key, ())}


def _findings(
    base: Sequence[Finding], head: Sequence[Finding], gaining: set[IdentityKey], renames: Mapping[str, str]
) -> tuple[list[Finding], list[Finding], int]:
    """New, fixed, and the number of unchanged ones. What was outside the catalog and gained more is new again."""
    before = {(f.rule, renames.get(f.identity or "", f.identity or ""), f.subject) for f in base}
    after = {(f.rule, f.identity or "", f.subject) for f in head}
    new, unchanged = [], 0
    for finding in head:
        known = (finding.rule, finding.identity or "", finding.subject) in before
        if known and not (finding.rule == "NHI401" and finding.identity in gaining):
            unchanged += 1
        else:
            new.append(finding)
    fixed = [f for f in base if (f.rule, renames.get(f.identity or "", f.identity or ""), f.subject) not in after]
    return new, fixed, unchanged


def _renames(comparison: Comparison, base: Analysis) -> dict[str, str]:
    """Identities and every other node of base whose name is another one in head."""
    found: dict[str, str] = dict(comparison.renames.items())
    if base.options.paths and comparison.symbols:
        found |= {key: comparison.renamed(key) for key in base.graph.nodes if key not in base.snapshot.identities}
    return {old: new for old, new in found.items() if old != new}


def _sides(delta: Delta, comparison: Comparison) -> tuple[IdentityKey | None, IdentityKey | None]:
    """The key that base itself has, and that of head."""
    old, new = delta.pair.base, delta.pair.head
    return comparison.former.get(old.key, old.key) if old else None, new.key if new else None


def _reaches_else(delta: Delta, reach: ReachReview | None, comparison: Comparison) -> bool:
    return reach is not None and delta.pair.identity.bound and reach.changed(*_sides(delta, comparison))


def _reach_row(delta: Delta, reach: ReachReview | None, comparison: Comparison) -> Row | None:
    return None if reach is None else reach.row(*_sides(delta, comparison))


def _moves(row: Row, side: str) -> bool:
    """Whether somebody who is in both revisions gets to more, or to less; or came, or went, with what it gets to."""
    return row["reach"] is not None and bool(row["reach"][side])


def _unresolved(base: Analysis, head: Analysis, changed: frozenset[str]) -> list[Entry]:
    before = {(u.what, u.why) for u in base.snapshot.unresolved}
    return [
        {**unresolved_entry(u), "new": _mark(u) not in before or (u.cause in _OPAQUE and u.span.path in changed)}
        for u in head.snapshot.unresolved
    ]


def _mark(question: Unresolved) -> tuple[str, str]:
    return (question.what, question.why)


def _paths(base: Iterable[Path], head: Iterable[Path], renames: Mapping[str, str]) -> tuple[list[Row], list[Row]]:
    before = {(renames.get(path.start, path.start), renames.get(path.end, path.end)): path for path in base}
    after = {(path.start, path.end): path for path in head}
    gained = [path_row(path) for ends, path in sorted(after.items()) if ends not in before]
    lost = [path_row(path) for ends, path in sorted(before.items()) if ends not in after]
    return gained, lost


def _worst_first(row: Row) -> tuple[bool, bool, bool, int, int, str]:
    levels = ("Permissions management", "Write", "Tagging", "Read", "List")
    ranks = [levels.index(level) for entry in row["gained"] for level in entry["access_levels"] if level in levels]
    approved = row["catalog"]["verdict"] == "covered"
    further = row["reach"]["gained"] if row["reach"] is not None else []
    gains = row["gained"] or row["trust_gained"] or further
    rank = min([*ranks, *(_FURTHER.get(node["kind"], 4) for node in further)], default=9)
    goals = [node["tier0"] for node in further if node["kind"] == "goal"]
    reach = band_rank("critical" if any(goals) else "high") if goals else 0
    worst = max(band_rank(row["risk"]["band"]), reach)
    return (not row["bound"], not gains, approved and not goals, -worst, rank, row["key"])
