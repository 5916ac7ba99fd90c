"""`format` and `formatlist`: Go-style verbs over values that may be partial strings."""

from __future__ import annotations

import re
from dataclasses import dataclass

from nhilint.model.node import Map, Node, Scalar, Sequence, Symbol, Unknown
from nhilint.model.span import Span
from nhilint.sources.terraform import arithmetic
from nhilint.sources.terraform.convert import to_bool, to_number, to_string
from nhilint.sources.terraform.graphemes import clusters
from nhilint.sources.terraform.iterate import items_of
from nhilint.sources.terraform.typed import STRING, ListValue
from nhilint.sources.terraform.values import Failure, describe, is_null, json_parts, known, parts_of, text
from nhilint.sources.terraform.worlds import lift

MAX_WIDTH = 10_000
MAX_PRECISION = 1_000
_VERB = re.compile(
    r"%(?P<flags>[-+# 0]*)(?P<width>[1-9]\d*)?(?:\.(?P<precision>\d*))?(?:\[(?P<index>[1-9]\d*)\])?(?P<mode>[A-Za-z])",
    re.ASCII,
)
INTEGERS = {"d": 10, "b": 2, "o": 8, "x": 16, "X": 16}
PREFIXES = {"b": "0b", "o": "0", "x": "0x", "X": "0X", "d": ""}


@dataclass(frozen=True, slots=True)
class Verb:
    """One verb of a format string."""

    raw: str
    flags: str
    width: int
    """-1: none."""
    precision: int
    """-1: none."""
    index: int
    """Of its argument, from 1; 0: the next one."""
    mode: str

    def padded(self, written: str) -> str:
        """Filled up to the width."""
        missing = "0" if "0" in self.flags else " "
        filling = missing * (self.width - len(clusters(written)))
        return written + filling if "-" in self.flags else filling + written


def pieces_of(template: str) -> list[str | Verb]:
    """A format string as literal pieces and verbs; raises `Failure` where it is none."""
    found: list[str | Verb] = []
    at = 0
    while (start := template.find("%", at)) >= 0:
        found.append(template[at:start])
        if template.startswith("%%", start):
            found.append("%")
            at = start + 2
            continue
        match = _VERB.match(template, start)
        if match is None:
            raise Failure("the format string has a verb that does not exist")
        at = match.end()
        width, precision = int((match["width"] or "-1")[:9]), -1
        if match["precision"] is not None:
            precision = int(match["precision"][:9] or 0)
        if width > MAX_WIDTH or precision > MAX_PRECISION:
            raise Failure("the width is too large")
        index = int((match["index"] or "0")[:9])
        found.append(Verb(match[0], match["flags"], width, precision, index, match["mode"]))
    return [*found, template[at:]]


def format_string(template: str, args: list[Node], span: Span) -> Node:
    """The template with each verb replaced; raises `Failure` for a wrong verb or count."""
    parsed = pieces_of(template)
    return lift(lambda given: _format(parsed, given, span), args, span)


def _format(parsed: list[str | Verb], args: list[Node], span: Span) -> Node:
    pieces: list[str | Symbol] = []
    used = highest = 0
    for piece in parsed:
        if isinstance(piece, str):
            pieces.append(piece)
            continue
        used = piece.index or used + 1
        highest = max(highest, used)
        if used > len(args):
            raise Failure("the format string has more verbs than there are arguments")
        pieces.extend(_verb(piece, args[used - 1]))
    if highest < len(args) and not any(isinstance(arg, Unknown) for arg in args):
        raise Failure("there are more arguments than verbs")
    return text(pieces, span)


def _verb(verb: Verb, arg: Node) -> tuple[str | Symbol, ...]:
    if verb.mode not in "vtsqbdoxXeEfgG":
        raise Failure(f"there is no verb `%{verb.mode}`")
    if is_null(arg) and verb.mode != "v":
        raise Failure("`format` can not write null with this verb")
    if verb.mode == "v":
        return _as_it_is(verb, arg)
    if verb.mode in "sq":
        return _string(verb, to_string(arg))
    converted = to_bool(arg) if verb.mode == "t" else to_number(arg)
    if not isinstance(converted, Scalar):
        return parts_of(converted) if verb.mode == "t" else _named(verb, arg)
    if verb.mode == "t":
        return parts_of(converted)
    assert isinstance(converted.value, (int, float))
    return (_integer if verb.mode in INTEGERS else _float)(verb, converted.value)


def _named(verb: Verb, arg: Node) -> tuple[Symbol]:
    return (Symbol(f"format({describe(Scalar(verb.raw, arg.span))}, {describe(arg)})"),)


