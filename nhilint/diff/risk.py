"""The risk of what one identity gained: aspects from its platform, bands from the table; knows no platform.

Nothing is added up and nothing is taken off: the band of a gain is the highest of its parts, and what narrows a gain
(its resources, a condition on them) is in the breadth that the platform says. So a band can only rise with more
actions, wider resources or fewer conditions.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from nhilint.algebra.prove import compare
from nhilint.algebra.relations import intersection, nothing
from nhilint.algebra.values import ANY, Condition, Exceeds, Permissions, Residue, Statement, display
from nhilint.data.risk import scale
from nhilint.diff.loosened import lifted, loosened
from nhilint.model.dialect import Dialect
from nhilint.model.risk import Aspect, Part, Risk

NOTHING = Risk(band=scale().bands[0])
"""The risk of no gain."""
_LEVELS = {"Ordinary write": "new Write actions", "Unknown": "new actions that the data does not know"}
_KINDS = ("class", "trust", "loosened", "future", "level")
"""The order in which parts of one band are said."""


@dataclass(slots=True, kw_only=True)
class Weigher:
    """Weighs the gains of one identity; what it holds after the change is asked for only when a part needs it."""

    dialect: Dialect
    before: Permissions
    after: Permissions
    trust: bool = False
    """Whether the gains are of trust: who may become it."""
    _held: dict[tuple[str, ...], Sequence[Residue]] = field(default_factory=dict)

    def __call__(self, residue: Residue) -> Risk:
        """The parts of one gain."""
        say = self.dialect.trust_aspects if self.trust else self.dialect.aspects
        parts = [weighed(aspect) for aspect in say(residue, self.held)]
        if parts:
            parts.extend(self._loosened(residue))
        return risk_of(parts)

    def held(self, actions: Sequence[str]) -> Sequence[Residue]:
        """What is held of the actions after the change; empty as well where that could not be decided."""
        key = tuple(sorted(actions))
        if key not in self._held:
            only = Statement(effect="allow", actions=key, scopes=(ANY,) * len(self.after.dimensions))
            asked = replace(self.after, statements=(only,), ceilings=())
            mine, empty = intersection(self.after, asked), nothing(self.after)
            verdict = compare(mine, empty, self.dialect.vocabulary, always=self.dialect.always)
            self._held[key] = verdict.residue if isinstance(verdict, Exceeds) else ()
        return self._held[key]

    def _loosened(self, residue: Residue) -> Iterator[Part]:
        before = self.before
        if self.trust and self.dialect.normal is not None:
            before = self.dialect.normal(before, self.after)
        for clause, weaker in loosened(residue, before, self.dialect.vocabulary):
            name = "guard" if self.dialect.guard(clause.key) else "other"
            says = "asks less; it was" if weaker else "no longer asks for"
            yield self._limit(residue, name, f"{says} {worded(clause)}")
        if lifted(residue, before, self.after, self.dialect.vocabulary):
            yield self._limit(residue, "denied", "is no longer denied")

    def _limit(self, residue: Residue, name: str, says: str) -> Part:
        words: Mapping[str, Any] = {}
        if not self.trust:
            words = self.dialect.describe(self.dialect.parts((residue,))[0])
        return Part(
            kind="loosened",
            name=name,
            band=scale().loosened[name],
            breadth="",
            says=says,
            actions=tuple(words.get("actions", ())),
            where=tuple(words.get("resources", ())),
        )


def weighed(aspect: Aspect) -> Part:
    """An aspect with the band that the tables give it."""
    table = scale()
    says = aspect.says
    match aspect.kind:
        case "trust":
            band = table.trust[aspect.name]
        case "class":
            row = table.classes[aspect.name]
            band, says = table.weights[row.weight][aspect.breadth], says or row.says
        case "level":
            band = table.weights[table.levels[aspect.name]][aspect.breadth]
            says = says or _LEVELS.get(aspect.name, f"new {aspect.name} actions")
        case "future":
            band = table.weights[table.future[aspect.name]][aspect.breadth]
            says = says or "takes in actions added later"
        case "loosened":
            band = table.loosened[aspect.name]
    return Part(
        kind=aspect.kind,
        name=aspect.name,
        band=band,
        breadth=aspect.breadth,
        says=says,
        actions=aspect.actions,
        where=(aspect.where,) if aspect.where else (),
    )


def risk_of(parts: Iterable[Part]) -> Risk:
    """The parts, merged and worst first, with the highest of their bands."""
    merged = _merged(_merged(parts, _but_actions), _but_where)
    ordered = tuple(sorted(merged, key=_worst_first))
    return Risk(band=scale().worst(*(part.band for part in ordered)), parts=ordered)


def join(risks: Iterable[Risk]) -> Risk:
    """The risk of several gains together."""
    return risk_of(part for risk in risks for part in risk.parts)


def _but_actions(part: Part) -> Part:
    return replace(part, actions=())


def _but_where(part: Part) -> Part:
    return replace(part, where=())


def _merged(parts: Iterable[Part], mark: Callable[[Part], Part]) -> list[Part]:
    """Parts that agree but for one field become one."""
    found: dict[Part, Part] = {}
    for part in parts:
        known = found.get(mark(part))
        if known is not None:
            part = replace(
                known,
                actions=tuple(sorted({*known.actions, *part.actions})),
                where=tuple(sorted({*known.where, *part.where})),
            )
        found[mark(part)] = part
    return list(found.values())


def _worst_first(part: Part) -> tuple[int, int, int, str, tuple[str, ...]]:
    table = scale()
    names = list(table.classes)
    place = names.index(part.name) if part.kind == "class" else 0
    return (-table.bands.index(part.band), _KINDS.index(part.kind), place, part.name, (*part.where, *part.actions))


def worded(clause: Condition) -> str:
    """A clause for people: key, operator, values."""
    operator = f"{clause.operator}IfExists" if clause.if_exists else clause.operator
    values = ", ".join(map(display, clause.values[:3])) + (" …" if len(clause.values) > 3 else "")
    return f"{clause.key} {operator} {values}"
