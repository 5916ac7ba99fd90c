"""A folder on disk as a tree: the working tree as Git sees it, or everything below a folder outside Git."""

from __future__ import annotations

import os
import stat

from nhilint.model.errors import NhilintError
from nhilint.sources.git import GitError, git
from nhilint.sources.memory import blob_id
from nhilint.sources.tree import Entry

_NEVER = frozenset({".git", ".hg", ".svn", "node_modules", ".venv", "__pycache__"})
_MAX_FILES = 500_000


class FolderError(NhilintError):
    """The folder is not there or can not be read."""


class FolderTree:
    """Files below `path`. In a Git work tree: tracked and untracked ones that are not ignored."""

    def __init__(self, path: str, label: str = "") -> None:
        if not os.path.isdir(path):
            raise FolderError(f"`{path}` is not a folder", help="name a folder, a Git revision or a plan file")
        self.path = os.path.abspath(path)
        self.label = label or path
        self._real = os.path.realpath(self.path)
        self._entries: tuple[Entry, ...] | None = None
        self._digests: dict[str, str] = {}

    def entries(self) -> tuple[Entry, ...]:
        """Every file, sorted by path."""
        if self._entries is None:
            names = self._listed()
            paths = sorted(set(names if names is not None else self._walk()))
            self._entries = tuple(entry for path in paths if (entry := self._entry(path)) is not None)
        return self._entries

    def digest(self, path: str) -> str:
        """The blob id Git would give the content."""
        if path not in self._digests:
            self._digests[path] = blob_id(self.read(path))
        return self._digests[path]

    def read(self, path: str) -> bytes:
        """The bytes of one file; FolderError when it lies outside of the folder or can not be read."""
        full = os.path.join(self.path, path)
        if not self._is_inside(os.path.realpath(full)):
            raise FolderError(f"`{path}` leads out of the tree")
        try:
            with open(full, "rb") as file:
                return file.read()
        except OSError as error:
            raise FolderError(f"`{path}` can not be read: {(error.strerror or 'error').lower()}") from None

    def _is_inside(self, real: str) -> bool:
        return real == self._real or real.startswith(self._real + os.sep)

    def _listed(self) -> list[str] | None:
        """What Git lists; None outside of a work tree."""
        try:
            listing = git(self.path, "ls-files", "-co", "--exclude-standard", "-z", "--", ".")
        except GitError:
            return None
        names = [name for name in listing.split("\x00") if name]
        # Modules that `terraform init` brought are ignored by Git on purpose; their source is still what is called.
        folders = {name.rpartition("/")[0] for name in names if name.endswith((".tf", ".tofu", ".tf.json"))}
        for folder in sorted(folders):
            modules = os.path.join(folder, ".terraform", "modules")
            if os.path.isdir(os.path.join(self.path, modules)):
                names.extend(self._walk(modules))
        return names

    def _walk(self, below: str = "") -> list[str]:
        found: list[str] = []
        for folder, folders, files in os.walk(os.path.join(self.path, below), followlinks=False):
            folders[:] = sorted(name for name in folders if name not in _NEVER)
            prefix = os.path.relpath(folder, self.path).replace(os.sep, "/")
            found.extend(name if prefix == "." else f"{prefix}/{name}" for name in files)
            if len(found) > _MAX_FILES:
                raise FolderError(f"`{self.label}` holds more than {_MAX_FILES} files", help="name a smaller folder")
        return found

    def _entry(self, path: str) -> Entry | None:
        full = os.path.join(self.path, path)
        try:
            status = os.lstat(full)
            link = stat.S_ISLNK(status.st_mode)
            if link:
                if not self._is_inside(os.path.realpath(full)):
                    return Entry(path=path, size=0, problem="it is a link that leads out of the tree")
                status = os.stat(full)
        except OSError:
            # Deleted in the working tree but still in the index, or a dangling link: there is nothing to read.
            return Entry(path=path, size=0, problem="it is a broken link") if os.path.islink(full) else None
        if stat.S_ISDIR(status.st_mode):
            return None
        if not stat.S_ISREG(status.st_mode):
            return Entry(path=path, size=0, problem="it is not a regular file")
        return Entry(path=path, size=status.st_size, link=link)
