"""YAML text to located documents: strict on duplicate keys, bounded on aliases, one broken document loses no other.

Scalars are resolved as the YAML readers of Kubernetes do for JSON types: true/false, null, integers, floats; a plain
word such as `on`, `yes` or `no` stays a string where it stands as a key. The only importer of PyYAML.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from nhilint.model.errors import NhilintError
from nhilint.model.node import Map, Node, Scalar, Sequence
from nhilint.model.span import Span

if TYPE_CHECKING:
    from yaml.events import Event

MAX_NODES = 1_000_000
"""Nodes of one file after aliases are expanded."""
MAX_DEPTH = 100
_SEPARATOR = re.compile(r"^---(?:[ \t\r].*)?$", re.MULTILINE)
_INTEGER = re.compile(r"[-+]?(?:0|[1-9][0-9]*)|0o[0-7]+|0x[0-9a-fA-F]+")
_TABS = re.compile(r"(?<=\S) *\t[ \t]*$", re.MULTILINE)
_OCTAL = re.compile(r"[-+]?0[0-7]+")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_TRUE, _FALSE = frozenset({"true", "True", "TRUE"}), frozenset({"false", "False", "FALSE"})
_TRUE_WORDS = frozenset({"y", "Y", "yes", "Yes", "YES", "on", "On", "ON"})
_FALSE_WORDS = frozenset({"n", "N", "no", "No", "NO", "off", "Off", "OFF"})
_NULL = frozenset({"", "~", "null", "Null", "NULL"})


class YamlError(NhilintError):
    """Text that is not YAML, or not the YAML that can be trusted to mean one thing."""


class DuplicateKey(YamlError):
    """A key that stands twice in one map."""


@dataclass(frozen=True, slots=True, kw_only=True)
class YamlFile:
    """The documents that could be read, and what is wrong with the others."""

    documents: tuple[Node, ...]
    errors: tuple[YamlError, ...]


def parse_yaml(path: str, text: str, first_line: int = 0, *, loose: bool = False, places: bool = False) -> YamlFile:
    """Every document of a text. A broken one is an error and loses no other: `---` lines tell them apart.

    `first_line` is the number of lines before the text. `loose`: as Helm and the client of Kubernetes read it, where
    the last of two equal keys counts, and `yes`, `no`, `on`, `off` are truth values. `places`: maps keep where their
    keys stand, and a key that stands twice is an error that hides nothing else of its document.
    """
    documents: list[Node] = []
    errors: list[YamlError] = []
    for line, piece in pieces(text):
        try:
            documents.extend(_documents(path, piece, first_line + line, loose, errors if places else None))
        except YamlError as error:
            if "'\\t'" not in error.message or not _TABS.search(piece):
                errors.append(error)
                continue
            # Other readers of YAML take a tab before the end of a line for a blank.
            try:
                clean = _TABS.sub("", piece)
                documents.extend(_documents(path, clean, first_line + line, loose, errors if places else None))
            except YamlError:
                errors.append(error)
    return YamlFile(documents=tuple(documents), errors=tuple(errors))


def pieces(text: str) -> Iterator[tuple[int, str]]:
    """The text cut at its `---` lines, each piece with the number of lines before it."""
    start = line = 0
    for mark in _SEPARATOR.finditer(text):
        if mark.start() > start:
            yield line, text[start : mark.start()]
        line += text.count("\n", start, mark.start())
        start = mark.start()
    yield line, text[start:]


def _documents(path: str, text: str, first_line: int, loose: bool, doubles: list[YamlError] | None) -> Iterator[Node]:
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        # Already here a character that YAML does not allow is refused.
        source = loader(text.removeprefix("\ufeff"))
        reader = _Reader(path, text, first_line, source, loose, doubles)
        yield from reader.documents()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line, column = (mark.line, mark.column) if mark is not None else (0, 0)
        raise YamlError(
            (error.problem or "this is not YAML").rstrip("."),
            span=Span(path, first_line + line + 1, column + 1),
            source_line=_line(text, line),
            help=_began(error.context, error.context_mark, line, first_line),
        ) from None
    except yaml.YAMLError as error:
        raise YamlError(f"this is not YAML: {str(error).splitlines()[0]}", span=Span(path, first_line + 1)) from None


def _began(context: str | None, mark: Any, line: int, first_line: int) -> str:
    """Where the part begins that is broken: an open bracket or quote is often lines before."""
    if not context or mark is None or mark.line >= line or not context.startswith("while "):
        return ""
    return f"it was found {context}, which begins in line {first_line + mark.line + 1}"


def _line(text: str, index: int) -> str:
    lines = text.splitlines()
    return lines[index][:300] if index < len(lines) else ""


@dataclass(slots=True)
class _Reader:
    path: str
    text: str
    first_line: int
    source: object
    loose: bool = False
    doubles: list[YamlError] | None = None
    """Takes the errors about keys that stand twice, where the places of keys are kept; None: they are raised."""
    anchors: dict[str, tuple[Node, int]] = field(default_factory=dict)
    nodes: int = 0
    depth: int = 0

    def next(self) -> Event:
        event: Event = self.source.get_event()  # type: ignore[attr-defined]
        return event

    def documents(self) -> Iterator[Node]:
        from yaml.events import DocumentStartEvent, StreamEndEvent

        while True:
            event = self.next()
            if isinstance(event, StreamEndEvent):
                return
            if isinstance(event, DocumentStartEvent):
                self.anchors = {}
                yield self.node(self.next())
                self.next()

    def span(self, event: Event, end: Event | None = None) -> Span:
        # The C parser gives every event its marks.
        start: Any = event.start_mark
        stop: Any = (end or event).end_mark
        return Span(
            self.path,
            self.first_line + start.line + 1,
            start.column + 1,
            self.first_line + stop.line + 1,
            stop.column + 1,
        )

    def count(self, how_many: int, event: Event) -> None:
        self.nodes += how_many
        if self.nodes > MAX_NODES:
            raise YamlError(
                f"the file has more than {MAX_NODES} nodes once its aliases are expanded", span=self.span(event)
            )

    def node(self, event: Event) -> Node:
        from yaml.events import AliasEvent, MappingStartEvent, ScalarEvent, SequenceStartEvent

        before = self.nodes
        if isinstance(event, AliasEvent):
            if event.anchor not in self.anchors:
                raise YamlError(f"the alias `*{event.anchor}` has no anchor before it", span=self.span(event))
            node, size = self.anchors[event.anchor]
            self.count(size, event)
            return node
        self.count(1, event)
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise YamlError(f"nesting is deeper than {MAX_DEPTH} levels", span=self.span(event))
        if isinstance(event, ScalarEvent):
            node = Scalar(self.scalar(event), self.span(event))
        elif isinstance(event, SequenceStartEvent):
            node = self.sequence(event)
        elif isinstance(event, MappingStartEvent):
            node = self.mapping(event)
        else:
            raise YamlError("a value is missing", span=self.span(event))
        self.depth -= 1
        anchor = getattr(event, "anchor", None)
        if anchor:
            self.anchors[anchor] = (node, self.nodes - before)
        return node

    def scalar(self, event: Event) -> str | int | float | bool | None:
        text: str = event.value  # type: ignore[attr-defined]
        plain = event.implicit[0] and not event.style  # type: ignore[attr-defined]
        if not plain or event.tag == "tag:yaml.org,2002:str":  # type: ignore[attr-defined]
            return text
        if text in _NULL:
            return None
        if text in _TRUE or text in _FALSE:
            return text in _TRUE
        if self.loose and text in _TRUE_WORDS | _FALSE_WORDS:
            return text in _TRUE_WORDS
        if _INTEGER.fullmatch(text) and len(text) < 400:
            return int(text, 0) if text[:2] in ("0x", "0o") else int(text)
        if _OCTAL.fullmatch(text) and len(text) < 400:
            # Kubernetes reads YAML 1.1, in which 0644 is a mode of a file.
            return int(text, 8)
        if _FLOAT.fullmatch(text) and len(text) < 400:
            return float(text)
        return text

    def sequence(self, start: Event) -> Node:
        from yaml.events import SequenceEndEvent

        items: list[Node] = []
        while not isinstance(event := self.next(), SequenceEndEvent):
            items.append(self.node(event))
        return Sequence(tuple(items), self.span(start, event))

    def mapping(self, start: Event) -> Node:
        from yaml.events import MappingEndEvent, ScalarEvent

        entries: dict[str, Node] = {}
        places: dict[str, Span] = {}
        merged: list[Node] = []
        while not isinstance(event := self.next(), MappingEndEvent):
            place = self.span(event)
            if not isinstance(event, ScalarEvent):
                self.node(event)
                self.node(self.next())
                raise YamlError("a key that is not a scalar is not understood", span=place)
            self.count(1, event)
            value = self.node(self.next())
            key = event.value
            if key == "<<" and not event.style:
                merged.extend(value.items if isinstance(value, Sequence) else (value,))
                continue
            if key in entries and not self.loose:
                error = DuplicateKey(
                    f"the key `{key}` stands twice in one map",
                    span=place,
                    source_line=_line(self.text, place.line - 1 - self.first_line),
                    help=f"the first one is in line {places[key].line}; readers disagree on which one counts",
                )
                if self.doubles is None:
                    raise error
                self.doubles.append(error)
                continue
            entries[key], places[key] = value, place
        for other in merged:
            if isinstance(other, Map):
                entries = {**entries, **{k: v for k, v in other.entries.items() if k not in entries}}
        kept = places if self.doubles is not None else None
        return Map(entries, self.span(start, event), places=kept)
