"""A role file as values: read from nodes, with every problem of every file at once.

A parameter is written `<name>` inside a pattern: angle brackets occur neither in ARNs nor in policy variables
(`${…}`) nor in Terraform.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any, Literal

from nhilint.model.errors import NhilintError
from nhilint.model.node import Map, Node, Scalar, Sequence
from nhilint.model.span import Span

API_VERSION = "nhilint.dev/v1"
PLATFORMS = ("aws", "kubernetes")
PARAMETER = re.compile(r"<([a-z][a-z0-9_-]*)>")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")

Status = Literal["draft", "approved", "deprecated"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One thing that is wrong with a role file."""

    message: str
    span: Span
    help: str = ""
    severity: Literal["error", "warning"] = "error"


class CatalogError(NhilintError):
    """Role files that can not be used; `problems` holds all of them, the message tells the first."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        first = problems[0]
        more = f" (and {len(problems) - 1} more: `nhilint catalog lint` lists them)" if len(problems) > 1 else ""
        super().__init__(first.message + more, span=first.span, help=first.help)
        self.problems = problems


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """A part of the role that its user chooses."""

    name: str
    pattern: str = ""
    """Regular expression that a whole value must match; empty: any value without wildcards."""
    enum: tuple[str, ...] = ()
    many: bool = False
    """Whether it may be bound to several values at once."""
    unknown: bool = False
    """Whether a value that only Terraform's plan knows may be bound without looking at `pattern`."""
    examples: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Permit:
    """One statement of a role: actions and resources, or verbs, groups, resources, names and namespaces."""

    fields: Mapping[str, tuple[str, ...]]
    conditions: tuple[tuple[str, str, tuple[str, ...]], ...] = ()
    """(operator, key, values)"""
    span: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Probe:
    """A test of the role: with these bindings, this request must (not) be allowed."""

    allowed: bool
    bindings: Mapping[str, tuple[str, ...]]
    action: str
    resource: str
    span: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Role:
    """One preapproved role."""

    id: str
    title: str
    platform: str
    purpose: str
    owner: str
    status: Status
    access: str
    approved_by: str = ""
    approved_on: str = ""
    expires: str = ""
    parameters: Mapping[str, Parameter] = field(default_factory=dict)
    allow: tuple[Permit, ...] = ()
    tests: tuple[Probe, ...] = ()
    span: Span

    def usable(self, today: str) -> str:
        """Why the role approves nothing on that day; empty: it does."""
        if self.status != "approved":
            return f"it is {'a draft' if self.status == 'draft' else 'deprecated'}"
        if self.expires and self.expires < today:
            return f"its approval expired on {self.expires}"
        return ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Catalog:
    """All roles by id."""

    roles: Mapping[str, Role]
    own: bool = False
    """Whether it is the repository's own catalog, not the starter."""


EMPTY_CATALOG = Catalog(roles={})

_FIELDS: Mapping[str, tuple[str, ...]] = {
    "": (
        "apiVersion", "id", "title", "platform", "purpose", "owner", "status", "access", "approval", "review",
        "parameters", "allow", "trust", "constraints", "tests", "description",
    ),
    "approval": ("by", "on", "ticket", "expires"),
    "parameter": ("description", "pattern", "enum", "many", "unknown", "examples"),
    "aws": ("actions", "resources", "conditions", "why"),
    "kubernetes": ("verbs", "groups", "resources", "names", "namespaces", "why"),
    "test": ("with", "action", "resource", "verb", "why"),
}  # fmt: skip
_REQUIRED = ("apiVersion", "id", "title", "platform", "purpose", "owner", "status", "allow")


def load_catalog(documents: Mapping[str, Map], *, own: bool) -> Catalog:
    """The catalog of the given role files (path to parsed document); raises `CatalogError` with every problem."""
    catalog, problems = read_catalog(documents, own=own)
    errors = tuple(problem for problem in problems if problem.severity == "error")
    if errors:
        raise CatalogError(errors)
    return catalog


