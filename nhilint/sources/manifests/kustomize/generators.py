"""ConfigMaps and Secrets that a kustomization makes of files and literals, and the hash of their content."""

from __future__ import annotations

import base64
import hashlib
import json
import posixpath
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from nhilint.model.node import Map, Node, Scalar, Unknown
from nhilint.model.node import scalar_text as text
from nhilint.model.span import Span
from nhilint.sources.manifests.kustomize.errors import KustomizeError
from nhilint.sources.manifests.kustomize.resources import Resource
from nhilint.sources.manifests.kustomize.values import child, items, mapping, put, texts, with_entry

Read = Callable[[str, Span], bytes]
"""The bytes of a file by its name, and who asks for it."""
_LETTERS = str.maketrans({"0": "g", "1": "h", "3": "k", "a": "m", "e": "t"})
_KEY = re.compile(r"[-._a-zA-Z0-9]{1,253}")
_LINE = 70
_DATA = ("data", "stringData", "binaryData")


def generate(row: Map, options: Node | None, kind: str, read: Read) -> Resource:
    """One element of `configMapGenerator` or `secretGenerator`."""
    span = row.span
    if not text(row.get("name")):
        raise KustomizeError("a generated object has a `name`", span=span)
    pairs: dict[str, bytes] = {}
    for key, value in _pairs(row, read):
        if not _KEY.fullmatch(key):
            raise KustomizeError(f"`{key}` is no key of a {kind}", span=span)
        if key in pairs:
            raise KustomizeError(f"the key `{key}` stands twice", span=span)
        pairs[key] = value
    name = row.get("name") or Scalar("", span)
    metadata: dict[str, Node] = {"name": name}
    if text(row.get("namespace")):
        metadata["namespace"] = row.get("namespace") or name
    own = row.get("options")
    for key in ("labels", "annotations"):
        if strings := {**texts(child(options, key)), **texts(child(own, key))}:
            metadata[key] = mapping(strings, span)
    body: dict[str, Node] = {"apiVersion": Scalar("v1", span), "kind": Scalar(kind, span)}
    body["metadata"] = Map(metadata, span)
    body |= _content(pairs, kind, span)
    if kind == "Secret":
        body["type"] = Scalar(text(row.get("type")) or "Opaque", span)
    if _either(own, options, "immutable"):
        body["immutable"] = Scalar(True, span)
    return Resource(
        Map(body, span),
        hashed=not _either(own, options, "disableNameSuffixHash"),
        behavior=text(row.get("behavior")),
    )


def _either(own: Node | None, options: Node | None, key: str) -> bool:
    return "true" in (text(child(own, key)), text(child(options, key)))


def _content(pairs: dict[str, bytes], kind: str, span: Span) -> dict[str, Node]:
    plain: dict[str, str] = {}
    binary: dict[str, str] = {}
    for key, value in pairs.items():
        encoded = _encoded(value)
        if kind == "Secret":
            plain[key] = encoded
            continue
        try:
            plain[key] = value.decode()
        except UnicodeDecodeError:
            binary[key] = encoded
    tables = (("data", plain), ("binaryData", binary))
    return {name: mapping(table, span) for name, table in tables if table or (kind == "Secret" and name == "data")}


def _encoded(value: bytes) -> str:
    """Base64, in lines as soon as it is longer than one."""
    encoded = base64.b64encode(value).decode()
    if len(encoded) < _LINE:
        return encoded
    return "".join(encoded[i : i + _LINE] + "\n" for i in range(0, len(encoded), _LINE))


def _pairs(row: Map, read: Read) -> Iterator[tuple[str, bytes]]:
    for source in (*items(row.get("envs")), *((row.get("env"),) if row.get("env") else ())):
        if source is not None:
            yield from _env(read(text(source), source.span), source.span)
    for literal in items(row.get("literals")):
        key, equals, value = text(literal).partition("=")
        if not equals or not key:
            raise KustomizeError("a literal is `key=value`", span=literal.span)
        if len(value) > 1 and value[0] == value[-1] and value[0] in "\"'":
            value = value[1:-1]
        yield key, value.encode()
    for source in items(row.get("files")):
        key, equals, path = text(source).partition("=")
        if equals and (not key or not path or "=" in path):
            raise KustomizeError("a file is `path` or `key=path`", span=source.span)
        yield key if equals else posixpath.basename(key), read(path if equals else key, source.span)


def _env(content: bytes, span: Span) -> Iterator[tuple[str, bytes]]:
    for number, line in enumerate(content.split(b"\n")):
        try:
            written = line.removesuffix(b"\r").decode("utf-8-sig" if number == 0 else "utf-8").lstrip()
        except UnicodeDecodeError:
            raise KustomizeError(f"line {number + 1} of the file is not UTF-8", span=span) from None
        if written and not written.startswith("#"):
            key, _, value = written.partition("=")
            yield key, value.encode()


def absorb(old: Resource, new: Resource) -> None:
    """A generated object in the place of one that is there: `merge` keeps the keys of the old one, `replace` does not.

    The generated one takes over what the old one was called before.
    """
    body = new.body
    for key, older, newer in (
        ("labels", old.labels, new.labels),
        ("annotations", old.annotations, new.annotations),
    ):
        table = mapping({**older, **newer}, body.span) if older or newer else None
        body = put(body, ("metadata", key), table)
    body = put(body, ("metadata", "name"), child(old.body, "metadata", "name"))
    body = put(body, ("metadata", "namespace"), child(old.body, "metadata", "namespace"))
    for key in ("data", "binaryData") if new.behavior == "merge" else ():
        before, now = old.body.get(key), body.get(key)
        entries = {
            **(before.entries if isinstance(before, Map) else {}),
            **(now.entries if isinstance(now, Map) else {}),
        }
        body = with_entry(body, key, Map(dict(sorted(entries.items())), body.span) if entries else None)
    old.body = body
    old.hashed = old.hashed and new.hashed
    old.behavior = old.behavior or "create"


def add_hashes(resources: list[Resource]) -> None:
    """The hash of the content behind the name, where one is asked for."""
    for one in resources:
        if one.hashed:
            one.remember()
            one.rename(f"{one.name}-{content_hash(one.body)}")


def content_hash(body: Map) -> str:
    """What kustomize appends to the name of a generated object."""
    kind = text(body.get("kind"))
    shown: dict[str, Any] = {"kind": kind, "name": "", "data": _plain(body.get("data"))}
    if kind == "Secret":
        shown["type"] = text(body.get("type"))
    further = "stringData" if kind == "Secret" else "binaryData"
    if isinstance(body.get(further), Map):
        shown[further] = _plain(body.get(further))
    encoded = json.dumps(shown, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    for letter in "<>&\u2028\u2029":
        encoded = encoded.replace(letter, f"\\u{ord(letter):04x}")
    digest = hashlib.sha256(encoded.encode("utf-8", "surrogatepass")).hexdigest()
    return digest[:10].translate(_LETTERS)


def _plain(node: Node | None) -> Any:
    return {key: text(value) for key, value in node.entries.items()} if isinstance(node, Map) else ""


def without_secrets(body: Map) -> Map:
    """A Secret with its keys, and without what they hold."""
    if text(body.get("kind")) != "Secret":
        return body
    for key in _DATA:
        table = body.get(key)
        if isinstance(table, Map):
            hidden = {name: _hidden(value.span) for name, value in table.entries.items()}
            body = with_entry(body, key, replace(table, entries=hidden))
    return body


def _hidden(span: Span) -> Node:
    return Unknown("", "what a Secret holds is not kept", span)
