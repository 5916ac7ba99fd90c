"""Who may become an identity, as the callers of a role file: acceptances to rows of `trust`.

What a role has no field for (conditions on the caller besides who it is) is handed back as a sentence: the row is then
wider than the identity's own trust, and says so.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from nhilint.algebra.values import Condition, display
from nhilint.catalog.drafting.stating import Stated
from nhilint.catalog.trust.callers import GITHUB
from nhilint.model.facts import Acceptance

_SUBJECT = re.compile(r"repo:([^:]+)(?::(.*))?", re.DOTALL)
_ACCOUNT = re.compile(r"system:serviceaccount:([^:]*):([^:]*)", re.DOTALL)
_PLAIN = ("StringEquals", "StringLike", "ArnLike", "ArnEquals")
_AWS_FIELDS = {"aws:principalaccount": "account", "aws:principalarn": "principal", "sts:externalid": "external_id"}

Fields = dict[str, tuple[str, ...]]


def callers(acceptances: tuple[Acceptance, ...]) -> tuple[tuple[Stated, ...], tuple[str, ...]]:
    """The rows of `trust`, sorted, and sentences about what they do not say."""
    rows: dict[tuple[str, tuple[tuple[str, tuple[str, ...]], ...]], None] = {}
    notes: dict[str, None] = {}
    for one in acceptances:
        if one.dead:
            continue
        if one.undecided:
            notes[f"who is let in can not be told: {one.undecided}"] = None
            continue
        if one.unless:
            notes["denies in its trust are not in this draft"] = None
        made = list(_rows(one, notes))
        if not made:
            notes[f"a caller that a role has no row for: {one.why}"] = None
        for issuer, fields in made:
            rows[issuer, tuple(sorted(fields.items()))] = None
    merged = _merged(list(rows))
    found = [Stated(words=(("caller", (issuer,)),), patterns=fields) for issuer, fields in merged]
    return tuple(sorted(found, key=lambda s: (s.words, s.patterns))), tuple(notes)


_Pairs = tuple[tuple[str, tuple[str, ...]], ...]
_Row = tuple[str, _Pairs]


def _merged(rows: list[_Row]) -> list[_Row]:
    """Rows that differ in the values of one field become one."""
    before = -1
    while before != len(rows):
        before = len(rows)
        for field in sorted({name for _, fields in rows for name, _ in fields}):
            groups: dict[tuple[str, _Pairs, bool], dict[str, None]] = {}
            for issuer, fields in rows:
                rest = tuple(pair for pair in fields if pair[0] != field)
                values = dict(fields).get(field, ())
                groups.setdefault((issuer, rest, bool(values)), {}).update(dict.fromkeys(values))
            rows = [
                (issuer, tuple(sorted((*rest, (field, tuple(sorted(values)))))) if has else rest)
                for (issuer, rest, has), values in groups.items()
            ]
    return rows


def _rows(one: Acceptance, notes: dict[str, None]) -> Iterator[tuple[str, Fields]]:
    claims: dict[str, Condition] = {}
    for clause in one.clauses:
        if clause.operator not in _PLAIN or clause.qualifier or clause.if_exists or clause.key in claims:
            notes[f"a condition on the caller that a role does not say: {clause.operator} {display(clause.key)}"] = None
        else:
            claims[clause.key] = clause
    if one.issuer == "aws-service":
        yield from _known(claims, {"service": "name"}, "service", notes)
    elif one.issuer == "aws":
        yield from _known(claims, _AWS_FIELDS, "aws", notes)
    elif one.issuer == "kubernetes":
        yield from _kubernetes(claims, notes)
    elif one.issuer == GITHUB:
        yield from _github(claims, notes)
    elif "*" not in one.issuer:
        claims.pop("iss", None)
        fields = {"audience" if key == "aud" else key: clause.values for key, clause in claims.items()}
        yield "oidc", {"issuer": (one.issuer,), **fields}


def _known(
    claims: Mapping[str, Condition], words: Mapping[str, str], issuer: str, notes: dict[str, None]
) -> Iterator[tuple[str, Fields]]:
    fields = {words[key]: clause.values for key, clause in claims.items() if key in words}
    _others(claims, words, notes)
    if fields:
        yield issuer, fields


def _others(claims: Mapping[str, Condition], words: Mapping[str, object], notes: dict[str, None]) -> None:
    for key in claims:
        if key not in words and key != "aud":
            notes[f"a condition on the caller that a role does not say: `{display(key)}`"] = None


def _kubernetes(claims: Mapping[str, Condition], notes: dict[str, None]) -> Iterator[tuple[str, Fields]]:
    _others(claims, {"sub": 1, "iss": 1}, notes)
    issuer: Fields = {"issuer": claims["iss"].values} if "iss" in claims else {}
    if "sub" not in claims:
        yield "kubernetes", issuer
        return
    for value in claims["sub"].values:
        found = _ACCOUNT.fullmatch(value)
        if found:
            named = {"namespace": (found[1],), "service_account": (found[2],)}
            yield "kubernetes", {**{k: v for k, v in named.items() if v != ("*",)}, **issuer}


_CLAIMS = {"repository": "repository", "environment": "environment", "job_workflow_ref": "workflow",
           "event_name": "event"}  # fmt: skip


def _github(claims: Mapping[str, Condition], notes: dict[str, None]) -> Iterator[tuple[str, Fields]]:
    _others(claims, {"sub": 1, **_CLAIMS}, notes)
    base: Fields = {_CLAIMS[key]: clause.values for key, clause in claims.items() if key in _CLAIMS}
    if "sub" not in claims:
        yield "github", base
        return
    for value in claims["sub"].values:
        found = _SUBJECT.fullmatch(value)
        if not found:
            notes[f"a subject that is no repository's: {display(value)}"] = None
            continue
        repository, rest = found[1], found[2] or ""
        if not found[2] and not repository.endswith("*"):
            continue
        made: Fields = {"repository": (repository,), **base}
        for prefix, field in (
            ("environment:", "environment"),
            ("ref:refs/heads/", "branch"),
            ("ref:refs/tags/", "tag"),
        ):
            if rest.startswith(prefix):
                made[field] = (rest.removeprefix(prefix),)
                break
        else:
            if rest == "pull_request":
                made["event"] = ("pull_request",)
            elif rest not in ("*", ""):
                notes[f"a subject that a role has no fields for: {display(value)}"] = None
                continue
        yield "github", {field: values for field, values in made.items() if values != ("*",)}
