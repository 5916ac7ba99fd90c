"""Who may become whom: the tokens of the tree against what its identities accept, by intersection; knows no platform.

A token says which claims an issuer states (globs), an acceptance which claims it wants (clauses). They meet when some
claims are in both, which the algebra decides and proves by one such token. A string that is not known is first taken as
equal to itself only; where that does not suffice, it is taken as any, and the edge says what it rests on.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache

from nhilint.algebra.glob import is_wild
from nhilint.algebra.prove import compare
from nhilint.algebra.universe import OPEN
from nhilint.algebra.values import (
    ANY,
    SYMBOL_OPEN,
    VARIABLE,
    Condition,
    Exceeds,
    Permissions,
    Statement,
    Undecided,
    display,
)
from nhilint.graph.claims import apart, overlap, surely, widened_clause
from nhilint.graph.edges import Edge, Node
from nhilint.graph.heads import Heads, head
from nhilint.graph.outsiders import POSITIVE, SHOWN, dead, from_outside, outside
from nhilint.graph.unknown import tells, widened
from nhilint.graph.wishes import wishes
from nhilint.model.facts import Acceptance, Identity, IdentityKey, Token
from nhilint.model.snapshot import Snapshot

_NOBODY = Permissions(dimensions=("token",), statements=())
_VALUES = 3
_OWN = ("aws:principalorg", "aws:principaltag/", "aws:principaltype", "aws:userid", "aws:username")
"""Keys that say something of the caller which no policy of the tree decides."""
_LABELS = {"aws:principalarn": "arn"}

Allowed = Callable[[IdentityKey, str, tuple[str, ...]], tuple[bool | None, str]]
"""Whether an identity's own permissions allow a request (action, point); with the reason where that is not known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Federation:
    """The edges, the nodes outside the tree that they start from, and what could not be decided."""

    edges: tuple[Edge, ...]
    nodes: tuple[Node, ...]
    undecided: tuple[tuple[IdentityKey, str], ...]
    notes: tuple[tuple[IdentityKey, str], ...] = ()
    """What of a trust lets nobody in, and what an identity asks for in vain."""


@dataclass(slots=True)
class _Tokens:
    """The tokens of one issuer pattern, by how the values of each claim begin."""

    every: list[Token] = field(default_factory=list)
    _heads: defaultdict[str, Heads[Token]] = field(default_factory=lambda: defaultdict(Heads))
    _silent: dict[str, list[Token]] = field(default_factory=dict)

    def states(self, claim: str) -> bool:
        """Whether any of them says something of a claim."""
        return claim in self._heads

    def silent(self, claim: str) -> list[Token]:
        """Those that say nothing of a claim."""
        if claim not in self._silent:
            self._silent[claim] = [t for t in self.every if all(name != claim for name, _ in t.claims)]
        return self._silent[claim]

    def add(self, token: Token) -> None:
        self.every.append(token)
        for claim, patterns in token.claims:
            for pattern in patterns:
                self._heads[claim].add(pattern, token)

    def candidates(self, acceptance: Acceptance) -> Iterable[Token]:
        """Those that one positive clause does not shut out; all of them without such a clause."""
        best: dict[int, Token] | None = None
        for clause in acceptance.clauses:
            if clause.operator not in POSITIVE or clause.if_exists or clause.qualifier:
                continue
            if clause.key not in self._heads or not all(map(head, clause.values)):
                continue
            found = {id(t): t for value in clause.values for t in self._heads[clause.key].near(value)}
            found |= {id(t): t for t in self.silent(clause.key)}
            if best is None or len(found) < len(best):
                best = found
        return self.every if best is None else best.values()


def federate(snapshot: Snapshot, allowed: Allowed) -> Federation:
    """All may-become edges of a snapshot. Cost: near linear in tokens and acceptances that name each other."""
    issuers: dict[str, _Tokens] = {}
    for token in snapshot.tokens:
        issuers.setdefault(token.issuer, _Tokens()).add(token)
    edges: list[Edge] = []
    nodes: dict[str, Node] = {}
    undecided: list[tuple[IdentityKey, str]] = []
    notes: list[tuple[IdentityKey, str]] = []
    for acceptance in snapshot.acceptances:
        if acceptance.identity not in snapshot.identities:
            continue
        if acceptance.dead:
            notes.append((acceptance.identity, acceptance.dead))
            continue
        met: set[IdentityKey] = set()
        for issuer, tokens in issuers.items():
            if not overlap(issuer, acceptance.issuer):
                continue
            anybody = _anybody(acceptance, tokens)
            for token in tokens.candidates(acceptance):
                if token.identity == acceptance.identity or token.identity in met:
                    continue
                edge, doubt = _joined(token, acceptance, snapshot, allowed)
                if edge is not None and anybody and not set(edge.may) <= set(token.may):
                    break  # It would be the same for each of them, and says no more than the edge from outside.
                if edge is not None:
                    met.add(token.identity)
                    edges.append(edge)
                elif doubt:
                    undecided.append((acceptance.identity, doubt))
        nobody, reasons = dead(acceptance)
        notes += [(acceptance.identity, reason) for reason in reasons]
        if not nobody and (not met or not _closed(acceptance)):
            node = outside(acceptance)
            nodes[node.key] = node
            edges.append(from_outside(node, acceptance))
    wished = wishes(snapshot, edges)
    return Federation(
        edges=(*edges, *wished.edges),
        nodes=(*nodes.values(), *wished.nodes),
        undecided=tuple(dict.fromkeys(undecided)),
        notes=tuple(dict.fromkeys((*notes, *wished.notes))),
    )


