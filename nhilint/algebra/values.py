"""The values of the permission algebra: statements, permission sets, requests and verdicts; no platform's names.

A *permission set* is the union of its allow statements, minus its deny statements, cut by its ceilings. A
*statement* is a box: a set of actions times one set of globs per declared dimension times a condition.

Pattern language (one for actions, scopes and condition values): ``*`` is any string, ``?`` any one character.
Everything else is literal. A literal star or question mark is written with `LITERAL_STAR` / `LITERAL_MARK`.
A *symbol* (one unknown string, equal only to itself, see `symbol`) is written between `SYMBOL_OPEN` and
`SYMBOL_CLOSE`; only ``*`` covers it, and it contains none of the characters ``*``, ``?`` and ``:``.
A *variable* (see `variable`) is a symbol that the request gives a value: the value of one of its condition keys.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal

LITERAL_STAR = "\ue010"
LITERAL_MARK = "\ue011"
SYMBOL_OPEN = "\ue000"
SYMBOL_CLOSE = "\ue001"

VARIABLE = "\ue006"
"""The first character of the name of a symbol that is a variable."""

_SHIELD = str.maketrans({":": "\ue002", "*": "\ue003", "?": "\ue004", "/": "\ue005"})
_UNSHIELD = str.maketrans(
    {"\ue002": ":", "\ue003": "*", "\ue004": "?", "\ue005": "/", VARIABLE: "", SYMBOL_OPEN: "${", SYMBOL_CLOSE: "}"}
)
_LITERALS = str.maketrans({LITERAL_STAR: "*", LITERAL_MARK: "?"})
SYMBOL = f"{SYMBOL_OPEN}[^{SYMBOL_CLOSE}]*{SYMBOL_CLOSE}"
"""A symbol as a regular expression."""
_SYMBOL = re.compile(f"{SYMBOL_OPEN}([^{SYMBOL_CLOSE}]*){SYMBOL_CLOSE}")


def symbol(name: str) -> str:
    """The pattern text of the unknown string called `name` (for instance ``var.env``)."""
    return f"{SYMBOL_OPEN}{name.translate(_SHIELD)}{SYMBOL_CLOSE}"


def variable(key: str, default: str | None = None) -> str:
    """The pattern text that stands for the request's value of a condition key, or for the default without one."""
    fallback = "" if default is None else f", '{default}'"
    return f"{SYMBOL_OPEN}{VARIABLE}{(key.lower() + fallback).translate(_SHIELD)}{SYMBOL_CLOSE}"


def variables_of(pattern: str) -> tuple[tuple[str, str, str | None], ...]:
    """The variables in a pattern: text, key, default; in order of appearance."""
    if VARIABLE not in pattern:
        return ()
    found = []
    for match in _SYMBOL.finditer(pattern):
        if match[1].startswith(VARIABLE):
            key, quote, default = match[1].translate(_UNSHIELD).partition(", '")
            found.append((match[0], key, default.removesuffix("'") if quote else None))
    return tuple(found)


def literal(text: str) -> str:
    """The pattern that matches exactly `text`, stars and question marks included."""
    return text.replace("*", LITERAL_STAR).replace("?", LITERAL_MARK)


def display(pattern: str) -> str:
    """The pattern as people write it: symbols as ``${name}``, shielded literals as themselves."""
    if pattern.isascii():
        return pattern
    return pattern.translate(_UNSHIELD).translate(_LITERALS)


def symbols_of(pattern: str) -> tuple[str, ...]:
    """The names of the symbols in `pattern`, in order of appearance."""
    return tuple(match.translate(_UNSHIELD) for match in _SYMBOL.findall(pattern))


def negation(reason: str) -> str:
    """What holds where a reason (see `Statement.may`) does not: ``!(reason)``; and back."""
    inner = reason.removeprefix("!(").removesuffix(")")
    if len(inner) == len(reason) - 3 and _balanced(inner):
        return inner
    return f"!({reason})"


def _balanced(text: str) -> bool:
    depth = 0
    for letter in text:
        depth += (letter == "(") - (letter == ")")
        if depth < 0:
            return False
    return not depth


_KEYED = re.compile(r'(.+) == ("(?:[^"\\]|\\.)*"|-?\d+|true|false|null|<[^<>]+>)', re.DOTALL)


def subject(reason: str) -> tuple[str, str, bool]:
    """What a reason speaks of, the value it names (empty: it is true or false), and whether it has that value.

    Of ``env == "prod"`` and ``env == "dev"`` one holds at the most.
    """
    inner = negation(reason)
    positive = len(inner) > len(reason)
    plain = reason if positive else inner
    found = _KEYED.fullmatch(plain)
    return (found[1], found[2], positive) if found else (plain, "", positive)


