"""Terraform's `kubernetes_*` and `kubectl_*` resources as the manifests they make; knows nothing of what those mean.

The provider spells fields in its own way, writes an object as a block of which there is one, and fills in a namespace.
https://registry.terraform.io/providers/hashicorp/kubernetes/latest/docs
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from nhilint.model.document import Document
from nhilint.model.facts import Unresolved
from nhilint.model.node import Choice, Map, Node, Scalar, Unknown
from nhilint.model.node import Sequence as ListNode
from nhilint.platforms.kubernetes.text import text

KINDS = {
    "kubernetes_role": ("Role", "rbac.authorization.k8s.io/v1"),
    "kubernetes_cluster_role": ("ClusterRole", "rbac.authorization.k8s.io/v1"),
    "kubernetes_role_binding": ("RoleBinding", "rbac.authorization.k8s.io/v1"),
    "kubernetes_cluster_role_binding": ("ClusterRoleBinding", "rbac.authorization.k8s.io/v1"),
    "kubernetes_service_account": ("ServiceAccount", "v1"),
    "kubernetes_default_service_account": ("ServiceAccount", "v1"),
    "kubernetes_secret": ("Secret", "v1"),
    "kubernetes_config_map": ("ConfigMap", "v1"),
    "kubernetes_config_map_v1_data": ("ConfigMap", "v1"),
    "kubernetes_pod": ("Pod", "v1"),
    "kubernetes_deployment": ("Deployment", "apps/v1"),
    "kubernetes_daemonset": ("DaemonSet", "apps/v1"),
    "kubernetes_daemon_set": ("DaemonSet", "apps/v1"),
    "kubernetes_stateful_set": ("StatefulSet", "apps/v1"),
    "kubernetes_replication_controller": ("ReplicationController", "v1"),
    "kubernetes_job": ("Job", "batch/v1"),
    "kubernetes_cron_job": ("CronJob", "batch/v1"),
}
"""Resource type, without its version suffix, to the kind of the manifest and its version."""
_MANIFESTS = ("kubernetes_manifest", "kubectl_manifest")
_ANNOTATIONS = "kubernetes_annotations"
_CLUSTER_SCOPED = frozenset({"ClusterRole", "ClusterRoleBinding"})
_DEFAULT = "default"
_NAMES = {
    "api_groups": "apiGroups",
    "non_resource_urls": "nonResourceURLs",
    "host_ipc": "hostIPC",
    "host_pid": "hostPID",
    "fs_group": "fsGroup",
    "rule": "rules",
    "subject": "subjects",
    "container": "containers",
    "init_container": "initContainers",
    "volume": "volumes",
    "volume_mount": "volumeMounts",
    "volume_device": "volumeDevices",
    "image_pull_secret": "imagePullSecrets",
    "toleration": "tolerations",
    "port": "ports",
    "topology_spread_constraint": "topologySpreadConstraints",
    "readiness_gate": "readinessGates",
}
"""Fields that are not spelled by the rule `service_account_name` → `serviceAccountName`."""
_SECRETS_OF_ACCOUNT = ("secret", "secrets")
_SINGLE = frozenset({"metadata", "roleRef", "spec", "template", "jobTemplate", "aggregationRule", "selector"})
"""Blocks that are no lists even when there is none of them."""
_LISTS = frozenset(
    {
        "rules", "subjects", "containers", "initContainers", "volumes", "volumeMounts", "volumeDevices",
        "imagePullSecrets", "tolerations", "ports", "topologySpreadConstraints", "readinessGates", "env", "envFrom",
        "hostAliases", "sources", "items", "matchExpressions", "matchFields", "clusterRoleSelectors", "httpHeader",
        "sysctl", "volumeClaimTemplate", "nodeSelectorTerm", "podAffinityTerm",
        "preferredDuringSchedulingIgnoredDuringExecution", "requiredDuringSchedulingIgnoredDuringExecution", "secrets",
    }
)  # fmt: skip
"""Blocks of which there may be several; of every other one there is at most one, and the manifest has an object."""
_OWN_WORDS = frozenset(
    {
        "labels", "annotations", "matchLabels", "data", "stringData", "binaryData", "nodeSelector", "limits",
        "requests", "volumeAttributes", "options", "parameters",
    }
)  # fmt: skip
"""Maps whose keys are the author's words and no names of fields."""


def manifests(documents: list[Document]) -> Iterator[Document]:
    """The manifest of every resource that makes one; other documents are left out."""
    for document in documents:
        if document.language != "terraform" or document.kind != "resource":
            continue
        name = document.type if document.type in KINDS else re.sub(r"_v\d+(?:(?:alpha|beta)\d+)?$", "", document.type)
        if name in KINDS:
            kind, version = KINDS[name]
            body = _manifest(kind, name, document.body)
            if kind == "Secret" and "type" not in body.entries:
                continue
            yield replace(document, language="kubernetes", kind=kind, type=version, body=body)
        elif document.type in _MANIFESTS:
            yield from _written(document, document.body.get("manifest"))


def unread(documents: Sequence[Document]) -> Iterator[Unresolved]:
    """The resources that hold a manifest which can not be read, so that nobody knows what they are."""
    for document in documents:
        if document.language == "terraform" and document.kind == "resource" and document.type in _MANIFESTS:
            manifest = document.body.get("manifest")
            options = manifest.options if isinstance(manifest, Choice) else (manifest,)
            if not any(isinstance(one, Map) for one in options):
                why = manifest.reason if isinstance(manifest, Unknown) else ""
                why = f"its manifest can not be read{f': {why}' if why else ''}"
                what = f"`{document.address}`"
                yield Unresolved(what=what, why=why, span=document.span, cause="unknown-value")


