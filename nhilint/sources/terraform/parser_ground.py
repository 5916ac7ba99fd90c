"""The ground the HCL reader stands on: token expressions, white space, comments, depth, and how a problem is raised."""

from __future__ import annotations

import re
from typing import NoReturn

from nhilint.sources.terraform.syntax import Comment, Expression, SyntaxProblem

MAX_DEPTH = 100
"""Nesting of brackets, templates and blocks; deeper text is refused, so that the reader can not be made to overflow."""

MAX_ERRORS = 100
"""Errors of one file; then it is given up."""
MAX_CHAIN = 2_000
"""Operators, conditions or steps in a row; each makes the tree deeper by one, and it is walked by recursion."""
MAX_SEARCH = 20_000_000
"""Characters that are searched in vain for the end of heredocs."""
MAX_DIGITS = 400
"""Digits of a number, and the largest exponent."""

MAX_REREAD = 1_000_000
"""Characters that are read again because a bracket was left open; then the reader only goes forward."""

# A carriage return is white space only in front of a line feed; every repetition is possessive, so no expression here
# can look at a character more than a fixed number of times.
_BLOCK_COMMENT = r"/\*[^*]*+\*++(?:[^/*][^*]*+\*++)*+/"
_INLINE = rf"(?:[ \t]++|\r(?=\n)|{_BLOCK_COMMENT})*+"
_ANY = rf"(?:[ \t\n]++|\r\n|#[^\n]*+|//[^\n]*+|{_BLOCK_COMMENT})*+"
INLINE = re.compile(_INLINE)
ANY = re.compile(_ANY)
COMMENT = re.compile(rf"#[^\n]*+|//[^\n]*+|{_BLOCK_COMMENT}")
LINE_END = re.compile(rf"{_INLINE}(?:(?:#|//)[^\n]*+)?(?:\n|\Z)")
INLINE_CALL = re.compile(rf"{_INLINE}(?=\(|::)")
ANY_CALL = re.compile(rf"{_ANY}(?=\(|::)")
ATTRIBUTE = re.compile(r"\.([^\W\d][\w-]*+)")
_OPERATOR = r"(\|\||&&|==|!=|<=|>=|[<>+*%-]|/(?![/*]))"
_STEP = r"(\[|\.(?!\.\.))"
INLINE_NEXT = tuple(re.compile(f"({_INLINE}){what}") for what in (_OPERATOR, r"(\?)", _STEP))
ANY_NEXT = tuple(re.compile(f"({_ANY}){what}") for what in (_OPERATOR, r"(\?)", _STEP))
"""What may go on behind a value, space and comments included: an operator, a question mark, a step."""
OPERATOR, QUESTION, STEP = range(3)
IDENT = re.compile(r"[^\W\d][\w-]*+")
NUMBER = re.compile(r"[0-9](?:[0-9]|[eE][+-]?[0-9]|\.++(?=[0-9])|\.(?=[eE][+-]?[0-9]))*+")
NUMBER_FORM = re.compile(r"([0-9]++)(\.[0-9]*+)?([eE][+-]?[0-9]++)?")
PLAIN = re.compile(r'[^"\\$%\r\n]*+"')
CHUNK = re.compile(r'[^"\\$%\r\n]++')
HEREDOC_CHUNK = re.compile(r"[^$%\r\n]*+\r?\n|[^$%\r\n]++")
MARK_BEFORE_END = re.compile(r"[$%][^{\n\x80-\U0010ffff](?=\r?\n)")
HEREDOC_LINE = re.compile(r"[ \t]*+\r?\n")
LONE_RETURN = re.compile(r"\r(?!\n)")
WHITE = "".join(map(chr, (*range(9, 14), 32, 0x85, 0xA0, 0x1680, *range(0x2000, 0x200B), 0x2028, 0x2029, 0x202F, 0x205F,
                          0x3000)))  # fmt: skip
"""What the language takes for space where it trims."""
ESCAPES = {"n": "\n", "r": "\r", "t": "\t", '"': '"', "\\": "\\"}
PRECEDENCE = {
    "||": 1, "&&": 2, "==": 3, "!=": 3, "<": 4, ">": 4, "<=": 4, ">=": 4, "+": 5, "-": 5, "*": 6, "/": 6, "%": 6,
}  # fmt: skip
HINTS = {
    "'": "strings stand in double quotes", "\u201c": 'strings stand in plain double quotes (`"`)',
    "\u201d": 'strings stand in plain double quotes (`"`)', "`": "a string of several lines is a heredoc (`<<NAME`)",
    ";": "arguments are separated by new lines", "&": "`and` is written `&&`", "|": "`or` is written `||`",
}  # fmt: skip
WORDS: dict[str, bool | None] = {"true": True, "false": False, "null": None}


class Bad(Exception):
    """Leaves the reader at a problem; never leaves the parser."""

    def __init__(self, problem: SyntaxProblem) -> None:
        self.problem = problem


