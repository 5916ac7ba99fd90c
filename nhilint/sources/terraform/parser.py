"""Reads HCL text into a syntax tree; knows nothing of what Terraform means by it and never raises on bad input.

Recursive descent over compiled token expressions, each of which is linear in the text it looks at. After an error the
reader goes on at the next line that looks like the head of a top-level block or attribute.
"""

from __future__ import annotations

import re
from bisect import bisect_right

from nhilint.sources.terraform import parser_plain
from nhilint.sources.terraform.parser_expressions import Expressions
from nhilint.sources.terraform.parser_ground import ANY, INLINE, LINE_END, MAX_ERRORS, MAX_REREAD, Bad
from nhilint.sources.terraform.syntax import Attribute, Block, Body, Expression, SourceFile, SyntaxProblem
from nhilint.sources.terraform.syntax_templates import finish_template

MAX_INDENT = 40
"""Columns in which the head of a block is looked for after an error."""


def parse(path: str, text: str) -> SourceFile:
    """The syntax tree of one file; what is not HCL is listed in `errors`, everything else is there."""
    reader = _Reader(text)
    body = reader.file()
    return SourceFile(path=path, text=text, body=body, comments=reader.comments(), errors=tuple(reader.errors))


def parse_expression(text: str) -> Expression:
    """The tree of one expression standing alone; a `bad` node when it is none."""
    reader = _Reader(text)
    reader.skipper = ANY
    try:
        reader.skip()
        expression = reader.expression()
        reader.skip()
        if reader.at < len(text):
            reader.fail("there is text behind the expression")
    except (Bad, RecursionError) as bad:
        return _bad(bad, reader.at)
    return expression


def parse_template(text: str) -> Expression:
    """The tree of a template file; a `bad` node when it is none."""
    reader = _Reader(text)
    try:
        parts = finish_template(reader.template_pieces(None), reader.fail_at)
    except (Bad, RecursionError) as bad:
        return _bad(bad, reader.at)
    return ("tmpl", 0, len(text), parts, True)


def _problem(bad: Bad | RecursionError, at: int) -> SyntaxProblem:
    """What stopped the reader; a caller that is deep in calls itself leaves less room than `MAX_DEPTH`."""
    return bad.problem if isinstance(bad, Bad) else SyntaxProblem("nesting is too deep", at, at, "")


def _bad(bad: Bad | RecursionError, at: int) -> Expression:
    problem = _problem(bad, at)
    return ("bad", problem.start, problem.end, problem.message)


