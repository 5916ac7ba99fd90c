"""Terraform's `kubernetes_*` resources as the manifests they make; knows nothing of what the manifests mean."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from nhilint.model.document import Document
from nhilint.model.node import Map, Node, Scalar
from nhilint.model.node import Sequence as ListNode
from nhilint.platforms.kubernetes.text import text

KINDS = {
    "kubernetes_role": "Role",
    "kubernetes_cluster_role": "ClusterRole",
    "kubernetes_role_binding": "RoleBinding",
    "kubernetes_cluster_role_binding": "ClusterRoleBinding",
    "kubernetes_service_account": "ServiceAccount",
    "kubernetes_secret": "Secret",
    "kubernetes_pod": "Pod",
    "kubernetes_deployment": "Deployment",
    "kubernetes_daemonset": "DaemonSet",
    "kubernetes_daemon_set": "DaemonSet",
    "kubernetes_stateful_set": "StatefulSet",
    "kubernetes_job": "Job",
    "kubernetes_cron_job": "CronJob",
}
"""Resource type, without its version suffix, to the kind of the manifest."""

_FIELDS = {
    "api_groups": "apiGroups",
    "api_group": "apiGroup",
    "resource_names": "resourceNames",
    "non_resource_urls": "nonResourceURLs",
    "role_ref": "roleRef",
    "service_account_name": "serviceAccountName",
    "cluster_role_selectors": "clusterRoleSelectors",
    "match_labels": "matchLabels",
    "generate_name": "generateName",
    "rule": "rules",
    "subject": "subjects",
    "aggregation_rule": "aggregationRule",
}
_SINGLE = frozenset({"metadata", "roleRef", "spec", "template", "job_template", "aggregationRule"})
"""Blocks of which there is one, where the manifest has an object and not a list."""


def manifests(documents: list[Document]) -> Iterator[Document]:
    """The manifest of every `kubernetes_*` resource; other documents are left out."""
    for document in documents:
        if document.language != "terraform" or document.kind != "resource":
            continue
        kind = KINDS.get(document.type.partition("_v1")[0])
        if kind is not None:
            body = _object(document.body)
            if kind == "Secret" and "type" not in body.entries:
                continue
            yield replace(document, language="kubernetes", kind=kind, type="terraform", body=body)
        elif document.type in ("kubernetes_manifest", "kubectl_manifest"):
            manifest = document.body.get("manifest")
            if isinstance(manifest, Map):
                kind, version = text(manifest.get("kind")), text(manifest.get("apiVersion"))
                yield replace(document, language="kubernetes", kind=kind, type=version, body=manifest)


def _object(node: Map) -> Map:
    entries: dict[str, Node] = {}
    for name, value in node.entries.items():
        key = _FIELDS.get(name, name)
        entries[key] = _value(key, value)
    return Map(entries, node.span, node.open)


def _value(key: str, node: Node) -> Node:
    if isinstance(node, ListNode):
        items = tuple(_object(item) if isinstance(item, Map) else item for item in node.items)
        if key in _SINGLE:
            return items[0] if items else Scalar(None, node.span)
        return ListNode(items, node.span, node.open)
    # Maps under these keys are the author's own words (labels, annotations), not field names.
    return node
