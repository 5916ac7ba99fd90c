"""JSON patches (RFC 6902) on trees of nodes; knows nothing of kustomizations."""

from __future__ import annotations

from dataclasses import replace

from nhilint.model.node import Map, Node, Scalar, Sequence
from nhilint.model.node import scalar_text as text
from nhilint.sources.manifests.kustomize.errors import KustomizeError
from nhilint.sources.manifests.kustomize.values import bounded, with_entry


def patched(body: Map, operations: Sequence) -> Map:
    """An object with every operation applied in order."""
    for operation in operations.items:
        if not isinstance(operation, Map):
            raise KustomizeError("an operation of a JSON patch is a map", span=operation.span)
        try:
            body = _apply(body, operation)
        except _Missing as error:
            said = f"`{text(operation.get('op'))}` at `{text(operation.get('path'))}`: {error}"
            raise KustomizeError(said, span=operation.span) from None
    return body


class _Missing(Exception):
    """A place that is not there."""


def _apply(body: Map, operation: Map) -> Map:
    op, path = text(operation.get("op")), _pointer(text(operation.get("path")))
    value = operation.get("value")
    match op:
        case "add":
            return _changed(body, path, "add", _given(value, operation))
        case "replace":
            # The library of kustomize adds what is not there to a map, and refuses it in a list.
            if not isinstance(_found(body, path[:-1]), Map):
                _found(body, path)
            return _changed(body, path, "replace", _given(value, operation))
        case "remove":
            _found(body, path)
            return _changed(body, path, "remove", None)
        case "copy" | "move":
            source = _pointer(text(operation.get("from")))
            found = _found(body, source)
            if op == "move":
                body = _changed(body, source, "remove", None)
            body = _changed(body, path, "add", found)
            bounded(body)
            return body
        case "test":
            if not equal(_found(body, path), _given(value, operation)):
                raise _Missing("the value is another one")
            return body
        case _:
            raise _Missing(f"`{op}` is no operation of a JSON patch")


def _given(value: Node | None, operation: Map) -> Node:
    return value if value is not None else Scalar(None, operation.span)


def _pointer(path: str) -> list[str]:
    if not path.startswith("/"):
        raise _Missing("a path begins with `/`")
    return [part.replace("~1", "/").replace("~0", "~") for part in path[1:].split("/")]


def _index(key: str, size: int) -> int:
    """A place in a list; from the end when it is negative."""
    digits = key.removeprefix("-")
    if not digits.isascii() or not digits.isdigit() or len(digits) > 9:
        raise _Missing(f"`{key}` is no place in a list")
    place = int(key)
    if not -size <= place <= size:
        raise _Missing(f"the list has {size} elements")
    return place + size if place < 0 else place


def _found(node: Node, path: list[str]) -> Node:
    for key in path:
        if isinstance(node, Map) and key in node.entries:
            node = node.entries[key]
        elif isinstance(node, Sequence) and (place := _index(key, len(node.items))) < len(node.items):
            node = node.items[place]
        else:
            raise _Missing(f"there is no `{key}`")
    return node


def _changed(body: Map, path: list[str], how: str, value: Node | None) -> Map:
    result = _walk(body, path, how, value)
    if not isinstance(result, Map):
        raise _Missing("an object can not be put in the place of itself")
    return result


def _walk(node: Node, path: list[str], how: str, value: Node | None) -> Node:
    key, *rest = path
    if isinstance(node, Map):
        if not rest:
            return with_entry(node, key, value)
        if key not in node.entries:
            raise _Missing(f"there is no `{key}`")
        return with_entry(node, key, _walk(node.entries[key], rest, how, value))
    if not isinstance(node, Sequence):
        raise _Missing(f"what holds `{key}` is neither a map nor a list")
    items = list(node.items)
    place = len(items) if key == "-" else _index(key, len(items))
    if rest:
        if place >= len(items):
            raise _Missing(f"there is no element `{key}`")
        items[place] = _walk(items[place], rest, how, value)
    elif how == "add" and value is not None:
        items.insert(place, value)
    elif place >= len(items):
        raise _Missing(f"there is no element `{key}`")
    elif value is None:
        del items[place]
    else:
        items[place] = value
    return replace(node, items=tuple(items))


def equal(a: Node, b: Node) -> bool:
    """Whether two trees hold the same."""
    match a, b:
        case Scalar(), Scalar():
            return a.value == b.value and isinstance(a.value, bool) == isinstance(b.value, bool)
        case Sequence(), Sequence():
            return len(a.items) == len(b.items) and all(map(equal, a.items, b.items))
        case Map(), Map():
            return set(a.entries) == set(b.entries) and all(equal(a.entries[k], b.entries[k]) for k in a.entries)
        case _:
            return False