def _anybody(acceptance: Acceptance, tokens: _Tokens) -> bool:
    """Whether it asks nothing that these tokens state, of anybody at all under some condition."""
    if not acceptance.outsider or acceptance.needs or not acceptance.clauses:
        return False
    return not any(tokens.states(clause.key) for clause in acceptance.clauses)


def _joined(token: Token, acceptance: Acceptance, snapshot: Snapshot, allowed: Allowed) -> tuple[Edge | None, str]:
    """The edge, or why none could be decided; neither where the two do not meet."""
    clauses = tuple(_single(token, clause) for clause in acceptance.clauses)
    unless = tuple(tuple(_single(token, clause) for clause in deny) for deny in acceptance.unless)
    target = snapshot.identities[acceptance.identity]
    if apart(token, clauses, lambda: _wants(token, target)):
        return None, ""
    claims, doubt = _met(token.claims, clauses, unless)
    may = [*token.may, *acceptance.may]
    if claims is None:
        if any(surely(token, deny) for deny in unless):
            return None, doubt
        loose = tuple((claim, tuple(map(widened, patterns))) for claim, patterns in token.claims)
        wide = tuple(map(widened_clause, clauses))
        if loose == token.claims and wide == clauses:
            return None, doubt
        claims, doubt = _met(loose, wide, unless)
        if claims is None:
            return None, doubt
        may.append(_taken(token, acceptance))
    if acceptance.undecided:
        may.append(acceptance.undecided)
    may += _unstated(token, acceptance)
    for action, point in acceptance.needs:
        truth, why = allowed(token.identity, action, point)
        if truth is False:
            return None, ""
        if truth is None:
            may.append(why)
    why = f"{acceptance.why}: {_said(claims)}" if claims else acceptance.why
    if _wants(token, target):
        why += ", and it says itself that it becomes it"
    edge = Edge(
        source=token.identity,
        target=acceptance.identity,
        kind="may-become",
        why=why,
        via=(acceptance.via,),
        technique=acceptance.technique,
        claims=claims,
        may=tuple(dict.fromkeys(part for part in may if part)),
    )
    return edge, ""


def _unstated(token: Token, acceptance: Acceptance) -> Iterator[str]:
    """What the trust wants of the caller itself, who can not choose it and of whom nothing says it."""
    stated = {claim for claim, _ in token.claims}
    for clause in acceptance.clauses:
        if clause.key.startswith(_OWN) and clause.key not in stated and clause.operator in POSITIVE:
            yield f"its `{clause.key}` is `{' or '.join(map(display, clause.values[:_VALUES]))}`"


def _wants(token: Token, target: Identity) -> bool:
    """Whether whoever has the token says that it becomes this one."""
    names = {target.name, target.key, *target.aliases}
    return any(
        want in names or (tells(want) and any(overlap(widened(want), widened(name)) for name in target.aliases))
        for want in token.wants
    )


@lru_cache(maxsize=65_536)
def _meeting(
    claims: tuple[tuple[str, tuple[str, ...]], ...],
    clauses: tuple[Condition, ...],
    unless: tuple[tuple[Condition, ...], ...],
) -> tuple[tuple[tuple[str, str], ...] | None, str]:
    """One token (claim, value) that both allow; None with the reason where that could not be decided."""

    def box(conditions: Sequence[Condition], effect: str = "allow") -> Statement:
        deny = effect == "deny"
        return Statement(
            effect="deny" if deny else "allow", actions=("*",), scopes=(ANY,), conditions=tuple(conditions)
        )

    plain = None if unless else _by_looking(dict(claims), clauses)
    if plain is not None:
        return plain, ""
    stated = [Condition(operator="StringLike", key=claim, values=patterns) for claim, patterns in claims]
    candidate = Permissions(
        dimensions=("token",),
        statements=(box(clauses), *(box(deny, "deny") for deny in unless)),
        ceilings=((box(stated),),),
    )
    always = frozenset(claim for claim, _ in claims)
    verdict = compare(candidate, _NOBODY, OPEN, always=always, fill=_readable, first=True)
    match verdict:
        case Exceeds():
            context = verdict.residue[0].witness.context
            return tuple((key, " and ".join(map(display, values))) for key, values in context if values), ""
        case Undecided():
            return None, verdict.reasons[0].text
        case _:
            return None, ""


