"""One question put to everybody of a platform whom it can concern; who is left out can not be allowed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module

from nhilint.algebra.evaluate import decide
from nhilint.algebra.values import Request
from nhilint.engine.entries import Entry, via
from nhilint.engine.index import StatementIndex
from nhilint.model.dialect import Dialect
from nhilint.model.facts import Identity, IdentityKey, Unresolved, Via
from nhilint.model.snapshot import Snapshot, permissions_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """The answer for one identity."""

    who: Identity
    action: str
    resource: str
    """The one that was asked about, of a pattern."""
    decision: str
    reason: str
    assumed: tuple[str, ...]
    statements: Callable[[], list[Entry]]
    """Rows of what decided; made when they are asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """Everybody who is allowed, or of whom it is not known; and what was taken for granted about the question."""

    answered: tuple[Answered, ...]
    assumed: tuple[str, ...] = ()
    becoming: tuple[IdentityKey, ...] = ()
    """Whom one becomes by doing it: whoever gets there, from outside too, does it."""


def everybody(snapshot: Snapshot, platform: str) -> tuple[Identity, ...]:
    """Whoever can ask for something there. A limit, which only leaves something to others, is nobody."""
    return tuple(one for one in snapshot.identities.values() if one.platform == platform and not one.absent)


class Answering:
    """Questions to the identities of one platform whose own permissions are all that counts."""

    def __init__(self, snapshot: Snapshot, dialect: Dialect) -> None:
        self.snapshot = snapshot
        self.dialect = dialect
        own = everybody(snapshot, dialect.platform)
        self.index = StatementIndex({one.key: snapshot.grants.get(one.key, ()) for one in own}, len(dialect.dimensions))
        self.unread = {one.key for one in own if self._unread(one.key)}

    def answer(self, action: str, resource: str, account: str, context: Mapping[str, Sequence[str]]) -> Answers:
        """The answers. Raises the platform's `RequestError` for a malformed question."""
        requests = import_module(f"nhilint.platforms.{self.dialect.platform}.requests")
        parsed: Request = requests.parse_request(action, resource)
        keys = tuple(sorted((key.lower(), tuple(values)) for key, values in context.items()))
        request = Request(action=parsed.action, point=parsed.point, context=keys)
        found = [self._one(key, request, action, resource) for key in self._concerned(request)]
        assumed: tuple[str, ...] = tuple(requests.assumptions(request))
        return Answers(answered=tuple(one for one in found if _open(one)), assumed=assumed)

    def _concerned(self, request: Request) -> list[IdentityKey]:
        return sorted({*self.index.candidates(request.action, request.point), *self.unread})

    def _one(self, key: IdentityKey, request: Request, action: str, resource: str) -> Answered:
        who = self.snapshot.identities[key]
        decision = decide(permissions_of(self.snapshot, key, self.dialect.dimensions), request)
        verdict, reason = str(decision.verdict), decision.reason
        if verdict == "implicitly-denied" and key in self.unread:
            unread = self._unread(key)[0]
            verdict, reason = "undecided", f"{unread.what}: {unread.why}"

        def statements() -> list[Entry]:
            # What comes from a group says the group's grant as its origin, and is named as what the member holds.
            held = self.snapshot.grants.get(key, ())
            origins = [(s.origin, grant.name) for grant in held for s in grant.statements]
            names = {origin.grant: name for origin, name in origins if isinstance(origin, Via)}
            return [
                {"effect": one.effect, "layer": "identity", **row, "name": names.get(row["grant"], row["grant"])}
                for one in decision.because
                for row in via((one,))
            ]

        return Answered(
            who=who, action=action, resource=resource, decision=verdict, reason=reason, assumed=(),
            statements=statements,
        )  # fmt: skip

    def _unread(self, key: IdentityKey) -> list[Unresolved]:
        # A role that is not there grants nothing until somebody creates it.
        return [one for one in self.snapshot.unread.get(key, ()) if one.cause != "dangling"]


def _open(one: Answered) -> bool:
    return one.decision in ("allowed", "undecided")
