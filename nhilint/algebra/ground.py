"""Gives the variables of policies values, so that a symbolic request becomes concrete ones; proposes, never judges.

A proof treats a variable as one unknown string. Its witness is real only for some values of the variable's key, and the
same key may be asked for by a condition. The values worth trying are few: what the request says of the key already,
what the texts of the request would have to mean for a pattern with the variable to match them, a neutral word, and
nothing at all. Whoever asks runs the policies on each proposal; when none is confirmed the claim stays undecided.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from itertools import combinations, islice, product
from typing import NamedTuple

from nhilint.algebra.values import (
    LITERAL_MARK,
    LITERAL_STAR,
    SYMBOL_CLOSE,
    SYMBOL_OPEN,
    VARIABLE,
    Permissions,
    Request,
    Statement,
    literal,
    variables_of,
)

_NEUTRAL = ("example",)
_MOST = 32
_WILD = re.compile(f"\\*+|{SYMBOL_OPEN}{VARIABLE}[^{SYMBOL_CLOSE}]*{SYMBOL_CLOSE}")


class Variables(NamedTuple):
    """The patterns of a comparison that mention variables, and the keys of these."""

    patterns: tuple[str, ...]
    keys: tuple[str, ...]


def variables_in(*sides: Permissions) -> Variables:
    """Every pattern with variables of all statements, and their keys, sorted."""
    texts = {text for side in sides for s in _statements(side) for text in _texts(s) if VARIABLE in text}
    return Variables(tuple(sorted(texts)), tuple(sorted({key for text in texts for _, key, _ in variables_of(text)})))


def groundings(variables: Variables, request: Request) -> Iterator[Request]:
    """Concrete readings of the request, the likeliest first; a few dozen at most. The request may hold variables.

    A key that neither the request nor a pattern that could match it speaks of only matters by being there or not: all
    such keys are absent together, then there together.
    """
    inside = [*request.point, *(value for _, values in request.context for value in values)]
    if not any(VARIABLE in text for text in inside):
        yield request
    relevant: dict[str, dict[str, None]] = {key: {} for text in inside for _, key, _ in variables_of(text)}
    for pattern in variables.patterns:
        for text in inside:
            for key, value in _captured(pattern, text):
                relevant.setdefault(key, {})[value] = None
    known = {key: values for key, values in request.context if not any(VARIABLE in value for value in values)}
    others = [key for key in variables.keys if key not in relevant and key not in known]
    said = {key: known[key] for key in variables.keys if key in known}
    choices = [
        list(dict.fromkeys([*([known[key]] if key in known else []), *((v,) for v in (*values, *_NEUTRAL)), ()]))
        for key, values in relevant.items()
    ]
    for chosen in islice(_likeliest(choices), _MOST):
        values = dict(zip(relevant, chosen, strict=True))
        for rest in ((), (_NEUTRAL[0],)) if others else ((),):
            found = _grounded(request, said | values | dict.fromkeys(others, rest))
            if found is not None:
                yield found


def _likeliest(choices: Sequence[Sequence[tuple[str, ...]]]) -> Iterator[tuple[tuple[str, ...], ...]]:
    """One value for each key: all first ones, then those with one key otherwise, then with two."""
    first = tuple(values[0] for values in choices)
    yield first
    for size in (1, 2):
        for keys in combinations(range(len(choices)), size):
            for others in product(*(choices[key][1:] for key in keys)):
                changed = dict(zip(keys, others, strict=True))
                yield tuple(changed.get(key, value) for key, value in enumerate(first))


def _grounded(request: Request, values: dict[str, tuple[str, ...]]) -> Request | None:
    """The request under these values; None when it holds a variable that has none."""

    def settled(text: str, shield: Callable[[str], str]) -> str:
        for found, key, default in variables_of(text):
            given = values[key]
            value = given[0] if len(given) == 1 else default
            if value is not None:
                text = text.replace(found, shield(value))
        return text

    context = {key: tuple(settled(value, str) for value in given) for key, given in request.context}
    context.update(values)
    context = {key: given for key, given in context.items() if given}
    point = tuple(settled(text, literal) for text in request.point)
    if any(VARIABLE in text for text in point) or any(VARIABLE in v for given in context.values() for v in given):
        return None
    return Request(action=request.action, point=point, context=tuple(sorted(context.items())))


def _captured(pattern: str, text: str) -> Iterator[tuple[str, str]]:
    """What the variables of the pattern would have to be for it to match the text, by one reading of it; linear."""
    first, *pieces = _WILD.split(pattern)
    wilds = _WILD.findall(pattern)
    last = pieces.pop() if pieces else ""
    first, last = _plain(first), _plain(last)
    if (not pieces and not wilds) or "?" in pattern or len(text) < len(first) + len(last):
        return
    if not text.startswith(first) or not text.endswith(last):
        return
    position, end = len(first), len(text) - len(last)
    spans = []
    for piece in map(_plain, pieces):
        # The leftmost place leaves most room for the rest; a wildcard takes at least one character where it can.
        found = text.find(piece, position + 1, end)
        if found < 0:
            return
        spans.append((position, found))
        position = found + len(piece)
    spans.append((position, end))
    for mark, (start, stop) in zip(wilds, spans, strict=True):
        value = text[start:stop]
        for _, key, _ in variables_of(mark):
            if value and VARIABLE not in value:
                yield key, _plain(value)


def _plain(piece: str) -> str:
    return piece.replace(LITERAL_STAR, "*").replace(LITERAL_MARK, "?")


def _statements(permissions: Permissions) -> Iterator[Statement]:
    for layer in (permissions.statements, *permissions.ceilings):
        yield from layer


def _texts(statement: Statement) -> Iterator[str]:
    for scope in statement.scopes:
        yield from scope.patterns
    for clause in statement.conditions:
        yield from clause.values
