"""What the HCL reader says of broken text, where, and what it still reads of the file."""

import pytest

from nhilint.sources.terraform.parser import parse, parse_expression, parse_template

AFTER = 'resource "next" "one" {\n  b = 2\n}\n'


def problems(text: str) -> list[tuple[int, int, str, str]]:
    file = parse("x.tf", text)
    spans = [file.span(error.start, error.end) for error in file.errors]
    return [(s.line, s.column, e.message, e.help) for s, e in zip(spans, file.errors, strict=True)]


@pytest.mark.parametrize(
    "text,expected",
    [
        ('a = "b\n', (1, 5, "the string is not closed", 'add `"`, or use a heredoc for several lines')),
        ("a = 'b'\n", (1, 5, "unexpected `'`", "strings stand in double quotes")),
        ("a = “b”\n", (1, 5, "unexpected `“`", 'strings stand in plain double quotes (`"`)')),
        ("a = b & c\n", (1, 7, "unexpected `&`", "`and` is written `&&`")),
        ("a = 1; b = 2\n", (1, 6, "unexpected `;`", "arguments are separated by new lines")),
        ("a = [1, 2\n}\n", (2, 1, "unexpected `}`", "list items are separated by commas, and `]` closes the list")),
        ("a = f(1\n", (2, 1, "the text ends too early", "arguments are separated by commas")),
        ("a = (1\n", (2, 1, "`)` is missing", "the parenthesis is closed with `)`")),
        ("a = {\n  b 1\n}\n", (2, 5, "unexpected `1`", "an object item is written `key = value`")),
        ("a = \n", (1, 5, "a value is missing", "")),
        ("a = 10.1.2.3/8\n", (1, 5, "`10.1.2.3` is no number", "text, addresses and versions stand in double quotes")),
        ("a = b.0.1\n", (1, 7, "two legacy indexes in a row", "write `[0][1]`")),
        ("a = b.*.*\n", (1, 9, "a second splat behind `.*`", "write `[*]` to go into lists of lists")),
        ("a = <<E\nb\n", (1, 5, "the heredoc is not closed", "a line with only `E` closes it")),
        ("a = <<E\n${b\nE\n", (3, 1, "unexpected `E`", "an interpolation is closed with `}`")),
        ('a = "%{ if b }"\n', (1, 6, "`%{ endif }` is missing", "")),
        ('a = "%{ while b }"\n', (1, 6, "`while` is no template directive", "known are if, else, endif, for, endfor")),
        ("a {\n  b = 1\n", (1, 3, "the block is not closed", "add `}`")),
        ("a { b = 1, c = 2 }\n", (1, 10, "unexpected `,`",
                                   "a block on one line holds one attribute and is closed on that line")),
        ("a { b {} }\n", (1, 7, "unexpected `{`",
                           "a block on one line holds one attribute; write blocks on lines of their own")),
        ("a\x01 = 1\n", (1, 2, "unexpected character U+0001", "`a` needs `=` and a value, or labels and `{`")),
        ("a = 1\r\nb = \r\n", (2, 6, "a value is missing", "")),
        ("a = 1\na = 2\n", (2, 1, "the attribute `a` is set twice", "keep one of them")),
        ('é = "ü" x\n', (1, 9, "unexpected `x`", "an attribute or a block ends with its line")),
    ],
)  # fmt: skip
def test_a_problem_is_named_with_its_place_and_help(text: str, expected: tuple[int, int, str, str]) -> None:
    assert problems(text)[0] == expected


