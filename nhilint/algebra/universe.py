"""Action names as bits: the finite names a comparison can tell apart, known ones and ones not yet known; no platform.

A comparison's universe holds the known names that its patterns expand to, the literal names nobody knows, *future*
names (generic witnesses of patterns: actions that may be added later), and one bit for *the rest*: all known names that
no pattern but ``*`` mentions. The rest behave alike, so `Vocabulary.all` is asked for only when they have to be listed.

Which patterns need a future name: whatever part of the candidate exceeds, exceeds at the generic witness of some
(a) intersection of one pattern of each of the candidate's layers, (b) met with the patterns that a negated action list
needs to be inside of, any number of them, (c) met with at most one pattern that the reference denies: being
denied once is enough. All other patterns (what the candidate denies, what the reference allows) only shrink the
part, and the generic witness is the string that the fewest of them match.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Hashable, Iterable, Sequence
from functools import lru_cache
from typing import NamedTuple, Protocol, cast

from nhilint.algebra.glob import FRESH, contains, intersect, is_wild, matches, overlaps, witnesses

_MAX_FUTURE = 20_000


class Vocabulary(Protocol):
    """The finite action names of one platform. Implementations are immutable and hashable."""

    @property
    def date(self) -> str:
        """The date of the data, ISO."""

    def expand(self, pattern: str) -> Sequence[str]:
        """The known action names that match a folded pattern."""

    def spell(self, action: str) -> str:
        """The folded name, or a folded pattern, as people write it."""

    def all(self) -> Sequence[str]:
        """Every known action name, folded."""


class _Open:
    """The vocabulary of a platform without a finite set of action names."""

    date = ""

    def expand(self, pattern: str) -> Sequence[str]:
        return ()

    def spell(self, action: str) -> str:
        return action

    def all(self) -> Sequence[str]:
        return ()


OPEN: Vocabulary = _Open()
"""No finite vocabulary at all: every pattern stands for itself."""


class UniverseTooLarge(ValueError):
    """The action patterns fall into too many overlaps; nothing was decided."""


class Index:
    """The bit position of every known name that was ever asked for, and the bits of every pattern. Grows only."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._vocabulary = vocabulary
        self._positions: dict[str, int] = {}
        self._bits: dict[str, int] = {}
        self.names: list[str] = []

    def bits(self, pattern: str) -> int:
        """The known names that match the pattern (not for ``*``)."""
        known = self._bits.get(pattern)
        if known is None:
            known = self._of(self._vocabulary.expand(pattern))
            self._bits[pattern] = known
        return known

    def all_bits(self) -> int:
        """Every known name."""
        return self._of(self._vocabulary.all())

    def _of(self, names: Sequence[str]) -> int:
        if len(names) == 1:
            return 1 << self._position(names[0])
        positions = [self._position(name) for name in names]
        if not positions:
            return 0
        row = bytearray(max(positions) // 8 + 1)
        for position in positions:
            row[position >> 3] |= 1 << (position & 7)
        return int.from_bytes(row, "little")

    def _position(self, name: str) -> int:
        known = self._positions.get(name)
        if known is None:
            known = len(self.names)
            self._positions[name] = known
            self.names.append(name)
        return known


@lru_cache(maxsize=8)
def _index(vocabulary: Hashable) -> Index:
    return Index(cast("Vocabulary", vocabulary))


def index_of(vocabulary: Vocabulary) -> Index:
    """The index of a vocabulary, kept between comparisons: a memo, never a state."""
    return _index(cast("Hashable", vocabulary))


def bits_of(number: int) -> list[int]:
    """The positions of the set bits, ascending."""
    text = bin(number)[:1:-1]
    found, at = [], text.find("1")
    while at >= 0:
        found.append(at)
        at = text.find("1", at + 1)
    return found


class Needs(NamedTuple):
    """The action patterns of a comparison that future names are made of; see the head of this module."""

    layers: Sequence[Sequence[str]]
    """What each layer of the candidate allows; ``*`` for a negated list."""
    holes: Sequence[str]
    """Negated lists where the name has to be inside: of the candidate's denies and the reference's allows."""
    denied: Sequence[str]
    """What the reference denies."""


class Universe:
    """The action names one comparison can tell apart. Bits: extras (literals, future names, the rest), then known."""

    def __init__(
        self,
        vocabulary: Vocabulary,
        patterns: Iterable[str],
        needs: Needs,
        fresh: str = FRESH,
    ) -> None:
        """`patterns`: all action patterns of both sides; `needs`: which of them need future names."""
        self._vocabulary = vocabulary
        self._index = index_of(vocabulary)
        every = dict.fromkeys(patterns)
        wild = dict.fromkeys(filter(is_wild, every))
        self._known = {pattern: self._index.bits(pattern) for pattern in every if pattern != "*"}
        literals = [pattern for pattern, known in self._known.items() if not known and pattern not in wild]
        future = self._unknown([*wild, *_futures(needs, self._unknown)])
        marks = max((pattern.count("?") for pattern in wild), default=0)
        # (name, the pattern it stands for or "" for a literal)
        extras = dict.fromkeys(literals, "")
        for pattern in future:
            for name in witnesses(pattern, marks, fresh):
                extras.setdefault(name, pattern)
        self._extras = sorted(extras.items())
        self._sorted_names = [name for name, _ in self._extras]
        self._rest = 1 << len(self._extras)
        self._shift = len(self._extras) + 1
        self.touched = 0
        for known in self._known.values():
            self.touched |= known
        self.everything = (self.touched << self._shift) | (self._rest * 2 - 1)
        self._cache: dict[str, int] = {"*": self.everything}
        self._spared: dict[int, tuple[str, ...]] = {}

    def _unknown(self, patterns: Iterable[str]) -> list[str]:
        """Without the names that are known: they have bits of their own."""
        return [pattern for pattern in dict.fromkeys(patterns) if is_wild(pattern) or not self._index.bits(pattern)]

    def bits(self, patterns: Sequence[str], negated: bool = False) -> int:
        """The names that match one of the patterns, or none of them."""
        found = 0
        for pattern in patterns:
            known = self._cache.get(pattern)
            if known is None:
                known = self._cache[pattern] = (self._known[pattern] << self._shift) | self._extra_bits(pattern)
            found |= known
        return self.everything & ~found if negated else found

    def _extra_bits(self, pattern: str) -> int:
        if self._known[pattern] and not is_wild(pattern):
            # The name of a known action: it is none of the extras, which are unknown names and future ones.
            return 0
        head = _head(pattern)
        found = 0
        # Names that begin with the pattern's literal head stand together in the sorted list.
        for position in range(bisect_left(self._sorted_names, head), len(self._sorted_names)):
            name = self._sorted_names[position]
            if not name.startswith(head):
                break
            if matches(pattern, name):
                found |= 1 << position
        return found

    def read(self, bits: int) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
        """Bits as (concrete names sorted, future patterns sorted, one name per future pattern)."""
        names = [self._index.names[position] for position in bits_of(bits >> self._shift)]
        future: dict[str, str] = {}
        for position in bits_of(bits & (self._rest - 1)):
            name, pattern = self._extras[position]
            if pattern:
                future.setdefault(pattern, name)
            else:
                names.append(name)
        if bits & self._rest:
            mentioned = {self._index.names[position] for position in bits_of(self.touched)}
            names += [name for name in self._vocabulary.all() if name not in mentioned]
        widest = sorted(_widest(future))
        return tuple(sorted(names)), tuple(widest), tuple(future[pattern] for pattern in widest)

    def spared(self, bits: int, future: Sequence[str]) -> tuple[str, ...]:
        """What overlaps the future patterns and is not among the bits: widest patterns and unknown literals, sorted."""
        if not future:
            return ()
        if bits not in self._spared:
            rows, found = by_service(future), set()
            for name, pattern in (self._extras[i] for i in bits_of(~bits & (self._rest - 1))):
                own = pattern or name
                service = service_of(own)
                near = (
                    wide for key in (dict.fromkeys((service, "")) if service else rows) for wide in rows.get(key, ())
                )
                if any(overlaps(own, wide) and not contains(own, wide) for wide in near):
                    found.add(own)
            self._spared[bits] = tuple(sorted(_widest(found)))
        return self._spared[bits]

    def is_empty(self, bits: int) -> bool:
        """Whether no concrete or future name is left: only the rest, of a vocabulary that has no rest."""
        if bits & ~self._rest:
            return False
        return not bits or not self.read(bits)[0]


def _widest(patterns: Iterable[str]) -> Iterable[str]:
    """The patterns that no wider one contains; of those that mean the same, one.

    Only a pattern whose literal head begins another one's head can contain that one.
    """
    by_head: dict[str, list[str]] = {}
    for pattern in patterns:
        by_head.setdefault(_head(pattern), []).append(pattern)
    for head, members in by_head.items():
        wider = [q for size in range(len(head) + 1) for q in by_head.get(head[:size], ())]
        for pattern in members:
            if not any(_above(q, pattern) for q in wider):
                yield pattern


def _above(other: str, pattern: str) -> bool:
    """Whether the other one is wider, or means the same and comes first (`s:*` before `s:**`)."""
    if other == pattern or not contains(other, pattern):
        return False
    return (len(other), other) < (len(pattern), pattern) or not contains(pattern, other)


def service_of(pattern: str) -> str:
    """What stands before the colon of an action's pattern; empty when that is not one literal word."""
    service, colon, _ = pattern.partition(":")
    return service if colon and not is_wild(service) else ""


def by_service(patterns: Iterable[str]) -> dict[str, list[str]]:
    """The patterns by `service_of`: two of different services have nothing in common."""
    found: dict[str, list[str]] = {}
    for pattern in patterns:
        found.setdefault(service_of(pattern), []).append(pattern)
    return found


def _head(pattern: str) -> str:
    return pattern.split("*", 1)[0].split("?", 1)[0]


def _futures(needs: Needs, unknown: Callable[[Iterable[str]], list[str]]) -> list[str]:
    """The patterns whose generic witnesses decide for all names not yet known."""
    found = ["*"]
    for layer in needs.layers:
        found = unknown(_met(found, unknown(layer)))
    found = unknown(_closed(found, unknown(needs.holes)))
    return unknown([*found, *_met(found, unknown(needs.denied))])


def _closed(patterns: Iterable[str], holes: Sequence[str]) -> list[str]:
    """The patterns and their intersections with any number of the holes."""
    found = dict.fromkeys(patterns)
    for hole in dict.fromkeys(holes):
        found.update(dict.fromkeys(_met(found, (hole,))))
    return list(found)


def _met(some: Iterable[str], others: Iterable[str]) -> list[str]:
    """Every intersection of one of these with one of those."""
    found: dict[str, None] = {}
    rows = list(dict.fromkeys(others))
    for pattern in some:
        for other in rows:
            found.update(dict.fromkeys(intersect(pattern, other)))
            if len(found) > _MAX_FUTURE:
                raise UniverseTooLarge("too many overlapping action patterns")
    return list(found)
