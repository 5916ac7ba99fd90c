"""The files of a catalog to values, with every problem of every file at once; knows nodes, nothing of files or YAML."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from nhilint.catalog.files.conform import did_you_mean, place_of
from nhilint.catalog.files.extend import Extender
from nhilint.catalog.files.fields import text, under
from nhilint.catalog.files.forms import ID
from nhilint.catalog.files.read_exemption import read_exemption
from nhilint.catalog.files.read_role import read_role
from nhilint.catalog.files.references import parameters_in, unknown_parameters
from nhilint.catalog.model import Catalog, CatalogError, Exemption, Problem, Role
from nhilint.model.node import Map, Scalar
from nhilint.model.span import Span

_KINDS = ("Role", "Exception")


def load_catalog(documents: Mapping[str, Map], *, own: bool, unread: tuple[Problem, ...] = ()) -> Catalog:
    """The catalog of the given files (path to parsed document); raises `CatalogError` with every problem.

    `unread`: what is already known to be wrong, with files that are not among the documents.
    """
    catalog, problems = read_catalog(documents, own=own)
    errors = tuple(problem for problem in (*unread, *problems) if problem.severity == "error")
    if errors:
        raise CatalogError(tuple(sorted(errors, key=lambda problem: problem.span)))
    return catalog


def read_catalog(documents: Mapping[str, Map], *, own: bool) -> tuple[Catalog, tuple[Problem, ...]]:
    """As `load_catalog`, but hands out what could be read together with the problems, in the order of their places."""
    files = _Files()
    for path in sorted(documents):
        files.add(documents[path])
    extender = Extender(files.roles, files.nodes)
    roles = extender.all()
    problems = [*files.problems, *extender.problems]
    for id, role in roles.items():
        problems += unknown_parameters(files.nodes[id], role.parameters)
        problems += _replacement(role, roles, files.nodes[id])
    for node in files.nameless:
        problems += unknown_parameters(node, read_role(node)[0].parameters)
    usable = {id: role for id, role in sorted(roles.items()) if role.platform}
    problems.sort(key=lambda problem: problem.span)
    return Catalog(roles=usable, exemptions=tuple(files.exemptions), own=own), tuple(problems)


@dataclass(slots=True)
class _Files:
    """What was read so far."""

    roles: dict[str, Role] = field(default_factory=dict)
    exemptions: list[Exemption] = field(default_factory=list)
    nodes: dict[str, Map] = field(default_factory=dict)
    """The files of the roles, by id."""
    nameless: list[Map] = field(default_factory=list)
    """Files of roles that no other file can name."""
    taken: dict[str, Span] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def add(self, node: Map) -> None:
        """One file; what is no exception is read as a role."""
        if text(node, "kind") == "Exception":
            exemption, problems = read_exemption(node)
            self.problems += [*problems, *parameters_in(node)]
            if self._takes(exemption.id, node) and exemption.platform:
                self.exemptions.append(exemption)
            return
        role, problems = read_role(node)
        self.problems += [*_kind(node, problems)]
        if self._takes(role.id, node):
            self.roles[role.id], self.nodes[role.id] = role, node
        else:
            self.nameless.append(node)

    def _takes(self, id: str, node: Map) -> bool:
        """Whether the id is a good one and nobody has it yet."""
        place = under(node, "id")
        if not re.fullmatch(ID, id) or place is None:
            return False
        first = self.taken.setdefault(id, place.span)
        if first is not place.span:
            message = f"two files have the id `{id}`: this one and {first.path}:{first.line}:{first.column}"
            help = "an id is unique in the catalog; rename one of them"
            self.problems.append(Problem(code="duplicate-id", message=message, span=place.span, help=help))
        return first is place.span


def _kind(node: Map, problems: list[Problem]) -> Iterator[Problem]:
    """The problems, with the kinds that a file may be of where it is of none."""
    kind = under(node, "kind")
    for problem in problems:
        if isinstance(kind, Scalar) and problem.span == kind.span and problem.code == "unknown-word":
            help = did_you_mean(str(kind.value), _KINDS)
            yield Problem(code="unknown-word", message=f"`{kind.value}` is no kind of file", span=kind.span, help=help)
        else:
            yield problem


def _replacement(role: Role, roles: Mapping[str, Role], node: Map) -> Iterator[Problem]:
    place = under(node, "replaced_by")
    if not role.replaced_by or place is None:
        return
    if role.replaced_by == role.id:
        yield Problem(code="unknown-role", message="a role can not replace itself", span=place.span)
    elif role.replaced_by not in roles:
        help = did_you_mean(role.replaced_by, roles)
        message = f"there is no role `{role.replaced_by}` to replace it"
        yield Problem(code="unknown-role", message=message, span=place.span, help=help)
    elif role.status != "deprecated":
        message = f"a role that is replaced is deprecated, and this one is {role.status}"
        span = place_of(node, "replaced_by")
        yield Problem(code="not-deprecated", message=message, span=span, severity="warning")
