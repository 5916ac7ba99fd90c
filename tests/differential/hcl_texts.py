"""Random HCL: expressions and templates that mostly mean something, and texts with a few tokens broken."""

from __future__ import annotations

import random
import re

PLAIN = (
    "a", "b c", "$", "%", "$$", "%%", "$${x}", "%%{x}", "$x", "%d", "E", "{", "}", "~", "é", "e\u0301", "#", "//",
    "x: {y}", "$$$", "$$${x}",
)  # fmt: skip
SPACE = ("", " ", "  ", "\t", "\n", "\r\n", "\n  ", "\n    ", "   \n", "\xa0")
NAMES = (
    "a", "b.c", "d[0]", "each.value", "x.0", "x.*.y", "x[*].y", "x[*].y[*].z", 'x["k"].l', "var.a-b", "x[*].*.y[0]",
)  # fmt: skip
OPERATORS = ("+", "-", "*", "/", "%", "==", "!=", "<", ">", "<=", ">=", "&&", "||")
TOKEN = re.compile(r'<<-?\w+|"|\$\$?\{~?|%%?\{~?|~?\}|\w+|\s+|[^\w\s]')
BITS = (
    '"', "${", "%{", "}", "~", "~}", "${~", "%{~", " if ", " for ", " in ", " else ", " endif ", "[", "]", "{", "(",
    ")", "=", "==", "=>", "?", ":", "::", ".", "*", "[*]", ".*", "...", ",", "\n", "\r\n", "\r", " ", "\t", "<<E\n",
    "<<-E\n", "\nE\n", "E", "/*", "*/", "#", "//", "\\", "\\n", "\\u00e9", "1", ".0", ".0.1", "1e3", "1.", "-", "!",
    "&&", "+", "%", "$", "$$", "%%", "$${", "a", "for", "true", "null", "é", "e\u0301", "\u200b", "\xa0", "\ufeff",
    "%%{", "%{ if a }", "%{ else }", "%{ endif }", "%{for a in b}", "%{endfor}", "f(", "a = ", "b {", 'b "c" {', '\\"',
    "\\t",
)  # fmt: skip


