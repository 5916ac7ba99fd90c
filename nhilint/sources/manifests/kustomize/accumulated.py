"""What a kustomization has come to while it is rendered: its objects, tables, variables, and what could not be done."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from nhilint.model.facts import Unresolved
from nhilint.model.node import Map, Node, Scalar
from nhilint.model.node import Sequence as ListNode
from nhilint.model.node import scalar_text as text
from nhilint.model.span import Span
from nhilint.sources.manifests.kustomize.config import Config
from nhilint.sources.manifests.kustomize.errors import KustomizeError
from nhilint.sources.manifests.kustomize.generators import absorb
from nhilint.sources.manifests.kustomize.resources import Resource, said
from nhilint.sources.manifests.kustomize.tables import default_config
from nhilint.sources.manifests.kustomize.values import child, items, put, written
from nhilint.sources.manifests.kustomize.variables import Variable

MAX_RESOURCES = 30_000


@dataclass(slots=True)
class Accumulated:
    """What a kustomization has come to."""

    resources: list[Resource] = field(default_factory=list)
    config: Config = field(default_factory=default_config)
    variables: list[Variable] = field(default_factory=list)
    problems: list[Unresolved] = field(default_factory=list)
    consumed: set[str] = field(default_factory=set)
    missing: list[str] = field(default_factory=list)
    """What it should take in and that is not in the tree."""
    endless: bool = False
    """Whether there are more objects than are rendered; then none are, and files are read as they stand."""


def append(done: Accumulated, found: list[Resource], span: Span) -> None:
    """More objects; what is there already is kept as well, and said."""
    if len(done.resources) + len(found) > MAX_RESOURCES:
        done.endless = True
        raise KustomizeError(f"it has more than {MAX_RESOURCES} objects", span=span)
    known = {one.id for one in done.resources}
    double = []
    for one in found:
        if one.id in known:
            double.append(one)
        known.add(one.id)
        done.resources.append(one)
    if double:
        names = ", ".join(said(one.id) for one in double[:5]) + ("" if len(double) <= 5 else ", …")
        raise KustomizeError(f"kustomize refuses two objects of one name: {names}", span=span)


def once(resources: Sequence[Resource], span: Span) -> None:
    """Nothing is there twice."""
    counts = Counter(one.id for one in resources)
    if double := [one for one, count in counts.items() if count > 1]:
        names = ", ".join(map(said, double[:5]))
        raise KustomizeError(f"kustomize refuses two objects of one name: {names}", span=span)


def put_generated(done: Accumulated, made: Resource, span: Span) -> None:
    """A generated object: a new one, or one that is merged into one that is there."""
    found = [one for one in done.resources if made.id in one.ids]
    merges = made.behavior in ("merge", "replace")
    if len(found) > 1:
        raise KustomizeError(f"several objects are {said(made.id)}", span=span)
    if not found and merges:
        raise KustomizeError(f"there is no object {said(made.id)} to {made.behavior} with", span=span)
    if not found:
        append(done, [made], span)
    elif merges:
        absorb(found[0], made)
    else:
        raise KustomizeError(f"{said(made.id)} is there already, and its `behavior` is not `merge`", span=span)


def objects_of(node: Node, problem: Callable[[KustomizeError], None]) -> list[Resource]:
    """The objects of a document; those of a list one by one."""
    found: list[Resource] = []
    waiting = [node]
    while waiting:
        one = waiting.pop(0)
        if not isinstance(one, Map) or not one.entries:
            continue
        kind, listed = text(one.get("kind")), one.get("items")
        if kind.endswith("List") and "items" in one.entries:
            waiting.extend(items(listed) if isinstance(listed, ListNode) else ())
        elif not kind or not text(child(one, "metadata", "name")):
            missing = "`metadata.name`" if kind else "`kind`"
            problem(KustomizeError(f"an object has no {missing}", span=one.span))
        else:
            found.append(Resource(one))
    return found


def settled(one: Resource) -> Map:
    """The body with annotations as strings, and without empty ones: kustomize keeps its notes among them."""
    annotations = child(one.body, "metadata", "annotations")
    if annotations is None:
        return one.body
    if not isinstance(annotations, Map) or not annotations.entries:
        return put(one.body, ("metadata", "annotations"), None)
    if all(isinstance(value, Scalar) and isinstance(value.value, str) for value in annotations.entries.values()):
        return one.body
    strings: dict[str, Node] = {key: Scalar(written(value), value.span) for key, value in annotations.entries.items()}
    return put(one.body, ("metadata", "annotations"), Map(strings, annotations.span))
