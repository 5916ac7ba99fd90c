"""What writes one thing into many objects: namespace, prefix, suffix, labels, annotations, replicas, images."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace

from nhilint.model.node import Map, Node, Scalar
from nhilint.model.node import Sequence as ListNode
from nhilint.model.node import scalar_text as text
from nhilint.model.span import Span
from nhilint.sources.manifests.kustomize.config import Config, Field, Fields, united
from nhilint.sources.manifests.kustomize.errors import KustomizeError
from nhilint.sources.manifests.kustomize.resources import CLUSTER, Resource, said
from nhilint.sources.manifests.kustomize.selectors import matches
from nhilint.sources.manifests.kustomize.values import Change, edit, put, scalar, with_entry

_BINDINGS = ("RoleBinding", "ClusterRoleBinding")
_FIXED_NAMES = ("CustomResourceDefinition", "Namespace")


def apply_fields(one: Resource, fields: Iterable[Field], change: Change, blank: Node | None) -> None:
    """A change at every field of an object."""
    for field in fields:
        if field.selects(one.id):
            after = edit(one.body, field.keys, change, blank if field.create else None)
            if isinstance(after, Map):
                one.body = after


def set_namespace(
    resources: Sequence[Resource],
    namespace: Scalar,
    fields: Fields,
    subjects: str = "defaultOnly",
    unset_only: bool = False,
) -> None:
    """Everything into one namespace, and the subjects of bindings that are named `default`."""
    value, span = text(namespace), namespace.span

    def change(node: Node) -> Node:
        return node if unset_only and text(node) else scalar(node, value, span)

    for one in resources:
        one.remember()
        if one.id.namespace != CLUSTER:
            meta = one.body.get("metadata")
            old = meta.get("namespace") if isinstance(meta, Map) else None
            one.body = put(one.body, ("metadata", "namespace"), change(old or Scalar(None, span)))
        if one.kind in _BINDINGS:
            one.body = _set_subjects(one.body, subjects, change, span)
        mine = [f for f in fields if f.path != "metadata/namespace" and not _is_subject(one, f)]
        if one.version != "v1":
            mine = [field for field in mine if field.path != "metadata/name"]
        apply_fields(one, mine, change, Scalar(None, span))
    counts = Counter(one.id for one in resources)
    for one in resources:
        if counts[one.id] > 1:
            why = f"in the namespace `{value}` there would be several objects {said(one.id)}"
            raise KustomizeError(why, span=span)


def _is_subject(one: Resource, field: Field) -> bool:
    return one.kind in _BINDINGS and field.kind in _BINDINGS and field.path == "subjects/namespace"


def _set_subjects(body: Map, mode: str, change: Change, span: Span) -> Map:
    subjects = body.get("subjects")
    if not isinstance(subjects, ListNode) or mode == "none":
        return body
    key, wanted = ("kind", "ServiceAccount") if mode == "allServiceAccounts" else ("name", "default")
    found = tuple(
        with_entry(item, "namespace", change(item.get("namespace") or Scalar(None, span)))
        if isinstance(item, Map) and text(item.get(key)) == wanted
        else item
        for item in subjects.items
    )
    return with_entry(body, "subjects", replace(subjects, items=found))


def put_around(resources: Sequence[Resource], value: Scalar, fields: Fields, before: bool) -> None:
    """A prefix (or a suffix) for every name but those of namespaces and of definitions of kinds."""
    word = text(value)

    def change(node: Node) -> Node:
        return scalar(node, word + text(node) if before else text(node) + word, node.span)

    for one in resources:
        first = one.original
        if first.kind in _FIXED_NAMES or (first.kind == "APIService" and first.group == "apiregistration.k8s.io"):
            continue
        for field in fields:
            if not field.selects(first):
                continue
            if field.path == "metadata/name":
                if before:
                    one.prefixes = (*one.prefixes, word)
                else:
                    one.suffixes = (*one.suffixes, word)
                one.remember()
            apply_fields(one, (field,), change, Scalar("", value.span))


def set_strings(resources: Sequence[Resource], strings: Map, fields: Fields) -> None:
    """Labels or annotations into every map that the fields lead to."""

    def change(node: Node) -> Node:
        if not isinstance(node, Map):
            raise KustomizeError("labels and annotations are a map", span=node.span)
        return replace(node, entries={**node.entries, **wanted})

    wanted = {key: Scalar(text(value), value.span) for key, value in strings.entries.items()}
    for one in resources if wanted else ():
        apply_fields(one, fields, change, Map({}, strings.span))


def label_fields(row: Map, config: Config, own: Fields) -> Fields:
    """Where an element of `labels` writes."""
    fields = united(own, config.labels)
    if text(row.get("includeSelectors")) == "true":
        return united(fields, config.common_labels)
    if text(row.get("includeTemplates")) == "true":
        fields = united(fields, config.template_labels)
    return united(fields, (Field("metadata/labels", create=True),))


def set_replicas(resources: Sequence[Resource], row: Map, fields: Fields) -> None:
    """The number of replicas of one workload."""
    name, count = text(row.get("name")), row.get("count") or Scalar(0, row.span)
    found = False
    for field in fields:
        for one in resources:
            if any(field.selects(i) and i.name == name for i in one.ids):
                found = True
                apply_fields(one, (field,), lambda _: count, Scalar(None, row.span))
    if not found:
        raise KustomizeError(f"there is nothing named `{name}` that has replicas", span=row.span)


def set_images(resources: Sequence[Resource], rows: Sequence[Map], fields: Fields) -> None:
    """Other names, tags or digests for images: in every list of containers, and where the fields say."""
    wanted = [(_image_pattern(row), row) for row in rows]

    def change(node: Node) -> Node:
        if not isinstance(node, Scalar):
            raise KustomizeError("an image is a string", span=node.span)
        for pattern, row in wanted:
            if matches(pattern, text(node)):
                node = Scalar(_image(text(node), row), row.span)
        return node

    for one in resources:
        if one.kind == "CustomResourceDefinition":
            continue
        after = _in_containers(one.body, change)
        if isinstance(after, Map):
            one.body = after
        apply_fields(one, fields, change, None)


def _image_pattern(row: Map) -> str:
    return f"{text(row.get('name'))}(:[a-zA-Z0-9_.{{}}-]*)?(@sha256:[a-zA-Z0-9_.{{}}-]*)?"


def _in_containers(node: Node, change: Change) -> Node:
    """A change of the image of everything in a list named `containers` or `initContainers`, at any depth."""
    if isinstance(node, ListNode):
        items = tuple(_in_containers(item, change) for item in node.items)
        same = all(a is b for a, b in zip(items, node.items, strict=True))
        return node if same else replace(node, items=items)
    if not isinstance(node, Map):
        return node
    changed: dict[str, Node] = {}
    for key, value in node.entries.items():
        after = _in_containers(value, change) if isinstance(value, Map | ListNode) else value
        if key in _CONTAINERS and isinstance(after, ListNode):
            after = edit(after, ["image"], change) if all(isinstance(item, Map) for item in after.items) else after
        if after is not value:
            changed[key] = after
    return replace(node, entries={**node.entries, **changed}) if changed else node


_CONTAINERS = ("containers", "initContainers")
_PARTS = re.compile(r"([^/]*/)?([^:@]*)(?::([^@]*))?(?:@(.*))?", re.DOTALL)


def _image(value: str, row: Map) -> str:
    written = {key: text(row.get(key)) for key in ("newName", "newTag", "digest", "tagSuffix")}
    found = _PARTS.fullmatch(value)
    if found is None:
        return value
    host, rest, tag, digest = (found[i] or "" for i in range(1, 5))
    name = written["newName"] or host + rest
    if written["newTag"] or written["digest"]:
        tag, digest = written["newTag"], written["digest"]
    elif written["tagSuffix"]:
        tag, digest = tag + written["tagSuffix"], ""
    return name + (f":{tag}" if tag else "") + (f"@{digest}" if digest else "")
