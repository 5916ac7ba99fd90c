"""The value domain of the Terraform evaluator: conversions, naming and comparison of nodes; knows no syntax.

Values are the model's nodes. A set is a `SetValue`: a list without duplicates in Terraform's order.
"""

from __future__ import annotations

import hashlib
import json
import math
import unicodedata
from collections.abc import Hashable, Iterable, Mapping

from nhilint.model.node import Choice, Embedded, Encoded, Map, Node, Scalar, Sequence, Symbol, Text, Unknown
from nhilint.model.span import Span
from nhilint.sources.terraform import arithmetic
from nhilint.sources.terraform.typed import SetValue as SetValue

MAX_STRING = 2_000_000
"""Longest string that is built, in characters; anything longer is a failure, not a hang."""
MAX_NODES = 60_000
"""Most parts of one value."""


class Failure(Exception):
    """An expression that Terraform would reject; `try` and `can` catch it."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class Cycle(Failure):
    """A value that needs itself."""


def symbol(name: str, span: Span) -> Text:
    """The unknown string called `name`."""
    return Text((Symbol(name),), span)


def checked(node: Node) -> Node:
    """The value itself; raises `Failure` when it has more than `MAX_NODES` parts.

    Values share their parts, so a few lines can describe a tree that nobody could walk. Whatever is remembered under
    a name is measured once, which bounds every later walk.
    """
    if isinstance(node, (Scalar, Text, Unknown)):
        return node
    stack: list[Node] = [node]
    count = 0
    while stack:
        count += 1
        if count > MAX_NODES:
            raise Failure("the value is larger than nhilint builds")
        one = stack.pop()
        if isinstance(one, Sequence):
            stack.extend(one.items)
        elif isinstance(one, Map):
            if isinstance(one.entries, dict):
                stack.extend(one.entries.values())
        elif isinstance(one, Choice):
            stack.extend(one.options)
        elif isinstance(one, Encoded):
            stack.append(one.node)
    return node


def null(span: Span) -> Scalar:
    """The null value."""
    return Scalar(None, span)


def is_null(node: Node) -> bool:
    """Whether the node is certainly null."""
    return isinstance(node, Scalar) and node.value is None


def pure_symbol(node: Node) -> str:
    """The symbol's name when the node is one symbol and nothing else; otherwise empty."""
    if isinstance(node, Text) and len(node.parts) == 1:
        part = node.parts[0]
        return part.name if isinstance(part, Symbol) else ""
    return ""


def text(parts: Iterable[str | Symbol], span: Span) -> Scalar | Text:
    """A string made of pieces; adjacent literals are joined, and without symbols it is a known string."""
    joined: list[str | Symbol] = []
    size = 0
    for part in parts:
        if isinstance(part, Symbol):
            joined.append(part)
        elif part:
            size += len(part)
            if size > MAX_STRING:
                raise Failure("the string is longer than nhilint builds")
            if joined and isinstance(joined[-1], str):
                joined[-1] += part
            else:
                joined.append(part)
    if not joined:
        return Scalar("", span)
    if len(joined) == 1 and isinstance(joined[0], str):
        return Scalar(nfc(joined[0]), span)
    return Text(tuple(part if isinstance(part, Symbol) else nfc(part) for part in joined), span)


def number_text(value: float) -> str:
    """A number as Terraform writes it into a string."""
    if arithmetic.infinite(value):
        return "+Inf" if value > 0 else "-Inf"
    try:
        return arithmetic.spelled(value)
    except (ValueError, OverflowError):
        raise Failure("the number is too large") from None


def nfc(value: str) -> str:
    """A string as Terraform holds it: composed characters where there are any."""
    return value if value.isascii() else unicodedata.normalize("NFC", value)


def scalar_text(value: str | int | float | bool | None) -> str:
    """A primitive converted to a string; null is a failure."""
    if isinstance(value, str):
        return value
    if value is True:
        return "true"
    if value is False:
        return "false"
    if value is None:
        raise Failure("null can not be part of a string")
    return number_text(value)


