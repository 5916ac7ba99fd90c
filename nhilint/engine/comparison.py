"""Two documents given as such: does the candidate stay inside the reference, and how do the two lie to each other?"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from importlib import import_module

from nhilint.algebra.prove import compare
from nhilint.algebra.relations import relate
from nhilint.algebra.values import Covered, Exceeds, Permissions, Reason, Residue, Undecided, Verdict
from nhilint.engine.dialects import dialect
from nhilint.engine.entries import Entry, permission_entries, trust_entries
from nhilint.engine.heads import Row
from nhilint.model.dialect import Dialect
from nhilint.model.errors import NhilintError
from nhilint.model.facts import Unresolved
from nhilint.model.node import Node

_BUDGET = 400_000


class ComparisonError(NhilintError):
    """The two documents can not be held against each other."""


def compare_documents(reference: Node, candidate: Node, *, kind: str, budget: int = _BUDGET) -> Row:
    """Does the candidate stay inside the reference? (`nhilint.compare/1`). `kind`: `aws` or `kubernetes`.

    Raises `ComparisonError` when one is a trust policy, say, and the other an identity's.
    """
    language = dialect(kind)
    package = import_module(f"nhilint.platforms.{kind}.requests")
    outer, inner = (
        package.read_document(node, name) for node, name in ((reference, "reference"), (candidate, "candidate"))
    )
    if outer.kind != inner.kind and outer.statements and inner.statements:
        raise ComparisonError(
            f"the reference is {outer.title} and the candidate {inner.title}",
            help="compare two policies of the same kind",
            span=candidate.span,
        )
    dimensions = (inner if inner.statements else outer).dimensions
    mine = Permissions(dimensions=dimensions, statements=inner.statements)
    theirs = Permissions(dimensions=dimensions, statements=outer.statements)
    decide = partial(
        compare,
        vocabulary=language.vocabulary,
        fill=language.fill,
        always=language.present(inner.kind if inner.statements else outer.kind),
        segments=language.segments,
        budget=budget,
    )
    if language.normal is not None:
        mine, theirs = language.normal(mine, theirs), language.normal(theirs, mine)
    verdict = decide(mine, theirs)
    unread = [u for u in (*outer.unresolved, *inner.unresolved) if u.cause != "unknown-operator"]
    residue, reasons = _parts(verdict)
    entries: list[Entry] = []
    if inner.kind == "trust":
        entries = trust_entries(residue, language)
    else:
        entries = permission_entries(residue, language, "the reference denies it")
    return {
        "schema": "nhilint.compare/1",
        "platform": kind,
        "kind": inner.kind if inner.statements else outer.kind,
        # What was not read on either side can overturn both answers: say so instead of claiming either.
        "verdict": "undecided" if unread else _word(verdict),
        "relation": "undecided" if unread else relate(mine, theirs, decide, verdict),
        "tiers": _tiers(verdict, bool(unread), finite=bool(language.vocabulary.date)),
        "data_date": language.vocabulary.date,
        "residue": entries,
        "rules": list(package.rules_of(residue)) if inner.kind == "role" and not unread else [],
        **_policy(residue, mine, language, kind="" if unread else inner.kind),
        "reasons": [_unread(question) for question in unread] + [_reason(reason) for reason in reasons],
    }


def _policy(residue: Sequence[Residue], candidate: Permissions, language: Dialect, kind: str) -> Entry:
    """The residue as a policy, where it can be one: an identity's, read as a whole."""
    document = None
    if language.write is not None and kind == "identity":
        denies = [statement for statement in candidate.statements if statement.effect == "deny"]
        document = language.write(language.parts(residue), denies)
    if document is None:
        return {"policy": None, "policy_unsaid": []}
    return {"policy": dict(document.body), "policy_unsaid": list(document.unsaid)}


def _parts(verdict: Verdict) -> tuple[tuple[Residue, ...], tuple[Reason, ...]]:
    match verdict:
        case Covered():
            return (), ()
        case Exceeds():
            return verdict.residue, verdict.undecided
        case Undecided():
            return (), verdict.reasons


def _word(verdict: Verdict) -> str:
    match verdict:
        case Covered():
            return "covered"
        case Exceeds():
            return "exceeds"
        case Undecided():
            return "undecided"


def _tiers(verdict: Verdict, unread: bool, *, finite: bool) -> Entry:
    """The verdict for the actions that are known (or named), and for those that may be added later.

    Without a finite list of actions there is but one answer.
    """
    if unread or isinstance(verdict, Undecided):
        return {"known": "undecided", "future": "undecided"}
    if not finite:
        return {"known": _word(verdict), "future": _word(verdict)}
    parts, reasons = _parts(verdict)
    clean = "undecided" if reasons else "covered"
    return {
        "known": "exceeds" if any(part.actions for part in parts) else clean,
        "future": "exceeds" if any(part.future for part in parts) else clean,
    }


def _reason(reason: Reason) -> Entry:
    return {"kind": reason.kind, "text": reason.text}


def _unread(question: Unresolved) -> Entry:
    where = f" ({question.span.path}:{question.span.line})" if question.span.path else ""
    return {"kind": "unread-part", "text": f"{question.what}: {question.why}{where}"}
