"""Strings, heredocs and what is interpolated into them."""

from __future__ import annotations

import re

from nhilint.sources.terraform.parser_ground import ANY, CHUNK, ESCAPES, HEREDOC, HEREDOC_CHUNK, PLAIN, Ground
from nhilint.sources.terraform.syntax import Expression
from nhilint.sources.terraform.syntax_templates import Directive, Piece, finish_template, flush_indentation


class Templates(Ground):
    """Reads quoted strings and heredocs."""

    def quoted(self) -> Expression:
        """A string in double quotes."""
        start = self.at
        plain = PLAIN.match(self.text, start + 1)
        if plain is not None:
            self.at = plain.end()
            return ("str", start, self.at, self.text[start + 1 : self.at - 1])
        self.at += 1
        self.enter()
        pieces: list[Piece] = []
        run: list[str] = []
        trim = False
        while True:
            next = self.peek()
            if next == '"':
                self.at += 1
                break
            if not next or next == "\n":
                self.fail_at("the string is not closed", start, 'add `"`, or use a heredoc for several lines')
            chunk = CHUNK.match(self.text, self.at)
            if chunk is not None:
                self.at = chunk.end()
                run.append(chunk.group())
            elif next == "\\":
                run.append(self.escape())
            elif (plain_mark := self.plain_mark()) is not None:
                run.append(plain_mark)
            else:
                # All between two interpolations is one literal: a `~` trims it as a whole.
                trim = self.literal(pieces, "".join(run), trim)
                run = []
                trim = self.interpolation(pieces)
        self.literal(pieces, "".join(run), trim)
        self.depth -= 1
        parts = finish_template(pieces, self.fail_at)
        if all(isinstance(part, str) for part in parts):
            return ("str", start, self.at, "".join(parts))
        # A literal that was trimmed to nothing still makes it a template, and not the value alone.
        trimmed = self.text[start + 1 : start + 3] != "${" or self.text[self.at - 2] != "}"
        alone = len(parts) == 1 and not isinstance(parts[0], str) and parts[0][0] not in ("tif", "tfor")
        return ("tmpl", start, self.at, parts, alone and trimmed)

    def literal(self, pieces: list[Piece], text: str, trim: bool) -> bool:
        """Adds a literal; answers whether the next one is still to be trimmed at its beginning."""
        pieces.append(text.lstrip() if trim else text)
        return False

    def escape(self) -> str:
        """The character that a backslash and its letters mean."""
        text, start = self.text, self.at
        letter = text[start + 1 : start + 2]
        if letter in ESCAPES and letter:
            self.at += 2
            return ESCAPES[letter]
        width = {"u": 4, "U": 8}.get(letter, 0)
        digits = text[start + 2 : start + 2 + width]
        if width and len(digits) == width and all(digit in "0123456789abcdefABCDEF" for digit in digits):
            code = int(digits, 16)
            if code <= 0x10FFFF:
                self.at += 2 + width
                return chr(code)
        self.fail(f"`\\{letter}` is no escape", 'known are \\n \\r \\t \\" \\\\ \\uNNNN \\UNNNNNNNN')

    def plain_mark(self) -> str | None:
        """At `$` or `%` that begins nothing: an escape or just that character; None before `${` and `%{`."""
        mark = self.peek()
        if self.text.startswith(mark + mark + "{", self.at):
            self.at += 3
            return mark + "{"
        if not self.text.startswith("{", self.at + 1):
            self.at += 1
            return mark
        return None

    def interpolation(self, pieces: list[Piece]) -> bool:
        """`${ … }` or `%{ … }`; answers whether the literal behind it is to be trimmed."""
        mark = self.peek()
        start = self.at
        self.at += 2
        if self.peek() == "~":
            self.at += 1
            if pieces and isinstance(pieces[-1], str):
                pieces[-1] = pieces[-1].rstrip()
        self.enter()
        outer, self.skipper = self.skipper, ANY
        self.skip()
        piece: Piece = self.expression() if mark == "$" else self.directive(start)
        self.skip()
        after = self.peek() == "~"
        self.at += after
        self.expect("}", "an interpolation is closed with `}`")
        self.skipper = outer
        self.depth -= 1
        pieces.append(piece._replace(end=self.at) if isinstance(piece, Directive) else piece)
        return after

    def directive(self, start: int) -> Directive:
        """`if`, `else`, `endif`, `for` or `endfor` behind `%{`."""
        word = self.word("a template directive is missing behind `%{`")
        self.skip()
        if word == "if":
            return Directive(start, self.at, word, (self.expression(),))
        if word == "for":
            key, value = self.for_names()
            return Directive(start, self.at, word, (key, value, self.expression()))
        if word not in ("else", "endif", "endfor"):
            self.fail_at(f"`{word}` is no template directive", start, "known are if, else, endif, for, endfor")
        return Directive(start, self.at, word)

    def heredoc(self) -> Expression:
        """A heredoc, with its indentation taken off where `<<-` says so."""
        start = self.at
        head = HEREDOC.match(self.text, start)
        if head is None:
            self.fail("this is no heredoc", "a heredoc begins with `<<NAME` or `<<-NAME` and a new line")
        close = re.compile(rf"^[ \t]*{re.escape(head.group(2))}[ \t\r]*$", re.MULTILINE).search(self.text, head.end())
        if close is None:
            self.fail("the heredoc is not closed", f"a line with only `{head.group(2)}` closes it")
        self.at = head.end()
        self.enter()
        pieces = self.heredoc_parts(close.start())
        self.depth -= 1
        self.at = close.end()
        if head.group(1):
            pieces = flush_indentation(pieces)
        parts = finish_template(pieces, self.fail_at)
        if all(isinstance(part, str) for part in parts):
            parts = ("".join(parts),)
        return ("tmpl", start, self.at, parts, True)

    def heredoc_parts(self, end: int) -> list[Piece]:
        """The pieces up to `end`, one literal a line at the most."""
        pieces: list[Piece] = []
        trim = False
        while self.at < end:
            chunk = HEREDOC_CHUNK.match(self.text, self.at, end)
            if chunk is not None:
                self.at = chunk.end()
                trim = self.literal(pieces, chunk.group(), trim)
            elif (plain_mark := self.plain_mark()) is not None:
                trim = self.literal(pieces, plain_mark, trim)
            else:
                trim = self.interpolation(pieces)
        if self.at > end:
            self.fail_at("an interpolation runs over the end of the heredoc", end)
        return pieces
