"""Expressions, from conditionals down to terms."""

from __future__ import annotations

from collections.abc import Callable

from nhilint.sources.terraform import parser_plain
from nhilint.sources.terraform.parser_ground import (
    ANY,
    ANY_CALL,
    INLINE,
    INLINE_CALL,
    LINE_END,
    OPERATOR,
    PRECEDENCE,
    QUESTION,
    WORDS,
)
from nhilint.sources.terraform.parser_traversals import Traversals
from nhilint.sources.terraform.syntax import Expression
from nhilint.sources.terraform.syntax_templates import composed


class Expressions(Traversals):
    """Reads one expression by recursive descent."""

    def expression(self) -> Expression:
        """An expression: a chain of conditionals over binary operations."""
        # A chain `a ? b : c ? d : e` is read in a loop: it is long in real code, and nests only to the right.
        value = self.unary()
        next = self.text[self.at : self.at + 1]
        if next in ",)]}" or (next == "\n" and self.skipper is INLINE):
            return value
        branches: list[tuple[Expression, Expression]] = []
        value = self.binary(1, value)
        while (question := self.ahead(QUESTION)) is not None:
            self.through(question)
            self.skip()
            self.enter()
            then = self.expression()
            self.depth -= 1
            self.skip()
            self.expect(":", "a condition is written `condition ? then : else`")
            self.skip()
            branches.append((value, then))
            self.limit(len(branches))
            value = self.binary(1, self.unary())
        for condition, then in reversed(branches):
            value = ("cond", condition[1], value[2], condition, then, value)
        return value

    def binary(self, least: int, left: Expression) -> Expression:
        """Binary operations of at least this precedence behind a value; all of them group to the left."""
        length = 0
        while (found := self.ahead(OPERATOR)) is not None:
            length += 1
            self.limit(length)
            operator = found.group(2)
            precedence = PRECEDENCE[operator]
            if precedence < least:
                break
            self.through(found)
            self.skip()
            right = self.binary(precedence + 1, self.unary())
            left = ("bin", left[1], right[2], operator, left, right)
        # The white space belongs to whoever comes next: the end of the expression is that of its last part.
        return left

    def unary(self) -> Expression:
        """A term with its signs."""
        start, sign = self.at, self.peek()
        if sign in ("-", "!") and sign:
            self.enter()
            self.at += 1
            self.skip()
            operand = self.unary()
            self.depth -= 1
            return ("un", start, operand[2], sign, operand)
        return self.postfix(self.term())

    def term(self) -> Expression:
        """A literal, a name, a call, a bracketed form, a string or a heredoc."""
        text, start = self.text, self.at
        next = text[start : start + 1]
        if next == '"':
            string = self.quoted()
            return string if string[0] != "str" else (*string[:3], composed(string[3]))
        if (name := self.ident.match(text, start)) is not None:
            self.at = name.end()
            return self.named(name.group(), start)
        if (number := self.number()) is not None:
            return number
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
        self.unexpected("here a value is needed")

    def named(self, name: str, start: int) -> Expression:
        """A word: true, false, null, a call, or the root of a traversal."""
        text, end = self.text, self.at
        call = ANY_CALL if self.skipper is ANY else INLINE_CALL
        if text[end : end + 1] in "( :\t\r\n#/" and call.match(text, end) is not None:
            self.skip()
            words = [name]
            while text.startswith("::", self.at):
                self.at += 2
                self.skip()
                words.append(self.word("the name of a function is missing behind `::`"))
                self.skip()
            name = "::".join(words)
            if self.peek() != "(":
                self.unexpected("a function is called with `(`")
            return self.bracketed(lambda opening: self.call(name, start))
        if name in WORDS:
            return ("lit", start, end, WORDS[name])
        return ("name", start, end, name)

    def bracketed(self, inside: Callable[[int], Expression]) -> Expression:
        """Runs `inside` with newlines as white space, behind the opening bracket."""
        opening = self.at
        self.enter()
        self.at += 1
        outer, self.skipper = self.skipper, ANY
        self.skip()
        value = inside(opening)
        self.skipper = outer
        self.depth -= 1
        return value

    def parenthesis(self, opening: int) -> Expression:
        """An expression in parentheses; its place includes them."""
        inner = self.expression()
        self.skip()
        self.expect(")", "the parenthesis is closed with `)`")
        return (inner[0], opening, self.at, *inner[3:])

    def call(self, name: str, start: int) -> Expression:
        """The arguments of a call, behind the opening parenthesis."""
        arguments: list[Expression] = []
        expand = False
        if self.shortcuts:
            self.at = parser_plain.items(parser_plain.ARGUMENT, self.text, self.at, arguments)
            self.skip()
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
                self.unexpected("arguments are separated by commas")
        self.at += 1
        return ("call", start, self.at, name, tuple(arguments), expand)

    def list_or_for(self, opening: int) -> Expression:
        """A list or a `for` that makes one, behind the opening bracket."""
        if self.is_for():
            key, value, collection = self.for_head()
            body = self.expression()
            condition = self.for_condition()
            self.expect("]", "the `for` is closed with `]`")
            return ("forlist", opening, self.at, key, value, collection, body, condition)
        items: list[Expression] = []
        if self.shortcuts:
            self.at = parser_plain.items(parser_plain.ITEM, self.text, self.at, items)
            self.skip()
        while self.peek() != "]":
            items.append(self.expression())
            self.skip()
            if self.peek() == ",":
                self.at += 1
                self.skip()
            elif self.peek() != "]":
                self.unexpected("list items are separated by commas, and `]` closes the list")
        self.at += 1
        return ("list", opening, self.at, tuple(items))

    def braced(self) -> Expression:
        """An object or a `for` that makes one."""
        opening = self.at
        mark = self.at + 1
        found = ANY.match(self.text, mark)
        assert found is not None
        self.at = found.end()
        is_for = self.is_for()
        self.at = opening
        return self.bracketed(self.for_object if is_for else self.object)

    def object(self, opening: int) -> Expression:
        """The items of an object, behind the opening brace; newlines separate them."""
        items: list[tuple[Expression, Expression]] = []
        self.skipper = INLINE
        while True:
            if self.shortcuts:
                self.at = parser_plain.entries(self.text, self.at, items)
            self.gap(ANY)
            if self.peek() == "}":
                self.at += 1
                return ("obj", opening, self.at, tuple(items))
            if self.at >= len(self.text):
                self.fail_at("the object is not closed", opening, "add `}`")
            key = self.object_key()
            self.skip()
            if self.peek() not in ("=", ":") or not self.peek():
                self.unexpected("an object item is written `key = value`")
            self.at += 1
            self.skip()
            items.append((key, self.expression()))
            self.skip()
            if self.peek() == ",":
                self.at += 1
            elif self.peek() != "}" and LINE_END.match(self.text, self.at) is None:
                self.unexpected("object items are separated by commas or new lines")

    def object_key(self) -> Expression:
        """The key of an object item; a bare name is a string."""
        key = self.expression()
        return ("str", key[1], key[2], key[3]) if key[0] == "name" and self.text[key[1]] != "(" else self.word_key(key)

    def word_key(self, key: Expression) -> Expression:
        """`true`, `null` and the like are names where they stand as a bare key."""
        word = self.text[key[1] : key[2]]
        return ("str", key[1], key[2], word) if key[0] == "lit" and word in WORDS else key

    def for_object(self, opening: int) -> Expression:
        """A `for` that makes an object, behind the opening brace."""
        key, value, collection = self.for_head()
        key_body = self.expression()
        self.skip()
        if not self.text.startswith("=>", self.at):
            self.unexpected("an object `for` is written `{for k, v in c : key => value}`")
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
        """Whether a `for` expression begins here: a key or a variable of that name can not stand first in brackets."""
        name = self.ident.match(self.text, self.at)
        return name is not None and name.group() == "for"

    def for_head(self) -> tuple[str | None, str, Expression]:
        """The names and the collection of a `for`, up to the colon."""
        self.at += len("for")
        self.skip()
        key, value = self.for_names()
        collection = self.expression()
        self.skip()
        self.expect(":", "a `for` is written `for value in collection : …`")
        self.skip()
        return key, value, collection

    def for_condition(self) -> Expression | None:
        """The condition behind `if` of a `for`; None when there is none."""
        self.skip()
        word = self.ident.match(self.text, self.at)
        if word is None or word.group() != "if":
            return None
        self.at = word.end()
        self.skip()
        condition = self.expression()
        self.skip()
        return condition
