"""The ground the HCL reader stands on: token expressions, white space, comments, depth, and how a problem is raised."""

from __future__ import annotations

import re
from typing import NoReturn

from nhilint.sources.terraform.syntax import Comment, Expression, SyntaxProblem

MAX_DEPTH = 100
"""Nesting of brackets, templates and blocks; deeper text is refused, so that the reader can not be made to overflow."""

MAX_ERRORS = 100
"""Errors of one file; then it is given up."""
MAX_INDEX = 9
"""Digits of a legacy index (`list.0`)."""

INLINE = re.compile(r"(?:[ \t\r]+|/\*[^*]*\*+(?:[^/*][^*]*\*+)*/)*")
ANY = re.compile(r"(?:[ \t\r\n]+|#[^\n]*|//[^\n]*|/\*[^*]*\*+(?:[^/*][^*]*\*+)*/)*")
COMMENT = re.compile(r"#[^\n]*|//[^\n]*|/\*[^*]*\*+(?:[^/*][^*]*\*+)*/")
LINE_END = re.compile(r"(?:[ \t\r]+|/\*[^*]*\*+(?:[^/*][^*]*\*+)*/)*(?:(?:#|//)[^\n]*)?(?:\n|\Z)")
IDENT = re.compile(r"[^\W\d][\w-]*")
FUNCTION = re.compile(r"[^\W\d][\w-]*(?:::[^\W\d][\w-]*)*")
NUMBER = re.compile(r"\d+(?:\.\d+)?(?:[eE][+-]?\d+)?")
SPLAT = re.compile(r"\[[ \t\r\n]*\*[ \t\r\n]*\]")
DIGITS = re.compile(r"\d+")
BINARY = re.compile(r"\|\||&&|==|!=|<=|>=|[<>+*%-]|/(?![/*])")
PLAIN = re.compile(r'[^"\\$%\n]*"')
CHUNK = re.compile(r'[^"\\$%\n]+')
HEREDOC_CHUNK = re.compile(r"[^$%\n]*\n|[^$%\n]+")
HEREDOC = re.compile(r"<<(-?)([^\W\d][\w-]*)[ \t\r]*\n")
HEAD = re.compile(r'^[^\W\d][\w-]*(?:[ \t]+(?:"[^"\n]*"|[^\W\d][\w-]*))*[ \t]*[{=]', re.MULTILINE)
ESCAPES = {"n": "\n", "r": "\r", "t": "\t", '"': '"', "\\": "\\"}
PRECEDENCE = {
    "||": 1, "&&": 2, "==": 3, "!=": 3, "<": 4, ">": 4, "<=": 4, ">=": 4, "+": 5, "-": 5, "*": 6, "/": 6, "%": 6,
}  # fmt: skip
WORDS: dict[str, bool | None] = {"true": True, "false": False, "null": None}


class Bad(Exception):
    """Leaves the reader at a problem; never leaves the parser."""

    def __init__(self, problem: SyntaxProblem) -> None:
        self.problem = problem


class Ground:
    """One pass over one text. `skipper` says whether newlines are white space here."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 1 if text.startswith("\ufeff") else 0
        self.depth = 0
        self.skipper = INLINE
        self.errors: list[SyntaxProblem] = []
        self.gaps: set[tuple[int, int]] = set()

    def fail(self, message: str, help: str = "") -> NoReturn:
        """Leave the reader at this place."""
        self.fail_at(message, self.at, help)

    def fail_at(self, message: str, start: int, help: str = "") -> NoReturn:
        """Leave the reader with a problem at another place."""
        start = min(start, len(self.text))
        line_end = self.text.find("\n", start)
        end = min(start + 1, line_end if line_end >= 0 else len(self.text))
        raise Bad(SyntaxProblem(message, start, max(start, end), help))

    def skip(self) -> None:
        """Go past white space and comments, as they are understood here."""
        self.gap(self.skipper)

    def gap(self, skipper: re.Pattern[str]) -> None:
        """Go past what the skipper matches, and remember where comments may stand."""
        found = skipper.match(self.text, self.at)
        assert found is not None
        end = found.end()
        if end > self.at:
            if end - self.at > 1:
                self.gaps.add((self.at, end))
            self.at = end

    def peek(self) -> str:
        """The next character; empty at the end."""
        return self.text[self.at : self.at + 1]

    def enter(self) -> None:
        """One level deeper; fails when it is too deep."""
        self.depth += 1
        if self.depth > MAX_DEPTH:
            self.fail(f"nesting is deeper than {MAX_DEPTH} levels")

    def comments(self) -> tuple[Comment, ...]:
        """Every comment of the text that was read, in order."""
        found = set()
        for start, end in self.gaps:
            for match in COMMENT.finditer(self.text, start, end):
                found.add(Comment(match.start(), match.end(), match.group().rstrip("\r")))
        return tuple(sorted(found))

    def word(self, message: str) -> str:
        """The name that stands here; fails with the message when there is none."""
        found = IDENT.match(self.text, self.at)
        if found is None:
            self.fail(message)
        self.at = found.end()
        return found.group()

    def for_names(self) -> tuple[str | None, str]:
        """The names of a `for`, up to its collection: `value in` or `key, value in`."""
        first = self.word("a name is missing behind `for`")
        self.skip()
        key, value = None, first
        if self.peek() == ",":
            self.at += 1
            self.skip()
            key, value = first, self.word("a second name is missing behind the comma")
            self.skip()
        if self.word("`in` is missing") != "in":
            self.fail("`in` is missing", "a `for` is written `for value in collection`")
        self.skip()
        return key, value

    def expect(self, mark: str, help: str) -> None:
        """Go past the mark; fails when something else stands here."""
        if not self.text.startswith(mark, self.at):
            what = self.peek().strip()
            self.fail(f"unexpected `{what}`" if what else f"`{mark}` is missing", help)
        self.at += len(mark)

    def expression(self) -> Expression:
        """One expression; templates and bodies are made of them."""
        raise NotImplementedError
