"""Modules that others made and that lie in the tree: by the settings, or in a folder with the registry's layout."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from nhilint.sources.terraform.models import read_source

if TYPE_CHECKING:
    from nhilint.sources.terraform.program import Program


def vendored(program: Program, written: str) -> str | None:
    """The folder of the tree that holds the module of an address; None when there is none."""
    options = program.options
    module, below = _parts(written)
    # The longest address says it best: a submodule may lie elsewhere than the module it belongs to.
    for address, place in sorted(options.modules, key=lambda pair: -len(pair[0])):
        known, under = _parts(address)
        if module == known and (below == under or below.startswith(under + "/" if under else "")):
            return _folder(program, place, below[len(under) :].strip("/"))
    source = read_source(written)
    if options.vendor and source is not None:
        submodule = f"modules/{source.submodule}" if source.submodule else ""
        return _folder(program, posixpath.join(options.vendor, source.registry), submodule)
    return None


def _parts(address: str) -> tuple[str, str]:
    """What names a module however its address is written, and the folder inside of it."""
    source = read_source(address)
    if source is not None:
        return source.registry, f"modules/{source.submodule}" if source.submodule else ""
    plain = address.removeprefix("git::").partition("?")[0]
    _, colon, rest = plain.partition("://")
    base, _, below = (rest if colon else plain).partition("//")
    host, at, path = base.partition("@")[2].partition(":") if "@" in base else (base, "", "")
    module = f"{host}/{path}" if at else host
    return module.removesuffix(".git").strip("/"), below.strip("/")


def _folder(program: Program, place: str, below: str) -> str | None:
    folder = posixpath.normpath(posixpath.join(place, below))
    folder = "" if folder == "." else folder
    return folder if program.names("terraform", folder) else None
