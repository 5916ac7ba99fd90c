"""Strings, heredocs and what is interpolated into them."""

from __future__ import annotations

from nhilint.sources.terraform import parser_plain
from nhilint.sources.terraform.parser_ground import (
    ANY,
    CHUNK,
    ESCAPES,
    HEREDOC_CHUNK,
    HEREDOC_LINE,
    LONE_RETURN,
    MARK_BEFORE_END,
    MAX_SEARCH,
    PLAIN,
    WHITE,
    Bad,
    Ground,
)
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
            if not next or next in "\r\n":
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
                if run:
                    self.literal(pieces, "".join(run), trim)
                run = []
                trim = self.interpolation(pieces)
        if run:
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
        pieces.append(text.lstrip(WHITE) if trim else text)
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
            if code <= 0x10FFFF and not 0xD800 <= code <= 0xDFFF:
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
        start = self.at
        if self.shortcuts and (plain := parser_plain.REFERENCE.match(self.text, start)) is not None:
            self.at = plain.end()
            pieces.append(parser_plain.chain(plain.group(1), start + 2))
            return False
        mark = self.peek()
        self.at += 2
        if self.peek() == "~":
            self.at += 1
            if pieces and isinstance(pieces[-1], str):
                pieces[-1] = pieces[-1].rstrip(WHITE)
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
        text, start = self.text, self.at
        flush = text.startswith("-", start + 2)
        name = self.ident.match(text, start + 2 + flush)
        line = HEREDOC_LINE.match(text, name.end()) if name else None
        if name is None or line is None:
            self.fail("this is no heredoc", "a heredoc begins with `<<NAME` or `<<-NAME` and a new line")
        marker = name.group()
        close = self.closing_line(marker, line.end())
        if close is None:
            self.fail("the heredoc is not closed", f"a line with only `{marker}` closes it")
        self.at = line.end()
        self.enter()
        body = text[self.at : close[0]]
        if "${" in body or "%{" in body or "\r" in body:
            try:
                pieces = self.template_pieces(marker)
            except Bad:
                self.heredocs.append((start, close[1]))
                raise
            while self.heredocs and self.heredocs[-1][0] > start:
                self.heredocs.pop()  # nested in this one
        else:
            pieces = _lines(body) if flush else [body]
            self.at = close[1]
        self.heredocs.append((start, self.at))
        self.depth -= 1
        if flush:
            pieces = flush_indentation(pieces)
        parts = finish_template(pieces, self.fail_at)
        if all(isinstance(part, str) for part in parts):
            parts = ("".join(parts),)
        return ("tmpl", start, self.at, parts, True)

    def closing_line(self, marker: str, at: int) -> tuple[int, int] | None:
        """Where the first line begins that holds only the marker, and where its text ends; looks at each line once."""
        text, start = self.text, at
        if start >= self.unclosed.get(marker, len(text) + 1) or self.searched > MAX_SEARCH:
            return None
        while (found := text.find(marker, at)) >= 0:
            begin = text.rfind("\n", 0, found) + 1
            end = text.find("\n", found)
            if end < 0:
                break
            if is_marker(text[begin:end], marker):
                return begin, end - text.startswith("\r\n", end - 1)
            at = end
        self.unclosed[marker] = start
        self.searched += len(text) - start
        return None

    def template_pieces(self, marker: str | None) -> list[Piece]:
        """The pieces up to the line that holds only the marker, or up to the end; one literal a line at the most."""
        text, pieces = self.text, list[Piece]()
        trim, line_start = False, True
        while True:
            if self.at >= len(text):
                if marker is not None:
                    self.fail("the heredoc is not closed", f"a line with only `{marker}` closes it")
                return pieces
            if marker is not None and line_start:
                end = text.find("\n", self.at)
                if end >= 0 and is_marker(text[self.at : end], marker):
                    self.at = end - text.startswith("\r\n", end - 1)
                    return pieces
            chunk = HEREDOC_CHUNK.match(text, self.at)
            line_start = chunk is not None and chunk.group().endswith("\n")
            if chunk is not None:
                self.at = chunk.end()
                trim = self.literal(pieces, chunk.group(), trim)
            elif LONE_RETURN.match(text, self.at):
                self.unexpected("a line ends with a line feed")
            elif (odd := MARK_BEFORE_END.match(text, self.at)) is not None:
                # Terraform takes the character behind such a mark for a part of it, and so does not trim it.
                self.at = odd.end()
                trim = self.literal(pieces, odd.group(), trim)
            elif (plain_mark := self.plain_mark()) is not None:
                trim = self.literal(pieces, plain_mark, trim)
            else:
                trim = self.interpolation(pieces)


def is_marker(line: str, marker: str) -> bool:
    """Whether a line, without its line feed, closes the heredoc; a carriage return may only stand at its end."""
    bare = line.removesuffix("\r")
    return "\r" not in bare and bare.strip(WHITE) == marker


def _lines(text: str) -> list[Piece]:
    """The text cut behind every line feed, and nowhere else."""
    return [line + "\n" for line in text.split("\n")[:-1]]
