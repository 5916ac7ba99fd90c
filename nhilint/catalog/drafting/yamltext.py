"""Values to YAML as the starter catalog writes it: short things in one line, long ones below each other. Pure.

Only what role files need: maps, lists, strings, true and false, numbers, comments above the whole. Every string is
written so that a reader of YAML 1.1 and of YAML 1.2 gets the same string back: what could be taken for something else
(`yes`, `on`, `012`, a date, a star) is quoted.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import cast

Value = object
"""A string, a number, true or false, a list or a map of such."""

_WIDTH = 120
_SHORT = 118
"""A list or a map that is longer, in one line, is written below each other."""
_PLAIN = re.compile(r"[A-Za-z/_$][A-Za-z0-9_./$()+@:; -]*")
_PLAIN_KEY = re.compile(r"[A-Za-z_][A-Za-z0-9_./-]*")
_WORDS = frozenset({"y", "n", "yes", "no", "on", "off", "true", "false", "null", "none", "nan", "inf"})
_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t", "\0": "\\0"}
_OPEN = {"parameters", "allow", "trust", "tests", "deny", "distrust", "constraints"}
"""Keys of the whole whose parts stand below each other even where they are short."""


def write_yaml(value: Mapping[str, Value], comments: Sequence[str] = ()) -> str:
    """The map as one document, below the comments."""
    lines = [f"# {line}".rstrip() for text in comments for line in _folded(text)]
    for key, item in value.items():
        lines.extend(_entry(key, item, 0))
    return "\n".join(lines) + "\n"


def _folded(text: str) -> Iterator[str]:
    """A comment in lines of the right length; nothing in it can end the comment."""
    clean = "".join(letter if letter.isprintable() else " " for letter in text)
    indent = clean[: len(clean) - len(clean.lstrip())]
    line, words = "", clean.split()
    for word in words:
        if line and len(line) + len(word) > _WIDTH - 3:
            yield line
            line = indent + "  " + word
        else:
            line = f"{line} {word}" if line else indent + word
    yield line


def scalar(value: Value) -> str:
    """One string, number or truth value."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    text = str(value)
    return text if _is_plain(text) else quoted(text)


def quoted(text: str) -> str:
    """The string in double quotes."""
    return '"' + "".join(map(_escaped, text)) + '"'


def _escaped(letter: str) -> str:
    if letter in _ESCAPES:
        return _ESCAPES[letter]
    code = ord(letter)
    if letter.isprintable() and not 0xD800 <= code < 0xE000 and code != 0xFEFF:
        return letter
    return f"\\x{code:02X}" if code < 0x100 else f"\\u{code:04X}" if code < 0x10000 else f"\\U{code:08X}"


def _is_plain(text: str) -> bool:
    if not _PLAIN.fullmatch(text) or text.lower() in _WORDS or text != text.strip():
        return False
    # A colon before a space makes a key, and one at the end as well.
    return ": " not in text and not text.endswith(":") and " #" not in text


def _key(text: str) -> str:
    return text if _PLAIN_KEY.fullmatch(text) and text.lower() not in _WORDS else quoted(text)


def flow(value: Value) -> str:
    """The value in one line."""
    if isinstance(value, Mapping):
        inner = ", ".join(f"{_key(key)}: {flow(item)}" for key, item in value.items())
        return f"{{ {inner} }}" if inner else "{}"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(flow(item) for item in value) + "]"
    return scalar(value)


def _entry(key: str, value: Value, depth: int) -> Iterator[str]:
    """`key: value` with everything below it."""
    head = "  " * depth + _key(key) + ":"
    below = key in _OPEN and (depth == 0 or (depth == 1 and isinstance(value, (list, tuple))))
    if not _nested(value):
        yield from _text(head, value, depth)
    elif _empty(value) or (not below and _fits(head + " " + flow(value), value)):
        yield f"{head} {flow(value)}"
    else:
        yield head
        yield from _block(value, depth + 1)


def _text(head: str, value: Value, depth: int) -> Iterator[str]:
    line = f"{head} {scalar(value)}"
    plain = isinstance(value, str) and _is_plain(value)
    if len(line) <= _WIDTH or not plain or " " not in str(value):
        yield line
        return
    # A long sentence goes on below; a plain scalar is folded at its spaces.
    indent = "  " * (depth + 1)
    line = head
    for word in str(value).split(" "):
        if len(line) + len(word) + 1 > _WIDTH and line.strip() and line != head:
            yield line
            line = indent + word
        else:
            line = f"{line} {word}"
    yield line


def _block(value: Value, depth: int) -> Iterator[str]:
    if isinstance(value, Mapping):
        for key, item in value.items():
            yield from _entry(key, item, depth)
        return
    dash = "  " * depth + "- "
    for item in cast("Sequence[Value]", value):
        line = dash + flow(item)
        if not _nested(item) or _empty(item) or (_fits(line, item) and not _is_statement(item)):
            yield line
            continue
        rows = list(_block(item, depth + 1))
        yield dash + rows[0].lstrip(" ")
        yield from rows[1:]


def _is_statement(item: Value) -> bool:
    """Whether it is a statement of a role: its actions stand above its resources."""
    return isinstance(item, Mapping) and ("actions" in item or "verbs" in item or "permissions" in item)


def _fits(line: str, value: Value) -> bool:
    return len(line) <= (_WIDTH if _shallow(value) else _SHORT)


def _shallow(value: Value) -> bool:
    items: Iterable[Value] = value.values() if isinstance(value, Mapping) else cast("Sequence[Value]", value)
    return not any(_nested(item) for item in items)


def _nested(value: Value) -> bool:
    return isinstance(value, (Mapping, list, tuple))


def _empty(value: Value) -> bool:
    return _nested(value) and not value
