"""The strict reading of a dimension whose values fall into segments: a star stays inside its segment; knows no cloud.

In the wide reading a star crosses separators. Where a vendor leaves open which reading holds, an answer counts only
when both give it. The strict reading needs no second prover: a value of `count` segments becomes one value in each of
`size` dimensions, and a negated scope the union of the boxes that leave it in one segment.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import product
from typing import NamedTuple

from nhilint.algebra.evaluate import resolve
from nhilint.algebra.glob import FRESH, intersect, matches
from nhilint.algebra.values import ANY, SYMBOL_OPEN, Context, Permissions, Request, Scope, Statement

_MAX_BOXES = 64


class Segments(NamedTuple):
    """How the values of one dimension fall into segments; the last one holds the rest, separators included."""

    dimension: str
    separator: str
    size: int

    def split(self, pattern: str) -> tuple[str, ...]:
        """The segments of a pattern; those that are missing at its end are ``*``."""
        parts = pattern.split(self.separator, self.size - 1)
        return (*parts, *["*"] * (self.size - len(parts)))

    def padded(self, pattern: str) -> str:
        """A short pattern with a star at its end, with all its segments: it has the same values of full length.

        A pattern with a symbol stays as it is: the symbol may stand for several segments.
        """
        missing = self.size - 1 - pattern.count(self.separator)
        if pattern == "*" or missing <= 0 or not pattern.endswith("*") or SYMBOL_OPEN in pattern:
            return pattern
        return pattern + f"{self.separator}*" * missing

    def crossable(self, pattern: str) -> bool:
        """Whether the two readings of the pattern can differ: a star stands before its last separator."""
        return pattern != "*" and "*" in pattern.rpartition(self.separator)[0]

    def matches(self, pattern: str, text: str) -> bool:
        """Whether the text is in the strict language of the pattern."""
        return all(map(matches, self.split(pattern), self.values(text)))

    def values(self, text: str) -> tuple[str, ...]:
        """The segments of a text; those that are missing at its end are some value that no pattern names."""
        parts = text.split(self.separator, self.size - 1)
        return (*parts, *[FRESH] * (self.size - len(parts)))

    def intersect(self, a: str, b: str) -> frozenset[str]:
        """Patterns whose union is the intersection of the strict languages."""
        parts = (intersect(x, y) for x, y in zip(self.split(a), self.split(b), strict=True))
        return frozenset(self.separator.join(chosen) for chosen in product(*parts))


def alike(scope: Scope, text: str, context: Context, by: Segments) -> bool:
    """Whether both readings of the scope say the same of the text."""
    given = dict(context)
    patterns = [p for pattern in scope.patterns if (p := resolve(pattern, given)) is not None]
    wide = any(matches(pattern, text) for pattern in patterns)
    return wide == any(by.matches(by.padded(pattern), text) for pattern in patterns if pattern != "*" or wide)


def strict(permissions: Permissions, by: Segments) -> Permissions | None:
    """The same permissions in the strict reading, with `size` dimensions for one; None when that is too large."""
    at = permissions.dimensions.index(by.dimension)
    names = tuple(f"{by.dimension}.{number}" for number in range(by.size))
    layers: list[tuple[Statement, ...]] = []
    for layer in (permissions.statements, *permissions.ceilings):
        found: list[Statement] = []
        for statement in layer:
            boxes = list(_boxes(statement.scopes[at] if at < len(statement.scopes) else ANY, by))
            if len(boxes) > _MAX_BOXES:
                return None
            found += [replace(statement, scopes=_placed(statement.scopes, at, box)) for box in boxes]
        layers.append(tuple(found))
    dimensions = (*permissions.dimensions[:at], *names, *permissions.dimensions[at + 1 :])
    return Permissions(dimensions=dimensions, statements=layers[0], ceilings=tuple(layers[1:]))


def strict_request(request: Request, at: int, by: Segments) -> Request:
    """The request in the dimensions of `strict`; `at` is the index of the dimension."""
    return replace(request, point=(*request.point[:at], *by.values(request.point[at]), *request.point[at + 1 :]))


def _placed(scopes: tuple[Scope, ...], at: int, box: tuple[Scope, ...]) -> tuple[Scope, ...]:
    padded = scopes + (ANY,) * (at - len(scopes))
    return (*padded[:at], *box, *padded[at + 1 :])


def _boxes(scope: Scope, by: Segments) -> Iterator[tuple[Scope, ...]]:
    """Boxes whose union is the scope."""
    if not scope.negated:
        for pattern in scope.patterns:
            yield tuple(ANY if part == "*" else Scope(patterns=(part,)) for part in by.split(pattern))
        return
    # Outside every pattern: for each of them, some segment that is not its own.
    exits = [
        [(number, part) for number, part in enumerate(by.split(pattern)) if part != "*"] for pattern in scope.patterns
    ]
    total = 1
    for choices in exits:
        total *= len(choices)
    if total > _MAX_BOXES:
        yield from ((ANY,) for _ in range(_MAX_BOXES + 1))
        return
    for chosen in product(*exits):
        taken: dict[int, dict[str, None]] = {}
        for number, part in chosen:
            taken.setdefault(number, {})[part] = None
        yield tuple(
            Scope(patterns=tuple(taken[number]), negated=True) if number in taken else ANY for number in range(by.size)
        )
