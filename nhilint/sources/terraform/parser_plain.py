"""Shortcuts for the commonest forms, each read with one expression; the tree is the same as on the long way.

Nine of ten attributes of real files are a name and a plain string, a traversal or a whole number on a line of its own.
What is not exactly of that form (a comment, an escape, an operator, a second `=`) is left to the grammar.
"""

from __future__ import annotations

import re

from nhilint.sources.terraform.parser_ground import WORDS
from nhilint.sources.terraform.syntax import Attribute, Expression
from nhilint.sources.terraform.syntax_templates import composed

_NAME = r"[^\W\d][\w-]*+"
_VALUE = rf'(?:"([^"\\$%\r\n]*+)"|({_NAME}(?:\.{_NAME})*+)|([0-9]{{1,15}}+))'
NEXT = re.compile(
    rf'[ \t\n]*+(?:(\}})|({_NAME})[ \t]*+(?:=(?!=)[ \t]*+(?![/\r])|((?:"[^"\\$%\r\n]*+"[ \t]*+)*+)(\{{)[ \t]*+\n))'
)
"""A closing brace; the name of an attribute, up to its value; or of a block type, labels and an opening brace."""
CLOSE, SET, OPEN = 1, 2, 4
"""Which of them it is, as `lastindex` says."""
REFERENCE = re.compile(rf"\$\{{({_NAME}(?:\.{_NAME})*+)\}}")
"""An interpolation of nothing but a traversal."""
ATTRIBUTE = re.compile(rf"[ \t\n]*+({_NAME})[ \t]*+=[ \t]*+{_VALUE}[ \t]*+\n")
ENTRY = re.compile(rf'[ \t\n]*+(?:"([^"\\$%\r\n]*+)"|({_NAME}))[ \t]*+[=:][ \t]*+{_VALUE}[ \t]*+,?[ \t]*+\n')
ITEM, ARGUMENT = (re.compile(rf"[ \t\n]*+{_VALUE}[ \t\n]*+(?:,|(?=\{close}))") for close in "])")


def attributes(text: str, at: int, known: dict[str, Attribute]) -> int:
    """Adds the plain attributes that stand here, one a line; answers where the first other thing begins."""
    match = ATTRIBUTE.match
    while (found := match(text, at)) is not None:
        name = found.group(1)
        if name in known:
            break
        value = _value(found, 2)
        start = found.start(1)
        known[name] = Attribute(name, start, value, start, value[2])
        at = found.end()
    return at


def entries(text: str, at: int, known: list[tuple[Expression, Expression]]) -> int:
    """Adds the plain entries of an object, one a line; answers where the first other thing begins."""
    match = ENTRY.match
    while (found := match(text, at)) is not None:
        start, end = found.span(1)
        if start >= 0:
            key = ("str", start - 1, end + 1, composed(text[start:end]))
        else:
            start, end = found.span(2)
            key = ("str", start, end, text[start:end])
        known.append((key, _value(found, 3)))
        at = found.end()
    return at


def items(form: re.Pattern[str], text: str, at: int, known: list[Expression]) -> int:
    """Adds the plain items of a list (or a call), commas included; answers where the first other thing begins."""
    match = form.match
    while (found := match(text, at)) is not None:
        known.append(_value(found, 1))
        at = found.end()
    return at


def _value(found: re.Match[str], first: int) -> Expression:
    """The value in the three groups from `first` on: a string, a traversal or a number."""
    kind = found.lastindex or 0
    start, end = found.span(kind)
    written = found.group(kind)
    if kind == first:
        return ("str", start - 1, end + 1, composed(written))
    if kind == first + 2:
        return ("lit", start, end, int(written))
    return chain(written, start)


def chain(written: str, start: int) -> Expression:
    """The tree of `a.b.c`."""
    root, *steps = written.split(".")
    at = start + len(root)
    value: Expression = ("lit", start, at, WORDS[root]) if root in WORDS else ("name", start, at, root)
    for step in steps:
        at += 1 + len(step)
        value = ("attr", start, at, value, step)
    return value
