"""Every role of a catalog as rows (`nhilint.catalog/1`), with its use in a tree where one is given."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from nhilint.catalog.model import Catalog, Role
from nhilint.engine.analysis import Analysis
from nhilint.engine.catalog.impact import judged
from nhilint.engine.entries import place
from nhilint.engine.heads import Row
from nhilint.engine.options import Options


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """Which roles are listed; what is empty does not choose."""

    platform: str = ""
    status: str = ""
    access: str = ""
    owner: str = ""
    expiring: int | None = None
    """Approvals that end within so many days, or have ended."""
    search: str = ""
    """A text anywhere in id, title, purpose, owner, or in what is allowed."""


def catalog_rows(catalog: Catalog, options: Options, wish: Wish | None = None, analysis: Analysis | None = None) -> Row:
    """The roles that are wished for, by id; with an analysis, how many of its identities each covers or is near to."""
    use = usage(analysis) if analysis is not None else None
    roles = [role for role in catalog.roles.values() if wish is None or _wanted(role, wish, options.today)]
    return {
        "schema": "nhilint.catalog/1",
        "own": catalog.own,
        "total": len(catalog.roles),
        "exceptions": len(catalog.exemptions),
        "judged": None if analysis is None else sum(1 for _ in judged(analysis)),
        "roles": [
            {**role_head(role, options.today), "usage": None if use is None else usage_row(use, role.id)}
            for role in roles
        ],
    }


def role_head(role: Role, today: str) -> Row:
    """What every output says of a role."""
    return {
        "id": role.id,
        "title": role.title,
        "platform": role.platform,
        "access": role.access or None,
        "status": role.status,
        "owner": role.owner,
        "expires": role.expires or None,
        "review_due": review_due(role) or None,
        "replaced_by": role.replaced_by or None,
        "unusable": role.usable(today) or None,
        "parameters": list(role.parameters),
        "location": place(role.span),
    }


def review_due(role: Role) -> str:
    """The day on which somebody should look at it again; empty: nothing is said of that."""
    if not role.review or not role.approved_on:
        return ""
    try:
        return (date.fromisoformat(role.approved_on) + timedelta(days=role.review)).isoformat()
    except (ValueError, OverflowError):
        return ""


def _wanted(role: Role, wish: Wish, today: str) -> bool:
    plain = all(
        not wanted or wanted.lower() == found.lower()
        for wanted, found in (
            (wish.platform, role.platform),
            (wish.status, role.status),
            (wish.access, role.access),
            (wish.owner, role.owner),
        )
    )
    if not plain or (wish.search and not any(wish.search.lower() in text.lower() for text in _texts(role))):
        return False
    if wish.expiring is None:
        return True
    try:
        last = (date.fromisoformat(today) + timedelta(days=wish.expiring)).isoformat()
    except OverflowError:
        last = date.max.isoformat()
    return bool(role.expires) and role.status == "approved" and role.expires <= last


def _texts(role: Role) -> Iterator[str]:
    yield from (role.id, role.title, role.purpose, role.owner)
    for permit in role.allow:
        for values in permit.fields.values():
            yield from values


def usage(analysis: Analysis) -> Mapping[str, Counter[str]]:
    """For each role, how many identities it covers alone, and together with others, and for how many it is nearest."""
    found: dict[str, Counter[str]] = {"alone": Counter(), "together": Counter(), "nearest": Counter()}
    for _, verdict in judged(analysis):
        if verdict.verdict == "covered":
            kind = "alone" if len(verdict.covers) == 1 else "together"
            found[kind].update(cover.role for cover in verdict.covers)
        elif verdict.nearest:
            found["nearest"][verdict.nearest[0][0]] += 1
    return found


def usage_row(use: Mapping[str, Counter[str]], role: str) -> dict[str, Any]:
    """`alone`, `together`, `nearest`."""
    return {kind: counter[role] for kind, counter in use.items()}
