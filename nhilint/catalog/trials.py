"""Tests for a draft: a request that each statement allows, near misses that must not be; all decided before written."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from nhilint.algebra.evaluate import decide
from nhilint.algebra.prove import compare
from nhilint.algebra.relations import nothing
from nhilint.algebra.values import Exceeds, Permissions, Request, display
from nhilint.catalog.compile import compile_role
from nhilint.catalog.model import PARAMETER, Role, TrustPermit
from nhilint.catalog.shapes import arn
from nhilint.data.aws import action, actions, spell_key
from nhilint.model.dialect import Dialect

Row = dict[str, object]
_LEVELS = ("Permissions management", "Write", "Tagging", "Read", "List")
_VERB = re.compile("^[A-Z][a-z0-9]*")
_MANY = 12
"""Tests that must be allowed, at most: a role of many statements is tested by some of each service."""


def with_tests(role: Role, dialect: Dialect) -> Row:
    """The `tests` of a role file."""
    values = {name: parameter.examples[:1] for name, parameter in role.parameters.items()}
    granted = compile_role(role, values)
    allowed = list(_allowed(granted, dialect))[:_MANY]
    denied = list(dict.fromkeys(_denied(granted, allowed, dialect)))
    found: Row = {}
    if allowed:
        found["allow"] = [_row(role, one, values) for one in allowed]
    if denied:
        found["deny"] = [_row(role, one, values) for one in denied[:4]]
    trusted = [_caller(permit, values) for permit in role.trust or ()]
    if trusted:
        used = [_used(permit, values) for permit in role.trust or ()]
        found["trust"] = [{**with_, "caller": caller} for with_, caller in zip(used, trusted, strict=True)]
        others = [_stranger(caller) for caller in trusted]
        found["distrust"] = [
            {**with_, "caller": other} for with_, other in zip(used, others, strict=True) if other not in trusted
        ][:2]
        if not found["distrust"]:
            del found["distrust"]
    return found


def _allowed(granted: Permissions, dialect: Dialect) -> Iterator[Request]:
    """One request of each statement."""
    for statement in granted.statements:
        alone = replace(granted, statements=(statement,))
        verdict = compare(
            alone,
            nothing(alone),
            dialect.vocabulary,
            fill=dialect.fill,
            always=dialect.always,
            segments=dialect.segments,
            first=True,
        )
        if isinstance(verdict, Exceeds):
            request = verdict.residue[0].witness
            if decide(granted, request).verdict == "allowed":
                yield request


def _denied(granted: Permissions, allowed: Sequence[Request], dialect: Dialect) -> Iterator[Request]:
    """Near misses: another name, and a worse action on the same one."""
    for make in (_elsewhere, _worse):
        for request in allowed:
            for near in make(request, dialect):
                if decide(granted, near).verdict != "allowed":
                    yield near
                    break


def _elsewhere(request: Request, dialect: Dialect) -> Iterator[Request]:
    if dialect.platform == "aws":
        template, values = arn(request.point[-1])
        for at in reversed(range(len(values))):
            if template.kinds[at] in ("account", "region", "partition"):
                continue
            other = [*values[:at], values[at] + "-other", *values[at + 1 :]]
            pieces = [template.pieces[0]]
            for value, piece in zip(other, template.pieces[1:], strict=True):
                pieces += [value, piece]
            yield replace(request, point=("".join(pieces),))
    elif dialect.platform == "kubernetes":
        verb, group, resource, name, space = request.point
        if space:
            yield replace(request, point=(verb, group, resource, name, space + "-other"))
        if name:
            yield replace(request, point=(verb, group, resource, name + "-other", space))


def _worse(request: Request, dialect: Dialect) -> Iterator[Request]:
    if dialect.platform == "aws":
        row = action(request.action)
        service = request.action.partition(":")[0]
        if row is None:
            return
        rank = _LEVELS.index(row.level)
        for level in _LEVELS[: rank + 1]:
            nearest = sorted(actions(service).items(), key=lambda item: (not _kin(item[1].name, row.name), item[0]))
            for key, other in nearest:
                same = set(other.resource_types) & set(row.resource_types) or not row.resource_types
                if other.level == level and same:
                    yield replace(request, action=f"{service}:{key}", context=())
    elif dialect.platform == "kubernetes":
        _, group, resource, name, space = request.point
        for verb in ("delete", "update", "create", "get"):
            yield replace(request, point=(verb, group, resource, "" if verb == "create" else name or "example", space))
        yield replace(request, point=("get", "g:", "secrets", "example", space or "default"))
    else:
        for scope in ("contents", "packages", "id-token", "actions"):
            yield Request(action=f"{scope}:write", point=request.point)


def _kin(a: str, b: str) -> bool:
    """Whether two actions do something to the same thing: `PutObject`, `DeleteObject`."""
    return _VERB.sub("", a) == _VERB.sub("", b)


def _row(role: Role, request: Request, values: Mapping[str, tuple[str, ...]]) -> Row:
    found: Row = _with(sorted(role.parameters), values)
    if role.platform == "kubernetes":
        verb, group, resource, name, space = map(display, request.point)
        base, slash, sub = resource.partition("/")
        kind = (f"{base}.{group[2:]}" if group[2:] else base) + slash + sub
        where = f"{space}:" if space else ""
        return {**found, "verb": verb, "resource": f"{where}{kind}" + (f"={name}" if name else "")}
    if role.platform == "github":
        place = display(request.point[0])
        said = {} if place.startswith("repository/") else {"resource": place}
        return {**found, "permission": request.action, **said}
    known = action(request.action)
    service = request.action.partition(":")[0]
    found["action"] = f"{service}:{known.name}" if known else request.action
    found["resource"] = display(request.point[-1])
    if request.context:
        found["context"] = {spell_key(display(k)): _one([display(v) for v in vs]) for k, vs in request.context}
    return found


def _one(values: Sequence[str]) -> object:
    return values[0] if len(values) == 1 else list(values)


def _with(names: Sequence[str], values: Mapping[str, tuple[str, ...]]) -> Row:
    bound = {name: _one(values[name]) for name in names if values.get(name)}
    return {"with": bound} if bound else {}


def _used(permit: TrustPermit, values: Mapping[str, tuple[str, ...]]) -> Row:
    texts = [text for row in permit.fields.values() for text in row]
    return _with(sorted({name for text in texts for name in PARAMETER.findall(text)}), values)


_FILL = {"repository": "app", "branch": "main", "namespace": "example", "service_account": "example"}


def _caller(permit: TrustPermit, values: Mapping[str, tuple[str, ...]]) -> dict[str, dict[str, str]]:
    """One caller that the row means, with plain values."""
    found = {}
    for field, texts in permit.fields.items():
        text = PARAMETER.sub(lambda one: values[one[1]][0], texts[0])
        found[field] = text.replace("*", _FILL.get(field, "example")).replace("?", "x")
    return {permit.issuer: found}


_STRANGERS = {
    "github": ("repository", "someone/else"), "kubernetes": ("namespace", "other"), "aws": ("account", "999999999999"),
    "service": ("name", "sagemaker.amazonaws.com"), "oidc": ("issuer", "issuer.example.com"),
}  # fmt: skip


def _stranger(caller: Mapping[str, Mapping[str, str]]) -> dict[str, dict[str, str]]:
    ((issuer, fields),) = caller.items()
    field, value = _STRANGERS[issuer]
    if field not in fields and "principal" in fields:
        field, value = "principal", "arn:aws:iam::999999999999:role/stranger"
    return {issuer: {**fields, field: value}}
