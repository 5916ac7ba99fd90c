"""Draft roles for identities of a tree, as rows (`nhilint.catalog-propose/1`)."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from nhilint.algebra.values import display, symbol
from nhilint.catalog.drafting.effective import effective
from nhilint.catalog.drafting.propose import Base, Draft, Proof, Wish, draft, prove
from nhilint.catalog.drafting.shapes import abstract
from nhilint.catalog.drafting.stating import Stated, state
from nhilint.catalog.drafting.trials import with_tests
from nhilint.catalog.model import Role
from nhilint.catalog.verdict import Held, Match
from nhilint.engine.analysis import Analysis
from nhilint.engine.dialects import PLATFORMS
from nhilint.engine.entries import permission_entries, place
from nhilint.engine.heads import Row, identity_head
from nhilint.engine.queries import QueryError, find_identity
from nhilint.model.dialect import Dialect
from nhilint.model.errors import NhilintError
from nhilint.model.facts import Identity

Read = Callable[[str, Row], Role]
"""Writes the map of a role (with its comments) as a file, reads it as the catalog does, and hands out the role."""
_NO_ROLE = frozenset({"account", "everybody", "principal", "resource_policy", "module_call", "limit"})
"""Kinds of holders that no role is for: they stand for somebody else, or for a limit."""


class ProposeError(NhilintError):
    """A draft that can not be made, or that its proof refutes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """What is asked for."""

    names: tuple[str, ...] = ()
    path: str = ""
    """A part of the tree, in place of names."""
    id: str = ""
    owner: str = ""
    extend: str = ""
    open_names: bool = False
    force: bool = False


def propose_rows(analysis: Analysis, ask: Ask, read: Read) -> Row:
    """Drafts for the identities that are asked for, each proved (`nhilint.catalog-propose/1`)."""
    chosen = [find_identity(analysis, name) for name in ask.names] if ask.names else _under(analysis, ask.path)
    drafts, already = [], []
    left: list[Held] = []
    for identity in chosen:
        held = analysis.held(identity)
        if identity.platform not in PLATFORMS or not held.permissions.statements:
            if ask.names:
                raise ProposeError(f"`{identity.key}` holds nothing that a role could say", span=identity.span)
            continue
        match = analysis.match(identity)
        if match is not None and match.verdict == "covered" and not ask.force:
            already.append({"identity": identity.key, "role": match.role, "sentence": match.sentence})
            continue
        left.append(held)
    for group in [left] if ask.names and left else _alike(left, analysis):
        _one_platform(group)
        drafts.append(_draft_row(analysis, group, ask, read))
    if not drafts and not already:
        raise ProposeError(f"nobody under `{ask.path}` holds anything that a role could say")
    return {"schema": "nhilint.catalog-propose/1", "drafts": drafts, "already": already}


def candidates(analysis: Analysis) -> list[Identity]:
    """The identities that a role may be for."""
    return [
        one
        for one in analysis.snapshot.identities.values()
        if one.bound and not one.external and one.platform in PLATFORMS and one.kind not in _NO_ROLE
    ]


def _under(analysis: Analysis, path: str) -> list[Identity]:
    folder = "" if path in ("", ".") else path.strip("/").removeprefix("./")
    found = [one for one in candidates(analysis) if not folder or f"{one.span.path}/".startswith(f"{folder}/")]
    if not found:
        raise QueryError(f"there is no identity, and nobody is defined under `{path}`")
    return found


def _one_platform(group: Sequence[Held]) -> None:
    if len({held.identity.platform for held in group}) > 1:
        raise ProposeError("a role is for one platform, and these identities are of several")


def shape_of(held: Held, dialect: Dialect) -> tuple[tuple[Stated, ...], frozenset[object]]:
    """The statements of somebody, and what is the same for all who are alike but for names."""
    statements, _ = state(effective(held.permissions, dialect).parts, dialect)
    return statements, frozenset(abstract(one).shape for one in statements)


def _alike(left: Sequence[Held], analysis: Analysis) -> list[list[Held]]:
    groups: defaultdict[object, list[Held]] = defaultdict(list)
    for held in left:
        platform = held.identity.platform
        _, shape = shape_of(held, analysis.dialects[platform])
        if shape:
            groups[(platform, shape)].append(held)
    return list(groups.values())


def _draft_row(analysis: Analysis, group: Sequence[Held], ask: Ask, read: Read) -> Row:
    dialect = analysis.dialects[group[0].identity.platform]
    matches = [analysis.match(held.identity) for held in group]
    base = _base(analysis, ask.extend, group, matches) if ask.extend else None
    made = draft(group, dialect, Wish(id=ask.id, owner=ask.owner, open_names=ask.open_names, base=base))
    return finished(analysis, made, matches, read)


def finished(analysis: Analysis, made: Draft, matches: Sequence[Match | None], read: Read) -> Row:
    """The row of a draft, with its tests and after its proof."""
    dialect = analysis.dialects[made.subjects[0].identity.platform]
    if not made.body["allow"]:
        why = f": {made.unsaid[0].why}" if made.unsaid else ""
        raise ProposeError(f"nothing of what `{made.subjects[0].identity.key}` holds can be said by a role{why}")
    body = dict(made.body)
    comments = _comments(made, dialect)
    tests = with_tests(_alone(body, comments, read), dialect)
    if body.get("extends"):
        # What the draft itself does not allow, the role that it extends may.
        tests.pop("deny", None)
    if tests:
        body["tests"] = tests
    role = _extended(analysis, _alone(body, comments, read), body)
    proof = prove(made, role, dialect, analysis.dialects, analysis.options.today)
    if proof.fails:
        raise ProposeError(f"no draft is written: {proof.fails[0]}", span=made.subjects[0].identity.span)
    if proof.doubts:
        at = 1 if comments[1].startswith("It allows") else len(comments)
        comments = [
            *comments[:at],
            "Look at the trust first:",
            *(f"- {line}" for line in proof.doubts[:5]),
            *comments[at:],
        ]
    return {
        "id": body["id"],
        "identities": [_subject(made, proof, index, dialect) for index in range(len(made.subjects))],
        "role": body,
        "comments": comments,
        "unsaid": [{"actions": list(u.actions), "resources": list(u.resources), "why": u.why} for u in made.unsaid],
        "notes": [*made.notes, *proof.doubts],
        "unread": sum(len(held.unread) for held in made.subjects),
        "nearest": _nearest(made, matches),
    }


