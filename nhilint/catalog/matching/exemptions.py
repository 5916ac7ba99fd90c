"""What an identity may have outside every role for a while: exactly what exceptions of the catalog name."""

from __future__ import annotations

from dataclasses import dataclass

from nhilint.algebra.values import Statement
from nhilint.catalog.compile import compile_permits
from nhilint.catalog.model import Catalog, TrustPermit
from nhilint.catalog.verdict import Held


@dataclass(frozen=True, slots=True, kw_only=True)
class Exempted:
    """The exceptions for one identity."""

    statements: tuple[Statement, ...] = ()
    """What they allow, as a role would."""
    trust: tuple[tuple[str, TrustPermit], ...] = ()
    """Whom they let in, each with the id of its exception; without parameters."""
    ids: tuple[str, ...] = ()
    """Those in force, sorted."""
    expired: tuple[str, ...] = ()
    """A sentence for each one that is not in force any more."""


_NONE = Exempted()


def exempted(catalog: Catalog, held: Held, today: str) -> Exempted:
    """The exceptions that name the identity by its key; what an expired one names is blocked again."""
    mine = [one for one in catalog.exemptions if one.identity == held.identity.key]
    if not mine:
        return _NONE
    alive = [one for one in mine if one.platform == held.identity.platform and not one.usable(today)]
    return Exempted(
        statements=tuple(s for one in alive for s in compile_permits(one.platform, one.allow)),
        trust=tuple((one.id, permit) for one in alive for permit in one.trust),
        ids=tuple(sorted(one.id for one in alive)),
        expired=tuple(sorted(why for one in mine if (why := one.usable(today)))),
    )
