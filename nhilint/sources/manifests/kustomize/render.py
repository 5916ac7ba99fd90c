"""The kustomizations of a tree to groups of objects: each that no other one takes in is an environment of its own."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from nhilint.model.document import Document
from nhilint.sources.manifests.files import Files
from nhilint.sources.manifests.groups import Group


def render(files: Files, documents: Sequence[Document]) -> Iterable[Group]:
    """Every overlay."""
    return ()
