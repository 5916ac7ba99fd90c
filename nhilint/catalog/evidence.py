"""What is known of one permission set and a catalog's roles: cells, proposals, and what the algebra proved."""

from __future__ import annotations

from collections.abc import Sequence
from math import inf, prod
from typing import NamedTuple

from nhilint.algebra.prove import compare
from nhilint.algebra.values import Permissions, Residue, Verdict
from nhilint.catalog.bind import Binding, Element
from nhilint.catalog.cells import cells_of
from nhilint.catalog.compile import compile_role, fill_in
from nhilint.catalog.index import Index, RoleForm
from nhilint.catalog.inert import in_force
from nhilint.catalog.verdict import Bound, Broken, Held, Outsider
from nhilint.model.dialect import Dialect


class Nearest(NamedTuple):
    """A role that comes near."""

    role: str
    bound: Bound
    parts: int
    """Parts that it leaves uncovered, as people read them."""
    residue: tuple[Residue, ...]


class Faults(NamedTuple):
    """What stands against a role besides permissions."""

    outsiders: tuple[Outsider, ...] = ()
    broken: tuple[Broken, ...] = ()
    doubts: tuple[str, ...] = ()
    exemptions: tuple[str, ...] = ()
    """Exceptions without which there would be more."""

    @property
    def some(self) -> bool:
        """Whether anything stands against it."""
        return bool(self.outsiders or self.broken or self.doubts)


class Proposal(NamedTuple):
    """A role with a binding, and the cells it seems to cover."""

    form: RoleForm
    binding: Binding

    @property
    def cover(self) -> tuple[str, Bound]:
        """The role's id and the values."""
        return self.form.role.id, self.binding.bound


class Shared:
    """What two identities that hold the same have in common: cells, and proofs."""

    def __init__(self, held: Held, dialect: Dialect, index: Index) -> None:
        self.dialect, self.index = dialect, index
        self.permissions = in_force(held.permissions, dialect)
        self.always = dialect.present(held.identity.kind)
        self.cells = cells_of(self.permissions, dialect, held.identity.kind)
        masks = [index.names.mask(cell.names, later=cell.cut) for cell in self.cells]
        self.width = index.names.width
        self.masks = tuple(masks)
        self.whole = self.mask = 0
        for number, mask in enumerate(masks):
            self.mask |= mask
            self.whole |= mask << number * self.width
        self.proofs: dict[frozenset[tuple[str, Bound]], Verdict] = {}
        self.elements: dict[tuple[object, ...], list[Element]] = {}
        self.breadths: dict[tuple[str, Bound], tuple[float, ...]] = {}
        self.proposals: dict[tuple[object, ...], list[Proposal]] = {}
        self.cut: set[tuple[object, ...]] = set()
        """Of which of these the search was cut short."""

    def whole_of(self, mask: int) -> int:
        """The bits of every cell that these actions could cover."""
        found = 0
        for number, one in enumerate(self.masks):
            found |= (one & mask) << number * self.width
        return found

    def size(self) -> int:
        """How many actions the cells have, those that no role names counted as well."""
        total = 0
        for cell, mask in zip(self.cells, self.masks, strict=True):
            names = {name for text in cell.names for name in self.dialect.vocabulary.expand(text) or (text,)}
            total += max(mask.bit_count(), len(names))
        return total

    def breadth(self, one: Proposal) -> tuple[float, ...]:
        """How much a role allows; see `breadth`."""
        known = self.breadths.get(one.cover)
        if known is None:
            known = self.breadths[one.cover] = breadth(one)
        return known

    def prove(self, chosen: Sequence[Proposal]) -> Verdict:
        """Whether these roles together allow all that is held."""
        key = frozenset(one.cover for one in chosen)
        known = self.proofs.get(key)
        if known is None:
            dialect = self.dialect
            statements = [s for one in chosen for s in compile_role(one.form.role, dict(one.binding.bound)).statements]
            known = self.proofs[key] = compare(
                self.permissions,
                Permissions(dimensions=self.permissions.dimensions, statements=tuple(dict.fromkeys(statements))),
                dialect.vocabulary,
                fill=dialect.fill,
                always=self.always,
                segments=dialect.segments,
            )
        return known


def breadth(one: Proposal) -> tuple[float, ...]:
    """How much a role allows: its actions, each with the breadth of its widest box; then actions to come; then clauses.

    A role that another one contains is never broader than that.
    """
    values = dict(one.binding.bound)
    rows = []
    for form in one.form.forms:
        boxes = [
            [glob for text in texts for glob in (fill_in(text, values) if "<" in text else (text,))]
            for texts in form.boxes
        ]
        if all(boxes):
            rows.append((prod(max(map(_width, globs)) for globs in boxes), form))
    rows.sort(key=lambda row: -row[0])
    total, seen, wild, clauses = 0.0, 0, 0, 0
    for width, form in rows:
        if form.mask < 0:
            return (inf, 0, 0)
        total += (form.mask & ~seen).bit_count() * width
        seen |= form.mask
        wild += form.wild
        clauses += len(form.conditions)
    return (total, wild, -clauses)


def _width(glob: str) -> float:
    return 1 / (1 + len(glob) - glob.count("*"))