def parts_of(node: Node) -> tuple[str | Symbol, ...]:
    """The node as pieces of a string (not for a `Choice`: lift first)."""
    if isinstance(node, Scalar):
        return (scalar_text(node.value),)
    if isinstance(node, Text):
        return node.parts
    if isinstance(node, Unknown):
        return (Symbol(node.expression),)
    if isinstance(node, Encoded):
        return encoded_parts(node)
    if isinstance(node, Choice):
        return (Symbol(describe(node)),)
    raise Failure("a collection can not be part of a string")


def json_parts(node: Node) -> list[str | Symbol]:
    """The JSON text of a node; symbols inside strings stay symbols, whole unknown values become bare symbols."""
    if isinstance(node, Scalar):
        return [json_scalar(node.value)]
    if isinstance(node, Text):
        inner = [p if isinstance(p, Symbol) else json_scalar(p)[1:-1] for p in node.parts]
        return ['"', *inner, '"']
    if isinstance(node, (Sequence, Map)) and node.open:
        return [Embedded(f"jsonencode({describe(node)})", node)]
    if isinstance(node, Sequence):
        out: list[str | Symbol] = ["["]
        for index, item in enumerate(node.items):
            out += [","] * bool(index)
            out += json_parts(item)
        return [*out, "]"]
    if isinstance(node, Map):
        out = ["{"]
        for index, key in enumerate(sorted(node.entries)):
            out += [f"{',' * bool(index)}{json_scalar(key)}:"]
            out += json_parts(node.entries[key])
        return [*out, "}"]
    if isinstance(node, Encoded):
        return ['"', *(p if isinstance(p, Symbol) else json_scalar(p)[1:-1] for p in encoded_parts(node)), '"']
    return [Embedded(f"jsonencode({describe(node)})", node)]


def json_scalar(value: object) -> str:
    """JSON as Terraform writes it: HTML characters escaped, everything else as UTF-8."""
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        if arithmetic.infinite(value):
            raise Failure("infinity has no JSON text")
        return number_text(value)
    raw = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    if not isinstance(value, str):
        return raw
    return (
        raw.replace("<", "\\u003c")
        .replace(">", "\\u003e")
        .replace("&", "\\u0026")
        .replace("\u2028", "\\u2028")
        .replace("\u2029", "\\u2029")
    )


def encoded_parts(node: Encoded) -> tuple[str | Symbol, ...]:
    """The text that an encoded structure stands for."""
    if node.format == "json":
        return tuple(json_parts(node.node))
    if known(node.node):
        from nhilint.sources.terraform.yamltext import encode

        return (encode(node.node),)
    return (Symbol(describe(node)),)


def encoded_text(node: Encoded) -> Scalar | Text:
    """The text that an encoded structure stands for, as a node."""
    return text(encoded_parts(node), node.span)


def describe(node: Node, room: int = 160) -> str:
    """A canonical name of a value, equal for equal values wherever they were written; long ones end in a hash."""
    name = _describe(node, 0)
    if len(name) <= room:
        return name
    return f"{name[: room - 20]}…{hashlib.sha256(name.encode()).hexdigest()[:12]}"


def _describe(node: Node, depth: int) -> str:
    if depth > 12:
        return "…"
    if isinstance(node, Scalar):
        if isinstance(node.value, float):
            return number_text(node.value)
        return "null" if node.value is None else json.dumps(node.value, ensure_ascii=False)
    if isinstance(node, Text):
        name = pure_symbol(node)
        return name or '"' + "".join(p if isinstance(p, str) else f"${{{p.name}}}" for p in node.parts) + '"'
    if isinstance(node, Sequence):
        inner = [_describe(item, depth + 1) for item in node.items[:40]]
        return (
            node.open if node.open and not inner else "[" + ", ".join([*inner, *([node.open] * bool(node.open))]) + "]"
        )
    if isinstance(node, Map):
        if isinstance(node.entries, dict):
            pairs = [f"{k} = {_describe(v, depth + 1)}" for k, v in list(node.entries.items())[:40]]
        else:
            pairs = []
        return (
            node.open if node.open and not pairs else "{" + ", ".join([*pairs, *([node.open] * bool(node.open))]) + "}"
        )
    if isinstance(node, Encoded):
        return f"{node.format}encode({_describe(node.node, depth + 1)})"
    if isinstance(node, Choice):
        options = [_describe(option, depth + 1) for option in node.options]
        if node.keys:
            return f"{node.condition} ? {{" + ", ".join(map(" = ".join, zip(node.keys, options, strict=True))) + "}"
        return f"{node.condition} ? " + " : ".join(options)
    return node.expression


