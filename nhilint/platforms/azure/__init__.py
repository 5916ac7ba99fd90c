"""Azure: its applications and managed identities, and whom they let in; permissions are not read. Knows no other."""

from __future__ import annotations

from collections.abc import Sequence

from nhilint.model.document import Document
from nhilint.model.facts import Facts

PLATFORM = "azure"

__all__ = ["PLATFORM", "interpret"]


def interpret(documents: Sequence[Document]) -> Facts:
    """What the Terraform documents say about applications, managed identities and their federated credentials."""
    from nhilint.platforms.azure.federation import Federations

    return Federations([d for d in documents if d.language == "terraform" and d.type.startswith("azure")]).facts()