@pytest.mark.parametrize(
    "broken",
    [
        'resource "a" "b" {\n  v = [1,, 2]\n}\n',
        'resource "a" "b" {\n  v = "open\n}\n',
        'resource "a" "b" {\n  v = "${open\n}\n',
        'resource "a" "b" {\n  v = [1, 2\n}\n',
        'resource "a" "b" {\n  v = f(\n}\n',
        'resource "a" "b" {\n  v = 1\n',
        'resource "a" "b" {\n  inner {\n    v = 1\n}\n',
        'resource "a" "b" {\n  v = 1\n}\n}\n',
        'resource "a" "b" {\n  v = <<E\n  text\n}\n',
        'resource "a" "b" {\n  v = <<E\nkey = value\n${open\nE\n}\n',
        'resource "a" "b" {\n  v = <<E\nfake "block" {\nE\n  w = [,]\n}\n',
        'resource "a" "b" {\n  v = 1 /* open\n}\n',
        'resource "a" b c = {\n}\n',
        "}\n",
        "???\n",
        'resource "a" "b" {\n  v = ' + "[" * 1_000 + "\n}\n",
        "resource \"a\" 'b' {\n}\n",
    ],
)
def test_the_next_block_is_read_whatever_is_broken(broken: str) -> None:
    for text in (broken + "\n" + AFTER, broken + AFTER, (broken + AFTER).replace("\n", "\r\n")):
        file = parse("x.tf", text)
        assert file.errors
        assert [block.labels for block in file.body.blocks if block.labels != ("a", "b")] == [("next", "one")]
        assert file.body.attributes == {}


def test_an_open_block_is_named_although_the_error_shows_elsewhere() -> None:
    text = 'a "x" {\n  v = 1\n\nb "y" {\n  v = 1\n}\nc "z" {\n  v = "\n}\n'
    assert [row[::2] for row in problems(text)] == [(1, "the block is not closed"), (8, "the string is not closed")]
    assert problems(text)[0][3] == "add `}` before line 4"
    assert [block.type for block in parse("x.tf", text).body.blocks] == ["b"]


def test_indented_blocks_are_found_again() -> None:
    text = '  a "x" {\n    v = [\n  }\n  b "y" {\n    v = 1\n  }\n'
    assert [block.type for block in parse("x.tf", text).body.blocks] == ["b"]


def test_an_attribute_set_twice_has_no_value_and_costs_no_block() -> None:
    file = parse("x.tf", 'a "x" {\n  v = 1\n  v = 2\n  w = 3\n}\n')
    (block,) = file.body.blocks
    assert len(file.errors) == 1
    assert [attribute.expr[0] for attribute in block.body.attributes.values()] == ["bad", "lit"]


def test_many_errors_end_the_file_with_a_word() -> None:
    file = parse("x.tf", "a = [,\n" * 1_000)
    assert len(file.errors) == 101
    assert file.errors[-1].message == "the file has 100 errors; the rest of it is not read"


def test_a_part_that_stands_alone_is_bad_with_its_reason() -> None:
    assert parse_expression("a b")[0::3] == ("bad", "there is text behind the expression")
    assert parse_template("${a")[0::3] == ("bad", "`}` is missing")


def test_depth_is_refused_however_deep_the_caller_is() -> None:
    def down(levels: int) -> None:
        if levels:
            down(levels - 1)
        else:
            text = "a = " + '"${f(x ? [y || z && {a = -(' * 40
            assert parse("x.tf", text).errors

    down(600)


@pytest.mark.parametrize(
    "text,shown",
    [
        ('a = "secret" x\n', 'a = "······" x'),
        ('a = "secret\n', 'a = "······'),
        ("a = 'secret'\n", "a = '······'"),
        ("a = “secret”\n", "a = “······”"),
        ('a = "x\\"secret" y\n', 'a = "·········" y'),
        ("\ta = [,\n", " a = [,"),
        ("a = <<E\nsecret ${b c}\nE\n", ""),
        ("a = <<E\nsecret\nE\nb = [,\n", "b = [,"),
        ("a = [" + "1, " * 60 + "]]\n", ""),
        ("a = <<E\nsecret\n", "a = <<E"),
    ],
)
def test_the_line_of_an_error_is_shown_without_what_may_be_secret(text: str, shown: str) -> None:
    file = parse("x.tf", text)
    assert file.excerpt(file.errors[0].start) == shown
    assert parse("x.tfvars", text).excerpt(file.errors[0].start) == ""
