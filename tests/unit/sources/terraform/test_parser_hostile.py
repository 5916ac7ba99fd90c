"""Text that was made to hurt, measured in calls and in letters searched, not in seconds."""

from __future__ import annotations

import sys
from typing import Any

import pytest

from nhilint.sources.terraform.jsonsyntax import parse_json_configuration
from nhilint.sources.terraform.parser import parse, parse_template
from nhilint.sources.terraform.parser_ground import MAX_REREAD

M = 30_000

TEXTS = {
    "quotes": '"' * M, "open strings": 'a = "\n' * (M // 6), "interpolations": 'a = "' + "${" * (M // 2),
    "open comments": "/*" * (M // 2), "stars": "/*" + "*" * M, "comments": "/* */" * (M // 5), "nul": "\0" * M,
    "heredocs": "a = <<A\n" * (M // 8), "markers": "".join(f"a{i} = <<A{i}\n" for i in range(M // 12)),
    "one line": "a = <<E\n" + "E " * (M // 2), "many lines": "a = <<E\n" + "xE\n" * (M // 3),
    "lists": "a = " + "[" * M, "blocks": "a {\n" * (M // 4), "objects": "a = " + "{a=" * (M // 3),
    "number": "a = " + "1" * M, "numbers": "a = " + "1." * (M // 2), "exponents": "a = " + "1e" * (M // 2),
    "dots": "a = 1" + "." * M, "spaces": " " * M, "name": "a" * M, "labels": "a " + '"b" ' * (M // 4),
    "operators": "a = " + "b+" * (M // 2), "signs": "a = " + "-" * M, "questions": "a = " + "b?" * (M // 2),
    "conditions": "a = " + "b ? c : " * (M // 8), "attributes": "a = b" + ".c" * (M // 2),
    "indexes": "a = b" + "[0]" * (M // 3), "nested indexes": "a = " + "b[" * (M // 2),
    "splats": "a = b" + "[*]" * (M // 3), "attribute splats": "a = b" + ".*.c" * (M // 4), "scopes": "a = " + "b::" * M,
    "calls": "a = " + "f(" * (M // 2), "commas": "a = [" + "," * M, "dollars": 'a = "' + "$" * M,
    "backslashes": 'a = "' + "\\" * M, "returns": "\r" * M, "marks": "e\u0301" * (M // 2),
    "heads": "a b c d\n" * (M // 8),
    "ifs": 'a = "' + "%{if a}" * (M // 7) + '"', "fors": "a = <<E\n" + "%{for a in b}" * (M // 13) + "\nE\n",
    "doubles": "a = 1\n" * (M // 6), "closers": "}" * M, "open lists": "a {\n  b = [\n" * (M // 12),
    "open in heredocs": "a {\n b = <<E\n${\nE\n}\n" * (M // 20), "letters": "".join(map(chr, range(0x100, 0xD800))),
}  # fmt: skip


class Looked(str):
    """A text that counts the letters that are searched in it; what `re` looks at is bounded by its expressions."""

    letters = 0

    def find(self, *args: Any) -> int:
        found = super().find(*args)
        Looked.letters += (found if found >= 0 else len(self)) - args[1]
        return found

    def rfind(self, *args: Any) -> int:
        found = super().rfind(*args)
        Looked.letters += args[2] - max(found, args[1])
        return found

    def count(self, *args: Any) -> int:
        Looked.letters += args[2] - args[1]
        return super().count(*args)


@pytest.mark.parametrize("name", TEXTS)
def test_the_effort_grows_with_the_text_and_not_with_its_square(name: str) -> None:
    text = Looked(TEXTS[name])
    calls = Looked.letters = 0

    def count(frame: object, event: str, argument: object) -> None:
        nonlocal calls
        calls += event in ("call", "c_call")

    sys.setprofile(count)
    try:
        parse("x.tf", text)
        parse_template(text)
    finally:
        sys.setprofile(None)
    # A square would be 900 million. What is read again, and each search of up to 100 errors, has a limit of its own.
    assert calls < 80 * len(text) + 5 * MAX_REREAD
    assert Looked.letters < 220 * len(text)


def test_a_tree_that_was_read_can_be_walked() -> None:
    for text in ("a = " + "b+" * 1_900 + "b", "a = b" + ".c" * 1_900, "a = " + "b ? c : " * 1_900 + "d"):
        (attribute,) = parse("x.tf", text + "\n").body.attributes.values()
        node, deep = attribute.expr, 0
        while isinstance(node, tuple) and len(node) > 3 and node[0] != "name":
            node, deep = (node[5] if node[0] == "cond" else node[4] if node[0] == "bin" else node[3]), deep + 1
        assert 1_900 <= deep <= 2_000 < sys.getrecursionlimit() * 24


@pytest.mark.parametrize(
    "text",
    ["[" * M, '{"a":' * M, "1" * M, '"' + "a" * M, '"' + "\\u" * M, " " * M, '{"a":[' + "1," * M, "-" * M, "\0" * M,
     '{"locals":{"a":"' + "${" * M + '"}}', '{"locals":{"a":1e' + "9" * M + "}}",
     '{"resource":' + "[" * 150 + '{"a":' * 40],
)  # fmt: skip
def test_hostile_json_ends_with_a_problem(text: str) -> None:
    file = parse_json_configuration("x.tf.json", text)
    assert file.errors or file.body.blocks
