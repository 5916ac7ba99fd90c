"""Globs as exact string languages: matching, containment, intersection, witnesses; must not know what they name.

Alphabet: characters and *atoms*. An atom is a symbol (`values.symbol`): one unknown string, equal only to itself, so
only ``*`` covers it. Wildcards and symbols in a *text* mean nothing: a star there is the character star.

Why one string decides containment (SEMANTICS 1): let `w` be the inner glob with each wildcard replaced by a letter that
occurs in no pattern. Whatever glob without ``?`` matches `w` covers every such letter with a star of its own, hence
matches every string of the inner glob. With ``?`` on the outer side the length of the run of fresh letters counts too:
`contains` follows all lengths at once as sets of positions; `witnesses` lists the lengths that can be told apart.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import product

from nhilint.algebra.values import LITERAL_MARK, LITERAL_STAR, SYMBOL, SYMBOL_OPEN

FRESH = "\ue0ff"
"""The letter that stands for a wildcard in a generic witness; see `fresh_letter` for input that contains it."""

_ATOM_BASE = 0xF0000
_ATOM_FIRST, _ATOM_LAST = "\U000f0000", "\U000ffffd"
_SYMBOL = re.compile(SYMBOL)
_ATOM = re.compile(f"[{_ATOM_FIRST}-{_ATOM_LAST}]")
_WILD_RUN = re.compile(r"[*?]*\*[*?]*")
_STARS = re.compile(r"\*+")
_TEXT = str.maketrans({"*": LITERAL_STAR, "?": LITERAL_MARK})
_MAX_WORK = 4_000_000
_MAX_PARTS = 512
_MAX_WITNESSES = 1_024
_MAX_FRONTS = 48


class GlobTooLarge(ValueError):
    """The question would cost more than any honest policy needs (hostile input); nothing was decided."""


class Atoms:
    """A two-way table of symbols and single characters, so that string functions see each symbol as one letter."""

    def __init__(self) -> None:
        self._letters: dict[str, str] = {}
        self._symbols: dict[str, str] = {}

    def encode(self, pattern: str) -> str:
        """`pattern` with each symbol as one letter of its own."""
        if SYMBOL_OPEN not in pattern:
            return pattern
        return _SYMBOL.sub(lambda found: self._letter(found[0]), pattern)

    def decode(self, pattern: str) -> str:
        """The inverse of `encode`."""
        return "".join(self._symbols.get(letter, letter) for letter in pattern)

    def _letter(self, name: str) -> str:
        known = self._letters.get(name)
        if known is None:
            known = chr(_ATOM_BASE + len(self._letters))
            self._letters[name] = known
            self._symbols[known] = name
        return known


def is_wild(pattern: str) -> bool:
    """Whether the pattern can match more than one string."""
    return "*" in pattern or "?" in pattern


def fresh_letter(texts: Iterable[str]) -> str:
    """A letter that occurs in none of `texts`: `FRESH`, unless somebody wrote that."""
    joined = "".join(texts)
    code = ord(FRESH)
    while chr(code) in joined:
        code -= 1
    return chr(code)


def normal(pattern: str) -> str:
    """The same strings of characters with every run of wildcards written as question marks, then at most one star."""
    if "**" not in pattern and "*?" not in pattern:
        return pattern
    return _WILD_RUN.sub(lambda run: "?" * run[0].count("?") + "*", pattern)


def _short(pattern: str, beside: str) -> str:
    """`normal`, unless atoms stand in either: no ``?`` reads an atom, so ``*?`` and ``?*`` are not the same then."""
    if "?" in pattern and (_ATOM.search(beside) or _ATOM.search(pattern)):
        return _STARS.sub("*", pattern)
    return normal(pattern)


def generic(pattern: str, fresh: str = FRESH) -> str:
    """The generic witness: every wildcard replaced by the fresh letter. Matched by the fewest globs without ``?``."""
    if not is_wild(pattern):
        return pattern
    return normal(pattern).replace("*", fresh).replace("?", fresh)


def witnesses(pattern: str, marks: int, fresh: str = FRESH) -> tuple[str, ...]:
    """Strings of `pattern` that meet every union of globs with at most `marks` question marks each, that it can escape.

    The runs of fresh letters vary from 0 to `marks` + 1; a single generic witness when `marks` is 0.
    Raises `GlobTooLarge` when that is more than a few thousand strings.
    """
    if not marks or "*" not in pattern:
        return (generic(pattern, fresh),)
    pieces = normal(pattern).replace("?", fresh).split("*")
    lengths = (1, *(n for n in range(marks + 1, -1, -1) if n != 1))
    if len(lengths) ** (len(pieces) - 1) > _MAX_WITNESSES:
        raise GlobTooLarge("too many question marks beside stars")
    return tuple(
        pieces[0] + "".join(fresh * run + piece for run, piece in zip(runs, pieces[1:], strict=True))
        for runs in product(lengths, repeat=len(pieces) - 1)
    )


def matches(pattern: str, text: str) -> bool:
    """Whether the text is in the pattern's language; the text has no wildcards, symbols are atomic."""
    if SYMBOL_OPEN in text or SYMBOL_OPEN in pattern:
        atoms = Atoms()
        pattern, text = atoms.encode(pattern), atoms.encode(text)
    return matches_encoded(pattern, text)


