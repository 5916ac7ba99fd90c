"""Nodes to the parts that roles and exceptions share; takes what can be read, and leaves what is wrong to `conform`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import cast

from nhilint.catalog.files.forms import CALLERS, STATEMENTS
from nhilint.catalog.model import Clause, Issuer, Permit, TrustPermit
from nhilint.model.node import Map, Node, Scalar, Sequence, scalar_text

_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
_TIME = re.compile(r"([1-9][0-9]{0,5})([smhd])")


def text(node: Node | None, *route: str) -> str:
    """The string at the end of a route of keys; empty when there is none."""
    return scalar_text(under(node, *route))


def under(node: Node | None, *route: str) -> Node | None:
    """The node at the end of a route of keys."""
    for key in route:
        node = node.get(key) if isinstance(node, Map) else None
    return node


def words(node: Node | None) -> tuple[str, ...]:
    """The strings of a value or a list."""
    return tuple(scalar_text(one) for one in scalars(node))


def scalars(node: Node | None) -> tuple[Scalar, ...]:
    """The values of a value or a list; nulls are left out."""
    items = node.items if isinstance(node, Sequence) else (node,)
    return tuple(item for item in items if isinstance(item, Scalar) and item.value is not None)


def table(node: Node | None) -> Mapping[str, tuple[str, ...]]:
    """Names to strings."""
    return {key: words(value) for key, value in node.entries.items()} if isinstance(node, Map) else {}


def rows(node: Node | None) -> tuple[Map, ...]:
    """The maps of a list."""
    return tuple(item for item in node.items if isinstance(item, Map)) if isinstance(node, Sequence) else ()


def seconds(node: Node | None) -> int:
    """A span of time such as `30m`, `12h` or `180d`; 0 where there is none."""
    found = _TIME.fullmatch(scalar_text(node))
    return int(found[1]) * _SECONDS[found[2]] if found else 0


def clauses(node: Node | None) -> tuple[Clause, ...]:
    """Conditions: operator to condition key to values."""
    operators = node.entries.items() if isinstance(node, Map) else ()
    return tuple((operator, key, values) for operator, keys in operators for key, values in table(keys).items())


def permits(node: Node | None, platform: str) -> tuple[Permit, ...]:
    """The statements of `allow`."""
    names = [name for name in STATEMENTS[platform].fields if name not in ("conditions", "permissions", "why")]
    found = []
    for row in rows(node):
        fields = {name: words(row.get(name)) for name in names if name in row.entries}
        if platform == "github":
            fields["permissions"] = tuple(_levels(row.get("permissions")))
        conditions = clauses(row.get("conditions"))
        found.append(Permit(fields=fields, conditions=conditions, why=text(row, "why"), span=row.span))
    return tuple(found)


def _levels(node: Node | None) -> Iterator[str]:
    """`scope:level` of a map of GitHub permissions; `write` includes `read`."""
    for scope, level in table(node).items():
        if level in (("read",), ("write",)):
            yield f"{scope}:read"
        if level == ("write",):
            yield f"{scope}:write"


def callers(node: Node | None) -> tuple[TrustPermit, ...]:
    """The callers of `trust`."""
    return tuple(found for row in rows(node) if (found := caller(row)) is not None)


def caller(row: Node | None) -> TrustPermit | None:
    """One caller: a map of one issuer to its fields."""
    if not isinstance(row, Map) or len(row.entries) != 1:
        return None
    ((word, body),) = row.entries.items()
    if word not in CALLERS:
        return None
    fields = table(body) if isinstance(body, Map) else {"name": words(body)}
    return TrustPermit(issuer=cast("Issuer", word), fields=fields, span=row.span)
