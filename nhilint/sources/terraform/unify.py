"""Which conversions between types exist, and the one type that several can be converted to; knows no values.

The rules are Terraform's: a type that others convert to without loss is preferred; where no given type fits, tuples
become lists, objects maps, and parts are unified one by one.
"""

from __future__ import annotations

from collections.abc import Sequence

from nhilint.sources.terraform.typed import ANY, Type, attribute_types, list_of, map_of, object_of, set_of

PRIMITIVE = frozenset({"string", "number", "bool"})


def convertible(source: Type, target: Type) -> bool:
    """Whether values of one type may be converted to another; some of them may still fail."""
    if target.kind == "any" or source.kind == "any" or source == target:
        return True
    if source.kind in PRIMITIVE and target.kind in PRIMITIVE:
        return source.kind == target.kind or "string" in (source.kind, target.kind)
    if target.kind in ("list", "set"):
        if source.kind in ("list", "set"):
            return convertible(source.inner, target.inner)
        return source.kind == "tuple" and _all_to(source.items, target.inner)
    if target.kind == "map":
        if source.kind == "map":
            return convertible(source.inner, target.inner)
        parts = tuple(attribute_types(source).values())
        return source.kind == "object" and (_all_to(parts, target.inner) or (_vague(parts) and target.inner == ANY))
    if target.kind == "tuple":
        return (
            source.kind == "tuple"
            and len(source.items) == len(target.items)
            and all(convertible(a, b) for a, b in zip(source.items, target.items, strict=True))
        )
    return target.kind == "object" and _to_object(source, target)


def _all_to(kinds: tuple[Type, ...], element: Type) -> bool:
    if not kinds:
        return True
    if element.kind == "any":
        common = unify(kinds)
        return common is not None and (common.kind != "any" or all(kind.kind == "any" for kind in kinds))
    return all(convertible(kind, element) for kind in kinds)


def _vague(kinds: tuple[Type, ...]) -> bool:
    """Whether the types have only `any` in common; an object may become a map of that, a tuple no list."""
    common = unify(kinds)
    return common is not None and common.kind == "any"


def _to_object(source: Type, target: Type) -> bool:
    if source.kind == "map":
        return all(optional or convertible(source.inner, kind) for kind, optional, _ in target.attributes.values())
    if source.kind != "object":
        return False
    given = attribute_types(source)
    return all(
        convertible(given[name], kind) if name in given else optional
        for name, (kind, optional, _) in target.attributes.items()
    )


def unify(kinds: Sequence[Type]) -> Type | None:
    """The type that all are converted to; None when there is none. Without types: `any`."""
    if not kinds:
        return None
    if all(kind == kinds[0] for kind in kinds[1:]):
        return kinds[0]
    settled, found = _by_structure(kinds)
    if settled:
        return found
    for position in _preferred(kinds):
        wanted = kinds[position]
        if all(convertible(kind, wanted) for kind in kinds):
            return wanted
    return None


def _by_structure(kinds: Sequence[Type]) -> tuple[bool, Type | None]:
    """Whether the shapes of the types settle it, and the outcome; otherwise the given types are tried in order."""
    shapes = {kind.kind for kind in kinds}
    dynamic = "any" in shapes
    shapes -= {"any"}
    if len(shapes) == 1 and not shapes & PRIMITIVE:
        return True, ANY if dynamic else _same_shape(shapes.pop(), kinds)
    if shapes in ({"map", "object"}, {"list", "tuple"}):
        loose = "object" if "map" in shapes else "tuple"
        merged = _merged(loose, [kind for kind in kinds if kind.kind == loose])
        if merged is not None:
            common = unify([merged if kind.kind == loose else kind for kind in kinds])
            if common is not None and common.kind == merged.kind:
                return True, common
        return False, None
    return {"object", "tuple"} <= shapes, None


def _same_shape(shape: str, kinds: Sequence[Type]) -> Type | None:
    if shape in ("list", "set", "map"):
        inner = unify([kind.inner for kind in kinds])
        make = {"list": list_of, "set": set_of, "map": map_of}[shape]
        return None if inner is None else make(inner)
    if shape == "object":
        names = set(kinds[0].attributes)
        if any(set(kind.attributes) != names for kind in kinds):
            return _merged(shape, kinds)
        parts = {name: unify([kind.attributes[name][0] for kind in kinds]) for name in kinds[0].attributes}
        known = {name: part for name, part in parts.items() if part is not None}
        return object_of(known) if len(known) == len(parts) else None
    if any(len(kind.items) != len(kinds[0].items) for kind in kinds):
        return _merged(shape, kinds)
    items = [unify(column) for column in zip(*(kind.items for kind in kinds), strict=True)]
    whole = tuple(item for item in items if item is not None)
    return Type("tuple", items=whole) if len(whole) == len(items) else None


def _merged(shape: str, kinds: Sequence[Type]) -> Type | None:
    """The list that all tuples, or the map that all objects, can be converted to."""
    if shape == "tuple":
        inner = unify([item for kind in kinds for item in kind.items])
        made = None if inner is None else list_of(inner)
    else:
        inner = unify([part for kind in kinds for part in attribute_types(kind).values()])
        made = None if inner is None else map_of(inner)
    return made if made and all(convertible(kind, made) for kind in kinds) else None


def _preferred(kinds: Sequence[Type]) -> list[int]:
    """Positions with the most general types first, otherwise as given (a topological order)."""
    behind: list[list[int]] = [[] for _ in kinds]
    waiting = [0] * len(kinds)
    for i, first in enumerate(kinds):
        for j in range(i + 1, len(kinds)):
            order = _compare(first, kinds[j])
            if order:
                before, after = (i, j) if order < 0 else (j, i)
                behind[before].append(after)
                waiting[after] += 1
    queue = [i for i, count in enumerate(waiting) if count == 0]
    for i in queue:
        for j in behind[i]:
            waiting[j] -= 1
            if waiting[j] == 0:
                queue.append(j)
    return queue


RANK = {("list", "tuple"): -1, ("map", "object"): -1, ("tuple", "set"): -1, ("list", "set"): -1}


def _compare(a: Type, b: Type) -> int:
    """Negative: the first is preferred as the common type."""
    if a.kind == "any" or b.kind == "any":
        return (a.kind == "any") - (b.kind == "any")
    if a.kind in PRIMITIVE and b.kind in PRIMITIVE:
        return (b.kind == "string") - (a.kind == "string")
    if a.kind == b.kind and a.kind in ("list", "set", "map"):
        return _compare(a.inner, b.inner)
    if a.kind == b.kind == "object" and set(a.attributes) == set(b.attributes):
        return _overall([_compare(a.attributes[name][0], b.attributes[name][0]) for name in a.attributes])
    if a.kind == b.kind == "tuple" and len(a.items) == len(b.items):
        return _overall([_compare(x, y) for x, y in zip(a.items, b.items, strict=True)])
    return RANK.get((a.kind, b.kind), 0) - RANK.get((b.kind, a.kind), 0)


def _overall(orders: list[int]) -> int:
    """One order for all parts, or none when they disagree."""
    return (any(order > 0 for order in orders)) - (any(order < 0 for order in orders))