def _by_looking(
    stated: dict[str, tuple[str, ...]], clauses: tuple[Condition, ...]
) -> tuple[tuple[str, str], ...] | None:
    """A token that satisfies clauses that each want one of some values; None says nothing."""
    found: dict[str, str] = {}
    for clause in clauses:
        if clause.operator not in POSITIVE or clause.if_exists or clause.qualifier or clause.key in found:
            return None
        value = next(
            (
                text
                for pattern in stated.get(clause.key, ("*",))
                for wanted in clause.values
                if (text := _common(pattern, wanted)) is not None
            ),
            None,
        )
        if value is None:
            return None
        found[clause.key] = display(value)
    return tuple(sorted(found.items()))


@lru_cache(maxsize=65_536)
def _common(a: str, b: str) -> str | None:
    """A string that both globs match, if one of a few likely ones is."""
    if VARIABLE in b:
        return None
    tries = (text for one in (a, b) for text in (one.replace("*", "example"), one.replace("*", ""), one))
    for text in tries:
        if not is_wild(text) and text and overlap(a, text) and overlap(b, text):
            return text
    return None


def _readable(dimension: str, pattern: str, rest: tuple[str, ...]) -> Sequence[str]:
    return ("example",) if pattern == "*" else (pattern.replace("*", "example").replace("?", "x"),)


def _single(token: Token, clause: Condition) -> Condition:
    """The clause on a claim that the token states: it is there and has one value, so no word about sets changes it."""
    if not (clause.qualifier or clause.if_exists) or all(claim != clause.key for claim, _ in token.claims):
        return clause
    return replace(clause, qualifier="", if_exists=False)


def _met(
    claims: tuple[tuple[str, tuple[str, ...]], ...],
    clauses: tuple[Condition, ...],
    unless: tuple[tuple[Condition, ...], ...],
) -> tuple[tuple[tuple[str, str], ...] | None, str]:
    """`_meeting` without the values of clauses that no stated one can be: they are ORed, and these are never true."""
    stated = dict(claims)
    found = []
    for clause in clauses:
        if clause.operator in POSITIVE and clause.key in stated:
            values = tuple(v for v in clause.values if any(overlap(p, v) for p in stated[clause.key]))
            if not values:
                return None, ""
            clause = replace(clause, values=values)
        found.append(clause)
    return _meeting(claims, tuple(found), unless)


def _taken(token: Token, acceptance: Acceptance) -> str:
    """What the meeting of the two rests on: the unknown strings that have to be the same."""
    rows = dict(token.claims)
    for clause in acceptance.clauses:
        stated = rows.get(clause.key)
        if stated is None:
            continue
        if any(SYMBOL_OPEN in text for text in (*stated, *clause.values)):
            wanted = " or ".join(map(display, clause.values[:_VALUES]))
            return f"`{display(stated[0])}` and `{wanted}` are the same"
    return "strings that are not known are the same"


def _closed(acceptance: Acceptance) -> bool:
    """Whether the clauses name single tokens, so that whoever meets them in the tree is all there is."""
    return any(
        clause.operator in POSITIVE
        and not clause.if_exists
        and clause.key in ("arn", "sub", "aws:principalarn")
        and not any(map(is_wild, clause.values))
        and len(clause.values) == 1
        for clause in acceptance.clauses
    )


def _said(claims: Sequence[tuple[str, str]]) -> str:
    rows = [(claim, value) for claim, value in claims if claim in SHOWN] or list(claims)[:_VALUES]
    return ", ".join(f"{_LABELS.get(claim, claim)} `{value}`" for claim, value in rows)


def successors(edges: Iterable[Edge]) -> dict[str, list[str]]:
    """Whom each node may become."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    for edge in edges:
        if edge.kind == "may-become":
            found[edge.source].append(edge.target)
    return found


def accepted(acceptances: Iterable[Acceptance], claim: str) -> Iterator[tuple[IdentityKey, str, tuple[str, ...]]]:
    """The literal values of one claim that identities accept, with what has to hold for it."""
    for acceptance in acceptances:
        for clause in acceptance.clauses:
            if clause.key == claim and clause.operator in POSITIVE:
                for value in clause.values:
                    yield acceptance.identity, value, acceptance.may
