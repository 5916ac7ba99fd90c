"""Is everything an identity holds inside an approved role, for some binding of its parameters? Exact, by containment.

Bindings are found by unification: each resource of the role is a template, each resource of the identity a text; where
they meet, the text says what the parameters are. The algebra then proves or refutes the containment.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from itertools import islice, product

from nhilint.algebra.compact import group
from nhilint.algebra.prove import compare
from nhilint.algebra.values import (
    SYMBOL_OPEN,
    Covered,
    Exceeds,
    Permissions,
    Residue,
    Undecided,
    display,
)
from nhilint.catalog.compile import compile_role
from nhilint.catalog.model import PARAMETER, Catalog, Parameter, Role
from nhilint.catalog.verdict import Bound, Cover, Held, Match
from nhilint.model.dialect import Dialect

_MAX_BINDINGS = 64


class Matcher:
    """One catalog, ready for many identities."""

    def __init__(self, catalog: Catalog, dialects: Mapping[str, Dialect], *, today: str, repository: str = "") -> None:
        """`today`: ISO date. `repository`: `owner/name` of the tree; empty: not known."""
        self._catalog, self._dialects, self._today, self._repository = catalog, dialects, today, repository

    def match(self, held: Held) -> Match:
        """The verdict for everything an identity holds."""
        permissions, platform = held.permissions, held.identity.platform
        dialect = self._dialects[platform]
        candidates = [r for r in self._catalog.roles.values() if r.platform == platform and _meets(r, permissions)]
        tried: list[tuple[int, str, Bound, tuple[Residue, ...]]] = []
        doubts: list[str] = []
        unusable = ""
        for role in candidates:
            best, bindings, residue, doubt = _best(role, permissions, dialect)
            if best is None:
                doubts.append(f"{role.id}: {doubt}")
                continue
            if best == 0:
                why = role.usable(self._today)
                if why:
                    unusable = unusable or f"only the role `{role.id}` would cover it, but {why}"
                    continue
                shown = ", ".join(f"{name} = {'/'.join(map(display, values))}" for name, values in bindings)
                sentence = f"covered by the role `{role.id}`" + (f" with {shown}" if shown else "")
                return Match(
                    verdict="covered", covers=(Cover(role=role.id, bindings=_shown(bindings)),), sentence=sentence
                )
            if not role.usable(self._today):
                tried.append((best, role.id, bindings, residue))
        if unusable:
            return Match(verdict="not-in-force", sentence=unusable)
        tried.sort(key=lambda row: row[:2])
        if doubts and not tried:
            return Match(verdict="undecided", sentence=f"undecided: {doubts[0]}")
        if not tried:
            return Match(verdict="no-role", sentence="no role of the catalog allows anything like it")
        count, role_id, bindings, residue = tried[0]
        left = f"{count} {'part' if count == 1 else 'parts'}"
        sentence = f"outside the catalog; the nearest role is `{role_id}`, which does not cover {left} of it"
        nearest = tuple((id, number) for number, id, _, _ in tried[:3])
        covers = (Cover(role=role_id, bindings=_shown(bindings)),)
        return Match(verdict="exceeds", covers=covers, residue=residue, nearest=nearest, sentence=sentence)


def _shown(bindings: tuple[tuple[str, tuple[str, ...]], ...]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    return tuple((name, tuple(map(display, values))) for name, values in bindings)


def _meets(role: Role, permissions: Permissions) -> bool:
    """Whether the role and the identity share at least the service (or resource) of some action: a cheap first look."""
    if role.platform == "kubernetes":
        resources = {r for permit in role.allow for r in permit.fields.get("resources", ())}
        held = {p for s in permissions.statements for p in s.scopes[2].patterns}
        return bool(resources & held)
    services = {a.lower().partition(":")[0] for permit in role.allow for a in permit.fields.get("actions", ())}
    return any(
        action.partition(":")[0] in services
        for statement in permissions.statements
        if statement.effect == "allow" and not statement.actions_negated
        for action in statement.actions
    )


def _best(
    role: Role, permissions: Permissions, dialect: Dialect
) -> tuple[int | None, tuple[tuple[str, tuple[str, ...]], ...], tuple[Residue, ...], str]:
    """The least number of uncovered parts over all bindings, with that binding; None when none could be decided."""
    best: tuple[int, tuple[tuple[str, tuple[str, ...]], ...], tuple[Residue, ...]] | None = None
    doubt = ""
    for bindings, unchecked in islice(_bindings(role, permissions), _MAX_BINDINGS):
        verdict = compare(
            permissions,
            compile_role(role, bindings),
            dialect.vocabulary,
            fill=dialect.fill,
            always=dialect.always,
            segments=dialect.segments,
        )
        rows = tuple((name, values) for name, values in sorted(bindings.items()) if values)
        match verdict:
            case Covered() if unchecked:
                doubt = unchecked
            case Covered():
                return 0, rows, (), ""
            case Exceeds(residue=parts):
                residue = group(parts)
                if best is None or len(residue) < best[0]:
                    best = (len(residue), rows, residue)
            case Undecided(reasons=reasons):
                doubt = doubt or reasons[0].text
    if doubt and (best is None or "not checked" in doubt):
        return None, (), (), doubt
    if best is None:
        return None, (), (), "no binding could be tried"
    return (*best, "")


def _bindings(role: Role, permissions: Permissions) -> Iterator[tuple[dict[str, tuple[str, ...]], str]]:
    """Bindings worth trying, each with the reason why a value could not be held against its pattern."""
    values: dict[str, dict[str, None]] = {name: {} for name in role.parameters}
    for template, text in _meetings(role, permissions):
        for name, value in _unify(template, text):
            if name in values and _fits(role.parameters[name], value):
                values[name][value] = None
    choices: list[list[tuple[str, ...]]] = []
    for name, found in values.items():
        if role.parameters[name].many or not found:
            choices.append([tuple(found)])
        else:
            choices.append([(value,) for value in found])
    for combination in product(*choices):
        bindings = dict(zip(values, combination, strict=True))
        unchecked = next(
            (
                f"`{name}` would be `{display(value)}`, whose pattern can not be checked"
                for name, bound in bindings.items()
                for value in bound
                if SYMBOL_OPEN in value and _restricted(role.parameters[name])
            ),
            "",
        )
        yield bindings, unchecked.replace("can not be checked", "was not checked") if unchecked else ""


def _restricted(parameter: Parameter) -> bool:
    return bool(parameter.pattern or parameter.enum) and not parameter.unknown


def _fits(parameter: Parameter, value: str) -> bool:
    if SYMBOL_OPEN in value:
        return True
    if parameter.enum:
        return value in parameter.enum
    return len(value) <= 500 and (not parameter.pattern or re.fullmatch(parameter.pattern, value) is not None)


def _meetings(role: Role, permissions: Permissions) -> Iterator[tuple[str, str]]:
    """Pairs of a template of the role and a text of the identity in the same dimension."""
    names = {"resources": -1} if role.platform == "aws" else {"resources": 2, "names": 3, "namespaces": 4}
    for field, index in names.items():
        templates = {t for permit in role.allow for t in permit.fields.get(field, ()) if PARAMETER.search(t)}
        texts = {p for s in permissions.statements if s.effect == "allow" for p in s.scopes[index].patterns}
        for template in sorted(templates):
            for text in sorted(texts):
                yield template, text
    yield from _condition_meetings(role, permissions)


def _condition_meetings(role: Role, permissions: Permissions) -> Iterator[tuple[str, str]]:
    """The same for condition keys and their values."""
    clauses = [clause for s in permissions.statements if s.effect == "allow" for clause in s.conditions]
    for _, key, values in {row for permit in role.allow for row in permit.conditions}:
        for clause in clauses:
            if PARAMETER.search(key):
                yield key.lower(), clause.key
            for template in values:
                if PARAMETER.search(template):
                    yield from ((template, value) for value in clause.values)


@lru_cache(maxsize=4096)
def _matcher(template: str, reach: str) -> re.Pattern[str]:
    """The template as an expression: stars may stand for anything, a parameter for one text without wildcards.

    `reach` is `?` for the shortest values and empty for the longest: where a template is ambiguous (`<a>/<b>/*`,
    `<prefix>*`) both are worth trying, because containment is proved afterwards.
    """
    pieces = []
    seen: set[str] = set()
    for index, piece in enumerate(PARAMETER.split(template)):
        if index % 2 == 0:
            pieces.append(".*".join(re.escape(part) for part in piece.split("*")))
        elif piece in seen:
            pieces.append(f"(?P={_group(piece)})")
        else:
            seen.add(piece)
            pieces.append(f"(?P<{_group(piece)}>[^*?]+{reach})")
    return re.compile("".join(pieces), re.DOTALL)


def _unify(template: str, text: str) -> Iterator[tuple[str, str]]:
    """What the parameters would have to be for the template to mean the text."""
    if len(text) > 2000:
        return
    for reach in ("?", ""):
        found = _matcher(template, reach).fullmatch(text)
        if found is not None:
            for name in PARAMETER.findall(template):
                yield name, found.group(_group(name))


def _group(name: str) -> str:
    return name.replace("-", "_")
