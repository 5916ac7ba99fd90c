"""What stands behind a value (attributes, indexes, splats), and numbers, which legacy indexes are made of."""

from __future__ import annotations

from nhilint.sources.terraform.arithmetic import literal
from nhilint.sources.terraform.parser_ground import ANY, ATTRIBUTE, MAX_DIGITS, NUMBER, NUMBER_FORM, STEP
from nhilint.sources.terraform.parser_templates import Templates
from nhilint.sources.terraform.syntax import Expression


class Traversals(Templates):
    """Reads the steps behind a value."""

    def postfix(self, value: Expression) -> Expression:
        """A value with every index, attribute and splat behind it."""
        text = self.text
        length = 0
        while True:
            length += 1
            self.limit(length)
            at = self.at
            next = text[at : at + 1]
            if next == "." and (name := ATTRIBUTE.match(text, at)) is not None and self.shortcuts:
                self.at = name.end()
                value = ("attr", value[1], self.at, value, name.group(1))
                continue
            if next not in " .[\t\r\n#/" or (step := self.ahead(STEP)) is None:
                return value
            self.through(step)
            self.at -= 1
            value = self.bracket(value) if step.group(2) == "[" else self.dotted(value)

    def bracket(self, value: Expression) -> Expression:
        """What begins with `[` behind a value: an index or a full splat."""
        if self.star():
            ops = self.splat_ops()
            return ("splat", value[1], self.at, value, ops)
        key = self.index_key()
        return ("index", value[1], self.at, value, key)

    def star(self) -> bool:
        """Goes past `[*]`; when something else stands here it goes nowhere."""
        mark = self.at
        self.at += 1
        self.skip()
        if self.peek() != "*":
            self.at = mark
            return False
        self.at += 1
        self.skip()
        self.expect("]", "a splat is written `[*]`")
        return True

    def splat_ops(self) -> tuple[tuple[str, object], ...]:
        """All that follows a full splat: it is applied to every element, further splats included."""
        ops: list[tuple[str, object]] = []
        while True:
            mark = self.at
            self.skip()
            if self.peek() == "[":
                if self.star():
                    self.enter()
                    ops.append(("splat", self.splat_ops()))
                    self.depth -= 1
                    return tuple(ops)
                ops.append(("index", self.index_key()))
            elif self.peek() == "." and not self.text.startswith("...", self.at):
                self.at += 1
                self.skip()
                if self.peek() == "*":
                    self.at += 1
                    ops.append(("asplat", self.attribute_ops()))
                else:
                    ops.append(self.step())
            else:
                self.at = mark
                return tuple(ops)

    def index_key(self) -> Expression:
        """The expression between the brackets of an index."""
        self.enter()
        self.at += 1
        outer, self.skipper = self.skipper, ANY
        self.skip()
        key = self.expression()
        self.skip()
        self.expect("]", "an index is closed with `]`")
        self.skipper = outer
        self.depth -= 1
        return key

    def dotted(self, value: Expression) -> Expression:
        """What begins with `.` behind a value: an attribute, a legacy index or an attribute splat."""
        self.at += 1
        self.skip()
        if self.peek() == "*":
            self.at += 1
            ops = self.attribute_ops()
            return ("asplat", value[1], self.at, value, ops)
        kind, what = self.step()
        return (kind, value[1], self.at, value, what)

    def step(self) -> tuple[str, object]:
        """Behind a dot: the name of an attribute, or the number of a legacy index (`list.0`)."""
        if (name := self.ident.match(self.text, self.at)) is not None:
            self.at = name.end()
            return ("attr", name.group())
        start, number = self.at, self.number()
        if number is None:
            self.fail("an attribute name is missing behind the dot")
        if "." in self.text[start : self.at]:
            first, _, second = self.text[start : self.at].partition(".")
            self.fail_at("two legacy indexes in a row", start, f"write `[{first}][{second}]`")
        return ("index", number)

    def attribute_ops(self) -> tuple[tuple[str, object], ...]:
        """What an attribute splat applies to every element: attributes and legacy indexes."""
        ops: list[tuple[str, object]] = []
        while True:
            mark = self.at
            self.skip()
            if self.peek() != "." or self.text.startswith("...", self.at):
                self.at = mark
                return tuple(ops)
            self.at += 1
            self.skip()
            if self.peek() == "*":
                self.fail("a second splat behind `.*`", "write `[*]` to go into lists of lists")
            ops.append(self.step())

    def number(self) -> Expression | None:
        """A number; None when there is none."""
        found = NUMBER.match(self.text, self.at)
        if found is None:
            return None
        start, written = self.at, found.group()
        form = NUMBER_FORM.fullmatch(written)
        if form is None:
            self.fail(f"`{written[:40]}` is no number", "text, addresses and versions stand in double quotes")
        exponent = form[3]
        shift = int(exponent[1:8]) if exponent else 0
        if len(written) > MAX_DIGITS or abs(shift) > MAX_DIGITS:
            self.fail("this number is too large")
        self.at = found.end()
        return ("lit", start, self.at, literal(written))
