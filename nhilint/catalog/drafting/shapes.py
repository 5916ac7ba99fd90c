"""Patterns with their names taken out: which part of an ARN, of a subject, of a condition is a name, and of what.

A pattern becomes a *template* (what stands around the names) and the values that were there. Two patterns of one
template are alike but for names. What is a name follows from the forms of ARNs in the service data; a wildcard stays
in the template. Knows no identities and no parameters.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from nhilint.algebra.values import SYMBOL, Condition
from nhilint.catalog.drafting.stating import Stated
from nhilint.data.aws import arn_formats, services

_TRIM = "-_./:"
_RUN = re.compile(rf"(?:{SYMBOL}|[^*?])+")
_DELIMITERS = re.compile(r"([:/])")
_VARIABLE = re.compile(r"\$\{([A-Za-z0-9]+)\}")
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_PLAINER = {"object": "path", "hostedzone": "zone", "topic_name": "topic", "db_instance": "database"}
_KIND_OF_FIELD = {
    "names": "name", "namespaces": "namespace", "secrets": "secret", "environments": "environment",
    "sub": "subject", "aud": "audience", "name": "service",
}  # fmt: skip
_KIND_OF_KEY = {
    "sourceaccount": "account", "resourceaccount": "account", "principalaccount": "account",
    "sourcevpc": "vpc", "sourcevpce": "vpc_endpoint", "principalorgid": "organization",
    "passedtoservice": "service", "viaservice": "service", "kmsviaservice": "service",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Template:
    """What stands around the names: one piece more than there are names."""

    pieces: tuple[str, ...]
    kinds: tuple[str, ...]
    """What each name is of: `bucket`, `account`, `namespace`."""


Values = tuple[str, ...]
"""The names of one pattern, in the order of the template's kinds."""


@dataclass(frozen=True, slots=True)
class Row:
    """One list of patterns (of a field, or of a condition's values): templates with all the names they occur with."""

    place: tuple[object, ...]
    """Where it stands: (`field`, NAME), or (`condition`, operator, key, qualifier, if_exists)."""
    found: tuple[tuple[Template, tuple[Values, ...]], ...]
    """Sorted."""


@dataclass(frozen=True, slots=True)
class Abstracted:
    """One statement with its names taken out."""

    stated: Stated
    rows: tuple[Row, ...]

    @property
    def shape(self) -> tuple[object, ...]:
        """What is the same in all statements that are alike but for names."""
        return self.stated.words, tuple((row.place, tuple(template for template, _ in row.found)) for row in self.rows)

    @property
    def names(self) -> tuple[object, ...]:
        """The names, for an order among statements of one shape."""
        return tuple(values for row in self.rows for _, values in row.found)


def abstract(stated: Stated) -> Abstracted:
    """The statement with its names taken out."""
    rows = [_row(("field", field), [_pattern(field, one) for one in patterns]) for field, patterns in stated.patterns]
    for clause in stated.conditions:
        place = ("condition", clause.operator, clause.key, clause.qualifier, clause.if_exists)
        rows.append(_row(place, [_value(clause, value) for value in clause.values]))
    return Abstracted(stated, tuple(rows))


def _row(place: tuple[object, ...], taken: Sequence[tuple[Template, Values]]) -> Row:
    found: dict[Template, list[Values]] = {}
    for template, values in taken:
        found.setdefault(template, []).append(values)
    ordered = sorted(found.items(), key=lambda item: (item[0].pieces, item[0].kinds))
    return Row(place, tuple((template, tuple(sorted(values))) for template, values in ordered))


def _pattern(field: str, pattern: str) -> tuple[Template, Values]:
    if field == "resources" or pattern.startswith("arn:"):
        return arn(pattern)
    return split([(pattern, _KIND_OF_FIELD.get(field, field))])


def _value(clause: Condition, value: str) -> tuple[Template, Values]:
    if value.startswith("arn:"):
        return arn(value)
    if clause.operator in ("Bool", "Null"):
        return Template((value,), ()), ()
    last = re.split(r"[:/]", clause.key)[-1]
    return split([(value, _KIND_OF_KEY.get(last) or snake(last))])


