"""Known ways from Kubernetes permissions to more power: the table as techniques, and the words of its points.

Points are (verb, group, resource, name, namespace); an empty namespace is cluster scope.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from nhilint.algebra.values import literal
from nhilint.model import technique
from nhilint.model.dialect import Technique
from nhilint.model.facts import Identity
from nhilint.platforms.kubernetes.rules import GROUP

_RBAC = "rbac.authorization.k8s.io"
_PRACTICES = "https://kubernetes.io/docs/concepts/security/rbac-good-practices/"
_ANYWHERE = "any-namespace-of-the-cluster"

ADMIN: tuple[tuple[str, tuple[str, ...]], ...] = (("*", ("*", GROUP + "*", "*", "*", "*")),)


def _technique(
    id: str, title: str, anchor: str, *points: tuple[str, str, str, str, str], yields: str = "administrator"
) -> Technique:
    requests = tuple(("*", (verb, GROUP + group, *rest)) for verb, group, *rest in points)
    reference = f"{_PRACTICES}#{anchor}"
    return Technique(id=id, title=title, requests=requests, yields=f"kubernetes:{yields}", reference=reference)


TECHNIQUES: tuple[Technique, ...] = (
    _technique(
        "escalate-clusterroles",
        "may write rules it does not hold into any ClusterRole",
        "escalate-verb",
        ("escalate", _RBAC, "clusterroles", "any", ""),
        ("update", _RBAC, "clusterroles", "any", ""),
    ),
    _technique(
        "bind-cluster-admin",
        "may bind itself to cluster-admin",
        "bind-verb",
        ("bind", _RBAC, "clusterroles", "cluster-admin", ""),
        ("create", _RBAC, "clusterrolebindings", "", ""),
    ),
    _technique(
        "impersonate-anybody",
        "may impersonate any user or group",
        "impersonate-verb",
        ("impersonate", "", "users", "any", ""),
        ("impersonate", "", "groups", "system:masters", ""),
    ),
    _technique(
        "read-all-secrets",
        "may read every Secret of the cluster, service account tokens included",
        "listing-secrets",
        ("get", "", "secrets", "any", _ANYWHERE),
        ("list", "", "secrets", "", _ANYWHERE),
        yields="every-secret",
    ),
    _technique(
        "create-pods-anywhere",
        "may run a Pod as any service account of the cluster",
        "workload-creation",
        ("create", "", "pods", "", _ANYWHERE),
    ),
    _technique(
        "exec-anywhere",
        "may run commands in any Pod of the cluster",
        "workload-creation",
        ("create", "", "pods/exec", "any", _ANYWHERE),
    ),
    _technique(
        "token-request-anywhere",
        "may make tokens for any service account of the cluster",
        "token-request",
        ("create", "", "serviceaccounts/token", "any", _ANYWHERE),
    ),
    _technique(
        "nodes-proxy",
        "may run commands on any node through the kubelet",
        "access-to-proxy-subresource-of-nodes",
        ("get", "", "nodes/proxy", "any", ""),
    ),
    _technique(
        "mutating-webhooks",
        "may rewrite every object on its way into the cluster",
        "control-admission-webhooks",
        ("create", "admissionregistration.k8s.io", "mutatingwebhookconfigurations", "", ""),
    ),
    _technique(
        "approve-csr",
        "may issue itself a client certificate of any name",
        "csrs-and-certificate-issuing",
        ("create", "certificates.k8s.io", "certificatesigningrequests", "", ""),
        ("update", "certificates.k8s.io", "certificatesigningrequests/approval", "any", ""),
        ("approve", "certificates.k8s.io", "signers", "kubernetes.io/kube-apiserver-client", ""),
    ),
)


def own_point(name: str, aliases: tuple[str, ...]) -> str:
    """The identity's name; no technique of the table needs it."""
    return name


@cache
def techniques() -> tuple[technique.Technique, ...]:
    """The rows of `data/kubernetes_techniques.toml`."""
    import tomllib

    text = (files("nhilint.data") / "kubernetes_techniques.toml").read_text(encoding="utf-8")
    return technique.read_techniques(tomllib.loads(text)["technique"], fold=str)


def variables(identity: Identity) -> Mapping[str, str]:
    """What names an identity in the points of techniques: `name`, and `namespace` where it is in one."""
    if identity.platform != "kubernetes":
        return {}
    namespace, slash, name = identity.name.partition("/")
    if identity.kind not in ("service_account", "role") or not slash:
        return {"name": literal(identity.name)}
    return {"namespace": literal(namespace), "name": literal(name)}
