"""JSON with places, strict where readers disagree."""

from __future__ import annotations

import json

import pytest

from nhilint.model.jsontext import JsonError, parse_json
from nhilint.model.node import Map, Node, Scalar, Sequence, Symbol, Text
from nhilint.model.span import Span


def read(text: str) -> Node:
    return parse_json(Scalar(text, Span("p.json", 1)), first_line=1)


def plain(node: Node) -> object:
    match node:
        case Map():
            return {k: plain(v) for k, v in node.entries.items()}
        case Sequence():
            return [plain(item) for item in node.items]
        case Scalar():
            return node.value
    raise AssertionError(node)


@pytest.mark.parametrize(
    "text", ['{"a": [1, -2.5e3, true, false, null, "x"], "b": {}}', '"\\u00e9\\n\\ud83d\\ude00\\/"', " [ ] ", "0", '""']
)
def test_agrees_with_the_standard_library(text: str) -> None:
    assert plain(read(text)) == json.loads(text)


@pytest.mark.parametrize(
    "text",
    ["", "{", "[1,]", '{"a":1,}', "{a: 1}", "01", "+1", ".5", "NaN", "'a'", '"a', '"\n"', '"\\x"', "[1] 2",
     '{"a":1,"a":2}', "[" * 5000, '{"a"}', "tru", "// c\n1", "1."],
)  # fmt: skip
def test_refuses(text: str) -> None:
    with pytest.raises(JsonError) as caught:
        read(text)
    assert caught.value.span is not None
    assert caught.value.span.line >= 1


def test_places() -> None:
    node = read('{\n  "a": [\n    "x"\n  ]\n}')
    assert isinstance(node, Map)
    items = node.get("a")
    assert isinstance(items, Sequence)
    assert (items.items[0].span.line, items.items[0].span.column) == (3, 5)


def test_symbols_stay_symbols() -> None:
    node = parse_json(Text(('{"a": "x', Symbol("var.b"), '/*"}'), Span("p.tf", 1)))
    assert isinstance(node, Map)
    found = node.get("a")
    assert isinstance(found, Text)
    assert found.parts == ("x", Symbol("var.b"), "/*")


@pytest.mark.parametrize("indent", [None, 0, 3])
def test_every_value_keeps_its_place(indent: int | None) -> None:
    text = json.dumps({"a": [{"b": "x", "c": [1, {"d": "é"}]}, "y"] * 3, "e": {}, "f": [[], "z"]}, indent=indent)
    lines = text.split("\n")

    def held(node: Node) -> None:
        span = node.span
        assert span.end_line is not None
        assert span.end_column is not None
        found = lines[span.line - 1 : span.end_line]
        found[-1] = found[-1][: span.end_column - 1]
        found[0] = found[0][span.column - 1 :]
        assert json.loads("\n".join(found)) == plain(node)
        inner = node.entries.values() if isinstance(node, Map) else node.items if isinstance(node, Sequence) else ()
        for one in inner:
            held(one)

    held(read(text))
