"""The seam of renderers: each takes the tree and the objects known so far, and gives the objects that it renders.

Renderers run in the order of `RENDERERS`; each sees what was read plainly and what those before it gave. A file that
one of them took in is not read plainly as well, and a group may stand in the place of groups that came before.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Protocol

from nhilint.model.document import Document
from nhilint.model.facts import Assumed, Unresolved
from nhilint.sources.manifests.files import KUSTOMIZATIONS, Files, Plain, read_plainly
from nhilint.sources.tree import Entry


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """What one rendering gives: objects that are applied together."""

    root: str
    """The folder that is rendered (an overlay, a chart, what a release points to); tells equal objects of two groups
    apart. Every document has it as its `root`."""
    documents: tuple[Document, ...]
    unresolved: tuple[Unresolved, ...] = ()
    assumed: tuple[Assumed, ...] = ()
    """What is taken for true of it."""
    consumed: frozenset[str] = frozenset()
    """Paths of the files that these objects come from; they are not read plainly as well. A file that could not be
    rendered does not belong here."""
    replaces: frozenset[str] = frozenset()
    """Roots of groups of renderers that ran before, in whose place this one stands."""


class Renderer(Protocol):
    """The function `render` of a module of `RENDERERS`."""

    def __call__(self, files: Files, documents: Sequence[Document]) -> Iterable[Group]:
        """Every group that is asked for (`files.wanted(root)`); never raises for what a file holds."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A renderer, and when it is worth loading."""

    module: str
    names: frozenset[str] = frozenset()
    """The tree has a file of one of these names…"""
    kinds: frozenset[str] = frozenset()
    """… or an object of one of these kinds is known…"""
    types: frozenset[str] = frozenset()
    """… or a resource of one of these types of Terraform."""


RENDERERS = (
    Row(module="nhilint.sources.manifests.kustomize.render", names=frozenset(KUSTOMIZATIONS)),
    Row(
        module="nhilint.sources.manifests.deliver",
        names=frozenset({"Chart.yaml"}),
        kinds=frozenset({"Application", "ApplicationSet", "HelmRelease", "Kustomization"}),
        types=frozenset({"helm_release"}),
    ),
)


@dataclass(frozen=True, slots=True)
class Manifests:
    """The objects of a tree, and what could not be read."""

    documents: tuple[Document, ...]
    unresolved: tuple[Unresolved, ...]
    assumed: tuple[Assumed, ...]


def load_manifests(files: Files, entries: Sequence[Entry]) -> Manifests:
    """What the renderers give, and plainly what none of them takes in of `entries`."""
    plain = {entry.path: read_plainly(files, entry) for entry in entries if entry.problem or not entry.link}
    groups: dict[str, list[Group]] = {}
    names = {posixpath.basename(path) for path in files.entries}
    for row in RENDERERS:
        known = _documents(plain.values(), groups)
        kinds, types = {document.kind for document in known}, {document.type for document in files.others}
        if not (row.names & names or row.kinds & kinds or row.types & types):
            continue
        render: Renderer = import_module(row.module).render
        for group in list(render(files, known)):
            for root in group.replaces:
                groups.pop(root, None)
            groups.setdefault(group.root, []).append(group)
        consumed = frozenset(path for group in _all(groups) for path in group.consumed)
        plain = {path: one for path, one in plain.items() if path not in consumed}
    unresolved = [u for one in plain.values() for u in one.unresolved]
    unresolved += [u for group in _all(groups) for u in group.unresolved]
    assumed = [a for group in _all(groups) for a in group.assumed]
    return Manifests(tuple(_documents(plain.values(), groups)), tuple(unresolved), tuple(assumed))


def load_releases(files: Files) -> Manifests:
    """What resources of Terraform install (`files.others`), and nothing else of the tree."""
    from nhilint.sources.manifests.deliver import releases

    found = list(releases(files)) if files.others else []
    return Manifests(
        tuple(document for group in found for document in group.documents),
        tuple(problem for group in found for problem in group.unresolved),
        tuple(one for group in found for one in group.assumed),
    )


def _all(groups: dict[str, list[Group]]) -> list[Group]:
    return [group for several in groups.values() for group in several]


def _documents(plain: Iterable[Plain], groups: dict[str, list[Group]]) -> list[Document]:
    found = [document for one in plain for document in one.documents]
    return found + [document for group in _all(groups) for document in group.documents]