def _as_it_is(verb: Verb, arg: Node) -> tuple[str | Symbol, ...]:
    """`%v`: a string or number as it is, anything else as JSON."""
    if "#" not in verb.flags and isinstance(arg, Scalar) and arg.value is not None and not isinstance(arg.value, bool):
        written = arg.value if isinstance(arg.value, str) else general(arg.value, -1)
        return (verb.padded(written),)
    if isinstance(arg, (Sequence, Map)) or "#" in verb.flags or is_null(arg):
        return _filled(verb, arg, json_parts(arg))
    return _filled(verb, arg, list(parts_of(arg)))


def _filled(verb: Verb, arg: Node, parts: list[str | Symbol]) -> tuple[str | Symbol, ...]:
    if all(isinstance(part, str) for part in parts):
        return (verb.padded("".join(part for part in parts if isinstance(part, str))),)
    return _named(verb, arg) if verb.width > 0 else tuple(parts)


def _string(verb: Verb, node: Node) -> tuple[str | Symbol, ...]:
    if verb.precision > 0:
        if not known(node):
            return _named(verb, node)
        written = "".join(part for part in parts_of(node) if isinstance(part, str))
        node = Scalar("".join(clusters(written)[: verb.precision]), node.span)
    return _filled(verb, node, json_parts(node) if verb.mode == "q" else list(parts_of(node)))


def _sign(verb: Verb, negative: bool) -> str:
    if negative:
        return "-"
    return "+" if "+" in verb.flags else " " if " " in verb.flags else ""


def _integer(verb: Verb, value: arithmetic.Number) -> tuple[str]:
    exact = arithmetic.exactly(value)
    if exact.denominator != 1:
        raise Failure("`format` needs a whole number")
    digits = format(abs(int(exact)), verb.mode)
    if verb.precision == 0 and digits == "0":
        return ("",)
    digits = digits.rjust(verb.precision, "0")
    front = _sign(verb, exact < 0) + (PREFIXES[verb.mode] if "#" in verb.flags else "")
    if "0" in verb.flags and "-" not in verb.flags and verb.precision < 0:
        digits = digits.rjust(verb.width - len(front), "0")
    written = front + digits
    return (written.ljust(verb.width) if "-" in verb.flags else written.rjust(verb.width),)


def _float(verb: Verb, value: arithmetic.Number) -> tuple[str]:
    exact = arithmetic.exactly(value)
    if verb.mode == "f":
        digits = _fixed(value, 6 if verb.precision < 0 else verb.precision)
    elif verb.mode in "eE":
        digits = _scientific(value, 6 if verb.precision < 0 else verb.precision)
    else:
        digits = general(abs(value) if type(value) is float else _positive(value), verb.precision)
    front = _sign(verb, exact < 0)
    if verb.mode in "EG":
        digits = digits.upper()
    if "0" in verb.flags and "-" not in verb.flags:
        return (front + digits.rjust(verb.width - len(front), "0"),)
    written = front + digits
    return (written.ljust(verb.width) if "-" in verb.flags else written.rjust(verb.width),)


def _positive(value: arithmetic.Number) -> arithmetic.Number:
    return arithmetic.negated(value) if value < 0 else value


def _fixed(value: arithmetic.Number, places: int) -> str:
    scaled = round(abs(arithmetic.exactly(value)) * 10**places)
    digits = str(scaled).rjust(places + 1, "0")
    return f"{digits[:-places]}.{digits[-places:]}" if places else digits


def _digits(value: arithmetic.Number, count: int) -> tuple[str, int]:
    """So many significant digits (-1: the fewest that are exact), and how many of them stand before the point."""
    exact = abs(arithmetic.exactly(value))
    if exact == 0:
        return "0" * max(count, 1), 1
    shortest, point = arithmetic.shortest(exact, 53 if type(value) is float else arithmetic.PRECISION)
    if count < 0:
        return shortest, point
    scaled = str(round(exact / arithmetic.power_of_ten(point - count)))
    return (scaled[:count], point + 1) if len(scaled) > count else (scaled, point)


def _scientific(value: arithmetic.Number, places: int) -> str:
    digits, point = _digits(value, places if places < 0 else places + 1)
    exponent = point - 1 if arithmetic.exactly(value) else 0
    return (
        digits[0]
        + ("." + digits[1:] if len(digits) > 1 else "")
        + f"e{'-' if exponent < 0 else '+'}{abs(exponent):02d}"
    )


def general(value: arithmetic.Number, precision: int) -> str:
    """`%g`: the shorter of both notations."""
    negative = arithmetic.exactly(value) < 0
    digits, point = _digits(value, max(precision, 1) if precision >= 0 else -1)
    digits = digits.rstrip("0") or "0"
    limit = 6 if precision < 0 else max(precision, 1)
    if precision >= 0 and limit > len(digits) >= point:
        limit = len(digits)
    if not -4 <= point - 1 < limit:
        written = _scientific(value, len(digits) - 1)
    else:
        written = _fixed(value, max(len(digits) - point, 0))
    return "-" + written if negative else written


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
    return ListValue(tuple(rows), span, opened, STRING)