class _Reader(Expressions):
    """One pass over one file."""

    def file(self) -> Body:
        attributes: dict[str, Attribute] = {}
        blocks: list[Block] = []
        start = self.at
        while True:
            if self.shortcuts:
                self.at = parser_plain.attributes(self.text, self.at, attributes)
            self.gap(ANY)
            if self.at >= len(self.text):
                break
            if len(self.errors) >= MAX_ERRORS:
                # Each error may have cost a look to the end of the file: a file of errors must not cost its square.
                why = f"the file has {MAX_ERRORS} errors; the rest of it is not read"
                self.errors.append(SyntaxProblem(why, self.at, self.at, ""))
                break
            if self.errors and self.peek() == "}":
                self.at += 1  # left over from what was broken: it says nothing new
                continue
            begin = self.at
            self.heredocs.clear()
            plain = self.shortcuts and self.peek() != "}"
            try:
                if not plain or not self.plain_item(attributes, blocks):
                    self.item(attributes, blocks)
            except (Bad, RecursionError) as bad:
                self.depth, self.skipper = 0, INLINE
                self.recover(begin, _problem(bad, self.at))
        return Body(attributes, tuple(blocks), start, len(self.text))

    def recover(self, begin: int, problem: SyntaxProblem) -> None:
        """Notes the problem of the item that begins here, and goes to where the next one begins.

        What is left open takes the blocks behind it into itself. So the head of a block that is indented no deeper than
        the broken one is taken for a block of its own, and read again.
        """
        text, last = self.text, self.at
        self.heredocs.sort()
        line = text.rfind("\n", 0, begin) + 1
        block, either = self.head_expressions(min(begin - line, MAX_INDENT))
        again = self.reread < MAX_REREAD
        place = problem.start if last >= len(text) and again else max(problem.start, last)
        inner = self.head(block, begin, place) if again and block.match(text, line) else None
        if inner is not None:
            opening, below = text.find("{", begin), text.count("\n", 0, inner) + 1
            problem = SyntaxProblem("the block is not closed", opening, opening + 1, f"add `}}` before line {below}")
        found = self.head(either, place, len(text)) if inner is None else inner
        self.at = len(text) if found is None else found
        self.reread += max(last - self.at, 0)
        self.errors.append(problem)

    def head_expressions(self, indent: int) -> tuple[re.Pattern[str], re.Pattern[str]]:
        """What the head of a block, and of a block or an attribute, looks like up to this indentation."""
        name = self.ident.pattern
        head = rf'^[ \t]{{0,{indent}}}(?={name}(?:[ \t]++(?:"[^"\n]*+"|{name}))*+[ \t]*+[{{%s])'
        return re.compile(head % "", re.MULTILINE), re.compile(head % "=", re.MULTILINE)

    def head(self, expression: re.Pattern[str], after: int, before: int) -> int | None:
        """The first head below the line of `after` that stands in no heredoc of the broken item."""
        line_end = self.text.find("\n", after)
        if line_end < 0:
            return None
        for found in expression.finditer(self.text, line_end + 1, before):
            number = bisect_right(self.heredocs, (found.end(), 0)) - 1
            if number < 0 or self.heredocs[number][1] <= found.end():
                return found.end()
        return None

    def item(self, attributes: dict[str, Attribute], blocks: list[Block]) -> None:
        """One attribute or block, with the end of its line."""
        text, start = self.text, self.at
        name = self.ident.match(text, start)
        if name is None:
            self.unexpected("an attribute or a block begins with a name")
        self.at = name.end()
        self.gap(INLINE)
        if text[self.at : self.at + 1] == "=" and text[self.at : self.at + 2] != "==":
            self.attribute(name.group(), start, attributes)
        else:
            blocks.append(self.block(name.group(), start))
        self.line_end()

    def plain_item(self, attributes: dict[str, Attribute], blocks: list[Block]) -> int:
        """A closing brace, or an attribute or a block that begins plainly; answers which, and 0 when it is neither."""
        head = parser_plain.NEXT.match(self.text, self.at)
        if head is None:
            return 0
        kind = head.lastindex or 0
        self.at = head.end()
        if kind == parser_plain.CLOSE:
            return kind
        if kind == parser_plain.SET:
            self.value(head.group(2), head.start(2), attributes)
        else:
            blocks.append(self.plain_block(head))
        self.line_end()
        return kind

    def line_end(self) -> None:
        """The end of the line that an attribute or a block needs."""
        text = self.text
        if text[self.at : self.at + 1] == "\n":
            self.at += 1
            return
        line_end = LINE_END.match(text, self.at)
        if line_end is None:
            self.gap(INLINE)
            self.unexpected("an attribute or a block ends with its line")
        if line_end.end() - self.at > 2:
            self.gaps.add((self.at, line_end.end()))
        self.at = line_end.end()

    def attribute(self, name: str, start: int, attributes: dict[str, Attribute]) -> None:
        """The rest of an attribute, from its equals sign on."""
        self.at += 1
        self.gap(INLINE)
        self.value(name, start, attributes)

    def value(self, name: str, start: int, attributes: dict[str, Attribute]) -> None:
        """The value of an attribute."""
        expression = self.expression()
        if name in attributes:
            # Terraform takes neither; which of the two was meant can't be known, and the rest of the block can.
            why = f"the attribute `{name}` is set twice"
            if len(self.errors) < MAX_ERRORS:
                self.errors.append(SyntaxProblem(why, start, start + len(name), "keep one of them"))
            expression = ("bad", expression[1], expression[2], why)
        attributes[name] = Attribute(name, start, expression, start, expression[2])

    def plain_block(self, head: re.Match[str]) -> Block:
        """A block with plain labels whose opening brace ends the line."""
        self.enter()
        opening = head.start(4)
        body = self.block_body(opening)
        self.depth -= 1
        return Block(head.group(2), tuple(head.group(3).split('"')[1::2]), body, head.start(2), self.at, opening)

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
                bare = self.ident.match(self.text, self.at)
                if bare is None:
                    self.unexpected(f"`{type}` needs `=` and a value, or labels and `{{`")
                labels.append(bare.group())
                self.at = bare.end()
            self.gap(INLINE)
        header_end = self.at
        self.at += 1
        self.enter()
        self.gap(INLINE)
        whole = self.peek() == "}" or LINE_END.match(self.text, self.at) is not None
        body = self.block_body(header_end) if whole else self.one_line_body(header_end)
        self.depth -= 1
        return Block(type, tuple(labels), body, start, self.at, header_end)

    def block_body(self, opening: int) -> Body:
        attributes: dict[str, Attribute] = {}
        blocks: list[Block] = []
        while True:
            if self.shortcuts:
                self.at = parser_plain.attributes(self.text, self.at, attributes)
                kind = self.plain_item(attributes, blocks)
                if kind == parser_plain.CLOSE:
                    return Body(attributes, tuple(blocks), opening + 1, self.at - 1)
                if kind:
                    continue
            self.gap(ANY)
            if self.peek() == "}":
                end = self.at
                self.at += 1
                return Body(attributes, tuple(blocks), opening + 1, end)
            if self.at >= len(self.text):
                self.fail_at("the block is not closed", opening, "add `}`")
            self.item(attributes, blocks)

    def one_line_body(self, opening: int) -> Body:
        """`name = value }`: a block on one line holds one attribute and no block."""
        name = self.ident.match(self.text, self.at)
        if name is None:
            self.unexpected("an attribute begins with a name")
        start, self.at = self.at, name.end()
        self.gap(INLINE)
        if self.peek() != "=":
            self.unexpected("a block on one line holds one attribute; write blocks on lines of their own")
        attributes: dict[str, Attribute] = {}
        self.attribute(name.group(), start, attributes)
        self.gap(INLINE)
        if self.peek() != "}":
            self.unexpected("a block on one line holds one attribute and is closed on that line")
        end = self.at
        self.at += 1
        return Body(attributes, (), opening + 1, end)
