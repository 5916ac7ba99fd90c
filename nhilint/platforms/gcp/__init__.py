"""Google Cloud: its service accounts and whom they let in; permissions are not read. Knows no other platform."""

from __future__ import annotations

from collections.abc import Sequence

from nhilint.model.document import Document
from nhilint.model.facts import Facts

PLATFORM = "gcp"

__all__ = ["PLATFORM", "interpret"]


def interpret(documents: Sequence[Document]) -> Facts:
    """What the Terraform documents say about service accounts and workload identity."""
    from nhilint.platforms.gcp.federation import Federations

    return Federations([d for d in documents if d.language == "terraform" and d.type.startswith("google_")]).facts()
