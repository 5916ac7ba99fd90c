"""What reading Terraform yields, from source or from a plan."""

from __future__ import annotations

from dataclasses import dataclass

from nhilint.model.document import Document
from nhilint.model.facts import Assumed, Moved, Unresolved


@dataclass(frozen=True, slots=True, kw_only=True)
class TerraformResult:
    """The objects of every root module."""

    documents: tuple[Document, ...] = ()
    unresolved: tuple[Unresolved, ...] = ()
    moved: tuple[Moved, ...] = ()
    assumed: tuple[Assumed, ...] = ()
