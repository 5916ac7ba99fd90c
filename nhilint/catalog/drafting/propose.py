"""A draft role for one identity, or for several that are alike: what they hold, no more; and its proof. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from nhilint.algebra.prove import compare
from nhilint.algebra.values import Covered, Exceeds, Permissions, Residue, Statement, display
from nhilint.catalog.compile import compile_role
from nhilint.catalog.drafting.drafted_trust import callers
from nhilint.catalog.drafting.effective import Unsaid, effective, most
from nhilint.catalog.drafting.generalize import Generalized, Vector, generalize
from nhilint.catalog.drafting.parameters import Named, name_all
from nhilint.catalog.drafting.rows import parameter_row, statement_row, trust_row
from nhilint.catalog.drafting.stating import Stated, state
from nhilint.catalog.matching.match import Matcher
from nhilint.catalog.model import API_VERSION, Catalog, Role
from nhilint.catalog.verdict import Held
from nhilint.data.aws import action
from nhilint.data.github import METADATA, actions
from nhilint.model.dialect import Dialect
from nhilint.model.spellings import READ_SECRET

TODO = "TODO"
"""How a placeholder begins that somebody has to fill in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Base:
    """The role that a draft extends, with its parameters bound for each identity."""

    role: Role
    bindings: tuple[Mapping[str, tuple[str, ...]], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What whoever asks for a draft says about it."""

    id: str = ""
    owner: str = ""
    open_names: bool = False
    """Whether names become parameters even where they do not differ."""
    base: Base | None = None
    stated: tuple[tuple[Stated, ...], ...] = ()
    """What the role says for each subject, where that is known already, and may be more than it holds."""
    added: tuple[tuple[str, ...], ...] = ()
    """Folded actions that each subject may gain."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A role as the map of its file, without tests, and what is to be said about it."""

    body: Mapping[str, object]
    subjects: tuple[Held, ...]
    bindings: tuple[Mapping[str, tuple[str, ...]], ...]
    """Of each subject, in the algebra's spelling; a parameter that it does not need is left out."""
    unsaid: tuple[Unsaid, ...]
    notes: tuple[str, ...]
    """What of the trust the draft does not say."""
    statements: tuple[Stated, ...]
    read_only: bool
    added: tuple[tuple[str, ...], ...] = ()
    base: Base | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """What the algebra says of a draft."""

    covered: tuple[bool, ...]
    """Of each subject, whether everything it holds is in the role."""
    wider: tuple[tuple[Residue, ...], ...]
    """Of each subject, what the role would allow it besides, all of which another subject holds."""
    fails: tuple[str, ...]
    """Why the draft must not be used; empty: it may be looked at."""
    doubts: tuple[str, ...] = ()
    """What of a subject does not fit although its permissions do: trust, constraints."""


def draft(subjects: Sequence[Held], dialect: Dialect, wish: Wish) -> Draft:
    """The draft for everything that the subjects hold; they are of one platform."""
    unsaid: dict[Unsaid, None] = {}
    lists: list[tuple[Stated, ...]] = []
    notes: dict[str, None] = {}
    read_only = True
    for index, held in enumerate(subjects):
        if wish.stated:
            statements = wish.stated[index]
        else:
            beyond = compile_role(wish.base.role, wish.base.bindings[index]) if wish.base else None
            found = effective(held.permissions, dialect, beyond)
            statements, unwritten = state(found.parts, dialect)
            unsaid.update(dict.fromkeys((*found.unsaid, *unwritten)))
        read_only = read_only and all(map(reads, statements))
        rows, said = _trust(held)
        notes.update(dict.fromkeys(said))
        lists.append((*statements, *rows))
    general = generalize(lists, open_names=wish.open_names)
    taken = tuple(wish.base.role.parameters) if wish.base else ()
    named = name_all(general.slots, _attributes(subjects), taken)
    return Draft(
        body=_body(subjects, general, named, wish, read_only),
        subjects=tuple(subjects),
        bindings=tuple(
            {one.parameter.name: one.vector[index] for one in named.values() if one.vector[index]}
            | (dict(wish.base.bindings[index]) if wish.base else {})
            for index in range(len(subjects))
        ),
        unsaid=tuple(unsaid),
        notes=tuple(notes),
        statements=tuple(one.stated for one in general.statements if not is_caller(one.stated)),
        read_only=read_only,
        added=wish.added,
        base=wish.base,
    )


def reads(stated: Stated) -> bool:
    """Whether every action of the statement only reads."""
    if stated.words[0][0] == "actions":
        rows = [action(name) for name in stated.known]
        return all(row is not None and row.level in ("Read", "List") for row in rows) and bool(rows)
    if stated.words[0][0] == "verbs":
        return stated.known <= {"get", "list", "watch"}
    return all(name.endswith(":read") for name in stated.known)


def is_caller(stated: Stated) -> bool:
    """Whether it is a row of `trust`."""
    return stated.words[0][0] == "caller"


def _trust(held: Held) -> tuple[tuple[Stated, ...], tuple[str, ...]]:
    if held.identity.kind == "service_account" and "/" in held.identity.name:
        space, _, name = held.identity.name.rpartition("/")
        fields = (("namespace", (space,)), ("service_account", (name,)))
        return (Stated(words=(("caller", ("kubernetes",)),), patterns=fields),), ()
    return callers(held.acceptances)


def _attributes(subjects: Sequence[Held]) -> dict[str, list[str]]:
    """What a parameter may be the `same` as."""
    names = [held.identity.name for held in subjects]
    found = {"name": [name.rpartition("/")[2] for name in names]}
    if subjects[0].identity.platform == "kubernetes":
        found = {"namespace": [name.rpartition("/")[0] for name in names], **found}
    return found


def _body(
    subjects: Sequence[Held], general: Generalized, named: Mapping[Vector, Named], wish: Wish, read_only: bool
) -> dict[str, object]:
    platform = subjects[0].identity.platform
    names = {vector: one.parameter.name for vector, one in named.items()}
    first = subjects[0].identity
    owners = list(dict.fromkeys(held.identity.owner for held in subjects))
    purposes = list(dict.fromkeys(held.identity.purpose for held in subjects))
    one_owner = owners[0] if len(owners) == 1 else ""
    one_purpose = purposes[0] if len(purposes) == 1 else ""
    allow = [statement_row(one, names, platform) for one in general.statements if not is_caller(one.stated)]
    trust = [trust_row(one, names) for one in general.statements if is_caller(one.stated)]
    id = wish.id or proposed_id([held.identity.name for held in subjects])
    if id == "draft":
        id = _by_services(general, read_only, first.name)
    body: dict[str, object] = {
        "apiVersion": API_VERSION,
        "id": id,
        "title": f"{TODO}: one line for the list of roles ({id.replace('-', ' ')})",
        "platform": platform,
        "purpose": one_purpose or f"{TODO}: what the holder does, and why it needs this",
        "owner": wish.owner or one_owner or TODO,
        "status": "draft",
        "access": "read" if read_only and (not wish.base or wish.base.role.access == "read") else "write",
    }
    if wish.base:
        body["extends"] = [wish.base.role.id]
    if named:
        body["parameters"] = {one.parameter.name: parameter_row(one.parameter) for one in _ordered(named)}
    body["allow"] = allow
    if trust and first.platform != "github":
        body["trust"] = trust
    if platform == "aws" and not any(held.credentials for held in subjects):
        body["constraints"] = {"static_keys": "forbidden"}
    return body


def _ordered(named: Mapping[Vector, Named]) -> list[Named]:
    order = ("partition", "region", "account")
    rank = {name: at for at, name in enumerate(order)}
    return sorted(named.values(), key=lambda one: rank.get(one.parameter.name, len(order)))


_WORD = re.compile(r"[a-z0-9]+")


def proposed_id(names: Sequence[str]) -> str:
    """An id of what the names have in common, or of the first one."""
    split = [_WORD.findall(re.sub(r"\$\{[^}]*\}", " ", name).lower()) for name in dict.fromkeys(names)]
    words = [word for word in split[0] if all(word in other for other in split)]
    words = words or (split[0] if len(split) == 1 else [])
    return "-".join(dict.fromkeys(words))[:60].strip("-") or "draft"


def _by_services(general: Generalized, read_only: bool, name: str) -> str:
    """An id of what it works on; of much, that of the first one."""
    words: dict[str, None] = {}
    for one in general.statements:
        kinds = {} if is_caller(one.stated) else dict(one.stated.words)
        texts = kinds.get("resources") or [w.partition(":")[0] for w in kinds.get("actions", ())]
        words.update(dict.fromkeys(_WORD.findall(" ".join(texts).lower())))
    if not 0 < len(words) < 4:
        return f"like-{proposed_id([name])}"
    return "-".join([*words, "read" if read_only else "write"])


def prove(made: Draft, role: Role, dialect: Dialect, matcher: Mapping[str, Dialect], today: str) -> Proof:
    """Whether the role covers every subject, and nothing that none of them holds."""
    held = [_readable(one.permissions) for one in made.subjects]
    covered, wider, fails = [], [], []
    for index, bindings in enumerate(made.bindings):
        who = made.subjects[index].identity.key
        compiled = compile_role(role, bindings)
        inside = compare(held[index], compiled, dialect.vocabulary, always=dialect.always, segments=dialect.segments)
        covered.append(isinstance(inside, Covered))
        if not covered[-1] and not made.unsaid:
            fails.append(f"the draft does not cover `{who}`{_first(inside)}")
        # What is approved already by the role that it extends is nobody's gain.
        rest = _beyond(_without(compiled, made.base, index), held[index], dialect)
        if rest is None:
            fails.append(f"whether the draft allows `{who}` more than it holds can not be decided")
        elif made.added and made.added[index]:
            gained = {name for part in rest for name in part.actions}
            if not gained <= set(made.added[index]) or any(part.future for part in rest):
                fails.append(f"the draft would allow `{who}` more than it was to gain{_first(Exceeds(residue=rest))}")
        elif rest and not all(_held_by_another(part, held, index, dialect) for part in rest):
            fails.append(f"the draft would allow more than `{who}` holds{_first(Exceeds(residue=rest))}")
        wider.append(rest or ())
    doubts: list[str] = []
    if not fails and not made.unsaid:
        _match(made, role, matcher, today, fails, doubts)
    return Proof(covered=tuple(covered), wider=tuple(wider), fails=tuple(fails), doubts=tuple(dict.fromkeys(doubts)))


def _match(
    made: Draft, role: Role, dialects: Mapping[str, Dialect], today: str, fails: list[str], doubts: list[str]
) -> None:
    """What the catalog would say if the draft were approved; that something is not read is said in the draft."""
    approved = replace(role, status="approved", expires="")
    judge = Matcher(Catalog(roles={role.id: approved}, own=True), dialects, today=today)
    for one in made.subjects:
        verdict = judge.match(replace(one, unread=()))
        who = one.identity.key
        if verdict.verdict == "trust-outside":
            let_in = ", ".join(outsider.who for outsider in verdict.outsiders[:2])
            doubts.append(f"{who} lets in {let_in}, whom the draft does not trust: no row of a role means that")
        elif verdict.verdict == "constraint-broken":
            doubts.append(f"{who} breaks a constraint of the draft: {verdict.broken[0].why}")
        elif verdict.verdict == "undecided":
            doubts.append(f"of {who} the catalog would say: {verdict.sentence}")
        elif verdict.verdict != "covered":
            fails.append(f"`{who}` does not match the draft: {verdict.sentence}")


def _readable(permissions: Permissions) -> Permissions:
    held = most(permissions)
    return replace(held, statements=tuple(s for s in held.statements if not s.undecided))


def _without(compiled: Permissions, base: Base | None, index: int) -> Permissions:
    """What a draft itself allows, without the statements that it takes from its base."""
    if base is None:
        return compiled
    taken = set(compile_role(base.role, base.bindings[index]).statements)
    return replace(compiled, statements=tuple(s for s in compiled.statements if s not in taken))


def _beyond(role: Permissions, held: Permissions, dialect: Dialect) -> tuple[Residue, ...] | None:
    """What the role allows besides; None when it can not be decided."""
    if dialect.platform == "github":
        # Every token has the one; the others are levels that the role's `write` includes and that do not exist.
        role = replace(role, statements=tuple(_existing(s) for s in role.statements))
    verdict = compare(role, held, dialect.vocabulary, always=dialect.always, segments=dialect.segments)
    match verdict:
        case Covered():
            return ()
        case Exceeds(undecided=()):
            return verdict.residue
        case _:
            return None


def _existing(statement: Statement) -> Statement:
    kept = tuple(name for name in statement.actions if name != METADATA and (name == READ_SECRET or name in actions()))
    return replace(statement, actions=kept)


def _held_by_another(part: Residue, held: Sequence[Permissions], index: int, dialect: Dialect) -> bool:
    alone = Permissions(dimensions=held[index].dimensions, statements=(part.statement,))
    others = (other for at, other in enumerate(held) if at != index)
    return any(_beyond(alone, other, dialect) == () for other in others)


def _first(verdict: object) -> str:
    if not isinstance(verdict, Exceeds) or not verdict.residue:
        return ""
    witness = verdict.residue[0].witness
    return f": {display(witness.action)} on {' '.join(map(display, witness.point))}"
