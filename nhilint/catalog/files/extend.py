"""Takes into each role what it extends: parameters, statements, trust, stricter constraints, accepted techniques."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from nhilint.algebra.glob import contains
from nhilint.catalog.files.conform import did_you_mean
from nhilint.catalog.files.fields import scalars
from nhilint.catalog.model import Constraints, Problem, Role
from nhilint.model.node import Map, scalar_text
from nhilint.model.span import Span


class Extender:
    """All roles of a catalog as their files have them, and with what they extend."""

    def __init__(self, roles: Mapping[str, Role], nodes: Mapping[str, Map]) -> None:
        """`nodes`: the files, by the id of the role."""
        self._roles, self._nodes = roles, nodes
        self._whole: dict[str, Role] = {}
        self.problems: list[Problem] = []

    def all(self) -> dict[str, Role]:
        """Every role, whole."""
        return {id: self.whole(id, ()) for id in self._roles}

    def whole(self, id: str, trail: tuple[str, ...]) -> Role:
        """One role with what it extends; `trail`: the roles that led here."""
        if id in self._whole:
            return self._whole[id]
        role = self._roles[id]
        for base, span in self._bases(role, (*trail, id)):
            role = self._merged(role, base, span)
        self._whole[id] = role
        return role

    def _bases(self, role: Role, trail: tuple[str, ...]) -> Iterator[tuple[Role, Span]]:
        for item in scalars(self._nodes[role.id].get("extends")):
            name = scalar_text(item)
            if name in trail:
                cycle = " -> ".join((*trail[trail.index(name) :], name))
                self._bad("cyclic-extends", f"roles extend each other in a circle: {cycle}", item.span)
            elif name not in self._roles:
                help = did_you_mean(name, self._roles, "a role extends roles of the same catalog")
                self._bad("unknown-role", f"there is no role `{name}` to extend", item.span, help)
            elif self._roles[name].platform != role.platform:
                there = self._roles[name].platform or "no platform"
                self._bad("wrong-platform", f"`{name}` is for {there}, and this role for {role.platform}", item.span)
            else:
                yield self.whole(name, trail), item.span

    def _bad(self, code: str, message: str, span: Span, help: str = "") -> None:
        self.problems.append(Problem(code=code, message=message, span=span, help=help))

    def _merged(self, role: Role, base: Role, span: Span) -> Role:
        if base.access == "break-glass" and role.access != "break-glass":
            message = f"`{base.id}` is for emergencies, and this role is not"
            self._bad("break-glass", message, span, "a role that extends a break-glass role is one itself")
        own = role.trust or ()
        trust = role.trust if base.trust is None else (*base.trust, *(one for one in own if one not in base.trust))
        return replace(
            role,
            parameters={**base.parameters, **role.parameters},
            allow=(*base.allow, *(permit for permit in role.allow if permit not in base.allow)),
            trust=trust,
            constraints=self._stricter(role.constraints, base, span),
            break_glass=role.break_glass or base.break_glass,
            accepts=(*base.accepts, *(one for one in role.accepts if one not in base.accepts)),
        )

    def _stricter(self, own: Constraints, base: Role, span: Span) -> Constraints:
        other = base.constraints
        sessions = [limit for limit in (own.max_session, other.max_session) if limit]
        tags = {
            name: self._common(name, own.tags.get(name, ()), other.tags.get(name, ()), base.id, span)
            for name in {**other.tags, **own.tags}
        }
        return Constraints(
            max_session=min(sessions, default=0),
            boundaries=self._common("boundary", own.boundaries, other.boundaries, base.id, span),
            conditions=tuple(dict.fromkeys((*other.conditions, *own.conditions))),
            tags=tags,
            environments=self._common("environments", own.environments, other.environments, base.id, span),
            static_keys=own.static_keys and other.static_keys,
            span=own.span or other.span,
        )

    def _common(
        self, what: str, own: tuple[str, ...], other: tuple[str, ...], base: str, span: Span
    ) -> tuple[str, ...]:
        """The globs that are inside both sides, as far as one side names them; an empty side asks nothing."""
        if not own or not other:
            return own or other
        inside = [glob for glob in own if any(contains(wide, glob) for wide in other)]
        inside += [glob for glob in other if any(contains(wide, glob) for wide in own)]
        if not inside:
            message = f"the constraint `{what}` has nothing in common with that of `{base}`"
            self._bad("contradiction", message, span, "no identity could keep both")
            return own
        return tuple(dict.fromkeys(inside))
