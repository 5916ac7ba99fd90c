"""Encodings and hashes: JSON keeps its structure (`Encoded`), the rest is computed when it is known."""

from __future__ import annotations

import base64
import csv
import hashlib
import io
import json
import re
import urllib.parse
import uuid
from collections.abc import Callable
from functools import cache
from typing import Any

from nhilint.model.errors import NhilintError
from nhilint.model.node import Encoded, Node, Scalar, Text, Unknown
from nhilint.sources.terraform.registry import Call, Function, Table, impure, pure
from nhilint.sources.terraform.typed import ANY, list_of
from nhilint.sources.terraform.values import Failure, encoded_text, known, node_of, pure_symbol, symbol


def _jsonencode(call: Call, args: list[Node]) -> Node:
    return Encoded(args[0], call.span)


def _jsondecode(call: Call, args: list[Node]) -> Node:
    node = args[0]
    if isinstance(node, Encoded):
        return node.node
    if isinstance(node, Scalar):
        if not isinstance(node.value, str):
            raise Failure("`jsondecode` needs a string")
        try:
            return node_of(json.loads(node.value), node.span)
        except (ValueError, RecursionError) as problem:
            raise Failure(f"`jsondecode`: {problem}") from None
    if pure_symbol(node):
        return symbol(f"jsondecode({pure_symbol(node)})", call.span)
    if isinstance(node, Text):
        parsed = parse_partial(node)
        if parsed is not None:
            return parsed
    return call.unknown(args, "any")


def parse_partial(node: Text | Scalar) -> Node | None:
    """A JSON text with symbols inside its strings as a structure; None when it is not JSON."""
    from nhilint.model.jsontext import parse_json

    try:
        parsed = parse_json(node)
    except NhilintError:
        return None
    return None if isinstance(parsed, Unknown) else parsed


@cache
def yaml_loader() -> Any:
    """The YAML 1.1 of Terraform: PyYAML's, in which `y` and `n` are truth values too."""
    import yaml

    base: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    words = {"y": True, "n": False}
    loader: Any = type("Loader", (base,), {"bool_values": {**base.bool_values, **words}})
    loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile("^[yYnN]$"), list("yYnN"))
    loader.add_implicit_resolver("tag:yaml.org,2002:str", re.compile("^[0-9]{4}-[0-9]{2}-[0-9]{2}"), list("0123456789"))
    loader.add_constructor("tag:yaml.org,2002:int", _yaml_int)
    return loader


def _yaml_int(loader: Any, node: Any) -> object:
    """Leading zeros do not make a number octal (account ids have them)."""
    written = str(node.value)
    if written.lstrip("+-").isdigit():
        return int(written)
    return loader.construct_yaml_int(node)


def _yamldecode(call: Call, args: list[Node]) -> Node:
    node = args[0]
    if isinstance(node, Encoded):
        return node.node
    if pure_symbol(node):
        return symbol(f"yamldecode({pure_symbol(node)})", call.span)
    if not isinstance(node, Scalar) or not isinstance(node.value, str):
        return call.unknown(args, "any")
    try:
        return node_of(json.loads(node.value), node.span)
    except (ValueError, RecursionError):
        pass
    import yaml

    loader = yaml_loader()
    try:
        if "&" in node.value and "*" in node.value and len(node.value) > 20_000:
            return call.unknown(args, "any", "YAML with aliases of this size is not expanded")
        return node_of(yaml.load(node.value, Loader=loader), node.span)
    except (yaml.YAMLError, RecursionError, Failure):
        return call.unknown(args, "any", "the text is not YAML that nhilint reads")


def _yamlencode(call: Call, args: list[Node]) -> Node:
    return Encoded(args[0], call.span, "yaml")


def _b64decode(value: str) -> str:
    return base64.b64decode(value, validate=True).decode()


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


def _csvdecode(value: str) -> list[dict[str, str]]:
    return [dict(row) for row in csv.DictReader(io.StringIO(value))]


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
    "textencodebase64": impure("string"),
    "textdecodebase64": impure("string"),
    "urlencode": pure(_urlencode, "string"),
    "csvdecode": pure(_csvdecode, "list", list_of(ANY)),
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