def matches_encoded(pattern: str, text: str) -> bool:
    """`matches` for strings that one `Atoms` table has encoded. Cost: linear without ``?``."""
    if "*" in text or "?" in text:
        text = text.translate(_TEXT)
    if "?" in pattern:
        return _matches_marks(pattern, text)
    if "*" not in pattern:
        return pattern == text
    first, *middle, last = pattern.split("*")
    if len(text) < len(first) + len(last) or not text.startswith(first) or not text.endswith(last):
        return False
    position, end = len(first), len(text) - len(last)
    for piece in middle:
        if piece:
            # The leftmost place leaves most room for the rest, so greed is exact.
            found = text.find(piece, position, end)
            if found < 0:
                return False
            position = found + len(piece)
    return True


def _matches_marks(pattern: str, text: str) -> bool:
    first, *middle = _short(pattern, text).split("*")
    if not middle:
        return len(first) == len(text) and _fits(first, text, 0)
    last = middle.pop()
    if len(text) < len(first) + len(last) or not _fits(first, text, 0) or not _fits(last, text, len(text) - len(last)):
        return False
    position, end = len(first), len(text) - len(last)
    if sum(map(len, middle)) * (end - position) > _MAX_WORK:
        raise GlobTooLarge("question marks in a pattern of hostile size")
    for piece in middle:
        while position + len(piece) <= end and not _fits(piece, text, position):
            position += 1
        if position + len(piece) > end:
            return False
        position += len(piece)
    return True


def _fits(piece: str, text: str, start: int) -> bool:
    """Whether `piece` (characters and ``?``) is what stands in `text` at `start`, which is inside the text."""
    if "?" not in piece:
        return text.startswith(piece, start)
    for offset, letter in enumerate(piece, start):
        there = text[offset]
        if letter != there and (letter != "?" or _ATOM_FIRST <= there <= _ATOM_LAST):
            return False
    return True


def contains(outer: str, inner: str) -> bool:
    """Whether every string of `inner` is a string of `outer`; exact."""
    if outer in ("*", inner):
        return True
    # Most pairs differ before the first wildcard; a symbol in there is the same text, too.
    if not inner.startswith(outer.partition("*")[0].partition("?")[0]):
        return False
    if SYMBOL_OPEN in outer or SYMBOL_OPEN in inner:
        atoms = Atoms()
        outer, inner = atoms.encode(outer), atoms.encode(inner)
    fresh = FRESH if FRESH not in outer else fresh_letter((outer, inner))
    if "?" not in outer:
        return matches_encoded(outer, generic(inner, fresh))
    if "*" not in inner:
        return matches_encoded(outer, generic(inner, fresh))
    return _contains_marks(_short(outer, inner), normal(inner), fresh)


def _contains_marks(outer: str, inner: str, fresh: str) -> bool:
    """Walks `inner` with the sets of positions that `outer` can be in; only the smallest sets can fail first."""
    if len(outer) * len(inner) > _MAX_WORK:
        raise GlobTooLarge("question marks in a pattern of hostile size")
    machine = _Machine(outer)
    fronts = {machine.start}
    for letter in inner:
        if letter != "*":
            step = fresh if letter == "?" else letter
            fronts = {machine.step(front, step) for front in fronts}
        else:
            reached = set(fronts)
            while fronts:
                fronts = {machine.step(front, fresh) for front in fronts} - reached
                reached |= fronts
            fronts = reached
        fronts = _smallest(fronts)
        if 0 in fronts:
            return False
        if len(fronts) > _MAX_FRONTS:
            raise GlobTooLarge("too many question marks beside stars")
    return all(front & machine.accept for front in fronts)


def _smallest(fronts: set[int]) -> set[int]:
    if len(fronts) == 1:
        return fronts
    return {front for front in fronts if not any(other != front and other & front == other for other in fronts)}


class _Machine:
    """The positions of a normal glob as bits of one int; a star is a loop at its position with a free step onward."""

    def __init__(self, pattern: str) -> None:
        self._letters: dict[str, int] = {}
        self._marks = self._stars = 0
        for position, letter in enumerate(pattern):
            bit = 1 << position
            if letter == "*":
                self._stars |= bit
            elif letter == "?":
                self._marks |= bit
            else:
                self._letters[letter] = self._letters.get(letter, 0) | bit
        self.accept = 1 << len(pattern)
        self.start = self._close(1)

    def step(self, front: int, letter: str) -> int:
        moving = self._letters.get(letter, 0)
        if not _ATOM_FIRST <= letter <= _ATOM_LAST:
            moving |= self._marks
        return self._close((front & self._stars) | ((front & moving) << 1))

    def _close(self, front: int) -> int:
        # Two stars never touch in a normal glob, so one free step is enough.
        return front | ((front & self._stars) << 1)


