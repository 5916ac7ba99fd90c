"""The fields that kustomize writes and follows when no kustomization says others."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache

from nhilint.sources.manifests.kustomize.config import Config, Field, Target

_TEMPLATE = "spec/template"
_WORKLOADS = ("Deployment", "ReplicaSet", "DaemonSet", "StatefulSet", "Job")
_POD_OF = {
    "Pod": "spec",
    "PodTemplate": "template/spec",
    **dict.fromkeys(_WORKLOADS, f"{_TEMPLATE}/spec"),
    "CronJob": "spec/jobTemplate/spec/template/spec",
}
_RUNNING = {kind: path for kind, path in _POD_OF.items() if kind not in ("PodTemplate", "ReplicaSet")}
_RUNNING["ReplicationController"] = f"{_TEMPLATE}/spec"
_RBAC = "rbac.authorization.k8s.io"
_ADMISSION = "admissionregistration.k8s.io"
_NGINX = "nginx.ingress.kubernetes.io\\/"


@cache
def default_config() -> Config:
    """What holds when a kustomization says nothing."""
    metadata_labels = tuple(_metadata("labels"))
    return Config(
        prefix=(Field("metadata/name"),),
        suffix=(Field("metadata/name"),),
        namespace=(
            Field("metadata/name", kind="Namespace", create=True),
            Field("spec/service/namespace", kind="APIService", group="apiregistration.k8s.io", create=True),
            Field(
                "spec/conversion/webhook/clientConfig/service/namespace",
                kind="CustomResourceDefinition",
                group="apiextensions.k8s.io",
            ),
        ),
        common_labels=(*_selectors(), *metadata_labels),
        labels=(),
        template_labels=metadata_labels,
        annotations=tuple(_metadata("annotations")),
        variables=tuple(_variables()),
        images=tuple(
            Field(f"{pod}/{many}[]/image", create=True)
            for pod in ("spec", f"{_TEMPLATE}/spec")
            for many in ("containers", "initContainers")
        ),
        replicas=tuple(
            Field("spec/replicas", kind=kind, create=True)
            for kind in ("Deployment", "ReplicationController", "ReplicaSet", "StatefulSet")
        ),
        references=tuple((target, tuple(fields)) for target, fields in _references()),
    )


def _metadata(key: str) -> Iterator[Field]:
    below = f"{_TEMPLATE}/metadata/{key}"
    yield Field(f"metadata/{key}", create=True)
    yield Field(below, kind="ReplicationController", version="v1", create=True)
    for kind in ("Deployment", "ReplicaSet", "DaemonSet"):
        yield Field(below, kind=kind, create=True)
    yield Field(below, kind="StatefulSet", group="apps" if key == "labels" else "", create=True)
    if key == "labels":
        yield Field(f"spec/volumeClaimTemplates[]/metadata/{key}", kind="StatefulSet", group="apps", create=True)
    yield Field(below, kind="Job", group="batch", create=True)
    yield Field(f"spec/jobTemplate/metadata/{key}", kind="CronJob", group="batch", create=True)
    yield Field(f"spec/jobTemplate/{below}", kind="CronJob", group="batch", create=True)


def _selectors() -> Iterator[Field]:
    match = "spec/selector/matchLabels"
    yield Field("spec/selector", kind="Service", version="v1", create=True)
    yield Field("spec/selector", kind="ReplicationController", version="v1", create=True)
    for kind in ("Deployment", "ReplicaSet", "DaemonSet"):
        yield Field(match, kind=kind, create=True)
    yield Field(match, kind="StatefulSet", group="apps", create=True)
    affine = (
        "affinity/podAffinity/preferredDuringSchedulingIgnoredDuringExecution/podAffinityTerm/",
        "affinity/podAffinity/requiredDuringSchedulingIgnoredDuringExecution/",
        "affinity/podAntiAffinity/preferredDuringSchedulingIgnoredDuringExecution/podAffinityTerm/",
        "affinity/podAntiAffinity/requiredDuringSchedulingIgnoredDuringExecution/",
        "topologySpreadConstraints/",
    )
    for kind in ("Deployment", "StatefulSet"):
        for path in affine:
            yield Field(f"{_TEMPLATE}/spec/{path}labelSelector/matchLabels", kind=kind, group="apps")
    yield Field(match, kind="Job", group="batch")
    yield Field(f"spec/jobTemplate/{match}", kind="CronJob", group="batch")
    yield Field(match, kind="PodDisruptionBudget", group="policy")
    for path in ("podSelector", "ingress/from/podSelector", "egress/to/podSelector"):
        yield Field(f"spec/{path}/matchLabels", kind="NetworkPolicy", group="networking.k8s.io")


def _variables() -> Iterator[Field]:
    for kind, pod in _POD_OF.items():
        if kind == "PodTemplate":
            continue
        for many in ("containers", "initContainers"):
            for path in ("args", "command", "env/value", "volumeMounts/mountPath"):
                yield Field(f"{pod}/{many}/{path}", kind=kind)
        if kind not in ("StatefulSet", "CronJob"):
            yield Field(f"{pod}/volumes/nfs/server", kind=kind)
    yield Field("spec/jobTemplate/spec/template/volumes/nfs/server", kind="CronJob")
    yield Field(f"{_TEMPLATE}/metadata/annotations", kind="Deployment")
    for path in ("spec/rules/host", "spec/tls/hosts", "spec/tls/secretName"):
        yield Field(path, kind="Ingress")
    yield Field("spec/ports/port", kind="Service")
    yield Field("spec/ports/targetPort", kind="Service")
    yield Field("spec/volumeClaimTemplates/spec/nfs/server", kind="StatefulSet")
    yield Field("spec/nfs/server", kind="PersistentVolume")
    yield Field("metadata/labels")
    yield Field("metadata/annotations")


def _references() -> Iterator[tuple[Target, Iterable[Field]]]:
    for kind in ("Deployment", "ReplicationController", "ReplicaSet", "StatefulSet"):
        yield Target(kind), (Field("spec/scaleTargetRef/name", kind="HorizontalPodAutoscaler"),)
    yield Target("ConfigMap", version="v1"), _config_maps()
    yield Target("Secret", version="v1"), _secrets()
    yield Target("Service", version="v1"), _services()
    roles = [Field("roleRef/name", kind="RoleBinding", group=_RBAC)]
    yield Target("Role", _RBAC), tuple(roles)
    yield Target("ClusterRole", _RBAC), (*roles, Field("roleRef/name", kind="ClusterRoleBinding", group=_RBAC))
    subjects = [Field("subjects", kind=kind, group=_RBAC) for kind in ("RoleBinding", "ClusterRoleBinding")]
    yield (
        Target("ServiceAccount", version="v1"),
        (*subjects, *(Field(f"{pod}/serviceAccountName", kind=kind) for kind, pod in _RUNNING.items())),
    )
    claim = "volumes/persistentVolumeClaim/claimName"
    yield (
        Target("PersistentVolumeClaim", version="v1"),
        tuple(Field(f"{pod}/{claim}", kind=kind) for kind, pod in _RUNNING.items()),
    )
    volumes = (
        Field("spec/volumeName", kind="PersistentVolumeClaim"),
        Field("rules/resourceNames", kind="ClusterRole"),
    )
    yield Target("PersistentVolume", version="v1"), volumes
    storage = (
        Field("spec/storageClassName", kind="PersistentVolume"),
        Field("spec/storageClassName", kind="PersistentVolumeClaim"),
        Field("spec/volumeClaimTemplates/spec/storageClassName", kind="StatefulSet"),
    )
    yield Target("StorageClass", "storage.k8s.io", "v1"), storage
    priorities = tuple(Field(f"{pod}/priorityClassName", kind=kind) for kind, pod in _RUNNING.items())
    yield Target("PriorityClass", "scheduling.k8s.io", "v1"), priorities
    yield Target("IngressClass", "networking.k8s.io/v1", "v1"), (Field("spec/ingressClassName", kind="Ingress"),)
    policy = Field("spec/policyName", kind="ValidatingAdmissionPolicyBinding", group=_ADMISSION)
    yield Target("ValidatingAdmissionPolicy", _ADMISSION), (policy,)


def _held(paths: list[str]) -> Iterator[Field]:
    """Paths below the pod of every kind that has one."""
    for kind, pod in _POD_OF.items():
        version = "v1" if kind == "Pod" else ""
        for path in paths:
            yield Field(f"{pod}/{path}", kind=kind, version=version)


def _config_maps() -> Iterator[Field]:
    paths = ["volumes/configMap/name", "volumes/projected/sources/configMap/name"]
    for many in ("containers", "initContainers"):
        paths += [f"{many}/env/valueFrom/configMapKeyRef/name", f"{many}/envFrom/configMapRef/name"]
    yield from _held(paths)
    yield Field("spec/configSource/configMap", kind="Node")
    yield Field("rules/resourceNames", kind="Role")
    yield Field("rules/resourceNames", kind="ClusterRole")
    yield Field(f"metadata/annotations/{_NGINX}fastcgi-params-configmap", kind="Ingress")


def _secrets() -> Iterator[Field]:
    paths = ["volumes/secret/secretName", "volumes/projected/sources/secret/name", "imagePullSecrets/name"]
    for many in ("containers", "initContainers"):
        paths += [f"{many}/env/valueFrom/secretKeyRef/name", f"{many}/envFrom/secretRef/name"]
    yield from _held(paths)
    yield Field("spec/tls/secretName", kind="Ingress")
    for name in ("ingress.kubernetes.io\\/auth-secret", f"{_NGINX}auth-secret", f"{_NGINX}auth-tls-secret"):
        yield Field(f"metadata/annotations/{name}", kind="Ingress")
    yield Field("imagePullSecrets/name", kind="ServiceAccount")
    for name in ("secretName", "adminSecretName", "userSecretName", "secretRef"):
        yield Field(f"parameters/{name}", kind="StorageClass")
    yield Field("rules/resourceNames", kind="Role")
    yield Field("rules/resourceNames", kind="ClusterRole")
    knative = f"{_TEMPLATE}/spec/containers/env/valueFrom/secretKeyRef/name"
    yield Field(knative, kind="Service", group="serving.knative.dev", version="v1")
    yield Field("spec/azureFile/secretName", kind="PersistentVolume")


def _services() -> Iterator[Field]:
    yield Field("spec/serviceName", kind="StatefulSet", group="apps")
    for path in (
        "spec/rules/http/paths/backend/serviceName",
        "spec/backend/serviceName",
        "spec/rules/http/paths/backend/service/name",
        "spec/defaultBackend/service/name",
    ):
        yield Field(path, kind="Ingress")
    yield Field("spec/service/name", kind="APIService", group="apiregistration.k8s.io")
    for kind in ("ValidatingWebhookConfiguration", "MutatingWebhookConfiguration"):
        yield Field("webhooks/clientConfig/service", kind=kind, group=_ADMISSION)
