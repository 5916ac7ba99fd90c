"""Names from a pull request, made harmless for where they are printed."""

from __future__ import annotations

import re
import unicodedata

_LIMIT = 300


_ADDRESS = re.compile(r"\b(https?|ftp|mailto|xmpp|www)([:.])", re.IGNORECASE)


def plain(text: object) -> str:
    """For a terminal: no control, direction or line-break character survives; long text is shortened in the middle."""
    found = "".join(_visible(letter) for letter in str(text))
    return found if len(found) <= _LIMIT else f"{found[: _LIMIT // 2]}…{found[-_LIMIT // 2 :]}"


def _visible(letter: str) -> str:
    category = unicodedata.category(letter)
    return f"\\u{ord(letter):04x}" if category in ("Cc", "Cf", "Cs", "Co", "Zl", "Zp") else letter


def code(text: object) -> str:
    """For Markdown: a code span that its content can not leave."""
    shown = plain(text).replace("|", "\\|")
    longest = max((len(run) for run in re.findall(r"`+", shown)), default=0)
    fence = "`" * (longest + 1)
    pad = " " if longest or not shown else ""
    return f"{fence}{pad}{shown}{pad}{fence}"


def prose(text: object) -> str:
    """For Markdown: text that is read as text; mentions, links and HTML do nothing."""
    shown = plain(text)
    parts = re.split(r"(`[^`]*`)", shown)
    return "".join(p if p.startswith("`") and len(p) > 1 else _escaped(p) for p in parts).replace("|", "\\|")


def _escaped(text: str) -> str:
    text = re.sub(r"([\\*_\[\]#>~])", r"\\\1", text.replace("&", "&amp;").replace("<", "&lt;")).replace("](", "]\\(")
    # GitHub makes links of bare addresses.
    text = _ADDRESS.sub(r"\1\\\2", text)
    return text.replace("@", "@\u200b").replace("`", "\\`")


def visible(text: object) -> str:
    """One line of any length: no control, direction or line-break character survives."""
    return "".join(_visible(letter) for letter in str(text))
