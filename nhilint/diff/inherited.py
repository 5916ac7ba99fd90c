"""Changes of an identity that are nothing but those of a group outside the tree it is in; knows no rendering.

A cluster puts every service account into groups such as `system:authenticated`. What such a group gains is said once,
at the group, and not again at each of its members.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

from nhilint.diff.delta import Delta
from nhilint.model.facts import Identity, IdentityKey, Via


def members_of_groups(deltas: Iterable[Delta]) -> Mapping[IdentityKey, tuple[Identity, ...]]:
    """The groups that changed to the members whose whole change is theirs."""
    changed = [delta for delta in deltas if delta.changed]
    groups = {delta.pair.identity.key for delta in changed if delta.pair.identity.external}
    found: defaultdict[IdentityKey, list[Identity]] = defaultdict(list)
    for delta in changed:
        sources = _sources(delta)
        if sources and sources <= groups - {delta.pair.identity.key}:
            for source in sources:
                found[source].append(delta.pair.identity)
    return {group: tuple(members) for group, members in found.items()}


def _sources(delta: Delta) -> set[IdentityKey]:
    """Whose grants make the whole change; nothing when it is more than gains and losses by grants."""
    if delta.pair.status != "same" or delta.trust_gained or delta.trust_lost:
        return set()
    if delta.undecided or delta.unresolved_changed:
        return set()
    origins = [residue.statement.origin for residue in (*delta.gained, *delta.lost)]
    holders = {IdentityKey(o.grant.partition("|")[0]) if isinstance(o, Via) else IdentityKey("") for o in origins}
    return set() if IdentityKey("") in holders else holders
