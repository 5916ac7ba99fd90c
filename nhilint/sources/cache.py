"""What was read before, kept in memory and in a folder of the user's own; knows no language.

The folder is used only when nobody else can write it and it does not lie inside the tree: a checkout must not be able
to say what it holds. What is read back may be made of nhilint's own classes only.
"""

from __future__ import annotations

import hashlib
import io
import os
import pickle
import stat
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

MAX_BYTES = 256 * 1024 * 1024
"""Size of the folder above which the entries that were not used for longest are removed."""
MAX_VARIANTS = 4
"""States of one thing that are kept: the base and the head of two reviews."""
SMALL_LANGUAGES = frozenset({"calls"})
"""Languages of which a value is so small that all of them are one entry of the folder."""
SMALL = "small"
MAX_SMALL = 50_000
SWITCH = "NHILINT_CACHE"
"""Environment variable: another folder, or `off`."""
_CLASSES = ("nhilint.model.", "nhilint.sources.terraform.")
_ROOM = "entries"


class _Reader(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Any:
        if module.startswith(_CLASSES) or (module, name) == ("fractions", "Fraction"):
            return super().find_class(module, name)
        raise pickle.UnpicklingError(f"`{module}.{name}` does not belong into a cache")


@dataclass(slots=True)
class ParseCache:
    """Parsed files by content and evaluated modules by what they looked at, shared between two revisions."""

    disk: DiskCache | None = None
    _values: dict[tuple[str, str], object] = field(default_factory=dict)
    _variants: dict[str, list[Any]] = field(default_factory=dict)
    _changed: dict[str, None] = field(default_factory=dict)
    _stored: dict[tuple[str, str], object] | None = None

    def get(self, digest: str, language: str) -> object | None:
        """What was stored, or None."""
        found = self._values.get((digest, language))
        if found is None and language in SMALL_LANGUAGES:
            found = self._small().get((digest, language))
        return found

    def put(self, digest: str, language: str, value: object) -> None:
        """Keep `value` for equal bytes in the same language."""
        self._values[(digest, language)] = value

    def find(self, key: str, holds: Callable[[Any], bool]) -> object | None:
        """What is known under a key where its condition holds; None when there is nothing."""
        return next((variant.value() for variant in self._known(key) if holds(variant.condition)), None)

    def add(self, key: str, condition: object, value: object) -> None:
        """Keep one more state, the newest first."""
        known = self._known(key)
        known.insert(0, _Variant(condition, value))
        del known[MAX_VARIANTS:]
        self._changed[key] = None

    def _known(self, key: str) -> list[_Variant]:
        if key not in self._variants:
            self._variants[key] = self.disk.read(key) if self.disk else []
        return self._variants[key]

    def _small(self) -> dict[tuple[str, str], object]:
        """The small values of the folder, read when one of them is missing."""
        if self._stored is None:
            found = self.disk.read(SMALL) if self.disk else []
            value = found[0].value() if found else None
            self._stored = value if isinstance(value, dict) else {}
        return self._stored

    def save(self) -> None:
        """Write what is new; a folder that can not be written is no error."""
        if self.disk is not None:
            small = {key: value for key, value in self._values.items() if key[1] in SMALL_LANGUAGES}
            if small.keys() - self._small().keys():
                rows = {**self._small(), **small}
                kept = dict(list(rows.items())[-MAX_SMALL:])
                self.disk.write(SMALL, [_Variant(None, kept)])
            for key in self._changed:
                self.disk.write(key, self._variants[key])
            if self._changed:
                self.disk.tidy()
        self._changed.clear()


class _Variant:
    """One state; its value stays packed until somebody asks for it."""

    __slots__ = ("_packed", "_value", "condition")

    def __init__(self, condition: object, value: object = None, packed: bytes = b"") -> None:
        self.condition = condition
        self._value = value
        self._packed = packed

    def value(self) -> object:
        """What holds; None when it can not be read."""
        if self._value is None and self._packed:
            try:
                self._value = _Reader(io.BytesIO(self._packed)).load()
            except Exception:  # noqa: BLE001 — whatever stands there, it is only a cache
                self._packed = b""
        return self._value

    def packed(self) -> bytes:
        return self._packed or pickle.dumps(self._value, 5)


class DiskCache:
    """The user's folder, for one version of nhilint and of Python."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def read(self, key: str) -> list[_Variant]:
        """The states under a key; nothing when the file is missing or not one of ours."""
        try:
            content = self._path(key).read_bytes()
            rows = _Reader(io.BytesIO(content)).load()
            return [_Variant(condition, packed=packed) for condition, packed in rows]
        except Exception:  # noqa: BLE001 — whatever stands there, it is only a cache
            return []

    def write(self, key: str, variants: list[_Variant]) -> None:
        """Replace the states under a key in one step."""
        path = self._path(key)
        try:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            handle, name = tempfile.mkstemp(dir=path.parent)
            with os.fdopen(handle, "wb") as file:
                file.write(pickle.dumps([(one.condition, one.packed()) for one in variants], 5))
            os.replace(name, path)
        except (OSError, RecursionError, pickle.PicklingError):
            return

    def tidy(self) -> None:
        """Remove the oldest entries when the folder is too large, those of other versions among them."""
        try:
            rows = [(p.stat().st_mtime, p.stat().st_size, p) for p in self._folder.parent.rglob("*") if p.is_file()]
            total = sum(size for _, size, _ in rows)
            for _, size, path in sorted(rows, key=lambda row: row[:2]):
                if total <= MAX_BYTES:
                    return
                path.unlink(missing_ok=True)
                total -= size
        except OSError:
            return

    def _path(self, key: str) -> Path:
        name = hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()[:40]
        return self._folder / name[:2] / name


def open_cache(tree: str = "") -> ParseCache:
    """The cache of the user; one in memory only where there is no safe folder. `tree`: the folder that is read."""
    wanted = os.environ.get(SWITCH, "")
    if wanted == "off":
        return ParseCache()
    try:
        top = Path(wanted) if wanted else _home()
        top.mkdir(mode=0o700, parents=True, exist_ok=True)
        real = top.resolve()
        if not _private(real) or (tree and real.is_relative_to(Path(tree).resolve())):
            return ParseCache()
        return ParseCache(DiskCache(real / _ROOM / fingerprint()))
    except (OSError, RuntimeError):
        return ParseCache()


def _home() -> Path:
    base = os.environ.get("XDG_CACHE_HOME", "")
    return (Path(base) if base else Path.home() / ".cache") / "nhilint"


def _private(folder: Path) -> bool:
    """Whether the folder belongs to this user and nobody else can write it."""
    if not hasattr(os, "getuid"):
        return True
    found = folder.stat()
    return found.st_uid == os.getuid() and not found.st_mode & (stat.S_IWGRP | stat.S_IWOTH)


@cache
def fingerprint() -> str:
    """A name for this program text and this Python: what another one wrote is not read."""
    package = Path(__file__).parent.parent
    rows = [sys.version]
    for part in ("sources", "model", "data", "algebra/values.py"):
        place = package / part
        for path in sorted(place.rglob("*")) if place.is_dir() else [place]:
            if path.suffix != ".pyc" and path.is_file():
                found = path.stat()
                rows.append(f"{path.relative_to(package)} {found.st_size} {found.st_mtime_ns}")
    return hashlib.sha256("\n".join(rows).encode()).hexdigest()[:16]
