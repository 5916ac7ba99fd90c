"""The JSON Schemas and the reader say the same of a file's form."""

from __future__ import annotations

import json
from collections.abc import Iterator
from importlib.resources import files
from typing import Any

import jsonschema
import pytest
import yaml

from nhilint.catalog.files import forms
from nhilint.catalog.files.shape import ByPlatform, Either, Group, One, Rows, Shape, Table
from nhilint.catalog.files.starter import starter_files
from tests.unit.catalog.bad_files import AWS, EXCEPTION, errors
from tests.unit.catalog.test_read import EXCEPTION_MISTAKES, ONE_MISTAKE

_MEANING = frozenset(
    {
        *("unknown-parameter", "unknown-role", "cyclic-extends", "bad-pattern", "bad-example", "bad-date"),
        *("ambiguous-number", "*"),
    }
)
"""What a schema can not say."""


def schema(name: str) -> Any:
    return json.loads((files("nhilint.catalog") / f"{name}.schema.json").read_text(encoding="utf-8"))


def accepted(name: str, text: str) -> bool:
    validator = jsonschema.Draft202012Validator(schema(name))
    return not list(validator.iter_errors(yaml.load(text, Loader=Days)))


class Days(yaml.SafeLoader):
    """As editors read YAML 1.2: days stay text, and so do words such as `on` and `yes`."""


Days.yaml_implicit_resolvers = {
    letter: [
        pair
        for pair in pairs
        if pair[0] != "tag:yaml.org,2002:timestamp" and not (pair[0] == "tag:yaml.org,2002:bool" and letter in "oOyYnN")
    ]
    for letter, pairs in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def known_to_reader(shape: Shape, route: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    match shape:
        case Group():
            for name, inner in shape.fields.items():
                yield (*route, name)
                yield from known_to_reader(inner, (*route, name))
        case One():
            for name, inner in shape.choices.items():
                yield (*route, name)
                yield from known_to_reader(inner, (*route, name))
        case ByPlatform():
            for inner in shape.shapes.values():
                yield from known_to_reader(inner, route)
        case Either():
            yield from known_to_reader(shape.group, route)
        case Rows():
            yield from known_to_reader(shape.item, route)
        case Table():
            yield from known_to_reader(shape.values, route)
        case _:
            pass


def resolved(part: Any, whole: Any) -> Any:
    """The schema with its references written out."""
    if isinstance(part, dict):
        if "$ref" in part:
            return resolved(whole["$defs"][part["$ref"].rpartition("/")[2]], whole)
        return {key: resolved(value, whole) for key, value in part.items() if key != "$defs"}
    return [resolved(item, whole) for item in part] if isinstance(part, list) else part


def known_to_schema(part: Any, route: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    for name, inner in part.get("properties", {}).items():
        yield (*route, name)
        yield from known_to_schema(inner, (*route, name))
    for branch in part.get("allOf", []):
        yield from known_to_schema(branch.get("then", {}), route)
    for branch in part.get("anyOf", []):
        yield from known_to_schema(branch, route)
    for key in ("items", "additionalProperties"):
        if isinstance(part.get(key), dict):
            yield from known_to_schema(part[key], route)


@pytest.mark.parametrize("name, form", [("role", forms.ROLE), ("exception", forms.EXCEPTION)])
def test_every_field_of_the_reader_is_in_the_schema_and_the_reverse(name: str, form: Group) -> None:
    found = schema(name)
    assert set(known_to_schema(resolved(found, found))) == set(known_to_reader(form))


@pytest.mark.parametrize("name", ["role", "exception"])
def test_the_schema_is_a_schema_and_every_field_is_described(name: str) -> None:
    found = schema(name)
    jsonschema.Draft202012Validator.check_schema(found)
    bare = []

    def walk(part: Any, route: str) -> None:
        for key, inner in part.get("properties", {}).items():
            if not inner.get("description") and not route.endswith("/if") and inner.keys() & {"type", "anyOf", "const"}:
                bare.append(f"{route}/{key}")
            walk(inner, f"{route}/{key}")
        for branch in part.get("allOf", []):
            for row in branch.get("then", {}).get("properties", {}).values():
                walk(row, route)

    walk(resolved(found, found), "")
    assert bare == []


@pytest.mark.parametrize("path, text", sorted(starter_files().items()))
def test_starter_files_fit_the_schema(path: str, text: str) -> None:
    assert accepted("exception" if "kind: Exception" in text else "role", text)


def test_good_files_fit() -> None:
    assert accepted("role", AWS)
    assert accepted("exception", EXCEPTION)


@pytest.mark.parametrize("old, new, where, code, help", ONE_MISTAKE, ids=lambda value: value[:40])
def test_the_schema_refuses_what_the_reader_refuses(old: str, new: str, where: str, code: str, help: str) -> None:
    text = AWS.replace(old, new, 1)
    assert accepted("role", text) <= (code in _MEANING), errors({"a.yaml": text})


@pytest.mark.parametrize("old, new, code, where", EXCEPTION_MISTAKES)
def test_so_it_does_of_exceptions(old: str, new: str, code: str, where: str) -> None:
    assert accepted("exception", EXCEPTION.replace(old, new)) <= (code in _MEANING)
