"""The expressions of workflows (`${{ … }}`) as trees; knows no workflow and evaluates nothing.

https://docs.github.com/en/actions/reference/workflows-and-actions/expressions
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

_TOKEN = re.compile(
    r"""\s*(?:
      (?P<string>'(?:[^']|'')*')
    | (?P<number>0x[0-9A-Fa-f]+|[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)
    | (?P<name>[A-Za-z_][A-Za-z0-9_-]*)
    | (?P<mark>==|!=|<=|>=|&&|\|\||[!<>()\[\].,*])
    )""",
    re.VERBOSE,
)
_COMPARE = frozenset({"==", "!=", "<", "<=", ">", ">="})
_MAX_DEPTH = 50
DYNAMIC = "[]"
"""In a path: an index that is not a literal."""
ALL = "*"
"""In a path: every element."""


@dataclass(frozen=True, slots=True)
class Literal:
    """A string, number, truth value or null."""

    value: str | float | bool | None


@dataclass(frozen=True, slots=True)
class Context:
    """A part of a context: `secrets.TOKEN`, `matrix['os']`, `needs.*.result`. Names are lower case."""

    path: tuple[str, ...]
    indices: tuple[Expression, ...] = ()
    """What stands in the indices that are no literals."""


@dataclass(frozen=True, slots=True)
class Call:
    """A function, lower case, with its arguments; what is taken out of its result is not kept."""

    name: str
    arguments: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Binary:
    """`&&`, `||` or a comparison."""

    operator: str
    left: Expression
    right: Expression


@dataclass(frozen=True, slots=True)
class Not:
    """`!x`."""

    operand: Expression


Expression = Literal | Context | Call | Binary | Not


@dataclass(frozen=True, slots=True)
class Hole:
    """One `${{ … }}` of a text."""

    source: str
    """What stands between the braces, blanks trimmed."""
    tree: Expression | None
    """None: it is no expression."""


class _Unreadable(Exception):
    """The text is no expression."""


@lru_cache(maxsize=4096)
def parse(source: str) -> Expression | None:
    """The tree of an expression without its braces; None when it is none."""
    try:
        return _Parser(source).whole()
    except _Unreadable:
        return None


def split(text: str) -> tuple[str | Hole, ...]:
    """A text as its literal pieces and holes, in order."""
    if "${{" not in text:
        return (text,) if text else ()
    pieces: list[str | Hole] = []
    at = 0
    while (start := text.find("${{", at)) >= 0:
        end = _end(text, start + 3)
        if end < 0:
            break
        if start > at:
            pieces.append(text[at:start])
        source = text[start + 3 : end].strip()
        pieces.append(Hole(source, parse(source)))
        at = end + 2
    if at < len(text):
        pieces.append(text[at:])
    return tuple(pieces)


def _end(text: str, at: int) -> int:
    """Where the closing braces are; strings may hold braces."""
    quoted = False
    while at < len(text):
        if text[at] == "'":
            quoted = not quoted
        elif not quoted and text.startswith("}}", at):
            return at
        at += 1
    return -1


def contexts(tree: Expression) -> Iterator[Context]:
    """Every context that an expression mentions."""
    match tree:
        case Context():
            yield tree
            for index in tree.indices:
                yield from contexts(index)
        case Call():
            for argument in tree.arguments:
                yield from contexts(argument)
        case Binary():
            yield from contexts(tree.left)
            yield from contexts(tree.right)
        case Not():
            yield from contexts(tree.operand)
        case Literal():
            return


class _Parser:
    def __init__(self, source: str) -> None:
        self.tokens = list(_tokens(source))
        self.at = 0
        self.depth = 0

    def whole(self) -> Expression:
        tree = self.either()
        if self.at < len(self.tokens):
            raise _Unreadable
        return tree

    def peek(self) -> str:
        return self.tokens[self.at][1] if self.at < len(self.tokens) and self.tokens[self.at][0] == "mark" else ""

    def take(self) -> tuple[str, str]:
        if self.at >= len(self.tokens):
            raise _Unreadable
        self.at += 1
        return self.tokens[self.at - 1]

    def expect(self, mark: str) -> None:
        if self.take() != ("mark", mark):
            raise _Unreadable

    def either(self) -> Expression:
        self.depth += 1
        if self.depth > _MAX_DEPTH:
            raise _Unreadable
        left = self.both()
        while self.peek() == "||":
            self.at += 1
            left = Binary("||", left, self.both())
        self.depth -= 1
        return left

    def both(self) -> Expression:
        left = self.compared()
        while self.peek() == "&&":
            self.at += 1
            left = Binary("&&", left, self.compared())
        return left

    def compared(self) -> Expression:
        left = self.single()
        while self.peek() in _COMPARE:
            operator = self.take()[1]
            left = Binary(operator, left, self.single())
        return left

    def single(self) -> Expression:
        negations = 0
        while self.peek() == "!":
            self.at += 1
            negations += 1
        tree = self.value()
        for _ in range(min(negations, 2 - negations % 2) if negations else 0):
            tree = Not(tree)
        return tree

    def value(self) -> Expression:
        kind, text = self.take()
        if (kind, text) == ("mark", "("):
            tree = self.either()
            self.expect(")")
            return self.parts(tree)
        if kind == "string":
            return Literal(text[1:-1].replace("''", "'"))
        if kind == "number":
            return Literal(float(int(text, 16)) if text.startswith("0x") else float(text))
        if kind != "name":
            raise _Unreadable
        word = text.lower()
        if self.peek() == "(":
            return self.parts(self.call(word))
        if word in ("true", "false", "null"):
            return Literal({"true": True, "false": False}.get(word))
        return self.parts(Context((word,)))

    def call(self, name: str) -> Expression:
        self.expect("(")
        arguments: list[Expression] = []
        while self.peek() != ")":
            arguments.append(self.either())
            if self.peek() != ")":
                self.expect(",")
        self.expect(")")
        return Call(name, tuple(arguments))

    def parts(self, tree: Expression) -> Expression:
        while self.peek() in (".", "["):
            mark = self.take()[1]
            name, index = DYNAMIC, None
            if mark == ".":
                kind, text = self.take()
                if kind != "name" and text != ALL:
                    raise _Unreadable
                name = text.lower()
            elif self.peek() == ALL:
                self.at += 1
                name = ALL
                self.expect("]")
            else:
                index = self.either()
                self.expect("]")
                if isinstance(index, Literal):
                    name, index = _index(index), None
            if isinstance(tree, Context):
                tree = Context((*tree.path, name), (*tree.indices, *((index,) if index else ())))
        return tree


def _index(literal: Literal) -> str:
    value = literal.value
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value).lower()


def _tokens(source: str) -> Iterator[tuple[str, str]]:
    at = 0
    source = source.rstrip()
    while at < len(source):
        found = _TOKEN.match(source, at)
        if found is None or found.lastgroup is None:
            raise _Unreadable
        yield found.lastgroup, found[found.lastgroup]
        at = found.end()
