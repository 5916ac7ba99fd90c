"""String functions; those that distribute over concatenation keep the literal pieces of partial strings."""

from __future__ import annotations

import re
from collections.abc import Callable

from nhilint.model.node import Encoded, Node, Scalar, Sequence, Symbol, Text, Unknown
from nhilint.sources.terraform.convert import to_string
from nhilint.sources.terraform.formatting import format_list, format_string
from nhilint.sources.terraform.functions_collection import whole
from nhilint.sources.terraform.functions_regex import substitute
from nhilint.sources.terraform.graphemes import clusters
from nhilint.sources.terraform.iterate import items_of
from nhilint.sources.terraform.registry import Call, Function, Table, pure
from nhilint.sources.terraform.typed import STRING, ListValue
from nhilint.sources.terraform.values import Failure, encoded_text, is_null, parts_of, text
from nhilint.sources.terraform.worlds import each_option

PROVIDER_IDIOMS = (
    "/^(.*provider/)/",
    "/^.*provider//",
    "/^(.*oidc-provider/)/",
    "/^.*oidc-provider\\//",
    "/.*oidc-provider\\//",
)
"""How modules cut the issuer out of the ARN of an identity provider; an issuer itself holds no `provider/`."""
SPACES = " \t\n\v\f\r\u0085\u00a0\u1680\u2028\u2029\u202f\u205f\u3000" + "".join(map(chr, range(0x2000, 0x200B)))
"""What Unicode calls white space."""
MAX_INDENT = 10_000
SEPARABLE = ("account", "region")
"""Symbols that contain no separator: strings around them can be split."""


def string_arg(node: Node) -> Node:
    """An argument that must be a string: known, partial or unknown."""
    if isinstance(node, Encoded):
        return encoded_text(node)
    converted = to_string(node)
    if is_null(converted):
        raise Failure("the argument must not be null")
    return converted


def value_of(node: Node) -> str | None:
    """The known string, or None."""
    return str(node.value) if isinstance(node, Scalar) else None


def _distributes(function: Callable[[str], str]) -> Function:
    """A function with f(a + b) = f(a) + f(b): literal pieces are computed, symbols are wrapped."""

    def run(call: Call, args: list[Node]) -> Node:
        node = string_arg(args[0])
        parts = parts_of(node)
        return text([function(p) if isinstance(p, str) else Symbol(_wrap(call.name, p.name)) for p in parts], node.span)

    return Function(run)


def _wrap(name: str, inner: str) -> str:
    return inner if inner in SEPARABLE or inner.startswith(f"{name}(") else f"{name}({inner})"


def _join(call: Call, args: list[Node]) -> Node:
    separator = string_arg(args[0])
    if len(args) < 2:
        raise Failure("`join` needs a list")
    pieces: list[str | Symbol] = []
    first = True
    if len(args) == 2 and isinstance(args[1], Sequence) and not args[1].open:
        # What is joined to nothing stays what it is: `join("", data.x.*.json)` is still a document.
        alone = [item for _, item in items_of(args[1]).pairs]
        if len(alone) == 1 and isinstance(alone[0], Encoded):
            return alone[0]
    for collection in args[1:]:
        if not isinstance(collection, Sequence) or collection.open:
            return call.unknown(args, "string")
        for _, item in items_of(collection).pairs:
            if not first:
                pieces.extend(parts_of(separator))
            if is_null(item):
                raise Failure("`join` can not join null")
            pieces.extend(parts_of(item))
            first = False
    return text(pieces, args[-1].span)


def _split(call: Call, args: list[Node]) -> Node:
    separator, node = value_of(string_arg(args[0])), string_arg(args[1])
    if separator is None or isinstance(node, Unknown):
        return call.unknown(args, "list")
    if isinstance(node, Scalar):
        written = str(node.value)
        letters = list(written) if separator == "" else written.split(separator)
        return ListValue(tuple(Scalar(piece, node.span) for piece in letters), node.span, "", STRING)
    pieces = split_parts(node, separator) if separator else None
    if pieces is None:
        return call.unknown(args, "list")
    return ListValue(tuple(pieces), node.span, "", STRING)


def split_parts(node: Node, separator: str) -> list[Node] | None:
    """A partial string cut at a separator; None when a symbol could hide one."""
    parts = parts_of(node)
    if not all(isinstance(p, str) or p.name.split("@")[0] in SEPARABLE for p in parts):
        return None
    groups: list[list[str | Symbol]] = [[]]
    for part in parts:
        if isinstance(part, Symbol):
            groups[-1].append(part)
            continue
        head, *rest = part.split(separator)
        groups[-1].append(head)
        groups.extend([piece] for piece in rest)
    return [text(group, node.span) for group in groups]


