"""Aligns the unknown values of two revisions: a symbol whose address was moved is still the same value.

Two revisions name an unknown string by its address (`module.a.aws_s3_bucket.logs.arn`). A refactor changes the
address, not the value. Declared moves (`moved` blocks) are followed exactly. Beyond them, an address that only the
base mentions is read as one that only the head mentions when both have the same type, label and attribute and no
other candidate exists; every such reading is returned, so that it can be shown.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from nhilint.algebra.values import Condition, Scope, Statement, symbol, symbols_of
from nhilint.model.facts import Grant, Identity, IdentityKey, Moved, Trust
from nhilint.model.snapshot import Snapshot

_INSTANCE = re.compile(r"\[[^\]]*\]")
_MODULES = re.compile(r"^(?:module\.[A-Za-z0-9_-]+(?:\[[^\]]*\])?\.)+")
_READABLE = re.compile(r"\$\{([^{}]*)\}")


def _texts(statement: Statement) -> Iterator[str]:
    yield from statement.actions
    for scope in statement.scopes:
        yield from scope.patterns
    for condition in statement.conditions:
        yield from condition.values


def _names(snapshot: Snapshot) -> set[str]:
    names: set[str] = set()
    for grants in snapshot.grants.values():
        for grant in grants:
            for statement in grant.statements:
                for text in _texts(statement):
                    names.update(symbols_of(text))
    for trusts in snapshot.trusts.values():
        for trust in trusts:
            for statement in trust.statements:
                for text in _texts(statement):
                    names.update(symbols_of(text))
    for key in snapshot.identities:
        names.update(_READABLE.findall(key))
    return names


def _shape(name: str) -> str:
    """The name without module path and instance keys."""
    return _INSTANCE.sub("", _MODULES.sub("", name))


def _declared(name: str, moved: Iterable[Moved]) -> str:
    """The name after every declared move, applied until nothing changes (a chain of moves is followed)."""
    moves = tuple(moved)
    for _ in range(len(moves) + 1):
        for move in moves:
            rest = name[len(move.source) :]
            if name.startswith(move.source) and rest[:1] in ("", ".", "["):
                name = move.target + rest
                break
        else:
            return name
    return name


def align(base: Snapshot, head: Snapshot) -> tuple[dict[str, str], tuple[tuple[str, str], ...]]:
    """Symbol names of the base to those of the head, and the readings that rest on shape alone."""
    in_base, in_head = _names(base), _names(head)
    mapping: dict[str, str] = {}
    for name in sorted(in_base):
        target = _declared(name, head.moved)
        if target != name:
            mapping[name] = target
    gone: defaultdict[str, list[str]] = defaultdict(list)
    come: defaultdict[str, list[str]] = defaultdict(list)
    for name in sorted(in_base - in_head):
        if name not in mapping and "." in name and not name.startswith(("var.", "local.", "each.")):
            gone[_shape(name)].append(name)
    for name in sorted(in_head - in_base - set(mapping.values())):
        come[_shape(name)].append(name)
    guessed: list[tuple[str, str]] = []
    for shape, names in gone.items():
        candidates = come.get(shape, [])
        if len(names) == 1 and len(candidates) == 1:
            mapping[names[0]] = candidates[0]
            guessed.append((names[0], candidates[0]))
    return mapping, tuple(guessed)


class _Renamer:
    """Applies one mapping of symbol names to facts."""

    def __init__(self, mapping: Mapping[str, str]) -> None:
        self._pattern = {symbol(old): symbol(new) for old, new in mapping.items()}
        self._readable = {f"${{{old}}}": f"${{{new}}}" for old, new in mapping.items()}

    def text(self, text: str) -> str:
        for old, new in self._pattern.items():
            if old in text:
                text = text.replace(old, new)
        return text

    def readable(self, text: str) -> str:
        for old, new in self._readable.items():
            if old in text:
                text = text.replace(old, new)
        return text

    def statement(self, statement: Statement) -> Statement:
        if not any(symbols_of(text) for text in _texts(statement)):
            return statement
        return replace(
            statement,
            actions=tuple(map(self.text, statement.actions)),
            scopes=tuple(
                Scope(patterns=tuple(map(self.text, scope.patterns)), negated=scope.negated)
                for scope in statement.scopes
            ),
            conditions=tuple(self.condition(condition) for condition in statement.conditions),
        )

    def condition(self, condition: Condition) -> Condition:
        return replace(condition, values=tuple(map(self.text, condition.values)))

    def key(self, key: IdentityKey) -> IdentityKey:
        return IdentityKey(self.readable(key))

    def identity(self, identity: Identity) -> Identity:
        return replace(identity, key=self.key(identity.key), name=self.readable(identity.name))

    def grant(self, grant: Grant) -> Grant:
        return replace(
            grant,
            key=self.readable(grant.key),
            holder=self.key(grant.holder),
            name=self.readable(grant.name),
            statements=tuple(map(self.statement, grant.statements)),
        )

    def trust(self, trust: Trust) -> Trust:
        statements = tuple(map(self.statement, trust.statements))
        return replace(trust, identity=self.key(trust.identity), statements=statements)


def rename(snapshot: Snapshot, mapping: Mapping[str, str]) -> Snapshot:
    """The snapshot with its symbols renamed; the snapshot itself when there is nothing to rename."""
    if not mapping:
        return snapshot
    renamer = _Renamer(mapping)
    return replace(
        snapshot,
        identities={renamer.key(k): renamer.identity(i) for k, i in snapshot.identities.items()},
        grants={renamer.key(k): tuple(map(renamer.grant, g)) for k, g in snapshot.grants.items()},
        trusts={renamer.key(k): tuple(map(renamer.trust, t)) for k, t in snapshot.trusts.items()},
        credentials={
            renamer.key(k): tuple(replace(x, identity=renamer.key(k)) for x in c)
            for k, c in snapshot.credentials.items()
        },
        workloads={
            renamer.key(k): tuple(replace(x, identity=renamer.key(k)) for x in w) for k, w in snapshot.workloads.items()
        },
        unread={renamer.key(k): u for k, u in snapshot.unread.items()},
    )
