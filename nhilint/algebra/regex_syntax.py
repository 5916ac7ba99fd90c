"""Reads the regular expressions of Terraform (the syntax of RE2) to a tree; knows nothing of matching.

What RE2 refuses (back references, lookaround, `a**`) is an `InvalidPattern`; what it knows but nhilint does not (a
script such as Greek) is an `UnknownPattern`.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field, replace
from typing import Union

MAX_REPEAT = 1000
MAX_PATTERN = 2_000
Range = tuple[int, int]
DIGIT: tuple[Range, ...] = ((0x30, 0x39),)
SPACE: tuple[Range, ...] = ((9, 10), (12, 13), (32, 32))
WORD: tuple[Range, ...] = ((0x30, 0x39), (0x41, 0x5A), (0x5F, 0x5F), (0x61, 0x7A))
UPPER, LOWER = (0x41, 0x5A), (0x61, 0x7A)
POSIX: dict[str, tuple[Range, ...]] = {
    "alnum": (*DIGIT, UPPER, LOWER), "alpha": (UPPER, LOWER), "ascii": ((0, 0x7F),), "blank": ((9, 9), (32, 32)),
    "cntrl": ((0, 31), (127, 127)), "digit": DIGIT, "graph": ((33, 126),), "lower": (LOWER,), "print": ((32, 126),),
    "punct": ((33, 47), (58, 64), (91, 96), (123, 126)), "space": ((9, 13), (32, 32)), "upper": (UPPER,), "word": WORD,
    "xdigit": (*DIGIT, (0x41, 0x46), (0x61, 0x66)),
}  # fmt: skip
CATEGORIES = re.compile(r"L[ulmto]?|M[cen]?|N[dlo]?|P[cdefios]?|S[ckmo]?|Z[lps]?|C[cfo]?")
CONTROLS = {"a": 7, "f": 12, "n": 10, "r": 13, "t": 9, "v": 11}
_GROUP = re.compile(r"\?P?<(?P<name>\w+)>|\?(?P<flags>[imsU]*(?:-[imsU]+)?)(?P<close>[:)])", re.ASCII)
_COUNT = re.compile(r"\{(\d{1,9})(,?)(\d{0,9})\}", re.ASCII)


class InvalidPattern(ValueError):
    """A pattern that RE2 refuses."""


class UnknownPattern(ValueError):
    """A pattern that RE2 accepts and nhilint does not read."""


@dataclass(frozen=True, slots=True)
class Letters:
    """One character out of a set."""

    ranges: tuple[Range, ...] = ()
    parts: tuple[Letters, ...] = ()
    """Further sets; one of them is enough."""
    category: str = ""
    negated: bool = False
    fold: bool = False
    """Upper and lower case are the same."""

    def holds(self, letter: str) -> bool:
        """Whether the character is in the set."""
        found = self._plain(letter)
        if not found and self.fold:
            found = any(self._plain(one) for one in {letter.lower(), letter.upper(), folded(letter)} if len(one) == 1)
        return found != self.negated

    def _plain(self, letter: str) -> bool:
        code = ord(letter)
        return (
            any(low <= code <= high for low, high in self.ranges)
            or any(part.holds(letter) for part in self.parts)
            or (bool(self.category) and unicodedata.category(letter).startswith(self.category))
        )


@dataclass(frozen=True, slots=True)
class Chain:
    """One after the other."""

    items: tuple[Tree, ...]


@dataclass(frozen=True, slots=True)
class Either:
    """The first alternative that leads to a match."""

    options: tuple[Tree, ...]


@dataclass(frozen=True, slots=True)
class Repeat:
    """Several times, as often as possible unless `lazy`."""

    inner: Tree
    least: int
    most: int | None
    lazy: bool


@dataclass(frozen=True, slots=True)
class Group:
    """A part whose text is remembered."""

    number: int
    inner: Tree


@dataclass(frozen=True, slots=True)
class Edge:
    """A place between characters: `^`, `$`, `A` (start of the text), `z` (its end), `b` or `B` (of a word)."""

    kind: str


Tree = Union[Letters, Chain, Either, Repeat, Group, Edge]


@dataclass(frozen=True, slots=True)
class Pattern:
    """A pattern and the names of its groups; an unnamed group has the name `""`."""

    tree: Tree
    groups: tuple[str, ...]


def folded(letter: str) -> str:
    """One spelling for upper and lower case."""
    lowered = letter.upper().lower()
    return lowered if len(lowered) == 1 else letter


def read(pattern: str) -> Pattern:
    """The tree of a pattern; raises `InvalidPattern` or `UnknownPattern`."""
    if len(pattern) > MAX_PATTERN:
        raise UnknownPattern("the regular expression is too long")
    reader = _Reader(pattern)
    try:
        tree = reader.alternatives(_Flags(), 0)
    except RecursionError:
        raise UnknownPattern("the regular expression is nested too deeply") from None
    if reader.at < len(pattern):
        raise InvalidPattern("unexpected `)` in the regular expression")
    return Pattern(tree, tuple(reader.groups))


@dataclass(frozen=True, slots=True)
class _Flags:
    i: bool = False
    m: bool = False
    s: bool = False
    U: bool = False


@dataclass(slots=True)
class _Reader:
    text: str
    at: int = 0
    groups: list[str] = field(default_factory=list)

    def alternatives(self, flags: _Flags, depth: int) -> Tree:
        """Up to the end of the group."""
        if depth > 100:
            raise UnknownPattern("the regular expression is nested too deeply")
        options: list[Tree] = []
        items: list[Tree] = []
        while self.at < len(self.text) and self.text[self.at] != ")":
            letter = self.text[self.at]
            if letter == "|":
                self.at += 1
                options.append(Chain(tuple(items)))
                items = []
            elif letter == "(":
                flags = self.group(items, flags, depth)
            elif self.text.startswith("\\Q", self.at):
                quoted, _, _ = self.text[self.at + 2 :].partition("\\E")
                self.at = min(len(self.text), self.at + 4 + len(quoted))
                items += [self.literal(one, flags) for one in quoted]
                self.repeated(items, flags)
            else:
                items.append(self.atom(letter, flags))
                self.repeated(items, flags)
        last = Chain(tuple(items))
        return Either((*options, last)) if options else last

    def group(self, items: list[Tree], flags: _Flags, depth: int) -> _Flags:
        """`(…)` in one of its forms; gives the flags that hold behind it."""
        self.at += 1
        if not self.text.startswith("?", self.at):
            self.groups.append("")
            items.append(Group(len(self.groups), self.inner(flags, depth)))
            self.repeated(items, flags)
            return flags
        match = _GROUP.match(self.text, self.at)
        if match is None:
            raise InvalidPattern("the regular expression has a group that RE2 does not know")
        self.at = match.end()
        if match["name"] is not None:
            if match["name"] in self.groups:
                raise InvalidPattern("two groups have the same name")
            self.groups.append(match["name"])
            items.append(Group(len(self.groups), self.inner(flags, depth)))
            self.repeated(items, flags)
            return flags
        on, _, off = match["flags"].partition("-")
        changed = replace(flags, **dict.fromkeys(on, True), **dict.fromkeys(off, False))
        if match["close"] == ")":
            if not match["flags"]:
                raise InvalidPattern("a group without flags")
            return changed
        items.append(self.inner(changed, depth))
        self.repeated(items, flags)
        return flags

    def inner(self, flags: _Flags, depth: int) -> Tree:
        tree = self.alternatives(flags, depth + 1)
        if self.at >= len(self.text):
            raise InvalidPattern("a group of the regular expression is not closed")
        self.at += 1
        return tree

    def repeated(self, items: list[Tree], flags: _Flags) -> None:
        """The operator behind the last item, if there is one."""
        found = self.operator()
        if found is None:
            return
        least, most = found
        lazy = self.text.startswith("?", self.at)
        self.at += lazy
        if items:
            items[-1] = Repeat(items[-1], least, most, lazy != flags.U)
        if self.operator() is not None or not items:
            raise InvalidPattern("a repetition of nothing, or of a repetition")

    def operator(self) -> tuple[int, int | None] | None:
        """`*`, `+`, `?` or `{n,m}` at this place."""
        simple: dict[str, tuple[int, int | None]] = {"*": (0, None), "+": (1, None), "?": (0, 1)}
        letter = self.text[self.at : self.at + 1]
        if letter in simple:
            self.at += 1
            return simple[letter]
        match = _COUNT.match(self.text, self.at)
        if match is None:
            return None
        least = int(match[1])
        most = int(match[3]) if match[3] else (None if match[2] else least)
        if least > MAX_REPEAT or (most is not None and not least <= most <= MAX_REPEAT):
            raise InvalidPattern("the repetition is too large")
        self.at = match.end()
        return least, most

    def literal(self, letter: str, flags: _Flags) -> Letters:
        code = ord(folded(letter) if flags.i else letter)
        return Letters(((code, code),), fold=flags.i)

    def atom(self, letter: str, flags: _Flags) -> Tree:
        """One character, class or edge."""
        if letter in "*+?":
            raise InvalidPattern("a repetition of nothing")
        if letter == "[":
            return self.bracket(flags)
        if letter == "\\":
            return self.escape(flags)
        self.at += 1
        if letter == ".":
            return Letters(() if flags.s else ((10, 10),), negated=True)
        if letter == "^":
            return Edge("^" if flags.m else "A")
        if letter == "$":
            return Edge("$" if flags.m else "z")
        return self.literal(letter, flags)

    def escape(self, flags: _Flags) -> Tree:
        letter = self.text[self.at + 1 : self.at + 2]
        if letter in ("A", "z", "b", "B"):
            self.at += 2
            return Edge(letter)
        found = self.shorthand(flags)
        if found is not None:
            return found
        return self.literal(chr(self.escaped_code()), flags)

    def shorthand(self, flags: _Flags) -> Letters | None:
        """A class with a short name (a digit, a letter, white space), at this place."""
        letter = self.text[self.at + 1 : self.at + 2]
        classes = {"d": DIGIT, "s": SPACE, "w": WORD}
        if letter and letter.lower() in classes:
            self.at += 2
            return Letters(classes[letter.lower()], negated=letter.isupper(), fold=flags.i)
        if letter not in ("p", "P") or not letter:
            return None
        match = re.compile(r"\{(\^?)(\w+)\}|(\w)").match(self.text, self.at + 2)
        if match is None:
            raise InvalidPattern("a class of characters without a name")
        name = match[2] or match[3]
        self.at = match.end()
        if not CATEGORIES.fullmatch(name):
            raise UnknownPattern(f"the class `{name}` of characters is not known to nhilint")
        return Letters(category=name, negated=(letter == "P") != bool(match[1]))

    def escaped_code(self) -> int:
        """The character that an escape stands for."""
        rest = self.text[self.at + 1 :]
        if rest[:1] in CONTROLS and rest:
            self.at += 2
            return CONTROLS[rest[0]]
        match = re.compile(r"x\{([0-9A-Fa-f]+)\}|x([0-9A-Fa-f]{2})|(0[0-7]{0,2}|[1-7][0-7]{1,2})").match(rest)
        if match is not None:
            self.at += 1 + match.end()
            code = int(match[3], 8) if match[3] else int(match[1] or match[2], 16)
            if code > 0x10FFFF:
                raise InvalidPattern("there is no such character")
            return code
        if not rest or rest[0].isalnum() or ord(rest[0]) > 0x7F:
            raise InvalidPattern("the regular expression has an escape that RE2 does not know")
        self.at += 2
        return ord(rest[0])

    def bracket(self, flags: _Flags) -> Letters:
        """`[…]`."""
        self.at += 1
        negated = self.text.startswith("^", self.at)
        self.at += negated
        ranges: list[Range] = []
        parts: list[Letters] = []
        first = True
        while first or not self.text.startswith("]", self.at):
            first = False
            if self.at >= len(self.text):
                raise InvalidPattern("a class of the regular expression is not closed")
            if self.text.startswith("[:", self.at) and (end := self.text.find(":]", self.at)) >= 0:
                parts.append(self.posix(self.text[self.at + 2 : end]))
                self.at = end + 2
                continue
            if self.text[self.at] == "\\" and (found := self.shorthand(flags)) is not None:
                parts.append(found)
                continue
            low = high = self.class_code()
            if self.text.startswith("-", self.at) and self.text[self.at + 1 : self.at + 2] not in ("]", ""):
                self.at += 1
                high = self.class_code()
            if high < low:
                raise InvalidPattern("a range of characters is the wrong way round")
            ranges.append((low, high))
        self.at += 1
        return Letters(tuple(ranges), tuple(parts), negated=negated, fold=flags.i)

    def posix(self, name: str) -> Letters:
        inverted = name.startswith("^")
        if name.removeprefix("^") not in POSIX:
            raise InvalidPattern(f"there is no class `{name}`")
        return Letters(POSIX[name.removeprefix("^")], negated=inverted)

    def class_code(self) -> int:
        if self.text[self.at : self.at + 1] == "\\":
            return self.escaped_code()
        if self.at >= len(self.text):
            raise InvalidPattern("a class of the regular expression is not closed")
        self.at += 1
        return ord(self.text[self.at - 1])
