"""One part of a delta in the words of Kubernetes: verbs, resources, names, namespaces and a request that proves it."""

from __future__ import annotations

from collections.abc import Mapping

from nhilint.algebra.values import Residue, display
from nhilint.platforms import kubernetes


def describe(residue: Residue) -> Mapping[str, object]:
    """The entry of the review for one residue (see the review's schema)."""
    verb, group, resource, name, namespace = (display(scope) for scope in residue.scopes)
    qualified = resource if group in ("", "(url)") else f"{group}/{resource}"
    return {
        "actions": [verb],
        "resources": [qualified],
        "names": [] if name == "*" else [name],
        "namespaces": [] if namespace == "*" else [namespace],
        "access_levels": list(kubernetes.access_levels((f"{verb} {qualified}",))),
        "sensitive": [],
        "witness": kubernetes.describe_request(residue.witness),
        "future": False,
        "inert": False,
        "why": "",
    }
