"""Two catalogs to what differs in meaning between them: roles, their permissions, and exceptions; pure.

The permissions of both versions are compiled with every parameter bound to a symbol, and compared by the algebra: what
one version has and the other has not is proved by a request. Order, spelling and splitting of statements are no
difference.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import permutations
from typing import Literal

from nhilint.algebra.prove import compare
from nhilint.algebra.relations import nothing
from nhilint.algebra.values import Covered, Exceeds, Permissions, Residue, Undecided
from nhilint.catalog.compile import compile_role
from nhilint.catalog.facets import Direction, Facet, callers, expiry, facets, join, symbols
from nhilint.catalog.model import PARAMETER, Catalog, Exemption, Role
from nhilint.model.dialect import Dialect
from nhilint.model.facts import Via
from nhilint.model.span import Span

Status = Literal["added", "removed", "renamed", "changed"]
_MAX_RENAMED = 5
"""Parameters on either side above which no renaming is looked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One role, or one exception, that differs between two catalogs."""

    id: str
    """In head, or in base where it is gone."""
    former: str = ""
    """Its id in base, if that was another one."""
    status: Status
    direction: Direction
    """Whether the catalog approves more by it."""
    base: Role | Exemption | None
    head: Role | Exemption | None
    gained: tuple[Residue, ...] = ()
    lost: tuple[Residue, ...] = ()
    undecided: tuple[str, ...] = ()
    """Why the permissions could not be compared in full."""
    facets: tuple[Facet, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """Everything that differs between two catalogs, each list in the order of the ids."""

    roles: tuple[Change, ...]
    exemptions: tuple[Change, ...]

    def __bool__(self) -> bool:
        return bool(self.roles or self.exemptions)


Dialects = Mapping[str, Dialect]


def compare_catalogs(base: Catalog, head: Catalog, dialects: Dialects, *, today: str) -> Changes:
    """What differs, where the difference is more than order and layout; `today` says what is in force."""
    renamed = _renamed_roles(base, head)
    found = [_gone(base.roles[id], dialects, today) for id in base.roles if id not in head.roles and id not in renamed]
    former = {new: old for old, new in renamed.items()}
    for id, role in head.roles.items():
        old = base.roles.get(former.get(id, id))
        change = _came(role, dialects, today) if old is None else _changed(old, role, dialects)
        if change is not None:
            found.append(change)
    return Changes(
        roles=tuple(sorted(found, key=lambda change: change.id)), exemptions=_exemptions(base, head, dialects, today)
    )


def _gone(role: Role, dialects: Dialects, today: str) -> Change:
    direction: Direction = "same-meaning" if role.usable(today) else "narrowed"
    lost, undecided = _whole(role, dialects)
    return Change(
        id=role.id, status="removed", direction=direction, base=role, head=None, lost=lost, undecided=undecided
    )


def _came(role: Role, dialects: Dialects, today: str) -> Change:
    direction: Direction = "same-meaning" if role.usable(today) else "widened"
    gained, undecided = _whole(role, dialects)
    return Change(
        id=role.id, status="added", direction=direction, base=None, head=role, gained=gained, undecided=undecided
    )


def _whole(role: Role, dialects: Dialects) -> tuple[tuple[Residue, ...], tuple[str, ...]]:
    """Everything that a role allows."""
    permissions = compiled(role, symbols(role.parameters))
    return _beyond(permissions, nothing(permissions), dialects[role.platform])


def _renamed_roles(base: Catalog, head: Catalog) -> dict[str, str]:
    """Ids of base to ids of head, of roles that say the same under another name."""
    gone: dict[object, list[str]] = defaultdict(list)
    for id, role in base.roles.items():
        if id not in head.roles:
            gone[_content(role)].append(id)
    came: dict[object, list[str]] = defaultdict(list)
    for id, role in head.roles.items():
        if id not in base.roles:
            came[_content(role)].append(id)
    return {old: new for content, olds in gone.items() for old, new in zip(olds, came.get(content, ()), strict=False)}


def _content(role: Role) -> object:
    """What a role approves, as written; order does not count."""
    parameters = [
        (name, p.pattern, sorted(p.enum), p.same, p.many, p.unknown) for name, p in sorted(role.parameters.items())
    ]
    allow = sorted((_sorted(permit.fields), sorted(permit.conditions)) for permit in role.allow)
    trust = None if role.trust is None else sorted((permit.issuer, _sorted(permit.fields)) for permit in role.trust)
    limits = replace(role.constraints, span=None, tags={})
    glass = role.break_glass and (role.break_glass.max_duration, role.break_glass.notify)
    return repr((role.platform, parameters, allow, trust, limits, sorted(role.constraints.tags.items()), glass))


def _sorted(fields: Mapping[str, tuple[str, ...]]) -> list[tuple[str, list[str]]]:
    return [(name, sorted(values)) for name, values in sorted(fields.items()) if values]


def _changed(base: Role, head: Role, dialects: Dialects) -> Change | None:
    """The same role, or None when nothing of it differs."""
    if base.platform != head.platform:
        text = f"platform: {base.platform} → {head.platform}"
        facet = Facet(part="platform", direction="changed", base=base.platform, head=head.platform, text=text)
        return Change(id=head.id, status="changed", direction="changed", base=base, head=head, facets=(facet,))
    renamed = renamed_parameters(base, head)
    before = compiled(base, symbols(base.parameters, renamed))
    after = compiled(head, symbols(head.parameters))
    gained, lost, undecided = _difference(before, after, dialects[head.platform])
    found = tuple(facets(base, head, renamed))
    if base.id == head.id and not (gained or lost or undecided or found):
        return None
    own = _direction(gained, lost, undecided)
    return Change(
        id=head.id,
        former=base.id if base.id != head.id else "",
        status="renamed" if base.id != head.id else "changed",
        direction=join([own, *(facet.direction for facet in found)]),
        base=base,
        head=head,
        gained=gained,
        lost=lost,
        undecided=undecided,
        facets=found,
    )


def _direction(gained: tuple[Residue, ...], lost: tuple[Residue, ...], undecided: tuple[str, ...]) -> Direction:
    if undecided:
        return "changed"
    moves: list[Direction] = ["widened" if gained else "same-meaning", "narrowed" if lost else "same-meaning"]
    return join(moves)


def compiled(role: Role, bindings: Mapping[str, tuple[str, ...]]) -> Permissions:
    """The permissions of a role, each statement with its line in the role file."""
    found = compile_role(role, bindings)
    statements = tuple(
        replace(s, origin=Via(grant=f"catalog:{role.id}", span=s.origin)) if isinstance(s.origin, Span) else s
        for s in found.statements
    )
    return replace(found, statements=statements)


def _difference(
    before: Permissions, after: Permissions, dialect: Dialect
) -> tuple[tuple[Residue, ...], tuple[Residue, ...], tuple[str, ...]]:
    gained, doubt = _beyond(after, before, dialect)
    lost, more = _beyond(before, after, dialect)
    return gained, lost, tuple(dict.fromkeys((*doubt, *more)))


def _beyond(
    candidate: Permissions, reference: Permissions, dialect: Dialect
) -> tuple[tuple[Residue, ...], tuple[str, ...]]:
    verdict = compare(
        candidate,
        reference,
        dialect.vocabulary,
        fill=dialect.fill,
        always=dialect.always,
        segments=dialect.segments,
    )
    match verdict:
        case Covered():
            return (), ()
        case Exceeds(residue=parts, undecided=reasons):
            return parts, tuple(reason.text for reason in reasons)
        case Undecided(reasons=reasons):
            return (), tuple(reason.text for reason in reasons)


def renamed_parameters(base: Role, head: Role) -> dict[str, str]:
    """Parameters of base to those of head that stand where they stood: the pairing that makes most texts equal."""
    gone = sorted(name for name in base.parameters if name not in head.parameters)
    came = sorted(name for name in head.parameters if name not in base.parameters)
    if not gone or not came or max(len(gone), len(came)) > _MAX_RENAMED:
        return {}
    theirs = Counter(_places(head))
    mine = [text for text in _places(base) if any(name in gone for name in PARAMETER.findall(text))]
    best: tuple[int, dict[str, str]] = (0, {})
    short, long = (gone, came) if len(gone) <= len(came) else (came, gone)
    for chosen in permutations(long, len(short)):
        pairs = dict(zip(gone, chosen, strict=True)) if short is gone else dict(zip(chosen, came, strict=True))
        agreeing = [text for text in mine if theirs[_respelled(text, pairs)]]
        used = {name for text in agreeing for name in PARAMETER.findall(text)}
        kept = {old: new for old, new in pairs.items() if old in used}
        if len(agreeing) > best[0]:
            best = (len(agreeing), kept)
    return best[1]


def _places(role: Role) -> Iterator[str]:
    """Every text of a role that may hold a parameter, with the field it stands in."""
    for permit in role.allow:
        for name, values in permit.fields.items():
            yield from (f"{name} {value}" for value in values)
        for operator, key, values in permit.conditions:
            yield from (f"{operator} {key} {value}" for value in values)
    for trusted in role.trust or ():
        for name, values in trusted.fields.items():
            yield from (f"{trusted.issuer} {name} {value}" for value in values)


def _respelled(text: str, names: Mapping[str, str]) -> str:
    return PARAMETER.sub(lambda found: f"<{names.get(found[1], found[1])}>", text)


def _exemptions(base: Catalog, head: Catalog, dialects: Dialects, today: str) -> tuple[Change, ...]:
    old = {one.id: one for one in base.exemptions}
    new = {one.id: one for one in head.exemptions}
    found = []
    for id in sorted({*old, *new}):
        before, after = old.get(id), new.get(id)
        if before is None or after is None:
            found.append(_one_sided(before, after, dialects, today))
            continue
        change = _exemption(before, after, dialects)
        if change is not None:
            found.append(change)
    return tuple(found)


def _one_sided(before: Exemption | None, after: Exemption | None, dialects: Dialects, today: str) -> Change:
    one = before or after
    assert one is not None
    found = _gone(_as_role(one), dialects, today) if after is None else _came(_as_role(one), dialects, today)
    direction = "same-meaning" if one.usable(today) else found.direction
    return replace(found, direction=direction, base=before, head=after)


def _exemption(base: Exemption, head: Exemption, dialects: Dialects) -> Change | None:
    found = [*expiry(base.expires, head.expires)]
    gained: tuple[Residue, ...] = ()
    lost: tuple[Residue, ...] = ()
    undecided: tuple[str, ...] = ()
    if (base.identity, base.platform) != (head.identity, head.platform):
        text = f"identity: {base.identity} → {head.identity}"
        found.append(Facet(part="identity", direction="changed", base=base.identity, head=head.identity, text=text))
    else:
        before, after = compiled(_as_role(base), {}), compiled(_as_role(head), {})
        gained, lost, undecided = _difference(before, after, dialects[head.platform])
        found += callers(base.trust, head.trust, {}, {})
    for part in ("reason", "ticket", "owner"):
        old, new = getattr(base, part), getattr(head, part)
        if old != new:
            found.append(Facet(part=part, direction="same-meaning", base=old, head=new, text=f"{part}: {old} → {new}"))
    if not (found or gained or lost or undecided):
        return None
    own = _direction(gained, lost, undecided)
    return Change(
        id=head.id,
        status="changed",
        direction=join([own, *(facet.direction for facet in found)]),
        base=base,
        head=head,
        gained=gained,
        lost=lost,
        undecided=undecided,
        facets=tuple(found),
    )


def _as_role(one: Exemption) -> Role:
    """What an exception allows, as a role without parameters."""
    return Role(
        id=one.id,
        title="",
        platform=one.platform,
        purpose="",
        owner=one.owner,
        status="approved",
        access="",
        allow=one.allow,
        span=one.span,
    )
