"""A folder as somebody applies it, with what is laid over it, by way of a kustomization that is made up for it."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from dataclasses import replace

from nhilint.model.errors import NhilintError
from nhilint.model.node import Map, Node, Scalar, Sequence
from nhilint.model.span import Span
from nhilint.sources.manifests.deliveries import Delivery
from nhilint.sources.manifests.files import KUSTOMIZATIONS, Files, read_plainly
from nhilint.sources.manifests.groups import Group
from nhilint.sources.manifests.kustomize.build import Builder
from nhilint.sources.manifests.kustomize.kustomization import Kustomization
from nhilint.sources.manifests.kustomize.render import group_of

_ENDINGS = (".yaml", ".yml", ".json")
_INSIDE = ".applied"
"""A folder that is not there, from which the others are named."""


def applied(files: Files, delivery: Delivery, root: str) -> Group:
    """The objects of the folder with the changes of the delivery; namespaces and variables are not filled in yet."""
    built = _is_kustomization(files, delivery.path)
    if not built and not delivery.changes and delivery.plain:
        return _plain(files, delivery, root)
    names = ("..",) if built else tuple(sorted(_members(files, delivery)))
    own = Kustomization(
        folder=posixpath.join(delivery.path, _INSIDE), path=delivery.span.path, body=_body(delivery, names)
    )
    group = group_of(Builder(files), own, root)
    # The file that asks for the folder is none of the folder's own, unless it is one of them.
    inside = {posixpath.normpath(posixpath.join(delivery.path, _INSIDE, name)) for name in names}
    said = tuple(replace(u, what=delivery.what) if _INSIDE in u.what else u for u in group.unresolved)
    return replace(group, unresolved=said, consumed=group.consumed - ({own.path} - inside))


def _plain(files: Files, delivery: Delivery, root: str) -> Group:
    """The objects of the files as they stand; nothing asks that each has a name, as a kustomization would."""
    paths = [posixpath.normpath(posixpath.join(delivery.path, _INSIDE, name)) for name in _members(files, delivery)]
    found = [read_plainly(files, files.entries[path]) for path in sorted(paths) if path in files.entries]
    return Group(
        root=root,
        documents=tuple(replace(document, root=root) for one in found for document in one.documents),
        unresolved=tuple(problem for one in found for problem in one.unresolved),
        consumed=frozenset(paths),
    )


def _body(delivery: Delivery, names: tuple[str, ...]) -> Map:
    span = delivery.span
    entries: dict[str, Node] = {"resources": _strings(names, span)}
    for key, value in delivery.changes.items():
        if key == "components" and isinstance(value, Sequence):
            items = [f"../{item.value}" for item in value.items if isinstance(item, Scalar)]
            value = _strings(tuple(items), span)
        entries[key] = value
    return Map(entries, span)


def _strings(names: tuple[str, ...], span: Span) -> Sequence:
    return Sequence(tuple(Scalar(name, span) for name in names), span)


def _members(files: Files, delivery: Delivery) -> Iterator[str]:
    """The files of a folder that is no kustomization, and the kustomizations below it."""
    top = delivery.path
    waiting = [top]
    while waiting:
        folder = waiting.pop()
        prefix = f"{folder}/" if folder else ""
        if folder != top and _is_kustomization(files, folder):
            yield _from(top, folder)
            continue
        for path in files.folders.get(folder, ()):
            if path.endswith(_ENDINGS) and delivery.takes(path) and _is_manifest(files, path):
                yield _from(top, path)
        if delivery.recurse:
            waiting += [
                name
                for name in files.folders
                if name.startswith(prefix) and name != folder and "/" not in name[len(prefix) :]
            ]


def _from(top: str, path: str) -> str:
    return f"../{path.removeprefix(top).lstrip('/')}" if top else f"../{path}"


def _is_kustomization(files: Files, folder: str) -> bool:
    return any(posixpath.join(folder, name) in files.entries for name in KUSTOMIZATIONS)


def _is_manifest(files: Files, path: str) -> bool:
    """Whether a file looks like one of objects; others lie beside them."""
    entry = files.entries[path]
    if entry.link or entry.problem:
        return False
    try:
        content = files.content(path)
    except NhilintError:
        return False
    return b"apiVersion" in content and b"kind" in content