class Writer:
    """Writes expressions; `deep` counts down to leaves."""

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng
        self.one = rng.choice

    def attribute(self) -> str:
        return f"v = {self.heredoc(3) if self.rng.random() < 0.5 else self.expression(4)}\n"

    def expression(self, deep: int) -> str:
        if deep <= 0:
            return self.leaf(deep)
        down = deep - 1
        match self.rng.randrange(15):
            case 0 | 1 | 2:
                return self.leaf(deep)
            case 3:
                return f"{self.expression(down)}{self.gap()}{self.one(OPERATORS)}{self.gap()}{self.expression(down)}"
            case 4:
                return f"{self.expression(down)} ? {self.expression(down)} : {self.expression(down)}"
            case 5:
                behind = self.one(("", "", ".a", "[0]", "[*].b"))
                return f"({self.gap()}{self.expression(down)}{self.gap()}){behind}"
            case 6:
                return "[" + self.several(down) + self.one(("]", ",]" if self.rng.random() < 0.1 else "]"))
            case 7 | 8:
                return "{" + ", ".join(self.item(down, number) for number in range(self.rng.randint(0, 3))) + "}"
            case 9:
                name = self.one(("f", "a::b", "jsonencode"))
                behind = self.one((")", ")", "...)"))
                return f"{name}({self.expression(down)}, {self.several(down) or '1'}{behind}"
            case 10:
                return f"[for {self.names()} in {self.expression(down)} : {self.expression(down)}{self.filter(down)}]"
            case 11:
                group = self.one(("", "", "..."))
                head = f"for {self.names()} in {self.expression(down)}"
                pair = f"{self.expression(down)} => {self.expression(down)}"
                return f"{{{head} : {pair}{group}{self.filter(down)}}}"
            case 12:
                return self.one("-!") + self.expression(down)
            case 13:
                return f"f({self.heredoc(down)}\n)"
        return f"x[{self.expression(down)}]" + self.one(("", ".a", ".*.b[0]", "[*]"))

    def leaf(self, deep: int) -> str:
        match self.rng.randrange(5):
            case 0:
                return self.one(("1", "0.5", "1e3", "true", "false", "12345678901234567890"))
            case 1 | 2:
                return self.one(NAMES)
        return '"' + (self.template(deep - 1, '"') if deep > 0 else self.one(("", "s", "\\u00e9", "$${q}"))) + '"'

    def several(self, deep: int) -> str:
        return ", ".join(self.expression(deep) for _ in range(self.rng.randint(0, 3)))

    def item(self, deep: int, number: int) -> str:
        inner = self.expression(deep)
        key = self.one((f"k{number}", f'"q{number}"', f"({inner})", f'"${{{inner}}}"', str(number), "true"))
        return key + self.one((" = ", ": ", " : ")) + self.expression(deep)

    def names(self) -> str:
        return self.one(("v", "k, v"))

    def filter(self, deep: int) -> str:
        return f" if {self.expression(deep)}" if self.rng.random() < 0.3 else ""

    def gap(self) -> str:
        return self.one(("", " ", " ", "  "))

    def heredoc(self, deep: int) -> str:
        marker, dash = self.one(("E", "EOT", "e-1")), self.one(("", "-"))
        body = self.template(deep, "")
        if body and not body.endswith("\n"):
            body += "\n"
        line_end = self.one(("\n", "\n", "\r\n"))
        before, behind = self.one(("", "  ", "    ", "\t")), self.one(("", "  ", "\t"))
        return f"<<{dash}{marker}{line_end}{before}{body}{behind}{marker}"

    def template(self, deep: int, quote: str) -> str:
        """What stands between quotes, or in a heredoc."""
        return "".join(self.piece(deep, quote) for _ in range(self.rng.randint(0, 5)))

    def piece(self, deep: int, quote: str) -> str:
        chance = self.rng.random()
        if chance < 0.5:
            space = self.one(("", " ", "  ", "\\n", "\\t")) if quote else self.one(SPACE)
            text = self.one((*PLAIN, '\\"', "\\\\") if quote else (*PLAIN, '"', "\\"))
            return space if chance < 0.15 else text + space
        if chance < 0.75 or deep <= 0:
            return self.mark("$", self.expression(deep - 1))
        inner = self.template(deep - 1, quote)
        if chance < 0.9:
            other = self.mark("%", "else") + self.template(deep - 1, quote) if self.rng.random() < 0.5 else ""
            return self.mark("%", f"if {self.expression(deep - 1)}") + inner + other + self.mark("%", "endif")
        loop = self.mark("%", f"for {self.names()} in {self.expression(deep - 1)}")
        return loop + inner + self.mark("%", "endfor")

    def mark(self, sign: str, inner: str) -> str:
        trim, gap = (lambda: self.one(("", "", "~"))), (lambda: self.one(("", " ")))
        return f"{sign}{{{trim()}{gap()}{inner} {trim()}}}"


def broken(rng: random.Random, text: str) -> str:
    """The text with one to three tokens lost, doubled, exchanged or put in."""
    tokens = TOKEN.findall(text)
    for _ in range(rng.randint(1, 3)):
        if not tokens:
            break
        at, chance = rng.randrange(len(tokens)), rng.random()
        if chance < 0.25:
            del tokens[at]
        elif chance < 0.6:
            tokens.insert(at, rng.choice(BITS))
        elif chance < 0.75:
            tokens[at] = rng.choice(BITS)
        elif chance < 0.85:
            tokens.insert(at, rng.choice(tokens))
        else:
            other = rng.randrange(len(tokens))
            tokens[at], tokens[other] = tokens[other], tokens[at]
    return "".join(tokens)
