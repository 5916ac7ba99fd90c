"""What kustomize knows about built-in kinds: which are not in a namespace, and the lists that a patch merges by key.

Facts of the Kubernetes API of 1.21, which is the schema that kustomize 5 carries. A list that is not here is replaced.
"""

from __future__ import annotations

from functools import cache
from typing import Any

_CLUSTER = {
    "admissionregistration.k8s.io/v1 v1beta1": "MutatingWebhookConfiguration ValidatingWebhookConfiguration",
    "apiextensions.k8s.io/v1 v1beta1": "CustomResourceDefinition",
    "apiregistration.k8s.io/v1 v1beta1": "APIService",
    "certificates.k8s.io/v1 v1beta1": "CertificateSigningRequest",
    "flowcontrol.apiserver.k8s.io/v1beta1": "FlowSchema PriorityLevelConfiguration",
    "networking.k8s.io/v1 v1beta1": "IngressClass",
    "node.k8s.io/v1 v1beta1": "RuntimeClass",
    "policy/v1beta1": "PodSecurityPolicy",
    "rbac.authorization.k8s.io/v1 v1beta1": "ClusterRole ClusterRoleBinding",
    "scheduling.k8s.io/v1 v1beta1": "PriorityClass",
    "storage.k8s.io/v1 v1beta1": "CSIDriver CSINode StorageClass VolumeAttachment",
    "v1": "ComponentStatus Namespace Node NodeProxyOptions PersistentVolume",
}
_NAMESPACED = {
    "apps/v1": "ControllerRevision DaemonSet Deployment ReplicaSet StatefulSet",
    "autoscaling/v1 v2beta1 v2beta2": "HorizontalPodAutoscaler",
    "batch/v1 v1beta1": "CronJob",
    "batch/v1": "Job",
    "coordination.k8s.io/v1 v1beta1": "Lease",
    "discovery.k8s.io/v1 v1beta1": "EndpointSlice",
    "events.k8s.io/v1 v1beta1": "Event",
    "extensions/v1beta1": "Ingress",
    "networking.k8s.io/v1 v1beta1": "Ingress",
    "networking.k8s.io/v1": "NetworkPolicy",
    "policy/v1 v1beta1": "PodDisruptionBudget",
    "rbac.authorization.k8s.io/v1 v1beta1": "Role RoleBinding",
    "storage.k8s.io/v1beta1": "CSIStorageCapacity",
    "v1": (
        "ConfigMap Endpoints Event LimitRange PersistentVolumeClaim Pod PodTemplate ReplicationController"
        " ResourceQuota Secret Service ServiceAccount"
    ),
}

Schema = dict[str, Any]
"""Field to what is known of it: `KEYS` of a list that is merged, and the fields of its elements or of the map."""
KEYS = " keys"
_META: Schema = {"finalizers": {KEYS: ("",)}, "ownerReferences": {KEYS: ("uid",)}}
_MOUNTS: Schema = {
    "env": {KEYS: ("name",)},
    "volumeMounts": {KEYS: ("mountPath",)},
    "volumeDevices": {KEYS: ("devicePath",)},
}
_CONTAINER: Schema = {KEYS: ("name",), **_MOUNTS, "ports": {KEYS: ("containerPort", "protocol")}}
_POD: Schema = {
    "containers": _CONTAINER,
    "initContainers": _CONTAINER,
    "ephemeralContainers": {KEYS: ("name",), **_MOUNTS},
    "hostAliases": {KEYS: ("ip",)},
    "imagePullSecrets": {KEYS: ("name",)},
    "topologySpreadConstraints": {KEYS: ("topologyKey", "whenUnsatisfiable")},
    "volumes": {KEYS: ("name",), "ephemeral": {"volumeClaimTemplate": {"metadata": _META}}},
}
_TEMPLATE: Schema = {"metadata": _META, "spec": _POD}
_WORKLOAD: Schema = {"spec": {"template": _TEMPLATE}, "status": {"conditions": {KEYS: ("type",)}}}
_FIELDS: dict[str, Schema] = {
    "DaemonSet": _WORKLOAD,
    "Deployment": _WORKLOAD,
    "ReplicaSet": _WORKLOAD,
    "ReplicationController": _WORKLOAD,
    "Job": _WORKLOAD,
    "StatefulSet": {**_WORKLOAD, "spec": {"template": _TEMPLATE, "volumeClaimTemplates": {"metadata": _META}}},
    "CronJob": {"spec": {"jobTemplate": {"metadata": _META, "spec": {"template": _TEMPLATE}}}},
    "Pod": {"spec": _POD, "status": {"conditions": {KEYS: ("type",)}, "podIPs": {KEYS: ("ip",)}}},
    "PodTemplate": {"template": _TEMPLATE},
    "Service": {"spec": {"ports": {KEYS: ("port", "protocol")}}, "status": {"conditions": {KEYS: ("type",)}}},
    "ServiceAccount": {"secrets": {KEYS: ("name",)}},
    "MutatingWebhookConfiguration": {"webhooks": {KEYS: ("name",)}},
    "ValidatingWebhookConfiguration": {"webhooks": {KEYS: ("name",)}},
    "Node": {"spec": {"podCIDRs": {KEYS: ("",)}}},
    "CSINode": {"spec": {"drivers": {KEYS: ("name",)}}},
}


@cache
def _scopes() -> dict[tuple[str, str], bool]:
    found = {}
    for table, cluster in ((_CLUSTER, True), (_NAMESPACED, False)):
        for group, kinds in table.items():
            first, *others = group.split()
            prefix = first.rpartition("/")[0]
            for version in (first, *(f"{prefix}/{other}" for other in others)):
                found.update(dict.fromkeys(((version, kind) for kind in kinds.split()), cluster))
    return found


def is_cluster_scoped(version: str, kind: str) -> bool:
    """Whether kustomize is certain that objects of this kind are not in a namespace."""
    return _scopes().get((version, kind), False)


def schema_of(version: str, kind: str) -> Schema | None:
    """The fields that a patch merges; None for a kind that is not built in, of which it merges no list."""
    if (version, kind) not in _scopes():
        return None
    return {"metadata": _META, **_FIELDS.get(kind, {})}
