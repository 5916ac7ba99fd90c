"""Which kustomizations stand on top: those that no other one takes in, each an environment of its own."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator, Mapping

from nhilint.sources.manifests.files import Files
from nhilint.sources.manifests.kustomize.kustomization import Kustomization

_FOLDERS = ("resources", "bases", "components", "generators", "transformers", "validators")


def taken(files: Files, own: Kustomization) -> Iterator[str]:
    """The folders that a kustomization takes in."""
    for name, _ in own.names(*_FOLDERS):
        path = files.resolve(own.folder, name) if "\n" not in name else None
        if path is not None and path not in files.entries and path in files.folders:
            yield path


def roots(files: Files, known: Mapping[str, Kustomization]) -> list[str]:
    """The folders of the kustomizations to render, in order; of those that only take each other in, the first."""
    wanted = {folder: own for folder, own in known.items() if files.wanted(own.path)}
    below = {folder: [name for name in taken(files, own) if name != folder] for folder, own in wanted.items()}
    inner = {name for names in below.values() for name in names}
    found = [folder for folder, own in wanted.items() if folder not in inner and not own.component]
    reached = _reached(found, below)
    for folder in sorted(wanted):
        if folder not in reached and not wanted[folder].component:
            found.append(folder)
            reached |= _reached([folder], below)
    return sorted(found)


def _reached(start: Iterable[str], below: Mapping[str, list[str]]) -> set[str]:
    waiting, seen = list(start), set(start)
    while waiting:
        for name in below.get(waiting.pop(), ()):
            if name not in seen:
                seen.add(name)
                waiting.append(name)
    return seen


def selected(folders: list[str], environment: str) -> list[str]:
    """Those of one environment: a folder of that name, and not one that stands beside such a folder.

    Beside means in a folder of the same name (`overlays`, `clusters`), so that `app/overlays/dev` goes when `prod` is
    asked for and `app/overlays/prod` is there. Where no folder has the name, nothing is left out.
    """
    above = {parent for folder in folders for parent, name in _steps(folder) if name == environment}
    if not environment or not above:
        return folders

    def belongs(folder: str) -> bool:
        steps = list(_steps(folder))
        return any(name == environment for _, name in steps) or not any(parent in above for parent, _ in steps)

    return [folder for folder in folders if belongs(folder)]


def _steps(folder: str) -> Iterator[tuple[str, str]]:
    """Each part of a path with the name of the folder that it is in."""
    parts = folder.split("/")
    for index, name in enumerate(parts):
        yield parts[index - 1] if index else posixpath.sep, name
