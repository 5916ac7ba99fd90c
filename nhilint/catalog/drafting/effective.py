"""What an identity holds in the end, as the fewest parts that a role can say; and what no role can say.

A role has no denies. What a deny takes away whole is gone from the parts already; a deny with conditions is turned
into conditions of the allow (deny unless X, so allow if X), and where that can not be done, the actions it touches are
left out and reported. So the parts never hold more than the identity does. Knows no platform.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product

from nhilint.algebra.boxes import meet
from nhilint.algebra.compact import Part
from nhilint.algebra.glob import contains, is_wild, overlaps
from nhilint.algebra.prove import compare
from nhilint.algebra.relations import nothing
from nhilint.algebra.spelling import Later
from nhilint.algebra.universe import Vocabulary
from nhilint.algebra.values import (
    LITERAL_MARK,
    LITERAL_STAR,
    Condition,
    Covered,
    Exceeds,
    Permissions,
    Qualifier,
    Residue,
    Statement,
    Undecided,
    display,
)
from nhilint.model.dialect import Dialect

_WILD = ("Like", "ArnEquals", "ArnNotEquals")
_MANY = 8
"""Alternatives of conditions above which a part is not written any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unsaid:
    """Something that is held and that a role can not say."""

    actions: tuple[str, ...]
    resources: tuple[str, ...]
    why: str
    """A sentence without a full stop."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Effective:
    """The parts of what is held, and what of it is left out of them."""

    parts: tuple[Part, ...]
    unsaid: tuple[Unsaid, ...]


def most(permissions: Permissions) -> Permissions:
    """The most that may be held: what may be absent is there, what may be denied is not."""
    return replace(
        permissions,
        statements=tuple(_certain(permissions.statements)),
        ceilings=tuple(tuple(_certain(layer)) for layer in permissions.ceilings),
    )


def _certain(statements: Iterable[Statement]) -> Iterator[Statement]:
    for statement in statements:
        if not statement.may:
            yield statement
        elif statement.effect == "allow":
            yield replace(statement, may=())


def effective(permissions: Permissions, dialect: Dialect, beyond: Permissions | None = None) -> Effective:
    """Everything that is held, at the most, in parts that a role can say; with `beyond` only what is not in that."""
    held = most(permissions)
    known = tuple(s for s in held.statements if not s.undecided)
    unsaid = [
        _unsaid(s.actions, [p for scope in s.scopes[-1:] for p in scope.patterns], s.undecided)
        for s in held.statements
        if s.undecided
    ]
    held = replace(held, statements=known)
    verdict = compare(
        held,
        nothing(held) if beyond is None else beyond,
        dialect.vocabulary,
        fill=dialect.fill,
        always=dialect.always,
        segments=dialect.segments,
    )
    residue: tuple[Residue, ...] = ()
    match verdict:
        case Exceeds():
            residue = verdict.residue
            unsaid += [_unsaid((), (), reason.text) for reason in verdict.undecided]
        case Undecided():
            unsaid += [_unsaid((), (), reason.text) for reason in verdict.reasons]
        case Covered():
            pass
    denies = [s for s in held.statements if s.effect == "deny"]
    found: list[Part] = []
    for part in dialect.parts(residue):
        found += _without(part, denies, unsaid, dialect.vocabulary)
    return Effective(parts=tuple(found), unsaid=tuple(dict.fromkeys(unsaid)))


def _unsaid(actions: Iterable[str], resources: Iterable[str], why: str) -> Unsaid:
    return Unsaid(actions=tuple(sorted(actions)), resources=tuple(map(display, resources)), why=why)


def _without(part: Part, denies: Sequence[Statement], unsaid: list[Unsaid], vocabulary: Vocabulary) -> Iterator[Part]:
    """The part without what the denies take from it."""
    why = _unwritable(part)
    if why:
        unsaid.append(_unsaid(_words(part), _last(part), why))
        return
    # Each piece of the part with the ways in which its denies can be kept from it.
    pieces: list[tuple[Part, list[tuple[tuple[Condition, ...], ...]]]] = [(part, [])]
    for deny in denies:
        split: list[tuple[Part, list[tuple[tuple[Condition, ...], ...]]]] = []
        for whole, ways in pieces:
            piece, apart = _near(whole, deny)
            if apart is not None:
                split.append((apart, ways))
            hit = _hit(piece, deny, vocabulary)
            if hit is None:
                split.append((piece, ways))
                continue
            rest = _rest(piece, deny, vocabulary)
            if rest is not None:
                split.append((rest, ways))
            turned = tuple(turn(clause) for clause in deny.conditions)
            if turned and all(turned) and all(holds(deny, scopes) for scopes in piece.scopes):
                split.append((hit, [*ways, turned]))
            else:
                unsaid.append(
                    _unsaid(_words(hit), _last(hit), "a deny takes away a part of it, and a role has no denies")
                )
        pieces = split
    for piece, ways in pieces:
        yield from _conditioned(piece, ways, unsaid)


def _conditioned(part: Part, ways: Sequence[tuple[tuple[Condition, ...], ...]], unsaid: list[Unsaid]) -> Iterator[Part]:
    """The part under one way out of each deny; all combinations together are all of it."""
    combinations = list(product(*ways))
    if len(combinations) > _MANY:
        unsaid.append(_unsaid(_words(part), _last(part), "too many denies with conditions meet it"))
        return
    for combination in combinations:
        added = [clause for clauses in combination for clause in clauses]
        conditions = tuple(sorted({*part.conditions, *added}, key=lambda c: (c.key, c.operator, c.qualifier, c.values)))
        if _doubled(conditions):
            unsaid.append(_unsaid(_words(part), _last(part), "two conditions of one kind stand on one key"))
            continue
        yield replace(part, conditions=conditions)


def _hit(part: Part, deny: Statement, vocabulary: Vocabulary) -> Part | None:
    """The actions of the part that the deny is about, on all of its boxes; None where it touches nothing."""
    if not any(_touches(deny, scopes) for scopes in part.scopes):
        return None
    names = _named(deny, part.names, vocabulary)
    later: list[Later] = []
    for row in part.later:
        meant = [p for p in deny.actions if overlaps(p, row.pattern)]
        if deny.actions_negated:
            if not any(contains(p, row.pattern) for p in meant):
                later.append(Later(row.pattern, tuple(sorted({*row.spared, *meant}))))
        elif any(contains(p, row.pattern) for p in meant):
            later.append(row)
        else:
            later += [Later(p, tuple(s for s in row.spared if overlaps(s, p))) for p in meant if is_wild(p)]
    return _cut(part, names, tuple(sorted(later))) if names or later else None


def _near(part: Part, deny: Statement) -> tuple[Part, Part | None]:
    """The boxes of the part that the deny touches (all of them where it touches none), and those it does not."""
    if len(part.axes) != 1:
        return part, None
    near = tuple(piece for piece in part.axes[0] if _touches(deny, piece))
    far = tuple(piece for piece in part.axes[0] if piece not in near)
    if not near or not far:
        return part, None
    return _within(part, near), _within(part, far)


def _within(part: Part, pieces: tuple[tuple[str, ...], ...]) -> Part:
    own = tuple(one for one in part.residue if any(all(map(contains, piece, one.scopes)) for piece in pieces))
    return replace(part, axes=(pieces,), residue=own or part.residue)


def _rest(part: Part, deny: Statement, vocabulary: Vocabulary) -> Part | None:
    """The actions of the part that the deny is not about; None where there are none."""
    other = replace(deny, actions_negated=not deny.actions_negated)
    return _hit(part, other, vocabulary)


def _cut(part: Part, names: frozenset[str], later: tuple[Later, ...]) -> Part:
    """The part with these actions only."""
    if names == part.names and later == part.later:
        return part
    own = [replace(one, actions=tuple(a for a in one.actions if a in names)) for one in part.residue]
    kept = tuple(one for one in own if one.actions) or part.residue
    return replace(part, names=names, later=later, residue=kept)


def _words(part: Part) -> tuple[str, ...]:
    return (*part.names, *(row.pattern for row in part.later if row.pattern not in part.names))


def _last(part: Part) -> list[str]:
    return [".".join(piece) for piece in part.axes[-1 if len(part.axes) == 1 else 1]]


def _unwritable(part: Part) -> str:
    """Why a role file has no way to write the part; empty: it has."""
    if part.outside:
        left = ", ".join(f"`{display(glob)}`" for _, glob in part.outside)
        return f"it is everything but {left}, and a role names what it allows"
    wild = [glob for scopes in part.scopes for glob in scopes]
    wild += [value for c in part.conditions if c.operator.endswith(_WILD) for value in c.values]
    if any(LITERAL_STAR in glob or LITERAL_MARK in glob for glob in wild):
        return "it names a star or a question mark that is no wildcard"
    if _doubled(part.conditions):
        return "two conditions of one kind stand on one key"
    return ""


def _doubled(conditions: Sequence[Condition]) -> bool:
    places = [(c.operator, c.key, c.qualifier, c.if_exists) for c in conditions]
    return len(set(places)) < len(places)


def _named(deny: Statement, names: frozenset[str], vocabulary: Vocabulary) -> frozenset[str]:
    """Those of the names that the deny is about."""
    known = {name for pattern in deny.actions for name in vocabulary.expand(pattern)}
    # A name that the vocabulary does not know is looked at by itself.
    new = [name for name in names - known if not vocabulary.expand(name)]
    known.update(name for name in new if any(contains(pattern, name) for pattern in deny.actions))
    return names - known if deny.actions_negated else names & known


def _touches(deny: Statement, scopes: Sequence[str]) -> bool:
    """Whether the deny may be about something of the box."""
    for scope, glob in zip(deny.scopes, scopes, strict=True):
        if scope.negated:
            if any(contains(pattern, glob) for pattern in scope.patterns):
                return False
        elif not any(any(meet((pattern,), (glob,))) for pattern in scope.patterns):
            return False
    return True


def holds(deny: Statement, scopes: Sequence[str]) -> bool:
    """Whether the whole box lies in the deny."""
    for scope, glob in zip(deny.scopes, scopes, strict=True):
        if scope.negated:
            if any(any(meet((pattern,), (glob,))) for pattern in scope.patterns):
                return False
        elif not any(contains(pattern, glob) for pattern in scope.patterns):
            return False
    return True


_PAIRS = (
    ("StringEquals", "StringNotEquals"),
    ("StringEqualsIgnoreCase", "StringNotEqualsIgnoreCase"),
    ("StringLike", "StringNotLike"),
    ("ArnEquals", "ArnNotEquals"),
    ("ArnLike", "ArnNotLike"),
    ("IpAddress", "NotIpAddress"),
    ("NumericEquals", "NumericNotEquals"),
    ("DateEquals", "DateNotEquals"),
)
_NEGATIVE: Mapping[str, str] = dict(_PAIRS)
_POSITIVE: Mapping[str, str] = {negative: positive for positive, negative in _PAIRS}
_ORDERED: Mapping[str, str] = {
    f"{kind}{one}": f"{kind}{other}"
    for kind in ("Numeric", "Date")
    for one, other in (
        ("LessThan", "GreaterThanEquals"),
        ("LessThanEquals", "GreaterThan"),
        ("GreaterThan", "LessThanEquals"),
        ("GreaterThanEquals", "LessThan"),
    )
}
_OTHER = {"true": "false", "false": "true"}


def turn(clause: Condition) -> tuple[Condition, ...]:
    """Clauses that hold exactly where this one does not, whether the key is there or not; () where none are known."""
    operator, values = clause.operator, clause.values
    if clause.qualifier:
        opposite = _NEGATIVE.get(operator) or _POSITIVE.get(operator)
        if not opposite or clause.if_exists:
            return ()
        other: Qualifier = "ForAllValues" if clause.qualifier == "ForAnyValue" else "ForAnyValue"
        return (replace(clause, operator=opposite, qualifier=other),)
    if operator in _POSITIVE:
        # A negated operator holds where the key is missing, so its opposite does not: with and without `IfExists`.
        return (replace(clause, operator=_POSITIVE[operator], if_exists=False),)
    present = Condition(operator="Null", key=clause.key, values=("false",))
    if operator in _NEGATIVE:
        turned = replace(clause, operator=_NEGATIVE[operator], if_exists=False)
        return (present, turned) if clause.if_exists else (turned,)
    if len(values) != 1:
        return ()
    value = values[0].lower()
    if operator == "Null" and value in _OTHER:
        return (replace(clause, values=(_OTHER[value],)),)
    if operator == "Bool" and value in _OTHER:
        return (replace(clause, values=(_OTHER[value],), if_exists=not clause.if_exists),)
    if operator in _ORDERED:
        return (replace(clause, operator=_ORDERED[operator], if_exists=not clause.if_exists),)
    return ()
