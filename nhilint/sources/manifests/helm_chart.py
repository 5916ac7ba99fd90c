"""Charts as they lie in a tree: their files, what they depend on, and where that is; renders nothing.

A chart that another one depends on is looked for in its `charts/` (a folder or an archive), at its `file://` address,
and last among the charts of the tree, by name. https://helm.sh/docs/topics/charts/
"""

from __future__ import annotations

import hashlib
import io
import posixpath
import tarfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from nhilint.model.errors import NhilintError
from nhilint.model.span import Span
from nhilint.sources.manifests.files import Files, unreadable
from nhilint.sources.manifests.helm_values import read_text

CHART = "Chart.yaml"
VALUES = "values.yaml"
MAX_CHART = 64 * 1024 * 1024
"""Bytes of a chart with all that it contains."""
MAX_FILE = 5 * 1024 * 1024
"""Helm refuses a larger file."""
MAX_FILES = 20_000
MAX_DEPTH = 8
_LISTS = ("requirements.yaml", "requirements.yml")


class ChartError(NhilintError):
    """A chart that can not be read."""


@dataclass(frozen=True, slots=True)
class Part:
    """One file of a chart."""

    content: bytes
    origin: str
    """The file of the tree that it comes from: itself, or an archive."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dependency:
    """A row of `dependencies`."""

    name: str
    version: str
    repository: str
    alias: str
    condition: str
    tags: tuple[str, ...]
    imports: tuple[Any, ...]

    @property
    def called(self) -> str:
        """The name that the parent's values know it by."""
        return self.alias or self.name


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """One chart with those inside it."""

    name: str
    version: str
    library: bool
    origin: str
    """The folder or archive of the tree."""
    parts: Mapping[str, Part]
    """Its own files by their path in the chart; without those of the charts inside it."""
    head: Mapping[str, Any]
    """What `Chart.yaml` says."""
    values: Mapping[str, Any]
    inner: tuple[Inner, ...] = ()
    missing: tuple[Dependency, ...] = ()
    """What it depends on and what is not in the tree."""

    def templates(self) -> Iterator[Part]:
        """The templates, also those of the charts inside it."""
        yield from (part for path, part in self.parts.items() if path.startswith("templates/"))
        for one in self.inner:
            yield from one.chart.templates()


@dataclass(frozen=True, slots=True, kw_only=True)
class Inner:
    """A chart inside another one."""

    chart: Chart
    row: Dependency | None
    """What asks for it; None: it only lies there."""
    borrowed: bool = False
    """Whether it was found by its name only."""

    @property
    def called(self) -> str:
        """The name that the parent's values know it by."""
        return self.row.called if self.row is not None else self.chart.name


def chart_folders(files: Files) -> list[str]:
    """The folders of a tree that are charts and not part of another one, in order."""
    found = sorted(
        posixpath.dirname(path)
        for path, entry in files.entries.items()
        if posixpath.basename(path) == CHART and not unreadable(entry)
    )
    charts = set(found)
    return [folder for folder in found if not any(above in charts for above in _holders(folder))]


def _holders(folder: str) -> Iterator[str]:
    """The folders that hold this one in their `charts/`, or among their templates."""
    steps = folder.split("/")
    for index, step in enumerate(steps):
        if step == "templates" or (step == "charts" and index < len(steps) - 1):
            yield "/".join(steps[:index])


