"""What the objects of Flux ask to apply: `Kustomization` a folder, `HelmRelease` a chart.

https://fluxcd.io/flux/components/kustomize/kustomizations/ and https://fluxcd.io/flux/components/helm/helmreleases/
"""

from __future__ import annotations

import posixpath
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from nhilint.model.document import Document
from nhilint.model.errors import NhilintError
from nhilint.model.facts import Unresolved
from nhilint.model.node import Map, Node, Scalar
from nhilint.sources.manifests.deliveries import (
    ELSEWHERE,
    Delivery,
    Known,
    at,
    called,
    data,
    hints,
    normalized,
    rows,
    substituted,
    title,
)
from nhilint.sources.manifests.files import word
from nhilint.sources.manifests.helm_values import put, read_text, read_values

_GROUPS = {"Kustomization": "kustomize.toolkit.fluxcd.io/", "HelmRelease": "helm.toolkit.fluxcd.io/"}
_KEPT = ("patches", "patchesStrategicMerge", "patchesJson6902", "components", "images", "namePrefix", "nameSuffix")
_BOOTSTRAP = "flux-system"
"""The repository that a cluster is set up from."""


def asks(document: Document) -> bool:
    """Whether an object is one of Flux' that applies something."""
    return document.type.startswith(_GROUPS.get(document.kind, "\0"))


def read(document: Document, known: Known) -> Delivery | Unresolved:
    """What an object asks for; or what of it is not in the tree."""
    reader = _Reader(document, known)
    return reader.kustomization() if document.kind == "Kustomization" else reader.release()