def _alone(body: Row, comments: list[str], read: Read) -> Role:
    """The draft as its file says it; what it extends is in files of its own."""
    own = {key: value for key, value in body.items() if key != "extends"}
    return read("", {"body": own, "comments": comments})


def _extended(analysis: Analysis, role: Role, body: Row) -> Role:
    """The draft with what it extends."""
    for id in body.get("extends", ()):
        base = analysis.catalog.roles[id]
        role = replace(role, allow=(*base.allow, *role.allow), parameters={**base.parameters, **role.parameters})
    return role


def _subject(made: Draft, proof: Proof, index: int, dialect: Dialect) -> Row:
    bindings = {name: [display(v) for v in values] for name, values in sorted(made.bindings[index].items())}
    return {
        **identity_head(made.subjects[index].identity),
        "covered": proof.covered[index],
        "bindings": bindings,
        "wider": permission_entries(proof.wider[index], dialect, ""),
        "unread": list(made.subjects[index].unread),
    }


def _nearest(made: Draft, matches: Sequence[Match | None]) -> list[Row]:
    rows: dict[str, int] = {}
    for match in matches:
        if match is not None and match.verdict == "exceeds":
            for role, count in match.nearest[:1]:
                rows[role] = max(rows.get(role, 0), count)
    return [{"role": role, "exceeds_by": count} for role, count in sorted(rows.items(), key=lambda row: row[::-1])]


def _comments(made: Draft, dialect: Dialect) -> list[str]:
    names = [held.identity.key for held in made.subjects]
    more = f" and {len(names) - 3} more" if len(names) > 3 else ""
    where = place(made.subjects[0].identity.span)
    found = [f"Draft of `nhilint catalog propose`, made from {', '.join(names[:3])}{more} ({where['path']})."]
    besides = f"what `{made.base.role.id}` allows, and of the rest " if made.base else ""
    claim = f"It allows {besides}what they hold and nothing more."
    found.append(f"{claim} Somebody has to think about:")
    start = len(found)
    found += [f"- {line}" for line in thoughts(made, dialect)]
    if len(found) == start:
        found[-1] = claim
    if made.unsaid:
        found.append("Held, but not in this draft:")
        for one in made.unsaid:
            what = _listed([dialect.vocabulary.spell(name) for name in one.actions]) if one.actions else "something"
            on = f" on {_listed(one.resources)}" if one.resources else ""
            found.append(f"- {what}{on}: {one.why}")
    unread = [line for held in made.subjects for line in held.unread]
    if unread:
        found.append(f"Could not be read ({len(unread)}):")
        found += [f"- {line}" for line in unread[:5]]
    return found


def _listed(texts: Sequence[str]) -> str:
    more = f" and {len(texts) - 4} more" if len(texts) > 4 else ""
    return ", ".join(texts[:4]) + more


def thoughts(made: Draft, dialect: Dialect) -> list[str]:
    """What a reviewer should think about."""
    from nhilint.data.risk import scale

    found: dict[str, None] = {}
    for one in made.statements:
        words = dict(one.words)
        wild = [word for values in words.values() for word in values if "*" in word]
        if wild and one.wide:
            found[f"{_listed(wild)} also allows what is added later"] = None
    for held in made.subjects[:1]:
        parts = effective(held.permissions, dialect).parts
        for part in parts:
            row = dialect.describe(part)
            actions, resources = _texts(row.get("actions")), _texts(row.get("resources"))
            says = [scale().classes[n].says if n in scale().classes else n for n in _texts(row.get("sensitive"))]
            on = f"{_listed(actions)} on {_listed(resources)}"
            if says:
                found[f"it {_listed(says)}: {on}"] = None
            elif "*" in resources and not part.conditions and "Write" in _texts(row.get("access_levels")):
                found[f"nothing limits the resources of {_listed(actions)}"] = None
            if row.get("inert"):
                found[f"it gives nothing: {on}"] = None
    found.update(dict.fromkeys(made.notes))
    return list(found)


def _texts(value: object) -> list[str]:
    return [str(one) for one in value] if isinstance(value, (list, tuple)) else []


_OPEN = re.compile(r"\$\{([^}]*)\}")


def _base(analysis: Analysis, id: str, group: Sequence[Held], matches: Sequence[Match | None]) -> Base:
    role = analysis.catalog.roles.get(id)
    if role is None:
        raise ProposeError(f"there is no role `{id}` in this catalog", help="`nhilint catalog list` lists them")
    if role.platform != group[0].identity.platform:
        raise ProposeError(f"`{id}` is for {role.platform}")
    bindings: list[Mapping[str, tuple[str, ...]]] = []
    for match in matches:
        cover = next((one for one in match.covers if one.role == id), None) if match else None
        rows = cover.bindings if cover else ()
        bindings.append({name: tuple(map(_raw, values)) for name, values in rows})
    return Base(role=role, bindings=tuple(bindings))


def _raw(text: str) -> str:
    """A value as the algebra writes it: what is shown as `${…}` is a symbol."""
    return _OPEN.sub(lambda found: symbol(found[1]), text)
