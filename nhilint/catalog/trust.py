"""Who may have a role, held against who may become an identity."""

from __future__ import annotations

from collections.abc import Iterator

from nhilint.catalog.compile import Bindings
from nhilint.catalog.model import Role
from nhilint.catalog.verdict import Held, Outsider


def trust_texts(role: Role, held: Held) -> Iterator[tuple[str, str]]:
    """Pairs of a template of the role's trust and a text of the identity's."""
    return iter(())


def outside(role: Role, bindings: Bindings, held: Held) -> tuple[tuple[Outsider, ...], str]:
    """Who is let in besides, and why that could not be decided."""
    return (), ""
