"""The resources of Kubernetes and its default ClusterRoles."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any, NamedTuple

from nhilint.data.pack import open_pack


class Resource(NamedTuple):
    """One resource or subresource of the API."""

    group: str
    name: str
    """`pods`, `pods/exec`."""
    namespaced: bool
    verbs: tuple[str, ...]


@cache
def resources() -> Mapping[tuple[str, str], Resource]:
    """Built-in resources by group and name."""
    table = {}
    for key, row in open_pack("kubernetes.pack").block("resources").items():
        group, _, name = key.partition("/")
        table[(group, name)] = Resource(group, name, row["namespaced"], tuple(row["verbs"]))
    return table


@cache
def default_roles() -> Mapping[str, Mapping[str, Any]]:
    """Default Roles by `namespace/name`, in the same form."""
    roles: Mapping[str, Mapping[str, Any]] = open_pack("kubernetes.pack").block("namespaced")
    return roles


@cache
def default_cluster_roles() -> Mapping[str, Mapping[str, Any]]:
    """Default ClusterRoles by name: `rules` as in a manifest, `labels`, and `aggregate` (labels it collects)."""
    roles: Mapping[str, Mapping[str, Any]] = open_pack("kubernetes.pack").block("roles")
    return roles
