"""Names that follow: where one object names another that is called differently now, the new name is written.

Only what was called so before is a candidate, so what nothing renamed costs nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from nhilint.model.node import Map, Node, Scalar
from nhilint.model.node import Sequence as ListNode
from nhilint.model.node import scalar_text as text
from nhilint.sources.manifests.kustomize.config import Config, Field, Target
from nhilint.sources.manifests.kustomize.errors import KustomizeError
from nhilint.sources.manifests.kustomize.resources import CLUSTER, Resource, said
from nhilint.sources.manifests.kustomize.values import child, edit, is_null, items, with_entry

Problem = Callable[[KustomizeError], None]


def follow_names(resources: Sequence[Resource], config: Config, problem: Problem) -> None:
    """Every reference to an object of the list."""
    renamed: defaultdict[str, list[Resource]] = defaultdict(list)
    places: defaultdict[str, list[Resource]] = defaultdict(list)
    for one in resources:
        places[one.original.namespace].append(one)
        for name in {before.name for before in one.previous}:
            renamed[name].append(one)
    if not renamed:
        return
    rows: defaultdict[str, list[tuple[Field, Target]]] = defaultdict(list)
    for target, fields in config.references:
        for field in fields:
            rows[field.kind].append((field, target))
    for one in resources:
        for field, target in (*rows.get(one.original.kind, ()), *rows.get("", ())):
            if field.selects(one.original):
                follow = _Follow(one, field, target, renamed, places)
                try:
                    # The kind may have been changed by a patch: the path is what counts.
                    after = edit(one.body, field.keys, follow.change)
                except KustomizeError as error:
                    problem(error)
                    continue
                if isinstance(after, Map):
                    one.body = after


@dataclass(frozen=True, slots=True)
class _Follow:
    referrer: Resource
    field: Field
    target: Target
    renamed: defaultdict[str, list[Resource]]
    """What was called so before."""
    places: defaultdict[str, list[Resource]]
    """What was first in a namespace."""

    def change(self, node: Node) -> Node:
        if is_null(node):
            return node
        match node:
            case Scalar():
                return self._scalar(node)
            case Map():
                return self._map(node)
            case ListNode():
                changed = tuple(self.change(item) for item in node.items)
                same = all(a is b for a, b in zip(changed, node.items, strict=True))
                return node if same else replace(node, items=changed)
            case _:
                return node

    def _scalar(self, node: Scalar) -> Node:
        found = self._select(text(node), self.renamed.get(text(node), ()), node, lambda one: one.name)
        return node if found is None or found.name == text(node) else Scalar(found.name, node.span)

    def _map(self, node: Map) -> Node:
        name = node.get("name")
        if name is None:
            raise KustomizeError(f"an element of `{self.field.path}` has no `name`", span=node.span)
        candidates: Iterable[Resource] = self.renamed.get(text(name), ())
        if "namespace" in node.entries:
            place = text(node.get("namespace"))
            # Where anything came from that namespace, that is what counts, and else where things are now.
            came = any(self._near(one) for one in self.places.get(place, ()))
            candidates = [one for one in candidates if (one.original if came else one.id).namespace == place]
        found = self._select(text(name), candidates, node, lambda one: f"{one.namespace}/{one.name}")
        if found is None or (found.name == text(name) and not found.namespace):
            return node
        node = with_entry(node, "name", Scalar(found.name, name.span))
        if not found.namespace:
            return node
        place_of = node.get("namespace") or child(found.body, "metadata", "namespace") or name
        return with_entry(node, "namespace", Scalar(found.namespace, place_of.span))

    def _select(
        self, name: str, candidates: Iterable[Resource], node: Node, key: Callable[[Resource], str]
    ) -> Resource | None:
        """The object that is meant; None when it is none of these."""
        found = [
            one
            for one in candidates
            if any(before.name == name for before in one.previous)
            and any(self.target.selects(before) for before in one.ids[:-1])
            and self._role(one)
            and self._reachable(one)
        ]
        if len(found) == 1:
            return found[0]
        found = [one for one in found if _same_context(one, self.referrer, loose=True)]
        if len(found) > 1:
            found = [one for one in found if _same_context(one, self.referrer, loose=False)]
        if len({key(one) for one in found}) > 1:
            what = ", ".join(said(one.id) for one in found[:5])
            raise KustomizeError(f"`{name}` may mean several objects: {what}", span=node.span)
        return found[0] if found else None

    def _role(self, one: Resource) -> bool:
        if not self.field.path.endswith("roleRef/name"):
            return True
        group, kind = (child(self.referrer.body, "roleRef", key) for key in ("apiGroup", "kind"))
        if group is None or kind is None:
            return True
        wanted = Target(text(kind), text(group))
        return any(wanted.selects(before) for before in one.ids[:-1])

    def _reachable(self, one: Resource) -> bool:
        """Whether the referrer can mean an object where it is: in its own namespace, in none, or as a subject."""
        mine, other = self.referrer.id.namespace, one.id.namespace
        return self._near(one) and (mine == CLUSTER or other in (CLUSTER, mine) or one.kind == "ServiceAccount")

    def _near(self, one: Resource) -> bool:
        mine, other = self.referrer.id.namespace, one.id.namespace
        if mine == CLUSTER or other in (CLUSTER, mine):
            return True
        return self.referrer.kind == "RoleBinding" and any(
            text(child(subject, "namespace")) == one.namespace
            for subject in items(self.referrer.body.get("subjects"))
            if text(child(subject, "kind")) == "ServiceAccount" and child(subject, "namespace") is not None
        )


def _same_context(one: Resource, other: Resource, loose: bool) -> bool:
    """Whether both got the same words around their names, as far as the shorter list goes."""
    pairs = ((one.prefixes, other.prefixes), (one.suffixes, other.suffixes))
    return all((loose and not (a and b)) or _same_ending(a, b) for a, b in pairs)


def _same_ending(a: tuple[str, ...], b: tuple[str, ...]) -> bool:
    short, long = sorted((a, b), key=len)
    return long[-len(short) :] == short if short else not long
