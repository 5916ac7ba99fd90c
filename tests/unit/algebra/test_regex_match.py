"""Regular expressions: what RE2 matches, refuses, and does in linear time."""

import time

import pytest

from nhilint.algebra.regex_match import compiled, every, group_text, replaced
from nhilint.algebra.regex_syntax import InvalidPattern, UnknownPattern


def matches(pattern: str, text: str) -> list[str]:
    return [text[slots[0] : slots[1]] for slots in every(compiled(pattern), text)]


@pytest.mark.parametrize(
    "pattern, text, expected",
    [
        ("a|ab", "ab", ["a"]),
        ("a+?", "aa", ["a", "a"]),
        ("x*", "axb", ["", "x", ""]),
        ("(?i)É|b", "éB", ["é", "B"]),
        ("(?m)^b$", "a\nb\nc", ["b"]),
        ("b$", "b\n", []),
        ("[[:alpha:]-]+", "a-b1", ["a-b"]),
        ("[^a]", "a\n", ["\n"]),
        (r"\pL{2}", "é1ßx", ["ßx"]),
        (r"\Qa.b\E", "a.b axb", ["a.b"]),
        (r"\bh", "ah h", ["h"]),
        ("(?U)a+", "aa", ["a", "a"]),
        ("a{,2}", "a{,2}", ["a{,2}"]),
    ],
)
def test_matches(pattern: str, text: str, expected: list[str]) -> None:
    assert matches(pattern, text) == expected


@pytest.mark.parametrize("pattern", ["(?=a)", r"\1", "a**", "[b-a]", "(", ")", "*a", "a{1001}", "[[:x:]]", r"\C", "["])
def test_what_re2_refuses(pattern: str) -> None:
    with pytest.raises(InvalidPattern):
        compiled(pattern)


def test_groups_and_replacements() -> None:
    program = compiled(r"(?P<y>\d{4})-(\d\d)?")
    slots = every(program, "on 2024-")[0]
    assert group_text(program, "on 2024-", slots, "y") == "2024"
    assert group_text(program, "on 2024-", slots, "2") is None
    assert replaced(program, "2024-05", "${2}/$y $$ $1x") == "05/2024 $ "
    assert replaced(compiled("x*"), "ab", "-") == "-a-b-"


def test_nothing_runs_away() -> None:
    start = time.process_time()
    assert matches("(a*)*b", "a" * 200) == []
    assert matches("(a|a|aa)+$", "a" * 200 + "!") == []
    with pytest.raises(UnknownPattern):
        compiled("((a{100}){100}){100}")
    assert matches("(.*)(.*)(.*)(.*)(.*)x", "a" * 5_000) == []
    assert time.process_time() - start < 20
