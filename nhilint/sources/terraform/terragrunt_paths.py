"""Paths as Terragrunt sees them: absolute, with the tree at one fixed place."""

from __future__ import annotations

import posixpath

from nhilint.sources.terraform.values import Failure

ROOT = "/repository"
"""Where the tree stands; no function of Terragrunt says more of it than its parts."""


def absolute(path: str) -> str:
    """A path of the tree as Terragrunt writes it."""
    return f"{ROOT}/{path}" if path else ROOT


def in_tree(written: str, folder: str) -> str:
    """A path as Terragrunt writes it, seen from a folder, as a path of the tree; raises `Failure` outside of it."""
    if written == ROOT or written.startswith(ROOT + "/"):
        joined = posixpath.normpath(written[len(ROOT) :].lstrip("/") or ".")
    elif written.startswith("/"):
        raise Failure(f"`{written}` is outside the tree")
    else:
        joined = posixpath.normpath(posixpath.join(folder or ".", written))
    if joined == ".." or joined.startswith("../"):
        raise Failure(f"`{written}` is outside the tree")
    return "" if joined == "." else joined


def relative(path: str, start: str) -> str:
    """A path of the tree seen from a folder of it."""
    return posixpath.relpath(path or ".", start or ".")
