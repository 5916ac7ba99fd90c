"""Patches of a kustomization: strategic merges and JSON patches, inline or in files, and what each is applied to."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from nhilint.model.node import Map, Node, Scalar
from nhilint.model.node import Sequence as ListNode
from nhilint.model.node import scalar_text as text
from nhilint.model.span import Span
from nhilint.sources.manifests.kustomize.accumulated import once
from nhilint.sources.manifests.kustomize.errors import KustomizeError
from nhilint.sources.manifests.kustomize.jsonpatch import patched
from nhilint.sources.manifests.kustomize.merge import as_text, merged
from nhilint.sources.manifests.kustomize.resources import Id, Resource, identify, said
from nhilint.sources.manifests.kustomize.selectors import Selector, read_selector
from nhilint.sources.manifests.kustomize.values import child, put, with_entry

Load = Callable[[str, Span], tuple[Node, ...]]
"""The documents of a file by its name, and who asks for it."""


def inline(node: Scalar) -> tuple[Node, ...]:
    """The documents that are written inside a scalar, at their place in the file."""
    from nhilint.sources.yamldoc import parse_yaml

    written, span = text(node), node.span
    block = (span.end_line or span.line) > span.line and "\n" in written
    parsed = parse_yaml(span.path, written, first_line=span.line - (0 if block else 1))
    if parsed.errors:
        raise KustomizeError(f"the patch can not be read: {parsed.errors[0].message}", span=parsed.errors[0].span)
    return parsed.documents


def read_patch(row: Map, load: Load, inside: str = "patch") -> tuple[Node, ...]:
    """What an element of `patches` (or of `patchesJson6902`) says, itself or in a file."""
    written, path = row.get(inside), row.get("path")
    said_here, said_there = bool(text(written).strip()), bool(text(path))
    if said_here == said_there:
        raise KustomizeError("a patch is either written inline or in a file", span=row.span)
    if isinstance(written, Scalar) and said_here:
        return inline(written)
    return load(text(path), path.span if path is not None else row.span)


def apply_patch(resources: list[Resource], row: Map, load: Load) -> list[Resource]:
    """An element of `patches`."""
    documents = [node for node in read_patch(row, load) if not isinstance(node, Scalar)]
    target = row.get("target")
    if documents and isinstance(documents[0], ListNode):
        return _json(resources, documents[0], target, row.span, remember=True)
    patches = [node for node in documents if isinstance(node, Map)]
    if not patches:
        raise KustomizeError("the patch is empty", span=row.span)
    options = row.get("options")
    renames, rekinds = (text(child(options, key)) == "true" for key in ("allowNameChange", "allowKindChange"))
    if isinstance(target, Map):
        if len(patches) > 1:
            raise KustomizeError("a patch with a `target` is one document", span=row.span)
        chosen = _selected(resources, read_selector(target), row.span)
        resources = _strategic(resources, chosen, as_text(patches[0]), renames, rekinds)
        once(resources, row.span)
        return resources
    for patch in patches:
        resources = _strategic(resources, [_only(resources, patch)], patch, renames, rekinds)
    return resources


def apply_json(resources: list[Resource], row: Map, load: Load) -> list[Resource]:
    """An element of `patchesJson6902`."""
    documents = [node for node in read_patch(row, load) if isinstance(node, ListNode)]
    if not documents:
        raise KustomizeError("a JSON patch is a list of operations", span=row.span)
    return _json(resources, documents[0], row.get("target"), row.span, remember=False)


def apply_merge(resources: list[Resource], patch: Map) -> list[Resource]:
    """One document of `patchesStrategicMerge`."""
    resources = _strategic(resources, [_only(resources, patch)], as_text(patch), False, False)
    once(resources, patch.span)
    return resources


def _selected(resources: Sequence[Resource], selector: Selector, span: Span) -> list[Resource]:
    try:
        found = [one for one in resources if selector.selects(one)]
    except KustomizeError as error:
        raise KustomizeError(error.message, span=span) from None
    return found


def _only(resources: Sequence[Resource], patch: Map) -> Resource:
    """The one object that a patch names."""
    wanted = identify(patch)
    if not wanted.kind or not wanted.name:
        raise KustomizeError("a patch without a `target` says `kind` and `metadata.name`", span=patch.span)
    found = [one for one in resources if _is(one, wanted)]
    if len(found) == 1:
        return found[0]
    why = "several objects are meant by" if found else "there is no object for"
    raise KustomizeError(f"{why} the patch of {said(wanted)}", span=patch.span)


def _is(one: Resource, wanted: Id) -> bool:
    return any(one_id == wanted for one_id in one.ids)


def _strategic(
    resources: list[Resource], chosen: list[Resource], patch: Map, renames: bool, rekinds: bool
) -> list[Resource]:
    dropped: set[int] = set()
    for one in chosen:
        if renames or rekinds:
            one.remember()
        old = one.body
        new = merged(old, _of_version(patch, old))
        if new is None or not new.entries:
            dropped.add(id(one))
            continue
        if not rekinds:
            new = with_entry(new, "kind", old.get("kind"))
        if not renames:
            new = put(new, ("metadata", "name"), child(old, "metadata", "name"))
        one.body = put(new, ("metadata", "namespace"), child(old, "metadata", "namespace"))
    return [one for one in resources if id(one) not in dropped]


def _of_version(patch: Map, old: Map) -> Map:
    version = old.get("apiVersion")
    return with_entry(patch, "apiVersion", version) if version is not None else patch


def _json(
    resources: list[Resource], operations: ListNode, target: Node | None, span: Span, remember: bool
) -> list[Resource]:
    if not isinstance(target, Map):
        raise KustomizeError("a JSON patch has a `target`", span=span)
    for one in _selected(resources, read_selector(target), span):
        if remember:
            one.remember()
        if one.schemaless:
            continue
        if one.noted and not isinstance(child(one.body, "metadata", "annotations"), Map):
            # Kustomize's notes are annotations, so a patch finds the map even where nobody wrote one.
            one.body = put(one.body, ("metadata", "annotations"), Map({}, span))
        one.body = patched(one.body, operations)
    return resources
