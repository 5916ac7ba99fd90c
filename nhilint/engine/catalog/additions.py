"""What, added to one role, would cover identities that it nearly covers: each addition is tried, not guessed.

An addition is what the role leaves over of an identity, with the values of its parameters written as parameters again.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from nhilint.algebra.values import Condition, Residue, display
from nhilint.catalog.facets import symbols
from nhilint.catalog.matching.match import Matcher
from nhilint.catalog.model import Clause, Permit, Role
from nhilint.catalog.verdict import Match
from nhilint.engine.analysis import Analysis
from nhilint.engine.catalog.changes import named
from nhilint.engine.catalog.showing import everything
from nhilint.engine.dialects import dialect
from nhilint.engine.entries import permission_entries
from nhilint.engine.heads import Row, identity_head
from nhilint.model.facts import Identity

_FEW = 3
"""Parts left over up to which an addition is tried."""
_TRIED = 40
"""Additions that are tried, those that most identities ask for."""
_SHORT = 3
"""Letters below which a value is not looked for in a text."""
_OPEN = "${"
"""A value that only Terraform knows: it can not stand in a role file."""


@dataclass(slots=True)
class _Group:
    role: Role
    permits: tuple[Permit, ...]
    identities: list[Identity] = field(default_factory=list)


def additions(analysis: Analysis, outside: Sequence[tuple[Identity, Match]]) -> list[Row]:
    """The additions that cover somebody: those first that give no grave power, then those that cover most."""
    groups: dict[str, _Group] = {}
    for identity, verdict in outside:
        role = analysis.catalog.roles.get(verdict.role)
        if role is None or len(verdict.residue) > _FEW or role.usable(analysis.options.today):
            continue
        permits = _united([_MADE[role.platform](part, _names(verdict)) for part in verdict.residue], role)
        if any(map(_whole, permits)):
            continue
        key = f"{role.id} {[(permit.fields, permit.conditions) for permit in permits]}"
        if _OPEN not in key:
            groups.setdefault(key, _Group(role, permits)).identities.append(identity)
    asked = sorted(groups.items(), key=lambda item: (-len(item[1].identities), item[0]))
    rows = [_row(group, _covered(group, analysis)) for _, group in asked[:_TRIED]]
    found = [row for row in rows if row["identities"]]
    return sorted(found, key=lambda row: (row["sensitive"], -len(row["identities"]), len(row["adds"]), row["role"]))


def _covered(group: _Group, analysis: Analysis) -> list[Identity]:
    """Those of the group whom the catalog covers once the role allows that too."""
    larger = replace(group.role, allow=(*group.role.allow, *group.permits))
    catalog = replace(analysis.catalog, roles={**analysis.catalog.roles, larger.id: larger})
    options = analysis.options
    matcher = Matcher(catalog, analysis.dialects, today=options.today, repository=options.repository)
    return [one for one in group.identities if matcher.match(analysis.held(one)).verdict == "covered"]


def _row(group: _Group, covered: Sequence[Identity]) -> Row:
    language = dialect(group.role.platform)
    added = everything(replace(group.role, allow=group.permits), symbols(group.role.parameters), language)
    entries = permission_entries(added, language, "")
    return {
        "role": group.role.id,
        "sensitive": any(entry["sensitive"] for entry in entries),
        "adds": named(entries),
        "identities": [identity_head(one) for one in covered],
    }


def _names(verdict: Match) -> Callable[[str], str]:
    """Writes the values that the parameters are bound to as the parameters, longest values first."""
    values = {value: name for name, bound in verdict.bindings for value in bound if len(value) >= _SHORT}
    order = sorted(values, key=lambda value: (-len(value), value))

    def spell(pattern: str) -> str:
        text = display(pattern)
        for value in order:
            text = text.replace(value, f"<{values[value]}>")
        return text

    return spell


def _whole(permit: Permit) -> bool:
    """Whether it has a wildcard for a whole service, or for every verb or resource: nobody adds that to a role."""
    fields = ("actions", "verbs", "resources") if "verbs" in permit.fields else ("actions",)
    return any(value == "*" or value.endswith(":*") for name in fields for value in permit.fields.get(name, ()))


_Made = tuple[dict[str, tuple[str, ...]], tuple[Clause, ...]]


def _aws(part: Residue, spell: Callable[[str], str]) -> _Made:
    vocabulary = dialect("aws").vocabulary
    actions = tuple(vocabulary.spell(action) for action in (part.future or part.actions))
    clauses = tuple(_clause(condition, spell) for condition in part.conditions)
    return {"actions": actions, "resources": (spell(part.scopes[-1]),)}, clauses


def _clause(condition: Condition, spell: Callable[[str], str]) -> Clause:
    operator = condition.operator + ("IfExists" if condition.if_exists else "")
    operator = f"{condition.qualifier}:{operator}" if condition.qualifier else operator
    return operator, display(condition.key), tuple(map(spell, condition.values))


def _kubernetes(part: Residue, spell: Callable[[str], str]) -> _Made:
    verb, group, resource, name, space = map(spell, part.scopes)
    found: dict[str, tuple[str, ...]] = {
        "verbs": (verb,),
        "groups": (group.removeprefix("g:"),),
        "resources": (resource,),
    }
    found |= {"names": (name,)} if name != "*" else {}
    found |= {"namespaces": (space,)} if space != "*" else {}
    return found, ()


def _github(part: Residue, spell: Callable[[str], str]) -> _Made:
    *where, secret = display(part.scopes[-1]).split("/secret/")
    found: dict[str, tuple[str, ...]] = {"permissions": (), "secrets": (), "environments": ()}
    if where or secret.startswith("secret/"):
        found["secrets"] = (secret.removeprefix("secret/"),)
        found["environments"] = tuple(space.removeprefix("environment/") for space in where)
    else:
        found["permissions"] = part.actions
    return found, ()


_MADE: Mapping[str, Callable[[Residue, Callable[[str], str]], _Made]] = {
    "aws": _aws,
    "github": _github,
    "kubernetes": _kubernetes,
}


def _united(made: Sequence[_Made], role: Role) -> tuple[Permit, ...]:
    """One permit for each resource and condition, with all its actions or verbs."""
    groups: dict[object, list[_Made]] = defaultdict(list)
    for fields, clauses in made:
        rest = {name: values for name, values in fields.items() if name not in ("actions", "verbs")}
        groups[repr((sorted(rest.items()), clauses))].append((fields, clauses))
    return tuple(_permit(groups[key], role) for key in sorted(groups, key=str))


def _permit(made: Sequence[_Made], role: Role) -> Permit:
    fields, clauses = made[0]
    word = "verbs" if "verbs" in fields else "actions"
    if word in fields:
        fields = {**fields, word: tuple(sorted({name for one, _ in made for name in one[word]}))}
    return Permit(fields=fields, conditions=clauses, span=role.span)
