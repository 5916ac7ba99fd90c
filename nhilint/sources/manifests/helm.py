"""The Helm charts of a tree to groups of objects: with the values that the tree or the settings name, else its own.

https://helm.sh/docs/topics/charts/
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace

from nhilint.model.errors import NhilintError
from nhilint.model.facts import Assumed, Unresolved
from nhilint.model.span import Span
from nhilint.sources.manifests.files import WORDS, Files
from nhilint.sources.manifests.groups import Group
from nhilint.sources.manifests.helm_chart import CHART, Chart, Reader
from nhilint.sources.manifests.helm_engine import Engine, open_engine
from nhilint.sources.manifests.helm_render import Release, render_release
from nhilint.sources.manifests.helm_values import layered, read_values
from nhilint.sources.options import ReleaseOptions

HELP = "`pip install 'nhilint[helm]'` renders charts, and so does `helm` on the PATH"
_ENVIRONMENT = re.compile(r"(?:values[-_.](?P<one>[\w.-]+)|(?P<other>[\w.-]+)[-_.]values)\.ya?ml")
_BELOW = re.compile(r"values/(?P<one>[\w.-]+)\.ya?ml")
_NAME = re.compile(r"[^a-z0-9]+")
_BYTES = tuple(word.encode() for word in WORDS)


@dataclass(slots=True)
class Charts:
    """The charts of one tree and the one engine that renders them."""

    files: Files
    reader: Reader = field(init=False)
    _engine: Engine | None = None
    _opened: bool = False

    def __post_init__(self) -> None:
        self.reader = Reader(self.files)

    def close(self) -> None:
        """End the engine."""
        if self._engine is not None:
            self._engine.close()

    def engine(self) -> Engine | None:
        """What renders; None when this machine has nothing."""
        if not self._opened:
            self._opened, self._engine = True, open_engine()
        return self._engine

    def groups(self, folder: str) -> Iterator[Group]:
        """A chart in each of its environments."""
        span = Span(posixpath.join(folder, CHART), 1)
        try:
            chart = self.reader.read(folder)
        except NhilintError as error:
            why = f"the chart can not be read: {error.message}"
            yield self._unread(folder, why, error.span or span, "syntax")
            return
        if chart.library:
            yield Group(root=folder, documents=(), consumed=self._taken(folder, whole=True))
            return
        if not any(word in part.content for part in chart.templates() for word in _BYTES):
            return
        if self.engine() is None:
            why = "its templates have to be rendered before they can be read, and nothing here renders them"
            yield self._unread(folder, why, span, "template", HELP)
            return
        yield from self._releases(folder, chart, span)

    def _releases(self, folder: str, chart: Chart, span: Span) -> Iterator[Group]:
        declared = [one for one in self.files.options.releases if one.chart == folder]
        only = self.files.options.environment
        if only and any(one.environment == only for one in declared):
            declared = [one for one in declared if one.environment == only]
        if declared:
            for one in declared:
                yield self._declared(chart, one)
            return
        release = Release(chart=folder, name=release_name(chart.name), root=folder, span=span)
        why = "it is installed with its own values and under its own name, in a namespace that nobody says"
        group = self.group(chart, release)
        yield replace(group, assumed=(*group.assumed, Assumed(what=f"chart `{folder}`", why=why, span=span)))
        for environment, path in self._environments(folder):
            yield self._with_files(chart, replace(release, root=f"{folder}@{environment}"), (path,))

    def _declared(self, chart: Chart, asked: ReleaseOptions) -> Group:
        """A release that the settings name."""
        root = f"{asked.chart}@{asked.environment}" if asked.environment else asked.chart
        release = Release(
            chart=asked.chart,
            name=asked.name or release_name(chart.name),
            namespace=asked.namespace,
            root=root,
            span=Span(asked.settings or posixpath.join(asked.chart, CHART), 1),
        )
        inside = [posixpath.normpath(posixpath.join(asked.chart, path)) for path in asked.values]
        paths = [p if p in self.files.entries else q for p, q in zip(asked.values, inside, strict=True)]
        return self._with_files(chart, release, tuple(paths))

    def _with_files(self, chart: Chart, release: Release, paths: tuple[str, ...]) -> Group:
        try:
            values = layered(read_values(self.files, path) for path in paths)
        except NhilintError as error:
            return self._unread(release.root, error.message, error.span or release.span, "syntax")
        return self.group(chart, replace(release, values=values))

    def release(self, release: Release, whole: bool = False) -> Group:
        """A release that something in the tree asks for."""
        folder = release.chart
        span = Span(posixpath.join(folder, CHART), 1)
        try:
            chart = self.reader.read(folder)
        except NhilintError as error:
            why = f"the chart can not be read: {error.message}"
            return self._unread(release.root, why, error.span or span, "syntax")
        if self.engine() is None:
            why = "its templates have to be rendered before they can be read, and nothing here renders them"
            return self._unread(release.root, why, span, "template", HELP)
        return self.group(chart, release, whole)

    def group(self, chart: Chart, release: Release, whole: bool = False) -> Group:
        """The objects of one release."""
        engine = self.engine()
        assert engine is not None
        found = render_release(self.files, engine, chart, release, whole)
        return Group(
            root=release.root,
            documents=found.documents,
            unresolved=found.unresolved,
            assumed=found.assumed,
            consumed=self._taken(release.chart, whole=bool(found.documents)),
        )

    def _environments(self, folder: str) -> Iterator[tuple[str, str]]:
        """The values files beside `values.yaml` that are named for an environment."""
        for place, pattern in ((folder, _ENVIRONMENT), (posixpath.join(folder, "values"), _BELOW)):
            for path in sorted(self.files.folders.get(place, ())):
                inside = path.removeprefix(f"{folder}/") if folder else path
                match = pattern.fullmatch(inside)
                if match:
                    groups = match.groupdict()
                    yield groups["one"] or groups["other"], path

    def _taken(self, folder: str, whole: bool) -> frozenset[str]:
        """The files of a chart that are no manifests of their own; of one not rendered, those that are templates."""
        prefix = f"{folder}/" if folder else ""
        inside = (f"{prefix}templates/", f"{prefix}charts/")
        found = {path for path in self.files.entries if path.startswith(inside)}
        if not whole:
            found = {path for path in found if self._acts(path)}
        return frozenset(found | {path for path in self.files.folders.get(folder, ()) if "values" in path})

    def _acts(self, path: str) -> bool:
        with suppress(NhilintError):
            return b"{{" in self.files.content(path)
        return False

    def _unread(self, root: str, why: str, span: Span, cause: str, help: str = "") -> Group:
        problem = Unresolved(what=f"chart `{root}`", why=why, span=span, cause=cause, help=help)
        folder = root.partition("@")[0]
        return Group(root=root, documents=(), unresolved=(problem,), consumed=self._taken(folder, whole=False))


def release_name(chart: str) -> str:
    """The name that most people give the release of a chart: the chart's."""
    return _NAME.sub("-", chart.lower()).strip("-")[:53].strip("-") or "release"
