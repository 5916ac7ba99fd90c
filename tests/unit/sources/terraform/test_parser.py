"""The HCL reader: trees of every form, places, recovery, and input that was made to hurt."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nhilint.sources.terraform.parser import _Reader, parse, parse_expression, parse_template
from nhilint.sources.terraform.syntax import Body


def bare(node: Any) -> Any:
    """The tree without places."""
    if isinstance(node, tuple):
        if len(node) > 2 and isinstance(node[0], str) and isinstance(node[1], int) and isinstance(node[2], int):
            return (node[0], *map(bare, node[3:]))
        return tuple(map(bare, node))
    return node


def tree(text: str) -> Any:
    return bare(parse_expression(text))


NAME = {letter: ("name", letter) for letter in "abcdefg"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a + b * c", ("bin", "+", NAME["a"], ("bin", "*", NAME["b"], NAME["c"]))),
        ("a - b - c", ("bin", "-", ("bin", "-", NAME["a"], NAME["b"]), NAME["c"])),
        ("a || b && c", ("bin", "||", NAME["a"], ("bin", "&&", NAME["b"], NAME["c"]))),
        ("!a == b", ("bin", "==", ("un", "!", NAME["a"]), NAME["b"])),
        ("a ? b : c ? d : e", ("cond", NAME["a"], NAME["b"], ("cond", NAME["c"], NAME["d"], NAME["e"]))),
        ("a ? b ? c : d : e", ("cond", NAME["a"], ("cond", NAME["b"], NAME["c"], NAME["d"]), NAME["e"])),
        ("a.b[0].c", ("attr", ("index", ("attr", NAME["a"], "b"), ("lit", 0)), "c")),
        ("a.0.b", ("attr", ("index", NAME["a"], ("lit", 0)), "b")),
        ("a[*].b[1]", ("splat", NAME["a"], (("attr", "b"), ("index", ("lit", 1))))),
        ("a.*.b", ("asplat", NAME["a"], (("attr", "b"),))),
        ("f(a, b...)", ("call", "f", (NAME["a"], NAME["b"]), True)),
        ("provider::x::f(a)", ("call", "provider::x::f", (NAME["a"],), False)),
        ("[for a in b : c if d]", ("forlist", None, "a", NAME["b"], NAME["c"], NAME["d"])),
        ("{for a, b in c : d => e...}", ("forobj", "a", "b", NAME["c"], NAME["d"], NAME["e"], None, True)),
        ('{a = 1, "b" : 2}', ("obj", ((("str", "a"), ("lit", 1)), (("str", "b"), ("lit", 2))))),
        ("{(a) = 1}", ("obj", ((NAME["a"], ("lit", 1)),))),
        ("[\n  1,\n  2,\n]", ("list", (("lit", 1), ("lit", 2)))),
        ("-1.5e3", ("un", "-", ("lit", 1500.0))),
        ('"a${b}c"', ("tmpl", ("a", NAME["b"], "c"), False)),
        (r'"\t$${x}%%{y}\u00e9"', ("str", "\t${x}%{y}\u00e9")),
        ('"a ${~ b ~} c"', ("tmpl", ("a", NAME["b"], "c"), False)),
        ('"%{ if a ~}\\n  x\\n%{ endif ~}\\n y"', ("tmpl", (("tif", NAME["a"], ("x\n",), ()), "y"), False)),
        ('"%{ for a in b }x%{ endfor }"', ("tmpl", (("tfor", None, "a", NAME["b"], ("x",)),), False)),
    ],
)
def test_trees(text: str, expected: Any) -> None:
    assert tree(text) == expected


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("<<E\n a\n  b\nE\n", " a\n  b\n"),
        ("<<-E\n    a\n      b\n    E\n", "a\n  b\n"),
        ("<<-E\n    a\n\n    b\n  E\n", "a\n\nb\n"),
        ("<<E  \na\nE\n", "a\n"),
    ],
)
def test_heredocs(text: str, value: str) -> None:
    file = parse("x.tf", f"v = {text}")
    assert file.errors == ()
    assert bare(file.body.attributes["v"].expr) == ("tmpl", (value,), True)


SOURCE = """# first
resource "aws_iam_role" "r" { // second
  name = "r" /* third */
  tags = { a = "b" }

  inline_policy {
    name = "é"
  }
}

