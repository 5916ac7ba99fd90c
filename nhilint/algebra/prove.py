"""Whether one permission set lies inside another: the verdict with all residue; knows no platform.

The proof is found by `search`. A ``*`` in a scope crosses every character (the wide reading). Where a dimension has
`Segments` and a match or an intersection rested on a star that crosses a separator, the strict reading is decided as
well, and the answer counts only when both agree.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from nhilint.algebra.boxes import Outside, left_out, meet
from nhilint.algebra.conditions import DomainTooLarge
from nhilint.algebra.evaluate import decide
from nhilint.algebra.glob import GlobTooLarge, contains
from nhilint.algebra.search import How, Search
from nhilint.algebra.segments import Segments, strict, strict_request
from nhilint.algebra.solve import BudgetSpent
from nhilint.algebra.universe import UniverseTooLarge, Vocabulary
from nhilint.algebra.values import (
    Condition,
    Covered,
    Exceeds,
    Permissions,
    Reason,
    Residue,
    Undecided,
    Verdict,
    display,
)
from nhilint.algebra.witness import Fill, InternalError


def compare(
    candidate: Permissions,
    reference: Permissions,
    vocabulary: Vocabulary,
    *,
    budget: int = 200_000,
    fill: Fill | None = None,
    always: frozenset[str] = frozenset(),
    segments: Segments | None = None,
    first: bool = False,
) -> Verdict:
    """Whether everything the candidate allows is allowed by the reference.

    `fill`: readable strings for a dimension's pattern (also asked for ``action`` and condition keys), each verified
    before use. `always`: condition keys that no request lacks. `segments`: a dimension whose stars may be meant to stay
    inside their segment. `first`: one part is enough where the candidate exceeds. Raises `InternalError` when a witness
    is refuted.
    """
    if segments is not None and segments.dimension not in candidate.dimensions:
        segments = None
    if _same(candidate, reference):
        return Covered()
    how = How(vocabulary, budget, fill, always, segments, first)
    verdict, crossed = _decided(candidate, reference, how)
    if not crossed or segments is None or isinstance(verdict, Undecided):
        return verdict
    doubt = Reason(
        kind="segment-crossing",
        text=f"it depends on whether the star in `{display(crossed)}` reaches beyond `{segments.separator}`",
    )
    mine, theirs = strict(candidate, segments), strict(reference, segments)
    if mine is None or theirs is None:
        return Undecided(reasons=(doubt,))
    narrow, _ = _decided(mine, theirs, how._replace(fill=None, segments=None))
    match verdict, narrow:
        case Covered(), Covered():
            return verdict
        case Exceeds(), Exceeds():
            sure = tuple(part for part in verdict.residue if _stands(part, mine, theirs, segments))
            if len(sure) == len(verdict.residue) and (first or len(sure) == len(narrow.residue)):
                return verdict
            return Exceeds(residue=sure or verdict.residue, undecided=(*verdict.undecided, doubt))
        case _:
            return Undecided(reasons=(doubt,))


def _same(candidate: Permissions, reference: Permissions) -> bool:
    """Whether the two are written alike, in any order: what a statement means, it means on both sides."""
    if set(candidate.statements) != set(reference.statements):
        return False
    return {frozenset(ceiling) for ceiling in candidate.ceilings} == {frozenset(c) for c in reference.ceilings}


def _decided(candidate: Permissions, reference: Permissions, how: How) -> tuple[Verdict, str]:
    """The verdict in the wide reading, and the first pattern whose star had to cross a separator for it."""
    reasons: dict[Reason, None] = {}
    found: list[Residue] = []
    crossed: list[str] = []
    try:
        Search(candidate, reference, how).run(found, reasons, crossed)
    except (GlobTooLarge, DomainTooLarge, UniverseTooLarge) as error:
        reasons[Reason(kind="size", text=str(error))] = None
    except BudgetSpent:
        reasons[Reason(kind="budget", text="the budget of this comparison is spent")] = None
    residue, star = _widest(found), crossed[0] if crossed else ""
    if residue:
        return Exceeds(residue=residue, undecided=tuple(reasons)), star
    return (Undecided(reasons=tuple(reasons)) if reasons else Covered()), star


def covers(
    reference: Permissions, candidate: Permissions, vocabulary: Vocabulary, *, always: frozenset[str] = frozenset()
) -> bool | None:
    """Whether the reference allows everything the candidate allows; None when that can not be decided."""
    match compare(candidate, reference, vocabulary, always=always):
        case Covered():
            return True
        case Exceeds():
            return False
        case Undecided():
            return None


def _stands(part: Residue, candidate: Permissions, reference: Permissions, segments: Segments) -> bool:
    """Whether the witness is one in the strict reading too (both sides are given in it)."""
    at = candidate.dimensions.index(f"{segments.dimension}.0")
    request = strict_request(part.witness, at, segments)
    mine, theirs = decide(candidate, request), decide(reference, request)
    return mine.verdict in ("allowed", "undecided") and theirs.verdict != "allowed"


def _widest(found: Sequence[Residue]) -> tuple[Residue, ...]:
    """Without the parts that lie inside another part; in the order of the candidate's statements.

    What lies inside an earlier part goes first, then what lies inside a later one; of equal parts the first stays.
    """
    once = _Shelves().without_covered(list(map(_part, found)))
    kept = _Shelves().without_covered(once[::-1])
    return tuple(part.residue for part in reversed(kept))


class _Shelves:
    """Parts by which of their globs are literal, and by these: only an equal literal can contain a literal's glob."""

    def __init__(self) -> None:
        self._shelves: dict[tuple[int, ...], dict[tuple[str, ...], list[_Part]]] = {}

    def without_covered(self, parts: Sequence[_Part]) -> list[_Part]:
        """The parts that lie inside none before them."""
        kept = []
        for part in parts:
            if not self._holds(part):
                self._add(part)
                kept.append(part)
        return kept

    def _holds(self, part: _Part) -> bool:
        scopes = part.residue.scopes
        for literals, shelf in self._shelves.items():
            others = shelf.get(tuple(scopes[i] for i in literals), ())
            if any(_inside(part, other) for other in others):
                return True
        return False

    def _add(self, part: _Part) -> None:
        scopes = part.residue.scopes
        literals = tuple(i for i, glob in enumerate(scopes) if "*" not in glob and "?" not in glob)
        shelf = self._shelves.setdefault(literals, {})
        shelf.setdefault(tuple(scopes[i] for i in literals), []).append(part)


class _Part(NamedTuple):
    residue: Residue
    conditions: frozenset[Condition]
    may: frozenset[str]
    actions: frozenset[str]
    outside: Outside


def _part(residue: Residue) -> _Part:
    may = frozenset(residue.statement.may)
    return _Part(residue, frozenset(residue.conditions), may, frozenset(residue.actions), left_out(residue))


def _inside(small: _Part, large: _Part) -> bool:
    return (
        len(small.actions) <= len(large.actions)
        and small.actions <= large.actions
        and large.conditions <= small.conditions
        and large.may <= small.may
        and all(map(contains, large.residue.scopes, small.residue.scopes))
        and all(
            hole in small.outside or not any(meet((hole[1],), (small.residue.scopes[hole[0]],)))
            for hole in large.outside
        )
        and all(any(contains(x, y) for x in large.residue.future) for y in small.residue.future)
    )


__all__ = ["InternalError", "compare", "covers"]