@lru_cache(maxsize=65536)
def arn(pattern: str) -> tuple[Template, Values]:
    """An ARN, or whatever stands where one is expected."""
    parts = pattern.split(":", 5)
    if len(parts) < 6 or parts[0] != "arn":
        return split([(pattern, "arn" if pattern.startswith("\ue000") else "resource")])
    _, partition, service, region, account, resource = parts
    pieces: list[tuple[str, str]] = [("arn:", "")]
    pieces.append((partition, "" if partition.startswith("aws") else "partition"))
    pieces += [(f":{service}:", ""), (region, "region"), (":", "")]
    pieces += [(account, "" if account == "aws" else "account"), (":", "")]
    pieces += _resource(service, resource)
    return split(pieces)


def _resource(service: str, resource: str) -> Iterator[tuple[str, str]]:
    """The pieces of the last part, by the form that fits it best; a piece of no kind is a word of the service."""
    tokens = _DELIMITERS.split(resource)
    fits = [fit for form in _forms(service) if (fit := _fit(tokens, form)) is not None]
    kinds = max(fits, key=_score)[1] if fits else tuple("resource" for _ in tokens[::2])
    for at, token in enumerate(tokens):
        yield token, "" if at % 2 else kinds[at // 2]


def _score(fit: tuple[int, tuple[str, ...]]) -> tuple[int, int]:
    # Of forms with as many words of the service the one with fewest names is the plainest.
    return fit[0], -len(set(fit[1]))


def _fit(tokens: Sequence[str], form: Sequence[tuple[str, str]]) -> tuple[int, tuple[str, ...]] | None:
    """How well the form fits, and the kind of each token; None when it does not."""
    kinds: list[str] = []
    words = 0
    names = tokens[::2]
    for at, token in enumerate(names):
        delimiter = tokens[2 * at - 1] if at else ""
        if at >= len(form):
            # An object's key, or a path: it goes on as it began.
            if not form or not form[-1][1]:
                return None
            kinds.append(form[-1][1])
            continue
        word, kind = form[at]
        if at and word[:1] in "/:" and word[0] != delimiter:
            return None
        word = word.lstrip("/:") if at else word
        if kind:
            kinds.append(kind)
        elif word == token:
            words += 1
            kinds.append("")
        elif "*" in token and at == len(names) - 1:
            kinds.append("")
        else:
            return None
    if len(names) < len(form) and "*" not in names[-1]:
        return None
    return words * 4 - abs(len(form) - len(names)), tuple(kinds)


@lru_cache(maxsize=512)
def _forms(service: str) -> tuple[tuple[tuple[str, str], ...], ...]:
    """The last parts of the forms of a service's ARNs: (word with its delimiter, kind of name or empty)."""
    if service not in services():
        return ()
    found = {form.split(":", 5)[5] for forms in arn_formats(service).values() for form in forms if form.count(":") > 4}
    rows = []
    for form in sorted(found):
        tokens = _DELIMITERS.split(form)
        row = []
        for at in range(0, len(tokens), 2):
            delimiter = tokens[at - 1] if at else ""
            name = _VARIABLE.search(tokens[at])
            before = snake(tokens[at - 2]) if at else ""
            row.append((delimiter + tokens[at], _kind(name[1], before) if name else ""))
        rows.append(tuple(row))
    return tuple(rows)


def _kind(name: str, before: str) -> str:
    """`${TableName}` is of a `table`; of `${Id}` the word before it says what it is of."""
    text = snake(name).partition("_name")[0].removesuffix("_id")
    return before if text in ("id", "name", "resource") and before else _PLAINER.get(text, text)


def snake(name: str) -> str:
    """A name of a parameter: small letters and underscores."""
    text = re.sub(r"[^a-z0-9]+", "_", _CAMEL.sub("_", name).lower()).strip("_")
    return text if text[:1].isalpha() else f"p_{text}" if text else "value"


def split(pieces: Sequence[tuple[str, str]]) -> tuple[Template, Values]:
    """Pieces (text, kind) to a template and its names: what of a piece with a kind is no wildcard is a name."""
    around, kinds, values = [""], [], []
    for text, kind in pieces:
        at = 0
        for run in _RUN.finditer(text) if kind else ():
            name = run[0].strip(_TRIM)
            if not name:
                continue
            start = run.start() + run[0].index(name)
            around[-1] += text[at:start]
            around.append("")
            kinds.append(kind)
            values.append(name)
            at = start + len(name)
        around[-1] += text[at:]
    return Template(tuple(around), tuple(kinds)), tuple(values)
