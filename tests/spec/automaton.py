"""Globs as automata by Brzozowski's derivatives: the slow, short definition that the fast one is held against.

A state is the rest of the pattern still to be read; a set of states is what a subset automaton is in. Nothing here is
clever and nothing is shared with `nhilint`. Patterns are written in one character a token:

- ``*`` any string, ``?`` any one character;
- lower-case letters and ``S`` (the character star) are characters;
- ``X`` and ``Y`` are *atoms*: strings of unknown length. ``?`` does not read one. The wildcards of a pattern that is
  asked about stand for characters; those of a pattern that is asked also read the atoms that were written to it.
"""

from functools import lru_cache

ATOMS = "XY"
CHARACTERS = "abS"
OTHER = "o"
"""A character that no pattern mentions: it stands for all the others."""
ALPHABET = CHARACTERS + OTHER

States = frozenset[str]


@lru_cache(None)
def start(pattern: str) -> States:
    """The pattern, and what is left of it when the stars at its beginning are empty."""
    found = {pattern}
    while pattern.startswith("*"):
        pattern = pattern[1:]
        found.add(pattern)
    return frozenset(found)


@lru_cache(None)
def derive(states: States, letter: str) -> States:
    """What may be left after one letter."""
    found: set[str] = set()
    for rest in states:
        match rest[:1]:
            case "*":
                found |= start(rest)
            case "?" if letter not in ATOMS:
                found |= start(rest[1:])
            case token if token == letter:
                found |= start(rest[1:])
    return frozenset(found)


def accepts(pattern: str, text: str) -> bool:
    """Whether the text (letters, no wildcards) is in the pattern's language."""
    states = start(pattern)
    for letter in text:
        states = derive(states, letter)
    return "" in states


@lru_cache(None)
def written(pattern: str) -> tuple[tuple[str, str], ...]:
    """Each letter that the pattern itself may produce now, with what is then left of it: the candidate's side."""
    found: list[tuple[str, str]] = []
    for rest in start(pattern):
        if rest.startswith("*"):
            found += [(letter, rest) for letter in ALPHABET]
        elif rest.startswith("?"):
            found += [(letter, rest[1:]) for letter in ALPHABET]
        elif rest:
            found.append((rest[0], rest[1:]))
    return tuple(found)


def inside(inner: str, outers: tuple[str, ...]) -> bool:
    """Whether every string of `inner` is one of some outer pattern: the product of one automaton and k subset ones."""
    first = (inner, tuple(map(start, outers)))
    seen, pending = {first}, [first]
    while pending:
        mine, theirs = pending.pop()
        if "" in start(mine) and not any("" in states for states in theirs):
            return False
        for letter, rest in written(mine):
            after = (rest, tuple([derive(states, letter) for states in theirs]))
            if after not in seen:
                seen.add(after)
                pending.append(after)
    return True


def meet_inside(a: str, b: str, outers: tuple[str, ...]) -> bool:
    """Whether every string of both patterns is one of some outer pattern. An atom is written by one of the two."""
    first = (a, b, tuple(map(start, outers)))
    seen, pending = {first}, [first]
    while pending:
        left, right, theirs = pending.pop()
        if "" in start(left) and "" in start(right) and not any("" in states for states in theirs):
            return False
        for letter, x, y in together(left, right):
            after = (x, y, tuple([derive(states, letter) for states in theirs]))
            if after not in seen:
                seen.add(after)
                pending.append(after)
    return True


@lru_cache(None)
def together(a: str, b: str) -> tuple[tuple[str, str, str], ...]:
    """Each letter that one of the two writes and the other one reads, with what is then left of both."""
    found = {(letter, x, y) for letter, x in written(a) for y in read(b, letter)}
    return tuple(found | {(letter, x, y) for letter, y in written(b) for x in read(a, letter)})


def read(pattern: str, letter: str) -> States:
    """What may be left of the pattern after the letter."""
    return derive(start(pattern), letter)