@dataclass(slots=True)
class _Reader:
    document: Document
    known: Known

    @property
    def _spec(self) -> Node | None:
        return self.document.body.get("spec")

    @property
    def _namespace(self) -> str:
        return title(self.document.body)[0]

    # --- sources -------------------------------------------------------------------------------------------------

    def _place(self, reference: Node | None, path: str) -> tuple[str | None, str]:
        """A folder of the tree, and the source that is taken to be it; or None and where the folder is."""
        kind, name = word(at(reference, "kind")), word(at(reference, "name"))
        source = f"{kind} `{name}`"
        found = normalized(path)
        namespace = word(at(reference, "namespace")) or self._namespace
        if kind == "ExternalArtifact":
            found = self._copied(name, found) if found is not None else None
        elif kind != "GitRepository" or not self._own(namespace, name):
            body = self.known.find(kind, namespace, name)
            address = word(at(body, "spec", "url"))
            return None, f"{source} ({address})" if address else source
        inside = found is not None and (found in self.known.files.folders or found in self.known.files.entries)
        return (found if inside else None), source

    def _own(self, namespace: str, name: str) -> bool:
        """Whether a repository may be this tree: it is not another one than that of the cluster."""
        if name == _BOOTSTRAP:
            return True
        main = self.known.find("GitRepository", _BOOTSTRAP, _BOOTSTRAP)
        other = self.known.find("GitRepository", namespace, name)
        if main is None or other is None:
            return True
        return word(at(main, "spec", "url")) == word(at(other, "spec", "url"))

    def _copied(self, name: str, path: str) -> str | None:
        """The folder that an `ArtifactGenerator` copies to a path of its artifact."""
        artifacts = [
            row for body in self.known.unread("ArtifactGenerator") for row in rows(at(body, "spec", "artifacts"))
        ]
        copies = [copy for row in artifacts if word(row.get("name")) == name for copy in rows(row.get("copy"))]
        for copy in copies:
            source = word(copy.get("from")).partition("/")[2].removesuffix("**").rstrip("/")
            target = word(copy.get("to")).partition("/")[2].rstrip("/")
            if path == target or path.startswith(f"{target}/") or not target:
                place = posixpath.join(source, path.removeprefix(target).lstrip("/")).rstrip("/")
                if place in self.known.files.folders:
                    return place
        return None

    def _remote(self, what: str, place: str) -> Unresolved:
        return Unresolved(
            what=f"{called(self.document)} ({what} of {place})", why=ELSEWHERE, span=self.document.span, cause="remote"
        )

    # --- Kustomization -------------------------------------------------------------------------------------------

    def kustomization(self) -> Delivery | Unresolved:
        """A folder, with what is laid over it."""
        path = word(at(self._spec, "path")) or "./"
        place, source = self._place(at(self._spec, "sourceRef"), path)
        if place is None:
            return self._remote(f"`{path}`", source)
        changes = {key: node for key in _KEPT if (node := at(self._spec, key)) is not None}
        target = at(self._spec, "targetNamespace")
        if isinstance(target, Scalar) and word(target):
            changes["namespace"] = target
        values, is_open, problems = self._variables()
        # Without `postBuild` nothing is substituted, and a `${…}` is a text like any other.
        used = at(self._spec, "postBuild") is not None
        return Delivery(
            what=called(self.document),
            span=self.document.span,
            path=place,
            source=source,
            hints=hints(self.document),
            changes=changes,
            substitute=partial(substituted, values=values, is_open=is_open) if used else None,
            problems=problems,
        )

    def _variables(self) -> tuple[dict[str, str], bool, tuple[Unresolved, ...]]:
        """The variables, whether there may be more, and what of them is not in the tree."""
        values: dict[str, str] = {}
        is_open = False
        for row in rows(at(self._spec, "postBuild", "substituteFrom")):
            body = self.known.find(word(row.get("kind")), self._namespace, word(row.get("name")))
            held = body.get("data") if body is not None and word(row.get("kind")) == "ConfigMap" else None
            is_open = is_open or not isinstance(held, Map)
            values.update({key: _text(value) for key, value in held.entries.items()} if isinstance(held, Map) else {})
        direct = at(self._spec, "postBuild", "substitute")
        for key, value in direct.entries.items() if isinstance(direct, Map) else ():
            values[key] = _text(value)
        return values, is_open, ()

    # --- HelmRelease ---------------------------------------------------------------------------------------------

    def release(self) -> Delivery | Unresolved:
        """A chart, with the values of the release."""
        chart = at(self._spec, "chart", "spec")
        name = word(at(chart, "chart"))
        if chart is None:
            reference = at(self._spec, "chartRef")
            return self._remote("chart", f"{word(at(reference, 'kind'))} `{word(at(reference, 'name'))}`")
        place, source = self._place(at(chart, "sourceRef"), name)
        if place is None:
            version = word(at(chart, "version"))
            return self._remote(f"chart `{' '.join(filter(None, (name, version)))}`", source)
        target = word(at(self._spec, "targetNamespace"))
        own = title(self.document.body)[1]
        unknown: dict[str, str] = {}
        layers, problems = self._values(unknown)
        return Delivery(
            what=called(self.document),
            span=self.document.span,
            path=place,
            source=source,
            hints=hints(self.document),
            namespace=target or self._namespace,
            release=word(at(self._spec, "releaseName")) or (f"{target}-{own}" if target else own),
            layers=(*self._files(chart), *layers),
            unknown=unknown,
            problems=(*problems, *self._later()),
        )

    def _files(self, chart: Node) -> list[Mapping[str, Any]]:
        """The values files of the chart's repository, which stand in place of the chart's own."""
        names = at(chart, "valuesFiles")
        found: list[Mapping[str, Any]] = []
        for item in getattr(names, "items", ()):
            path = normalized(word(item))
            if path in self.known.files.entries:
                found.append(read_values(self.known.files, path))
        return found

    def _values(self, unknown: dict[str, str]) -> tuple[list[Mapping[str, Any]], list[Unresolved]]:
        layers: list[Mapping[str, Any]] = []
        problems: list[Unresolved] = []
        for row in rows(at(self._spec, "valuesFrom")):
            kind, name = word(row.get("kind")), word(row.get("name"))
            try:
                layer = self._referred(kind, name, word(row.get("valuesKey")) or "values.yaml", row)
            except NhilintError as error:
                problems.append(self._problem(f"the values in {kind} `{name}` can not be read: {error.message}"))
                continue
            if layer is not None:
                layers.append(layer)
            elif not _true(row.get("optional")):
                problems.append(
                    self._problem(f"some of its values come from {kind} `{name}`, which this tree does not hold")
                )
        own = data(at(self._spec, "values"), unknown)
        return [*layers, own if isinstance(own, dict) else {}], problems

    def _referred(self, kind: str, name: str, key: str, row: Map) -> dict[str, Any] | None:
        body = self.known.find(kind, self._namespace, name)
        text = at(body, "data", key) if kind == "ConfigMap" else None
        if not isinstance(text, Scalar):
            return None
        target = word(row.get("targetPath"))
        if not target:
            return read_text(text.span.path, _text(text))
        found: dict[str, Any] = {}
        put(found, target, _text(text))
        return found

    def _later(self) -> tuple[Unresolved, ...]:
        if at(self._spec, "postRenderers") is None:
            return ()
        return (self._problem("what its `postRenderers` change is not followed"),)

    def _problem(self, why: str) -> Unresolved:
        return Unresolved(what=called(self.document), why=why, span=self.document.span, cause="values")


def _text(node: Node) -> str:
    value = node.value if isinstance(node, Scalar) else None
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)


def _true(node: Node | None) -> bool:
    return isinstance(node, Scalar) and node.value is True
