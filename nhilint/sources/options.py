"""What a caller may ask of the sources; values only, so that every source can import it without a cycle."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from nhilint.model.node import Node


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadOptions:
    """Which parts of a tree are read, and with which inputs."""

    paths: tuple[str, ...] = ()
    """Only these files or folders (inside the tree); empty: everything."""
    roots: tuple[str, ...] = ()
    """Folders that are root modules, whoever calls them; empty: the folders that nobody calls."""
    var_files: tuple[str, ...] = ()
    """Terraform variable files inside the tree, in order; the last one wins."""
    environment: str = ""
    """Name of the Terraform workspace; empty: it is not known, and what hangs on it is read for each."""
    partition: str = "aws"
    """AWS partition that ARNs are written with."""
    inputs: Mapping[str, Node] = field(default_factory=dict)
    """Values of the root modules' variables; they win over variable files."""
    known: Callable[[str, str], Node | None] | None = None
    """What is known from elsewhere (a plan) of an instance's attribute, by address and name; None: nothing."""


class Cache(Protocol):
    """Parsed files by content; what `sources.cache.ParseCache` offers."""

    def get(self, digest: str, language: str) -> object | None:
        """What was stored, or None."""
        ...

    def put(self, digest: str, language: str, value: object) -> None:
        """Keep `value` for equal bytes in the same language."""
        ...

    def find(self, key: str, holds: Callable[[Any], bool]) -> object | None:
        """What is known under a key where its condition holds; None when there is nothing."""
        ...

    def add(self, key: str, condition: object, value: object) -> None:
        """Keep one more state."""
        ...
