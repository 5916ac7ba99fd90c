"""Roles as forms that are quick to hold against a cell: action names as bits, templates by dimension.

The names that can be told apart are those that some role allows; everything else an identity may do is one more bit
that only a role with ``*`` has. On a platform without names of actions (Kubernetes) the verbs take their place.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from nhilint.algebra.glob import is_wild, surely_contains
from nhilint.algebra.segments import Segments
from nhilint.algebra.values import ANY, Condition, Permissions, Statement
from nhilint.catalog.compile import compile_role
from nhilint.catalog.matching.unify import head, tail
from nhilint.catalog.model import PARAMETER, Exemption, Role
from nhilint.model.dialect import Dialect

EXCEPTION = "exception/"
"""How the ids of exceptions begin where they stand among roles."""
FOREIGN = 1
"""The bit of whatever no role names."""
_EVERYTHING = -1
_MARK = 0xE200
"""The first of the letters that stand for parameters while a role is compiled."""
_MAX_KNOWN = 50_000
VERBS = {"kubernetes": 0}
"""Platforms whose actions stand in a dimension: its number."""


def names_of(statement: Statement, platform: str) -> tuple[str, ...]:
    """The actions of a statement, or what takes their place."""
    at = VERBS.get(platform)
    return statement.actions if at is None else statement.scopes[at].patterns


def boxes_of(statement: Statement, platform: str, dialect: Dialect) -> tuple[tuple[str, ...], ...]:
    """The globs of each dimension that is not one of actions."""
    at = VERBS.get(platform)
    by = dialect.segments
    place = -1 if by is None else dialect.dimensions.index(by.dimension)
    found = []
    for number in range(len(dialect.dimensions)):
        scope = statement.scopes[number] if number < len(statement.scopes) else ANY
        if number != at:
            padded = number == place and by is not None
            found.append(tuple(_padded(text, by) for text in scope.patterns) if padded else scope.patterns)
    return tuple(found)


def _padded(text: str, by: Segments | None) -> str:
    """With all its segments; a parameter may stand for several of them, as a symbol may."""
    return text if by is None or PARAMETER.search(text) else by.padded(text)


@dataclass(slots=True, kw_only=True, eq=False)
class Form:
    """One statement of a role with its parameters left in. Its mask grows with the names that are told apart."""

    mask: int = 0
    boxes: tuple[tuple[str, ...], ...]
    """Globs and templates per dimension."""
    conditions: tuple[Condition, ...]
    wild: int = 0
    """How many of its actions are globs, open to what is added later."""
    number: int = 0
    """Its place among the statements of the index."""


@dataclass(slots=True, kw_only=True, eq=False)
class RoleForm:
    """One role."""

    role: Role
    forms: tuple[Form, ...]
    mask: int = 0


def places(bits: int) -> Iterator[int]:
    """Where the bits stand that are set, the lowest first."""
    while bits > 0:
        lowest = bits & -bits
        yield lowest.bit_length() - 1
        bits ^= lowest


class Names:
    """The action names that some role allows, as bits; grows with globs of identities that a role's glob contains."""

    def __init__(self, dialect: Dialect) -> None:
        self._vocabulary = dialect.vocabulary
        self._positions: dict[str, int] = {}
        self._masks: dict[str, int] = {"*": 0}
        self._wild: dict[str, list[tuple[RoleForm, Form]]] = {}
        self._forms = self._all = 0
        self._speaking: dict[int, int] = {}
        """The forms, as bits of their numbers, by the place of a bit; those with a star stand in `_all`."""

    @property
    def width(self) -> int:
        """The number of bits."""
        return len(self._positions) + 1

    def enter(self, owner: RoleForm, form: Form, patterns: Iterable[str]) -> None:
        """Gives a form the bits of what it allows."""
        for pattern in patterns:
            if pattern == "*":
                form.mask = _EVERYTHING
            elif is_wild(pattern):
                self._wild.setdefault(pattern, []).append((owner, form))
                for name in self._vocabulary.expand(pattern):
                    form.mask |= self._bit(name)
            else:
                form.mask |= self._bit(pattern)
        owner.mask |= form.mask
        form.number = self._forms
        self._forms += 1
        if form.mask < 0:
            self._all |= 1 << form.number
        else:
            self._speaks(form, form.mask)

    def _speaks(self, form: Form, bits: int) -> None:
        for place in places(bits):
            self._speaking[place] = self._speaking.get(place, 0) | 1 << form.number

    def speaking(self, mask: int) -> int:
        """The forms that allow some of these actions, as bits of their numbers."""
        found = self._all
        for place in places(mask):
            found |= self._speaking.get(place, 0)
        return found

    def _bit(self, name: str) -> int:
        return 1 << self._positions.setdefault(name, len(self._positions) + 1)

    def mask(self, patterns: Iterable[str], *, later: bool = False) -> int:
        """The bits of what an identity holds; `later`: of globs only what no data knows yet."""
        found = 0
        if later:
            patterns = tuple(patterns)
            for pattern in filter(is_wild, patterns):
                found |= self._later(pattern) if pattern != "*" else FOREIGN
            patterns = [pattern for pattern in patterns if not is_wild(pattern)]
        for pattern in patterns:
            known = self._masks.get(pattern)
            if known is None:
                known = self._masks[pattern] = self._held(pattern)
            found |= known if pattern != "*" else (1 << self.width) - 1
        return found

    def _held(self, pattern: str) -> int:
        if not is_wild(pattern):
            known = self._positions.get(pattern)
            if known is not None:
                return 1 << known
            # A name that the vocabulary knows has got its bit from every glob of a role that matches it.
            return FOREIGN if self._vocabulary.expand(pattern) else self._later(pattern)
        found = self._later(pattern)
        for name in self._vocabulary.expand(pattern):
            known = self._positions.get(name)
            found |= FOREIGN if known is None else 1 << known
        return found

    def _later(self, pattern: str) -> int:
        """The bit of what is not known yet: of its own where some role's glob contains it."""
        holders = [pair for glob, pairs in self._wild.items() if surely_contains(glob, pattern) for pair in pairs]
        if not holders:
            return FOREIGN
        bit = self._bit(pattern)
        for owner, form in holders:
            form.mask |= bit
            owner.mask |= bit
            if form.mask >= 0:
                self._speaks(form, bit)
        return bit


