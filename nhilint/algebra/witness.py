"""Turns a point of the proof into a readable request that the direct evaluator confirms on both sides."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import islice
from typing import NamedTuple

from nhilint.algebra.evaluate import decide, naming
from nhilint.algebra.glob import matches
from nhilint.algebra.ground import Variables, groundings
from nhilint.algebra.values import Condition, Context, Decision, Permissions, Reason, Request, Residue, Statement

Fill = Callable[[str, str, tuple[str, ...]], Sequence[str]]
"""Dimension name (or ``action``, or a condition key), pattern, and the request's action and point, to readable
strings, best first. For ``actions``: the last dimension's pattern, and all actions of a part, to the most telling."""

_NEUTRAL = ("example", "sample", "example-1", "zq7")


class InternalError(RuntimeError):
    """The prover and the evaluator disagree: a defect of nhilint, never a verdict."""


class Proof(NamedTuple):
    """What a witness is held against."""

    candidate: Permissions
    reference: Permissions
    world: frozenset[str]
    """The `may` reasons that hold."""
    fresh: str
    fill: Fill | None
    variables: Variables
    """The variables of both sides: a request has to be given real values for them."""


def confirm(
    proof: Proof,
    statement: Statement,
    conditions: tuple[Condition, ...],
    box: tuple[str, ...],
    point: tuple[str, ...],
    context: Context,
    names: tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]],
) -> Residue | Reason:
    """The residue with its witness, or the reason why the evaluator can not confirm it.

    `names`: concrete actions, future patterns, and a name for each of these. Raises `InternalError`.
    """
    actions, future, generics = names
    mine, theirs = _in_world(proof.candidate, proof.world), _in_world(proof.reference, proof.world)
    if actions:
        action = _telling(proof, actions, box[-1])
    else:
        action = "*" if future[0] == "*" and _open(proof) else generics[0]
    request = Request(action=action, point=point, context=context)
    sides = _Sides(mine, theirs)
    better = _readable(proof, request, box, future[0] if not actions else "")
    if proof.variables.keys:
        wanted = (*islice(better, 1), request)
        real = next((r for w in wanted for r in groundings(proof.variables, w) if exceeds(sides, r)), None)
        if real is None:
            return _coupled(proof.variables)
        request = real
    else:
        ours, other = sides.decide(request)
        if "undecided" in (ours.verdict, other.verdict):
            return _doubt(ours, other)
        if ours.verdict != "allowed" or other.verdict == "allowed":
            raise InternalError(
                f"the witness {request} is {ours.verdict} by the candidate, {other.verdict} by the reference"
            )
        request = next((r for r in better if exceeds(sides, r, like=other.verdict)), request)
    _, blocked = sides.decide(request)
    return Residue(
        actions=actions,
        future=future,
        scopes=box,
        conditions=conditions,
        witness=request,
        statement=statement,
        blocked_by=blocked.because if blocked.verdict == "explicitly-denied" else (),
    )


def _telling(proof: Proof, actions: tuple[str, ...], pattern: str) -> str:
    """The action that a reader learns most from; each of them is as good a proof."""
    found = proof.fill("actions", pattern, actions) if proof.fill and len(actions) > 1 else ()
    return next((name for name in found if name in actions), actions[0])


class _Sides:
    """Candidate and reference, of each only the statements that name the action asked for."""

    def __init__(self, candidate: Permissions, reference: Permissions) -> None:
        self._whole = (candidate, reference)
        self._naming: dict[str, tuple[Permissions, Permissions]] = {}

    def decide(self, request: Request) -> tuple[Decision, Decision]:
        known = self._naming.get(request.action)
        if known is None:
            candidate, reference = self._whole
            known = naming(candidate, request.action), naming(reference, request.action)
            self._naming[request.action] = known
        return decide(known[0], request), decide(known[1], request)


def exceeds(sides: _Sides, request: Request, like: str = "") -> bool:
    """Whether the candidate allows and the reference does not (with the verdict `like`, when that is given)."""
    ours, other = sides.decide(request)
    if ours.verdict != "allowed":
        return False
    return other.verdict == like if like else other.verdict in ("implicitly-denied", "explicitly-denied")


def _doubt(ours: Decision, other: Decision) -> Reason:
    return Reason(kind="unreadable-statement", text=ours.reason or other.reason)


def _coupled(variables: Variables) -> Reason:
    words = ", ".join(f"`${{{key}}}`" for key in variables.keys)
    return Reason(kind="coupled-variable", text=f"it depends on which values {words} can have together")


def _open(proof: Proof) -> bool:
    return all(s.actions == ("*",) for side in (proof.candidate, proof.reference) for s in side.statements)


def _in_world(permissions: Permissions, world: frozenset[str]) -> Permissions:
    def real(statements: Sequence[Statement]) -> tuple[Statement, ...]:
        return tuple(replace(s, may=()) if s.may else s for s in statements if world.issuperset(s.may))

    if not any(s.may for layer in (permissions.statements, *permissions.ceilings) for s in layer):
        return permissions
    return replace(
        permissions,
        statements=real(permissions.statements),
        ceilings=tuple(real(ceiling) for ceiling in permissions.ceilings),
    )


def _readable(proof: Proof, request: Request, box: tuple[str, ...], action: str) -> Iterator[Request]:
    """Requests without fresh letters: the platform's words first, then neutral ones."""
    dimensions = proof.candidate.dimensions
    about = (request.action, *request.point)
    for neutral in _NEUTRAL:
        for use_fill in (True, False) if proof.fill else (False,):
            fill = proof.fill if use_fill else None
            yield Request(
                action=_fill(proof, fill, ("action", about), action, request.action, neutral),
                point=tuple(
                    _fill(proof, fill, (name, about), glob, text, neutral)
                    for name, glob, text in zip(dimensions, box, request.point, strict=True)
                ),
                context=tuple(
                    (
                        key,
                        tuple(
                            _fill(proof, fill, (key, about), value.replace(proof.fresh, "*"), value, neutral)
                            for value in values
                        ),
                    )
                    for key, values in request.context
                ),
            )


def _fill(
    proof: Proof, fill: Fill | None, about: tuple[str, tuple[str, ...]], glob: str, text: str, neutral: str
) -> str:
    """`about`: the dimension or key, and the request's action and point."""
    if proof.fresh not in text:
        return text
    for better in fill(about[0], glob, about[1]) if fill else ():
        if matches(glob, better):
            return better
    # A run of fresh letters is one unknown part; letters that stand for `?` keep their number.
    plain = glob.replace("**", "*").replace("*", neutral).replace("?", "x") if glob else ""
    return plain if plain and matches(glob, plain) else text.replace(proof.fresh, neutral[0])