x = 1
"""


def every(body: Body) -> list[tuple[str, int, int]]:
    found = [(a.name, a.start, a.end) for a in body.attributes.values()]
    for block in body.blocks:
        found.append((block.type, block.start, block.end))
        found.extend(every(block.body))
    return found


def test_places_are_those_of_the_text() -> None:
    file = parse("x.tf", SOURCE)
    assert file.errors == ()
    places = every(file.body)
    assert [name for name, _, _ in places] == ["x", "resource", "name", "tags", "inline_policy", "name"]
    for name, start, end in places:
        assert SOURCE[start:end].startswith(name)
        assert SOURCE[start:end].rstrip()[-1] in '"}1'
        first, last = file.byte_span(start, end)
        assert SOURCE.encode()[first:last].decode() == SOURCE[start:end]
    assert [c.text for c in file.comments] == ["# first", "// second", "/* third */"]
    assert file.span(*places[1][1:]).line == 2


def test_an_error_loses_no_other_block() -> None:
    file = parse("x.tf", 'a "x" {\n  v = [1,, 2]\n}\n\nb "y" {\n  v = 1\n}\n')
    assert [file.span(e.start, e.end).line for e in file.errors] == [2]
    assert [block.type for block in file.body.blocks] == ["b"]


def test_byte_order_mark_and_carriage_returns() -> None:
    file = parse("x.tf", '\ufeffa = 1\r\nb "c" {\r\n  d = "e"\r\n}\r\n')
    assert file.errors == ()
    assert list(file.body.attributes) == ["a"]


@pytest.mark.parametrize(
    "text",
    [
        "a = 1 /*\n" * 20_000,
        "".join(f"a{i} = <<M{i}\n" for i in range(20_000)),
        "a = x." + "1" * 5_000,
        "a = " + "[" * 10_000,
        "a = " + "(" * 10_000,
        "a = " + "-" * 10_000 + "1",
        'a = "' + "${" * 10_000,
        "a = " + "a ? " * 10_000,
        "a {\n" * 10_000,
        'a = "' + "\\n" * 100_000 + '"',
        "a = <<E\n" + "line\n" * 100_000 + "E\n",
    ],
    ids=["comments", "heredocs", "digits", "brackets", "parens", "signs", "interp", "conds", "blocks", "str", "lines"],
)
def test_hostile_text_ends_without_an_exception(text: str) -> None:
    # A quadratic reader takes minutes for some of these.
    file = parse("x.tf", text)
    assert file.errors or file.body.attributes


def test_a_long_chain_of_conditionals_is_read() -> None:
    assert parse("x.tf", "a = " + "b ? c : " * 500 + "d\n").errors == ()


PIECES = [
    *("a", '"', "${", "}", "%{", "if ", "for ", "in ", "[", "]", "{", "(", ")", "=", "==", "?", ":", ".", "*", ","),
    *("\n", " ", "<<E\n", "\nE\n", "/*", "*/", "#", "//", "\\", "1", "...", "=>", "~", "é", "-", "!", "&&"),
]


@settings(max_examples=600, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=40).map("".join))
def test_any_text_is_read_without_an_exception(text: str) -> None:
    file = parse("x.tf", text)
    for error in file.errors:
        assert 0 <= error.start <= len(text)
    parse_expression(text)
    parse_template(text)


SHORT = """
a = "b"
c = d.e-f.g
h = true.i
j = 12
k = "${l.m}/${n}${true}"
o { # p
  q = null
  q2 = 1 # r
}
s "t" "u" {
  v = [w, "x", 1, y.z, ]
  f = f(a, "b", [1,
  c.d], e...)
  m = {
    a = b
    "c" = d.e,
    true : 1

    (x) = 2
    for = 3
  }
}
"""


@settings(max_examples=400, deadline=None)
@given(st.integers(0, len(SHORT)), st.sampled_from(list(' \n".=}],#\ré{1')))
def test_the_shortcuts_give_the_tree_of_the_long_way(at: int, piece: str) -> None:
    text = SHORT[:at] + piece + SHORT[at:]
    short, long = _Reader(text), _Reader(text)
    long.shortcuts = False
    assert (short.file(), short.errors, short.comments()) == (long.file(), long.errors, long.comments())
