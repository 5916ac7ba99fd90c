"""What Flux and Argo CD are asked to apply, in one form: a folder of the tree, and what is changed on the way.

Knows neither of the two.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from nhilint.model.document import Document
from nhilint.model.errors import NhilintError
from nhilint.model.facts import Unresolved
from nhilint.model.node import Map, Node, Scalar, Sequence, Symbol, Text
from nhilint.model.span import Span
from nhilint.sources.manifests.files import Files, objects, word
from nhilint.sources.manifests.helm_values import plain

_VARIABLE = re.compile(r"\$\$\{|\$\{([A-Za-z_]\w*)(?:(:?[-=])([^{}]*)|([^{}]+))?\}")
_NAME = re.compile(r"[^A-Za-z0-9._-]+")
ELSEWHERE = "what it applies is not in this tree"
_DATA = (".yaml", ".yml")


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One folder that is applied."""

    what: str
    """The object that asks for it, for people."""
    span: Span
    path: str
    """The folder; of a chart, the chart's."""
    source: str = ""
    """Where the folder is said to be, when nothing says that this tree is that place; for people."""
    hints: tuple[str, ...] = ()
    """Names that may tell this delivery apart from others of the same folder, the best first."""
    namespace: str = ""
    """Of objects that say none."""
    changes: Mapping[str, Node] = field(default_factory=dict)
    """Fields of a kustomization that is laid over the folder."""
    substitute: Callable[[Node], Node] | None = None
    """Applied to every value at the end."""
    plain: bool = False
    """Whether a folder that is no kustomization is applied without one being made of it."""
    recurse: bool = True
    """Whether folders below belong to it, where the folder is no kustomization."""
    takes: Callable[[str], bool] = lambda path: True
    """Which files belong to it, where the folder is no kustomization."""
    release: str = ""
    """The name of the release, where the folder is a chart."""
    layers: tuple[Mapping[str, Any], ...] = ()
    """Values of the release, the last ones on top."""
    unknown: Mapping[str, str] = field(default_factory=dict)
    """Stand-ins in the values, and what they stand for."""
    problems: tuple[Unresolved, ...] = ()

    @property
    def changed(self) -> bool:
        """Whether the objects of the folder are not applied as they stand."""
        return bool(self.namespace or self.changes or self.substitute)


@dataclass(slots=True)
class Known:
    """The objects of a tree that a delivery may refer to."""

    files: Files
    documents: list[Document]
    _kinds: dict[str, list[Map]] = field(default_factory=dict)

    def find(self, kind: str, namespace: str, name: str) -> Map | None:
        """An object by kind and name; of several the one of the namespace."""
        found = [d.body for d in self.documents if d.kind == kind and title(d.body)[1] == name]
        found = found or [body for body in self.unread(kind) if title(body)[1] == name]
        return max(found, key=lambda body: title(body)[0] == namespace, default=None)

    def unread(self, kind: str) -> list[Map]:
        """The objects of a kind that bears no permission, as they stand in files."""
        if kind not in self._kinds:
            self._kinds[kind] = list(self._plain(kind))
        return self._kinds[kind]

    def _plain(self, kind: str) -> Iterator[Map]:
        mark = f"kind: {kind}".encode()
        for path, entry in self.files.entries.items():
            if path.endswith(_DATA) and not entry.problem and not entry.link:
                with suppress(NhilintError):
                    if mark in self.files.content(path):
                        yield from (
                            d.body for node in self.files.nodes(path) for d in objects(node, "") if d.kind == kind
                        )


def title(body: Map) -> tuple[str, str]:
    """Namespace and name of an object."""
    meta = body.get("metadata")
    return (word(meta.get("namespace")), word(meta.get("name"))) if isinstance(meta, Map) else ("", "")


def called(document: Document) -> str:
    """An object, for people."""
    namespace, name = title(document.body)
    return f"{document.kind} `{namespace}/{name}`" if namespace else f"{document.kind} `{name}`"


def hints(document: Document) -> tuple[str, ...]:
    """Names that may tell apart what an object asks for."""
    namespace, name = title(document.body)
    folder, _, environment = document.root.partition("@")
    overlay = posixpath.basename(folder) if folder != posixpath.dirname(document.span.path) else ""
    found = (environment, overlay, name, f"{namespace}-{name}", posixpath.basename(folder), folder)
    return tuple(dict.fromkeys(_NAME.sub("-", one).strip("-") for one in found if one))


