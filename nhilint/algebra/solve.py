"""Is there a context in which the candidate allows and the reference does not? Knows clauses, not scopes.

Every clause speaks of one variable: a condition key, a reason why a statement may be absent (`Free` of kind "may":
chosen freely, as each world may be real, but reasons that exclude each other never together), or something nobody can
interpret (`Free` of kind "opaque": the same text is the same boolean, and a claim must hold for both of its values). A
key's variable takes finitely many values (`conditions.domain`), reduced to the distinct truths of its clauses; then
depth-first with a node budget.

A clause with a variable of the policy (`values.variable`) depends on a second key. For a value that the clause's own
text does not settle both truths are tried: that admits more contexts than there are, so "there is no context" stays
proved, and whatever is found has to be confirmed with real values (`ground`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Literal, NamedTuple

from nhilint.algebra.conditions import DomainTooLarge, Values, domain, family, holds
from nhilint.algebra.values import VARIABLE, Condition, Context, Reason, Statement, display, subject

_MAX_OPAQUE = 8
_MAX_COUPLED = 4


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

    reasons: tuple[Reason, ...]


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
        return Doubt((Reason(kind="budget", text="too many conditions that can not be interpreted"),))
    variables = list(_worlds(clauses, bit))
    mixed: list[Reason] = []
    by_key: dict[str, list[Condition]] = {}
    for clause in clauses:
        if isinstance(clause, Condition):
            by_key.setdefault(clause.key, []).append(clause)
    for key, on_key in by_key.items():
        variables.append(_Variable(key, _options(on_key, bit, fresh, key in always, masks.own[0])))
        if _mixed(on_key):
            mixed.append(Reason(kind="mixed-operators", text=f"`{key}` is compared in ways that can not be combined"))
    found = _search(variables, masks, [bit[clause] for clause in opaque], budget)
    if found is None and mixed:
        return Doubt(tuple(mixed))
    if isinstance(found, Doubt):
        return Doubt(tuple(dict.fromkeys(map(_why, opaque))))
    return found


class _Variable(NamedTuple):
    key: str
    """The condition key; empty for a reason why statements may be absent."""
    options: list[tuple[int, Values]]
    """Truths, and the key's values; or the reasons that hold in that world."""


def _worlds(clauses: Sequence[Clause], bit: dict[Clause, int]) -> Iterator[_Variable]:
    """A variable for each thing that reasons why statements may be absent speak of; it has one value at a time."""
    reasons = {str(c.of): bit[c] for c in clauses if isinstance(c, Free) and c.kind == "may"}
    groups: dict[str, dict[str, tuple[str, bool]]] = {}
    for reason in reasons:
        of, value, positive = subject(reason)
        groups.setdefault(of, {})[reason] = (value, positive)
    for group in groups.values():
        options: dict[int, tuple[str, ...] | None] = {}
        for key in (None, *sorted({value for value, _ in group.values()})):
            true = tuple(reason for reason, (value, positive) in group.items() if (value == key) is positive)
            options.setdefault(sum(reasons[reason] for reason in true), true or None)
        yield _Variable("", sorted(options.items(), key=lambda option: option[0] != 0))


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


def _order(clause: Clause) -> tuple[str, str]:
    return (clause.key if isinstance(clause, Condition) else "", repr(clause))


def _options(
    clauses: list[Condition], bit: dict[Clause, int], fresh: str, always: bool, own: int
) -> list[tuple[int, Values]]:
    """The values of one key, one for each distinct truth that the candidate's own clauses permit."""
    needed = sum(bit[clause] for clause in clauses) & own
    coupled = [clause for clause in clauses if any(VARIABLE in value for value in clause.values)]
    options: dict[int, Values] = {}
    for values in domain(clauses, fresh, always=always):
        settled = sum(bit[clause] for clause in clauses if holds(clause, values))
        for truth in _truths(settled, values, coupled, bit):
            if truth & needed == needed:
                options.setdefault(truth, values)
    return list(options.items())


def _truths(settled: int, values: Values, coupled: list[Condition], bit: dict[Clause, int]) -> Iterator[int]:
    """The truth at these values, and those that the value of some variable could make of it."""
    yield settled
    if values is None or not coupled:
        return
    loose = [bit[clause] for clause in coupled if not _settles(values, clause)]
    if len(loose) > _MAX_COUPLED:
        raise DomainTooLarge("too many conditions with variables on one key")
    for flipped in product(*((0, b) for b in loose)):
        if any(flipped):
            yield settled ^ sum(flipped)


def _settles(values: tuple[str, ...], clause: Condition) -> bool:
    """Whether the values are texts of the clause itself, which mean the same on both sides whatever it stands for."""
    return len(values) == 1 and VARIABLE in values[0] and values[0] in clause.values


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
            world = frozenset(r for v, c in zip(variables, chosen, strict=True) if not v.key for r in c or ())
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


def _why(clause: Free) -> Reason:
    if isinstance(clause.of, Statement):
        return Reason(kind="unreadable-statement", text=clause.of.undecided)
    if isinstance(clause.of, Condition):
        return unreadable(clause.of)
    return Reason(kind="unreadable-statement", text=clause.of)


def unreadable(clause: Condition) -> Reason:
    """Why nobody can interpret the clause."""
    key = display(clause.key)
    if not family(clause.operator):
        return Reason(kind="unknown-operator", text=f"unknown condition operator `{clause.operator}` on `{key}`")
    if clause.qualifier == "ForAnyValue" and clause.if_exists:
        text = f"what `ForAnyValue:{clause.operator}IfExists` means where `{key}` is absent is not documented"
        return Reason(kind="unknown-operator", text=text)
    values = ", ".join(f"`{display(value)}`" for value in clause.values)
    return Reason(
        kind="unreadable-operand",
        text=f"`{clause.operator}` on `{key}` has a value it can not read among {values}",
    )
