"""Everything that Flux, Argo CD and Helm apply from this tree: who is asked first, and what stands for what.

An object that asks for a folder may be changed by another one that asks for the folder it lies in, so the outer ones
come first; a chart may make such objects too. A chart that nobody asks for is read with its own values at the end.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from nhilint.model.document import Document
from nhilint.model.errors import NhilintError
from nhilint.model.facts import Assumed, Unresolved
from nhilint.model.node import Map, Scalar
from nhilint.sources.manifests import argo, flux, helm_terraform
from nhilint.sources.manifests.deliveries import Delivery, Known, called
from nhilint.sources.manifests.files import Files, word
from nhilint.sources.manifests.folders import applied
from nhilint.sources.manifests.groups import Group
from nhilint.sources.manifests.helm import Charts
from nhilint.sources.manifests.helm_chart import CHART, chart_folders
from nhilint.sources.manifests.helm_render import Release
from nhilint.sources.manifests.helm_values import layered

MAX_DELIVERIES = 5_000
_MARKS = (b"argoproj.io/", b"toolkit.fluxcd.io/")


def render(files: Files, documents: Sequence[Document]) -> Iterable[Group]:
    """What is applied, in groups."""
    charts = Charts(files)
    try:
        yield from _Work(files, charts, documents).run()
    finally:
        charts.close()


def releases(files: Files) -> Iterable[Group]:
    """What resources of Terraform install, in groups; charts that nobody asks for are left alone."""
    charts = Charts(files)
    try:
        yield from _Work(files, charts, ()).run(alone=True)
    finally:
        charts.close()


@dataclass(slots=True)
class _Asked:
    """An object that asks for something, and what that is."""

    document: Document
    found: Delivery | Unresolved
    above: frozenset[tuple[object, ...]]
    """The objects by whose doing this one is there; one that brings forth itself is not followed again."""


class _Work:
    def __init__(self, files: Files, charts: Charts, documents: Sequence[Document]) -> None:
        self.files = files
        self.charts = charts
        self.known = Known(files, list(documents))
        self.waiting: list[_Asked] = []
        self.roots: set[str] = set()
        self.hints: dict[str, set[str]] = {}
        self.assumed: set[str] = set()
        self.released = {one.chart for one in files.options.releases} | files.inflated
        for document in files.others:
            self.waiting += [_Asked(document, found, frozenset()) for found in helm_terraform.read(document, files)]
        self._ask(documents)

    def run(self, alone: bool = False) -> Iterator[Group]:
        """Every delivery, then, unless they stand `alone`, the charts that nobody asked for."""
        left = [] if alone else [folder for folder in chart_folders(self.files) if self.files.wanted(folder)]
        count = 0
        while count < MAX_DELIVERIES:
            while self.waiting and count < MAX_DELIVERIES:
                count += 1
                yield from self._take(self._outermost())
            # A chart that makes objects of these kinds comes before those that they may ask for.
            folder = next((f for f in left if f not in self.released and self._makes(f)), None)
            if folder is None:
                break
            left.remove(folder)
            yield from self._default(folder)
        for folder in left:
            if folder not in self.released or any(one.chart == folder for one in self.files.options.releases):
                yield from self.charts.groups(folder)

    def _makes(self, folder: str) -> bool:
        prefix = f"{folder}/templates/" if folder else "templates/"
        paths = [path for path in self.files.entries if path.startswith(prefix)]
        for path in paths:
            try:
                if any(mark in self.files.content(path) for mark in _MARKS):
                    return True
            except NhilintError:
                continue
        return False

    def _default(self, folder: str) -> Iterator[Group]:
        for group in self.charts.groups(folder):
            self._ask(group.documents)
            yield group

    # --- who asks ------------------------------------------------------------------------------------------------

    def _ask(self, documents: Sequence[Document], above: frozenset[tuple[object, ...]] = frozenset()) -> None:
        for document in documents:
            if (flux.asks(document) or argo.asks(document)) and _mark(document) not in above:
                self.waiting += [_Asked(document, found, above) for found in self._read(document)]

    def _read(self, document: Document) -> list[Delivery | Unresolved]:
        try:
            if flux.asks(document):
                return [flux.read(document, self.known)]
            return list(argo.read(document, self.known))
        except NhilintError as error:
            span = error.span or document.span
            return [Unresolved(what=called(document), why=error.message, span=span, cause="syntax")]

    def _outermost(self) -> _Asked:
        """The next one that no other one that waits may change."""
        for index, one in enumerate(self.waiting):
            if not any(_holds(other, one) for other in self.waiting if other is not one):
                return self.waiting.pop(index)
        return self.waiting.pop(0)

    def _peers(self, delivery: Delivery) -> list[Delivery]:
        found = [one.found for one in self.waiting if isinstance(one.found, Delivery)]
        return [one for one in found if one.path == delivery.path]

    # --- what is done --------------------------------------------------------------------------------------------

    def _take(self, asked: _Asked) -> Iterator[Group]:
        found = asked.found
        if isinstance(found, Unresolved):
            yield Group(root=f"{found.span}#{found.what}", documents=(), unresolved=(found,))
            return
        chart = self._is_chart(found)
        if chart and any(one.chart == found.path for one in self.files.options.releases):
            return
        group = self._chart(found) if chart else self._folder(found)
        if group is None:
            return
        group = replace(
            group,
            unresolved=(*found.problems, *group.unresolved),
            assumed=(*self._taken_for_true(found), *group.assumed),
        )
        # Objects that are read anew stand in the place of what was there.
        gone = group.replaces | group.consumed
        self.waiting = [
            one
            for one in self.waiting
            if one.document.language == "terraform"
            or one.document.root in self.roots - group.replaces
            or not (one.document.root in group.replaces or one.document.span.path in group.consumed)
        ]
        kept = [d for d in self.known.documents if d.root not in gone and d.span.path not in group.consumed]
        self.known = Known(self.files, [*kept, *group.documents])
        self.roots.add(group.root)
        self._ask(group.documents, asked.above | {_mark(asked.document)})
        yield group

    def _is_chart(self, delivery: Delivery) -> bool:
        return bool(delivery.release) and posixpath.join(delivery.path, CHART) in self.files.entries

    def _root(self, delivery: Delivery) -> str:
        """A name of its own for what is applied: the folder, with what tells it apart if it is applied twice."""
        peers = self._peers(delivery)
        others = self.hints.get(delivery.path)
        self.hints[delivery.path] = (others or set()) | set(delivery.hints)
        if not peers and others is None:
            return delivery.path
        taken = (others or set()).union(*(peer.hints for peer in peers))
        for hint in (*(h for h in delivery.hints if h not in taken), *delivery.hints):
            if (root := f"{delivery.path}@{hint}") not in self.roots:
                return root
        return f"{delivery.path}@{len(self.roots) + 1}"

    def _chart(self, delivery: Delivery) -> Group:
        self.released.add(delivery.path)
        release = Release(
            chart=delivery.path,
            name=delivery.release,
            namespace=delivery.namespace,
            values=layered(delivery.layers),
            root=self._root(delivery),
            span=delivery.span,
            unknown=delivery.unknown,
        )
        return self.charts.release(release)

    def _folder(self, delivery: Delivery) -> Group | None:
        """The folder as it is applied; None where that is as it stands."""
        if not delivery.changed and not any(peer.changed for peer in self._peers(delivery)):
            return None
        root = self._root(delivery)
        group = applied(self.files, delivery, root)
        documents = [_settled(document, delivery) for document in group.documents]
        return replace(group, documents=tuple(documents), replaces=frozenset({delivery.path}))

    def _taken_for_true(self, delivery: Delivery) -> Iterator[Assumed]:
        if delivery.source and delivery.source not in self.assumed:
            self.assumed.add(delivery.source)
            yield Assumed(what=delivery.source, why="what it holds is taken to be this tree", span=delivery.span)


def _mark(document: Document) -> tuple[object, ...]:
    return document.kind, called(document), tuple(document.span)


def _holds(outer: _Asked, inner: _Asked) -> bool:
    """Whether what the outer one applies has the object that asks for the inner one in it."""
    if not isinstance(outer.found, Delivery) or outer.document is inner.document:
        return False
    path, place = outer.found.path, inner.document.span.path
    root = inner.document.root.partition("@")[0]
    return path in ("", root) or place.startswith(f"{path}/") or root.startswith(f"{path}/")


def _settled(document: Document, delivery: Delivery) -> Document:
    """An object with what is filled in at the end."""
    body = document.body
    if delivery.substitute is not None and not _spared(body):
        changed = delivery.substitute(body)
        body = changed if isinstance(changed, Map) else body
    meta = body.get("metadata")
    if delivery.namespace and isinstance(meta, Map) and not word(meta.get("namespace")):
        entries = {**meta.entries, "namespace": Scalar(delivery.namespace, meta.span)}
        body = Map({**body.entries, "metadata": Map(entries, meta.span)}, body.span)
    return replace(document, body=body)


def _spared(body: Map) -> bool:
    """Whether an object says that nothing is substituted in it."""
    meta = body.get("metadata")
    for name in ("annotations", "labels"):
        table = meta.get(name) if isinstance(meta, Map) else None
        if isinstance(table, Map) and word(table.get("kustomize.toolkit.fluxcd.io/substitute")) == "disabled":
            return True
    return False
