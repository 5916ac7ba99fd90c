"""Workloads that run as a service account, and token Secrets made for one."""

from __future__ import annotations

from collections.abc import Iterator

from nhilint.model.document import Document
from nhilint.model.facts import Credential, Workload
from nhilint.model.node import Map, Node
from nhilint.model.node import Sequence as ListNode
from nhilint.platforms.kubernetes.bindings import Bindings
from nhilint.platforms.kubernetes.objects import KINDS, metadata, name_of
from nhilint.platforms.kubernetes.text import text

_TOKEN = "kubernetes.io/service-account-token"
_MAX_DEPTH = 12


def workloads(documents: list[Document], bindings: Bindings) -> Iterator[Workload]:
    """Every object that names a service account, of whatever kind (custom resources included)."""
    for document in documents:
        if document.kind in KINDS or document.kind in ("Kustomization", "Secret", "ConfigMap"):
            continue
        accounts = set(_accounts(document.body, 0))
        if not accounts and document.kind in ("Pod", "Deployment", "DaemonSet", "StatefulSet", "Job", "CronJob"):
            accounts = {"default"}
        for name in sorted(accounts):
            namespace = bindings.objects.namespace(document)
            if name == "default" and bindings.objects.find("ServiceAccount", namespace, name, document) is None:
                continue
            key = bindings.account(namespace, name, document, "")
            yield Workload(identity=key, kind=document.kind, name=name_of(document), span=document.span)


def credentials(documents: list[Document], bindings: Bindings) -> Iterator[Credential]:
    """Secrets that hold a service account's token for as long as they exist."""
    for document in documents:
        if document.kind == "Secret" and text(document.body.get("type")) == _TOKEN:
            account = metadata(document, "annotations").get("kubernetes.io/service-account.name", "")
            if account:
                key = bindings.account(bindings.objects.namespace(document), account, document, "")
                kind = "service_account_token"
                yield Credential(identity=key, kind=kind, name=name_of(document), span=document.span)


def _accounts(node: Node, depth: int) -> Iterator[str]:
    if depth > _MAX_DEPTH:
        return
    if isinstance(node, Map):
        for key, value in node.entries.items():
            if key in ("serviceAccountName", "serviceAccount"):
                name = text(value)
                if name:
                    yield name
            else:
                yield from _accounts(value, depth + 1)
    elif isinstance(node, ListNode):
        for item in node.items:
            yield from _accounts(item, depth + 1)
