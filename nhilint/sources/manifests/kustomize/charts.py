"""Charts that a kustomization inflates, where they lie in the tree.

https://kubectl.docs.kubernetes.io/references/kustomize/builtins/
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from nhilint.model.errors import NhilintError
from nhilint.model.facts import Unresolved
from nhilint.model.node import Map, Node
from nhilint.model.node import scalar_text as text
from nhilint.sources.manifests.files import Files
from nhilint.sources.manifests.kustomize.errors import KustomizeError
from nhilint.sources.manifests.kustomize.kustomization import Kustomization
from nhilint.sources.manifests.kustomize.values import child, items

if TYPE_CHECKING:
    from nhilint.sources.manifests.helm import Charts

CHART = "Chart.yaml"


@dataclass(slots=True)
class LocalCharts:
    """Renders the elements of `helmCharts`; the engine starts with the first one."""

    files: Files
    _charts: Charts | None = None

    def close(self) -> None:
        """End the engine."""
        if self._charts is not None:
            self._charts.close()

    def __call__(self, own: Kustomization, row: Map) -> tuple[list[Node], list[Unresolved], set[str]]:
        """The objects of a chart, what of them is not resolved, and the files that were read."""
        from nhilint.sources.manifests.helm import Charts
        from nhilint.sources.manifests.helm_render import Release

        name = text(row.get("name")) or text(row.get("chartName"))
        folder = self._folder(own, row, name)
        if folder is None:
            source = text(row.get("repo")) or text(row.get("chartRepoUrl"))
            why = f"is one of `{source}`, and nothing is fetched" if source else "is not in the tree"
            raise KustomizeError(f"the Helm chart `{name}` {why}", span=row.span)
        if self._charts is None:
            self._charts = Charts(self.files)
        consumed: set[str] = set()
        release = Release(
            chart=folder,
            name=text(row.get("releaseName")) or "release-name",
            namespace=text(row.get("namespace")),
            values=self._values(own, row, consumed),
            root=f"{own.folder}#{name}",
            span=row.span,
        )
        group = self._charts.release(release, whole=True)
        self.files.inflated.add(folder)
        return [document.body for document in group.documents], list(group.unresolved), consumed | group.consumed

    def _folder(self, own: Kustomization, row: Map, name: str) -> str | None:
        home = text(child(own.body, "helmGlobals", "chartHome")) or text(row.get("chartHome")) or "charts"
        version = text(row.get("version"))
        for below in (f"{name}-{version}/{name}", name) if version else (name,):
            folder = self.files.resolve(own.folder, posixpath.join(home, below))
            if folder is not None and posixpath.join(folder, CHART) in self.files.entries:
                return folder
        return None

    def _values(self, own: Kustomization, row: Map, consumed: set[str]) -> Mapping[str, Any]:
        """The values files and the inline values; which of them are on top is for `valuesMerge` to say."""
        from nhilint.sources.manifests.helm_values import layered, table

        try:
            written = [self._read(own, node, consumed) for node in _files(row)]
            inline = row.get("valuesInline") or row.get("valuesinline")
            here = [table(inline, own.path)] if inline is not None else []
            how = text(row.get("valuesMerge"))
            layers = {"replace": here or written, "merge": [*here, *written]}.get(how, [*written, *here])
            return layered(layers)
        except KustomizeError:
            raise
        except NhilintError as error:
            raise KustomizeError(error.message, span=error.span or row.span) from None

    def _read(self, own: Kustomization, node: Node, consumed: set[str]) -> dict[str, Any]:
        from nhilint.sources.manifests.helm_values import read_values

        path = self.files.resolve(own.folder, text(node))
        if path is None or path not in self.files.entries:
            raise KustomizeError(f"there is no `{path or text(node)}`", span=node.span)
        consumed.add(path)
        return read_values(self.files, path)


def _files(row: Map) -> Iterator[Node]:
    first = row.get("valuesFile") or row.get("values")
    if first is not None and text(first):
        yield first
    yield from items(row.get("additionalValuesFiles"))
