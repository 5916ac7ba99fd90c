"""One request through all layers of AWS, from documents or from a tree, as `nhilint.can/1`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from nhilint.engine.entries import Entry, place, via
from nhilint.engine.heads import Row, identity_head
from nhilint.model.facts import Identity, Unresolved, Via
from nhilint.model.snapshot import Snapshot
from nhilint.platforms.aws.authorize import Vote
from nhilint.platforms.aws.held import Held, held
from nhilint.platforms.aws.questions import Answer, Policies, Question, ask

SCHEMA = "nhilint.can/1"


def can_by_documents(question: Question, policies: Policies) -> Row:
    """The answer for a principal and its policies given as documents."""
    return _row(question, ask(question, policies), None, {}, ())


def can_in_tree(snapshot: Snapshot, who: Identity, question: Question, policies: Policies) -> Row:
    """The answer for an identity of a tree; documents add layers to what the tree says."""
    answer = answer_in_tree(snapshot, who, question, policies)
    # A member of a group holds the group's grants.
    names = {grant.key: grant.name for grants in snapshot.grants.values() for grant in grants}
    names.update((policy.key, policy.name) for policy in snapshot.policies)
    return _row(question, answer, who, names, snapshot.unread.get(who.key, ()))


def answer_in_tree(snapshot: Snapshot, who: Identity, question: Question, policies: Policies) -> Answer:
    """What all layers of the tree say together, and what that rests on."""
    mine = held(snapshot, who, question)
    answer = ask(replace(question, principal=mine.principal), policies, mine.layers, mine.unread)
    assumed = (*answer.assumed, *mine.assumed, *_unbound(replace(question, principal=mine.principal), policies, mine))
    return replace(answer, assumed=assumed)


def _unbound(question: Question, policies: Policies, mine: Held) -> Iterator[str]:
    """What of the organisation would change the answer, if it were above the caller's account."""
    if not mine.unsure:
        return
    decision = ask(question, policies, mine.layers).authorization.decision
    changing = [
        level for level in mine.unsure if ask(question, policies, mine.beside(level)).authorization.decision != decision
    ]
    if changing:
        shown = [
            f"{name}{f' at `{level.target}`' if level.target else ''}" for level in changing for name in level.names
        ]
        more = f" and {len(shown) - 3} more" if len(shown) > 3 else ""
        some = ", ".join(shown[:3])
        yield f"the account is nowhere under these policies, which would change the answer: {some}{more}"


def _row(
    question: Question,
    answer: Answer,
    who: Identity | None,
    names: Mapping[str, str],
    missing: Sequence[Unresolved],
) -> Row:
    found = answer.authorization
    decision, reason = decided(answer, missing)
    return {
        "schema": SCHEMA,
        "identity": identity_head(who) if who is not None else None,
        "principal": question.principal,
        "request": {
            "action": question.action,
            "resource": question.resource,
            "context": {key: list(values) for key, values in question.context.items()},
        },
        "decision": decision,
        "reason": reason,
        "assumed": list(answer.assumed),
        "statements": deciding_statements(answer, decision, names),
        "layers": [_layer(vote, names) for vote in found.votes],
        "unread": [
            {"layer": layer, "what": part.what, "why": part.why, "location": place(part.span)}
            for layer, part in answer.unread
        ],
    }


def decided(answer: Answer, missing: Sequence[Unresolved]) -> tuple[str, str]:
    """The decision and its reason; what could not be read of the identity may overturn that nothing allows it."""
    found = answer.authorization
    if missing and found.decision == "implicitly-denied":
        return "undecided", f"{missing[0].what}: {missing[0].why}"
    return found.decision, found.reason


def deciding_statements(answer: Answer, decision: str, names: Mapping[str, str]) -> list[Entry]:
    """The statements that decided, layer by layer."""
    deciding = [vote for vote in answer.authorization.votes if _decides(vote, decision)]
    return [row for vote in deciding for row in _statements(vote, names)]


def _decides(vote: Vote, decision: str) -> bool:
    if decision == "explicitly-denied":
        return vote.word == "explicitly-denied"
    return bool(vote.statements)


def _layer(vote: Vote, names: Mapping[str, str]) -> Entry:
    grants = {s.origin.grant: None for s in vote.statements if isinstance(s.origin, Via)}
    return {
        "layer": vote.layer,
        "vote": vote.word,
        "why": vote.why,
        "grants": [names.get(grant, grant) for grant in grants],
    }


def _statements(vote: Vote, names: Mapping[str, str]) -> list[Entry]:
    rows: list[Entry] = []
    for statement in vote.statements:
        for row in via((statement,)) or [{"path": "", "line": 0, "end_line": 0, "grant": "", "label": ""}]:
            name = names.get(row["grant"], row["grant"])
            rows.append({"effect": statement.effect, "layer": vote.layer, **row, "name": name})
    return rows