def without_scheme(node: Node) -> Node:
    """A URL without `https://`; an unknown one keeps its own name, so that every way of cutting it off is equal."""
    parts = parts_of(node)
    if isinstance(parts[0], str):
        return text([parts[0].removeprefix("https://"), *parts[1:]], node.span)
    name = parts[0].name
    if not name.endswith(', "https://", "")'):
        name = f'replace({name}, "https://", "")'
    return text([Symbol(name), *parts[1:]], node.span)


def _replace(call: Call, args: list[Node]) -> Node:
    node, old, new = (string_arg(arg) for arg in args)
    before, after = value_of(old), value_of(new)
    if before is None or after is None:
        return call.unknown(args, "string")
    if isinstance(node, Scalar):
        written = str(node.value)
        if len(before) > 1 and before.startswith("/") and before.endswith("/"):
            return substitute(call, args, before[1:-1], after, written)
        return Scalar(written.replace(before, after), node.span)
    if before == "https://" and after == "" and isinstance(node, Text):
        return without_scheme(node)
    parts = parts_of(node)
    if before in PROVIDER_IDIOMS and after == "":
        for index, part in enumerate(parts):
            if isinstance(part, str) and ":oidc-provider/" in part:
                return text([part.rpartition("provider/")[2], *parts[index + 1 :]], node.span)
    if before and not before.startswith("/") and all(_separable(p, before) for p in parts):
        return text([p.replace(before, after) if isinstance(p, str) else p for p in parts], node.span)
    return call.unknown(args, "string")


def _separable(part: str | Symbol, needle: str) -> bool:
    return isinstance(part, str) or (part.name.split("@")[0] == "account" and not needle.isalnum())


def _trim_affix(side: str) -> Function:
    def run(call: Call, args: list[Node]) -> Node:
        node, affix = string_arg(args[0]), value_of(string_arg(args[1]))
        if isinstance(node, Text) and isinstance(args[1], Text):
            rest = _behind(node.parts, args[1].parts) if side == "prefix" else None
            return call.unknown(args, "string") if rest is None else text(rest, node.span)
        if affix is None or isinstance(node, Unknown):
            return call.unknown(args, "string")
        parts = list(parts_of(node))
        edge = parts[0] if side == "prefix" else parts[-1]
        if isinstance(edge, Symbol):
            if affix == "https://" and side == "prefix":
                return without_scheme(node)
            return call.unknown(args, "string")
        if isinstance(node, Text) and len(edge) < len(affix) and affix.startswith(edge) | affix.endswith(edge):
            return call.unknown(args, "string")
        if side == "prefix":
            parts[0] = edge.removeprefix(affix)
        else:
            parts[-1] = edge.removesuffix(affix)
        return text(parts, node.span)

    return Function(run)


def _behind(parts: tuple[str | Symbol, ...], affix: tuple[str | Symbol, ...]) -> list[str | Symbol] | None:
    """The pieces behind the pieces of a prefix; None when it is not certain that they are one."""
    *whole, last = affix
    if list(parts[: len(whole)]) != whole or len(parts) <= len(whole):
        return None
    edge, *rest = parts[len(whole) :]
    if isinstance(edge, str) and isinstance(last, str):
        return [edge.removeprefix(last), *rest] if edge.startswith(last) else None
    return rest if edge == last else None


def _affix_test(side: str) -> Function:
    def run(call: Call, args: list[Node]) -> Node:
        node, affix = string_arg(args[0]), value_of(string_arg(args[1]))
        if affix is None or isinstance(node, Unknown):
            return call.unknown(args, "any")
        parts = parts_of(node)
        edge = parts[0] if side == "start" else parts[-1]
        test = str.startswith if side == "start" else str.endswith
        if isinstance(edge, str) and (isinstance(node, Scalar) or len(edge) >= len(affix)):
            return Scalar(test(edge, affix), call.span)
        if isinstance(edge, str) and not test(affix, edge):
            return Scalar(False, call.span)
        return call.unknown(args, "any")

    return Function(run)


def _substr(call: Call, args: list[Node]) -> Node:
    node, start, count = string_arg(args[0]), whole(args[1]), whole(args[2])
    if start is None or count is None:
        return call.unknown(args, "string")
    if isinstance(node, Scalar):
        letters = clusters(str(node.value))
        if start >= 0 and count == 0:
            return Scalar("", node.span)
        start = max(0, start + len(letters)) if start < 0 else start
        # A length of zero behind a negative offset cuts nothing off: Terraform counts up to it and never meets it.
        taken = letters[start:] if count <= 0 else letters[start : start + count]
        return Scalar("".join(taken), node.span)
    head = parts_of(node)[0]
    if isinstance(head, str) and start >= 0 and count >= 0 and start + count <= len(head) and head.isascii():
        return Scalar(head[start : start + count], node.span)
    return call.unknown(args, "string")


