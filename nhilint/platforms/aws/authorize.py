"""One request through every layer of AWS's evaluation, with each layer's vote; knows no files and no identities.

The layers are the caller's identity policies, permission boundary and session policy, the service control policies of
the caller's account (level by level), the resource control policies of the resource's account, and the policy on the
resource (a bucket's, a key's, a role's trust). Truth has three values: what can not be interpreted makes the answer
undecided only where it matters.
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from nhilint.algebra.conditions import interpretable
from nhilint.algebra.evaluate import applies
from nhilint.algebra.segments import alike
from nhilint.algebra.values import ANY, Request, Statement, display
from nhilint.platforms.aws.caller import Caller, Named, named_by
from nhilint.platforms.aws.text import ARN
from nhilint.platforms.aws.unknown import first_unknown, speaks

Truth = bool | None
"""True, False, or None: it can not be known."""
Word = Literal[
    "absent", "not-applicable", "allowed", "allowed-for-account", "implicitly-denied", "explicitly-denied", "undecided"
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Layers:
    """Policies as statements. None: there is none of that kind; an empty one allows nothing."""

    identity: tuple[Statement, ...] = ()
    boundary: tuple[Statement, ...] | None = None
    session: tuple[Statement, ...] | None = None
    scps: tuple[tuple[Statement, ...], ...] = ()
    """One a level of the organisation, from the root to the account."""
    rcps: tuple[tuple[Statement, ...], ...] = ()
    """One a level. Dimensions: principal, resource. The full-access policy that nobody can detach is understood."""
    resource: tuple[Statement, ...] | None = None
    """The policy on the resource. Dimensions: principal, resource."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Vote:
    """What one layer says."""

    layer: str
    """`identity`, `boundary`, `session`, `scp`, `rcp`, `resource`; levels are numbered: `scp.1`."""
    word: Word
    statements: tuple[Statement, ...] = ()
    """The statements that decided it."""
    why: str = ""
    """Why it is as it is where the word alone does not say it; a sentence without a full stop."""
    barren: bool = False
    """Nothing in it can allow the request: what is undecided is only whether it denies it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Authorization:
    """The answer and how it came about."""

    decision: Literal["allowed", "implicitly-denied", "explicitly-denied", "undecided"]
    votes: tuple[Vote, ...]
    reason: str
    """One sentence without a full stop."""


def authorize(caller: Caller, request: Request, account: str, layers: Layers) -> Authorization:
    """May the caller do it? `request.point` is the resource; `account` is the one the resource belongs to."""
    votes = {
        "identity": _identity(caller, request, layers.identity),
        "boundary": _ceiling("boundary", request, layers.boundary),
        "session": _ceiling("session", request, layers.session),
    }
    scps = [_scp(caller, request, level, number) for number, level in enumerate(layers.scps, 1)]
    rcps = [_rcp(caller, request, level, number) for number, level in enumerate(layers.rcps, 1)]
    resource = _resource(caller, request, layers.resource, bounded=layers.boundary is not None)
    every = (*votes.values(), *scps, *rcps, resource.vote)
    denied = _any(_denies(vote) for vote in every)
    if denied is True:
        names = ", ".join(vote.layer for vote in every if vote.word == "explicitly-denied")
        return Authorization(decision="explicitly-denied", votes=every, reason=f"an explicit deny ({names})")
    ceilings = _all(_allows(vote) for vote in (*scps, *rcps))
    caller_side = _all(_allows(votes[name]) for name in ("identity", "boundary", "session"))
    allowed, why = _combined(caller, request, account, votes, resource, caller_side)
    allowed = _all((ceilings, allowed))
    if allowed is False:
        if ceilings is False:
            why = "an organisation's policy does not allow it"
        return Authorization(decision="implicitly-denied", votes=every, reason=why)
    if allowed is None or denied is None:
        doubt = next((vote.why for vote in every if vote.word == "undecided" and vote.why), "")
        return Authorization(decision="undecided", votes=every, reason=doubt or why)
    return Authorization(decision="allowed", votes=every, reason=why)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Resource:
    vote: Vote
    caller: Truth
    """It names who calls: the user, the session, or everybody."""
    role: Truth
    """It names the role of the session."""
    account: Truth
    """It names the caller's account, which only delegates."""


