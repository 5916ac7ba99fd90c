"""Roles to statements: their own rules, those that a ClusterRole collects by labels, and the roles of every cluster.

Knows who uses a role only as the holder of what could not be read.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from nhilint.algebra.values import Statement
from nhilint.data.kubernetes import default_cluster_roles, default_roles
from nhilint.model.document import Document
from nhilint.model.facts import IdentityKey, Unresolved, Via
from nhilint.platforms.kubernetes.objects import Objects, metadata, name_of
from nhilint.platforms.kubernetes.rules import read_rules, statements_of
from nhilint.platforms.kubernetes.selectors import Selector, aggregates, read_selectors


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """One grant that brings the rules of a role to somebody."""

    grant: str
    """Its key."""
    holder: IdentityKey
    where: str
    """The pattern of the namespaces that the rules hold in."""
    user: Document
    """The binding; of a role nobody is bound to, the role itself."""


@dataclass(slots=True)
class Roles:
    """The roles of one tree."""

    objects: Objects
    unresolved: list[Unresolved] = field(default_factory=list)

    def statements(
        self, kind: str, name: str, role: Document | None, use: Use
    ) -> tuple[tuple[Statement, ...], Sequence[Document], bool]:
        """The role's rules where they are used, the ClusterRoles that it collects, and whether anybody knows it."""
        collected: dict[str, Document | None] = {}
        found = tuple(dict.fromkeys(self._rules(kind, name, role, use, collected)))
        others = [d for member, d in collected.items() if d is not None and member != name]
        return found, others, role is not None or _shipped(kind, name, use.where) is not None

    def _rules(
        self, kind: str, name: str, role: Document | None, use: Use, seen: dict[str, Document | None]
    ) -> Iterator[Statement]:
        """Every role that can be reached counts once: the union does not depend on the way to it."""
        if name in seen:
            return
        seen[name] = role
        selectors: Sequence[Selector] = ()
        if role is not None and kind == "ClusterRole" and aggregates(role.body):
            # The control plane overwrites the rules that are written here with those of the roles it selects.
            selectors, doubts = read_selectors(role.body.get("aggregationRule"))
            for node, why in doubts:
                what = f"`aggregationRule` of {kind} `{name}`"
                unread = Unresolved(what=what, why=why, span=node.span, identity=use.holder, cause="unknown-value")
                self.unresolved.append(unread)
        elif role is not None:
            statements, problems = read_rules(role.body.get("rules"), grant=use.grant, namespace=use.where)
            for problem in problems:
                what = f"{problem.what} of {kind} `{name}`"
                self.unresolved.append(replace(problem, what=what, identity=use.holder))
            yield from statements
        elif (row := _shipped(kind, name, use.where)) is not None:
            for rule in row["rules"]:
                table = {field: tuple(values) for field, values in rule.items()}
                yield from statements_of(table, Via(grant=use.grant, span=use.user.span), use.where)
            selectors = [Selector(labels=((label, "true"),)) for label in row["aggregate"]]
        for selector in selectors:
            for member, document in self._members(selector, use.user):
                yield from self._rules("ClusterRole", member, document, use, seen)

    def _members(self, selector: Selector, user: Document) -> Iterator[tuple[str, Document | None]]:
        """The ClusterRoles a selector collects: of the tree (one for each name, the nearest), then the shipped ones."""
        written = {name_of(document) for document in self.objects.by_kind["ClusterRole"]}
        for name in sorted(written):
            document = self.objects.find("ClusterRole", "", name, user)
            if document is not None and selector.selects(metadata(document, "labels")):
                yield name, document
        for name, row in default_cluster_roles().items():
            if name not in written and selector.selects(row["labels"]):
                yield name, None


def shipped_above(labels: Mapping[str, str]) -> tuple[str, ...]:
    """The roles of every cluster that collect a ClusterRole with these labels, over any number of steps."""
    found: dict[str, None] = {}
    waiting = [labels]
    while waiting:
        mine = waiting.pop()
        for name, row in default_cluster_roles().items():
            if name not in found and any(mine.get(label) == "true" for label in row["aggregate"]):
                found[name] = None
                waiting.append(row["labels"])
    return tuple(sorted(found))


def _shipped(kind: str, name: str, where: str) -> Mapping[str, Any] | None:
    """The role of that name that every cluster has; None when there is none."""
    return default_cluster_roles().get(name) if kind == "ClusterRole" else default_roles().get(f"{where}/{name}")