class Ends:
    """How a text inside a form's globs can begin and end at the most, looked up for all forms at once."""

    def __init__(self, roles: Iterable[RoleForm]) -> None:
        forms = [(owner, form) for owner in roles for form in owner.forms]
        self._forms = {form.number: (owner, form) for owner, form in forms}
        self._columns: list[dict[tuple[tuple[str, ...], tuple[str, ...]], int]] = []
        for _, form in forms:
            self._columns += [{} for _ in form.boxes[len(self._columns) :]]
            for column, globs in zip(self._columns, form.boxes, strict=True):
                ends = tuple(map(head, globs)), tuple(map(tail, globs))
                column[ends] = column.get(ends, 0) | 1 << form.number
        self._known: dict[tuple[int, str], int] = {}

    def holders(self, box: Sequence[str], among: int) -> Iterator[tuple[RoleForm, Form]]:
        """Those of the statements (bits of their numbers) that could hold the box for some parameters, in order."""
        for number, text in enumerate(box):
            among &= self._fitting(number, text)
            if not among:
                return
        yield from map(self._forms.__getitem__, places(among))

    def _fitting(self, number: int, text: str) -> int:
        known = self._known.get((number, text))
        if known is None:
            known = 0
            for (heads, tails), bits in self._columns[number].items() if self._columns else ():
                if text.startswith(heads) and text.endswith(tails):
                    known |= bits
            if len(self._known) >= _MAX_KNOWN:
                self._known.clear()
            self._known[number, text] = known
        return known


@dataclass(slots=True, kw_only=True)
class Index:
    """The roles of one platform."""

    names: Names
    ends: Ends
    roles: tuple[RoleForm, ...]
    breadths: dict[tuple[object, ...], tuple[float, ...]] = field(default_factory=dict)
    """See `evidence.breadth`; it hangs on the lengths of values only."""
    exceptions: Mapping[str, RoleForm] = field(default_factory=dict)
    """By the exception's own id."""

    def near(self, mask: int) -> list[RoleForm]:
        """The roles that allow some of these actions somewhere, in the order of the catalog."""
        return [form for form in self.roles if form.mask & mask & ~FOREIGN or form.mask < 0]


def index_roles(roles: Iterable[Role], dialect: Dialect, exemptions: Iterable[Exemption] = ()) -> Index:
    """The index of one platform's roles and exceptions."""
    names = Names(dialect)

    def entered(role: Role) -> RoleForm:
        forms = role_form(role, dialect)
        for form, statement in zip(forms.forms, _template(role).statements, strict=True):
            names.enter(forms, form, names_of(statement, role.platform))
        return forms

    found = tuple(map(entered, roles))
    exceptions = {one.id: entered(_as_role(one)) for one in exemptions}
    return Index(names=names, ends=Ends((*found, *exceptions.values())), roles=found, exceptions=exceptions)


def _as_role(one: Exemption) -> Role:
    """An exception as a role without parameters."""
    return Role(
        id=EXCEPTION + one.id,
        title="",
        platform=one.platform,
        purpose=one.reason,
        owner=one.owner,
        status="approved",
        access="",
        allow=one.allow,
        span=one.span,
    )


def role_form(role: Role, dialect: Dialect) -> RoleForm:
    """A role without bits."""
    return RoleForm(role=role, forms=tuple(_form(statement, role, dialect) for statement in _template(role).statements))


def _form(statement: Statement, role: Role, dialect: Dialect) -> Form:
    return Form(
        boxes=boxes_of(statement, role.platform, dialect),
        conditions=statement.conditions,
        wild=sum(map(is_wild, names_of(statement, role.platform))),
    )


def _template(role: Role) -> Permissions:
    """The role with each parameter bound to its own name, which no platform's folding of case may touch."""
    marks = {name: chr(_MARK + number) for number, name in enumerate(role.parameters)}
    names = {ord(mark): f"<{name}>" for name, mark in marks.items()}
    found = compile_role(role, {name: (mark,) for name, mark in marks.items()})

    def named(texts: Iterable[str]) -> tuple[str, ...]:
        return tuple(text.translate(names) for text in texts)

    statements = (
        replace(
            statement,
            scopes=tuple(replace(scope, patterns=named(scope.patterns)) for scope in statement.scopes),
            conditions=tuple(
                replace(clause, key=clause.key.translate(names), values=named(clause.values))
                for clause in statement.conditions
            ),
        )
        for statement in found.statements
    )
    return replace(found, statements=tuple(statements))
