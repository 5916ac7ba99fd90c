"""One release of a chart: written into a folder, rendered, and read back; what fails is left out and named.

Knows the engine and the chart, not who asked for the release.
"""

from __future__ import annotations

import copy
import hashlib
import json
import os
import posixpath
import re
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from nhilint.model.document import Document
from nhilint.model.facts import Assumed, Unresolved
from nhilint.model.node import Map, Node, Scalar, Sequence, Symbol, Text
from nhilint.model.span import Span
from nhilint.sources.manifests.files import Files
from nhilint.sources.manifests.helm_assembly import Assembly, assemble
from nhilint.sources.manifests.helm_chart import CHART, Chart
from nhilint.sources.manifests.helm_engine import Engine, HelmError, TooMuch
from nhilint.sources.manifests.helm_output import Template, namespace_of, read_output, with_metadata
from nhilint.sources.manifests.helm_templates import draws, idle, required
from nhilint.sources.manifests.helm_values import put

MAX_REQUIRED = 30
"""Values that a chart requires and nobody gives."""
MAX_FAILURES = 8
"""Templates that are left out one after the other; then each is rendered alone."""
SOMEWHERE = "nhilint-any-namespace"
"""Stands for the namespace when nobody says which."""
DEFAULT = "default"
_CLUSTER_WIDE = frozenset(
    {
        "APIService", "ClusterRole", "ClusterRoleBinding", "CustomResourceDefinition", "IngressClass",
        "MutatingWebhookConfiguration", "Namespace", "PersistentVolume", "PriorityClass", "StorageClass",
        "ValidatingAdmissionPolicy", "ValidatingAdmissionPolicyBinding", "ValidatingWebhookConfiguration",
    }
)  # fmt: skip
_PLACE = re.compile(r"([^\s()\"'<>:]+/templates/[^\s():<>\"']+):(\d+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """What is asked of a chart."""

    chart: str
    """Its folder."""
    name: str
    namespace: str = ""
    """Empty: whoever installs it chooses."""
    values: Mapping[str, Any] = field(default_factory=dict)
    root: str
    """Tells the objects apart from those of other releases."""
    span: Span
    """What asks for it."""
    unknown: Mapping[str, str] = field(default_factory=dict)
    """What stands in the values for what is not known, and its name."""


@dataclass(frozen=True, slots=True)
class Rendered:
    """What a release gives."""

    documents: tuple[Document, ...]
    unresolved: tuple[Unresolved, ...]
    assumed: tuple[Assumed, ...]


def render_release(files: Files, engine: Engine, chart: Chart, release: Release, whole: bool = False) -> Rendered:
    """The objects of a release; known from the last time where nothing of it changed."""
    assembly = assemble(chart, release.values)
    key = _key(engine, assembly, release, whole)
    known = files.cache.find(key, lambda condition: True)
    if isinstance(known, tuple) and len(known) == 3:
        return Rendered(*known)
    run = Run(files, engine, chart, assembly, release)
    try:
        found = run.render(whole)
    except TooMuch as error:
        return Rendered((), (run.unread(str(error), Span(posixpath.join(release.chart, CHART), 1), "limit"),), ())
    files.cache.add(key, None, (found.documents, found.unresolved, found.assumed))
    return found


def _key(engine: Engine, assembly: Assembly, release: Release, whole: bool) -> str:
    digest = hashlib.sha256()
    for path, part in sorted(assembly.parts.items()):
        digest.update(f"{path}\0{part.origin}\0{len(part.content)}\0".encode("utf-8", "surrogatepass"))
        digest.update(part.content)
    asked = [
        release.chart,
        release.name,
        release.namespace,
        release.root,
        tuple(release.span),
        sorted(release.unknown.items()),
    ]
    rest = json.dumps([engine.version, asked, release.values, whole], sort_keys=True, default=str)
    return f"helm:{digest.hexdigest()}:{hashlib.sha256(rest.encode()).hexdigest()}"


@dataclass(slots=True)
class Run:
    """One attempt."""

    files: Files
    engine: Engine
    chart: Chart
    assembly: Assembly
    release: Release
    failed: dict[str, str] = field(default_factory=dict)
    """Templates that could not be rendered, with what the engine says."""
    _folder: str = ""
    _values: dict[str, Any] = field(default_factory=dict)
    _unknown: dict[str, str] = field(default_factory=dict)
    """Stand-ins in the values, and the names of what they stand for."""
    asked: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._values = copy.deepcopy(dict(self.release.values))
        self._unknown = dict(self.release.unknown)

    def render(self, whole: bool) -> Rendered:
        """The objects, and what is said of the rest."""
        texts, again = self.texts(whole)
        documents: list[Document] = []
        unresolved: list[Unresolved] = []
        for path in sorted(texts):
            part = self.assembly.parts.get(path)
            if part is None or not texts[path].strip():
                continue
            source = "" if part.origin.endswith((".tgz", ".gz")) else part.content.decode("utf-8", "replace")
            template = Template(part.origin, source, texts[path], again.get(path, ""))
            output = read_output(template, self.release.root, self._change, whole)
            documents += [self._settled(document) for document in output.documents]
            unresolved += [
                self.unread(f"what a template gives is not YAML: {error.message}", error.span or Span(part.origin, 1))
                for error in output.errors
            ]
        unresolved += self._lost()
        return Rendered(tuple(documents), tuple(unresolved), (*self._borrowed(), *self._required()))

    # --- the engine ----------------------------------------------------------------------------------------------

    def texts(self, whole: bool = True) -> tuple[dict[str, str], dict[str, str]]:
        """The output of every template by its path in the chart; once more where something is drawn by lot.

        Not `whole`: without those that bear no permission.
        """
        with tempfile.TemporaryDirectory(prefix="nhilint-chart-") as top:
            # The name of the folder is nothing that a template could see.
            self._folder = os.path.join(top, "chart")
            for path, part in self.assembly.parts.items():
                # An empty file stays: another template may take it in.
                self._write(path, b"" if not whole and _is_template(path) and idle(part.content) else part.content)
            texts = self._all()
            rest = [
                p.content for path, p in self.assembly.parts.items() if "templates/" in path and not idle(p.content)
            ]
            return texts, self._all() if texts and draws(rest) else {}

    def _write(self, path: str, content: bytes) -> None:
        place = Path(self._folder, *path.split("/"))
        if ".." in place.parts or "\0" in path:
            return
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content)

    def _all(self) -> dict[str, str]:
        while len(self.failed) < MAX_FAILURES and len(self.asked) < MAX_REQUIRED:
            try:
                return self._once()
            except TooMuch:
                raise
            except HelmError as error:
                if self._given(str(error)):
                    continue
                place = self._culprit(str(error))
                if place is None or place in self.failed:
                    return self._one_by_one(str(error))
                self.failed[place] = str(error)
                self._write(place, b"")
        return self._one_by_one("")

    def _given(self, message: str) -> bool:
        """Whether a value was missing that a template requires; a stand-in is put there."""
        for path, part in self.assembly.parts.items():
            if "templates/" not in path or b"required" not in part.content:
                continue
            for words, name in required(part.content.decode("utf-8", "replace")):
                inside = path.split("/templates/")[0].split("/")[1::2] if path.startswith("charts/") else []
                value = ".".join([*inside, name])
                if words and message.endswith(words) and value not in self.asked:
                    stand_in = f"nhilint-value-{len(self._unknown)}x"
                    put(self._values, value, stand_in)
                    self._unknown[stand_in] = f".Values.{value}"
                    self.asked[value] = words
                    return True
        return False

    def _once(self) -> dict[str, str]:
        namespace = self.release.namespace or SOMEWHERE
        found = self.engine.render(self._folder, self._values, self.release.name, namespace)
        return {path.partition("/")[2]: text for path, text in found.items()}

    def _culprit(self, message: str) -> str | None:
        """The template that an error names; none where it is only a part that others take in."""
        for match in _PLACE.finditer(message):
            path = match[1].partition("/")[2]
            if path in self.assembly.parts and not posixpath.basename(path).startswith("_"):
                return path
        return None

    def _one_by_one(self, message: str) -> dict[str, str]:
        """Each template alone with the parts that templates take in."""
        single = [path for path in self.assembly.parts if _is_template(path) and path not in self.failed]
        if not single:
            self.failed.setdefault(CHART, message)
        for path in single:
            self._write(path, b"")
        found: dict[str, str] = {}
        for path in single:
            self._write(path, self.assembly.parts[path].content)
            try:
                found[path] = self._once().get(path, "")
            except TooMuch:
                raise
            except HelmError as error:
                self.failed[path] = str(error)
            self._write(path, b"")
        return found

    # --- what is said --------------------------------------------------------------------------------------------

    def unread(self, why: str, span: Span, cause: str = "template") -> Unresolved:
        """Something of the chart that is not known."""
        return Unresolved(what=f"chart `{self.release.root}`", why=why, span=span, cause=cause)

    def _lost(self) -> Iterator[Unresolved]:
        """What of the chart is not known, in one sentence."""
        missing = self.assembly.missing
        why, cause, help, span = [], "template", "", Span(posixpath.join(self.chart.origin, CHART), 1)
        if missing:
            names = dict.fromkeys(f"`{' '.join(filter(None, (row.name, row.version)))}`" for row in missing)
            why.append(f"it depends on {', '.join(names)}, which this tree does not hold")
            cause, help = "remote-chart", "`helm dependency build` puts it into `charts/`"
        if self.failed:
            path, message = next(iter(self.failed.items()))
            place = _PLACE.search(message)
            part = self.assembly.parts.get(path)
            if part is not None and not missing:
                line = int(place[2]) if place and place[1].partition("/")[2] == path else 1
                span = Span(part.origin, line)
            count = len([p for p in self.assembly.parts if _is_template(p)])
            why.append(f"{len(self.failed)} of its {count} templates can not be rendered: {_sentence(message)}")
        if why:
            yield replace(self.unread("; ".join(why), span, cause), help=help)

    def _borrowed(self) -> Iterator[Assumed]:
        for one in self.assembly.borrowed:
            version = one.row.version if one.row is not None else ""
            name = one.row.name if one.row is not None else one.called
            why = f"the chart `{name}` {version} that it depends on is taken to be `{one.chart.origin}`"
            span = Span(posixpath.join(self.chart.origin, CHART), 1)
            yield Assumed(what=f"chart `{self.release.root}`", why=why, span=span)

    def _required(self) -> Iterator[Assumed]:
        if self.asked:
            names = ", ".join(f"`{name}`" for name in self.asked)
            span = Span(posixpath.join(self.chart.origin, CHART), 1)
            yield Assumed(
                what=f"chart `{self.release.root}`", why=f"it requires {names}: given, and not known here", span=span
            )

    # --- values of objects ---------------------------------------------------------------------------------------

    def _change(self, node: Node) -> Node:
        if not isinstance(node, Scalar) or not isinstance(node.value, str):
            return node
        if SOMEWHERE in node.value and node.value != SOMEWHERE:
            node = replace(node, value=node.value.replace(SOMEWHERE, DEFAULT))
        return with_symbols(node, self._unknown) if self._unknown else node

    def _settled(self, document: Document) -> Document:
        """The object with the namespace that it is installed in; without one where nobody says which."""
        body = document.body
        written = namespace_of(body)
        if written == SOMEWHERE:
            body = with_metadata(body, {"namespace": None})
        elif not written and self.release.namespace and document.kind not in _CLUSTER_WIDE:
            body = with_metadata(body, {"namespace": self._change(Scalar(self.release.namespace, document.span))})
        settled = _replaced(body)
        assert isinstance(settled, Map)
        return replace(document, body=settled)


def with_symbols(node: Scalar, names: Mapping[str, str]) -> Node:
    """The text with a symbol for each stand-in."""
    parts: list[str | Symbol] = [str(node.value)]
    for stand_in, name in names.items():
        pieces: list[str | Symbol] = []
        for part in parts:
            if isinstance(part, Symbol):
                pieces.append(part)
                continue
            for index, piece in enumerate(part.split(stand_in)):
                pieces += [Symbol(name), piece] if index else [piece]
        parts = pieces
    known = len(parts) == 1
    return node if known else Text(tuple(part for part in parts if part != ""), node.span)


def _replaced(node: Node) -> Node:
    """The node with the default namespace where the one nobody said was left."""
    match node:
        case Map():
            return replace(node, entries={key: _replaced(value) for key, value in node.entries.items()})
        case Scalar(value=value) if value == SOMEWHERE:
            return replace(node, value=DEFAULT)
        case Sequence():
            return replace(node, items=tuple(_replaced(item) for item in node.items))
        case _:
            return node


def _is_template(path: str) -> bool:
    """Whether a file of a chart gives objects of its own."""
    steps = path.split("/")
    return "templates" in steps[:-1] and not steps[-1].startswith("_") and not path.endswith((".tpl", ".txt"))


def _sentence(message: str) -> str:
    """What the engine says, in one line."""
    text = " ".join(re.sub(r"/\S*nhilint-chart-\w+/", "", message).split())
    # The innermost reason stands last.
    found = text if len(text) <= 240 else f"… {text[-240:]}"
    return found.rstrip(".") or "the engine gives no reason"
