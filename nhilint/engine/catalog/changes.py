"""What differs in meaning between two catalogs, as rows (`nhilint.catalog-diff/1`)."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from typing import Any

from nhilint.catalog.changes import Change, Changes, Status, compare_catalogs
from nhilint.catalog.facets import Direction
from nhilint.catalog.model import Catalog, Exemption, Role
from nhilint.engine.dialects import Dialects
from nhilint.engine.entries import permission_entries, place
from nhilint.engine.heads import Row
from nhilint.engine.options import Options

_PARAMETER = re.compile(r"\$\{(<[a-z][a-z0-9_-]*>)\}")
DIRECTIONS: tuple[Direction, ...] = ("widened", "changed", "narrowed", "same-meaning")
STATUSES: tuple[Status, ...] = ("added", "removed", "renamed", "changed")


def diff_rows(
    base: Catalog, head: Catalog, *, base_info: Mapping[str, Any], head_info: Mapping[str, Any], options: Options
) -> Row:
    """Two catalogs to one JSON-able value; what approves more stands first."""
    changes = compare_catalogs(base, head, Dialects(), today=options.today)
    return {
        "schema": "nhilint.catalog-diff/1",
        "base": {**base_info, **catalog_head(base)},
        "head": {**head_info, **catalog_head(head)},
        **change_rows(changes),
    }


def catalog_head(catalog: Catalog) -> Row:
    """How large a catalog is, and whose."""
    return {"own": catalog.own, "roles": len(catalog.roles), "exceptions": len(catalog.exemptions)}


def change_rows(changes: Changes) -> Row:
    """`summary`, `roles` and `exceptions`."""
    directions = Counter(change.direction for change in (*changes.roles, *changes.exemptions))
    statuses = Counter(change.status for change in changes.roles)
    return {
        "summary": {
            **{status: statuses[status] for status in STATUSES},
            "directions": {direction: directions[direction] for direction in DIRECTIONS},
        },
        "roles": sorted(map(_role, changes.roles), key=_widest_first),
        "exceptions": sorted(map(_exemption, changes.exemptions), key=_widest_first),
    }


def _widest_first(row: Row) -> tuple[int, str]:
    return DIRECTIONS.index(row["direction"]), row["id"]


def _role(change: Change) -> Row:
    role = change.head or change.base
    assert isinstance(role, Role)
    return {
        "id": change.id,
        "former_id": change.former or None,
        "title": role.title,
        "platform": role.platform,
        "status": change.status,
        "direction": change.direction,
        "in_force": role.status,
        **_difference(change, role.platform),
        "location": place(role.span),
    }


def _difference(change: Change, platform: str) -> Row:
    dialect = Dialects()[platform]
    return {
        "gained": named(permission_entries(change.gained, dialect, "base denied it")),
        "lost": named(permission_entries(change.lost, dialect, "head denies it")),
        "undecided": list(change.undecided),
        "facets": [
            {"part": f.part, "direction": f.direction, "base": f.base or None, "head": f.head or None, "text": f.text}
            for f in change.facets
        ],
    }


def _exemption(change: Change) -> Row:
    one = change.head or change.base
    assert isinstance(one, Exemption)
    return {
        "id": change.id,
        "identity": one.identity,
        "status": change.status,
        "direction": change.direction,
        "reason": one.reason,
        "ticket": one.ticket,
        "owner": one.owner,
        "expires": one.expires,
        **_difference(change, one.platform),
        "location": place(one.span),
    }


def named(value: Any) -> Any:
    """The same rows with parameters written as in the role file: `<bucket>`."""
    match value:
        case str():
            return _PARAMETER.sub(r"\1", value)
        case list():
            return [named(item) for item in value]
        case dict():
            return {key: named(item) for key, item in value.items()}
        case _:
            return value