def read_catalog(documents: Mapping[str, Map], *, own: bool) -> tuple[Catalog, tuple[Problem, ...]]:
    """As `load_catalog`, but hands out what could be read together with the problems."""
    roles: dict[str, Role] = {}
    problems: list[Problem] = []
    for path in sorted(documents):
        reader = _Reader(documents[path])
        role = reader.role()
        problems.extend(reader.problems)
        if role.id in roles:
            first = roles[role.id].span
            problems.append(
                Problem(message=f"the id `{role.id}` is taken", span=role.span, help=f"it is the id in {first}")
            )
        roles.setdefault(role.id, role)
    return Catalog(roles=dict(sorted(roles.items())), own=own), tuple(problems)


class _Reader:
    """Reads one file and collects what is wrong with it."""

    def __init__(self, node: Map) -> None:
        self.node = node
        self.problems: list[Problem] = []

    def bad(self, message: str, span: Span, help: str = "") -> None:
        self.problems.append(Problem(message=message, span=span, help=help))

    def known(self, node: Map, group: str) -> None:
        for key, value in node.entries.items():
            if key not in _FIELDS[group]:
                near = get_close_matches(key, _FIELDS[group], n=1)
                help = f"did you mean `{near[0]}`?" if near else f"known are {', '.join(_FIELDS[group])}"
                self.bad(f"unknown field `{key}`", value.span, help)

    def text(self, node: Map, key: str) -> str:
        value = node.get(key)
        if value is None or (isinstance(value, Scalar) and value.value is None):
            return ""
        if isinstance(value, Scalar) and not isinstance(value.value, bool):
            return str(value.value)
        self.bad(f"`{key}` must be a string", value.span)
        return ""

    def texts(self, node: Node | None, name: str) -> tuple[str, ...]:
        match node:
            case None:
                return ()
            case Scalar(value=None):
                return ()
            case Scalar():
                return (str(node.value),)
            case Sequence():
                return tuple(text for item in node.items for text in self.texts(item, name))
            case _:
                self.bad(f"`{name}` must be a list of strings", node.span)
                return ()

    def map(self, node: Map, key: str) -> Map | None:
        value = node.get(key)
        if value is None or isinstance(value, Map):
            return value
        self.bad(f"`{key}` must be a map", value.span)
        return None

    def role(self) -> Role:
        node = self.node
        self.known(node, "")
        for key in _REQUIRED:
            if key not in node.entries:
                self.bad(f"the field `{key}` is missing", node.span)
        version = self.text(node, "apiVersion")
        if version and version != API_VERSION:
            self.bad(f"unknown apiVersion `{version}`", node.span, f"it is `{API_VERSION}`")
        platform = self.choice(node, "platform", PLATFORMS)
        status = self.choice(node, "status", ("draft", "approved", "deprecated"))
        access = self.choice(node, "access", ("read", "write", "break-glass"))
        approval = self.map(node, "approval")
        if approval is not None:
            self.known(approval, "approval")
            for key in ("on", "expires"):
                day = self.text(approval, key)
                if day and not _DATE.fullmatch(day):
                    self.bad(f"`{key}` must be a date like 2027-01-31", approval.span)
        parameters = self.parameters()
        allow = tuple(self.permits(platform or "aws"))
        self.references(parameters, allow)
        known_status: Any = status or "draft"
        return Role(
            id=self.text(node, "id"),
            title=self.text(node, "title"),
            platform=platform,
            purpose=self.text(node, "purpose"),
            owner=self.text(node, "owner"),
            status=known_status,
            access=access,
            approved_by=self.text(approval, "by") if approval else "",
            approved_on=self.text(approval, "on") if approval else "",
            expires=self.text(approval, "expires") if approval else "",
            parameters=parameters,
            allow=allow,
            tests=tuple(self.probes()),
            span=node.span,
        )

    def choice(self, node: Map, key: str, values: tuple[str, ...]) -> str:
        text = self.text(node, key)
        if text and text not in values:
            self.bad(f"`{text}` is no {key}", node.entries[key].span, f"one of {', '.join(values)}")
            return ""
        return text

    def parameters(self) -> dict[str, Parameter]:
        found: dict[str, Parameter] = {}
        table = self.map(self.node, "parameters")
        for name, value in table.entries.items() if table else ():
            if not isinstance(value, Map):
                self.bad(f"the parameter `{name}` must be a map", value.span)
                continue
            self.known(value, "parameter")
            pattern = self.text(value, "pattern")
            try:
                re.compile(pattern)
            except re.error as error:
                self.bad(f"the pattern of `{name}` is no regular expression: {error}", value.span)
                pattern = ""
            found[name] = Parameter(
                name=name,
                pattern=pattern,
                enum=self.texts(value.get("enum"), "enum"),
                many=self.flag(value, "many"),
                unknown=self.flag(value, "unknown"),
                examples=self.texts(value.get("examples"), "examples"),
            )
        return found

    def flag(self, node: Map, key: str) -> bool:
        value = node.get(key)
        if value is None:
            return False
        if isinstance(value, Scalar) and isinstance(value.value, bool):
            return value.value
        self.bad(f"`{key}` must be true or false", value.span)
        return False

    def permits(self, platform: str) -> Iterator[Permit]:
        rows = self.node.get("allow")
        if rows is not None and not isinstance(rows, Sequence):
            self.bad("`allow` must be a list", rows.span)
            return
        for row in rows.items if rows is not None else ():
            if not isinstance(row, Map):
                self.bad("a statement of `allow` must be a map", row.span)
                continue
            self.known(row, platform)
            names = [name for name in _FIELDS[platform] if name not in ("conditions", "why")]
            fields = {name: self.texts(row.get(name), name) for name in names if name in row.entries}
            for name in ("actions", "resources") if platform == "aws" else ("verbs", "resources"):
                if not fields.get(name):
                    self.bad(f"the statement has no `{name}`", row.span)
            yield Permit(fields=fields, conditions=tuple(self.conditions(row)), span=row.span)

    def conditions(self, row: Map) -> Iterator[tuple[str, str, tuple[str, ...]]]:
        table = self.map(row, "conditions")
        for operator, keys in table.entries.items() if table else ():
            if not isinstance(keys, Map):
                self.bad(f"`{operator}` must be a map of condition keys", keys.span)
                continue
            for key, values in keys.entries.items():
                yield operator, key, self.texts(values, key)

    def references(self, parameters: Mapping[str, Parameter], allow: tuple[Permit, ...]) -> None:
        used: set[str] = set()
        for permit in allow:
            texts = [t for values in permit.fields.values() for t in values]
            texts += [t for _, key, values in permit.conditions for t in (key, *values)]
            for name in {name for text in texts for name in PARAMETER.findall(text)}:
                used.add(name)
                if name not in parameters:
                    near = get_close_matches(name, parameters, n=1)
                    help = f"did you mean `<{near[0]}>`?" if near else "declare it under `parameters`"
                    self.bad(f"the parameter `<{name}>` is not declared", permit.span, help)
        for name in parameters:
            if name not in used:
                self.problems.append(
                    Problem(message=f"the parameter `{name}` is not used", span=self.node.span, severity="warning")
                )

    def probes(self) -> Iterator[Probe]:
        table = self.map(self.node, "tests")
        for word, allowed in (("allow", True), ("deny", False)):
            rows = table.get(word) if table else None
            for row in rows.items if isinstance(rows, Sequence) else ():
                if not isinstance(row, Map):
                    self.bad("a test must be a map", row.span)
                    continue
                self.known(row, "test")
                bound = self.map(row, "with")
                bindings = {k: self.texts(v, k) for k, v in bound.entries.items()} if bound else {}
                action = self.text(row, "action") or self.text(row, "verb")
                yield Probe(
                    allowed=allowed,
                    bindings=bindings,
                    action=action,
                    resource=self.text(row, "resource"),
                    span=row.span,
                )
