"""Plugins that kustomize has built in, configured under `generators` and `transformers`; others are not run."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from nhilint.model.node import Map, Node, Scalar
from nhilint.model.node import scalar_text as text
from nhilint.sources.manifests.kustomize import steps
from nhilint.sources.manifests.kustomize.config import fields_of
from nhilint.sources.manifests.kustomize.errors import KustomizeError
from nhilint.sources.manifests.kustomize.generators import generate
from nhilint.sources.manifests.kustomize.resources import Resource
from nhilint.sources.manifests.kustomize.tables import default_config
from nhilint.sources.manifests.kustomize.values import child, items, maps, put, with_entry

if TYPE_CHECKING:
    from nhilint.sources.manifests.kustomize.build import Tools

_BUILT_IN = "builtin"


def run_generator(row: Map, tools: Tools) -> None:
    """A generator of kustomize's own."""
    kind = {"ConfigMapGenerator": "ConfigMap", "SecretGenerator": "Secret"}.get(_kind(row), "")
    if not kind:
        raise _foreign(row, "generator")
    row = with_entry(row, "name", child(row, "metadata", "name"))
    row = with_entry(row, "namespace", child(row, "metadata", "namespace"))
    tools.add(generate(row, None, kind, tools.read), row.span)


def run_transformer(row: Map) -> steps.Run:
    """A transformer of kustomize's own."""
    known = PLUGINS.get(_kind(row))
    if known is not None:
        return known(row)

    def refuse(_: list[Resource], __: Tools) -> list[Resource]:
        raise _foreign(row, "transformer")

    return refuse


def _kind(row: Map) -> str:
    return text(row.get("kind")) if text(row.get("apiVersion")) == _BUILT_IN else ""


def _foreign(row: Map, what: str) -> KustomizeError:
    name = f"{text(row.get('apiVersion'))} {text(row.get('kind'))}"
    return KustomizeError(f"the {what} `{name}` is a program, and no program is run", span=row.span)


def _scalar(node: Node | None, row: Map) -> Scalar:
    if not isinstance(node, Scalar) or not text(node):
        raise KustomizeError("a value is missing in the configuration of a transformer", span=row.span)
    return node


def _late(make: Callable[[Map], steps.Run]) -> Callable[[Map], steps.Run]:
    """The step is made when it runs, so that what its configuration lacks is said at its place."""

    def outer(row: Map) -> steps.Run:
        return lambda resources, tools: make(row)(resources, tools)

    return outer


def _namespace(row: Map) -> steps.Run:
    fields = tuple(fields_of(row.get("fieldSpecs")))
    mode = text(row.get("setRoleBindingSubjects")) or "defaultOnly"
    value = _scalar(child(row, "metadata", "namespace"), row)
    return steps.namespace_step(value, fields, mode, text(row.get("unsetOnly")) == "true")


def _around(key: str, before: bool) -> Callable[[Map], steps.Run]:
    def make(row: Map) -> steps.Run:
        return steps.around_step(_scalar(row.get(key), row), tuple(fields_of(row.get("fieldSpecs"))), before)

    return make


def _both(row: Map) -> steps.Run:
    """A prefix, a suffix, or both."""
    words = [(row.get(key), before) for key, before in (("prefix", True), ("suffix", False))]
    fields = tuple(fields_of(row.get("fieldSpecs")))
    return _all(
        [steps.around_step(word, fields, before) for word, before in words if isinstance(word, Scalar) and text(word)]
    )


def _strings(key: str) -> Callable[[Map], steps.Run]:
    def make(row: Map) -> steps.Run:
        pairs = row.get(key)
        fields = tuple(fields_of(row.get("fieldSpecs")))
        return steps.strings_step(pairs if isinstance(pairs, Map) else Map({}, row.span), fields)

    return make


def _image(row: Map) -> steps.Run:
    image = row.get("imageTag")
    fields = tuple(fields_of(row.get("fieldSpecs"))) or default_config().images
    return steps.images_step([image if isinstance(image, Map) else row], fields)


def _replicas(row: Map) -> steps.Run:
    replica = row.get("replica")
    fields = tuple(fields_of(row.get("fieldSpecs")))
    return steps.replicas_step(replica if isinstance(replica, Map) else row, fields)


def _json(row: Map) -> steps.Run:
    written = row.get("jsonOp")
    return steps.json_step(with_entry(row, "patch", written) if written is not None else row)


def _merges(row: Map) -> steps.Run:
    runs = [steps.merge_step(item) for item in items(row.get("paths"))]
    if row.get("patches") is not None:
        runs.append(steps.patch_step(put(row, ("patch",), row.get("patches"))))
    return _all(runs)


def _replacements(row: Map) -> steps.Run:
    return _all([steps.replacement_step(one) for one in maps(row.get("replacements"))])


def _all(runs: list[steps.Run]) -> steps.Run:
    def run(resources: list[Resource], tools: Tools) -> list[Resource]:
        for one in runs:
            resources = one(resources, tools)
        return resources

    return run


PLUGINS: dict[str, Callable[[Map], steps.Run]] = {
    "AnnotationsTransformer": _strings("annotations"),
    "ImageTagTransformer": _image,
    "LabelTransformer": _strings("labels"),
    "NamespaceTransformer": _late(_namespace),
    "PatchJson6902Transformer": _json,
    "PatchStrategicMergeTransformer": _merges,
    "PatchTransformer": steps.patch_step,
    "PrefixSuffixTransformer": _both,
    "PrefixTransformer": _late(_around("prefix", True)),
    "SuffixTransformer": _late(_around("suffix", False)),
    "ReplicaCountTransformer": _replicas,
    "ReplacementTransformer": _replacements,
    # Only the order of objects changes.
    "SortOrderTransformer": lambda _: _all([]),
}
"""Transformers by their kind."""
