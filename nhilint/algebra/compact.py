"""Shortens what a comparison found for people: action names to exact patterns, residue parts to fewer parts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from nhilint.algebra.universe import Vocabulary
from nhilint.algebra.values import Residue


def compact_actions(actions: Sequence[str], vocabulary: Vocabulary) -> tuple[str, ...]:
    """The fewest readable patterns that mean exactly these names among the known ones; sorted, spelled.

    Patterns tried: ``*``, ``service:*`` and ``service:Word*`` (the names' own spelling gives the words), widest first.
    Exact among known actions only: what is added later is the business of `Residue.future`.
    """
    left = set(actions)
    found: list[str] = []
    by_service: dict[str, list[str]] = {}
    for action in left:
        by_service.setdefault(action.partition(":")[0], []).append(action)
    for service in sorted(by_service):
        for pattern, folded in _tries(service, sorted(by_service[service]), vocabulary):
            meant = vocabulary.expand(folded)
            if len(meant) > 2 and left.issuperset(meant):
                found.append(pattern)
                left.difference_update(meant)
    return tuple(sorted([*found, *(vocabulary.spell(action) for action in left)]))


def _tries(service: str, actions: Sequence[str], vocabulary: Vocabulary) -> list[tuple[str, str]]:
    tries = {f"{service}:*": f"{service}:*"}
    for action in actions:
        prefix, colon, name = vocabulary.spell(action).partition(":")
        if not colon:
            continue
        for at in range(1, len(name)):
            if name[at].isupper() and not name[at - 1].isupper():
                tries.setdefault(f"{prefix}:{name[:at]}*", f"{prefix}:{name[:at]}*".lower())
    return sorted(tries.items(), key=lambda item: (len(item[0]), item[0]))


def group(residue: Sequence[Residue]) -> tuple[Residue, ...]:
    """Parts that agree but for their actions become one; in stable order. The first part's witness stands for all."""
    merged: dict[object, Residue] = {}
    for part in residue:
        mark = (part.scopes, part.conditions, part.statement, part.blocked_by)
        known = merged.get(mark)
        merged[mark] = (
            part
            if known is None
            else replace(
                known,
                actions=tuple(sorted({*known.actions, *part.actions})),
                future=tuple(sorted({*known.future, *part.future})),
            )
        )
    return tuple(merged.values())