@dataclass(slots=True)
class Reader:
    """Reads the charts of one tree."""

    files: Files
    _names: dict[str, list[str]] | None = None
    _known: dict[str, Chart] = field(default_factory=dict)

    def read(self, folder: str) -> Chart:
        """The chart in a folder, with what it depends on. Raises NhilintError."""
        if folder not in self._known:
            self._known[folder] = self._folder(folder, 0)
        return self._known[folder]

    def _folder(self, folder: str, depth: int) -> Chart:
        if depth > MAX_DEPTH:
            raise ChartError(f"charts are inside each other more than {MAX_DEPTH} deep", span=Span(folder, 1))
        prefix = f"{folder}/" if folder else ""
        parts: dict[str, Part] = {}
        size = 0
        for path in self._below(folder):
            entry = self.files.entries[path]
            if entry.problem or entry.size > MAX_FILE:
                continue
            size += entry.size
            if size > MAX_CHART or len(parts) >= MAX_FILES:
                raise ChartError("the chart is too large to be rendered", span=Span(prefix + CHART, 1))
            parts[path.removeprefix(prefix)] = Part(self.files.tree.read(path), path)
        return self._chart(folder, parts, depth)

    def _below(self, folder: str) -> Iterator[str]:
        """The files of a folder and of those below it."""
        prefix = f"{folder}/" if folder else ""
        for name in sorted(self.files.folders):
            if name == folder or name.startswith(prefix):
                yield from self.files.folders[name]

    def _chart(self, origin: str, parts: Mapping[str, Part], depth: int) -> Chart:
        if CHART not in parts:
            raise ChartError("it has no `Chart.yaml`", span=Span(origin, 1))
        head = self._table(parts[CHART])
        own = {path: part for path, part in parts.items() if not path.startswith("charts/")}
        values = self._table(parts[VALUES]) if VALUES in parts else {}
        chart = Chart(
            name=str(head.get("name") or posixpath.basename(origin)),
            version=str(head.get("version") or ""),
            library=head.get("type") == "library",
            origin=origin,
            parts=own,
            head=head,
            values=values,
        )
        present = {one.name: one for one in self._vendored(origin, parts, depth)}
        return self._with(chart, present, self._dependencies(head, own), depth)

    def _table(self, part: Part) -> dict[str, Any]:
        """The map that a file holds, parsed once for both sides of a review."""
        digest = hashlib.sha256(part.content).hexdigest()
        known = self.files.cache.get(digest, f"values:{part.origin}")
        if isinstance(known, dict):
            return known
        try:
            text = part.content.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise ChartError(f"byte {error.start} is not UTF-8", span=Span(part.origin, 1)) from None
        found = read_text(part.origin, text)
        self.files.cache.put(digest, f"values:{part.origin}", found)
        return found

    def _dependencies(self, head: Mapping[str, Any], parts: Mapping[str, Part]) -> list[Dependency]:
        rows = head.get("dependencies")
        for name in _LISTS:
            if rows is None and name in parts:
                rows = self._table(parts[name]).get("dependencies")
        return [_dependency(row) for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []

    def _vendored(self, origin: str, parts: Mapping[str, Part], depth: int) -> Iterator[Chart]:
        """The charts in `charts/`."""
        if depth >= MAX_DEPTH:
            raise ChartError(f"charts are inside each other more than {MAX_DEPTH} deep", span=Span(origin, 1))
        groups: dict[str, dict[str, Part]] = {}
        for path, part in parts.items():
            steps = path.split("/")
            if steps[0] != "charts" or len(steps) < 2 or steps[1].startswith(("_", ".")):
                continue
            if len(steps) == 2 and path.endswith((".tgz", ".tar.gz")):
                yield self._chart(part.origin, unpack(part), depth + 1)
            elif len(steps) > 2:
                groups.setdefault(steps[1], {})["/".join(steps[2:])] = part
        for name, inside in sorted(groups.items()):
            if CHART in inside:
                place = inside[CHART].origin
                whole = origin if place == origin else posixpath.join(origin, "charts", name)
                yield self._chart(whole, inside, depth + 1)

    def _with(self, chart: Chart, present: dict[str, Chart], rows: list[Dependency], depth: int) -> Chart:
        asked = {row.name for row in rows}
        inner = [Inner(chart=one, row=None) for name, one in present.items() if name not in asked]
        missing: list[Dependency] = []
        for row in rows:
            found = present.get(row.name) or self._local(chart.origin, row, depth)
            other = self._by_name(chart.origin, row, depth) if found is None else None
            if found is not None or other is not None:
                one = found or other
                assert one is not None
                inner.append(Inner(chart=one, row=row, borrowed=found is None))
            else:
                missing.append(row)
        return replace(chart, inner=tuple(inner), missing=tuple(missing))

    def _local(self, origin: str, row: Dependency, depth: int) -> Chart | None:
        """The chart at a `file://` address."""
        if not row.repository.startswith("file://"):
            return None
        folder = self.files.resolve(origin, row.repository.removeprefix("file://"))
        if folder is None or posixpath.join(folder, CHART) not in self.files.entries or folder == origin:
            return None
        return self._folder(folder, depth + 1)

    def _by_name(self, origin: str, row: Dependency, depth: int) -> Chart | None:
        """The one chart of the tree that has the name."""
        if self._names is None:
            self._names = {}
            for folder in chart_folders(self.files):
                self._names.setdefault(posixpath.basename(folder), []).append(folder)
        found = self._names.get(row.name, [])
        return self._folder(found[0], depth + 1) if len(found) == 1 and found[0] != origin else None


def _dependency(row: Mapping[str, Any]) -> Dependency:
    def word(key: str) -> str:
        return str(row.get(key) or "")

    tags, imports = row.get("tags"), row.get("import-values")
    return Dependency(
        name=word("name"),
        version=word("version"),
        repository=word("repository"),
        alias=word("alias"),
        condition=word("condition"),
        tags=tuple(map(str, tags)) if isinstance(tags, list) else (),
        imports=tuple(imports) if isinstance(imports, list) else (),
    )


def unpack(part: Part) -> dict[str, Part]:
    """The files of a packed chart, without the folder that holds them. Raises ChartError; writes nothing."""
    place = Span(part.origin, 1)
    opened = zlib.decompressobj(wbits=31)
    try:
        content = opened.decompress(part.content, MAX_CHART)
        if opened.unconsumed_tail:
            raise ChartError(f"`{part.origin}` unpacks to more than {MAX_CHART // 1024 // 1024} MiB", span=place)
        with tarfile.open(fileobj=io.BytesIO(content), mode="r:") as archive:
            return dict(_members(archive, part.origin))
    except (zlib.error, tarfile.TarError, EOFError, ValueError, OSError) as error:
        raise ChartError(f"`{part.origin}` is not a packed chart: {error}", span=place) from None


def _members(archive: tarfile.TarFile, origin: str) -> Iterator[tuple[str, Part]]:
    size = 0
    for count, member in enumerate(archive):
        size += max(member.size, 0)
        name = posixpath.normpath(member.name.replace("\\", "/"))
        if name.startswith("/") or ".." in name.split("/"):
            raise ChartError(f"`{origin}` holds a path that leads out of it", span=Span(origin, 1))
        if size > MAX_CHART or count > MAX_FILES:
            raise ChartError(f"`{origin}` holds too much to be rendered", span=Span(origin, 1))
        file = archive.extractfile(member) if member.isfile() and member.size <= MAX_FILE else None
        _, slash, inside = name.partition("/")
        if file is not None and slash:
            yield inside, Part(file.read(), origin)
