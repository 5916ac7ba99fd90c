"""The text that templates gave, as objects whose places are lines of the templates; the content of secrets is dropped.

Knows no chart and no engine.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import zip_longest

from nhilint.model.document import Document
from nhilint.model.errors import NhilintError
from nhilint.model.node import Map, Node, Scalar, Sequence, Symbol, Text
from nhilint.model.span import Span
from nhilint.sources.manifests.files import SCHEMA, objects, relevant, word

AHEAD = 60
"""Lines of a template that are searched for the next line of its output."""
_KIND = re.compile(r"""^["']?kind["']?:[ \t]*(.*?)[ \t]*$""")
_SEPARATOR = re.compile(r"(?:^|\s*\n)---\s*")
"""Helm cuts here, also where the object begins on the same line."""
_SECRET = ("data", "stringData")
RANDOM = "drawn by lot"
"""The symbol of what a template makes up anew each time."""


@dataclass(frozen=True, slots=True)
class Template:
    """What one template gave."""

    origin: str
    """The file of the tree that holds it."""
    source: str
    """Its text; empty where it lies in an archive."""
    text: str
    """Its output."""
    again: str = ""
    """Its output when it was asked once more; empty: it was not."""


@dataclass(frozen=True, slots=True)
class Output:
    """The objects, and what in the output is not YAML."""

    documents: tuple[Document, ...]
    errors: tuple[NhilintError, ...]


def read_output(template: Template, root: str, change: Callable[[Node], Node], whole: bool = False) -> Output:
    """The objects of one template; `whole`: also those that bear no permission. `change` is applied to each value."""
    from nhilint.sources.yamldoc import parse_yaml

    lines = _Lines(template.source.splitlines())
    documents: list[Document] = []
    errors: list[NhilintError] = []
    others = _SEPARATOR.split(template.again) if template.again else []
    for text, other in zip_longest(_SEPARATOR.split(template.text), others, fillvalue=""):
        if not (whole or (relevant(text) and SCHEMA.search(text) is None)):
            continue
        places = lines.place(text)
        parsed = parse_yaml(template.origin, text, loose=True)
        errors += [_moved(error, template.origin, places) for error in parsed.errors]
        nodes = list(parsed.documents)
        if other and other != text:
            again = parse_yaml(template.origin, other, loose=True).documents
            nodes = [_unlike(a, b) for a, b in zip(nodes, again, strict=False)]
        for node in nodes:
            for document in objects(node, root):
                body = _placed(document.body, template.origin, places, change)
                assert isinstance(body, Map)
                documents.append(replace(document, body=_without_secrets(document.kind, body), span=body.span))
    return Output(tuple(documents), tuple(errors))


class _Lines:
    """Finds the lines of a template that gave the lines of its output."""

    def __init__(self, lines: list[str]) -> None:
        self._lines = [line.strip() for line in lines]
        # What stands before the first action of a line begins the output of that line.
        self._heads = [line.partition("{{")[0].rstrip("\"'") if "{{" in line else None for line in self._lines]
        self._kinds = [number for number, line in enumerate(lines) if _KIND.match(line)]
        self._used: dict[str, int] = {}

    def place(self, text: str) -> list[int]:
        """The line of the template for each line of one object."""
        rows = [row.strip() for row in text.splitlines()]
        kind = next((row for row in text.splitlines() if _KIND.match(row)), "").strip()
        at, end = self._region(kind, set(rows))
        found: list[int] = []
        for row in rows:
            hit = next((n for n in range(at, min(end, at + AHEAD)) if self._gives(n, row)), None) if row else None
            if hit is not None:
                at = hit + 1
            found.append(max(at, 1))
        return found or [1]

    def _region(self, kind: str, rows: set[str]) -> tuple[int, int]:
        """Where the object stands: at the line of its kind that shares most lines with it."""
        same = [n for n in self._kinds if self._lines[n] == kind] or [n for n in self._kinds if "{{" in self._lines[n]]
        if not same:
            return 0, len(self._lines)
        regions = [self._around(number) for number in same]
        # Of equal ones the first that was not taken yet.
        turn = self._used.get(kind, 0)
        scores = [sum(line in rows for line in self._lines[a:b] if line) / (b - a) for a, b in regions]
        best = max(scores)
        equal = [region for region, score in zip(regions, scores, strict=True) if score == best]
        self._used[kind] = turn + 1
        return equal[min(turn, len(equal) - 1)]

    def _around(self, number: int) -> tuple[int, int]:
        start = number
        while start > 0 and not self._lines[start - 1].startswith("---") and start - 1 not in self._kinds:
            start -= 1
        end = next((n for n in range(number + 1, len(self._lines)) if self._ends(n)), len(self._lines))
        return start, end

    def _ends(self, number: int) -> bool:
        return self._lines[number].startswith("---") or number in self._kinds

    def _gives(self, number: int, row: str) -> bool:
        head = self._heads[number]
        return self._lines[number] == row if head is None else len(head) > 1 and row.startswith(head)


def _placed(node: Node, origin: str, places: list[int], change: Callable[[Node], Node]) -> Node:
    """The node with its places in the template."""
    span = Span(origin, places[min(node.span.line, len(places)) - 1])
    match node:
        case Map():
            # A digest of what other templates give says nothing, and differs where something is drawn by lot.
            kept = [(key, value) for key, value in node.entries.items() if not key.startswith("checksum/")]
            entries = {key: _placed(value, origin, places, change) for key, value in kept}
            return Map(entries, span)
        case Sequence():
            return Sequence(tuple(_placed(item, origin, places, change) for item in node.items), span)
        case _:
            return change(replace(node, span=span))


def _without_secrets(kind: str, body: Map) -> Map:
    """A secret keeps the names of what it holds."""
    if kind != "Secret":
        return body
    entries = dict(body.entries)
    for key in _SECRET:
        held = entries.get(key)
        if isinstance(held, Map):
            entries[key] = Map({name: Scalar("", value.span) for name, value in held.entries.items()}, held.span)
        elif held is not None:
            entries[key] = Map({}, held.span)
    return Map(entries, body.span)


def _unlike(node: Node, other: Node) -> Node:
    """The node, with a symbol wherever the other one has another value."""
    match node, other:
        case Map(), Map():
            mine, others = node.entries, other.entries
            both = {key: _unlike(value, others[key]) for key, value in mine.items() if key in others}
            return Map(both, node.span, "" if len(both) == len(mine) == len(others) else RANDOM)
        case Sequence(), Sequence():
            items = tuple(_unlike(a, b) for a, b in zip(node.items, other.items, strict=False))
            return Sequence(items, node.span, "" if len(node.items) == len(other.items) else RANDOM)
        case Scalar(), Scalar() if node.value == other.value:
            return node
        case _:
            return Text((Symbol(RANDOM),), node.span)


def _moved(error: NhilintError, origin: str, places: list[int]) -> NhilintError:
    line = places[min(error.span.line, len(places)) - 1] if error.span is not None else 1
    return type(error)(error.message, span=Span(origin, line))


def namespace_of(node: Node) -> str:
    """`metadata.namespace` of an object."""
    meta = node.get("metadata") if isinstance(node, Map) else None
    return word(meta.get("namespace")) if isinstance(meta, Map) else ""


def with_metadata(body: Map, changed: Mapping[str, Node | None]) -> Map:
    """An object with other metadata; None takes a key away."""
    meta = body.get("metadata")
    entries = dict(meta.entries) if isinstance(meta, Map) else {}
    for key, value in changed.items():
        entries.pop(key, None)
        if value is not None:
            entries[key] = value
    return Map({**body.entries, "metadata": Map(entries, meta.span if meta is not None else body.span)}, body.span)


def scalars(node: Node) -> Iterator[Scalar]:
    """Every known value of a tree."""
    match node:
        case Map():
            for value in node.entries.values():
                yield from scalars(value)
        case Sequence():
            for item in node.items:
                yield from scalars(item)
        case Scalar():
            yield node
        case _:
            return
