"""The smallest choice of options that covers everything together, at most one option of each owner; pure set cover.

Exact for as many owners as a catalog has for one identity; beyond that greedy, and then made smaller.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import NamedTuple

_EXACT = 20
_MAX_STEPS = 20_000
_MAX_ANSWERS = 40


class Option(NamedTuple):
    """Something that covers a part of the whole."""

    owner: str
    bits: int
    weight: tuple[float, ...]
    """Of answers with equally many options the one with the least weight (added up) is better."""


Answer = tuple[int, ...]
"""The numbers of the options."""


def smallest(options: Sequence[Option], whole: int) -> list[Answer]:
    """The answers with the fewest options, the best first; () alone where there is nothing to cover."""
    if not whole:
        return [()]
    useful = _useful(options, whole)
    reach = 0
    for number in useful:
        reach |= options[number].bits
    if whole & ~reach:
        return []
    if len({options[number].owner for number in useful}) > _EXACT:
        greedy = _greedy(options, useful, whole)
        return [greedy] if greedy else []
    search = _Search(options, useful, whole)
    for size in range(1, len(useful) + 1):
        answers = search.run(size)
        if answers or search.spent:
            break
    if not answers:
        greedy = _greedy(options, useful, whole)
        answers = [greedy] if greedy else []
    return sorted(answers, key=lambda answer: _key(options, answer))


def _key(options: Sequence[Option], answer: Answer) -> tuple[object, ...]:
    weights = zip(*(options[number].weight for number in answer), strict=True)
    return (tuple(map(sum, weights)), tuple(sorted(options[number].owner for number in answer)), answer)


def _useful(options: Sequence[Option], whole: int) -> list[int]:
    """Without options that another one of the same owner, no heavier, makes needless."""
    owned: dict[str, list[tuple[int, Option]]] = defaultdict(list)
    for number, option in enumerate(options):
        owned[option.owner].append((number, option))
    found: list[int] = []
    for number, option in enumerate(options):
        mine = option.bits & whole
        if mine and not any(
            not mine & ~other.bits and (mine != other.bits & whole or (other.weight, at) < (option.weight, number))
            for at, other in owned[option.owner]
            if at != number
        ):
            found.append(number)
    return found


class _Search:
    """Branches on the part that the fewest options cover."""

    def __init__(self, options: Sequence[Option], useful: Sequence[int], whole: int) -> None:
        self._options = options
        parts = [whole]
        for number in useful:
            bits = options[number].bits
            parts = [piece for part in parts for piece in (part & bits, part & ~bits) if piece]
        holders = [(part, [n for n in useful if options[n].bits & part]) for part in parts]
        self._parts = sorted(holders, key=lambda row: (len(row[1]), row[1]))
        self._steps = 0
        self._found: dict[Answer, None] = {}

    @property
    def spent(self) -> bool:
        return self._steps > _MAX_STEPS

    def run(self, size: int) -> list[Answer]:
        """The answers with so many options."""
        self._explore((), 0, size)
        return list(self._found)

    def _explore(self, chosen: Answer, covered: int, left: int) -> None:
        self._steps += 1
        if self.spent or len(self._found) >= _MAX_ANSWERS:
            return
        holders = next((holders for part, holders in self._parts if part & ~covered), None)
        if holders is None:
            self._found[tuple(sorted(chosen))] = None
            return
        if not left:
            return
        owners = {self._options[number].owner for number in chosen}
        for number in holders:
            if self._options[number].owner not in owners:
                self._explore((*chosen, number), covered | self._options[number].bits, left - 1)


def _greedy(options: Sequence[Option], useful: Sequence[int], whole: int) -> Answer:
    """Always the option that adds most; then without those that the others make needless. () where it gets stuck."""
    chosen: list[int] = []
    owners: set[str] = set()
    left = whole
    while left:
        rows = [n for n in useful if options[n].owner not in owners and options[n].bits & left]
        if not rows:
            return ()
        best = max(rows, key=lambda n: ((options[n].bits & left).bit_count(), [-w for w in options[n].weight], -n))
        chosen.append(best)
        owners.add(options[best].owner)
        left &= ~options[best].bits
    for number in list(chosen):
        rest = 0
        for other in chosen:
            rest |= 0 if other == number else options[other].bits
        if not whole & ~rest:
            chosen.remove(number)
    return tuple(sorted(chosen))
