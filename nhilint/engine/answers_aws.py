"""One question put to everybody of AWS whom it can concern, over what of the tree can touch it, by every layer.

Statements of its own that do not name the action, policies that stand elsewhere, and roles that are not the one to be
assumed decide nothing: without them the answer is that of the whole snapshot, and of `can`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice

from nhilint.algebra.glob import is_wild
from nhilint.algebra.values import SYMBOL_OPEN, Statement, display
from nhilint.engine.answers import Answered, Answers, everybody
from nhilint.engine.authorization import answer_in_tree, decided, deciding_statements
from nhilint.engine.index import Shelf, StatementIndex, may_name
from nhilint.model.dialect import Dialect
from nhilint.model.facts import AttachedPolicy, Grant, Identity, IdentityKey
from nhilint.model.snapshot import Snapshot
from nhilint.platforms.aws.authorize import needs_resource_policy
from nhilint.platforms.aws.questions import Policies, Question
from nhilint.platforms.aws.requests import examples, parse_pattern, parse_request

_TRIED = 6
"""Resources of a pattern that one identity is asked about."""
_GUARDED = 20
"""Resources of a pattern whose own policies are looked at."""
_ASSUME = "sts:assumerole"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    """What of the tree touches a request: the snapshot without grants, and the policies that may stand there."""

    snapshot: Snapshot
    standing: tuple[AttachedPolicy, ...]


class AwsAnswering:
    """Questions to the identities of AWS. Building it is one pass over all grants."""

    def __init__(self, snapshot: Snapshot, dialect: Dialect) -> None:
        self.snapshot = snapshot
        own = everybody(snapshot, dialect.platform)
        self.index = StatementIndex({one.key: snapshot.grants.get(one.key, ()) for one in own}, len(dialect.dimensions))
        self.unread = {one.key for one in own if snapshot.unread.get(one.key)}
        self.bound = [one.key for one in own if one.bound]
        self.nameless = [one.key for one in own if not any(alias.startswith("arn:") for alias in one.aliases)]
        self.names = {grant.key: grant.name for grants in snapshot.grants.values() for grant in grants}
        self.names.update((policy.key, policy.name) for policy in snapshot.policies)
        self.organisation = tuple(policy for policy in snapshot.policies if policy.layer != "resource")
        self.standing: defaultdict[str, Shelf[AttachedPolicy]] = defaultdict(Shelf)
        self.owned: defaultdict[str, set[str]] = defaultdict(set)
        for policy in snapshot.policies:
            if policy.layer == "resource":
                self.owned[policy.service].add(policy.key)
                for target in policy.targets:
                    self.standing[policy.service].by_pattern[target].append(policy)
        self.roles: Shelf[Identity] = Shelf()
        for one in own:
            for alias in one.aliases:
                if alias.startswith("arn:"):
                    self.roles.by_pattern[alias].append(one)
        self.roles.finish()
        for shelf in self.standing.values():
            shelf.finish()

    def answer(self, action: str, resource: str, account: str, context: Mapping[str, Sequence[str]]) -> Answers:
        """The answers. Raises `RequestError` for a malformed question."""
        asked = parse_pattern(action, resource)
        (pattern,) = asked.point
        question = Question(principal="", action=action, resource=resource, account=account, context=context)
        places: dict[str, _Place] = {}
        concerned = self._holders(asked.action, pattern)
        for text in self._guarded(asked.action, pattern):
            places[text] = self._place(asked.action, text)
            for key in self._let_in(replace(question, resource=text), places[text]):
                concerned.setdefault(key, {})[text] = None
        for key in self.unread - concerned.keys():
            concerned[key] = dict.fromkeys(self._examples(asked.action, pattern, "*"))
        found = [
            one
            for key in sorted(concerned)
            if (one := self._best(self.snapshot.identities[key], question, list(concerned[key])[:_TRIED], places))
        ]
        roles = self.roles.near(pattern) if asked.action.startswith(_ASSUME) else ()
        becoming = tuple(sorted({role.key for role in roles}))
        return Answers(answered=tuple(found), assumed=tuple(self._taken(asked.action, places)), becoming=becoming)

    def _examples(self, action: str, pattern: str, held: str) -> Iterator[str]:
        """Resources of the pattern that is asked for; itself, where it is one resource."""
        return examples(action, pattern, held) if is_wild(pattern) else iter((display(pattern),))

    def _holders(self, action: str, pattern: str) -> dict[IdentityKey, dict[str, None]]:
        """Whose statements it can concern, with the resources that these may be about."""
        found: dict[IdentityKey, dict[str, None]] = {}
        for key, statement in self.index.statements(action, (pattern,)):
            texts = found.setdefault(key, {})
            scope = statement.scopes[0]
            for held in ("*",) if scope.negated else scope.patterns:
                if len(texts) < _TRIED:
                    texts |= dict.fromkeys(self._examples(action, pattern, held))
        return found

    def _guarded(self, action: str, pattern: str) -> list[str]:
        """Resources of the pattern that a policy of their own says something about: the one, or some of many."""
        found: dict[str, None] = {}
        if not is_wild(pattern):
            found[display(pattern)] = None
        elif action.startswith(_ASSUME):
            found = {display(alias): None for role in self.roles.near(pattern) for alias in role.aliases[:1]}
        else:
            shelf = self.standing.get(action.partition(":")[0])
            for policy in () if shelf is None else shelf.near(pattern):
                for statement in _allowing(policy, action):
                    for held in statement.scopes[-1].patterns:
                        found |= dict.fromkeys(islice(examples(action, pattern, held), 1))
        return list(found)[:_GUARDED]

    def _let_in(self, question: Question, place: _Place) -> Iterator[IdentityKey]:
        """Whom the policies there may let in without a statement of their own."""
        action = question.action.lower()
        if action.startswith(_ASSUME):
            yield from self._trusted(place)
        elif self._is_open(action, place) and not self._for_anybody(question, place):
            yield from self.bound

    def _best(
        self, who: Identity, question: Question, resources: Iterable[str], places: dict[str, _Place]
    ) -> Answered | None:
        """The answer about the first resource that it may do it on, else the first that is not decided, if any."""
        best: Answered | None = None
        for resource in resources:
            if resource not in places:
                places[resource] = self._place(question.action.lower(), resource)
            one = self._one(who, replace(question, resource=resource), places[resource])
            if one.decision == "allowed":
                return one
            if best is None and one.decision == "undecided":
                best = one
        return best

    def _one(self, who: Identity, question: Question, place: _Place) -> Answered:
        snapshot = replace(place.snapshot, grants={who.key: tuple(self._touching(who.key, question.action.lower()))})
        answer = answer_in_tree(snapshot, who, question, Policies())
        decision, reason = decided(answer, self.snapshot.unread.get(who.key, ()))
        return Answered(
            who=who,
            action=question.action,
            resource=question.resource,
            decision=decision,
            reason=reason,
            assumed=answer.assumed,
            statements=lambda: deciding_statements(answer, decision, self.names),
        )

    def _touching(self, key: IdentityKey, action: str) -> Iterator[Grant]:
        """Its grants, cut to the statements that name the action. What it has of a policy is asked at the policy."""
        service = action.partition(":")[0]
        elsewhere = self.owned.get(service, ())
        for grant in self.snapshot.grants.get(key, ()):
            if grant.layer == "resource" and grant.key[len(key) + 1 :] in elsewhere:
                continue
            statements = tuple(s for s in grant.statements if may_name(s, action))
            # A boundary that does not name the action is still one.
            if statements or grant.layer == "boundary":
                yield replace(grant, statements=statements)

    def _place(self, action: str, resource: str) -> _Place:
        request = parse_request(action, resource)
        service = action.partition(":")[0]
        shelf = self.standing.get(service)
        near = {} if shelf is None else {id(policy): policy for policy in shelf.near(request.point[0])}
        roles = {one.key: one for one in self.roles.near(request.point[0])} if action.startswith(_ASSUME) else {}
        snapshot = replace(
            self.snapshot,
            policies=(*near.values(), *self.organisation),
            identities=dict(sorted(roles.items())),
            unread={},
        )
        return _Place(snapshot=snapshot, standing=tuple(near.values()))

    def _trusted(self, place: _Place) -> set[IdentityKey]:
        """Whoever of the tree the trust of the role to be assumed may name."""
        found: set[IdentityKey] = set(self.nameless)
        for role in place.snapshot.identities:
            for trust in self.snapshot.trusts.get(role, ()):
                for statement in trust.statements:
                    for pattern in statement.scopes[0].patterns if not statement.scopes[0].negated else ("AWS:*",):
                        found.update(one.key for one in self.roles.near(pattern.removeprefix("AWS:")))
        return found

    def _is_open(self, action: str, place: _Place) -> bool:
        """Whether a policy there allows it to principals that it does not name one by one."""
        return any(
            s.scopes[0].negated or any(is_wild(pattern) for pattern in s.scopes[0].patterns)
            for policy in place.standing
            for s in _allowing(policy, action)
        )

    def _for_anybody(self, question: Question, place: _Place) -> bool:
        """Whether somebody without a credential may do it: then it says nothing of anybody that he may as well."""
        anyone = [one for one in self.snapshot.identities.values() if one.kind == "anyone"]
        return any(self._one(one, question, place).decision == "allowed" for one in anyone)

    def _taken(self, action: str, places: Mapping[str, _Place]) -> Iterator[str]:
        """Whom else a policy there may name, and what of it could not be read: that is said once, not of everybody."""
        said: dict[str, None] = {}
        for place in places.values():
            if needs_resource_policy(action) and not action.startswith("sts:") and not place.standing:
                said["the policy that stands on it is not in this tree, and lets in nobody by itself"] = None
            for policy in place.standing:
                said |= dict.fromkeys(
                    f"what could not be read of the {policy.name} lets in nobody else: {part.what}: {part.why}"
                    for part in policy.unread
                )
                unknown = (p for s in policy.statements if s.effect == "allow" for p in s.scopes[0].patterns)
                said |= dict.fromkeys(
                    f"`{display(p)}`, whom the {policy.name} names, is nobody of this tree"
                    for p in unknown
                    if p.startswith(f"AWS:{SYMBOL_OPEN}")
                )
        yield from said


def _allowing(policy: AttachedPolicy, action: str) -> Iterator[Statement]:
    return (s for s in policy.statements if s.effect == "allow" and may_name(s, action))
