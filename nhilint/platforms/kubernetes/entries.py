"""One part of a delta in the words of Kubernetes: verbs, resources, names, namespaces and a request that proves it."""

from __future__ import annotations

from collections.abc import Mapping

from nhilint.algebra.values import Residue, display
from nhilint.platforms.kubernetes.risk import sensitive
from nhilint.platforms.kubernetes.words import describe_request, level, qualified


def describe(residue: Residue) -> Mapping[str, object]:
    """The entry of the review for one residue (see the review's schema)."""
    verb, group, resource, name, namespace = residue.scopes
    shown, plain = display(verb), display(resource)
    return {
        "actions": [shown],
        "resources": [qualified(group, resource)],
        "names": [] if name == "*" else [display(name)],
        "namespaces": [] if namespace == "*" else [display(namespace)],
        "access_levels": [level(shown, plain)],
        "sensitive": list(sensitive(verb, group, resource, namespace)),
        "witness": describe_request(residue.witness),
        "future": False,
        "inert": False,
        "why": "",
    }
