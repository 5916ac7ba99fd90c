"""JSON text to nodes with places: strict, keeps symbols, finds the line inside a heredoc. Pure.

Python's own `json` keeps no positions and silently takes the last of two equal keys; both matter here.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from collections.abc import Sequence as Items
from typing import NoReturn

from nhilint.model.errors import NhilintError
from nhilint.model.node import Embedded, Encoded, Map, Node, Scalar, Sequence, Symbol, Text, Unknown
from nhilint.model.span import Span

MAX_DEPTH = 100
_OPEN, _CLOSE = "\ue020", "\ue021"
_SPACE = re.compile(r"[ \t\r\n]*")
_NUMBER = re.compile(r"-?(?:0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?")
_CHUNK = re.compile(r'[^"\\\x00-\x1f\ue020]+')
_MARK = re.compile(_OPEN + r"(\d+)" + _CLOSE)
_ESCAPES = {'"': '"', "\\": "\\", "/": "/", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}
_WORDS: dict[str, bool | None] = {"true": True, "false": False, "null": None}


class JsonError(NhilintError):
    """Text that is not JSON; the span is where it goes wrong."""


def parse_json(node: Scalar | Text, *, first_line: int | None = None) -> Node:
    """The value written in a string node. `first_line` is the line of the text's first character.

    Without it, a text of several lines is taken to begin on the line below the node's first (a heredoc), any other
    on the node's own line. Symbols inside strings stay symbols; a symbol that stands for a whole value becomes a
    `Text` of that symbol when nothing else is known. Raises `JsonError`.
    """
    symbols: list[Symbol] = []
    if isinstance(node, Scalar):
        text = node.value if isinstance(node.value, str) else ""
    else:
        pieces = []
        for part in node.parts:
            if isinstance(part, Symbol):
                pieces.append(f"{_OPEN}{len(symbols)}{_CLOSE}")
                symbols.append(part)
            else:
                pieces.append(part)
        text = "".join(pieces)
    line = first_line if first_line is not None else node.span.line + ("\n" in text)
    return _Reader(text, node.span.path, line, symbols).document()


class _Reader:
    def __init__(self, text: str, path: str, first_line: int, symbols: Items[Symbol]) -> None:
        self.text = text
        self.path = path
        self.line = first_line
        self.symbols = symbols
        self.at = 1 if text.startswith("\ufeff") else 0
        self.depth = 0
        self._counted = 0
        """Offset up to which newlines were counted into `line`; spans are asked for in rising order, mostly."""
        self._newline = -1
        """The last newline before that offset. A document of one line must not be searched from its start each time."""

    def document(self) -> Node:
        self.space()
        value = self.value()
        self.space()
        if self.at < len(self.text):
            self.fail("there is text behind the JSON value")
        return value

    def space(self) -> None:
        found = _SPACE.match(self.text, self.at)
        assert found is not None
        self.at = found.end()

    def span(self, start: int, end: int) -> Span:
        line = self.line_of(start)
        column = start - self._newline
        end_line = line + self.text.count("\n", start, end)
        inside = self.text.rfind("\n", start, end)
        return Span(self.path, line, column, end_line, end - (inside if inside >= 0 else self._newline))

    def line_of(self, offset: int) -> int:
        if offset >= self._counted:
            self.line += self.text.count("\n", self._counted, offset)
            self._newline = max(self._newline, self.text.rfind("\n", self._counted, offset))
        else:
            self.line -= self.text.count("\n", offset, self._counted)
            self._newline = self._newline if self._newline < offset else self.text.rfind("\n", 0, offset)
        self._counted = offset
        return self.line

    def fail(self, message: str, help: str = "") -> NoReturn:
        line_start = self.text.rfind("\n", 0, self.at) + 1
        line_end = self.text.find("\n", self.at)
        source = self.text[line_start : line_end if line_end >= 0 else len(self.text)]
        shown = _MARK.sub(lambda m: f"${{{self.symbols[int(m[1])].name}}}", source)
        raise JsonError(message, span=self.span(self.at, self.at + 1), source_line=shown, help=help)

    def value(self) -> Node:
        text, start = self.text, self.at
        next = text[start : start + 1]
        if next == '"':
            return self.string()
        if next == "{":
            return self.nested(self.map)
        if next == "[":
            return self.nested(self.list)
        if next == _OPEN:
            return self.symbol()
        number = _NUMBER.match(text, start)
        if number is not None:
            self.at = number.end()
            digits = number.group()
            exact = number.group(1) is None and number.group(2) is None and len(digits) < 400
            return Scalar(int(digits) if exact else float(digits), self.span(start, self.at))
        for word, value in _WORDS.items():
            if text.startswith(word, start):
                self.at += len(word)
                return Scalar(value, self.span(start, self.at))
        self.fail(f"unexpected `{next}`" if next else "the JSON text ends too early")

    def nested(self, read: Callable[[], Node]) -> Node:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            self.fail(f"nesting is deeper than {MAX_DEPTH} levels")
        value = read()
        self.depth -= 1
        return value

    def map(self) -> Node:
        start = self.at
        self.at += 1
        entries: dict[str, Node] = {}
        self.space()
        while self.text[self.at : self.at + 1] != "}":
            key_start = self.at
            if self.text[self.at : self.at + 1] != '"':
                self.fail("a key in double quotes is needed here")
            key = self.string()
            name = (
                key.value
                if isinstance(key, Scalar)
                else "".join(part if isinstance(part, str) else f"${{{part.name}}}" for part in key.parts)
            )
            assert isinstance(name, str)
            if name in entries:
                self.at = key_start
                self.fail(f"the key `{name}` stands twice in one object", "JSON readers disagree on which one counts")
            self.space()
            if self.text[self.at : self.at + 1] != ":":
                self.fail("`:` is missing behind the key")
            self.at += 1
            self.space()
            entries[name] = self.value()
            self.separator("}")
        self.at += 1
        return Map(entries, self.span(start, self.at))

    def list(self) -> Node:
        start = self.at
        self.at += 1
        items: list[Node] = []
        self.space()
        while self.text[self.at : self.at + 1] != "]":
            items.append(self.value())
            self.separator("]")
        self.at += 1
        return Sequence(tuple(items), self.span(start, self.at))

    def separator(self, close: str) -> None:
        self.space()
        next = self.text[self.at : self.at + 1]
        if next == ",":
            self.at += 1
            self.space()
            if self.text[self.at : self.at + 1] == close:
                self.fail("a comma stands before the end", "JSON allows no trailing comma")
        elif next != close:
            self.fail(f"`,` or `{close}` is missing")

    def string(self) -> Scalar | Text:
        text, start = self.text, self.at
        self.at += 1
        parts: list[str | Symbol] = []
        while True:
            chunk = _CHUNK.match(text, self.at)
            if chunk is not None:
                parts.append(chunk.group())
                self.at = chunk.end()
            next = text[self.at : self.at + 1]
            if next == '"':
                self.at += 1
                break
            if next == "\\":
                parts.append(self.escape())
            elif next == _OPEN and (mark := _MARK.match(text, self.at)) is not None:
                parts.append(self.symbols[int(mark.group(1))])
                self.at = mark.end()
            elif not next:
                self.at = start
                self.fail("the string is not closed")
            else:
                self.fail("a control character stands in a string", "write it as an escape, for instance `\\n`")
        return text_node(parts, self.span(start, self.at))

    def escape(self) -> str:
        letter = self.text[self.at + 1 : self.at + 2]
        if letter in _ESCAPES and letter:
            self.at += 2
            return _ESCAPES[letter]
        digits = self.text[self.at + 2 : self.at + 6]
        if letter == "u" and re.fullmatch(r"[0-9a-fA-F]{4}", digits):
            self.at += 6
            code = int(digits, 16)
            low = re.compile(r"\\u([dD][c-fC-F][0-9a-fA-F]{2})").match(self.text, self.at)
            if 0xD800 <= code < 0xDC00 and low is not None:
                self.at = low.end()
                return chr(0x10000 + ((code - 0xD800) << 10) + (int(low.group(1), 16) - 0xDC00))
            return chr(code)
        self.fail(f"`\\{letter}` is no JSON escape")

    def symbol(self) -> Node:
        start = self.at
        mark = _MARK.match(self.text, start)
        if mark is None:
            self.fail("unexpected character")
        self.at = mark.end()
        symbol = self.symbols[int(mark.group(1))]
        if isinstance(symbol, Embedded):
            return symbol.node
        name = symbol.name
        return Unknown(name, f"`${{{name}}}` stands for a whole JSON value and is not known", self.span(start, self.at))


def text_node(parts: Items[str | Symbol], span: Span) -> Scalar | Text:
    """A string node of these parts: `Scalar` when all is known, neighbouring literals melted."""
    melted: list[str | Symbol] = []
    for part in parts:
        if isinstance(part, str) and melted and isinstance(melted[-1], str):
            melted[-1] += part
        elif part != "":
            melted.append(part)
    if all(isinstance(part, str) for part in melted):
        return Scalar("".join(part for part in melted if isinstance(part, str)), span)
    return Text(tuple(melted), span)


def decode(node: Node) -> Node:
    """The structure behind an encoded or textual JSON node; other nodes are returned as they are."""
    match node:
        case Encoded(node=inner, format="json"):
            return inner
        case Text() | Scalar(value=str()):
            return parse_json(node)
        case _:
            return node