def identifier(text: str) -> re.Pattern[str]:
    """The expression for a name in this text.

    The language goes by the Unicode properties ID_Start and ID_Continue. For ASCII, and for nearly every other text,
    the word characters of `re` are the same; combining marks and superscript digits are not.
    """
    if text.isascii():
        return IDENT
    others = sorted(letter for letter in set(text) if not letter.isascii())
    begin = {letter for letter in others if letter.isidentifier() or letter.isalpha()}
    within = {letter for letter in others if letter in begin or f"a{letter}".isidentifier()}
    if all((letter in within) == letter.isalnum() and (letter in begin) == (IDENT.match(letter) is not None)
           for letter in others):  # fmt: skip
        return IDENT
    first, rest = ("".join(map(re.escape, sorted(letters))) for letters in (begin, within))
    return re.compile(rf"[A-Za-z_{first}][A-Za-z0-9_{rest}-]*+")


class Ground:
    """One pass over one text. `skipper` says whether newlines are white space here."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.ident = identifier(text)
        self.shortcuts = self.ident is IDENT
        self.at = 1 if text.startswith("\ufeff") else 0
        self.depth = 0
        self.skipper = INLINE
        self.errors: list[SyntaxProblem] = []
        self.gaps: set[tuple[int, int]] = set()
        self.heredocs: list[tuple[int, int]] = []
        """Where the heredocs of this top-level item stand, nested ones aside: what is in them is no block."""
        self.reread = 0
        self.searched = 0
        self.unclosed: dict[str, int] = {}
        """Markers of heredocs, and from where on no line closes them."""

    def fail(self, message: str, help: str = "") -> NoReturn:
        """Leave the reader at this place."""
        self.fail_at(message, self.at, help)

    def fail_at(self, message: str, start: int, help: str = "") -> NoReturn:
        """Leave the reader with a problem at another place."""
        start = min(start, len(self.text))
        line_end = self.text.find("\n", start)
        end = min(start + 1, line_end if line_end >= 0 else len(self.text))
        raise Bad(SyntaxProblem(message, start, max(start, end), help))

    def unexpected(self, help: str) -> NoReturn:
        """Leave the reader because of what stands here."""
        next = self.peek()
        if next in ("", "\n") or self.text.startswith("\r\n", self.at):
            self.fail(f"the {'line' if next else 'text'} ends too early", help)
        self.fail(f"unexpected `{next}`" if next.isprintable() else f"unexpected character U+{ord(next):04X}",
                  HINTS.get(next, help))  # fmt: skip

    def skip(self) -> None:
        """Go past white space and comments, as they are understood here."""
        self.gap(self.skipper)

    def gap(self, skipper: re.Pattern[str]) -> None:
        """Go past what the skipper matches, and remember where comments stand."""
        at = self.at
        if self.text[at : at + 1] not in " \t\r\n#/":
            return
        found = skipper.match(self.text, at)
        assert found is not None
        space = found.group()
        if space:
            self.at = at + len(space)
            if "#" in space or "/" in space:
                self.gaps.add((at, self.at))

    def ahead(self, what: int) -> re.Match[str] | None:
        """The operator, question mark or step behind the space that stands here; goes nowhere."""
        return (ANY_NEXT if self.skipper is ANY else INLINE_NEXT)[what].match(self.text, self.at)

    def through(self, found: re.Match[str]) -> None:
        """Go past what `ahead` found, and remember where comments stand."""
        space = found.group(1)
        if "#" in space or "/" in space:
            self.gaps.add(found.span(1))
        self.at = found.end()

    def peek(self) -> str:
        """The next character; empty at the end."""
        return self.text[self.at : self.at + 1]

    def enter(self) -> None:
        """One level deeper; fails when it is too deep."""
        self.depth += 1
        if self.depth > MAX_DEPTH:
            self.fail(f"nesting is deeper than {MAX_DEPTH} levels")

    def limit(self, length: int) -> None:
        """Fails when so many parts in a row are too many."""
        if length > MAX_CHAIN:
            self.fail(f"more than {MAX_CHAIN} parts in a row")

    def comments(self) -> tuple[Comment, ...]:
        """Every comment of the text that was read, in order."""
        found = set()
        for start, end in self.gaps:
            for match in COMMENT.finditer(self.text, start, end):
                found.add(Comment(match.start(), match.end(), match.group().rstrip("\r")))
        return tuple(sorted(found))

    def word(self, message: str) -> str:
        """The name that stands here; fails with the message when there is none."""
        found = self.ident.match(self.text, self.at)
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
            if self.peek() in ("", "\n"):
                self.fail(f"`{mark}` is missing", help)
            self.unexpected(help)
        self.at += len(mark)

    def expression(self) -> Expression:
        """One expression; templates and bodies are made of them."""
        raise NotImplementedError
