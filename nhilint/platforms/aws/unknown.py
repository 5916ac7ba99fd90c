"""Whether a statement speaks about a request when strings of the policy are not known: surely, surely not, or perhaps.

A symbol may stand for any text. So each statement is read twice: as narrowly as the symbols allow (each is equal to
itself only) and as widely (each is a star); where both readings agree, that is the answer. Knows no layers.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

from nhilint.algebra.conditions import family
from nhilint.algebra.glob import may_overlap
from nhilint.algebra.values import SYMBOL_CLOSE, SYMBOL_OPEN, VARIABLE, Condition, Request, Scope, Statement, display

_OPEN = re.compile(f"{SYMBOL_OPEN}(?!{VARIABLE})[^{SYMBOL_CLOSE}]*{SYMBOL_CLOSE}")
Read = Callable[[Statement, Request], bool | None]


def speaks(statement: Statement, request: Request, read: Read) -> bool | None:
    """The answer of `read`, three-valued where the statement or the context of the request has unknown strings."""
    if not first_unknown(statement, request):
        return read(statement, request)
    if read(_widely(statement, request), request) is False:
        return False
    narrow = _narrowly(statement, request)
    return True if narrow is not None and read(narrow, request) is True else None


def first_unknown(statement: Statement, request: Request | None = None) -> str:
    """A string that is not known, for people: `${var.env}`; empty when all of them are."""
    texts = [*statement.actions, *(pattern for scope in statement.scopes for pattern in scope.patterns)]
    texts += [value for clause in statement.conditions for value in clause.values]
    if request is not None:
        asked = dict(request.context)
        texts += [value for clause in statement.conditions for value in asked.get(clause.key, ())]
    # The last one of a text says most: of an ARN the name, not the region.
    return next((display(found[-1]) for text in texts if (found := _OPEN.findall(text))), "")


def may_be(pattern: str, text: str) -> bool:
    """Whether the pattern may match the text, for some values of the unknown strings in both."""
    return may_overlap(_OPEN.sub("*", pattern), _OPEN.sub("*", text))


def _widely(statement: Statement, request: Request) -> Statement:
    """It speaks about whatever it may speak about."""
    negated = statement.actions_negated
    return replace(
        statement,
        actions=statement.actions if negated else tuple(_OPEN.sub("*", p) for p in statement.actions),
        scopes=tuple(scope if scope.negated else _starred(scope) for scope in statement.scopes),
        conditions=tuple(c for c in statement.conditions if _is_negative(c) or not _is_unknown(c, request)),
    )


def _narrowly(statement: Statement, request: Request) -> Statement | None:
    """It speaks about what it speaks about in any case; None when that is nothing that can be told."""
    if any(_is_negative(clause) and _is_unknown(clause, request) for clause in statement.conditions):
        return None
    negated = statement.actions_negated
    return replace(
        statement,
        actions=tuple(_OPEN.sub("*", p) for p in statement.actions) if negated else statement.actions,
        scopes=tuple(_starred(scope) if scope.negated else scope for scope in statement.scopes),
    )


def _starred(scope: Scope) -> Scope:
    return replace(scope, patterns=tuple(_OPEN.sub("*", pattern) for pattern in scope.patterns))


def _is_unknown(clause: Condition, request: Request) -> bool:
    """Whether its truth hangs on a string that is not known; that of an absent key does not."""
    asked = dict(request.context).get(clause.key, ())
    known = not asked or family(clause.operator) == "null"
    return not known and any(_OPEN.search(value) for value in (*clause.values, *asked))


def _is_negative(clause: Condition) -> bool:
    return "not" in clause.operator.lower()
