"""Reading and changing trees of nodes by keys; a change copies what lies above it and nothing else."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from nhilint.model.node import Map, Node, Scalar, Sequence
from nhilint.model.node import scalar_text as text
from nhilint.model.span import Span
from nhilint.sources.manifests.kustomize.errors import KustomizeError

MAX_SIZE = 1_000_000
MAX_DEEP = 150
MAX_TEXT = 1_000_000
"""Most letters of a string that is put together."""
Change = Callable[[Node], Node]


def written(node: Node) -> str:
    """A scalar as it is written, where a null may be a word or nothing at all."""
    span = node.span
    nothing = (span.end_line or span.line) == span.line and span.end_column <= span.column
    return "null" if isinstance(node, Scalar) and node.value is None and not nothing else text(node)


def is_null(node: Node | None) -> bool:
    """Whether nothing stands there."""
    return node is None or (isinstance(node, Scalar) and node.value is None)


def child(node: Node | None, *keys: str) -> Node | None:
    """What stands below these keys."""
    for key in keys:
        node = node.get(key) if isinstance(node, Map) else None
    return node


def items(node: Node | None) -> tuple[Node, ...]:
    """The elements of a list; none when it is no list."""
    return node.items if isinstance(node, Sequence) else ()


def maps(node: Node | None) -> Iterator[Map]:
    """The maps of a list."""
    for item in items(node):
        if isinstance(item, Map):
            yield item


def texts(node: Node | None) -> dict[str, str]:
    """A map of strings."""
    return {key: text(value) for key, value in node.entries.items()} if isinstance(node, Map) else {}


def with_entry(node: Map, key: str, value: Node | None) -> Map:
    """The map with one entry set, or without it."""
    if value is None:
        if key not in node.entries:
            return node
        return replace(node, entries={name: one for name, one in node.entries.items() if name != key})
    return replace(node, entries={**node.entries, key: value})


def put(node: Map, keys: tuple[str, ...], value: Node | None) -> Map:
    """The map with a value below these keys; maps on the way are made when there is something to put."""
    key, *rest = keys
    if not rest:
        return with_entry(node, key, value)
    below = node.get(key)
    if not isinstance(below, Map):
        if value is None:
            return node
        below = Map({}, value.span)
    return with_entry(node, key, put(below, tuple(rest), value))


def mapping(values: dict[str, str], span: Span) -> Map:
    """A map of strings as a node."""
    return Map({key: Scalar(value, span) for key, value in sorted(values.items())}, span)


def scalar(node: Node, value: str, span: Span) -> Node:
    """A string in the place of a scalar."""
    if not isinstance(node, Scalar):
        raise KustomizeError("a scalar is needed where a list or a map stands", span=node.span)
    return Scalar(value, span)


def bounded(node: Node) -> Node:
    """The same value, if it is not larger or deeper than one that is read from a file; copies share their parts."""
    known: dict[int, tuple[int, int]] = {}

    def measure(one: Node) -> tuple[int, int]:
        if id(one) not in known:
            parts = one.entries.values() if isinstance(one, Map) else items(one)
            inner = [measure(part) for part in parts]
            known[id(one)] = (1 + sum(size for size, _ in inner), 1 + max((deep for _, deep in inner), default=0))
        return known[id(one)]

    size, deep = measure(node)
    if size > MAX_SIZE or deep > MAX_DEEP:
        raise KustomizeError(f"what is copied has more than {MAX_SIZE} values, or {MAX_DEEP} inside one another")
    return node


def split(path: str, delimiter: str = "/") -> list[str]:
    """The keys of a path; a delimiter behind a backslash belongs to the key."""
    parts = path.split(delimiter)
    if len(parts) > MAX_DEEP:
        raise KustomizeError(f"a path has more than {MAX_DEEP} keys")
    if len(parts) > 1 and not parts[0]:
        parts = parts[1:]
    found = [parts[0]]
    for part in parts[1:]:
        if found[-1].endswith("\\"):
            found[-1] = found[-1][:-1] + delimiter + part
        else:
            found.append(part)
    return found


def edit(node: Node, path: list[str], change: Change, blank: Node | None = None) -> Node:
    """The tree with a change at every place the path leads to; lists on the way are walked through.

    Where `blank` is given, what is missing on the way is made, with it at the end; otherwise nothing is changed there.
    """
    if not path:
        return change(node)
    match node:
        case Scalar(value=None):
            return node
        case Sequence():
            changed = tuple(edit(item, path, change, blank) for item in node.items)
            same = all(a is b for a, b in zip(changed, node.items, strict=True))
            return node if same else replace(node, items=changed)
        case Map():
            return _edit_map(node, path, change, blank)
        case _:
            raise KustomizeError(f"a list or a map is needed before `{'/'.join(path)}`", span=node.span)


def _edit_map(node: Map, path: list[str], change: Change, blank: Node | None) -> Node:
    name = path[0].removesuffix("[]")
    listed = name != path[0]
    below = node.get(name)
    if below is None:
        if blank is None or listed:
            return node
        below = blank if len(path) == 1 else Map({}, blank.span)
    elif is_null(below):
        if listed:
            below = Sequence((), below.span)
        elif blank is not None:
            below = blank if len(path) == 1 else Map({}, below.span)
    after = edit(below, path[1:], change, blank)
    return node if after is node.get(name) else with_entry(node, name, after)
