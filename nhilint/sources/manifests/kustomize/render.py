"""The kustomizations of a tree to groups of objects: each that no other one takes in is an environment of its own."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator, Mapping, Sequence

from nhilint.model.document import Document
from nhilint.model.facts import Unresolved
from nhilint.model.node import Scalar
from nhilint.model.node import scalar_text as text
from nhilint.model.span import Span
from nhilint.sources.manifests.files import KUSTOMIZATIONS, Files, objects
from nhilint.sources.manifests.groups import Group
from nhilint.sources.manifests.kustomize.accumulated import Accumulated
from nhilint.sources.manifests.kustomize.build import Builder
from nhilint.sources.manifests.kustomize.charts import LocalCharts
from nhilint.sources.manifests.kustomize.errors import KustomizeError
from nhilint.sources.manifests.kustomize.generators import without_secrets
from nhilint.sources.manifests.kustomize.kustomization import Kustomization, load_kustomization
from nhilint.sources.manifests.kustomize.roots import roots, selected
from nhilint.sources.manifests.kustomize.values import maps


def render(files: Files, documents: Sequence[Document]) -> Iterable[Group]:
    """Every overlay that is asked for."""
    charts = LocalCharts(files)
    try:
        yield from _render(files, Builder(files, charts))
    finally:
        charts.close()


def _render(files: Files, builder: Builder) -> Iterator[Group]:
    known: dict[str, Kustomization] = {}
    for folder in sorted({posixpath.dirname(path) for path in files.entries if _is_kustomization(path)}):
        try:
            known[folder] = load_kustomization(files, folder)
        except KustomizeError as error:
            yield _broken(folder, error)
    standing = roots(files, known)
    rendered: set[str] = set()
    for folder in selected(standing, files.options.environment):
        group = group_of(builder, known[folder])
        rendered |= group.consumed
        yield group
    # What belongs to an environment that was not asked for is not read plainly either.
    for folder in standing:
        if known[folder].path not in rendered:
            group = group_of(builder, known[folder])
            yield Group(root=folder, documents=(), consumed=group.consumed)
    yield from _unused(files, known, rendered)


def group_of(builder: Builder, own: Kustomization, root: str | None = None) -> Group:
    """What one kustomization gives, as a group."""
    done = _built(builder, own)
    place = own.folder if root is None else root
    return Group(
        root=place,
        documents=tuple(d for one in done.resources for d in objects(without_secrets(one.body), place)),
        unresolved=tuple(dict.fromkeys(done.problems)),
        consumed=frozenset(() if done.endless else done.consumed),
    )


def _built(builder: Builder, own: Kustomization) -> Accumulated:
    try:
        return builder.build(own)
    except RecursionError:
        why = "its values are nested too deeply"
        what = f"kustomization `{own.folder or '.'}`"
        return Accumulated(problems=[Unresolved(what=what, why=why, span=own.span, cause="kustomize")])


def _is_kustomization(path: str) -> bool:
    return path.endswith(KUSTOMIZATIONS) and posixpath.basename(path) in KUSTOMIZATIONS


def _broken(folder: str, error: KustomizeError) -> Group:
    """A kustomization that can not be read; the files it names are read plainly."""
    what, span = f"kustomization `{folder or '.'}`", error.span or Span(folder, 1)
    why = f"{error.message}; the files of the folder are read as they stand"
    problem = Unresolved(what=what, why=why, span=span, cause="kustomize")
    return Group(root=folder, documents=(), unresolved=(problem,), consumed=frozenset((span.path,)))


def _unused(files: Files, known: Mapping[str, Kustomization], rendered: set[str]) -> Iterator[Group]:
    """Components that nothing takes in: their patches are no objects, and what they would change is not known."""
    for folder, own in known.items():
        if own.path in rendered or not own.component or not files.wanted(own.path):
            continue
        patches = frozenset(path for name in _patches(own) if (path := files.resolve(folder, name)) is not None)
        why = "nothing in the tree takes this component in, so its patches are applied to nothing"
        what = f"component `{folder}`"
        problem = Unresolved(what=what, why=why, span=own.span, cause="kustomize")
        yield Group(root=folder, documents=(), unresolved=(problem,) if patches else (), consumed=patches)


def _patches(own: Kustomization) -> Iterator[str]:
    yield from (name for name, _ in own.names("patchesStrategicMerge") if "\n" not in name)
    for key in ("patches", "patchesJson6902"):
        for row in maps(own.body.get(key)):
            if isinstance(row.get("path"), Scalar):
                yield text(row.get("path"))
