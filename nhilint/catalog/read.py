"""Role files to values, with every problem of every file at once; knows nodes, and nothing of files or YAML."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from typing import Any

from nhilint.catalog.model import (
    API_VERSION,
    PARAMETER,
    PLATFORMS,
    Accepted,
    BreakGlass,
    Catalog,
    CatalogError,
    Clause,
    Constraints,
    Issuer,
    Parameter,
    Permit,
    Probe,
    Problem,
    Role,
    TrustPermit,
)
from nhilint.model.node import Map, Node, Scalar, Sequence
from nhilint.model.span import Span

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_FIELDS: Mapping[str, tuple[str, ...]] = {
    "": (
        "apiVersion", "kind", "id", "title", "platform", "purpose", "owner", "status", "access", "approval", "review",
        "replaced_by", "extends", "sources", "parameters", "allow", "trust", "constraints", "break_glass", "accepts",
        "tests", "description",
    ),
    "approval": ("by", "on", "ticket", "expires"),
    "parameter": ("description", "pattern", "enum", "same", "many", "unknown", "examples"),
    "aws": ("actions", "resources", "conditions", "why"),
    "github": ("permissions", "secrets", "environments", "why"),
    "kubernetes": ("verbs", "groups", "resources", "names", "namespaces", "urls", "why"),
    "trust.aws": ("account", "principal", "external_id"),
    "trust.github": ("repository", "branch", "tag", "environment", "event", "workflow"),
    "trust.kubernetes": ("namespace", "service_account", "issuer"),
    "trust.service": ("name",),
    "constraints": ("max_session", "boundary", "conditions", "tags", "environments", "static_keys"),
    "break_glass": ("max_duration", "notify"),
    "accepts": ("technique", "why"),
    "test": ("with", "action", "verb", "permission", "resource", "context", "caller", "why"),
}  # fmt: skip
_REQUIRED = ("apiVersion", "id", "title", "platform", "purpose", "owner", "status", "allow")
_NEEDED = {"aws": ("actions", "resources"), "kubernetes": ("verbs", "resources"), "github": ()}
_ISSUERS: tuple[Issuer, ...] = ("github", "kubernetes", "oidc", "aws", "service")
_SPAN = re.compile(r"(\d+)(s|m|h|d)")
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}


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
        trust = tuple(self.trusts(node)) if "trust" in node.entries else None
        constraints = self.constraints()
        self.references(parameters, allow, trust or (), constraints)
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
            ticket=self.text(approval, "ticket") if approval else "",
            expires=self.text(approval, "expires") if approval else "",
            review=self.seconds(node, "review") // 86400,
            replaced_by=self.text(node, "replaced_by"),
            extends=self.texts(node.get("extends"), "extends"),
            sources=self.texts(node.get("sources"), "sources"),
            parameters=parameters,
            allow=allow,
            trust=trust,
            constraints=constraints,
            break_glass=self.break_glass(),
            accepts=tuple(self.accepts()),
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
                description=self.text(value, "description"),
                enum=self.texts(value.get("enum"), "enum"),
                same=self.text(value, "same"),
                many=self.flag(value, "many"),
                unknown=self.flag(value, "unknown"),
                examples=self.texts(value.get("examples"), "examples"),
                span=value.span,
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
            names = [name for name in _FIELDS[platform] if name not in ("conditions", "why", "permissions")]
            fields = {name: self.texts(row.get(name), name) for name in names if name in row.entries}
            if platform == "github":
                fields["permissions"] = tuple(self.levels(row))
            for name in _NEEDED[platform]:
                if not fields.get(name) and not (name == "resources" and fields.get("urls")):
                    self.bad(f"the statement has no `{name}`", row.span)
            conditions = tuple(self.conditions(row))
            yield Permit(fields=fields, conditions=conditions, why=self.text(row, "why"), span=row.span)

    def levels(self, row: Map) -> Iterator[str]:
        """`scope:level` of a map of GitHub permissions; `write` includes `read`."""
        table = self.map(row, "permissions")
        for scope, level in table.entries.items() if table else ():
            word = level.value if isinstance(level, Scalar) else None
            if word not in ("read", "write"):
                self.bad(f"`{scope}` must be `read` or `write`", level.span)
                continue
            yield f"{scope}:read"
            if word == "write":
                yield f"{scope}:write"

    def trusts(self, node: Map) -> Iterator[TrustPermit]:
        rows = node.get("trust")
        if not isinstance(rows, Sequence):
            if rows is not None:
                self.bad("`trust` must be a list", rows.span)
            return
        for row in rows.items:
            permit = self.caller(row)
            if permit is not None:
                yield permit

    def caller(self, row: Node) -> TrustPermit | None:
        """One caller: a map of one issuer to its fields."""
        if not isinstance(row, Map) or len(row.entries) != 1:
            self.bad(f"a caller is a map with one of {', '.join(_ISSUERS)}", row.span)
            return None
        ((word, body),) = row.entries.items()
        issuer = next((one for one in _ISSUERS if one == word), None)
        if issuer is None:
            near = get_close_matches(word, _ISSUERS, n=1)
            help = f"did you mean `{near[0]}`?" if near else f"one of {', '.join(_ISSUERS)}"
            self.bad(f"unknown caller `{word}`", body.span, help)
            return None
        if issuer == "service" and not isinstance(body, Map):
            return TrustPermit(issuer=issuer, fields={"name": self.texts(body, "service")}, span=row.span)
        if not isinstance(body, Map):
            self.bad(f"`{word}` must be a map", body.span)
            return None
        if issuer != "oidc":
            self.known(body, f"trust.{issuer}")
        fields = {name: self.texts(value, name) for name, value in body.entries.items()}
        return TrustPermit(issuer=issuer, fields=fields, span=row.span)

    def constraints(self) -> Constraints:
        table = self.map(self.node, "constraints")
        if table is None:
            return Constraints()
        self.known(table, "constraints")
        boundary = self.texts(table.get("boundary"), "boundary")
        tags = self.map(table, "tags")
        return Constraints(
            max_session=self.seconds(table, "max_session"),
            boundaries=("*",) if boundary == ("required",) else boundary,
            conditions=tuple(self.conditions(table)),
            tags={name: self.texts(value, name) for name, value in tags.entries.items()} if tags else {},
            environments=self.texts(table.get("environments"), "environments"),
            static_keys=self.choice(table, "static_keys", ("allowed", "forbidden")) != "forbidden",
            span=table.span,
        )

    def break_glass(self) -> BreakGlass | None:
        table = self.map(self.node, "break_glass")
        if table is None:
            return None
        self.known(table, "break_glass")
        notify = self.texts(table.get("notify"), "notify")
        return BreakGlass(max_duration=self.seconds(table, "max_duration"), notify=notify, span=table.span)

    def accepts(self) -> Iterator[Accepted]:
        rows = self.node.get("accepts")
        for row in rows.items if isinstance(rows, Sequence) else ():
            if isinstance(row, Map):
                self.known(row, "accepts")
                yield Accepted(technique=self.text(row, "technique"), why=self.text(row, "why"), span=row.span)
            else:
                self.bad("an accepted technique must be a map", row.span)

    def seconds(self, node: Map, key: str) -> int:
        """A span of time such as `30m`, `12h` or `180d`; 0 where there is none."""
        text = self.text(node, key)
        found = _SPAN.fullmatch(text)
        if found is None:
            if text:
                self.bad(f"`{text}` is no span of time", node.entries[key].span, "write `30m`, `12h` or `180d`")
            return 0
        return int(found[1]) * _SECONDS[found[2]]

    def conditions(self, row: Map) -> Iterator[Clause]:
        table = self.map(row, "conditions")
        for operator, keys in table.entries.items() if table else ():
            if not isinstance(keys, Map):
                self.bad(f"`{operator}` must be a map of condition keys", keys.span)
                continue
            for key, values in keys.entries.items():
                yield operator, key, self.texts(values, key)

    def references(
        self,
        parameters: Mapping[str, Parameter],
        allow: tuple[Permit, ...],
        trust: tuple[TrustPermit, ...],
        constraints: Constraints,
    ) -> None:
        used: set[str] = set()
        rows = [(p.span, [t for values in p.fields.values() for t in values], p.conditions) for p in allow]
        rows += [(t.span, [text for values in t.fields.values() for text in values], ()) for t in trust]
        limits = [
            *constraints.boundaries,
            *constraints.environments,
            *(t for v in constraints.tags.values() for t in v),
        ]
        rows.append((constraints.span or self.node.span, limits, constraints.conditions))
        for span, plain, conditions in rows:
            texts = plain + [t for _, key, values in conditions for t in (key, *values)]
            for name in sorted({name for text in texts for name in PARAMETER.findall(text)}):
                used.add(name)
                if name not in parameters:
                    near = get_close_matches(name, parameters, n=1)
                    help = f"did you mean `<{near[0]}>`?" if near else "declare it under `parameters`"
                    self.bad(f"the parameter `<{name}>` is not declared", span, help)
        for name in parameters:
            if name not in used:
                self.problems.append(
                    Problem(message=f"the parameter `{name}` is not used", span=self.node.span, severity="warning")
                )

    def probes(self) -> Iterator[Probe]:
        table = self.map(self.node, "tests")
        for word, allowed in (("allow", True), ("deny", False), ("trust", True), ("distrust", False)):
            rows = table.get(word) if table else None
            for row in rows.items if isinstance(rows, Sequence) else ():
                if not isinstance(row, Map):
                    self.bad("a test must be a map", row.span)
                    continue
                self.known(row, "test")
                bound = self.map(row, "with")
                bindings = {k: self.texts(v, k) for k, v in bound.entries.items()} if bound else {}
                context = self.map(row, "context")
                caller = row.get("caller")
                yield Probe(
                    allowed=allowed,
                    bindings=bindings,
                    action=self.text(row, "action") or self.text(row, "verb") or self.text(row, "permission"),
                    resource=self.text(row, "resource"),
                    context={k: self.texts(v, k) for k, v in context.entries.items()} if context else {},
                    caller=self.caller(caller) if caller is not None else None,
                    why=self.text(row, "why"),
                    span=row.span,
                )