def canonical(node: Node) -> Hashable:
    """A key that is equal for equal values, without places."""
    if isinstance(node, Scalar):
        value = node.value
        return ("bool", value) if isinstance(value, bool) else ("scalar", value)
    if isinstance(node, Text):
        return ("text", node.parts)
    if isinstance(node, Sequence):
        return ("seq", node.open, tuple(canonical(item) for item in node.items))
    if isinstance(node, Map) and not isinstance(node.entries, dict):
        return ("lazy", node.open)
    if isinstance(node, Map):
        return ("map", node.open, tuple((key, canonical(node.entries[key])) for key in sorted(node.entries)))
    if isinstance(node, Encoded):
        return ("encoded", node.format, canonical(node.node))
    if isinstance(node, Choice):
        return ("choice", node.condition, node.keys, tuple(canonical(option) for option in node.options))
    return ("unknown", node.expression)


def same(a: Node, b: Node) -> bool:
    """Whether two values have one `canonical` key; it looks no further than the first difference."""
    if a is b:
        return True
    if isinstance(a, Scalar):
        return isinstance(b, Scalar) and a.value == b.value and isinstance(a.value, bool) == isinstance(b.value, bool)
    if isinstance(a, Text):
        return isinstance(b, Text) and a.parts == b.parts
    if isinstance(a, Sequence):
        return isinstance(b, Sequence) and a.open == b.open and _all_same(a.items, b.items)
    if isinstance(a, Map):
        if not isinstance(b, Map) or a.open != b.open:
            return False
        if not isinstance(a.entries, dict) or not isinstance(b.entries, dict):
            return not isinstance(a.entries, dict) and not isinstance(b.entries, dict)
        return a.entries.keys() == b.entries.keys() and all(same(a.entries[key], b.entries[key]) for key in a.entries)
    if isinstance(a, Encoded):
        return isinstance(b, Encoded) and a.format == b.format and same(a.node, b.node)
    if isinstance(a, Choice):
        if not isinstance(b, Choice) or (a.condition, a.keys) != (b.condition, b.keys):
            return False
        return _all_same(a.options, b.options)
    return isinstance(b, Unknown) and a.expression == b.expression


def _all_same(some: tuple[Node, ...], others: tuple[Node, ...]) -> bool:
    return len(some) == len(others) and all(map(same, some, others))


def known(node: Node) -> bool:
    """Whether the value is known all the way down."""
    if isinstance(node, Scalar):
        return True
    if isinstance(node, Sequence):
        return not node.open and all(known(item) for item in node.items)
    if isinstance(node, Map):
        return not node.open and all(known(item) for item in node.entries.values())
    return isinstance(node, Encoded) and known(node.node)


def plain(node: Node) -> object:
    """A known node as Python values: str, int, float, bool, None, list, dict."""
    if isinstance(node, Scalar):
        return node.value
    if isinstance(node, Sequence):
        return [plain(item) for item in node.items]
    if isinstance(node, Map):
        return {key: plain(item) for key, item in node.entries.items()}
    if isinstance(node, Encoded):
        return "".join(p for p in encoded_parts(node) if isinstance(p, str))
    raise Failure(f"the value of `{describe(node)}` is not known")


def node_of(value: object, span: Span) -> Node:
    """Python values as a node, all in one place."""
    if isinstance(value, (list, tuple)):
        return Sequence(tuple(node_of(item, span) for item in value), span)
    if isinstance(value, Mapping):
        return Map({nfc(str(key)): node_of(item, span) for key, item in value.items()}, span)
    if isinstance(value, str):
        return Scalar(nfc(value), span)
    if isinstance(value, float) and math.isnan(value):
        raise Failure("not a number is no value")
    if type(value) is float and value.is_integer():
        return Scalar(int(value), span)
    if value is None or isinstance(value, (int, float)):
        return Scalar(value, span)
    raise Failure("the value has no Terraform type")
