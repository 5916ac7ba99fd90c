"""Replacements: the value of one field of one object, written into fields of others."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from nhilint.model.node import Map, Node, Scalar
from nhilint.model.node import Sequence as ListNode
from nhilint.model.node import scalar_text as text
from nhilint.sources.manifests.kustomize.errors import KustomizeError
from nhilint.sources.manifests.kustomize.resources import Resource, said
from nhilint.sources.manifests.kustomize.selectors import Selector, read_selector, search
from nhilint.sources.manifests.kustomize.values import (
    MAX_TEXT,
    Change,
    bounded,
    child,
    is_null,
    items,
    maps,
    split,
    with_entry,
)

_DEFAULT = "metadata.name"


def apply_replacement(resources: Sequence[Resource], row: Map) -> None:
    """One element of `replacements`."""
    source = row.get("source")
    value = row.get("sourceValue")
    if isinstance(source, Map):
        value = _read(resources, source)
    if value is None or row.get("targets") is None:
        raise KustomizeError("a replacement has a `source` and `targets`", span=row.span)
    for target in maps(row.get("targets")):
        wanted = target.get("select")
        if not isinstance(wanted, Map):
            raise KustomizeError("a target of a replacement has a `select`", span=target.span)
        chosen, refused = read_selector(wanted), [read_selector(one) for one in maps(target.get("reject"))]
        paths = [text(path) for path in items(target.get("fieldPaths"))] or [_DEFAULT]
        for one in resources:
            if one.schemaless or not _is_target(one, chosen, refused):
                continue
            for path in paths:
                _write(one, path, value, target)


def _is_target(one: Resource, chosen: Selector, refused: list[Selector]) -> bool:
    if not chosen.labelled(one) or not any(chosen.names(i) for i in one.ids):
        return False
    for other in refused:
        if (other.labels or other.annotations) and other.labelled(one):
            return False
        if not other.empty and any(other.names(i) for i in one.ids):
            return False
    return True


def _read(resources: Sequence[Resource], source: Map) -> Node:
    wanted = read_selector(source)
    found = [one for one in resources if any(wanted.names(i) for i in one.ids)]
    if len(found) != 1:
        why = (
            f"several objects are meant: {', '.join(said(one.id) for one in found[:5])}"
            if found
            else "no object is meant"
        )
        raise KustomizeError(f"the source of a replacement is one object, and {why}", span=source.span)
    path = text(source.get("fieldPath")) or _DEFAULT
    value = lookup(found[0].body, path)
    if value is None or is_null(value):
        raise KustomizeError(f"`{path}` is not in {said(found[0].id)}", span=source.span)
    delimiter = text(child(source, "options", "delimiter"))
    if not delimiter:
        return value
    if not isinstance(value, Scalar):
        raise KustomizeError("only a scalar can be cut at a delimiter", span=source.span)
    parts = text(value).split(delimiter)
    place = _number(child(source, "options", "index"))
    if not 0 <= place < len(parts):
        raise KustomizeError(f"`{text(value)}` has no part {place}", span=source.span)
    return Scalar(parts[place], value.span)


def _number(node: Node | None) -> int:
    return node.value if isinstance(node, Scalar) and isinstance(node.value, int) else 0


def keys_of(path: str) -> list[str]:
    """The parts of a path with dots; what is in brackets stays together."""
    found: list[str] = []
    waiting: list[str] = []
    for part in split(path, "."):
        waiting.append(part)
        if waiting[0].startswith("[") and not part.endswith("]"):
            continue
        joined = ".".join(waiting)
        if len(waiting) > 1 and "=" not in joined:
            joined = joined.strip("[]")
        found.append(joined)
        waiting = []
    return found + ([".".join(waiting)] if waiting else [])


def lookup(node: Node | None, path: str) -> Node | None:
    """What stands at a path with dots; None when nothing does."""
    for key in keys_of(path):
        if not key.strip():
            continue
        if isinstance(node, ListNode):
            node = _element(node, key)
        else:
            node = child(node, key)
    return node


def _element(node: ListNode, key: str) -> Node | None:
    if key == "-":
        return node.items[-1] if node.items else None
    if key.isascii() and key.isdigit():
        place = int(key) if len(key) < 9 else len(node.items)
        return node.items[place] if place < len(node.items) else None
    if key.startswith("[") and key.endswith("]") and "=" in key:
        name, _, value = key[1:-1].partition("=")
        return next((item for item in node.items if text(child(item, name) if name else item) == value), None)
    return None


def _write(one: Resource, path: str, value: Node, target: Map) -> None:
    options = target.get("options")
    walk = _Walk(text(child(options, "create")) == "true", value, lambda old: _new_value(old, value, options))
    after = walk.into(one.body, keys_of(path))
    if not walk.found:
        raise KustomizeError(f"there is no `{path}` in {said(one.id)}", span=target.span)
    if isinstance(after, Map):
        if not isinstance(value, Scalar):
            bounded(after)
        one.body = after


def _new_value(old: Node, value: Node, options: Node | None) -> Node:
    delimiter = text(child(options, "delimiter"))
    if delimiter:
        if not isinstance(old, Scalar):
            raise KustomizeError("only a scalar can be cut at a delimiter", span=old.span)
        parts, place, new = text(old).split(delimiter), _number(child(options, "index")), text(value)
        if place < 0:
            parts = [new, *parts]
        elif place >= len(parts):
            parts = [*parts, new]
        else:
            parts[place] = new
        joined = delimiter.join(parts)
        if len(joined) > MAX_TEXT:
            raise KustomizeError(f"a replacement makes a string of more than {MAX_TEXT} letters", span=value.span)
        value = Scalar(joined, value.span)
    if isinstance(old, Scalar) and isinstance(value, Scalar):
        return Scalar(_typed(text(value), old), value.span)
    return value


def _typed(word: str, old: Scalar) -> str | int | float | bool | None:
    """A word in the place of a scalar takes its type, where it can."""
    if isinstance(old.value, bool) and word in ("true", "false"):
        return word == "true"
    if isinstance(old.value, int) and not isinstance(old.value, bool) and word.isascii() and word.isdigit():
        return int(word)
    return word


@dataclass(slots=True)
class _Walk:
    create: bool
    value: Node
    change: Change
    found: bool = False

    def into(self, node: Node, path: list[str]) -> Node:
        if not path:
            self.found = True
            return self.change(node)
        key, *rest = path
        if isinstance(node, ListNode):
            return self._list(node, key, rest)
        if is_null(node):
            return node
        if not isinstance(node, Map) or key == "*" or (key.startswith("[") and "=" in key):
            raise KustomizeError(f"`{key}` of a path leads into another type of value", span=node.span)
        below = node.get(key)
        if below is None:
            if not self.create:
                return node
            below = self._blank(rest)
        return with_entry(node, key, self.into(below, rest))

    def _blank(self, rest: list[str]) -> Node:
        if not rest:
            return self.value if isinstance(self.value, Scalar) else Scalar(None, self.value.span)
        listed = rest[0].isdigit() or (rest[0].startswith("[") and rest[0].endswith("]"))
        return ListNode((), self.value.span) if listed else Map({}, self.value.span)

    def _list(self, node: ListNode, key: str, rest: list[str]) -> Node:
        elements = list(node.items)
        if self.create and key.isdigit() and int(key[:9]) == len(elements):
            elements.append(self._blank(rest))
        holds = self._matcher(key)
        if self.create and key.startswith("[") and not any(holds(i, one) for i, one in enumerate(elements)):
            name, _, word = key.strip("[]").partition("=")
            scalar = Scalar(word, self.value.span)
            elements.append(Map({name: scalar}, self.value.span) if name else scalar)
        changed = [self.into(one, rest) if holds(i, one) else one for i, one in enumerate(elements)]
        return replace(node, items=tuple(changed))

    def _matcher(self, key: str) -> Callable[[int, Node], bool]:
        if key == "*":
            return lambda _, __: True
        if key.isascii() and key.isdigit():
            return lambda i, _: str(i) == key
        name, equals, pattern = key.strip("[]").partition("=")
        if not equals:
            return lambda _, __: False
        if not name:
            return lambda _, one: isinstance(one, Scalar) and search(pattern, text(one))
        return lambda _, one: isinstance(child(one, name), Scalar) and search(pattern, text(child(one, name)))
