"""Encodings and hashes: JSON keeps its structure (`Encoded`), the rest is computed when it is known."""

from __future__ import annotations

import base64
import codecs
import hashlib
import json
import re
import urllib.parse
import uuid
from collections.abc import Callable
from typing import Any

from nhilint.model.errors import NhilintError
from nhilint.model.node import Encoded, Map, Node, Scalar, Sequence, Text, Unknown
from nhilint.sources.terraform import arithmetic
from nhilint.sources.terraform.convert import convert
from nhilint.sources.terraform.registry import Beyond, Call, Function, Table, impure, pure
from nhilint.sources.terraform.typed import STRING, list_of, object_of
from nhilint.sources.terraform.values import Failure, encoded_text, known, node_of, pure_symbol, symbol
from nhilint.sources.terraform.yamltext import decode

MAX_ALIASED = 20_000


def _jsonencode(call: Call, args: list[Node]) -> Node:
    if _has_infinity(args[0]):
        raise Failure("infinity has no JSON text")
    return Encoded(args[0], call.span)


def _has_infinity(node: Node) -> bool:
    if isinstance(node, Scalar):
        return isinstance(node.value, float) and arithmetic.infinite(node.value)
    if isinstance(node, Sequence):
        return any(map(_has_infinity, node.items))
    return isinstance(node, Map) and isinstance(node.entries, dict) and any(map(_has_infinity, node.entries.values()))


def _jsondecode(call: Call, args: list[Node]) -> Node:
    node = args[0]
    if isinstance(node, Encoded):
        return node.node
    if isinstance(node, Scalar):
        if not isinstance(node.value, str):
            raise Failure("`jsondecode` needs a string")
        try:
            return node_of(read_json(node.value), node.span)
        except (ValueError, RecursionError) as problem:
            raise Failure(f"`jsondecode`: {problem}") from None
    if pure_symbol(node):
        return symbol(f"jsondecode({pure_symbol(node)})", call.span)
    if isinstance(node, Text):
        parsed = parse_partial(node)
        if parsed is not None:
            return parsed
    return call.unknown(args, "any")


def read_json(value: str) -> Any:
    """A JSON text with exact numbers; raises `ValueError`."""

    def refuse(word: str) -> None:
        raise ValueError(f"`{word}` is no JSON")

    return json.loads(value, parse_int=arithmetic.parse, parse_float=arithmetic.parse, parse_constant=refuse)


def parse_partial(node: Text | Scalar) -> Node | None:
    """A JSON text with symbols inside its strings as a structure; None when it is not JSON."""
    from nhilint.model.jsontext import parse_json

    try:
        parsed = parse_json(node)
    except NhilintError:
        return None
    return None if isinstance(parsed, Unknown) else parsed


def _yamldecode(call: Call, args: list[Node]) -> Node:
    node = args[0]
    if isinstance(node, Encoded):
        return node.node
    if pure_symbol(node):
        return symbol(f"yamldecode({pure_symbol(node)})", call.span)
    if not isinstance(node, Scalar) or not isinstance(node.value, str):
        return call.unknown(args, "any")
    if "&" in node.value and "*" in node.value and len(node.value) > MAX_ALIASED:
        return call.unknown(args, "any", "YAML with aliases of this size is not expanded")
    return decode(node.value, node.span)


def _yamlencode(call: Call, args: list[Node]) -> Node:
    return Encoded(args[0], call.span, "yaml")


def _b64decode(value: str) -> str:
    return base64.b64decode(value.replace("\r", "").replace("\n", ""), validate=True).decode()


def _b64encode(call: Call, args: list[Node]) -> Node:
    node = encoded_text(args[0]) if isinstance(args[0], Encoded) else args[0]
    if not known(node):
        return call.unknown([node], "string")
    return pure(lambda value: base64.b64encode(str(value).encode()).decode(), "string").run(call, [node])


def _hash(name: str, encode: Callable[[bytes], str] | None = None) -> Function:
    def run(value: str) -> str:
        digest = hashlib.new(name, value.encode(), usedforsecurity=False)
        return encode(digest.digest()) if encode else digest.hexdigest()

    return pure(run, "string")


def _base64_text(value: bytes) -> str:
    return base64.b64encode(value).decode()