def intersect(a: str, b: str) -> tuple[str, ...]:
    """Globs whose union is exactly the intersection; () when disjoint. Raises `GlobTooLarge` on hostile input."""
    if SYMBOL_OPEN in a or SYMBOL_OPEN in b:
        atoms = Atoms()
        return tuple(atoms.decode(part) for part in intersect_encoded(atoms.encode(a), atoms.encode(b)))
    return intersect_encoded(a, b)


def intersect_encoded(a: str, b: str) -> tuple[str, ...]:
    """`intersect` for strings that one `Atoms` table has encoded."""
    if a == b or b == "*":
        return (a,)
    if a == "*":
        return (b,)
    if not is_wild(a):
        return (a,) if matches_encoded(b, a) else ()
    if not is_wild(b):
        return (b,) if matches_encoded(a, b) else ()
    if not _ends_agree(a, b):
        return ()
    if contains(a, b):
        return (b,)
    if contains(b, a):
        return (a,)
    return _largest(_align(_short(a, b), _short(b, a)))


def may_overlap(a: str, b: str) -> bool:
    """`overlaps`; true as well where the globs are too large for that to be decided."""
    try:
        return overlaps(a, b)
    except GlobTooLarge:
        return True


def surely_contains(outer: str, inner: str) -> bool:
    """`contains`; false as well where the globs are too large for that to be decided."""
    try:
        return contains(outer, inner)
    except GlobTooLarge:
        return False


def overlaps(a: str, b: str) -> bool:
    """Whether two globs have a string in common; exact, and much quicker than their intersection.

    Where both have a star, each one's middle fits into a star of the other: only beginnings and ends can contradict.
    """
    if SYMBOL_OPEN in a or SYMBOL_OPEN in b:
        atoms = Atoms()
        a, b = atoms.encode(a), atoms.encode(b)
    if "*" in a and "*" in b:
        return _ends_agree(a, b)
    if "*" not in a and "*" not in b:
        return len(a) == len(b) and _agree(a, b)
    pattern, text = (a, b) if "*" in a else (b, a)
    return matches_encoded(pattern, text) if "?" not in text else bool(intersect_encoded(pattern, text))


def _ends_agree(a: str, b: str) -> bool:
    """Whether neither the beginnings nor the ends, up to a star, contradict each other."""
    ahead = _agree(a.partition("*")[0], b.partition("*")[0])
    return ahead and _agree(a[::-1].partition("*")[0], b[::-1].partition("*")[0])


def _agree(a: str, b: str) -> bool:
    """Whether the texts (characters and ``?``) do not contradict each other as far as both go."""
    if "?" not in a and "?" not in b:
        size = min(len(a), len(b))
        return a[:size] == b[:size]
    return all(
        left == right or ("?" in (left, right) and not _ATOM_FIRST <= max(left, right) <= _ATOM_LAST)
        for left, right in zip(a, b, strict=False)
    )


def _align(a: str, b: str) -> set[str]:
    """All alignments of the two token sequences, from the ends to the beginnings, one row of suffixes at a time."""
    if len(a) * len(b) > 250_000:
        raise GlobTooLarge("the intersection of two patterns of hostile size")
    below: list[set[str]] = []
    for i in range(len(a), -1, -1):
        row: list[set[str]] = [set() for _ in range(len(b) + 1)]
        for j in range(len(b), -1, -1):
            row[j] = _align_at(a, b, i, j, row, below)
            if len(row[j]) > _MAX_PARTS:
                raise GlobTooLarge("the intersection falls into too many parts")
        below = row
    return below[0]


def _align_at(a: str, b: str, i: int, j: int, row: list[set[str]], below: list[set[str]]) -> set[str]:
    """Intersections of a[i:] and b[j:]; `row` holds (i, j+1…), `below` holds (i+1, 0…)."""
    if i == len(a):
        return {""} if b[j:] in ("", "*") else set()
    if j == len(b):
        return {""} if a[i:] == "*" else set()
    left, right = a[i], b[j]
    if left == "*" and right == "*":
        return {part if part.startswith("*") else "*" + part for part in below[j] | row[j + 1]}
    if left == "*":
        return below[j] | {right + part for part in row[j + 1]}
    if right == "*":
        return row[j + 1] | {left + part for part in below[j]}
    if left == right:
        letter = left
    elif left == "?" and not _ATOM_FIRST <= right <= _ATOM_LAST:
        letter = right
    elif right == "?" and not _ATOM_FIRST <= left <= _ATOM_LAST:
        letter = left
    else:
        return set()
    return {letter + part for part in below[j + 1]}


def _largest(parts: set[str]) -> tuple[str, ...]:
    """Without the parts that another part contains; sorted, so that equal questions have equal answers."""
    kept: list[str] = []
    for part in sorted(parts, key=_size):
        if not any(contains(other, part) for other in kept):
            kept.append(part)
    return tuple(sorted(kept))


def _size(part: str) -> tuple[int, int, int, str]:
    """An order in which a part stands before all that it contains.

    Its shortest strings are no longer than theirs. Where they are as long, all of theirs are among its own, so it has
    no fewer question marks; where it has as many, the letters are the same, so it has more stars.
    """
    stars = part.count("*")
    return len(part) - stars, -part.count("?"), -stars, part
