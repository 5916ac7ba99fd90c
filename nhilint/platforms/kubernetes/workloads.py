"""Workloads that run as a service account: which Pods they have, and token Secrets made for an account."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from nhilint.algebra.values import literal
from nhilint.model.document import Document
from nhilint.model.facts import Credential, Escape, IdentityKey, Workload
from nhilint.model.node import Map, Node, Scalar
from nhilint.model.node import Sequence as ListNode
from nhilint.platforms.kubernetes.bindings import Bindings, account_key
from nhilint.platforms.kubernetes.objects import KINDS, metadata, name_of
from nhilint.platforms.kubernetes.pods import Pod, pod_of
from nhilint.platforms.kubernetes.rules import GROUP
from nhilint.platforms.kubernetes.text import text

TOKEN = "kubernetes.io/service-account-token"
_MAX_DEPTH = 12
_INSTALLERS = frozenset({"Application", "ApplicationSet", "HelmChart", "HelmRelease"})
_AWS_ROLE = "eks.amazonaws.com/role-arn"


class Kind(NamedTuple):
    """A kind of object that makes Pods."""

    group: str
    resource: str
    pods: str
    """Glob of the names of its Pods; `{}` stands for its own."""
    changes: bool = True
    """Whether what its Pods run can be changed once it exists."""


_KINDS = {
    "Pod": Kind("", "pods", "{}", changes=False),
    "Deployment": Kind("apps", "deployments", "{}-*"),
    "DaemonSet": Kind("apps", "daemonsets", "{}-*"),
    "StatefulSet": Kind("apps", "statefulsets", "{}-*"),
    "ReplicaSet": Kind("apps", "replicasets", "{}-*"),
    "ReplicationController": Kind("", "replicationcontrollers", "{}-*"),
    "Job": Kind("batch", "jobs", "{}-*", changes=False),
    "CronJob": Kind("batch", "cronjobs", "{}-*"),
}
_CUSTOM = {
    ("argoproj.io", "Rollout"): Kind("argoproj.io", "rollouts", "{}-*"),
    ("argoproj.io", "Workflow"): Kind("argoproj.io", "workflows", "{}*", changes=False),
    ("argoproj.io", "CronWorkflow"): Kind("argoproj.io", "cronworkflows", "{}*"),
    ("serving.knative.dev", "Service"): Kind("serving.knative.dev", "services", "{}-*"),
    ("tekton.dev", "TaskRun"): Kind("tekton.dev", "taskruns", "{}-*", changes=False),
    ("tekton.dev", "PipelineRun"): Kind("tekton.dev", "pipelineruns", "{}-*", changes=False),
    ("monitoring.coreos.com", "Prometheus"): Kind("monitoring.coreos.com", "prometheuses", "prometheus-{}-*"),
    ("monitoring.coreos.com", "Alertmanager"): Kind("monitoring.coreos.com", "alertmanagers", "alertmanager-{}-*"),
    ("sparkoperator.k8s.io", "SparkApplication"): Kind("sparkoperator.k8s.io", "sparkapplications", "{}-*"),
    ("kubeflow.org", "Notebook"): Kind("kubeflow.org", "notebooks", "{}-*"),
    ("apps.openshift.io", "DeploymentConfig"): Kind("apps.openshift.io", "deploymentconfigs", "{}-*"),
}
"""Custom resources whose Pods run as the account that they name. Others name accounts for other ends as well."""


def workloads(documents: list[Document], bindings: Bindings) -> Iterator[Workload]:
    """Every object that names a service account, of whatever kind (custom resources included)."""
    for document in documents:
        if document.kind in KINDS or document.kind in ("Kustomization", "Secret", "ConfigMap"):
            continue
        kind = kind_of(document)
        pod = pod_of(document) if kind is not None else None
        escapes = tuple(pod.escapes()) if pod is not None else ()
        accounts = set(_accounts(_own(document), 0))
        if not accounts and kind is not None and kind.group in ("", "apps", "batch"):
            accounts = {"default"}
        for name in sorted(accounts):
            namespace = bindings.objects.namespace(document)
            if name == "default" and not escapes and not _known(namespace, document, bindings):
                continue
            key = bindings.account(namespace, name, document, "")
            chosen = bindings.unplaced.get(key, "") if bindings.objects.unwritten(document) else ""
            token = _has_token(pod, namespace, name, document, bindings)
            words = _variables(document, kind, chosen or namespace, escapes, token)
            yield Workload(
                identity=key,
                kind=document.kind,
                name=name_of(document),
                span=document.span,
                variables=words,
                escapes=escapes,
            )


def kind_of(document: Document) -> Kind | None:
    """What is known of the kind of an object; None when it makes no Pods, as far as is known."""
    group, slash, _ = document.type.partition("/")
    known = _KINDS.get(document.kind)
    if known is not None and (not slash or group in (known.group, "extensions")):
        return known
    return _CUSTOM.get((group, document.kind))


def credentials(documents: list[Document], bindings: Bindings) -> Iterator[Credential]:
    """Secrets that hold a service account's token for as long as they exist."""
    for document, key in token_secrets(documents, bindings):
        yield Credential(identity=key, kind="service_account_token", name=name_of(document), span=document.span)


def token_secrets(documents: list[Document], bindings: Bindings) -> Iterator[tuple[Document, IdentityKey]]:
    """The Secrets into which the cluster writes a token, with whose it is."""
    for document in documents:
        if document.kind == "Secret" and text(document.body.get("type")) == TOKEN:
            account = metadata(document, "annotations").get("kubernetes.io/service-account.name", "")
            if account:
                yield document, bindings.account(bindings.objects.namespace(document), account, document, "")


def _known(namespace: str, document: Document, bindings: Bindings) -> bool:
    """Whether the tree speaks of the namespace's default account; else it is one that may do nothing."""
    found = bindings.objects.find("ServiceAccount", namespace, "default", document)
    return found is not None or account_key(namespace, "default", "") in bindings.identities


def _has_token(pod: Pod | None, namespace: str, name: str, document: Document, bindings: Bindings) -> bool:
    """Whether a token of the account lies in the Pods; where nothing speaks against it, one does."""
    said = pod.token if pod is not None else None
    account = bindings.objects.find("ServiceAccount", namespace, name, document)
    if said is None and account is not None:
        written = account.body.get("automountServiceAccountToken") or account.body.get(
            "automount_service_account_token"
        )
        said = not (isinstance(written, Scalar) and text(written) == "false")
    # A token for AWS is put there all the same.
    return said is not False or (account is not None and _AWS_ROLE in metadata(account, "annotations"))


def _variables(
    document: Document, kind: Kind | None, namespace: str, escapes: tuple[Escape, ...], token: bool
) -> tuple[tuple[str, str], ...]:
    """The words of a workload; those of what can not be done to it are left out."""
    name = name_of(document)
    if kind is None or not name:
        return ()
    own = name.removesuffix("*")
    shown = literal(own) + "*" if own != name else literal(name)
    pods = kind.pods.format(shown)
    words = {"name": shown, "namespace": literal(namespace)}
    if token:
        words["pod"] = pods
    if token and kind.changes:
        words |= {"group": GROUP + kind.group, "resource": kind.resource}
    if any(not escape.may for escape in escapes):
        words["escape"] = pods
    return tuple(sorted(words.items()))


def _own(document: Document) -> Node:
    """What an object says of itself: one that installs others holds their values, and those are not its own."""
    spec = document.body.get("spec")
    if document.kind not in _INSTALLERS or not isinstance(spec, Map):
        return document.body
    return Map({key: value for key, value in spec.entries.items() if key == "serviceAccountName"}, spec.span)


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