def annotated(manifests: Sequence[Document], documents: Sequence[Document]) -> list[Document]:
    """The service accounts with what `kubernetes_annotations` adds to them; one that is not in the tree is made."""
    found = list(manifests)
    for document in documents:
        if document.type != _ANNOTATIONS or text(document.body.get("kind")) != "ServiceAccount":
            continue
        body = _manifest("ServiceAccount", _ANNOTATIONS, document.body)
        added = document.body.get("annotations")
        place = next((i for i, one in enumerate(found) if _same(one, body)), None)
        if place is None:
            made = Map({"metadata": _with(body.get("metadata"), "annotations", added, body)}, body.span)
            found.append(replace(document, language="kubernetes", kind="ServiceAccount", type="v1", body=made))
            continue
        one = found[place]
        meta = one.body.get("metadata")
        old = meta.get("annotations") if isinstance(meta, Map) else None
        merged = Map({**_entries(old), **_entries(added)}, document.span)
        entries = {**one.body.entries, "metadata": _with(meta, "annotations", merged, one.body)}
        found[place] = replace(one, body=Map(entries, one.body.span))
    return found


def _same(document: Document, body: Map) -> bool:
    """Whether a manifest is the account that a body names."""
    if document.kind != "ServiceAccount" or "/" in document.type:
        return False
    one, other = document.body.get("metadata"), body.get("metadata")
    if not isinstance(one, Map) or not isinstance(other, Map):
        return False
    here, there = (text(meta.get("namespace")) or _DEFAULT for meta in (one, other))
    return text(one.get("name")) == text(other.get("name")) != "" and here == there


def _entries(node: Node | None) -> dict[str, Node]:
    return dict(node.entries) if isinstance(node, Map) else {}


def _with(meta: Node | None, key: str, value: Node | None, body: Map) -> Map:
    entries = _entries(meta)
    if value is not None:
        entries[key] = value
    return Map(entries, meta.span if meta is not None else body.span)


def _written(document: Document, manifest: Node | None) -> Iterator[Document]:
    """An object that stands there as a manifest."""
    options = manifest.options if isinstance(manifest, Choice) else (manifest,)
    for index, one in enumerate(options):
        if not isinstance(one, Map):
            continue
        kind, version = text(one.get("kind")), text(one.get("apiVersion"))
        space = document.body.get("override_namespace")
        if isinstance(space, Scalar) and text(space):
            one = Map({**one.entries, "metadata": _with(one.get("metadata"), "namespace", space, one)}, one.span)
        may = (*document.may, manifest.case(index)) if isinstance(manifest, Choice) else document.may
        yield replace(document, language="kubernetes", kind=kind, type=version, body=one, may=may)


def _manifest(kind: str, name: str, body: Map) -> Map:
    """The manifest of a resource, with what the provider fills in."""
    made = _object(body)
    entries = dict(made.entries)
    if kind == "ServiceAccount" and name != _ANNOTATIONS:
        for word in _SECRETS_OF_ACCOUNT:
            if (held := made.get(word)) is not None:
                entries.pop(word)
                entries["secrets"] = held if isinstance(held, ListNode) else ListNode((held,), held.span)
    written = made.get("metadata")
    meta = _entries(written)
    if name == "kubernetes_default_service_account":
        meta.setdefault("name", Scalar(_DEFAULT, body.span))
    if kind not in _CLUSTER_SCOPED and _empty(meta.get("namespace")):
        meta["namespace"] = Scalar(_DEFAULT, body.span)
    entries["metadata"] = Map(meta, written.span if written is not None else made.span)
    subjects = entries.get("subjects")
    if isinstance(subjects, ListNode):
        entries["subjects"] = replace(subjects, items=tuple(map(_subject, subjects.items)))
    return Map(entries, made.span, made.open)


def _subject(node: Node) -> Node:
    """A subject with the namespace that the provider gives one that says none."""
    if isinstance(node, Map) and text(node.get("kind")) == "ServiceAccount" and _empty(node.get("namespace")):
        return replace(node, entries={**node.entries, "namespace": Scalar(_DEFAULT, node.span)})
    return node


def _empty(node: Node | None) -> bool:
    return node is None or (isinstance(node, Scalar) and node.value in (None, ""))


def _object(node: Map) -> Map:
    entries: dict[str, Node] = {}
    for name, value in node.entries.items():
        key = _NAMES.get(name) or re.sub(r"_([a-z0-9])", lambda match: match[1].upper(), name)
        entries[key] = value if key in _OWN_WORDS else _value(key, value)
    return Map(entries, node.span, node.open)


def _value(key: str, node: Node) -> Node:
    match node:
        case Map():
            return _object(node)
        case Choice():
            return replace(node, options=tuple(_value(key, option) for option in node.options))
        case ListNode():
            items = tuple(_object(item) if isinstance(item, Map) else item for item in node.items)
            if not items and key in _SINGLE:
                return Scalar(None, node.span)
            if key not in _LISTS and len(items) == 1 and isinstance(items[0], Map) and not node.open:
                return items[0]
            return replace(node, items=items)
        case _:
            return node