def _format(call: Call, args: list[Node]) -> Node:
    template, symbols = _template(string_arg(args[0]))
    if template is None:
        return call.unknown(args, "string")
    return each_option(lambda found: _filled(found, symbols), format_string(template, args[1:], call.span))


def _template(node: Node) -> tuple[str | None, list[Symbol]]:
    """A format string; symbols in it are marked by private characters until it is filled in."""
    symbols: list[Symbol] = []
    if isinstance(node, Unknown) or (isinstance(node, Text) and len(node.parts) == 1):
        return None, symbols
    pieces: list[str] = []
    for part in parts_of(node):
        if isinstance(part, Symbol):
            pieces.append(chr(0xF0000 + len(symbols)))
            symbols.append(part)
        else:
            pieces.append(part)
    return "".join(pieces), symbols


def _filled(node: Node, symbols: list[Symbol]) -> Node:
    if not symbols or not isinstance(node, (Scalar, Text)):
        return node
    parts: list[str | Symbol] = []
    for part in parts_of(node):
        if isinstance(part, Symbol):
            parts.append(part)
            continue
        for piece in re.split("([\U000f0000-\U000fffff])", part):
            mark = ord(piece) - 0xF0000 if len(piece) == 1 else -1
            parts.append(symbols[mark] if 0 <= mark < len(symbols) else piece)
    return text(parts, node.span)


def _formatlist(call: Call, args: list[Node]) -> Node:
    template, symbols = _template(string_arg(args[0]))
    if template is None:
        return call.unknown(args, "list")
    made = format_list(template, args[1:], call.span)
    if not isinstance(made, Sequence):
        return made
    items = tuple(each_option(lambda found: _filled(found, symbols), item) for item in made.items)
    return ListValue(items, made.span, made.open, STRING)


def _cased(change: Callable[[str], str]) -> Callable[[str], str]:
    """Case by case, as Go does it: a letter that would become several stays as it is."""

    def run(value: str) -> str:
        return "".join(made if len(made := change(letter)) == 1 else letter for letter in value)

    return run


def _title(value: str) -> str:
    letters = list(value)
    for at, letter in enumerate(letters):
        if at == 0 or _separates(value[at - 1]):
            titled = letter.title()
            letters[at] = titled if len(titled) == 1 else letter
    return "".join(letters)


def _separates(letter: str) -> bool:
    """Whether a word may begin behind this character."""
    if letter.isascii():
        return not (letter.isalnum() or letter == "_")
    return letter in SPACES


def _indent(count: float, value: str) -> str:
    if not isinstance(count, int) or not 0 <= count <= MAX_INDENT:
        raise ValueError("the number of spaces must be a whole number that is not negative")
    return value.replace("\n", "\n" + " " * count)


def _strcontains(call: Call, args: list[Node]) -> Node:
    node, needle = string_arg(args[0]), value_of(string_arg(args[1]))
    if needle is not None:
        if any(isinstance(part, str) and needle in part for part in parts_of(node)):
            return Scalar(True, call.span)
        if isinstance(node, Scalar):
            return Scalar(False, call.span)
    return call.unknown(args, "any")


def _trimspace(value: str) -> str:
    return str(value).strip(SPACES)


def _chomp(value: str) -> str:
    return value.rstrip("\r\n")


def _keep_encoded(function: Function) -> Function:
    """White space around a structure that is encoded as JSON means nothing."""

    def run(call: Call, args: list[Node]) -> Node:
        return args[0] if isinstance(args[0], Encoded) else function.run(call, args)

    return Function(run)


def _text(function: Callable[..., object]) -> Function:
    inner = pure(function, "string")

    def run(call: Call, args: list[Node]) -> Node:
        return inner.run(call, [string_arg(args[0]), *args[1:]])

    return Function(run)


FUNCTIONS: Table = {
    "join": Function(_join),
    "split": Function(_split),
    "replace": Function(_replace),
    "lower": _distributes(_cased(str.lower)),
    "upper": _distributes(_cased(str.upper)),
    "title": _text(_title),
    "trim": _text(lambda value, cutset: value.strip(cutset) if cutset else value),
    "trimspace": _keep_encoded(_text(_trimspace)),
    "trimprefix": _trim_affix("prefix"),
    "trimsuffix": _trim_affix("suffix"),
    "startswith": _affix_test("start"),
    "endswith": _affix_test("end"),
    "strcontains": Function(_strcontains),
    "strrev": _text(lambda value: "".join(reversed(clusters(value)))),
    "chomp": _keep_encoded(_text(_chomp)),
    "indent": pure(_indent, "string"),
    "substr": Function(_substr),
    "format": Function(_format),
    "formatlist": Function(_formatlist),
}