def exclusive(reasons: Iterable[str]) -> bool:
    """Whether no world has all of these reasons."""
    values: dict[str, str] = {}
    denied: set[tuple[str, str]] = set()
    for of, value, positive in map(subject, reasons):
        if not positive:
            denied.add((of, value))
        elif values.setdefault(of, value) != value:
            return True
    return any(pair in denied for pair in values.items())


Qualifier = Literal["", "ForAllValues", "ForAnyValue"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """One clause `operator key values`; the clauses of a statement are ANDed, the values ORed (NORed if negated)."""

    operator: str
    """Operator in the vendor's spelling without qualifier and without `IfExists`: ``StringEquals``, ``ArnLike``, …"""
    key: str
    """Condition key, lower case."""
    values: tuple[str, ...]
    """Patterns; for operators without wildcards the values are already shielded by `literal`."""
    qualifier: Qualifier = ""
    if_exists: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """The values of one dimension: a union of globs, or everything but that union."""

    patterns: tuple[str, ...]
    negated: bool = False


ANY = Scope(patterns=("*",))


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """One box that is allowed or denied."""

    effect: Literal["allow", "deny"]
    actions: tuple[str, ...]
    """Action globs, folded to lower case where the platform's actions are case-insensitive."""
    actions_negated: bool = False
    scopes: tuple[Scope, ...] = ()
    """One per declared dimension, in the order of `Permissions.dimensions`."""
    conditions: tuple[Condition, ...] = ()
    may: tuple[str, ...] = ()
    """Reasons why this statement may be absent (an unknown condition, an unknown count); empty: it is certain."""
    undecided: str = ""
    """Why this statement can not be interpreted (unknown operator, unknown version…); empty: it can."""
    origin: object = field(default=None, compare=False, hash=False)
    """Opaque: whatever the platform needs to find the place again. Not part of equality."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Permissions:
    """What somebody may do: the allows minus the denies, inside every ceiling."""

    dimensions: tuple[str, ...]
    """Names of the glob dimensions besides the action, for instance ``("resource",)``."""
    statements: tuple[Statement, ...]
    ceilings: tuple[tuple[Statement, ...], ...] = ()
    """Each ceiling is a set of statements that must allow as well (boundary, organisation policy); none grants."""


ReasonKind = Literal[
    "budget",
    "size",
    "unknown-operator",
    "unreadable-operand",
    "unreadable-statement",
    "mixed-operators",
    "coupled-variable",
    "segment-crossing",
    "unread-part",
]
"""The closed list of what keeps an answer undecided; `docs/semantics.md` has an example of each."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """Why something could not be decided."""

    kind: ReasonKind
    text: str
    """A sentence without a full stop."""


Context = tuple[tuple[str, tuple[str, ...]], ...]
"""Condition keys with their values, sorted by key; a key that is not listed is absent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One concrete request: no wildcard in it means anything. Symbols stand for themselves."""

    action: str
    point: tuple[str, ...]
    """One string per dimension."""
    context: Context = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """The answer for one request, with the statements that decided it."""

    verdict: Literal["allowed", "implicitly-denied", "explicitly-denied", "undecided"]
    because: tuple[Statement, ...] = ()
    """The matching denies, or the matching allows, or the undecided statements."""
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Residue:
    """One part of the candidate that the reference does not cover."""

    actions: tuple[str, ...]
    """Action names known to the vocabulary, sorted."""
    future: tuple[str, ...]
    """Action patterns whose not yet known actions are uncovered as well (`s3:*`), sorted."""
    scopes: tuple[str, ...]
    """One glob per dimension: the box that the witness was taken from."""
    conditions: tuple[Condition, ...]
    """The candidate's conditions on this part."""
    witness: Request
    """Allowed by the candidate, not allowed by the reference; confirmed by `evaluate.decide`."""
    statement: Statement
    """The candidate's allow statement it comes from."""
    blocked_by: tuple[Statement, ...] = ()
    """The reference's denies that exclude the witness, when that is why it is not covered (removing them is a gain)."""
    spared: tuple[str, ...] = ()
    """Action patterns and names that overlap `future` although what is added to them later is covered, sorted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Covered:
    """Every request that the candidate allows is allowed by the reference."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Exceeds:
    """The candidate allows something more: the residue, each part with a confirmed witness."""

    residue: tuple[Residue, ...]
    undecided: tuple[Reason, ...] = ()
    """Why parts besides the residue could not be decided."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Undecided:
    """Neither could be proved."""

    reasons: tuple[Reason, ...]


Verdict = Covered | Exceeds | Undecided
