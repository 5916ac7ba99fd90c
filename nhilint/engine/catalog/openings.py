"""Values that parameters of a role may have and that techniques need by name: `kube-system`, a service, a whole ARN.

A parameter stands for one name that nobody knows. That is right where a technique is about any name; it hides what a
technique wants in particular. So the names that techniques want are put where the role has parameters, as far as the
patterns of these let them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice, product

from nhilint.algebra.glob import is_wild, matches
from nhilint.algebra.values import display, symbol
from nhilint.catalog.compile import fill_in
from nhilint.catalog.model import PARAMETER, Parameter, Role
from nhilint.engine.catalog.targets import Subject
from nhilint.graph.speaking import WORD, both, overlap
from nhilint.model.dialect import Dialect
from nhilint.model.technique import Need

Values = Mapping[str, tuple[str, ...]]
MAX_BINDINGS = 128
_PLACES = {
    "aws": {"resources": 0},
    "github": {},
    "kubernetes": {"groups": 1, "resources": 2, "names": 3, "namespaces": 4},
}
"""Of each platform the fields of a statement with their dimension."""


def unknown(role: Role) -> dict[str, tuple[str, ...]]:
    """Every parameter bound to one string that nobody knows."""
    return {name: (symbol(f"<{name}>"),) for name in role.parameters}


def wanted(role: Role, subjects: Iterable[Subject], dialect: Dialect) -> dict[str, tuple[str, ...]]:
    """Of each parameter the values that some technique needs by name and that the parameter may have."""
    found: dict[str, dict[str, None]] = {name: {} for name in role.parameters}
    meant = list(subjects)
    for template, text in _meetings(role, meant, dialect):
        for name, value in _values(template, text):
            if name in found and _may_be(role.parameters[name], value):
                found[name][value] = None
    return {name: tuple(values) for name, values in found.items() if values}


def combinations(role: Role, values: Values) -> Iterator[dict[str, tuple[str, ...]]]:
    """Every binding with one value for each parameter, those with fewer wanted values first."""
    base = unknown(role)
    names = list(values)
    rows = product(*([*base[name], *values[name]] for name in names))
    for row in sorted(islice(rows, MAX_BINDINGS), key=lambda row: sum(not _is_unknown(value) for value in row)):
        yield {**base, **{name: (value,) for name, value in zip(names, row, strict=True)}}


def chosen(bindings: Values) -> tuple[tuple[str, str], ...]:
    """The parameters that have a value by name in a binding."""
    return tuple((name, display(v)) for name, values in bindings.items() for v in values if not _is_unknown(v))


def _is_unknown(value: str) -> bool:
    return value.startswith("\ue000")


def _meetings(role: Role, subjects: list[Subject], dialect: Dialect) -> Iterator[tuple[str, str]]:
    """Templates of the role with a text that a technique wants in that place and that the template can be."""
    for field, dimension in _PLACES[role.platform].items():
        templates = {t for permit in role.allow for t in permit.fields.get(field, ()) if PARAMETER.search(t)}
        if not templates:
            continue
        texts = sorted({point[dimension] for one in subjects for need in one.needs for point in _points(one, need)})
        for template in sorted(templates):
            for text in texts:
                text = text.removeprefix("g:") if field == "groups" else text
                yield from ((template, name) for name in _fitting(template, text, dialect))
    clauses = [clause for permit in role.allow for clause in permit.conditions] + [*role.constraints.conditions]
    wanted = {(key, value) for one in subjects for need in one.needs for key, vs in need.context for value in vs}
    for _, key, values in clauses:
        for template in values:
            if PARAMETER.search(template):
                yield from ((template, text) for other, text in sorted(wanted) if other == key.lower())


def _points(subject: Subject, need: Need) -> Iterator[tuple[str, ...]]:
    for point in need.points:
        yield tuple(WORD.sub(lambda word: subject.forms.get(word[1], "*"), text) for text in point)


def _fitting(template: str, text: str, dialect: Dialect) -> Iterator[str]:
    """The text, or a name of it, where the template can only be it when a parameter is a certain value."""
    if not text or text == "*":
        return
    names = {name: (symbol(f"<{name}>"),) for name in PARAMETER.findall(template)}
    (opaque,) = fill_in(template, names)
    loose = PARAMETER.sub("*", template)
    if not is_wild(text):
        if not overlap(opaque, text) and matches(loose, text):
            yield text
        return
    if both(opaque, text, dialect.segments) or dialect.fill is None:
        return
    for shared in both(loose, text, dialect.segments):
        yield from (name for name in dialect.fill("resource", shared, ("",)) if not is_wild(name))


def _values(template: str, text: str) -> Iterator[tuple[str, str]]:
    """What the parameters would have to be for the template to match the text."""
    pieces = PARAMETER.split(template)
    found: list[str] = []
    seen: set[str] = set()
    for index, piece in enumerate(pieces):
        if index % 2 == 0:
            found.append(".*".join(map(re.escape, piece.split("*"))))
        elif piece in seen:
            found.append(f"(?P={piece.replace('-', '_')})")
        else:
            seen.add(piece)
            found.append(f"(?P<{piece.replace('-', '_')}>.+)")
    met = re.fullmatch("".join(found), text, re.DOTALL)
    if met is not None:
        yield from ((name, met[name.replace("-", "_")]) for name in sorted(seen))


def _may_be(parameter: Parameter, value: str) -> bool:
    if is_wild(value):
        return False
    if parameter.enum:
        return value in parameter.enum
    return not parameter.pattern or re.fullmatch(parameter.pattern, value) is not None
