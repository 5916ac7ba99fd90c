"""Writes compacted residue as a policy document that can be pasted; knows the grammar of policies, and no tree.

What is written allows the residue and nothing that the candidate does not allow: the candidate's own denies stand
beside it where they meet it, and what its `NotResource` leaves out stays left out. Exceptions to actions are written
where the grammar has them, as the `NotAction` of everything; elsewhere the actions that are known are named.
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from nhilint.algebra.boxes import meet
from nhilint.algebra.compact import Part
from nhilint.algebra.glob import overlaps
from nhilint.algebra.spelling import spell
from nhilint.algebra.values import (
    LITERAL_MARK,
    LITERAL_STAR,
    SYMBOL,
    SYMBOL_OPEN,
    VARIABLE,
    Condition,
    Scope,
    Statement,
    display,
)
from nhilint.model.dialect import Draft
from nhilint.platforms.aws.conditions import WILDCARDS
from nhilint.platforms.aws.words import as_written, vocabulary

Row = dict[str, object]
_PIECES = re.compile(f"({SYMBOL})")


def write_document(parts: Sequence[Part], denies: Iterable[Statement]) -> Draft | None:
    """The document of an identity's policy; None when something in it has no written form."""
    rows: list[Row] = []
    unsaid: dict[str, None] = {}
    for part in parts:
        if not part.names:
            unsaid.update(dict.fromkeys(row.pattern for row in part.later))
            continue
        spelling = spell(part.names, part.later, vocabulary(), inner=False)
        unsaid.update(dict.fromkeys(spelling.unsaid))
        written = as_written(part)
        patterns = [written.get(name, name) for name in spelling.patterns]
        # Exceptions are asked for to `*` only: the rest of the patterns lies inside it.
        action: Row = {"NotAction": _one(spelling.exceptions)} if spelling.exceptions else {"Action": _one(patterns)}
        globs = [glob for (glob,) in part.axes[-1]]
        outside = [glob for _, glob in part.outside]
        resource: Row = {"NotResource": _all(outside)} if outside else {"Resource": _all(globs)}
        rows.append({"Effect": "Allow", **action, **resource, **_conditions(part.conditions)})
        if _unwritable(part.conditions, (*globs, *outside)):
            return None
    for deny in denies:
        if any(_meets(deny, part) for part in parts if part.names):
            if _unwritable(deny.conditions, deny.scopes[-1].patterns) or deny.undecided:
                return None
            rows.append(_deny(deny))
    spelled = tuple(sorted(map(vocabulary().spell, unsaid)))
    return Draft(body={"Version": "2012-10-17", "Statement": rows}, unsaid=spelled)


def _deny(statement: Statement) -> Row:
    action = "NotAction" if statement.actions_negated else "Action"
    scope = statement.scopes[-1]
    return {
        "Effect": "Deny",
        action: _one(sorted(map(vocabulary().spell, statement.actions))),
        "NotResource" if scope.negated else "Resource": _all(sorted(scope.patterns)),
        **_conditions(statement.conditions),
    }


def _meets(deny: Statement, part: Part) -> bool:
    """Whether the deny may take something from the part; a negated list is not looked into."""
    scope: Scope = deny.scopes[-1]
    near = scope.negated or any(any(meet((glob,), (p,))) for (glob,) in part.axes[-1] for p in scope.patterns)
    if not near or deny.actions_negated:
        return near
    known = vocabulary()
    return any(
        not part.names.isdisjoint(known.expand(pattern) or (pattern,))
        or any(overlaps(row.pattern, pattern) for row in part.later)
        for pattern in deny.actions
    )


def _conditions(clauses: Sequence[Condition]) -> Row:
    found: dict[str, dict[str, object]] = {}
    for clause in clauses:
        values = [_text(value, clause.operator in WILDCARDS) for value in clause.values]
        found.setdefault(_operator(clause), {})[clause.key] = _one(values)
    return {"Condition": found} if found else {}


def _operator(clause: Condition) -> str:
    operator = clause.operator + ("IfExists" if clause.if_exists else "")
    return f"{clause.qualifier}:{operator}" if clause.qualifier else operator


def _unwritable(clauses: Sequence[Condition], globs: Iterable[str]) -> bool:
    """Two clauses of one operator on one key have no place in an object; a value nobody knows has no text."""
    places = [(_operator(clause), clause.key) for clause in clauses]
    texts = (*globs, *(text for clause in clauses for text in (clause.key, *clause.values)))
    return len(set(places)) < len(places) or any(_is_open(text) for text in texts)


def _is_open(pattern: str) -> bool:
    return pattern.count(SYMBOL_OPEN) > pattern.count(SYMBOL_OPEN + VARIABLE)


def _text(pattern: str, wild: bool = True) -> str:
    """The pattern in a document of version 2012-10-17; what is no wildcard and no variable stays none."""
    star, mark = ("${*}", "${?}") if wild else ("*", "?")
    return "".join(
        display(piece)
        if piece.startswith(SYMBOL_OPEN)
        else piece.replace("${", "${$}{").replace(LITERAL_STAR, star).replace(LITERAL_MARK, mark)
        for piece in _PIECES.split(pattern)
    )


def _all(patterns: Iterable[str]) -> object:
    return _one([_text(pattern) for pattern in patterns])


def _one(values: Sequence[str]) -> object:
    """One value as itself, several as a list: as people write it."""
    return values[0] if len(values) == 1 else list(values)
