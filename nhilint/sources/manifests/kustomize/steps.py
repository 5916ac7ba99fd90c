"""The steps of a kustomization in the order that kustomize does them, each with the place that asks for it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from nhilint.model.node import Map, Node, Scalar
from nhilint.model.node import scalar_text as text
from nhilint.model.span import Span
from nhilint.sources.manifests.kustomize import patches, transforms
from nhilint.sources.manifests.kustomize.config import Config, Fields, fields_of
from nhilint.sources.manifests.kustomize.errors import KustomizeError
from nhilint.sources.manifests.kustomize.kustomization import Kustomization
from nhilint.sources.manifests.kustomize.replacements import apply_replacement
from nhilint.sources.manifests.kustomize.resources import Resource
from nhilint.sources.manifests.kustomize.values import items, maps

if TYPE_CHECKING:
    from nhilint.sources.manifests.kustomize.build import Tools

Run = Callable[[list[Resource], "Tools"], list[Resource]]


@dataclass(frozen=True, slots=True)
class Step:
    """One change of all objects."""

    span: Span
    run: Run


def steps(own: Kustomization, config: Config) -> Iterator[Step]:
    """What the fields of a kustomization ask for."""
    body = own.body
    for item in items(body.get("patchesStrategicMerge")):
        yield Step(item.span, merge_step(item))
    for row in maps(body.get("patches")):
        yield Step(row.span, patch_step(row))
    if isinstance(namespace := body.get("namespace"), Scalar) and text(namespace):
        yield Step(namespace.span, namespace_step(namespace, config.namespace))
    for key, before in (("namePrefix", True), ("nameSuffix", False)):
        if isinstance(word := body.get(key), Scalar) and text(word):
            yield Step(word.span, around_step(word, config.prefix if before else config.suffix, before))
    for row in maps(body.get("labels")):
        if isinstance(pairs := row.get("pairs"), Map):
            own_fields = tuple(fields_of(row.get("fields")))
            yield Step(row.span, strings_step(pairs, transforms.label_fields(row, config, own_fields)))
    for key, fields in (("commonLabels", config.common_labels), ("commonAnnotations", config.annotations)):
        if isinstance(pairs := body.get(key), Map):
            yield Step(pairs.span, strings_step(pairs, fields))
    for row in maps(body.get("patchesJson6902")):
        yield Step(row.span, json_step(row))
    for row in maps(body.get("replicas")):
        yield Step(row.span, replicas_step(row, config.replicas))
    if images := [*maps(body.get("images")), *maps(body.get("imageTags"))]:
        yield Step(images[0].span, images_step(images, config.images))
    for row in maps(body.get("replacements")):
        yield Step(row.span, replacement_step(row))


def merge_step(item: Node) -> Run:
    """An element of `patchesStrategicMerge`: a patch, or the name of a file."""

    def run(resources: list[Resource], tools: Tools) -> list[Resource]:
        if isinstance(item, Scalar) and ("\n" in text(item).strip() or "{" in text(item)):
            documents = patches.inline(item)
        else:
            documents = tools.load(text(item).strip(), item.span)
        for patch in documents:
            if isinstance(patch, Map) and patch.entries:
                resources = patches.apply_merge(resources, patch)
        return resources

    return run


def patch_step(row: Map) -> Run:
    """An element of `patches`."""
    return lambda resources, tools: patches.apply_patch(resources, row, tools.load)


def json_step(row: Map) -> Run:
    """An element of `patchesJson6902`."""
    return lambda resources, tools: patches.apply_json(resources, row, tools.load)


def namespace_step(value: Scalar, fields: Fields, subjects: str = "defaultOnly", unset_only: bool = False) -> Run:
    """`namespace`."""

    def run(resources: list[Resource], _: Tools) -> list[Resource]:
        transforms.set_namespace(resources, value, fields, subjects, unset_only)
        return resources

    return run


def around_step(word: Scalar, fields: Fields, before: bool) -> Run:
    """`namePrefix` or `nameSuffix`."""

    def run(resources: list[Resource], _: Tools) -> list[Resource]:
        transforms.put_around(resources, word, fields, before)
        return resources

    return run


def strings_step(pairs: Map, fields: Fields) -> Run:
    """Labels or annotations."""

    def run(resources: list[Resource], _: Tools) -> list[Resource]:
        transforms.set_strings(resources, pairs, fields)
        return resources

    return run


def replicas_step(row: Map, fields: Fields) -> Run:
    """An element of `replicas`."""

    def run(resources: list[Resource], _: Tools) -> list[Resource]:
        transforms.set_replicas(resources, row, fields)
        return resources

    return run


def images_step(rows: list[Map], fields: Fields) -> Run:
    """`images`."""

    def run(resources: list[Resource], _: Tools) -> list[Resource]:
        transforms.set_images(resources, rows, fields)
        return resources

    return run


def replacement_step(row: Map) -> Run:
    """An element of `replacements`: it, or the name of a file that holds one or several."""

    def run(resources: list[Resource], tools: Tools) -> list[Resource]:
        rows = [row]
        if path := row.get("path"):
            if row.get("source") or row.get("targets"):
                raise KustomizeError("a replacement stands here or in a file", span=row.span)
            rows = [one for node in tools.load(text(path), path.span) for one in _rows(node)]
        for one in rows:
            apply_replacement(resources, one)
        return resources

    return run


def _rows(node: Node) -> list[Map]:
    return [node] if isinstance(node, Map) else list(maps(node))
