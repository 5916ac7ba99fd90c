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
from nhilint.catalog.drafting.shapes import arn
from nhilint.catalog.model import PARAMETER, Role, TrustPermit
from nhilint.data.aws import action, actions, spell_key
from nhilint.data.github import METADATA
from nhilint.model.dialect import Dialect
from nhilint.model.spellings import GROUP, THIS

Row = dict[str, object]
_LEVELS = ("Write", "Permissions management", "Tagging", "Read", "List")
_VERB = re.compile("^[A-Z][a-z0-9]*")
_MANY = 12
"""Tests that must be allowed, at most: a role of many statements is tested by some of each service."""


def with_tests(role: Role, dialect: Dialect) -> Row:
    """The `tests` of a role file."""
    values = {name: parameter.examples[:1] for name, parameter in role.parameters.items()}
    granted = compile_role(role, values)
    allowed = list(_allowed(role, values, dialect))[:_MANY]
    denied = list(dict.fromkeys(_denied(granted, allowed, dialect)))
    found: Row = {}
    if allowed:
        found["allow"] = [_row(role, one, used, values) for one, used in allowed]
    if denied:
        found["deny"] = [_row(role, one, used, values) for one, used in denied[:5]]
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


_Trial = tuple[Request, tuple[str, ...]]
"""A request, and the parameters of the statement that it is about."""


def _allowed(role: Role, values: Mapping[str, tuple[str, ...]], dialect: Dialect) -> Iterator[_Trial]:
    """One request of each statement."""
    for permit in role.allow:
        alone = compile_role(replace(role, allow=(permit,)), values)
        verdict = compare(
            alone,
            nothing(alone),
            dialect.vocabulary,
            fill=dialect.fill,
            always=dialect.always,
            segments=dialect.segments,
            first=dialect.platform != "github",
        )
        if isinstance(verdict, Exceeds):
            # Of a token every statement gives `metadata:read`: what it is there for says more.
            every = [
                replace(part.witness, action=name) for part in verdict.residue for name in part.actions or ("",) if name
            ] or [verdict.residue[0].witness]
            request = max(every, key=_telling) if dialect.platform == "github" else verdict.residue[0].witness
            texts = [text for row in permit.fields.values() for text in row]
            texts += [text for _, key, row in permit.conditions for text in (key, *row)]
            used = tuple(sorted({name for text in texts for name in PARAMETER.findall(text)}))
            if decide(alone, request).verdict == "allowed":
                yield request, used


def _telling(request: Request) -> tuple[bool, bool]:
    return request.action != METADATA, request.action.endswith(":write")


def _denied(granted: Permissions, allowed: Sequence[_Trial], dialect: Dialect) -> Iterator[_Trial]:
    """Near misses: without the conditions, another name, and a worse action on the same one."""
    for make in (_bare, _elsewhere, _worse):
        for request, used in allowed:
            for near in make(request, dialect):
                if decide(granted, near).verdict != "allowed":
                    yield near, used
                    break


def _bare(request: Request, dialect: Dialect) -> Iterator[Request]:
    if request.context:
        yield replace(request, context=())


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
        near = [
            (_LEVELS.index(other.level), not _kin(other.name, row.name), _verb(other.name), key)
            for key, other in actions(service).items()
            if _LEVELS.index(other.level) <= max(_LEVELS.index(row.level), 1)
            and (not row.resource_types or set(other.resource_types) & set(row.resource_types))
        ]
        for *_, key in sorted(near):
            yield replace(request, action=f"{service}:{key}")
    elif dialect.platform == "kubernetes":
        _, group, resource, name, space = request.point
        for verb in ("delete", "update", "create", "get"):
            yield replace(request, point=(verb, group, resource, "" if verb == "create" else name or "example", space))
        yield replace(request, point=("get", GROUP, "secrets", "example", space or "default"))
    else:
        for scope in ("contents", "packages", "id-token", "actions"):
            yield Request(action=f"{scope}:write", point=(THIS,))


def _kin(a: str, b: str) -> bool:
    """Whether two actions do something to the same thing: `PutObject`, `DeleteObject`."""
    return _VERB.sub("", a) == _VERB.sub("", b)


_VERBS = ("Delete", "Put", "Update", "Create")


def _verb(name: str) -> int:
    """Verbs that everybody understands go first."""
    return next((at for at, verb in enumerate(_VERBS) if name.startswith(verb)), len(_VERBS))


def _row(role: Role, request: Request, used: Sequence[str], values: Mapping[str, tuple[str, ...]]) -> Row:
    found: Row = _with(used, values)
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
