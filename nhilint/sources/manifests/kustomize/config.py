"""Which fields of which kinds the steps of kustomize write, as `configurations` and `crds` say it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import NamedTuple

from nhilint.model.node import Map, Node
from nhilint.model.node import scalar_text as text
from nhilint.sources.manifests.kustomize.errors import KustomizeError
from nhilint.sources.manifests.kustomize.resources import Id
from nhilint.sources.manifests.kustomize.values import child, maps, split


class Field(NamedTuple):
    """A path in objects of some kinds; what is empty stands for all."""

    path: str
    kind: str = ""
    group: str = ""
    version: str = ""
    create: bool = False
    """Whether what is missing on the way is made."""

    def selects(self, one: Id) -> bool:
        """Whether the field is one of this object."""
        return self.kind in ("", one.kind) and self.group in ("", one.group) and self.version in ("", one.version)

    @property
    def keys(self) -> list[str]:
        """The path in parts."""
        return split(self.path)


class Target(NamedTuple):
    """A kind that fields name objects of."""

    kind: str
    group: str = ""
    version: str = ""

    def selects(self, one: Id) -> bool:
        """Whether an object is of this kind."""
        return self.kind in ("", one.kind) and self.group in ("", one.group) and self.version in ("", one.version)


Fields = tuple[Field, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """The tables in force."""

    prefix: Fields
    suffix: Fields
    namespace: Fields
    common_labels: Fields
    labels: Fields
    template_labels: Fields
    annotations: Fields
    variables: Fields
    images: Fields
    replicas: Fields
    references: tuple[tuple[Target, Fields], ...]
    """Kinds, and the fields that hold names of their objects."""

    def merged(self, other: Config) -> Config:
        """Both; what stands in both stands once."""
        if other is self:
            return self
        tables = {name: united(getattr(self, name), getattr(other, name)) for name in _TABLES.values()}
        references = dict(self.references)
        for target, fields in other.references:
            references[target] = united(references.get(target, ()), fields)
        return replace(self, **tables, references=tuple(references.items()))


_TABLES = {
    "namePrefix": "prefix",
    "nameSuffix": "suffix",
    "namespace": "namespace",
    "commonLabels": "common_labels",
    "labels": "labels",
    "templateLabels": "template_labels",
    "commonAnnotations": "annotations",
    "varReference": "variables",
    "images": "images",
    "replicas": "replicas",
}


def united(mine: Fields, others: Fields) -> Fields:
    """Both; what another field covers is left out."""
    if others is mine:
        return mine
    found = list(mine)
    for field in others:
        if not any(_covers(field, one) for one in found):
            found.append(field)
    return tuple(found)


def _covers(field: Field, one: Field) -> bool:
    same = field.path == one.path and field.kind in ("", one.kind)
    return same and field.group in ("", one.group) and field.version in ("", one.version)


def read_config(node: Node) -> Config:
    """A file of `configurations`."""
    if not isinstance(node, Map):
        raise KustomizeError("a configuration is a map", span=node.span)
    unknown = [key for key in node.entries if key not in _TABLES and key != "nameReference"]
    for key in unknown:
        if key not in ("apiVersion", "kind", "metadata"):
            raise KustomizeError(f"`{key}` is no table of a configuration", span=node.entries[key].span)
    tables = {name: tuple(fields_of(node.get(key))) for key, name in _TABLES.items()}
    references = [(_target(row), tuple(fields_of(row.get("fieldSpecs")))) for row in maps(node.get("nameReference"))]
    return Config(**tables, references=tuple(references))


def read_crds(node: Node) -> Config:
    """A file of `crds`: OpenAPI definitions, whose extensions say which fields hold names."""
    empty = Config(**dict.fromkeys(_TABLES.values(), ()), references=())
    definitions = node.entries if isinstance(node, Map) else {}
    references: dict[Target, Fields] = {}
    tables: dict[str, list[Field]] = {"prefix": [], "common_labels": [], "annotations": []}
    for name, definition in definitions.items():
        properties = child(definition, "Schema", "properties") or child(definition, "Schema", "Properties")
        known = properties.entries if isinstance(properties, Map) else {}
        if not {"kind", "apiVersion", "metadata"} <= set(known):
            continue
        for path, value in _properties(definitions, name, (), (name,)):
            field = Field("/".join(path), kind=name.rpartition(".")[2])
            for key, table in _EXTENSIONS.items():
                if key in value.entries:
                    tables[table].append(field)
            kind, version = text(value.get(f"{_REF}-kind")), text(value.get(f"{_REF}-api-version"))
            if kind and version:
                held = field._replace(path=f"{field.path}/{text(value.get(f'{_REF}-name-key')) or 'name'}")
                target = Target(kind, version=version)
                references[target] = (*references.get(target, ()), held)
    found = {name: tuple(fields) for name, fields in tables.items()}
    return replace(empty, **found, references=tuple(references.items()))


_REF = "x-kubernetes-object-ref"
_EXTENSIONS = {
    "x-kubernetes-annotation": "annotations",
    "x-kubernetes-label-selector": "common_labels",
    "x-kubernetes-identity": "prefix",
}


def _properties(
    definitions: object, name: str, path: tuple[str, ...], seen: tuple[str, ...]
) -> Iterator[tuple[tuple[str, ...], Map]]:
    definition = definitions.get(name) if isinstance(definitions, dict) else None
    properties = child(definition, "Schema", "properties") or child(definition, "Schema", "Properties")
    for key, value in properties.entries.items() if isinstance(properties, Map) else ():
        if isinstance(value, Map):
            yield (*path, key), value
            other = text(value.get("$ref"))
            if other and other not in seen:
                yield from _properties(definitions, other, (*path, key), (*seen, other))


def fields_of(node: Node | None) -> Iterator[Field]:
    """The fields that a configuration lists."""
    for row in maps(node):
        yield Field(
            text(row.get("path")),
            kind=text(row.get("kind")),
            group=text(row.get("group")),
            version=text(row.get("version")),
            create=text(row.get("create")) == "true",
        )


def _target(row: Map) -> Target:
    return Target(text(row.get("kind")), text(row.get("group")), text(row.get("version")))
