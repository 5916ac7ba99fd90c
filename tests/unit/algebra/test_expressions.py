"""Matching whole texts: the same as Python's matcher where that is quick, and quick where it is not."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nhilint.algebra.expressions import matches_whole

_ATOMS = st.sampled_from(["a", "b", "[ab]", ".", "[^a]", "(?:ab)", "a{2}", r"\w", "-"])


def _grown(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.one_of(
        st.builds(lambda a, b: a + b, inner, inner),
        st.builds(lambda a, b: f"(?:{a}|{b})", inner, inner),
        st.builds(lambda a, mark: f"(?:{a}){mark}", inner, st.sampled_from(["*", "+", "?", "{1,3}", "*?"])),
    )


@settings(max_examples=400, deadline=None)
@given(st.recursive(_ATOMS, _grown, max_leaves=5), st.text("ab-", max_size=8))
def test_it_agrees_with_python(pattern: str, text: str) -> None:
    assert matches_whole(pattern, text) == (re.fullmatch(pattern, text) is not None)


@pytest.mark.parametrize(
    "pattern",
    [
        "(a+)+",
        "(a|a)*",
        "(a|aa)+",
        "(a*)*b",
        "(a?a?)*",
        "a*a*a*a*a*",
        "(.*a){12}",
        "(a{1,50}){1,50}",
        "(?:a?){40}a{40}",
    ],
)
def test_nobody_makes_it_slow(pattern: str) -> None:
    start = time.process_time()
    assert not matches_whole(pattern, "a" * 400 + "!")
    assert time.process_time() - start < 5


def test_what_it_can_not_follow_matches_nothing() -> None:
    assert not matches_whole(r"(a)\1", "aa")
    assert not matches_whole("a(", "a")
    assert not matches_whole("a*", "a" * 5000)


@pytest.mark.parametrize(
    ("pattern", "text", "expected"),
    [
        ("[0-9]{12}", "111122223333", True),
        ("[0-9]{12}", "111122223333\n", False),
        ("[a-z0-9]([a-z0-9-]*[a-z0-9])?", "shop", True),
        ("[a-z0-9]([a-z0-9-]*[a-z0-9])?", "shop-", False),
        ("[a-z]{2}(-[a-z]+)+-[0-9]", "eu-west-1", True),
        ("a|b", "ab", False),
        ("(?!kube-)[a-z0-9]([a-z0-9-]*[a-z0-9])?", "shop", True),
        ("(?!kube-)[a-z0-9]([a-z0-9-]*[a-z0-9])?", "kube-system", False),
        ("(?!kube-)(?!(def|x)ault$)[a-z-]+", "default", False),
        ("(?!kube-)(?!(def|x)ault$)[a-z-]+", "defaults", True),
        ("(?=.*-ci)[a-z-]+", "shop-ci", True),
        ("(?=.*-ci)[a-z-]+", "shop", False),
        ("(?![])])[a-z]+", "ab", True),
    ],
)
def test_real_patterns(pattern: str, text: str, expected: bool) -> None:
    assert matches_whole(pattern, text) is expected
