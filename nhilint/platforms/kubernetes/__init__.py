"""Kubernetes RBAC: interprets manifests into neutral facts; knows no other platform."""

from __future__ import annotations

from collections.abc import Sequence

from nhilint.algebra.universe import OPEN, Vocabulary
from nhilint.model.document import Document
from nhilint.model.facts import Facts
from nhilint.platforms.kubernetes.rules import DIMENSIONS
from nhilint.platforms.kubernetes.words import describe_request, fill

PLATFORM = "kubernetes"
AXES = ((0,), (1, 2), (3,), (4,))
"""Verbs; resources with their groups; names; namespaces."""
ADMINISTRATOR_BECOMES = "may run a Pod as"
_RBAC_KINDS = frozenset({"Role", "ClusterRole", "RoleBinding", "ClusterRoleBinding"})
_RBAC_GROUPS = frozenset({"rbac.authorization.k8s.io", "authorization.openshift.io"})
"""OpenShift serves the same objects under a group of its own as well."""

__all__ = [
    "ADMINISTRATOR_BECOMES",
    "AXES",
    "DIMENSIONS",
    "PLATFORM",
    "describe_request",
    "fill",
    "interpret",
    "vocabulary",
]


def vocabulary() -> Vocabulary:
    """Kubernetes has no finite set of actions: verbs are a dimension of their own."""
    return OPEN


def interpret(documents: Sequence[Document]) -> Facts:
    """What the manifests say about service accounts, roles and bindings; other documents are ignored."""
    from nhilint.platforms.kubernetes.bindings import Bindings
    from nhilint.platforms.kubernetes.clouds import clouds
    from nhilint.platforms.kubernetes.eks import Eks
    from nhilint.platforms.kubernetes.objects import collect
    from nhilint.platforms.kubernetes.offers import offers
    from nhilint.platforms.kubernetes.storages import storages
    from nhilint.platforms.kubernetes.subjects import Subjects
    from nhilint.platforms.kubernetes.terraform import annotated, manifests, unread
    from nhilint.platforms.kubernetes.tokens import tokens
    from nhilint.platforms.kubernetes.workloads import credentials, workloads

    own = [document for document in documents if document.language == "kubernetes" and not _namesake(document)]
    own = annotated([*own, *manifests(list(documents))], documents)
    objects = collect(own)
    bindings = Bindings(objects, Subjects(objects))
    bindings.collect()
    running = tuple(workloads(own, bindings))
    made = tuple(credentials(own, bindings))
    kept = tuple(storages(own, bindings))
    mapped = Eks(bindings).collect([*own, *(d for d in documents if d.language == "terraform")])
    accounts = tuple(clouds(bindings))
    grants = {(grant.holder, grant.key, grant.statements): grant for grant in bindings.grants}
    return Facts(
        identities=(*bindings.identities.values(), *(account.identity for account in accounts)),
        grants=tuple(grants.values()),
        credentials=made,
        workloads=running,
        tokens=(*tokens(bindings), *(account.token for account in accounts)),
        acceptances=(*mapped, *(account.acceptance for account in accounts)),
        storages=kept,
        offers=tuple(offers(bindings)),
        unresolved=(*bindings.unresolved, *unread(documents)),
        blocks=bindings.blocks,
    )


def _namesake(document: Document) -> bool:
    """Whether it is somebody else's resource of a name that RBAC has too, such as the `Role` of Crossplane."""
    group, slash, _ = document.type.partition("/")
    if document.kind == "ServiceAccount":
        return bool(slash)
    return document.kind in _RBAC_KINDS and bool(slash) and group not in _RBAC_GROUPS