def _combined(
    caller: Caller, request: Request, account: str, votes: dict[str, Vote], resource: _Resource, caller_side: Truth
) -> tuple[Truth, str]:
    """Whether the caller's policies and the resource's, together, allow; and the sentence that says why."""
    if caller.kind in ("service", "anonymous"):
        return resource.caller, f"{caller.title} needs the policy on the resource to name it"
    named = _any((resource.caller, resource.role, resource.account))
    if caller.account != account:
        both = _all((caller_side, named))
        lacking = "the caller's own policies" if caller_side is False else "the policy on the resource"
        why = "another account's resource needs both sides, and both allow" if both else f"{lacking} do not allow it"
        return both, why if both is not False else f"another account's resource needs both sides: {why}"
    within = _all(_allows(votes[name]) for name in ("boundary", "session"))
    # A grant to a user or a session is not limited by what a boundary or session policy leaves out; one to a role is.
    direct = _any((resource.caller, _all((resource.role, within))))
    if needs_resource_policy(request.action):
        if resource.vote.word == "absent":
            return None, "this kind of resource always has a policy of its own, and it is not given"
        why = "the policy on the resource has to allow it, by itself or by leaving it to the account"
        return _any((direct, _all((resource.account, caller_side)))), why
    if direct is True:
        return True, "the policy on the resource allows it"
    if votes["identity"].word == "allowed" and within is not True:
        names = [name for name in ("boundary", "session") if _allows(votes[name]) is not True]
        return _any((direct, caller_side)), f"the {' and the '.join(names)} policy does not allow it"
    why = "the caller's own policies allow it" if caller_side else "no policy allows it"
    return _any((direct, caller_side)), why


def needs_resource_policy(action: str) -> bool:
    """Whether the resource's own policy must allow: a key's and a role's trust, also within one account.

    https://docs.aws.amazon.com/kms/latest/developerguide/key-policies.html
    """
    service, _, name = action.partition(":")
    if service == "sts":
        return name.startswith("assumerole") or name in ("tagsession", "setsourceidentity")
    return service == "kms" and name not in _KEYLESS


_KEYLESS = frozenset(
    f"{verb}{noun}"
    for verb, noun in (
        ("create", "key"), ("list", "keys"), ("list", "aliases"), ("generate", "random"),
        ("create", "customkeystore"), ("delete", "customkeystore"), ("describe", "customkeystores"),
        ("connect", "customkeystore"), ("disconnect", "customkeystore"), ("update", "customkeystore"),
    )
)  # fmt: skip


def _identity(caller: Caller, request: Request, statements: Sequence[Statement]) -> Vote:
    if caller.kind in ("service", "anonymous"):
        return Vote(layer="identity", word="not-applicable", why=f"{caller.title} has no identity policies")
    if caller.kind == "root":
        return Vote(layer="identity", word="allowed", why="the account's root user may do everything")
    return _plain("identity", request, statements)


def _ceiling(layer: str, request: Request, statements: tuple[Statement, ...] | None) -> Vote:
    return Vote(layer=layer, word="absent") if statements is None else _plain(layer, request, statements)


def _scp(caller: Caller, request: Request, statements: tuple[Statement, ...], number: int) -> Vote:
    """https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps.html"""
    layer = f"scp.{number}"
    if caller.service_linked or caller.kind in ("service", "anonymous"):
        return Vote(layer=layer, word="not-applicable", why=f"service control policies do not bind {caller.title}")
    return _plain(layer, request, statements)


def _rcp(caller: Caller, request: Request, statements: tuple[Statement, ...], number: int) -> Vote:
    """https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps.html"""
    layer = f"rcp.{number}"
    if caller.service_linked:
        return Vote(layer=layer, word="not-applicable", why=f"resource control policies do not bind {caller.title}")
    denies = tuple(s for s in statements if s.effect == "deny")
    vote = _plain(layer, request, tuple(_unprincipled(s) for s in denies))
    return replace(vote, word="allowed") if vote.word == "implicitly-denied" else replace(vote, barren=False)


def _plain(layer: str, request: Request, statements: Sequence[Statement]) -> Vote:
    truths = [(s, _applies(s, request)) for s in statements]
    found = {
        (effect, truth): tuple(s for s, t in truths if s.effect == effect and t is truth)
        for effect in ("deny", "allow")
        for truth in (True, None)
    }
    if found["deny", True]:
        return Vote(layer=layer, word="explicitly-denied", statements=found["deny", True])
    doubts = found["deny", None] + (() if found["allow", True] else found["allow", None])
    if doubts and (found["allow", True] or found["allow", None] or found["deny", None]):
        barren = not found["allow", True] and not found["allow", None]
        return Vote(layer=layer, word="undecided", statements=doubts, why=_doubt(doubts), barren=barren)
    if found["allow", True]:
        return Vote(layer=layer, word="allowed", statements=found["allow", True])
    return Vote(layer=layer, word="implicitly-denied")


