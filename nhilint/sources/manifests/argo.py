"""What the objects of Argo CD ask to apply: `Application` a folder or a chart, `ApplicationSet` several of them.

https://argo-cd.readthedocs.io/en/stable/user-guide/application-specification/
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from typing import Any

from nhilint.model.document import Document
from nhilint.model.errors import NhilintError
from nhilint.model.facts import Unresolved
from nhilint.model.node import Map, Node, Scalar, Text
from nhilint.sources.manifests.argo_sets import applications
from nhilint.sources.manifests.deliveries import ELSEWHERE, Delivery, Known, at, called, data, hints, normalized, rows
from nhilint.sources.manifests.files import word
from nhilint.sources.manifests.helm_values import plain, put, read_text, read_values, typed

_KINDS = ("Application", "ApplicationSet")
_KEPT = (
    "namePrefix",
    "nameSuffix",
    "namespace",
    "commonLabels",
    "commonAnnotations",
    "patches",
    "components",
    "replicas",
)
_BRACES = re.compile(r"\{([^{}]*)\}")


def asks(document: Document) -> bool:
    """Whether an object is one of Argo CD's that applies something."""
    return document.kind in _KINDS and document.type.startswith("argoproj.io/")


def read(document: Document, known: Known) -> Iterator[Delivery | Unresolved]:
    """What an object asks for, and what of it is not in the tree."""
    if document.kind == "Application":
        yield from _Application(document, known).deliveries()
        return
    for found in applications(document, known.files):
        if isinstance(found, Unresolved):
            yield found
        else:
            yield from _Application(found, known).deliveries()


def urls(documents: list[Document], known: Known) -> frozenset[str]:
    """The repositories of which a path, other than the top, is in the tree."""
    found = set()
    for document in documents:
        for source in _sources(at(document.body, "spec")):
            path = normalized(word(source.get("path")))
            if path and path in known.files.folders:
                found.add(word(source.get("repoURL")))
    return frozenset(found)


def _sources(spec: Node | None) -> Iterator[Map]:
    several = list(rows(at(spec, "sources")))
    one = at(spec, "source")
    yield from several or ([one] if isinstance(one, Map) else [])


@dataclass(slots=True)
class _Application:
    document: Document
    known: Known
    _unknown: dict[str, str] = field(default_factory=dict)
    _problems: list[Unresolved] = field(default_factory=list)

    def deliveries(self) -> Iterator[Delivery | Unresolved]:
        """One for each source that applies something."""
        for source in _sources(self.document.body.get("spec")):
            self._unknown, self._problems = {}, []
            path = source.get("path")
            if isinstance(path, Text):
                yield self._problem(f"its path `{plain(path)}` is not known", "unknown-value")
            elif word(path):
                yield self._folder(source, word(path))
            elif chart := word(source.get("chart")):
                version = word(source.get("targetRevision"))
                yield self._remote(f"chart `{' '.join(filter(None, (chart, version)))}`", source)
            elif source.get("ref") is None:
                yield self._problem("its source names no path and no chart", "syntax")

    def _folder(self, source: Map, path: str) -> Delivery | Unresolved:
        place = normalized(path)
        address = word(source.get("repoURL"))
        files = self.known.files
        if place is None or place not in files.folders or (place == "" and not self._own(address)):
            return self._remote(f"`{path}`", source)
        if source.get("plugin") is not None:
            return self._problem("a plugin renders it, and no plugin is run", "plugin")
        kustomize = source.get("kustomize")
        directory = source.get("directory")
        return Delivery(
            what=called(self.document),
            span=self.document.span,
            path=place,
            source=f"repository `{address}`",
            hints=hints(self.document),
            namespace=word(at(self.document.body, "spec", "destination", "namespace")),
            changes={key: node for key in _KEPT if (node := at(kustomize, key)) is not None},
            plain=True,
            recurse=_true(at(directory, "recurse")),
            takes=_filter(place, word(at(directory, "include")), word(at(directory, "exclude"))),
            release=word(at(source, "helm", "releaseName")) or word(at(self.document.body, "metadata", "name")),
            layers=tuple(self._layers(source.get("helm"), place)),
            unknown=self._unknown,
            problems=tuple(self._problems),
        )

    def _own(self, address: str) -> bool:
        return address in urls([d for d in self.known.documents if d.kind == "Application"], self.known)

    # --- values of a chart ---------------------------------------------------------------------------------------

    def _layers(self, helm: Node | None, folder: str) -> Iterator[Mapping[str, Any]]:
        for item in getattr(at(helm, "valueFiles"), "items", ()):
            yield from self._file(word(item), folder, _true(at(helm, "ignoreMissingValueFiles")))
        for read in (self._inline, self._object, self._parameters):
            try:
                yield read(helm)
            except NhilintError as error:
                self._problems.append(self._problem(f"its values can not be read: {error.message}", "values"))

    def _file(self, name: str, folder: str, optional: bool) -> Iterator[Mapping[str, Any]]:
        if name.startswith("$"):
            path = normalized(name.partition("/")[2])
        else:
            path = normalized(name) if name.startswith("/") else normalized(posixpath.join(folder, name))
        try:
            if "://" not in name and path in self.known.files.entries:
                yield read_values(self.known.files, path)
            elif not optional:
                self._problems.append(self._problem(f"its values file `{name}` is not in this tree", "values"))
        except NhilintError as error:
            self._problems.append(self._problem(f"its values file `{name}` can not be read: {error.message}", "values"))

    def _inline(self, helm: Node | None) -> Mapping[str, Any]:
        text = data(at(helm, "values"), self._unknown)
        return read_text(self.document.span.path, text) if isinstance(text, str) else {}

    def _object(self, helm: Node | None) -> Mapping[str, Any]:
        found = data(at(helm, "valuesObject"), self._unknown)
        return found if isinstance(found, dict) else {}

    def _parameters(self, helm: Node | None) -> Mapping[str, Any]:
        found: dict[str, Any] = {}
        for row in rows(at(helm, "parameters")):
            value = data(row.get("value"), self._unknown)
            text = "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)
            put(found, str(data(row.get("name"), {})), text if _true(row.get("forceString")) else typed(text))
        return found

    # --- what is said --------------------------------------------------------------------------------------------

    def _remote(self, what: str, source: Map) -> Unresolved:
        name = f"{called(self.document)} ({what} of `{word(source.get('repoURL'))}`)"
        return replace(self._problem(ELSEWHERE, "remote"), what=name)

    def _problem(self, why: str, cause: str) -> Unresolved:
        return Unresolved(what=called(self.document), why=why, span=self.document.span, cause=cause)


def _filter(folder: str, include: str, exclude: str) -> Callable[[str], bool]:
    """Which files a directory takes in, by the patterns of its source."""
    wanted, unwanted = list(_patterns(include)), list(_patterns(exclude))

    def takes(path: str) -> bool:
        inside = path.removeprefix(f"{folder}/") if folder else path
        taken = not wanted or any(fnmatchcase(inside, one) for one in wanted)
        return taken and not any(fnmatchcase(inside, one) for one in unwanted)

    return takes


def _patterns(text: str) -> Iterator[str]:
    """The patterns that a text with `{a,b}` stands for."""
    match = _BRACES.search(text)
    if match is None:
        yield from [text] if text else []
        return
    for one in match[1].split(","):
        yield from _patterns(text[: match.start()] + one.strip() + text[match.end() :])


def _true(node: Node | None) -> bool:
    return isinstance(node, Scalar) and node.value is True
