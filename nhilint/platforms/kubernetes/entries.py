"""One part of a delta in the words of Kubernetes: verbs, resources, names, namespaces and a request that proves it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import product

from nhilint.algebra.compact import Part, Piece
from nhilint.algebra.values import display
from nhilint.data.kubernetes import resources as api
from nhilint.platforms.kubernetes.risk import sensitive
from nhilint.platforms.kubernetes.rules import GROUP
from nhilint.platforms.kubernetes.words import LEVELS, describe_request, level, qualified

_VERBS = ("get", "list", "watch", "create", "update", "patch", "delete", "deletecollection")


def describe(part: Part) -> Mapping[str, object]:
    """The entry of the review for one compacted part (see the review's schema)."""
    verbs, resources, names, namespaces = part.axes
    levels = {level(verb, group, resource) for (verb,), (group, resource) in product(verbs, resources)}
    return {
        "actions": sorted((display(verb) for (verb,) in verbs), key=_as_people_say),
        "resources": [qualified(group, resource) for group, resource in resources],
        "names": _unless_all(names),
        "namespaces": [""] if ("*",) in namespaces and _of_the_cluster(resources) else _unless_all(namespaces),
        "access_levels": [name for name in LEVELS if name in levels],
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


def _of_the_cluster(pairs: Sequence[Piece]) -> bool:
    """Whether no request for any of the resources has a namespace."""
    known = [api().get((group.removeprefix(GROUP), display(name).partition("/")[0])) for group, name in pairs]
    return all(row is not None and not row.namespaced for row in known)


def _as_people_say(verb: str) -> tuple[int, str]:
    """Reading before writing, as in the manuals; then by name."""
    return _VERBS.index(verb) if verb in _VERBS else len(_VERBS), verb


def _unless_all(pieces: Sequence[Piece]) -> list[str]:
    """The globs; nothing where everything is meant."""
    return [] if ("*",) in pieces else [display(glob) for (glob,) in pieces]
