"""What a change to the catalog means for every identity of a tree, as rows (`nhilint.catalog-impact/1`)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from nhilint.catalog.changes import Change, Changes, compare_catalogs
from nhilint.catalog.model import Catalog
from nhilint.catalog.verdict import Match
from nhilint.engine.analysis import Analysis
from nhilint.engine.catalog.changes import catalog_head, change_rows
from nhilint.engine.heads import Row, identity_head
from nhilint.model.facts import Identity

MOVES = ("uncovered", "covered", "role_changed", "verdict_changed")


def impact_rows(
    analysis: Analysis,
    head: Catalog,
    *,
    base_info: Mapping[str, Any],
    head_info: Mapping[str, Any],
    tree_info: Mapping[str, Any],
) -> Row:
    """An analysis judged by the base's catalog, and the head's catalog, to one JSON-able value."""
    merged = analysis.judged_by(head, analysis.options)
    changes = compare_catalogs(analysis.catalog, head, analysis.dialects, today=analysis.options.today)
    rows = change_rows(changes)
    moved = moves(analysis, merged, changes)
    return {
        "schema": "nhilint.catalog-impact/1",
        "base": {**base_info, **catalog_head(analysis.catalog)},
        "head": {**head_info, **catalog_head(head)},
        "tree": dict(tree_info),
        "summary": {
            "identities": sum(1 for _ in judged(analysis)),
            "covered_by_base": _covered(analysis),
            "covered_by_head": _covered(merged),
            **{name: len(moved[name]) for name in MOVES},
            "exceptions_added": sum(change.status == "added" for change in changes.exemptions),
            "exceptions_expired": len(expired(head, analysis.options.today)),
        },
        "identities": moved,
        "catalog": {**rows, "roles": [_used(row, analysis, merged) for row in rows["roles"]]},
        "expired": expired(head, analysis.options.today),
        "unresolved": len(analysis.snapshot.unresolved),
    }


def judged(analysis: Analysis) -> Iterator[tuple[Identity, Match]]:
    """Everybody who is bound and holds something, with the catalog's verdict, in key order."""
    for identity in analysis.snapshot.identities.values():
        verdict = analysis.match(identity) if identity.bound else None
        if verdict is not None:
            yield identity, verdict


def moves(base: Analysis, head: Analysis, changes: Changes) -> Row:
    """Identities whose verdict or role differs between two catalogs; a role that was only renamed is the same."""
    found: Row = {name: [] for name in MOVES}
    if not changes:
        return found
    renamed = {change.former: change.id for change in changes.roles if change.former}
    for identity, before in judged(base):
        after = head.match(identity)
        assert after is not None
        name = _move(before, after, renamed)
        if name:
            row = {**identity_head(identity), "base": _verdict(before), "head": _verdict(after)}
            found[name].append(row)
    return found


def _move(before: Match, after: Match, renamed: Mapping[str, str]) -> str:
    was, now = before.verdict == "covered", after.verdict == "covered"
    if was and now:
        old = sorted(renamed.get(cover.role, cover.role) for cover in before.covers)
        changed = old != sorted(cover.role for cover in after.covers)
        return "role_changed" if changed else ""
    if was or now:
        return "covered" if now else "uncovered"
    return "verdict_changed" if before.verdict != after.verdict else ""


def _verdict(match: Match) -> Row:
    return {
        "verdict": match.verdict,
        "roles": [cover.role for cover in match.covers] if match.verdict == "covered" else [],
        "exceptions": list(match.exemptions),
        "sentence": match.sentence,
    }


def _covered(analysis: Analysis) -> int:
    return sum(verdict.verdict == "covered" for _, verdict in judged(analysis))


def _used(row: Row, base: Analysis, head: Analysis) -> Row:
    """A changed role with the number of identities that it covers, alone or with others."""
    old, new = users(base), users(head)
    return {**row, "used": {"base": old[row["former_id"] or row["id"]], "head": new[row["id"]]}}


def users(analysis: Analysis) -> Counter[str]:
    """How many identities each role covers, alone or together with others."""
    return Counter(
        cover.role for _, verdict in judged(analysis) if verdict.verdict == "covered" for cover in verdict.covers
    )


def expired(catalog: Catalog, today: str) -> list[Row]:
    """The exceptions that cover nothing any more."""
    return [
        {"id": one.id, "identity": one.identity, "expires": one.expires, "owner": one.owner, "ticket": one.ticket}
        for one in sorted(catalog.exemptions, key=lambda one: (one.expires, one.id))
        if one.usable(today)
    ]


def asked_for(changes: Changes) -> tuple[Change, ...]:
    """The exceptions that a change adds or makes larger."""
    return tuple(change for change in changes.exemptions if change.direction in ("widened", "changed"))