def _resource(
    caller: Caller, request: Request, statements: tuple[Statement, ...] | None, *, bounded: bool
) -> _Resource:
    """What the policy on the resource says. `bounded`: the caller has a permission boundary.

    A deny with `NotPrincipal` falls on everybody with a boundary, whomever it spares:
    https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html
    """
    if statements is None:
        vote = Vote(layer="resource", word="absent")
        return _Resource(vote=vote, caller=False, role=False, account=False)
    said: dict[Named | Literal["deny"], list[tuple[Statement, Truth]]] = {
        word: [] for word in ("caller", "role", "account", "deny")
    }
    for statement in statements:
        truth = _applies(_unprincipled(statement), request)
        principal, deny = statement.scopes[0], statement.effect == "deny"
        named = "caller" if principal.negated and deny and bounded else named_by(principal, caller, deny=deny)
        if truth is False or named == "nobody":
            continue
        if named == "unsure":
            truth, named = None, "caller"
        said["deny" if statement.effect == "deny" else named].append((statement, truth))
    truths = {word: _any(truth for _, truth in rows) for word, rows in said.items()}
    return _Resource(
        vote=_resource_vote(said, truths), caller=truths["caller"], role=truths["role"], account=truths["account"]
    )


def _resource_vote(
    said: dict[Named | Literal["deny"], list[tuple[Statement, Truth]]], truths: dict[Named | Literal["deny"], Truth]
) -> Vote:
    words: tuple[tuple[Named | Literal["deny"], Word], ...] = (
        ("deny", "explicitly-denied"),
        ("caller", "allowed"),
        ("role", "allowed"),
        ("account", "allowed-for-account"),
    )
    for name, word in words:
        rows = said[name]
        if truths[name] is True:
            return Vote(layer="resource", word=word, statements=tuple(s for s, t in rows if t))
        if truths[name] is None:
            doubts = tuple(s for s, t in rows if t is None)
            return Vote(layer="resource", word="undecided", statements=doubts, why=_doubt(doubts))
    return Vote(layer="resource", word="implicitly-denied")


def _applies(statement: Statement, request: Request) -> Truth:
    return speaks(statement, request, _crossed)


def _crossed(statement: Statement, request: Request) -> Truth:
    """Whether the statement speaks about the request; unknown where that hangs on a star that would cross a colon."""
    found = applies(statement, request)
    scope = statement.scopes[0] if statement.scopes else ANY
    if not any(ARN.crossable(pattern) for pattern in scope.patterns):
        return found
    if alike(scope, request.point[0], request.context, ARN):
        return found
    rest = applies(replace(statement, scopes=(ANY,)), request)
    return False if rest is False else None


def _unprincipled(statement: Statement) -> Statement:
    return replace(statement, scopes=statement.scopes[1:])


def _doubt(statements: Sequence[Statement]) -> str:
    first = statements[0]
    if first.undecided:
        return first.undecided
    if first.may:
        return f"a statement is there only if {first.may[0]}"
    if len(first.scopes) > 1 and first.scopes[0].negated:
        return "its `NotPrincipal` names some of account, role and session, but not all that stand for the caller"
    if unknown := first_unknown(first):
        return f"it depends on `{unknown}`, which is not known"
    for pattern in first.scopes[-1].patterns:
        if ARN.crossable(pattern):
            return f"it depends on whether the star in `{display(pattern)}` reaches beyond `:`"
    if not all(map(interpretable, first.conditions)):
        return "a condition can not be interpreted"
    return "it depends on whether the principal it names is the caller, whose account is not known"


def _denies(vote: Vote) -> Truth:
    if vote.word == "undecided" and any(s.effect == "deny" for s in vote.statements):
        return None
    return vote.word == "explicitly-denied"


def _allows(vote: Vote) -> Truth:
    if vote.word == "undecided":
        return False if vote.barren else None
    return vote.word in ("allowed", "absent", "not-applicable")


def _any(truths: Iterable[Truth]) -> Truth:
    found = list(truths)
    return True if True in found else None if None in found else False


def _all(truths: Iterable[Truth]) -> Truth:
    found = list(truths)
    return False if False in found else None if None in found else True
