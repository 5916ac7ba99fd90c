"""Version constraints as intervals."""

import pytest

from nhilint.sources.terraform.versions import FIRST, LAST, Interval, read_constraint, read_version


@pytest.mark.parametrize(
    "text, expected",
    [
        ("5.1.0", ((5, 1, 0), (5, 1, 1))),
        ("= v5.1", ((5, 1, 0), (5, 1, 1))),
        ("~> 5.1", ((5, 1, 0), (6, 0, 0))),
        ("~> 5.1.2", ((5, 1, 2), (5, 2, 0))),
        ("~> 5", ((5, 0, 0), LAST)),
        (">= 4.1, < 6", ((4, 1, 0), (6, 0, 0))),
        ("> 4.1.0, <= 5.0.0", ((4, 1, 1), (5, 0, 1))),
        ("!= 4.1.0", (FIRST, LAST)),
        ("~> 5.0, != 5.2.0", ((5, 0, 0), (6, 0, 0))),
    ],
)
def test_a_constraint_is_an_interval(text: str, expected: tuple) -> None:
    assert read_constraint(text) == Interval(*expected)


@pytest.mark.parametrize("text", ["", "main", ">= 5, < 4", "~>", "5.x", "1.2.3.4"])
def test_what_allows_nothing_or_is_no_constraint(text: str) -> None:
    assert read_constraint(text) is None


def test_versions() -> None:
    assert [read_version(text) for text in ("v5.3.0", "5.3", "6", "master", "3f2a1bc")] == [
        (5, 3, 0), (5, 3, 0), (6, 0, 0), None, None,
    ]  # fmt: skip
