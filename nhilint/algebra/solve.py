"""Is there a context in which the candidate allows and the reference does not? Knows clauses, not scopes.

Every clause speaks of one variable: a condition key, a reason why a statement may be absent (`Free` of kind "may":
chosen freely, since either world may be real), or something nobody can interpret (`Free` of kind "opaque": the same
text is the same boolean, and a claim must hold for both of its values). A key's variable takes finitely many values
(`conditions.domain`), reduced to the distinct truths of its clauses; then depth-first with a node budget.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Literal, NamedTuple

from nhilint.algebra.conditions import Values, domain, family, holds
from nhilint.algebra.values import Condition, Context, Statement

_MAX_OPAQUE = 8


class Free(NamedTuple):
    """A boolean without values: see the module."""

    kind: Literal["may", "opaque"]
    of: str | Condition | Statement


Clause = Condition | Free
Clauses = frozenset[Clause]


@dataclass(slots=True)
class Budget:
    """Nodes that one comparison may still visit."""

    left: int

    def spend(self, nodes: int = 1) -> None:
        """Raises `BudgetSpent` when nothing is left."""
        self.left -= nodes
        if self.left < 0:
            raise BudgetSpent


class BudgetSpent(Exception):
    """The comparison visited more nodes than it was given."""


class Found(NamedTuple):
    """A context that proves the excess, and the reasons (`may`) that hold in that world."""

    context: Context
    world: frozenset[str]


class Doubt(NamedTuple):
    """An excess that depends on what can not be interpreted."""

    reasons: tuple[str, ...]


class Formula(NamedTuple):
    """own AND no killer AND (some deny OR no cover); each statement is the AND of its clauses."""

    own: Clauses
    killers: tuple[Clauses, ...]
    covers: tuple[Clauses, ...]
    denies: tuple[Clauses, ...]


def solve(formula: Formula, fresh: str, always: frozenset[str], budget: Budget) -> Found | Doubt | None:
    """A context that makes the formula true whatever the opaque parts mean; a doubt; or None: there is no context."""
    statements = (formula.own, *formula.killers, *formula.covers, *formula.denies)
    clauses = sorted({clause for statement in statements for clause in statement}, key=_order)
    bit = {clause: 1 << position for position, clause in enumerate(clauses)}
    masks = _Masks(*(_mask(part, bit) for part in formula))
    opaque = [clause for clause in clauses if isinstance(clause, Free) and clause.kind == "opaque"]
    if len(opaque) > _MAX_OPAQUE:
        return Doubt(("too many conditions that can not be interpreted",))
    variables = [_Variable(clause, "", [(0, None), (bit[clause], ())]) for clause in clauses if _is_may(clause)]
    mixed: list[str] = []
    by_key: dict[str, list[Condition]] = {}
    for clause in clauses:
        if isinstance(clause, Condition):
            by_key.setdefault(clause.key, []).append(clause)
    for key, on_key in by_key.items():
        variables.append(_Variable(None, key, _options(on_key, bit, fresh, key in always, masks.own[0])))
        if _mixed(on_key):
            mixed.append(f"`{key}` is compared in ways that can not be combined")
    found = _search(variables, masks, [bit[clause] for clause in opaque], budget)
    if found is None and mixed:
        return Doubt(tuple(mixed))
    if isinstance(found, Doubt):
        return Doubt(tuple(dict.fromkeys(map(_why, opaque))))
    return found


class _Variable(NamedTuple):
    may: Clause | None
    key: str
    options: list[tuple[int, Values]]


class _Masks(NamedTuple):
    own: tuple[int, ...]
    killers: tuple[int, ...]
    covers: tuple[int, ...]
    denies: tuple[int, ...]

    def true(self, truth: int) -> bool:
        """The formula under a complete assignment."""
        if self.own[0] & truth != self.own[0] or any(k & truth == k for k in self.killers):
            return False
        return any(d & truth == d for d in self.denies) or not any(c & truth == c for c in self.covers)


def _mask(part: Clauses | tuple[Clauses, ...], bit: dict[Clause, int]) -> tuple[int, ...]:
    statements = (part,) if isinstance(part, frozenset) else part
    return tuple(sum(bit[clause] for clause in statement) for statement in statements)


def _is_may(clause: Clause) -> bool:
    return isinstance(clause, Free) and clause.kind == "may"


def _order(clause: Clause) -> tuple[str, str]:
    return (clause.key if isinstance(clause, Condition) else "", repr(clause))


def _options(
    clauses: list[Condition], bit: dict[Clause, int], fresh: str, always: bool, own: int
) -> list[tuple[int, Values]]:
    """The values of one key, one for each distinct truth that the candidate's own clauses permit."""
    needed = sum(bit[clause] for clause in clauses) & own
    options: dict[int, Values] = {}
    for values in domain(clauses, fresh, always=always):
        truth = sum(bit[clause] for clause in clauses if holds(clause, values))
        if truth & needed == needed:
            options.setdefault(truth, values)
    return list(options.items())


def _mixed(clauses: Sequence[Condition]) -> bool:
    """Families that read the same value differently: their values can not be combined exactly."""
    kinds = {family(clause.operator) for clause in clauses} - {"null"}
    if kinds <= {"string", "arn"}:
        return False
    if kinds == {"string", "folded"}:
        return any("*" in v or "?" in v for c in clauses if family(c.operator) == "string" for v in c.values)
    return len(kinds) > 1


def _search(variables: list[_Variable], masks: _Masks, opaque: list[int], budget: Budget) -> Found | Doubt | None:
    free = [sum(chosen) for chosen in product(*((0, b) for b in opaque))]
    doubt = False
    for truth, chosen in _assignments(variables, 0, 0, (), budget):
        answers = [masks.true(truth | extra) for extra in free]
        if all(answers):
            context = tuple(
                sorted((v.key, c) for v, c in zip(variables, chosen, strict=True) if v.key and c is not None)
            )
            world = frozenset(
                str(v.may.of)
                for v, c in zip(variables, chosen, strict=True)
                if isinstance(v.may, Free) and c is not None
            )
            return Found(context, world)
        doubt = doubt or any(answers)
    return Doubt(()) if doubt else None


def _assignments(
    variables: list[_Variable], at: int, truth: int, chosen: tuple[Values, ...], budget: Budget
) -> Iterator[tuple[int, tuple[Values, ...]]]:
    budget.spend()
    if at == len(variables):
        yield truth, chosen
        return
    for option, values in variables[at].options:
        yield from _assignments(variables, at + 1, truth | option, (*chosen, values), budget)


def _why(clause: Free) -> str:
    if isinstance(clause.of, Statement):
        return clause.of.undecided
    if isinstance(clause.of, Condition):
        return f"the condition `{clause.of.operator}` on `{clause.of.key}` can not be interpreted"
    return clause.of
