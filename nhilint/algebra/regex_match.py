"""Matches regular expressions as RE2 does: leftmost, in order of preference, never going back.

The pattern becomes a small program; all its threads walk over the text together, ordered by preference, so the work is
at most the length of the text times the length of the program.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from typing import Literal

from nhilint.algebra.regex_syntax import (
    Chain,
    Edge,
    Either,
    Group,
    Letters,
    Pattern,
    Repeat,
    Tree,
    UnknownPattern,
    read,
)

MAX_PROGRAM = 6_000
MAX_WORK = 4_000_000
"""Most steps of threads for one call of a function."""
Slots = tuple[int, ...]
WORD = frozenset("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz")


@dataclass(slots=True)
class Step:
    """One instruction; `first` and `second` are places in the program, tried in this order."""

    kind: Literal["letter", "split", "save", "edge", "match"]
    letters: Letters | None = None
    first: int = -1
    second: int = -1
    slot: int = 0
    edge: str = ""


@dataclass(slots=True)
class Program:
    """A compiled pattern."""

    pattern: Pattern
    steps: list[Step] = field(default_factory=list)
    work: int = 0


@lru_cache(maxsize=256)
def compiled(pattern: str) -> Program:
    """The program of a pattern; raises `InvalidPattern` or `UnknownPattern`."""
    program = Program(read(pattern))
    _emit(program, program.pattern.tree)
    program.steps.append(Step("match"))
    return program


def _add(program: Program, step: Step) -> int:
    if len(program.steps) >= MAX_PROGRAM:
        raise UnknownPattern("the regular expression is too large")
    program.steps.append(step)
    return len(program.steps) - 1


def _emit(program: Program, tree: Tree) -> None:
    """Code for a part; it goes on at the end of the program."""
    here = len(program.steps)
    if isinstance(tree, Letters):
        _add(program, Step("letter", tree, here + 1))
    elif isinstance(tree, Edge):
        _add(program, Step("edge", first=here + 1, edge=tree.kind))
    elif isinstance(tree, Chain):
        for item in tree.items:
            _emit(program, item)
    elif isinstance(tree, Group):
        _add(program, Step("save", first=here + 1, slot=2 * tree.number))
        _emit(program, tree.inner)
        end = _add(program, Step("save", slot=2 * tree.number + 1))
        program.steps[end].first = end + 1
    elif isinstance(tree, Either):
        _emit_either(program, tree)
    else:
        _emit_repeat(program, tree)


def _emit_either(program: Program, tree: Either) -> None:
    ends: list[int] = []
    for position, option in enumerate(tree.options):
        if position == len(tree.options) - 1:
            _emit(program, option)
            break
        split = _add(program, Step("split"))
        program.steps[split].first = split + 1
        _emit(program, option)
        ends.append(_add(program, Step("split")))
        program.steps[split].second = len(program.steps)
    for end in ends:
        program.steps[end].first = program.steps[end].second = len(program.steps)


def _emit_repeat(program: Program, tree: Repeat) -> None:
    for _ in range(tree.least - (tree.most is None and tree.least > 0)):
        _emit(program, tree.inner)
    if tree.most is not None:
        splits = []
        for _ in range(tree.most - tree.least):
            splits.append(_add(program, Step("split")))
            _emit(program, tree.inner)
        for split in splits:
            _aim(program.steps[split], split + 1, len(program.steps), tree.lazy)
        return
    # `x*` of something that may be empty is `(x+)?`, which keeps the order of preference right.
    optional = _add(program, Step("split")) if tree.least == 0 else None
    start = len(program.steps)
    _emit(program, tree.inner)
    loop = _add(program, Step("split"))
    _aim(program.steps[loop], start, loop + 1, tree.lazy)
    if optional is not None:
        _aim(program.steps[optional], optional + 1, loop + 1, tree.lazy)


def _aim(step: Step, again: int, onward: int, lazy: bool) -> None:
    step.first, step.second = (onward, again) if lazy else (again, onward)


def search(program: Program, text: str, start: int) -> Slots | None:
    """The places where the leftmost match and its groups begin and end (-1: not part of it); None without a match."""
    steps = program.steps
    empty = (-1,) * (2 * len(program.pattern.groups) + 2)
    threads: dict[int, Slots] = {}
    best: Slots | None = None
    for at in range(start, len(text) + 1):
        if best is None:
            _follow(program, threads, 0, (at, *empty[1:]), text, at)
        if not threads:
            break
        program.work += len(threads)
        if program.work > MAX_WORK:
            raise UnknownPattern("the regular expression takes too long on this text")
        following: dict[int, Slots] = {}
        for place, slots in threads.items():
            step = steps[place]
            if step.kind == "match":
                best = (slots[0], at, *slots[2:])
                break  # threads behind this one are less preferred
            if step.letters is not None and at < len(text) and step.letters.holds(text[at]):
                _follow(program, following, step.first, slots, text, at + 1)
        threads = following
    return best


def _follow(program: Program, threads: dict[int, Slots], place: int, slots: Slots, text: str, at: int) -> None:
    """Add a thread and all that follow from it without reading a character."""
    stack = [(place, slots)]
    while stack:
        place, slots = stack.pop()
        if place in threads:
            continue
        step = program.steps[place]
        threads[place] = slots
        if step.kind == "split":
            if step.second != step.first:
                stack.append((step.second, slots))
            stack.append((step.first, slots))
        elif step.kind == "save":
            stack.append((step.first, (*slots[: step.slot], at, *slots[step.slot + 1 :])))
        elif step.kind == "edge" and _at_edge(step.edge, text, at):
            stack.append((step.first, slots))


def _at_edge(kind: str, text: str, at: int) -> bool:
    if kind in ("A", "^"):
        return at == 0 or (kind == "^" and text[at - 1] == "\n")
    if kind in ("z", "$"):
        return at == len(text) or (kind == "$" and text[at] == "\n")
    before = at > 0 and text[at - 1] in WORD
    after = at < len(text) and text[at] in WORD
    return (before != after) == (kind == "b")


def every(program: Program, text: str) -> list[Slots]:
    """All matches from left to right; an empty one directly behind another is not counted."""
    program.work = 0
    found: list[Slots] = []
    at, last = 0, -1
    while at <= len(text):
        match = search(program, text, at)
        if match is None:
            break
        if match[1] != at or match[0] != last:
            found.append(match)
        at, last = (at + 1 if match[1] == at else match[1]), match[1]
    return found


def replaced(program: Program, text: str, template: str) -> str:
    """The text with every match replaced; `$1`, `${name}` and `$$` in the template are expanded."""
    program.work = 0
    pieces: list[str] = []
    at = end = 0
    while at <= len(text):
        match = search(program, text, at)
        if match is None:
            break
        pieces.append(text[end : match[0]])
        if match[1] > end or match[0] == 0:
            pieces.append(_expanded(program, text, match, template))
        end = match[1]
        at = max(at + 1, match[1])
    return "".join(pieces) + text[end:]


def _expanded(program: Program, text: str, match: Slots, template: str) -> str:
    out: list[str] = []
    rest = template
    while "$" in rest:
        before, _, rest = rest.partition("$")
        out.append(before)
        if rest.startswith("$"):
            out.append("$")
            rest = rest[1:]
            continue
        name, taken = _reference(rest)
        if not name:
            out.append("$")
            continue
        rest = rest[taken:]
        out.append(group_text(program, text, match, name) or "")
    return "".join([*out, rest])


def _reference(rest: str) -> tuple[str, int]:
    """The name behind a `$`, and how long it is; empty: this `$` stands for itself."""
    braced = rest.startswith("{")
    name = ""
    for letter in rest[braced:]:
        if not (letter.isalnum() or letter == "_"):
            break
        name += letter
    if braced:
        return (name, len(name) + 2) if rest[len(name) + 1 : len(name) + 2] == "}" else ("", 0)
    return name, len(name)


def group_text(program: Program, text: str, match: Slots, name: str) -> str | None:
    """What a group, named or numbered, matched; None when it took no part or does not exist."""
    groups = program.pattern.groups
    if name.isdecimal():
        number = int(name[:9])
        if number > len(groups):
            return None
    elif name in groups:
        number = groups.index(name) + 1
    else:
        return None
    start, end = match[2 * number : 2 * number + 2]
    return None if start < 0 else text[start:end]
