"""Many permission sets held against each other: most pairs are settled by their action names alone; no platform.

For each set two integers are made once: the known actions it surely allows something for (each with a confirmed
witness: what it exceeds nothing by), and the known actions that all its layers allow somewhere. If some action of the
first is missing from the second of another set, that action's witness is one against it: nothing there speaks of the
action. All other pairs go to `prove.compare`. Cost: one `&` per settled pair.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import replace
from typing import Generic, TypeVar

from nhilint.algebra.evaluate import decide
from nhilint.algebra.prove import compare
from nhilint.algebra.relations import nothing
from nhilint.algebra.segments import Segments
from nhilint.algebra.universe import Vocabulary, bits_of, index_of
from nhilint.algebra.values import Exceeds, Permissions, Request, Statement, Verdict
from nhilint.algebra.witness import Fill, InternalError

Name = TypeVar("Name", bound=Hashable)


class Shelf(Generic[Name]):
    """Permission sets of one platform by name."""

    def __init__(
        self,
        sets: Mapping[Name, Permissions],
        vocabulary: Vocabulary,
        *,
        fill: Fill | None = None,
        always: frozenset[str] = frozenset(),
        segments: Segments | None = None,
    ) -> None:
        self._sets = sets
        self._vocabulary, self._fill, self._always, self._segments = vocabulary, fill, always, segments
        self._index = index_of(vocabulary)
        self._every = self._index.all_bits()
        self._unnamed = {name: self._every & ~self._named(permissions) for name, permissions in sets.items()}
        self._witnesses: dict[Name, tuple[tuple[int, Request], ...]] = {}
        self._sure: dict[Name, int] = {}

    def exceeds_by_name(self, candidate: Name, reference: Name) -> bool:
        """Whether the candidate surely allows an action that the reference allows nowhere. False settles nothing."""
        return bool(self._surely(candidate) & self._unnamed[reference])

    def witness_by_name(self, candidate: Name, reference: Name) -> Request | None:
        """A request that proves `exceeds_by_name`, confirmed on both sides; None when that does not hold."""
        missing = self._surely(candidate) & self._unnamed[reference]
        for bits, request in self._witnesses[candidate]:
            if bits & missing:
                name = self._index.names[bits_of(bits & missing)[0]]
                found = replace(request, action=name)
                mine, theirs = decide(self._sets[candidate], found), decide(self._sets[reference], found)
                if (mine.verdict, theirs.verdict == "allowed") == ("allowed", False):
                    return found
                # The part's own witness was made readable for one of its actions, which more statements may allow.
                verdict = self.verdict(candidate, reference, first=True)
                if not isinstance(verdict, Exceeds):
                    raise InternalError(f"no witness tells `{candidate}` from `{reference}`")
                return verdict.residue[0].witness
        return None

    def verdict(self, candidate: Name, reference: Name, *, first: bool = False) -> Verdict:
        """`prove.compare` of two sets of the shelf."""
        return compare(
            self._sets[candidate],
            self._sets[reference],
            self._vocabulary,
            fill=self._fill,
            always=self._always,
            segments=self._segments,
            first=first,
        )

    def _surely(self, name: Name) -> int:
        known = self._sure.get(name)
        if known is not None:
            return known
        permissions = self._sets[name]
        verdict = compare(
            permissions, nothing(permissions), self._vocabulary, always=self._always, segments=self._segments
        )
        found: list[tuple[int, Request]] = []
        if isinstance(verdict, Exceeds) and not any(s.may for s in permissions.statements):
            found = [(self._bits(part.actions), part.witness) for part in verdict.residue]
        self._witnesses[name] = tuple(found)
        total = 0
        for bits, _ in found:
            total |= bits
        self._sure[name] = total
        return total

    def _named(self, permissions: Permissions) -> int:
        """The known actions that some allow of every layer speaks of."""
        found = self._every
        for layer in (permissions.statements, *permissions.ceilings):
            found &= self._allowed(layer)
        return found

    def _allowed(self, layer: tuple[Statement, ...]) -> int:
        total = 0
        for statement in layer:
            if statement.effect == "allow":
                bits = self._bits(statement.actions)
                total |= self._every & ~bits if statement.actions_negated else bits
        return total

    def _bits(self, patterns: tuple[str, ...]) -> int:
        total = 0
        for pattern in patterns:
            total |= self._every if pattern == "*" else self._index.bits(pattern)
        return total
