"""The charts that a kustomization takes in (`helmCharts`), as far as they lie in the tree.

https://kubectl.docs.kubernetes.io/references/kustomize/builtins/#_helmchartinflationgenerator_
"""

from __future__ import annotations

import posixpath
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from nhilint.model.errors import NhilintError
from nhilint.model.facts import Unresolved
from nhilint.model.node import Map, Node
from nhilint.model.node import Sequence as ListNode
from nhilint.sources.manifests.deliveries import ELSEWHERE, at, data
from nhilint.sources.manifests.files import Files, word
from nhilint.sources.manifests.helm import Charts, release_name
from nhilint.sources.manifests.helm_chart import CHART
from nhilint.sources.manifests.helm_render import Release
from nhilint.sources.manifests.helm_values import layered, read_values
from nhilint.sources.manifests.kustomize.kustomization import Kustomization

_HOME = "charts"
Inflated = tuple[list[Node], list[Unresolved], set[str]]


@dataclass(slots=True)
class Inflater:
    """Renders the elements of `helmCharts`; the engine is started when the first one asks for it."""

    files: Files
    _charts: Charts | None = None

    def close(self) -> None:
        """End the engine."""
        if self._charts is not None:
            self._charts.close()

    def __call__(self, own: Kustomization, row: Map) -> Inflated:
        """The objects of a chart, what is not known of it, and the files that were read."""
        name = word(row.get("name")) or word(row.get("chartName"))
        folder = self._place(own, row, name)
        if folder is None:
            version, where = word(row.get("version")), word(row.get("repo")) or word(row.get("chartRepoUrl"))
            chart = f"chart `{' '.join(filter(None, (name, version)))}`" + (f" of `{where}`" if where else "")
            return [], [self._problem(row, f"kustomization `{own.folder or '.'}` ({chart})", ELSEWHERE)], set()
        self.files.charts.add(folder)
        unknown: dict[str, str] = {}
        try:
            values = self._values(own, row, folder, unknown)
        except NhilintError as error:
            return [], [self._problem(row, f"chart `{folder}`", error.message)], set()
        release = Release(
            chart=folder,
            name=word(row.get("releaseName")) or release_name(name),
            namespace=word(row.get("namespace")),
            values=values,
            root=own.folder,
            span=row.span,
            unknown=unknown,
        )
        if self._charts is None:
            self._charts = Charts(self.files)
        group = self._charts.release(release, whole=True)
        return [document.body for document in group.documents], list(group.unresolved), set(group.consumed)

    def _place(self, own: Kustomization, row: Map, name: str) -> str | None:
        """The folder of the chart in the tree."""
        home = word(at(own.body, "helmGlobals", "chartHome")) or word(row.get("chartHome")) or _HOME
        version = word(row.get("version"))
        for inside in (posixpath.join(home, name), posixpath.join(home, f"{name}-{version}", name)):
            path = self.files.resolve(own.folder, inside)
            if name and path is not None and posixpath.join(path, CHART) in self.files.entries:
                return path
        return None

    def _values(self, own: Kustomization, row: Map, folder: str, unknown: dict[str, str]) -> Mapping[str, Any]:
        names = [word(row.get("valuesFile")) or word(row.get("values"))]
        more = row.get("additionalValuesFiles")
        names += [word(item) for item in more.items] if isinstance(more, ListNode) else []
        layers = []
        for name in filter(None, names):
            path = self.files.resolve(own.folder, name)
            layers.append(read_values(self.files, path if path is not None else name))
        inline = data(row.get("valuesInline"), unknown)
        inline = inline if isinstance(inline, dict) else {}
        match word(row.get("valuesMerge")):
            case "replace" if inline:
                return inline
            case "merge":
                return layered([inline, *layers])
            case _:
                return layered([*layers, inline])

    def _problem(self, row: Map, what: str, why: str) -> Unresolved:
        return Unresolved(what=what, why=why, span=row.span, cause="remote" if why == ELSEWHERE else "values")
