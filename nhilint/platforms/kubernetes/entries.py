"""One part of a delta in the words of Kubernetes: verbs, resources, names, namespaces and a request that proves it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import product

from nhilint.algebra.compact import Part, Piece
from nhilint.algebra.values import display
from nhilint.platforms.kubernetes.risk import sensitive
from nhilint.platforms.kubernetes.words import access_levels, describe_request, qualified

_VERBS = ("get", "list", "watch", "create", "update", "patch", "delete", "deletecollection")


def describe(part: Part) -> Mapping[str, object]:
    """The entry of the review for one compacted part (see the review's schema)."""
    verbs, resources, names, namespaces = part.axes
    pairs = [(display(verb), display(resource)) for (verb,), (_, resource) in product(verbs, resources)]
    return {
        "actions": sorted((display(verb) for (verb,) in verbs), key=_as_people_say),
        "resources": [qualified(group, resource) for group, resource in resources],
        "names": _unless_all(names),
        "namespaces": _unless_all(namespaces),
        "access_levels": list(access_levels([f"{verb} {resource}" for verb, resource in pairs])),
        "sensitive": list(
            dict.fromkeys(
                power
                for (verb,), (group, resource), (space,) in product(verbs, resources, namespaces)
                for power in sensitive(verb, group, resource, space)
            )
        ),
        "witness": describe_request(part.residue[0].witness),
        "future": False,
        "inert": False,
        "why": "",
    }


def _as_people_say(verb: str) -> tuple[int, str]:
    """Reading before writing, as in the manuals; then by name."""
    return _VERBS.index(verb) if verb in _VERBS else len(_VERBS), verb


def _unless_all(pieces: Sequence[Piece]) -> list[str]:
    """The globs; nothing where everything is meant."""
    return [] if ("*",) in pieces else [display(glob) for (glob,) in pieces]
