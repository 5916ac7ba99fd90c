"""One request through all layers of AWS, from documents or from a tree, as `nhilint.can/1`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from nhilint.engine.analysis import Analysis
from nhilint.engine.entries import Entry, place, via
from nhilint.engine.heads import Row, identity_head
from nhilint.model.facts import Identity, Unresolved, Via
from nhilint.platforms.aws.authorize import Vote
from nhilint.platforms.aws.held import Held, held
from nhilint.platforms.aws.questions import Answer, Policies, Question, ask

SCHEMA = "nhilint.can/1"


def can_by_documents(question: Question, policies: Policies) -> Row:
    """The answer for a principal and its policies given as documents."""
    return _row(question, ask(question, policies), None, {}, ())


def can_in_tree(analysis: Analysis, who: Identity, question: Question, policies: Policies) -> Row:
    """The answer for an identity of a tree; documents add layers to what the tree says."""
    snapshot = analysis.snapshot
    mine = held(snapshot, who, question)
    # A member of a group holds the group's grants.
    names = {grant.key: grant.name for grants in snapshot.grants.values() for grant in grants}
    names.update((policy.key, policy.name) for policy in snapshot.policies)
    answer = ask(replace(question, principal=mine.principal), policies, mine.layers, mine.unread)
    assumed = (*answer.assumed, *mine.assumed, *_unbound(replace(question, principal=mine.principal), policies, mine))
    answer = replace(answer, assumed=assumed)
    return _row(question, answer, who, names, snapshot.unread.get(who.key, ()))


def _unbound(question: Question, policies: Policies, mine: Held) -> Iterator[str]:
    """What of the organisation would change the answer, if it were above the caller's account."""
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
    decision, reason = found.decision, found.reason
    if missing and decision == "implicitly-denied":
        decision, reason = "undecided", f"{missing[0].what}: {missing[0].why}"
    deciding = [vote for vote in found.votes if _decides(vote, decision)]
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
        "statements": [row for vote in deciding for row in _statements(vote, names)],
        "layers": [_layer(vote, names) for vote in found.votes],
        "unread": [
            {"layer": layer, "what": part.what, "why": part.why, "location": place(part.span)}
            for layer, part in answer.unread
        ],
    }


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
