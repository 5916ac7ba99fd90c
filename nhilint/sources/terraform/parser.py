"""Reads HCL text into a syntax tree; knows nothing of what Terraform means by it and never raises on bad input.

Recursive descent over compiled token expressions, each of which is linear in the text it looks at. After an error the
reader goes on at the next line that looks like the head of a top-level block or attribute.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NoReturn

from nhilint.sources.terraform.syntax import Attribute, Block, Body, Comment, Expression, SourceFile, SyntaxProblem
from nhilint.sources.terraform.syntax_templates import Directive, Piece, finish_template, flush_indentation

MAX_DEPTH = 100
"""Nesting of brackets, templates and blocks; deeper text is refused, so that the reader can not be made to overflow."""

_INLINE = re.compile(r"(?:[ \t\r]+|/\*[^*]*\*+(?:[^/*][^*]*\*+)*/)*")
_ANY = re.compile(r"(?:[ \t\r\n]+|#[^\n]*|//[^\n]*|/\*[^*]*\*+(?:[^/*][^*]*\*+)*/)*")
_COMMENT = re.compile(r"#[^\n]*|//[^\n]*|/\*[^*]*\*+(?:[^/*][^*]*\*+)*/")
_LINE_END = re.compile(r"(?:[ \t\r]+|/\*[^*]*\*+(?:[^/*][^*]*\*+)*/)*(?:(?:#|//)[^\n]*)?(?:\n|\Z)")
_IDENT = re.compile(r"[^\W\d][\w-]*")
_FUNCTION = re.compile(r"[^\W\d][\w-]*(?:::[^\W\d][\w-]*)*")
_NUMBER = re.compile(r"\d+(?:\.\d+)?(?:[eE][+-]?\d+)?")
_SPLAT = re.compile(r"\[[ \t\r\n]*\*[ \t\r\n]*\]")
_DIGITS = re.compile(r"\d+")
_BINARY = re.compile(r"\|\||&&|==|!=|<=|>=|[<>+*%-]|/(?![/*])")
_PLAIN = re.compile(r'[^"\\$%\n]*"')
_CHUNK = re.compile(r'[^"\\$%\n]+')
_HEREDOC_CHUNK = re.compile(r"[^$%\n]*\n|[^$%\n]+")
_HEREDOC = re.compile(r"<<(-?)([^\W\d][\w-]*)[ \t\r]*\n")
_HEAD = re.compile(r'^[^\W\d][\w-]*(?:[ \t]+(?:"[^"\n]*"|[^\W\d][\w-]*))*[ \t]*[{=]', re.MULTILINE)
_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", '"': '"', "\\": "\\"}
_PRECEDENCE = {
    "||": 1, "&&": 2, "==": 3, "!=": 3, "<": 4, ">": 4, "<=": 4, ">=": 4, "+": 5, "-": 5, "*": 6, "/": 6, "%": 6,
}  # fmt: skip
_WORDS: dict[str, bool | None] = {"true": True, "false": False, "null": None}


class _Bad(Exception):
    def __init__(self, problem: SyntaxProblem) -> None:
        self.problem = problem


def parse(path: str, text: str) -> SourceFile:
    """The syntax tree of one file; what is not HCL is listed in `errors`, everything else is there."""
    reader = _Reader(text)
    body = reader.file()
    return SourceFile(path=path, text=text, body=body, comments=reader.comments(), errors=tuple(reader.errors))


def parse_expression(text: str) -> Expression:
    """The tree of one expression standing alone; a `bad` node when it is none."""
    reader = _Reader(text)
    reader.skipper = _ANY
    try:
        reader.skip()
        expression = reader.expression()
        reader.skip()
        if reader.at < len(text):
            reader.fail("there is text behind the expression")
    except _Bad as bad:
        return ("bad", bad.problem.start, bad.problem.end, bad.problem.message)
    return expression


def parse_template(text: str) -> Expression:
    """The tree of a template file; a `bad` node when it is none."""
    reader = _Reader(text)
    try:
        parts = finish_template(reader.heredoc_parts(len(text)), reader.fail_at)
    except _Bad as bad:
        return ("bad", bad.problem.start, bad.problem.end, bad.problem.message)
    return ("tmpl", 0, len(text), parts, True)


class _Reader:
    """One pass over one text. `skipper` says whether newlines are white space here."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 1 if text.startswith("\ufeff") else 0
        self.depth = 0
        self.skipper = _INLINE
        self.errors: list[SyntaxProblem] = []
        self.gaps: set[tuple[int, int]] = set()

    # --- the ground -------------------------------------------------------------------------------------------

    def fail(self, message: str, help: str = "") -> NoReturn:
        self.fail_at(message, self.at, help)

    def fail_at(self, message: str, start: int, help: str = "") -> NoReturn:
        start = min(start, len(self.text))
        line_end = self.text.find("\n", start)
        end = min(start + 1, line_end if line_end >= 0 else len(self.text))
        raise _Bad(SyntaxProblem(message, start, max(start, end), help))

    def skip(self) -> None:
        self.gap(self.skipper)

    def gap(self, skipper: re.Pattern[str]) -> None:
        found = skipper.match(self.text, self.at)
        assert found is not None
        end = found.end()
        if end > self.at:
            if end - self.at > 1:
                self.gaps.add((self.at, end))
            self.at = end

    def peek(self) -> str:
        return self.text[self.at : self.at + 1]

    def enter(self) -> None:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            self.fail(f"nesting is deeper than {MAX_DEPTH} levels")

    def comments(self) -> tuple[Comment, ...]:
        found = set()
        for start, end in self.gaps:
            for match in _COMMENT.finditer(self.text, start, end):
                found.add(Comment(match.start(), match.end(), match.group().rstrip("\r")))
        return tuple(sorted(found))

    # --- bodies -----------------------------------------------------------------------------------------------

    def file(self) -> Body:
        attributes: dict[str, Attribute] = {}
        blocks: list[Block] = []
        start = self.at
        while True:
            self.gap(_ANY)
            if self.at >= len(self.text):
                break
            try:
                self.item(attributes, blocks)
            except _Bad as bad:
                self.errors.append(bad.problem)
                self.recover(bad.problem.start)
        return Body(attributes, tuple(blocks), start, len(self.text))

    def recover(self, position: int) -> None:
        self.depth, self.skipper = 0, _INLINE
        line_end = self.text.find("\n", max(position, self.at))
        found = _HEAD.search(self.text, line_end + 1) if line_end >= 0 else None
        self.at = found.start() if found else len(self.text)

    def item(self, attributes: dict[str, Attribute], blocks: list[Block]) -> None:
        """One attribute or block, with the end of its line."""
        text, start = self.text, self.at
        name = _IDENT.match(text, start)
        if name is None:
            self.fail(f"unexpected `{self.peek()}`", "an attribute or a block begins with a name")
        self.at = name.end()
        self.gap(_INLINE)
        if text[self.at : self.at + 1] == "=" and text[self.at : self.at + 2] != "==":
            self.at += 1
            self.gap(_INLINE)
            expression = self.expression()
            if name.group() in attributes:
                self.fail_at(f"the attribute `{name.group()}` is set twice", start)
            attributes[name.group()] = Attribute(name.group(), start, expression, start, expression[2])
        else:
            blocks.append(self.block(name.group(), start))
        if self.peek() != "}":
            self.line_end()

    def line_end(self) -> None:
        found = _LINE_END.match(self.text, self.at)
        if found is None:
            self.gap(_INLINE)
            if self.peek() == "}":
                return
            self.fail(f"unexpected `{self.peek()}`", "an attribute or a block ends with its line")
        if found.end() - self.at > 1:
            self.gaps.add((self.at, found.end()))
        self.at = found.end()

    def block(self, type: str, start: int) -> Block:
        labels: list[str] = []
        while True:
            next = self.peek()
            if next == "{":
                break
            if next == '"':
                label = self.quoted()
                if label[0] != "str":
                    self.fail_at("a label can not be computed", label[1])
                labels.append(label[3])
            else:
                bare = _IDENT.match(self.text, self.at)
                if bare is None:
                    self.fail(f"unexpected `{next}`" if next.strip() else "the line ends too early",
                              f"`{type}` needs `=` and a value, or labels and `{{`")  # fmt: skip
                labels.append(bare.group())
                self.at = bare.end()
            self.gap(_INLINE)
        header_end = self.at
        self.at += 1
        self.enter()
        body = self.block_body()
        self.depth -= 1
        return Block(type, tuple(labels), body, start, self.at, header_end)

    def block_body(self) -> Body:
        attributes: dict[str, Attribute] = {}
        blocks: list[Block] = []
        start = self.at
        while True:
            self.gap(_ANY)
            if self.peek() == "}":
                end = self.at
                self.at += 1
                return Body(attributes, tuple(blocks), start, end)
            if self.at >= len(self.text):
                self.fail_at("the block is not closed", start - 1, "add `}`")
            self.item(attributes, blocks)

    # --- expressions ------------------------------------------------------------------------------------------

    def expression(self) -> Expression:
        self.enter()
        first = self.binary(1)
        self.skip()
        if self.peek() == "?":
            self.at += 1
            self.skip()
            then = self.expression()
            self.skip()
            self.expect(":", "a condition is written `condition ? then : else`")
            self.skip()
            other = self.expression()
            first = ("cond", first[1], other[2], first, then, other)
        self.depth -= 1
        return first

    def binary(self, least: int) -> Expression:
        left = self.unary()
        while True:
            mark = self.at
            self.skip()
            found = _BINARY.match(self.text, self.at)
            precedence = _PRECEDENCE[found.group()] if found else 0
            if found is None or precedence < least or self.text.startswith("=>", self.at):
                # The white space belongs to whoever comes next: the end of the expression is that of its last part.
                self.at = mark
                return left
            self.at = found.end()
            self.skip()
            right = self.binary(precedence + 1)
            left = ("bin", left[1], right[2], found.group(), left, right)

    def unary(self) -> Expression:
        start, sign = self.at, self.peek()
        if sign in ("-", "!") and sign:
            self.enter()
            self.at += 1
            self.skip()
            operand = self.unary()
            self.depth -= 1
            return ("un", start, operand[2], sign, operand)
        return self.postfix(self.term())

    def postfix(self, value: Expression) -> Expression:
        text = self.text
        while True:
            mark = self.at
            self.skip()
            next = text[self.at : self.at + 1]
            if next == "[":
                value = self.bracket(value)
            elif next == "." and text[self.at : self.at + 3] != "...":
                value = self.dotted(value)
            else:
                self.at = mark
                return value

    def bracket(self, value: Expression) -> Expression:
        if (star := _SPLAT.match(self.text, self.at)) is not None:
            self.at = star.end()
            ops: list[tuple[str, object]] = []
            while True:
                op = self.splat_op(indexes=True)
                if op is None:
                    return ("splat", value[1], self.at, value, tuple(ops))
                ops.append(op)
        key = self.index_key()
        return ("index", value[1], self.at, value, key)

    def index_key(self) -> Expression:
        self.at += 1
        outer, self.skipper = self.skipper, _ANY
        self.skip()
        key = self.expression()
        self.skip()
        self.expect("]", "an index is closed with `]`")
        self.skipper = outer
        return key

    def dotted(self, value: Expression) -> Expression:
        self.at += 1
        self.skip()
        if self.peek() == "*":
            self.at += 1
            ops: list[tuple[str, object]] = []
            while (op := self.splat_op(indexes=False)) is not None:
                ops.append(op)
            return ("asplat", value[1], self.at, value, tuple(ops))
        if (name := _IDENT.match(self.text, self.at)) is not None:
            self.at = name.end()
            return ("attr", value[1], self.at, value, name.group())
        if (digits := _DIGITS.match(self.text, self.at)) is not None:
            self.at = digits.end()
            return ("index", value[1], self.at, value, ("lit", digits.start(), self.at, int(digits.group())))
        self.fail("an attribute name is missing behind the dot")

    def splat_op(self, *, indexes: bool) -> tuple[str, object] | None:
        """One step applied to every element of a splat; None when there is none. Costs no text then."""
        mark = self.at
        self.skip()
        if indexes and self.peek() == "[" and _SPLAT.match(self.text, self.at) is None:
            return ("index", self.index_key())
        if self.peek() == "." and self.text[self.at : self.at + 3] != "...":
            self.at += 1
            self.skip()
            if (name := _IDENT.match(self.text, self.at)) is not None:
                self.at = name.end()
                return ("attr", name.group())
            if (digits := _DIGITS.match(self.text, self.at)) is not None:
                self.at = digits.end()
                return ("index", ("lit", digits.start(), self.at, int(digits.group())))
        self.at = mark
        return None

    def term(self) -> Expression:
        text, start = self.text, self.at
        next = text[start : start + 1]
        if next == '"':
            return self.quoted()
        if (name := _FUNCTION.match(text, start)) is not None:
            return self.named(name.group(), start, name.end())
        if (number := _NUMBER.match(text, start)) is not None:
            self.at = number.end()
            digits = number.group()
            value: int | float = int(digits) if digits.isdigit() and len(digits) < 400 else float(digits)
            return ("lit", start, self.at, value)
        if next == "[":
            return self.bracketed(self.list_or_for)
        if next == "{":
            return self.braced()
        if next == "(":
            return self.bracketed(self.parenthesis)
        if text.startswith("<<", start):
            return self.heredoc()
        if not next or next == "\n":
            self.fail("a value is missing")
        self.fail(f"unexpected `{next}`", "here a value is needed")

    def named(self, name: str, start: int, end: int) -> Expression:
        if "::" in name and self.text[end : end + 1] != "(":
            name = name.partition("::")[0]
            end = start + len(name)
        self.at = end
        if self.peek() == "(":
            return self.bracketed(lambda opening: self.call(name, start))
        if name in _WORDS:
            return ("lit", start, end, _WORDS[name])
        return ("name", start, end, name)

    def bracketed(self, inside: Callable[[int], Expression]) -> Expression:
        """Runs `inside` with newlines as white space, behind the opening bracket."""
        opening = self.at
        self.enter()
        self.at += 1
        outer, self.skipper = self.skipper, _ANY
        self.skip()
        value = inside(opening)
        self.skipper = outer
        self.depth -= 1
        return value

    def parenthesis(self, opening: int) -> Expression:
        inner = self.expression()
        self.skip()
        self.expect(")", "the parenthesis is closed with `)`")
        return (inner[0], opening, self.at, *inner[3:])

    def call(self, name: str, start: int) -> Expression:
        arguments: list[Expression] = []
        expand = False
        while self.peek() != ")":
            arguments.append(self.expression())
            self.skip()
            if self.text.startswith("...", self.at):
                self.at += 3
                expand = True
                self.skip()
                self.expect(")", "`...` stands behind the last argument")
                return ("call", start, self.at, name, tuple(arguments), expand)
            if self.peek() == ",":
                self.at += 1
                self.skip()
            elif self.peek() != ")":
                self.fail(f"unexpected `{self.peek()}`", "arguments are separated by commas")
        self.at += 1
        return ("call", start, self.at, name, tuple(arguments), expand)

    def list_or_for(self, opening: int) -> Expression:
        if self.is_for():
            key, value, collection = self.for_head()
            body = self.expression()
            condition = self.for_condition()
            self.expect("]", "the `for` is closed with `]`")
            return ("forlist", opening, self.at, key, value, collection, body, condition)
        items: list[Expression] = []
        while self.peek() != "]":
            items.append(self.expression())
            self.skip()
            if self.peek() == ",":
                self.at += 1
                self.skip()
            elif self.peek() != "]":
                self.fail(f"unexpected `{self.peek()}`", "list items are separated by commas, and `]` closes the list")
        self.at += 1
        return ("list", opening, self.at, tuple(items))

    def braced(self) -> Expression:
        opening = self.at
        mark = self.at + 1
        found = _ANY.match(self.text, mark)
        assert found is not None
        self.at = found.end()
        is_for = self.is_for()
        self.at = opening
        return self.bracketed(self.for_object if is_for else self.object)

    def object(self, opening: int) -> Expression:
        items: list[tuple[Expression, Expression]] = []
        self.skipper = _INLINE
        while True:
            self.gap(_ANY)
            if self.peek() == "}":
                self.at += 1
                return ("obj", opening, self.at, tuple(items))
            if self.at >= len(self.text):
                self.fail_at("the object is not closed", opening, "add `}`")
            key = self.object_key()
            self.skip()
            if self.peek() not in ("=", ":") or not self.peek():
                self.fail(f"unexpected `{self.peek()}`", "an object item is written `key = value`")
            self.at += 1
            self.skip()
            items.append((key, self.expression()))
            self.skip()
            if self.peek() == ",":
                self.at += 1
            elif self.peek() != "}" and _LINE_END.match(self.text, self.at) is None:
                self.fail(f"unexpected `{self.peek()}`", "object items are separated by commas or new lines")

    def object_key(self) -> Expression:
        key = self.expression()
        return ("str", key[1], key[2], key[3]) if key[0] == "name" and self.text[key[1]] != "(" else self.word_key(key)

    def word_key(self, key: Expression) -> Expression:
        """`true`, `null` and the like are names where they stand as a bare key."""
        word = self.text[key[1] : key[2]]
        return ("str", key[1], key[2], word) if key[0] == "lit" and word in _WORDS else key

    def for_object(self, opening: int) -> Expression:
        key, value, collection = self.for_head()
        key_body = self.expression()
        self.skip()
        if not self.text.startswith("=>", self.at):
            self.fail(f"unexpected `{self.peek()}`", "an object `for` is written `{for k, v in c : key => value}`")
        self.at += 2
        self.skip()
        value_body = self.expression()
        self.skip()
        grouping = self.text.startswith("...", self.at)
        if grouping:
            self.at += 3
            self.skip()
        condition = self.for_condition()
        self.expect("}", "the `for` is closed with `}`")
        return ("forobj", opening, self.at, key, value, collection, key_body, value_body, condition, grouping)

    def is_for(self) -> bool:
        name = _IDENT.match(self.text, self.at)
        if name is None or name.group() != "for":
            return False
        # `for` may be an object key or a variable: a `for` expression goes on with a name.
        behind = _ANY.match(self.text, name.end())
        return behind is not None and behind.end() > name.end() and bool(_IDENT.match(self.text, behind.end()))

    def for_head(self) -> tuple[str | None, str, Expression]:
        self.at += len("for")
        self.skip()
        first = self.word("a name is missing behind `for`")
        self.skip()
        key, value = None, first
        if self.peek() == ",":
            self.at += 1
            self.skip()
            key, value = first, self.word("a second name is missing behind the comma")
            self.skip()
        if self.word("`in` is missing") != "in":
            self.fail("`in` is missing", "a `for` is written `for value in collection : …`")
        self.skip()
        collection = self.expression()
        self.skip()
        self.expect(":", "a `for` is written `for value in collection : …`")
        self.skip()
        return key, value, collection

    def for_condition(self) -> Expression | None:
        self.skip()
        word = _IDENT.match(self.text, self.at)
        if word is None or word.group() != "if":
            return None
        self.at = word.end()
        self.skip()
        condition = self.expression()
        self.skip()
        return condition

    def word(self, message: str) -> str:
        found = _IDENT.match(self.text, self.at)
        if found is None:
            self.fail(message)
        self.at = found.end()
        return found.group()

    def expect(self, mark: str, help: str) -> None:
        if not self.text.startswith(mark, self.at):
            what = self.peek().strip()
            self.fail(f"unexpected `{what}`" if what else f"`{mark}` is missing", help)
        self.at += len(mark)

    # --- templates --------------------------------------------------------------------------------------------

    def quoted(self) -> Expression:
        start = self.at
        plain = _PLAIN.match(self.text, start + 1)
        if plain is not None:
            self.at = plain.end()
            return ("str", start, self.at, self.text[start + 1 : self.at - 1])
        self.at += 1
        self.enter()
        pieces: list[Piece] = []
        trim = False
        while True:
            next = self.peek()
            if next == '"':
                self.at += 1
                break
            if not next or next == "\n":
                self.fail_at("the string is not closed", start, 'add `"`, or use a heredoc for several lines')
            chunk = _CHUNK.match(self.text, self.at)
            if chunk is not None:
                self.at = chunk.end()
                trim = self.literal(pieces, chunk.group(), trim)
            elif next == "\\":
                trim = self.literal(pieces, self.escape(), trim)
            else:
                trim = self.marked(pieces, trim)
        self.depth -= 1
        parts = finish_template(pieces, self.fail_at)
        if all(isinstance(part, str) for part in parts):
            return ("str", start, self.at, "".join(parts))
        return ("tmpl", start, self.at, parts, False)

    def literal(self, pieces: list[Piece], text: str, trim: bool) -> bool:
        """Adds a literal; answers whether the next one is still to be trimmed at its beginning."""
        pieces.append(text.lstrip() if trim else text)
        return False

    def escape(self) -> str:
        text, start = self.text, self.at
        letter = text[start + 1 : start + 2]
        if letter in _ESCAPES and letter:
            self.at += 2
            return _ESCAPES[letter]
        width = {"u": 4, "U": 8}.get(letter, 0)
        digits = text[start + 2 : start + 2 + width]
        if width and len(digits) == width and all(digit in "0123456789abcdefABCDEF" for digit in digits):
            code = int(digits, 16)
            if code <= 0x10FFFF:
                self.at += 2 + width
                return chr(code)
        self.fail(f"`\\{letter}` is no escape", 'known are \\n \\r \\t \\" \\\\ \\uNNNN \\UNNNNNNNN')

    def marked(self, pieces: list[Piece], trim: bool) -> bool:
        """At `$` or `%`: an escape, an interpolation, a directive, or just that character."""
        text, mark = self.text, self.peek()
        if text.startswith(mark + mark + "{", self.at):
            self.at += 3
            return self.literal(pieces, mark + "{", trim)
        if not text.startswith("{", self.at + 1):
            self.at += 1
            return self.literal(pieces, mark, trim)
        start = self.at
        self.at += 2
        if self.peek() == "~":
            self.at += 1
            if pieces and isinstance(pieces[-1], str):
                pieces[-1] = pieces[-1].rstrip()
        self.enter()
        outer, self.skipper = self.skipper, _ANY
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
        word = self.word("a template directive is missing behind `%{`")
        self.skip()
        if word == "if":
            return Directive(start, self.at, word, (self.expression(),))
        if word == "for":
            first = self.word("a name is missing behind `for`")
            self.skip()
            key, value = None, first
            if self.peek() == ",":
                self.at += 1
                self.skip()
                key, value = first, self.word("a second name is missing behind the comma")
                self.skip()
            if self.word("`in` is missing") != "in":
                self.fail("`in` is missing", "a template `for` is written `%{ for value in collection }`")
            self.skip()
            return Directive(start, self.at, word, (key, value, self.expression()))
        if word not in ("else", "endif", "endfor"):
            self.fail_at(f"`{word}` is no template directive", start, "known are if, else, endif, for, endfor")
        return Directive(start, self.at, word)

    def heredoc(self) -> Expression:
        start = self.at
        head = _HEREDOC.match(self.text, start)
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
            chunk = _HEREDOC_CHUNK.match(self.text, self.at, end)
            if chunk is not None:
                self.at = chunk.end()
                trim = self.literal(pieces, chunk.group(), trim)
            else:
                trim = self.marked(pieces, trim)
        if self.at > end:
            self.fail_at("an interpolation runs over the end of the heredoc", end)
        return pieces
