"""One object while it is rendered: what it is, what it was called before, and what was put around its name."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import NamedTuple

from nhilint.model.node import Map, Scalar
from nhilint.model.node import scalar_text as text
from nhilint.sources.manifests.kustomize.scopes import is_cluster_scoped
from nhilint.sources.manifests.kustomize.values import child, put, texts

CLUSTER = "_non_namespaceable_"
"""Stands for the namespace of what has none."""


class Id(NamedTuple):
    """What tells objects apart."""

    group: str
    version: str
    kind: str
    name: str
    namespace: str
    """The effective one: `default` when none is written, `CLUSTER` for what has none."""


@dataclass(slots=True)
class Resource:
    """An object; its body is replaced, never changed."""

    body: Map
    previous: tuple[Id, ...] = ()
    """What it was before each change of name or namespace, oldest first."""
    prefixes: tuple[str, ...] = ()
    suffixes: tuple[str, ...] = ()
    hashed: bool = False
    """Whether its name gets a hash of its content at the end."""
    behavior: str = ""
    """Of a generated one: `create`, `merge` or `replace`."""
    variables: tuple[str, ...] = ()
    """Names of the variables whose value comes from it."""
    _id: tuple[Map, Id] | None = field(default=None, repr=False)

    def copy(self) -> Resource:
        """One that can be changed without changing this one."""
        return replace(self)

    @property
    def kind(self) -> str:
        """`kind`."""
        return text(self.body.get("kind"))

    @property
    def version(self) -> str:
        """`apiVersion`."""
        return text(self.body.get("apiVersion"))

    @property
    def name(self) -> str:
        """`metadata.name`."""
        return text(child(self.body, "metadata", "name"))

    @property
    def namespace(self) -> str:
        """`metadata.namespace` as it is written."""
        return text(child(self.body, "metadata", "namespace"))

    @property
    def labels(self) -> dict[str, str]:
        """`metadata.labels`."""
        return texts(child(self.body, "metadata", "labels"))

    @property
    def annotations(self) -> dict[str, str]:
        """`metadata.annotations`."""
        return texts(child(self.body, "metadata", "annotations"))

    @property
    def schemaless(self) -> bool:
        """Whether it defines a kind and was read without its schema: what changes only that is not followed."""
        return self.kind == "CustomResourceDefinition" and "spec" not in self.body.entries

    @property
    def noted(self) -> bool:
        """Whether kustomize has something to remember of it."""
        return bool(self.previous or self.prefixes or self.suffixes or self.hashed or self.behavior)

    @property
    def id(self) -> Id:
        """What it is now."""
        if self._id is None or self._id[0] is not self.body:
            self._id = (self.body, identify(self.body))
        return self._id[1]

    @property
    def original(self) -> Id:
        """What it was at first."""
        return self.previous[0] if self.previous else self.id

    @property
    def ids(self) -> tuple[Id, ...]:
        """All it ever was; kustomize gives all of them today's group and version."""
        now = self.id
        return (*(one._replace(group=now.group, version=now.version) for one in self.previous), now)

    def remember(self) -> None:
        """Before a change of its name, kind or namespace."""
        self.previous = (*self.previous, self.id)

    def rename(self, name: str) -> None:
        """Another name, at the place of the old one."""
        old = child(self.body, "metadata", "name")
        self.body = put(self.body, ("metadata", "name"), Scalar(name, old.span if old else self.body.span))


def identify(body: Map) -> Id:
    """What an object is by its own words."""
    version, kind = text(body.get("apiVersion")), text(body.get("kind"))
    group, slash, bare = version.partition("/")
    namespace = text(child(body, "metadata", "namespace")) or "default"
    if is_cluster_scoped(version, kind):
        namespace = CLUSTER
    name = text(child(body, "metadata", "name"))
    return Id(group if slash else "", bare if slash else version, kind, name, namespace)


def said(one: Id) -> str:
    """An object in words."""
    place = f" in namespace `{one.namespace}`" if one.namespace not in ("default", CLUSTER) else ""
    return f"{one.kind} `{one.name}`{place}"