def at(node: Node | None, *keys: str) -> Node | None:
    """What stands at a route of keys."""
    for key in keys:
        node = node.get(key) if isinstance(node, Map) else None
    return node


def rows(node: Node | None) -> Iterator[Map]:
    """The maps of a list."""
    for item in node.items if isinstance(node, Sequence) else ():
        if isinstance(item, Map):
            yield item


def data(node: Node | None, unknown: dict[str, str]) -> Any:
    """The data of a node, with a stand-in for each part that is not known."""
    return plain(_standing(node, unknown)) if node is not None else None


def _standing(node: Node, unknown: dict[str, str]) -> Node:
    match node:
        case Text():
            parts = [part if isinstance(part, str) else stand_in(part.name, unknown) for part in node.parts]
            return Scalar("".join(parts), node.span)
        case Map():
            return Map({key: _standing(value, unknown) for key, value in node.entries.items()}, node.span)
        case Sequence():
            return Sequence(tuple(_standing(item, unknown) for item in node.items), node.span)
        case _:
            return node


def stand_in(name: str, unknown: dict[str, str]) -> str:
    """A word that stands for something unknown, so that it can be found again in what is rendered."""
    for known, what in unknown.items():
        if what == name:
            return known
    # It ends in a letter: what templates cut off from the end of a name is a dash.
    unknown[f"nhilint-unknown-{len(unknown)}x"] = name
    return next(reversed(unknown))


def substituted(node: Node, values: Mapping[str, str], is_open: bool) -> Node:
    """The node with `${VARIABLE}` replaced in its strings; what nobody gives is a symbol, or empty if all is known."""
    match node:
        case Map():
            return Map({k: substituted(v, values, is_open) for k, v in node.entries.items()}, node.span, node.open)
        case Sequence():
            return Sequence(tuple(substituted(i, values, is_open) for i in node.items), node.span, node.open)
        case Scalar(value=str() as text) if "${" in text:
            return _filled(text, node.span, values, is_open)
        case _:
            return node


def _filled(text: str, span: Span, values: Mapping[str, str], is_open: bool) -> Node:
    parts: list[str | Symbol] = []
    end = 0
    for match in _VARIABLE.finditer(text):
        parts.append(text[end : match.start()])
        end = match.end()
        parts.append(_part(match, values, is_open))
    parts.append(text[end:])
    if not any(isinstance(part, Symbol) for part in parts):
        return Scalar(typed("".join(map(str, parts))) if end else text, span)
    merged: list[str | Symbol] = []
    for part in (part for part in parts if part != ""):
        last = merged[-1] if merged else None
        if isinstance(part, str) and isinstance(last, str):
            merged[-1] = last + part
        else:
            merged.append(part)
    return Text(tuple(merged), span)


def _part(match: re.Match[str], values: Mapping[str, str], is_open: bool) -> str | Symbol:
    name, operator, default, other = match[1], match[2], match[3], match[4]
    if name is None:
        return "${"
    if other:
        return Symbol(match[0][2:-1])
    value = values.get(name)
    if value is None or (value == "" and operator and operator.startswith(":")):
        if operator:
            return default if value is not None or not is_open else Symbol(f"{name}{operator}{default}")
        return "" if value == "" or not is_open else Symbol(name)
    return value


def typed(text: str) -> str | int | float | bool | None:
    """What YAML makes of a plain text."""
    from nhilint.sources.yamldoc import parse_yaml

    if "\n" in text or len(text) > 40:
        return text
    parsed = parse_yaml("", text)
    node = parsed.documents[0] if parsed.documents and not parsed.errors else None
    return node.value if isinstance(node, Scalar) else text


def normalized(path: str) -> str | None:
    """A path from the top of a repository; None when it leads out of it."""
    found = posixpath.normpath(path.strip().lstrip("/") or ".")
    if found == ".":
        return ""
    return None if found.startswith("../") or found == ".." else found


def everything(patterns: Iterable[str]) -> Callable[[str], bool]:
    """Whether a path is one of these files."""
    wanted = frozenset(patterns)
    return lambda path: path in wanted
