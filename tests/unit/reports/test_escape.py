"""Names of strangers, printed."""

from __future__ import annotations

import pytest

from nhilint.reports.escape import code, plain, prose


@pytest.mark.parametrize("letter", ["\x1b", "\n", "\r", "\x00", "\u202e", "\u2066", "\u200b", "\u2028", "\x9b", "\x7f"])
def test_plain_lets_no_control_through(letter: str) -> None:
    shown = plain(f"a{letter}b")
    assert letter not in shown
    assert f"\\u{ord(letter):04x}" in shown


def test_plain_keeps_words_of_every_language_and_shortens() -> None:
    assert plain("größe 日本 עברית") == "größe 日本 עברית"
    assert len(plain("x" * 5000)) <= 302


@pytest.mark.parametrize("text", ["a", "`", "``", "a`b", "`a", "a`", "", "```", "a``b`c"])
def test_a_code_span_can_not_be_left(text: str) -> None:
    shown = code(text)
    fence = shown[: len(shown) - len(shown.lstrip("`"))]
    inner = shown[len(fence) : -len(fence)]
    assert shown.endswith(fence)
    assert fence not in inner
    assert inner.strip() == text.strip()
    assert not inner.startswith("`")
    assert not inner.endswith("`")


def test_prose_does_nothing() -> None:
    shown = prose("<img src=x> @all [a](http://x) **b** &lt; a|b _c_ # ~~d~~")
    assert "<img" not in shown
    assert "@all" not in shown
    assert "[a](" not in shown
    assert "&amp;lt;" in shown
    assert " a\\|b" in shown
