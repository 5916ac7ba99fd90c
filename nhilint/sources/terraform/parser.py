"""Reads HCL text into a syntax tree; knows nothing of what Terraform means by it and never raises on bad input.

Recursive descent over compiled token expressions, each of which is linear in the text it looks at. After an error the
reader goes on at the next line that looks like the head of a top-level block or attribute.
"""

from __future__ import annotations

from nhilint.sources.terraform.parser_expressions import Expressions
from nhilint.sources.terraform.parser_ground import ANY, HEAD, IDENT, INLINE, LINE_END, MAX_ERRORS, Bad
from nhilint.sources.terraform.syntax import Attribute, Block, Body, Expression, SourceFile, SyntaxProblem
from nhilint.sources.terraform.syntax_templates import finish_template


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
    except Bad as bad:
        return ("bad", bad.problem.start, bad.problem.end, bad.problem.message)
    return expression


def parse_template(text: str) -> Expression:
    """The tree of a template file; a `bad` node when it is none."""
    reader = _Reader(text)
    try:
        parts = finish_template(reader.heredoc_parts(len(text)), reader.fail_at)
    except Bad as bad:
        return ("bad", bad.problem.start, bad.problem.end, bad.problem.message)
    return ("tmpl", 0, len(text), parts, True)


class _Reader(Expressions):
    """One pass over one file."""

    def file(self) -> Body:
        attributes: dict[str, Attribute] = {}
        blocks: list[Block] = []
        start = self.at
        while True:
            self.gap(ANY)
            if self.at >= len(self.text):
                break
            try:
                self.item(attributes, blocks)
            except Bad as bad:
                self.errors.append(bad.problem)
                if len(self.errors) >= MAX_ERRORS:
                    # Each error may have cost a look to the end of the file: a file of errors must not cost its square.
                    why = f"the file has {MAX_ERRORS} errors; the rest of it is not read"
                    self.errors.append(SyntaxProblem(why, self.at, self.at, ""))
                    break
                self.recover(bad.problem.start)
        return Body(attributes, tuple(blocks), start, len(self.text))

    def recover(self, position: int) -> None:
        self.depth, self.skipper = 0, INLINE
        line_end = self.text.find("\n", max(position, self.at))
        found = HEAD.search(self.text, line_end + 1) if line_end >= 0 else None
        self.at = found.start() if found else len(self.text)

    def item(self, attributes: dict[str, Attribute], blocks: list[Block]) -> None:
        """One attribute or block, with the end of its line."""
        text, start = self.text, self.at
        name = IDENT.match(text, start)
        if name is None:
            self.fail(f"unexpected `{self.peek()}`", "an attribute or a block begins with a name")
        self.at = name.end()
        self.gap(INLINE)
        if text[self.at : self.at + 1] == "=" and text[self.at : self.at + 2] != "==":
            self.at += 1
            self.gap(INLINE)
            expression = self.expression()
            if name.group() in attributes:
                self.fail_at(f"the attribute `{name.group()}` is set twice", start)
            attributes[name.group()] = Attribute(name.group(), start, expression, start, expression[2])
        else:
            blocks.append(self.block(name.group(), start))
        if self.peek() != "}":
            self.line_end()

    def line_end(self) -> None:
        found = LINE_END.match(self.text, self.at)
        if found is None:
            self.gap(INLINE)
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
                bare = IDENT.match(self.text, self.at)
                if bare is None:
                    self.fail(f"unexpected `{next}`" if next.strip() else "the line ends too early",
                              f"`{type}` needs `=` and a value, or labels and `{{`")  # fmt: skip
                labels.append(bare.group())
                self.at = bare.end()
            self.gap(INLINE)
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
            self.gap(ANY)
            if self.peek() == "}":
                end = self.at
                self.at += 1
                return Body(attributes, tuple(blocks), start, end)
            if self.at >= len(self.text):
                self.fail_at("the block is not closed", start - 1, "add `}`")
            self.item(attributes, blocks)
