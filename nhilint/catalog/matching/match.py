"""Is everything an identity holds inside approved roles, for some binding of their parameters? Exact, by containment.

`bind` proposes bindings and `cover` the fewest roles; the algebra proves or refutes each proposal. Nothing is said to
be covered, or to exceed, without its proof.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from nhilint.algebra.values import Permissions
from nhilint.catalog.matching.attempt import Attempt
from nhilint.catalog.matching.evidence import Nearest, Shared
from nhilint.catalog.matching.index import Index, index_roles
from nhilint.catalog.model import Catalog
from nhilint.catalog.verdict import Held, Match
from nhilint.model.dialect import Dialect

_MAX_SHARED = 500
"""Permission sets whose proofs are kept for the next identity that holds the same."""


class Matcher:
    """One catalog, ready for many identities."""

    def __init__(self, catalog: Catalog, dialects: Mapping[str, Dialect], *, today: str, repository: str = "") -> None:
        """`today`: ISO date. `repository`: `owner/name` of the tree; empty: not known."""
        self._catalog, self._dialects, self._today, self._repository = catalog, dialects, today, repository
        self._indexes: dict[str, Index] = {}
        self._shared: dict[tuple[str, str, Permissions], Shared] = {}

    def match(self, held: Held) -> Match:
        """The verdict for everything an identity holds."""
        return self._attempt(held).verdict()

    def tried(self, held: Held) -> Iterator[Nearest]:
        """The roles in force that come near, best first, each with the residue it leaves; proved when asked for."""
        return self._attempt(held).nearest()

    def _attempt(self, held: Held) -> Attempt:
        platform = held.identity.platform
        key = (platform, held.identity.kind, held.permissions)
        shared = self._shared.get(key)
        if shared is None:
            if len(self._shared) >= _MAX_SHARED:
                del self._shared[next(iter(self._shared))]
            shared = self._shared[key] = Shared(held, self._dialects[platform], self._index(platform))
        return Attempt(shared, held, catalog=self._catalog, today=self._today, repository=self._repository)

    def _index(self, platform: str) -> Index:
        if platform not in self._indexes:
            roles = [role for role in self._catalog.roles.values() if role.platform == platform]
            exempt = [one for one in self._catalog.exemptions if one.platform == platform]
            self._indexes[platform] = index_roles(roles, self._dialects[platform], exempt)
        return self._indexes[platform]
