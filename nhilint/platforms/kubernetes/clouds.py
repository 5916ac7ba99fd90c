"""The accounts of Google Cloud and Azure that service accounts say they become, by their annotations.

Nothing else of those clouds is known, so that each is an identity of its own outside the tree, with the annotation as
the evidence. Roles of AWS are met by their trust, which reads the subject.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from nhilint.algebra.values import Condition, literal
from nhilint.model.facts import Acceptance, Identity, IdentityKey, Token, Via
from nhilint.platforms.kubernetes.bindings import Bindings

ANNOTATION = "annotation"
"""The issuer of what a manifest itself says of whom it becomes."""
_ACCOUNTS = {
    "iam.gke.io/gcp-service-account": ("gcp_service_account", "gcp:service-account", "account"),
    "azure.workload.identity/client-id": ("azure_application", "azure:application", "application"),
}
"""Annotation to the kind of identity, the key in front of its name, and the word for it.

https://cloud.google.com/kubernetes-engine/docs/how-to/workload-identity
https://azure.github.io/azure-workload-identity/docs/topics/service-account-labels-and-annotations.html
"""


class Account(NamedTuple):
    """One account outside the tree."""

    identity: Identity
    acceptance: Acceptance
    token: Token


def clouds(bindings: Bindings) -> Iterator[Account]:
    """Every account that a service account of the tree names."""
    for own in bindings.identities.values():
        if own.kind != "service_account":
            continue
        labels = dict(own.labels)
        for annotation, (kind, prefix, word) in _ACCOUNTS.items():
            name = labels.get(annotation, "")
            if not name:
                continue
            key, sub = IdentityKey(f"{prefix}/{name}"), literal(own.key)
            yield Account(
                identity=Identity(
                    key=key,
                    platform="kubernetes",
                    kind=kind,
                    name=name,
                    span=own.span,
                    external=True,
                    aliases=(name,),
                ),
                acceptance=Acceptance(
                    identity=key,
                    issuer=ANNOTATION,
                    clauses=(Condition(operator="StringEquals", key="sub", values=(sub,)),),
                    via=Via(grant=f"{own.key}|{annotation}", span=own.span, label=annotation),
                    why=f"its annotation `{annotation}` names it",
                    may=(f"the {word}, which is not in this tree, trusts the service account",),
                ),
                token=Token(identity=own.key, issuer=ANNOTATION, claims=(("sub", (sub,)),), span=own.span),
            )
