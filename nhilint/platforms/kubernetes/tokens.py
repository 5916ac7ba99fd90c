"""What a cluster states about its service accounts when it signs tokens for them, and whom they say that they become.

The token of a service account is signed for whatever audience its Pod asks for, so nothing is stated of `aud`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from nhilint.algebra.values import literal, symbol
from nhilint.model.facts import Identity, Token
from nhilint.platforms.kubernetes.bindings import Bindings
from nhilint.platforms.kubernetes.subjects import user_of_account

_UNKNOWN = re.compile(r"\$\{([^}]*)\}")
ISSUER = "kubernetes"
_WANTS = {
    "eks.amazonaws.com/role-arn": "{}",
    "iam.gke.io/gcp-service-account": "gcp:service-account/{}",
    "azure.workload.identity/client-id": "azure:application/{}",
}
"""Annotations that name whom an account becomes in a cloud."""


def tokens(bindings: Bindings) -> Iterator[Token]:
    """One for every service account that the tree names."""
    for identity in bindings.identities.values():
        if identity.kind == "service_account":
            yield _of_account(identity, bindings)


def _of_account(identity: Identity, bindings: Bindings) -> Token:
    namespace, _, name = identity.name.partition("/")
    labels = dict(identity.labels)
    subjects = [alias for alias in identity.aliases if alias == user_of_account(namespace, name)]
    may: tuple[str, ...] = ()
    if identity.key in bindings.unplaced:
        # The namespace that bindings choose for it stands among its other names.
        subjects = [a for a in identity.aliases if a.startswith("system:serviceaccount:") and a not in subjects]
        may = () if subjects else ("it is applied in that namespace; none is written",)
    patterns = tuple(map(_pattern, subjects)) or (f"system:serviceaccount:*:{_pattern(name)}",)
    return Token(
        identity=identity.key,
        issuer=ISSUER,
        claims=(("sub", patterns),),
        span=identity.span,
        wants=tuple(form.format(labels[key]) for key, form in _WANTS.items() if labels.get(key)),
        may=may,
    )


def _pattern(name: str) -> str:
    """The name with what is unknown in it as symbols, as the trust of a cloud writes it."""
    return _UNKNOWN.sub(lambda found: symbol(found[1]), literal(name))
