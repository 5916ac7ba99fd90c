"""YAML as Kubernetes reads it, with places."""

from __future__ import annotations

import pytest

from nhilint.model.node import Map, Scalar
from nhilint.sources.yamldoc import parse_yaml


def value(text: str) -> object:
    (node,) = parse_yaml("a.yaml", f"k: {text}\n").documents
    assert isinstance(node, Map)
    found = node.get("k")
    assert isinstance(found, Scalar)
    return found.value


@pytest.mark.parametrize(
    "text, expected",
    [
        ("yes", "yes"), ("true", True), ("'true'", "true"), ("1", 1), ("0x10", 16), ("1.5", 1.5), ("~", None),
        ("", None), ("0o17", 15), ("1e3", 1000.0), ("!!str 1", "1"), ("2026-01-01", "2026-01-01"),
    ],
)  # fmt: skip
def test_scalars(text: str, expected: object) -> None:
    assert value(text) == expected
    assert type(value(text)) is type(expected)


def test_keys_are_words() -> None:
    (node,) = parse_yaml("a.yaml", "on: 1\nyes: 2\n").documents
    assert isinstance(node, Map)
    assert list(node.entries) == ["on", "yes"]


def test_places_count_from_the_top_of_the_file() -> None:
    first, second = parse_yaml("a.yaml", "# c\na: 1\n---\nb:\n  c: 2\n").documents
    assert isinstance(second, Map)
    inner = second.get("b")
    assert isinstance(inner, Map)
    assert first.span.line == 2
    found = inner.get("c")
    assert found is not None
    assert (found.span.line, found.span.column) == (5, 6)


def test_one_broken_document_loses_no_other() -> None:
    found = parse_yaml("a.yaml", "a: 1\n---\nb: [\n---\nc: 3\n")
    assert len(found.documents) == 2
    assert len(found.errors) == 1
    assert found.errors[0].span is not None
    assert 3 <= found.errors[0].span.line <= 4


@pytest.mark.parametrize("text", ["a: 1\na: 2\n", "a: *x\n", "? [1]\n: 2\n", "a: \x00\n", "\ta: 1\n", "a: &a [*a]\n"])
def test_refused(text: str) -> None:
    assert parse_yaml("a.yaml", text).errors
