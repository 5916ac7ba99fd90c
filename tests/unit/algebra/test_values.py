"""Symbols, variables and literals: written, found again, and shown as people write them."""

from nhilint.algebra.glob import matches
from nhilint.algebra.values import (
    LITERAL_MARK,
    LITERAL_STAR,
    SYMBOL_CLOSE,
    SYMBOL_OPEN,
    VARIABLE,
    Statement,
    display,
    literal,
    symbol,
    symbols_of,
    variable,
    variables_of,
)


def test_a_symbol_has_no_character_that_means_something():
    name = 'data.x["a:b/c*?"].arn'
    written = symbol(name)
    assert not set(written) & set(":*?/")
    assert symbols_of(f"a{written}b{symbol('y')}") == (name, "y")
    assert display(f"a/{written}") == f"a/${{{name}}}"
    assert variables_of(written) == ()


def test_a_variable_has_a_key_in_lower_case_and_perhaps_a_default():
    plain, fallback, empty = variable("aws:UserName"), variable("k:Tag", "a*:/?"), variable("k", "")
    assert not set(plain + fallback) & set(":*?/")
    assert variables_of(f"a{plain}/{fallback}{empty}{symbol('x')}") == (
        (plain, "aws:username", None), (fallback, "k:tag", "a*:/?"), (empty, "k", ""),
    )  # fmt: skip
    assert display(plain) == "${aws:username}"
    assert display(fallback) == "${k:tag, 'a*:/?'}"
    assert variables_of("a*") == ()
    assert variables_of(f"{VARIABLE}a") == ()


def test_a_literal_matches_its_own_text_only():
    shielded = literal("a*b?")
    assert shielded == f"a{LITERAL_STAR}b{LITERAL_MARK}"
    assert matches(shielded, "a*b?")
    assert not matches(shielded, "axbx")
    assert display(shielded) == "a*b?"


def test_the_marks_are_letters_that_nobody_writes():
    marks = (LITERAL_STAR, LITERAL_MARK, SYMBOL_OPEN, SYMBOL_CLOSE, VARIABLE)
    assert len(set(marks)) == 5
    assert all(len(mark) == 1 and 0xE000 <= ord(mark) < 0xF900 for mark in marks)


def test_where_a_statement_is_written_is_no_part_of_it():
    here, there = (Statement(effect="allow", actions=("*",), origin=line) for line in ("1", "2"))
    assert here == there
    assert len({here, there}) == 1
