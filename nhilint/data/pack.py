"""Reads one block out of a data pack: an index, then one compressed block per name; knows nothing of what is inside."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any


class Pack:
    """One pack file of the package, kept as bytes; a block is inflated when it is asked for."""

    def __init__(self, name: str) -> None:
        from importlib.resources import files

        self._content = (files("nhilint.data") / name).read_bytes()
        length = int.from_bytes(self._content[:4], "big")
        self._start = 4 + length
        self._index: Mapping[str, tuple[int, int]] = _decode(self._content[4 : self._start])

    def names(self) -> tuple[str, ...]:
        """The names of all blocks, sorted."""
        return tuple(self._index)

    def block(self, name: str) -> Any:
        """The value of one block; None when there is none of that name."""
        place = self._index.get(name)
        if place is None:
            return None
        start = self._start + place[0]
        return _decode(self._content[start : start + place[1]])


def _decode(data: bytes) -> Any:
    import json
    import zlib

    return json.loads(zlib.decompress(data))


@cache
def open_pack(name: str) -> Pack:
    """The pack of that file name, read once."""
    return Pack(name)


@cache
def manifest() -> Mapping[str, Any]:
    """What the packs were made from: date, sources and counts of each part."""
    import json
    from importlib.resources import files

    parts: Mapping[str, Any] = json.loads((files("nhilint.data") / "manifest.json").read_text(encoding="utf-8"))
    return parts