def _csvdecode(call: Call, args: list[Node]) -> Node:
    node = args[0]
    if not isinstance(node, Scalar):
        return call.unknown(args, "list")
    try:
        rows = csv_rows(str(node.value))
    except ValueError as problem:
        raise Failure(f"`csvdecode`: {problem}") from None
    if not rows:
        raise Failure("`csvdecode`: the line with the names is missing")
    names = rows[0]
    if len(set(names)) < len(names):
        raise Failure("`csvdecode`: two columns have the same name")
    if any(len(row) != len(names) for row in rows):
        raise Failure("`csvdecode`: a line has another number of columns")
    found = node_of([dict(zip(names, row, strict=True)) for row in rows[1:]], node.span)
    return convert(found, list_of(object_of(dict.fromkeys(names, STRING))))


_FIELD = re.compile(r'"((?:[^"]|"")*)"(?=[,\n]|\Z)|([^",\n][^",\n]*|)(?=[,\n]|\Z)')


def csv_rows(value: str) -> list[list[str]]:
    """The lines of a CSV text, as strict as Go reads it; raises `ValueError`."""
    value = value.replace("\r\n", "\n")
    rows: list[list[str]] = []
    row: list[str] = []
    at = 0
    while at < len(value):
        if not row and value[at] == "\n":
            at += 1  # an empty line is none
            continue
        match = _FIELD.match(value, at)
        if match is None:
            raise ValueError("a quote stands where none may be")
        row.append(match[2] if match[1] is None else match[1].replace('""', '"'))
        at = match.end()
        if value[at : at + 1] == ",":
            at += 1
            if at < len(value):
                continue
            row.append("")
        rows.append(row)
        row = []
        at += 1
    return rows


CHARSETS = frozenset({
    "utf-8", "utf-16le", "utf-16be", "us-ascii",
    *(f"iso-8859-{number}" for number in (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 13, 14, 15, 16)),
    *(f"windows-125{number}" for number in range(9)),
})  # fmt: skip
"""Character sets in which Python and Go agree."""


def _charset(name: str) -> str:
    if name.lower() in CHARSETS:
        return name.lower()
    try:
        codecs.lookup(name)
    except LookupError:
        raise ValueError("there is no such character set") from None
    raise Beyond(f"the character set `{name}` is not known to nhilint")


def _encode_text(value: str, name: str) -> str:
    return base64.b64encode(value.encode(_charset(name))).decode()


def _decode_text(value: str, name: str) -> str:
    charset, data = _charset(name), base64.b64decode(value.replace("\r", "").replace("\n", ""), validate=True)
    try:
        return data.decode(charset)
    except UnicodeDecodeError:
        if charset.startswith(("utf-", "us-ascii")):
            raise ValueError("the text has bytes that the character set lacks") from None
        raise Beyond("the text has bytes that the character set lacks") from None


def _urlencode(value: str) -> str:
    return urllib.parse.quote_plus(value, safe="")


def _uuidv5(namespace: str, name: str) -> str:
    spaces = {
        "dns": uuid.NAMESPACE_DNS,
        "url": uuid.NAMESPACE_URL,
        "oid": uuid.NAMESPACE_OID,
        "x500": uuid.NAMESPACE_X500,
    }
    return str(uuid.uuid5(spaces.get(namespace) or uuid.UUID(namespace), name))


FUNCTIONS: Table = {
    "jsonencode": Function(_jsonencode),
    "jsondecode": Function(_jsondecode),
    "yamlencode": Function(_yamlencode),
    "yamldecode": Function(_yamldecode),
    "base64encode": Function(_b64encode),
    "base64decode": pure(_b64decode, "string"),
    "base64gzip": impure("string"),
    "textencodebase64": pure(_encode_text, "string"),
    "textdecodebase64": pure(_decode_text, "string"),
    "urlencode": pure(_urlencode, "string"),
    "csvdecode": Function(_csvdecode),
    "md5": _hash("md5"),
    "sha1": _hash("sha1"),
    "sha256": _hash("sha256"),
    "sha512": _hash("sha512"),
    "base64sha256": _hash("sha256", _base64_text),
    "base64sha512": _hash("sha512", _base64_text),
    "uuidv5": pure(_uuidv5, "string"),
    "uuid": impure("string"),
    "bcrypt": impure("string"),
    "rsadecrypt": impure("string"),
}
