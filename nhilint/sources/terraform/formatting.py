"""`format` and `formatlist`: Go-style verbs over values that may be partial strings."""

from __future__ import annotations

import re

from nhilint.model.node import Map, Node, Scalar, Sequence, Symbol, Text, Unknown
from nhilint.model.span import Span
from nhilint.sources.terraform.convert import to_number, to_string
from nhilint.sources.terraform.iterate import items_of
from nhilint.sources.terraform.values import Failure, describe, is_null, json_parts, number_text, parts_of, text
from nhilint.sources.terraform.worlds import lift


def format_string(template: str, args: list[Node], span: Span) -> Node:
    """The template with each verb replaced; raises `Failure` for a wrong verb or count."""
    return lift(lambda given: _format(template, given, span), args, span)


def _format(template: str, args: list[Node], span: Span) -> Node:
    pieces: list[str | Symbol] = []
    position = used = highest = 0
    pattern = re.compile(
        r"%(?P<flags>[-+# 0]*)(?P<width>\d+)?(?:\.(?P<precision>\d+))?(?:\[(?P<index>\d+)\])?(?P<verb>.)"
    )
    while True:
        start = template.find("%", position)
        if start < 0:
            pieces.append(template[position:])
            break
        pieces.append(template[position:start])
        match = pattern.match(template, start)
        if match is None:
            raise Failure("the format string ends within a verb")
        position = match.end()
        if match["verb"] == "%":
            pieces.append("%")
            continue
        number = int(match["index"]) - 1 if match["index"] else used
        if not 0 <= number < len(args):
            raise Failure("the format string has more verbs than there are arguments")
        used = number + 1
        highest = max(highest, used)
        pieces.extend(_verb(match, args[number]))
    if highest < len(args) and not any(isinstance(arg, Unknown) for arg in args):
        raise Failure("there are more arguments than verbs")
    return text(pieces, span)


def _verb(match: re.Match[str], arg: Node) -> tuple[str | Symbol, ...]:
    verb, flags = match["verb"], match["flags"] or ""
    width = int(match["width"] or 0)
    if width > 10_000 or int(match["precision"] or 0) > 1_000:
        raise Failure("the width is too large")
    if not isinstance(arg, (Scalar, Text)) and verb in "vs" and isinstance(arg, (Sequence, Map)):
        return tuple(json_parts(arg))
    if verb in ("s", "v"):
        if is_null(arg):
            if verb == "v":
                return ("null",)
            raise Failure("`format` needs a string, not null")
        parts = parts_of(arg)
        return (_pad(parts[0], width, flags),) if len(parts) == 1 and isinstance(parts[0], str) else parts
    if verb == "q":
        return tuple(json_parts(to_string(arg)))
    if verb == "t":
        return parts_of(to_string(arg))
    if verb not in "dbxXoeEfFgG":
        raise Failure(f"there is no verb `%{verb}`")
    if not isinstance(arg, Scalar):
        return (Symbol(f"format({describe(Scalar(match[0], arg.span))}, {describe(arg)})"),)
    return (_pad(_number(match, to_number(arg)), width, flags),)


def _number(match: re.Match[str], node: Node) -> str:
    value = node.value if isinstance(node, Scalar) else None
    if not isinstance(value, (int, float)):
        raise Failure("`format` needs a number")
    verb, precision = match["verb"], match["precision"]
    if verb in "dbxXo":
        if value != int(value):
            raise Failure("`format` needs a whole number")
        written = format(int(value), verb)
    elif verb in "gG" and precision is None:
        written = number_text(value)
    else:
        written = format(float(value), f".{precision or 6}{verb}")
    return "+" + written if "+" in (match["flags"] or "") and value >= 0 else written


def _pad(written: str, width: int, flags: str) -> str:
    if "-" in flags:
        return written.ljust(width)
    if "0" in flags:
        sign = written[:1] if written[:1] in "+-" else ""
        return sign + written[len(sign) :].rjust(width - len(sign), "0")
    return written.rjust(width)


def format_list(template: str, args: list[Node], span: Span) -> Node:
    """`format` once per element of the list arguments, which must have equal lengths."""
    lists = [arg for arg in args if isinstance(arg, Sequence)]
    opened = ", ".join(arg.open for arg in lists if arg.open)
    columns = [[item for _, item in items_of(arg).pairs] for arg in lists]
    lengths = {len(column) for column in columns}
    if len(lengths) > 1 and not opened:
        raise Failure("the lists have different lengths")
    count = min(lengths) if lengths else 1
    rows = []
    for row in range(count):
        rest = iter(columns)
        rows.append(format_string(template, [next(rest)[row] if isinstance(a, Sequence) else a for a in args], span))
    return Sequence(tuple(rows), span, opened)
