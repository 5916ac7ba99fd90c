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


Place = tuple[str, str]
"""Root module and name of a symbol: the same address in two roots is two values."""


def _names(snapshot: Snapshot) -> set[Place]:
    names: set[Place] = set()
    for key, identity in snapshot.identities.items():
        texts = [text for grant in snapshot.grants.get(key, ()) for s in grant.statements for text in _texts(s)]
        texts += [text for trust in snapshot.trusts.get(key, ()) for s in trust.statements for text in _texts(s)]
        names.update((identity.root, name) for text in texts for name in symbols_of(text))
        names.update((identity.root, name) for name in _READABLE.findall(key))
    return names


def _shape(name: str) -> str:
    """The name without module path and instance keys."""
    return _INSTANCE.sub("", _MODULES.sub("", name))


def _below(name: str, address: str) -> bool:
    return name.startswith(address) and name[len(address) :][:1] in ("", ".", "[")


def moved_name(name: str, moved: Iterable[Moved]) -> str:
    """The name after every declared move, applied until nothing changes (a chain of moves is followed)."""
    moves = tuple(moved)
    for _ in range(len(moves) + 1):
        for move in moves:
            if _below(name, move.source) and not (move.target.startswith(move.source) and _below(name, move.target)):
                name = move.target + name[len(move.source) :]
                break
        else:
            return name
    return name


def align(base: Snapshot, head: Snapshot) -> tuple[dict[Place, str], tuple[tuple[str, str], ...]]:
    """Symbols of the base to names of the head, and the readings that rest on shape alone."""
    in_base, in_head = _names(base), _names(head)
    mapping: dict[Place, str] = {}
    for root, name in sorted(in_base):
        if (root, name) in in_head:
            continue
        target = moved_name(name, [move for move in head.moved if move.root == root])
        if target != name:
            mapping[(root, name)] = target
    gone = [place for place in sorted(in_base - in_head) if place not in mapping and _is_address(place[1])]
    come = sorted(in_head - in_base - {(root, target) for (root, _), target in mapping.items()})
    guessed: list[tuple[str, str]] = []
    # Inside one root first; then across roots, for what moved from one to another.
    for with_root in (True, False):
        left, right = _by_shape(gone, with_root), _by_shape(come, with_root)
        for shape, places in left.items():
            candidates = right.get(shape, [])
            if len(places) == 1 and len(candidates) == 1:
                mapping[places[0]] = candidates[0][1]
                guessed.append((places[0][1], candidates[0][1]))
                gone.remove(places[0])
                come.remove(candidates[0])
    return mapping, tuple(dict.fromkeys(pair for pair in guessed if pair[0] != pair[1]))


def _is_address(name: str) -> bool:
    return "." in name and not name.startswith(("var.", "local.", "each."))


def _by_shape(places: Iterable[Place], with_root: bool) -> dict[Place, list[Place]]:
    found: defaultdict[Place, list[Place]] = defaultdict(list)
    for place in places:
        found[(place[0] if with_root else "", _shape(place[1]))].append(place)
    return found


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


def rename(snapshot: Snapshot, mapping: Mapping[Place, str]) -> Snapshot:
    """The snapshot with its symbols renamed; the snapshot itself when there is nothing to rename."""
    if not mapping:
        return snapshot
    roots = {root for root, _ in mapping}
    for root in sorted(roots):
        names = {name: target for (place, name), target in mapping.items() if place == root and name != target}
        snapshot = _rename(snapshot, _Renamer(names), root) if names else snapshot
    return snapshot


def _rename(snapshot: Snapshot, renamer: _Renamer, root: str) -> Snapshot:
    """The snapshot with the symbols of one root renamed."""
    inside = {key for key, identity in snapshot.identities.items() if identity.root == root}
    untouched = _Renamer({})

    def of(key: IdentityKey) -> _Renamer:
        return renamer if key in inside else untouched

    return replace(
        snapshot,
        identities={of(k).key(k): of(k).identity(i) for k, i in snapshot.identities.items()},
        grants={of(k).key(k): tuple(map(of(k).grant, g)) for k, g in snapshot.grants.items()},
        trusts={of(k).key(k): tuple(map(of(k).trust, t)) for k, t in snapshot.trusts.items()},
        credentials={
            of(k).key(k): tuple(replace(x, identity=of(k).key(k)) for x in c) for k, c in snapshot.credentials.items()
        },
        workloads={
            of(k).key(k): tuple(replace(x, identity=of(k).key(k)) for x in w) for k, w in snapshot.workloads.items()
        },
        unread={of(k).key(k): u for k, u in snapshot.unread.items()},
    )
