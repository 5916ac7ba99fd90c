"""What a role asks of an identity besides permissions and trust."""

from __future__ import annotations

from collections.abc import Iterator

from nhilint.catalog.compile import Bindings
from nhilint.catalog.model import Role
from nhilint.catalog.verdict import Broken, Held


def limit_texts(role: Role, held: Held) -> Iterator[tuple[str, str]]:
    """Pairs of a template of the role's constraints and a text of the identity."""
    return iter(())


def broken(role: Role, bindings: Bindings, held: Held) -> tuple[tuple[Broken, ...], str]:
    """The constraints that the identity does not keep, and why that could not be decided."""
    return (), ""
