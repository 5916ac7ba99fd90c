"""Strategic merge patches as kustomize applies them: maps are merged, lists replaced or merged by the keys of the kind.

What the patch says keeps the place where the patch says it.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from nhilint.model.node import Map, Node, Scalar, Sequence
from nhilint.model.node import scalar_text as text
from nhilint.sources.manifests.kustomize.errors import KustomizeError
from nhilint.sources.manifests.kustomize.scopes import KEYS, schema_of
from nhilint.sources.manifests.kustomize.values import is_null, with_entry, written

DIRECTIVE = "$patch"
_DIRECTIVES = ("delete", "replace", "merge")


def merged(body: Map, patch: Map) -> Map | None:
    """An object with a patch applied; None when the patch deletes it."""
    schema = schema_of(text(body.get("apiVersion")), text(body.get("kind")))
    result = _merge(body, patch, schema)
    return result if isinstance(result, Map) else None


def _merge(old: Node | None, new: Node | None, schema: Any) -> Node | None:
    """The value of both; None when there is none any more."""
    if new is not None and is_null(new):
        return None
    shown = next((node for node in (old, new) if node is not None and not is_null(node)), None)
    match shown:
        case Map():
            _agree(shown, old, new)
            return _merge_maps(old, new, schema)
        case Sequence():
            _agree(shown, old, new)
            keys = schema.get(KEYS) if isinstance(schema, dict) else None
            return _merge_lists(old, new, schema, keys) if keys else (old if new is None else new)
        case None:
            # An empty value is dropped, a null that somebody wrote is kept.
            return None if old is None or not written(old) else old
        case _:
            _agree(shown, old, new)
            return old if new is None else new


def _agree(shown: Node, old: Node | None, new: Node | None) -> None:
    for node in (old, new):
        if node is not None and not is_null(node) and type(node) is not type(shown):
            raise KustomizeError("the patch has another type of value than what it patches", span=(new or node).span)


def _directive(node: Node | None) -> str:
    said = text(node.get(DIRECTIVE)) if isinstance(node, Map) else ""
    if said and said not in _DIRECTIVES:
        raise KustomizeError(f"`{DIRECTIVE}: {said}` is no strategy of a patch", span=node.span if node else None)
    return said


def _merge_maps(old: Node | None, new: Node | None, schema: Any) -> Node | None:
    directive = _directive(new)
    if directive == "delete":
        return None
    patch = with_entry(new, DIRECTIVE, None) if isinstance(new, Map) else None
    if not isinstance(old, Map) or directive == "replace":
        return _cleaned(patch, schema) if patch is not None else old
    entries = {}
    for key in dict.fromkeys((*old.entries, *(patch.entries if patch is not None else ()))):
        below = schema.get(key) if isinstance(schema, dict) else None
        value = _merge(old.get(key), patch.get(key) if patch is not None else None, below)
        if value is not None:
            entries[key] = value
    return replace(old, entries=entries)


def _cleaned(node: Map, schema: Any) -> Node:
    """What a patch adds: without nulls and directives."""
    entries = {}
    for key, value in node.entries.items():
        below = schema.get(key) if isinstance(schema, dict) else None
        if isinstance(value, Map):
            if _directive(value) != "delete":
                entries[key] = _cleaned(with_entry(value, DIRECTIVE, None), below)
        elif isinstance(value, Sequence) and isinstance(below, dict) and KEYS in below:
            entries[key] = _merge_lists(Sequence((), value.span), value, below, below[KEYS]) or value
        elif not is_null(value):
            entries[key] = value
    return replace(node, entries=entries)


def _merge_lists(old: Node | None, new: Node | None, schema: Any, keys: tuple[str, ...]) -> Node | None:
    if not isinstance(new, Sequence):
        # What has no key can not be told apart, and an empty element is dropped.
        return old
    first = next((item for item in new.items if isinstance(item, Map) and set(item.entries) == {DIRECTIVE}), None)
    directive = _directive(first)
    rest = tuple(item for item in new.items if item is not first)
    if directive == "delete":
        return None
    before = () if directive == "replace" or not isinstance(old, Sequence) else old.items
    if keys == ("",):
        return replace(new, items=_united(rest, before))
    items = _merge_elements(before, rest, schema, keys)
    return replace(old if isinstance(old, Sequence) and old.items else new, items=items)


def _united(new: tuple[Node, ...], old: tuple[Node, ...]) -> tuple[Node, ...]:
    found: dict[str, Node] = {}
    for item in (*new, *old):
        found.setdefault(text(item), item)
    return tuple(found.values())


def _merge_elements(
    old: tuple[Node, ...], new: tuple[Node, ...], schema: Any, keys: tuple[str, ...]
) -> tuple[Node, ...]:
    """Elements of the patch come first; with several keys, only those that are new."""
    if len(keys) == 1:
        old = _last_ones(old, keys[0])
    waiting: dict[int, Node] = dict(enumerate(old))
    merged: dict[int, Node | None] = {}
    front: list[Node] = []
    for item in new:
        place = next((i for i, other in waiting.items() if _same(other, item, keys)), None)
        value = _merge(waiting.pop(place) if place is not None else None, item, schema)
        if isinstance(value, Map) and not value.entries:
            value = None
        if place is not None:
            merged[place] = value
        if value is not None and (place is None or len(keys) == 1):
            front.append(value)
    if len(keys) == 1:
        return (*front, *waiting.values())
    kept = [merged.get(i, item) for i, item in enumerate(old)]
    return (*front, *(item for item in kept if item is not None))


def _last_ones(items: tuple[Node, ...], key: str) -> tuple[Node, ...]:
    """Of elements with equal keys the last one, at the place of the first."""
    found: dict[object, Node] = {}
    for item in items:
        name = text(item.get(key)) if isinstance(item, Map) else ""
        found[name or id(item)] = item
    return tuple(found.values())


def _same(a: Node, b: Node, keys: tuple[str, ...]) -> bool:
    """Whether two elements mean the same: a key that both have is equal, and one key is one that both have."""
    if not isinstance(a, Map) or not isinstance(b, Map):
        return False
    pairs = [(text(a.get(key)), text(b.get(key))) for key in keys]
    if len(keys) == 1:
        return pairs[0][0] == pairs[0][1] != ""
    return all(x == y or not x or not y for x, y in pairs) and any(x == y != "" for x, y in pairs)


def as_text(node: Map) -> Map:
    """Labels and annotations with strings for values, as kustomize writes them."""
    meta = node.get("metadata")
    for field in ("labels", "annotations"):
        table = meta.get(field) if isinstance(meta, Map) else None
        if isinstance(meta, Map) and isinstance(table, Map):
            if all(isinstance(value, Scalar) and isinstance(value.value, str) for value in table.entries.values()):
                continue
            strings = {key: Scalar(written(value), value.span) for key, value in table.entries.items()}
            meta = with_entry(meta, field, replace(table, entries=strings) if strings else None)
    return with_entry(node, "metadata", meta) if isinstance(meta, Map) else node
