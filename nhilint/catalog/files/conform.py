"""Does a file have the form it should have? Every field that is unknown, missing or of the wrong kind, at its place.

Says nothing about what the fields mean; `read_role` and `read_exemption` do that.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date
from difflib import get_close_matches
from functools import lru_cache

from nhilint.catalog.files import forms
from nhilint.catalog.files.shape import ByPlatform, Day, Either, Flag, Group, One, Rows, Shape, Table, Text, Time, Words
from nhilint.catalog.model import Problem
from nhilint.model.node import Map, Node, Scalar, Sequence
from nhilint.model.span import Span

_MANY = 12
"""Names that an error lists at the most."""


def conform(node: Node, shape: Shape, name: str, platform: str, key: Span | None = None) -> Iterator[Problem]:
    """What is wrong with a value called `name`; `platform` is the one that the file is about, empty if unknown.

    `key`: where its name stands, which is where something is missing in it.
    """
    match shape:
        case ByPlatform():
            if platform in shape.shapes:
                yield from conform(node, shape.shapes[platform], name, platform, key)
        case Either():
            yield from conform(node, shape.group if isinstance(node, Map) else shape.words, name, platform)
        case Group():
            yield from _group(node, shape, name, platform, key)
        case Table():
            yield from _table(node, shape, name, platform)
        case Rows():
            yield from _rows(node, shape, name, platform)
        case One():
            yield from _one(node, shape, name, platform)
        case Words():
            yield from _words(node, shape, name)
        case Flag():
            if not (isinstance(node, Scalar) and isinstance(node.value, bool)):
                yield _kind(name, "true or false", node.span)
        case Text() | Day() | Time():
            yield from _text(node, shape, name)


def place_of(node: Map, key: str) -> Span:
    """Where a key stands; of a map that does not know, where its value stands."""
    places = node.places or {}
    return places.get(key) or node.entries[key].span


def did_you_mean(word: str, known: Iterable[str], otherwise: str = "") -> str:
    """Help for a word that nobody knows: the nearest one; else `otherwise`; else all there are, if they are few."""
    names = tuple(known)
    near = get_close_matches(word, names, n=1) or [name for name in names if name.lower() == word.lower()]
    if near:
        return f"did you mean `{near[0]}`?"
    if otherwise or not names or len(names) > _MANY:
        return otherwise
    return f"one of {', '.join(f'`{name}`' for name in names)}"


def _kind(name: str, wanted: str, span: Span, help: str = "") -> Problem:
    return Problem(code="wrong-type", message=f"{_called(name)} must be {wanted}", span=span, help=help)


def _missing(node: Node, name: str, wanted: str) -> Problem | None:
    """A field that is there and has nothing in it."""
    if isinstance(node, Scalar) and node.value is None:
        return Problem(code="empty-value", message=f"`{name}` has no value", span=node.span, help=f"it is {wanted}")
    return None


def _group(node: Node, shape: Group, name: str, platform: str, at: Span | None) -> Iterator[Problem]:
    if not isinstance(node, Map):
        wanted = f"a map with {_listed(shape.fields)}"
        yield _missing(node, name, wanted) or _kind(name, wanted, node.span)
        return
    for key, value in node.entries.items():
        if key in shape.fields:
            yield from conform(value, shape.fields[key], key, platform, place_of(node, key))
        else:
            help = _elsewhere(key, shape, platform)
            help = help or did_you_mean(key, shape.fields, f"known are {_listed(shape.fields)}")
            message = f"unknown field `{key}`" + (f" of {_called(name)}" if name else "")
            yield Problem(code="unknown-field", message=message, span=place_of(node, key), help=help)
    yield from _absent(node, shape, name, at or _head(node))
    both = [key for key in shape.apart if key in node.entries]
    if len(both) > 1:
        message = f"`{both[0]}` and `{both[1]}` exclude each other"
        yield Problem(code="contradiction", message=message, span=place_of(node, both[1]), help="keep the stricter one")


def _absent(node: Map, shape: Group, name: str, at: Span) -> Iterator[Problem]:
    """What has to be there and is not; what is only misspelled was told already."""
    known = [key for key in node.entries if key in shape.fields]
    meant = {near for key in node.entries if key not in known for near in get_close_matches(key, shape.fields, n=1)}
    where = f"{_called(name)} has no" if name else "there is no"
    for key in shape.required:
        if key not in known and key not in meant:
            help = _sentence(shape.fields[key].about)
            yield Problem(code="missing-field", message=f"{where} `{key}`", span=at, help=help)
    if shape.any_of and not any(key in known or key in meant for key in shape.any_of):
        code = "unbounded-parameter" if shape is forms.PARAMETER_FORM else "missing-field"
        either = ", ".join(f"`{key}`" for key in shape.any_of[:-1]) + f" or `{shape.any_of[-1]}`"
        yield Problem(code=code, message=f"{where} {either}", span=at, help=shape.help)


def _called(name: str) -> str:
    """A field in back-ticks; "a statement" as it is."""
    return name if name.startswith(("a ", "an ")) else f"`{name}`"


def _head(node: Map) -> Span:
    """The first key of a map, where something of it is missing."""
    for key in node.entries:
        return place_of(node, key)
    return node.span


def _sentence(about: str) -> str:
    """What a field is about as help: no capital letter (but `ARNs`), no full stop."""
    first = about[:1] if about[1:2].isupper() else about[:1].lower()
    return first + about[1:].rstrip(".")


def _listed(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _elsewhere(key: str, shape: Group, platform: str) -> str:
    """Where a field belongs that stands in the wrong place, or on which platform there is such a field."""
    for name, inner in shape.fields.items():
        if isinstance(inner, Group) and key in inner.fields:
            return f"it belongs under `{name}`"
    for tables in (forms.STATEMENTS, forms.REQUESTS, forms.CONSTRAINTS):
        if any(shape is group for group in tables.values()):
            others = [other for other, group in tables.items() if key in group.fields]
            if others:
                return f"`{key}` is for {' and '.join(others)}, and this is about {platform}"
    return ""


def _table(node: Node, shape: Table, name: str, platform: str) -> Iterator[Problem]:
    if not isinstance(node, Map):
        yield _missing(node, name, "a map") or _kind(name, "a map", node.span)
        return
    if not node.entries:
        yield Problem(code="empty-value", message=f"`{name}` is empty", span=node.span, help="leave it out, or fill it")
    for key, value in node.entries.items():
        keys = shape.keys
        if keys is not None and not _expression(keys.pattern).fullmatch(key):
            help = did_you_mean(key, keys.similar, f"it must be {keys.form}")
            what = "operator" if keys.similar else "name"
            yield Problem(
                code=f"unknown-{what}" if keys.similar else "bad-name",
                message=f"`{key}` is no {what}",
                span=place_of(node, key),
                help=help,
            )
        yield from conform(value, shape.values, key, platform, place_of(node, key))


def _rows(node: Node, shape: Rows, name: str, platform: str) -> Iterator[Problem]:
    if not isinstance(node, Sequence):
        help = "write `- ` before it" if isinstance(node, Map) else ""
        yield _missing(node, name, "a list") or _kind(name, "a list", node.span, help)
        return
    if not node.items:
        yield Problem(code="empty-list", message=f"`{name}` is empty", span=node.span, help="leave it out, or fill it")
    for item in node.items:
        yield from conform(item, shape.item, shape.what, platform)


def _one(node: Node, shape: One, name: str, platform: str) -> Iterator[Problem]:
    names = _listed(shape.choices)
    if not isinstance(node, Map):
        yield _kind(name, f"a map with one of {names}", node.span)
        return
    for key, value in node.entries.items():
        if key in shape.choices:
            yield from conform(value, shape.choices[key], key, platform)
        else:
            inside = [word for word, inner in shape.choices.items() if isinstance(inner, Group) and key in inner.fields]
            help = f"it belongs under `{'` or `'.join(inside)}`" if inside else did_you_mean(key, shape.choices)
            yield Problem(
                code="unknown-field", message=f"`{key}` is no kind of caller", span=place_of(node, key), help=help
            )
    if len(node.entries) != 1:
        message = f"{shape.what} is a map with one of {names}"
        span = place_of(node, list(node.entries)[1]) if len(node.entries) > 1 else node.span
        yield Problem(code="wrong-type", message=message, span=span, help="write one caller for each")


def _words(node: Node, shape: Words, name: str) -> Iterator[Problem]:
    match node:
        case Sequence(items=()):
            yield Problem(
                code="empty-list", message=f"`{name}` is empty", span=node.span, help="leave it out, or fill it"
            )
        case Sequence():
            for item in node.items:
                if isinstance(item, Scalar):
                    yield from _word(item, shape, name)
                else:
                    yield _kind(name, "a list of strings", item.span, _wild(item))
        case Scalar():
            yield from _word(node, shape, name)
        case _:
            yield _kind(name, "a string or a list of strings", node.span, _wild(node))


def _wild(node: Node) -> str:
    """Why a map stands where a string is meant: braces and colons that YAML reads."""
    return "write it in quotes, if it is one string" if isinstance(node, Map) else ""


def _word(node: Scalar, shape: Words, name: str) -> Iterator[Problem]:
    if node.value is None:
        yield Problem(
            code="empty-value",
            message=f"`{name}` has an empty value",
            span=node.span,
            help='write `""` if you mean the empty string' if shape.empty else "",
        )
    elif isinstance(node.value, str):
        if not node.value and not shape.empty:
            yield Problem(code="empty-value", message=f"`{name}` has an empty value", span=node.span)
    elif not shape.scalars or (isinstance(node.value, (int, float)) and not isinstance(node.value, bool)):
        yield from _number(node, name, truth=shape.scalars)


def _number(node: Scalar, name: str, *, truth: bool = False) -> Iterator[Problem]:
    """Numbers are taken as they are written where every reader of YAML reads the same."""
    if isinstance(node.value, bool):
        if not truth:
            yield _kind(name, "a string, and this is a truth value", node.span, "write it in quotes")
        return
    if not canonical(node):
        message = f"`{name}` is a number, and readers of YAML disagree which one"
        yield Problem(code="ambiguous-number", message=message, span=node.span, help="write it in quotes")


def canonical(node: Scalar) -> bool:
    """Whether a number is written as it is read: no leading zeros, no sign, no exponent, no other base."""
    text = str(node.value)
    width = node.span.end_column - node.span.column if node.span.end_line == node.span.line else len(text)
    return len(text) == width and not text.startswith("-") and (isinstance(node.value, int) or "e" not in text)


def _text(node: Node, shape: Text | Day | Time, name: str) -> Iterator[Problem]:
    wanted = {Text: "a string", Day: "a date like 2027-01-31", Time: "a span of time like 1h"}[type(shape)]
    if not isinstance(node, Scalar) or isinstance(node.value, bool):
        yield _kind(name, wanted, node.span)
        return
    if node.value is None or node.value == "":
        yield Problem(code="empty-value", message=f"`{name}` has no value", span=node.span, help=_sentence(shape.about))
        return
    if not isinstance(node.value, str):
        if isinstance(shape, Text) and not (shape.pattern or shape.values):
            yield from _number(node, name)
        else:
            yield _kind(name, wanted, node.span, "write it in quotes" if isinstance(shape, Text) else "")
        return
    match shape:
        case Text():
            yield from _spelled(node.value, shape, name, node.span)
        case Day():
            yield from _day(node.value, name, node.span)
        case Time():
            if not time_pattern(shape).fullmatch(node.value):
                example = "180d" if shape.units == "d" else "30m`, `1h` or `2d"
                yield Problem(
                    code="bad-time",
                    message=f"`{node.value}` is no span of time",
                    span=node.span,
                    help=f"write `{example}`",
                )


def time_pattern(shape: Time) -> re.Pattern[str]:
    """A span of time as an expression."""
    return _expression(rf"[1-9][0-9]{{0,5}}[{shape.units}]")


def _spelled(text: str, shape: Text, name: str, span: Span) -> Iterator[Problem]:
    if shape.values and text not in shape.values:
        help = did_you_mean(text, shape.values)
        if len(shape.values) > 1 and help.startswith("did"):
            help += f" one of {_listed(shape.values)}"
        yield Problem(code="unknown-word", message=f"`{text}` is no value of `{name}`", span=span, help=help)
    elif shape.pattern and not _expression(shape.pattern).fullmatch(text):
        yield Problem(
            code="bad-name", message=f"`{text}` is no value of `{name}`", span=span, help=f"it must be {shape.form}"
        )


def _day(text: str, name: str, span: Span) -> Iterator[Problem]:
    if is_day(text):
        return
    form = _expression(r"\d{4}-\d{2}-\d{2}").fullmatch(text)
    message = f"there is no day {text}" if form else f"`{name}` must be a date like 2027-01-31"
    yield Problem(code="bad-date", message=message, span=span)


def is_day(text: str) -> bool:
    """Whether the text is a day of the calendar, written `2027-01-31`."""
    try:
        return len(text) == 10 and date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


@lru_cache(maxsize=64)
def _expression(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.ASCII)
