"""What is known of one permission set and a catalog's roles: cells, proposals, and what the algebra proved."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from math import inf, prod
from typing import NamedTuple

from nhilint.algebra.prove import compare
from nhilint.algebra.values import Permissions, Residue, Verdict
from nhilint.catalog.compile import compile_role
from nhilint.catalog.matching.bind import Binding, Element, Fixed, Way, ways_of
from nhilint.catalog.matching.cells import cells_of
from nhilint.catalog.matching.index import Form, Index, RoleForm
from nhilint.catalog.matching.inert import in_force
from nhilint.catalog.model import PARAMETER
from nhilint.catalog.verdict import Bound, Broken, Held, Outsider
from nhilint.model.dialect import Dialect

_MAX_BREADTHS = 50_000


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


class Reach(NamedTuple):
    """What a role could cover, cell by cell."""

    elements: tuple[Element, ...]
    sure: int
    """The bits for which no value is in doubt."""
    some: int


_NOTHING = Reach((), 0, 0)


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
        self.most = len(masks), self.whole.bit_count()
        """How many cells there are, and how many actions in cells."""
        self._holders: dict[str, dict[int, list[Form]]] = defaultdict(dict)
        self._hopes: dict[str, int] = defaultdict(int)
        for number, (cell, mask) in enumerate(zip(self.cells, masks, strict=True)):
            for owner, form in index.ends.holders(cell.box, index.names.speaking(mask)):
                self._holders[owner.role.id].setdefault(number, []).append(form)
                self._hopes[owner.role.id] |= (form.mask & mask) << number * self.width
        self.proofs: dict[frozenset[tuple[str, Bound]], Verdict] = {}
        self._sizes: dict[frozenset[tuple[str, Bound]], int] = {}
        self.reaches: dict[tuple[object, ...], Reach] = {}
        self.elements: dict[tuple[object, ...], list[Element]] = {}
        self.proposals: dict[tuple[object, ...], list[Proposal]] = {}
        self.cut: set[tuple[object, ...]] = set()
        """Of which of these the search was cut short."""

    def hope(self, form: RoleForm) -> int:
        """The bits that a role covers at the most; whether parameters can have such values was not looked at."""
        return self._hopes.get(form.role.id, 0)

    def reach(self, form: RoleForm, fixed: Fixed) -> Reach:
        """What a role could cover, before one binding is chosen for all of it."""
        if form.role.id not in self._holders:
            return _NOTHING
        key = (form.role.id, tuple(fixed.items()))
        known = self.reaches.get(key)
        if known is None:
            elements = tuple(self._elements(form, fixed))
            sure = some = 0
            for element in elements:
                some |= element.bits
                if not all(way.doubt for way in element.ways):
                    sure |= element.bits
            known = self.reaches[key] = Reach(elements, sure, some)
        return known

    def _elements(self, form: RoleForm, fixed: Fixed) -> Iterator[Element]:
        """What the role could cover of every cell, with the ways of its statements."""
        for number, holders in self._holders[form.role.id].items():
            cell, mask = self.cells[number], self.masks[number]
            parts: list[tuple[int, tuple[Way, ...]]] = [(mask & form.mask, ())]
            for one in holders:
                if ways := ways_of(form.role, one, cell, fixed, self.always):
                    parts = [
                        (piece, more)
                        for bits, old in parts
                        for piece, more in ((bits & one.mask, (*old, *ways)), (bits & ~one.mask, old))
                        if piece
                    ]
            for bits, ways in parts:
                if ways:
                    yield Element(bits << number * self.width, ways)

    def actions(self) -> int:
        """How many actions the cells have, those that no role names counted as well."""
        total = 0
        for cell, mask in zip(self.cells, self.masks, strict=True):
            names = {name for text in cell.names for name in self.dialect.vocabulary.expand(text) or (text,)}
            total += max(mask.bit_count(), len(names))
        return total

    def breadth(self, one: Proposal) -> tuple[float, ...]:
        """How much a role allows; see `breadth`."""
        lengths = tuple((name, min(map(len, values))) for name, values in one.binding.bound if values)
        key = (one.form.role.id, lengths, self.index.names.width)
        breadths = self.index.breadths
        known = breadths.get(key)
        if known is None:
            if len(breadths) >= _MAX_BREADTHS:
                breadths.clear()
            known = breadths[key] = breadth(one.form, dict(lengths))
        return known

    def size(self, chosen: Sequence[Proposal], residue: Sequence[Residue]) -> int:
        """How many parts these roles together leave, as people read them."""
        key = frozenset(one.cover for one in chosen)
        known = self._sizes.get(key)
        if known is None:
            known = self._sizes[key] = len(self.dialect.parts(residue))
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


def breadth(role: RoleForm, lengths: Mapping[str, int]) -> tuple[float, ...]:
    """How much a role allows: its actions, each with the breadth of its widest box; then actions to come; then clauses.

    A role that another one contains is never broader than that. `lengths`: of the shortest value of each parameter.
    """
    rows = []
    for form in role.forms:
        letters = [_fewest(texts, lengths) for texts in form.boxes]
        if all(letters):
            rows.append((1 / prod(letters), form))
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


def _fewest(templates: tuple[str, ...], lengths: Mapping[str, int]) -> int:
    """One more than the letters of the widest glob that the templates become; 0 where parameters have no values."""
    plain, found = _measured_all(templates)
    for length, names in found:
        if all(name in lengths for name in names):
            length += sum(lengths[name] for name in names)
            plain = length + 1 if not plain else min(plain, length + 1)
    return plain


@lru_cache(maxsize=16_384)
def _measured_all(templates: tuple[str, ...]) -> tuple[int, tuple[tuple[int, tuple[str, ...]], ...]]:
    """As `_fewest` for the templates without parameters; and the others one by one."""
    rows = [_measured(template) for template in templates]
    return min((length + 1 for length, names in rows if not names), default=0), tuple(row for row in rows if row[1])


def _measured(template: str) -> tuple[int, tuple[str, ...]]:
    """The letters of a template besides stars and parameters, and the parameters as often as it names them."""
    pieces = PARAMETER.split(template)
    return sum(map(_length, pieces[::2])), tuple(pieces[1::2])


def _length(glob: str) -> int:
    return len(glob) - glob.count("*")
