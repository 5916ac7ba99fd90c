"""How much of a tree the catalog covers, and what little is missing, as rows (`nhilint.catalog-coverage/1`).

A permission is one action on one resource, both as a grant writes them: `s3:*` counts once, so that an administrator
does not outweigh everybody else. It is covered when the identity's roles, or its nearest role, leave nothing of it.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice, product, takewhile
from typing import Any

from nhilint.algebra.glob import is_wild, overlaps
from nhilint.algebra.values import Residue, Scope, Statement
from nhilint.catalog.verdict import Match
from nhilint.engine.analysis import Analysis
from nhilint.engine.catalog.additions import additions
from nhilint.engine.catalog.impact import judged
from nhilint.engine.dialects import dialect
from nhilint.engine.entries import permission_entries
from nhilint.engine.heads import Row, identity_head
from nhilint.model.facts import Identity

Cell = tuple[str, ...]
_TOP = 20
_WHOLE = ("covered", "trust-outside", "constraint-broken")
"""Verdicts whose permissions lie inside a role."""


def coverage_rows(analysis: Analysis, *, tree_info: Mapping[str, Any]) -> Row:
    """Shares of identities and permissions, by platform and verdict; who is nearly covered; what would cover most."""
    rows = [(identity, verdict, _cells(analysis, identity, verdict)) for identity, verdict in judged(analysis)]
    platforms = sorted({identity.platform for identity, _, _ in rows})
    # Whoever is defined elsewhere (an account, a service) gets its role elsewhere too.
    own = [row for row in rows if row[1].verdict == "exceeds" and not row[0].external]
    outside = sorted(own, key=lambda row: (row[2][1] / max(1, row[2][0]), row[2][1], row[0].key))
    return {
        "schema": "nhilint.catalog-coverage/1",
        "tree": dict(tree_info),
        "catalog": {"own": analysis.catalog.own, "roles": len(analysis.catalog.roles)},
        "summary": _share([(verdict, cells) for _, verdict, cells in rows]),
        "platforms": {
            name: _share([(verdict, cells) for identity, verdict, cells in rows if identity.platform == name])
            for name in platforms
        },
        "verdicts": dict(sorted(Counter(verdict.verdict for _, verdict, _ in rows).items())),
        "additions": additions(analysis, [(identity, verdict) for identity, verdict, _ in outside]),
        "nearest": [_near(identity, verdict, cells) for identity, verdict, cells in outside[:_TOP]],
        "unresolved": len(analysis.snapshot.unresolved),
    }


def _share(rows: Sequence[tuple[Match, tuple[int, int]]]) -> dict[str, int]:
    total = sum(cells[0] for _, cells in rows)
    return {
        "identities": len(rows),
        "identities_covered": sum(verdict.verdict == "covered" for verdict, _ in rows),
        "permissions": total,
        "permissions_covered": total - sum(cells[1] for _, cells in rows),
    }


def _cells(analysis: Analysis, identity: Identity, verdict: Match) -> tuple[int, int]:
    """How many permissions an identity has, and how many of them no role covers."""
    statements = {s for s in analysis.permissions(identity).statements if s.effect == "allow"}
    found = {cell: statement for statement in statements for cell in _written(statement)}
    if verdict.verdict in _WHOLE:
        return len(found), 0
    if verdict.verdict != "exceeds":
        return len(found), len(found)
    left: dict[Statement, list[Residue]] = defaultdict(list)
    for part in verdict.residue:
        left[part.statement].append(part)
    missing = {cell for s in statements for part in left[s] for cell in _met(s, part)}
    return len(found), len(missing)


def _written(statement: Statement) -> Iterator[Cell]:
    """Every action with every resource of a statement."""
    yield from product(*_columns(statement))


def _columns(statement: Statement) -> tuple[tuple[str, ...], ...]:
    """Its actions, and the globs of every dimension; a negated list is one pattern."""
    actions = ("!" + " ".join(statement.actions),) if statement.actions_negated else statement.actions
    return actions, *map(_patterns, statement.scopes)


def _patterns(scope: Scope) -> tuple[str, ...]:
    return ("!" + " ".join(scope.patterns),) if scope.negated else scope.patterns


def _met(statement: Statement, part: Residue) -> Iterator[Cell]:
    """The permissions of a statement to which a part of it that is left over belongs."""
    columns = _columns(statement)
    kept = ((*part.actions, *part.future), *((box,) for box in part.scopes))
    yield from product(*map(_meeting, columns, kept))


def _meeting(patterns: Sequence[str], others: Sequence[str]) -> list[str]:
    """The patterns that have something in common with one of the others; what is negated has."""
    literal = sorted({one for one in others if not is_wild(one)})
    known = set(literal)
    wild = [one for one in others if one not in known]

    def meets(pattern: str) -> bool:
        if pattern.startswith("!") or pattern in known or any(overlaps(pattern, one) for one in wild):
            return True
        if not is_wild(pattern):
            return False
        # Only what begins as the pattern does before its first wildcard can match it.
        head = pattern.split("*", 1)[0].split("?", 1)[0]
        near = takewhile(lambda one: one.startswith(head), islice(literal, bisect_left(literal, head), None))
        return any(overlaps(pattern, one) for one in near)

    return [one for one in patterns if meets(one)]


def _near(identity: Identity, verdict: Match, cells: tuple[int, int]) -> Row:
    language = dialect(identity.platform)
    return {
        **identity_head(identity),
        "role": verdict.role or None,
        "permissions": cells[0],
        "missing": cells[1],
        "residue": permission_entries(verdict.residue, language, "the role denies it"),
    }
