"""Tables fit, align, and say once what all rows share."""

from __future__ import annotations

from nhilint.reports.table import cut, narrowest, table, without_common

ROWS = [("role", "count", "title"), ("a-long-role-name", "7", "What it is for"), ("b", "12", "Another")]


def test_a_table_that_fits_is_not_cut() -> None:
    assert table(ROWS, 80, least={2: 4}, right=(1,)) == [
        "role              count  title",
        "a-long-role-name      7  What it is for",
        "b                    12  Another",
    ]


def test_columns_give_way_in_the_order_given() -> None:
    lines = table(ROWS, 31, least={2: 6, 0: 8}, right=(1,))
    assert max(map(len, lines)) <= 31
    assert lines[1] == "a-long-role-name      7  What…"
    narrow = table(ROWS, 24, least={2: 6, 0: 8}, right=(1,))
    assert narrow[1] == "a-long-r…      7  What…"


def test_it_is_known_beforehand_whether_it_fits() -> None:
    assert narrowest(ROWS, (8, 99, 6)) == 8 + 5 + 6 + 4
    assert max(map(len, table(ROWS, 23, least={2: 6, 0: 8}))) <= 23


def test_what_all_rows_share_is_no_column() -> None:
    rows = [("role", "platform", "title"), ("a", "aws", "x"), ("b", "aws", "y")]
    assert without_common(rows, (1,)) == ([["role", "title"], ["a", "x"], ["b", "y"]], {1: "aws"}, [0, 2])
    assert without_common(rows[:2], (1,))[1] == {}


def test_a_cut_is_marked() -> None:
    assert [cut("abcdef", n) for n in (6, 5, 1)] == ["abcdef", "abcd…", "…"]
