"""Writes a set of action names as the fewest readable patterns that mean exactly this set; knows no platform.

Two tiers are kept apart. Among the *known* names the patterns, minus their exceptions, mean exactly the set. Of the
names that may be *added later* a wildcard claims only what the set has: it lies inside a `Later` and meets nothing
that this one spares. A single list of names is therefore never written as a wildcard.

Patterns are laminar (``*``, ``service:*``, ``service:Word*``), so taking the widest one first gives the fewest.
Cost: one pass over the names of each service that is not taken whole.
"""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple, cast

from nhilint.algebra.glob import contains, is_wild, overlaps
from nhilint.algebra.universe import Vocabulary, by_service, service_of


class Later(NamedTuple):
    """Not yet known names that belong to a set: those of a pattern, without those of the patterns it spares."""

    pattern: str
    spared: tuple[str, ...] = ()


class Spelling(NamedTuple):
    """Patterns, minus exceptions."""

    patterns: tuple[str, ...]
    """Spelled as the vocabulary spells them, sorted."""
    exceptions: tuple[str, ...] = ()
    unsaid: tuple[str, ...] = ()
    """Patterns of which some later names belong to the set and are not written."""

    @property
    def length(self) -> int:
        """How much there is to read."""
        return len(self.patterns) + len(self.exceptions)


def spell(names: Collection[str], later: Sequence[Later], vocabulary: Vocabulary, *, inner: bool = True) -> Spelling:
    """The shortest spelling of the folded names and what is added to them later.

    A set without any known name is written as its later patterns. `inner`: exceptions are allowed to any pattern;
    otherwise only to ``*`` (a platform may know no other way).
    """
    work = _Work(frozenset(names), later, vocabulary)
    if not names:
        return work.later_only()
    whole = work.complement("*") if "*" in {row.pattern for row in later} else None
    if whole is not None and not whole.exceptions:
        return work.spelled(whole)
    parts = list(work.each_service(inner))
    single = Spelling(
        tuple(p for part in parts for p in part.patterns), tuple(dict.fromkeys(p for x in parts for p in x.exceptions))
    )
    shortest = whole if whole is not None and whole.length < single.length else single
    return work.spelled(shortest)


