"""The syntax tree of HCL: what the parser makes and the evaluator reads; offsets are characters of the decoded text.

Expressions are tuples that begin with tag, start, end:

    ("str", s, e, value)                      quoted string without interpolation, or a bare object key
    ("lit", s, e, value)                      number, true, false, null
    ("tmpl", s, e, parts, heredoc)            parts: str | expression | ("tif", s, e, condition, then, else)
                                              | ("tfor", s, e, key or None, value, collection, parts)
    ("name", s, e, identifier)                root of a traversal
    ("attr", s, e, object, name)              ("index", s, e, object, key expression)
    ("splat", s, e, object, ops)              `[*]`; ops: ("attr", name) | ("index", expression)
                                              | ("splat", ops) | ("asplat", ops)
    ("asplat", s, e, object, ops)             `.*`
    ("call", s, e, function, arguments, expand)
    ("list", s, e, items)                     ("obj", s, e, ((key, value), …))
    ("forlist", s, e, key or None, value, collection, body, condition or None)
    ("forobj", s, e, key or None, value, collection, key body, value body, condition or None, grouping)
    ("cond", s, e, condition, then, else)     ("un", s, e, operator, operand)
    ("bin", s, e, operator, left, right)      ("bad", s, e, message)
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

from nhilint.model.span import Span

Expression = tuple[Any, ...]
MAX_EXCERPT = 120
HIDDEN = "·"
_QUOTED = re.compile("""([\"'`\u201c])(?:[^\"'`\u201c\u201d\\\\]|\\\\.?)*+([\"'`\u201d]?)""")
_OPENER = re.compile(r"<<-?([^\W\d][\w-]*)[ \t]*\r?\n")


class Attribute(NamedTuple):
    """`name = expression`."""

    name: str
    name_start: int
    expr: Expression
    start: int
    end: int


class Body(NamedTuple):
    """What stands between the braces of a block, or in a whole file."""

    attributes: dict[str, Attribute]
    blocks: tuple[Block, ...]
    start: int
    end: int


class Block(NamedTuple):
    """`type "label" … { body }`; `header_end` is the offset of the opening brace."""

    type: str
    labels: tuple[str, ...]
    body: Body
    start: int
    end: int
    header_end: int


class Comment(NamedTuple):
    """One comment with its marks."""

    start: int
    end: int
    text: str


class SyntaxProblem(NamedTuple):
    """Something that is not HCL, and what to do about it."""

    message: str
    start: int
    end: int
    help: str


@dataclass(frozen=True, kw_only=True)
class SourceFile:
    """One parsed file. A file with errors holds every top-level block that could be read."""

    path: str
    text: str
    body: Body
    comments: tuple[Comment, ...]
    errors: tuple[SyntaxProblem, ...]

    @cached_property
    def line_starts(self) -> tuple[int, ...]:
        """The offset of the first character of every line."""
        starts, position = [0], self.text.find("\n")
        while position >= 0:
            starts.append(position + 1)
            position = self.text.find("\n", position + 1)
        return tuple(starts)

    def span(self, start: int, end: int) -> Span:
        """Lines and columns of a range of characters."""
        found = self._spans.get((start, end))
        if found is not None:
            return found
        starts = self.line_starts
        first, last = bisect_right(starts, start) - 1, bisect_right(starts, max(start, end)) - 1
        made = Span(self.path, first + 1, start - starts[first] + 1, last + 1, end - starts[last] + 1)
        self._spans[(start, end)] = made
        return made

    @cached_property
    def _spans(self) -> dict[tuple[int, int], Span]:
        """The spans that were asked for: an expression is evaluated once for each instance of its module."""
        return {}

    def byte_span(self, start: int, end: int) -> tuple[int, int]:
        """The range in bytes of the file's UTF-8 encoding."""
        if self.text.isascii():
            return start, end
        before = len(self.text[:start].encode("utf-8", "surrogatepass"))
        return before, before + len(self.text[start:end].encode("utf-8", "surrogatepass"))

    def excerpt(self, at: int) -> str:
        """The line of a place for an error message; empty where it might show a secret or would not help.

        What stands in quotes of any kind is hidden, and so is what follows a quote that is not closed. A line in a
        heredoc, a long one and a line of a variable file or of JSON are not shown at all.
        """
        begin = self.text.rfind("\n", 0, at) + 1
        end = self.text.find("\n", at)
        line = self.text[begin : end if end >= 0 else len(self.text)].rstrip()
        if len(line) > MAX_EXCERPT or ".tfvars" in self.path or self.path.endswith(".json") or self._in_heredoc(begin):
            return ""
        hidden = _QUOTED.sub(lambda found: found[1] + HIDDEN * (len(found[0]) - 1 - len(found[2])) + found[2], line)
        return hidden.replace("\t", " ")

    def _in_heredoc(self, at: int) -> bool:
        """Whether the last thing before a line that looks like a heredoc's beginning is still open there."""
        opener = self.text.rfind("<<", 0, at)
        found = _OPENER.match(self.text, opener) if opener >= 0 else None
        if found is None:
            return False
        return all(line.strip() != found[1] for line in self.text[found.end() : at].split("\n"))