class _Work:
    """One set being written."""

    def __init__(self, names: frozenset[str], later: Sequence[Later], vocabulary: Vocabulary) -> None:
        self._names, self._later, self._vocabulary = names, later, vocabulary
        self._spared = {row: by_service(row.spared) for row in later}
        self._wider: dict[str, list[Later]] = {}
        for row in later:
            self._wider.setdefault(service_of(row.pattern), []).append(row)

    def _holding(self, pattern: str) -> Iterator[Later]:
        """The rows whose pattern contains it: of its own service, or of no certain one."""
        for key in dict.fromkeys((service_of(pattern), "")):
            yield from (row for row in self._wider.get(key, ()) if contains(row.pattern, pattern))

    def later_only(self) -> Spelling:
        """Where no known name belongs to the set: the patterns as they are."""
        return self.spelled(Spelling(tuple(row.pattern for row in self._later)))

    def each_service(self, inner: bool) -> Iterator[Spelling]:
        """Each service's shortest spelling; first the patterns that somebody wrote and that are exact as they stand."""
        left = set(self._names)
        own: dict[str, list[str]] = {}
        for row in sorted(self._later, key=lambda row: (len(row.pattern), row.pattern)):
            meant = self._vocabulary.expand(row.pattern)
            if not row.spared and self._names.issuperset(meant):
                left.difference_update(meant)
                yield Spelling((row.pattern,))
            elif service := service_of(row.pattern):
                own.setdefault(service, []).append(row.pattern)
        names: dict[str, set[str]] = {}
        for name in left:
            names.setdefault(name.partition(":")[0], set()).add(name)
        for service in sorted({*names, *own}):
            yield from self._of_service(service, names.get(service, set()), own.get(service, []), inner)

    def _of_service(self, service: str, left: set[str], own: list[str], inner: bool) -> Iterator[Spelling]:
        whole = f"{service}:*"
        for base in dict.fromkeys([whole, *own] if inner and self._later else []):
            known = self._vocabulary.expand(base)
            meant = left.intersection(known)
            found = self.complement(base) if meant or not known else None
            if found is not None and (not known or found.length < len(self._positive(service, meant))):
                yield found
                left = left - meant
                if base == whole:
                    break
        if left:
            yield Spelling(tuple(self._positive(service, left)))

    def _positive(self, service: str, left: Collection[str]) -> list[str]:
        rest, found = set(left), []
        whole = f"{service}:*"
        if self._claimed(whole, service) and rest.issuperset(self._vocabulary.expand(whole)):
            found.append(whole)
            rest.difference_update(self._vocabulary.expand(whole))
        elif self._later and len(rest) > 1:
            for pattern, meant in _words(cast("Hashable", self._vocabulary), service):
                if rest.issuperset(meant) and self._claimed(pattern, service):
                    found.append(pattern)
                    rest.difference_update(meant)
        return found + sorted(rest)

    def _claimed(self, pattern: str, service: str) -> bool:
        """Whether all later names of the pattern belong to the set."""
        return any(
            not any(overlaps(p, pattern) for key in (service, "") for p in self._spared[row].get(key, ()))
            for row in self._holding(pattern)
        )

    def complement(self, base: str) -> Spelling | None:
        """The base with its exceptions, where that is exact in both tiers; the shortest such."""
        found = [self._minus(base, row) for row in self._holding(base)]
        return min((one for one in found if one is not None), key=lambda one: (one.length, one), default=None)

    def _minus(self, base: str, row: Later) -> Spelling | None:
        service, spared = service_of(base), self._spared[row]
        keys = (service, "") if service else tuple(spared)
        exceptions = [p for key in keys for p in spared.get(key, ()) if base == "*" or overlaps(p, base)]
        missing = set(self._vocabulary.expand(base)) - self._names
        for pattern in exceptions:
            meant = self._vocabulary.expand(pattern)
            if contains(pattern, base) or not self._names.isdisjoint(meant or (pattern,)):
                return None
            missing.difference_update(meant)
        return Spelling((base,), (*exceptions, *sorted(missing)))

    def spelled(self, found: Spelling) -> Spelling:
        """In the vendor's spelling, with what remains unsaid."""
        patterns = set(found.patterns)
        said, excepted = by_service(patterns), by_service(p for p in found.exceptions if is_wild(p))

        def near(rows: Mapping[str, Sequence[str]], row: Later) -> Iterator[str]:
            service = service_of(row.pattern)
            for key in dict.fromkeys((service, "")) if service else rows:
                yield from rows.get(key, ())

        # An exception that another row spares may take away what this one has.
        unsaid = {
            row.pattern
            for row in self._later
            if not any(contains(p, row.pattern) for p in near(said, row))
            or any(
                overlaps(p, row.pattern) and not any(contains(s, p) for s in row.spared) for p in near(excepted, row)
            )
        }
        spell = self._vocabulary.spell
        return Spelling(
            tuple(sorted(map(spell, patterns))),
            tuple(sorted({spell(p) for p in found.exceptions})),
            tuple(sorted(unsaid)),
        )


@lru_cache(maxsize=1024)
def _words(vocabulary: Hashable, service: str) -> tuple[tuple[str, frozenset[str]], ...]:
    """The patterns `service:Word*` that mean at least two names, each with these names; widest first."""
    known = cast("Vocabulary", vocabulary)
    found: dict[str, list[str]] = {}
    for action in known.expand(f"{service}:*"):
        name = known.spell(action)
        start = name.find(":") + 1
        for at in range(start + 1, len(name)):
            if name[at].isupper() and not name[at - 1].isupper():
                found.setdefault(action[:at] + "*", []).append(action)
    rows = [(pattern, frozenset(meant)) for pattern, meant in found.items()]
    # A word that is itself a name (`Get` of `GetObject`) belongs to its pattern as well.
    rows = [(pattern, meant | {pattern[:-1]} if known.expand(pattern[:-1]) else meant) for pattern, meant in rows]
    rows = [(pattern, meant) for pattern, meant in rows if len(meant) > 1 and meant.issuperset(known.expand(pattern))]
    return tuple(sorted(rows, key=lambda row: (-len(row[1]), row[0])))
