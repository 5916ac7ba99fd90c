"""What a cluster states about its service accounts when it signs tokens for them, and whom they say that they become.

The token of a service account is signed for whatever audience its Pod asks for, so nothing is stated of `aud`.
"""

from __future__ import annotations

from collections.abc import Iterator

from nhilint.model.facts import Identity, Token
from nhilint.platforms.kubernetes.bindings import Bindings
from nhilint.platforms.kubernetes.subjects import user_of_account
from nhilint.platforms.kubernetes.text import pattern

ISSUER = "kubernetes"
_AWS_ROLE = "eks.amazonaws.com/role-arn"
"""The annotation that names the role an account becomes."""


def tokens(bindings: Bindings) -> Iterator[Token]:
    """One for every service account that the tree names."""
    for identity in bindings.identities.values():
        if identity.kind == "service_account":
            yield _of_account(identity, bindings)


def _of_account(identity: Identity, bindings: Bindings) -> Token:
    namespace, _, name = identity.name.partition("/")
    subjects = [alias for alias in identity.aliases if alias == user_of_account(namespace, name)]
    may: tuple[str, ...] = ()
    if identity.key in bindings.unplaced:
        chosen = bindings.unplaced[identity.key]
        subjects = [user_of_account(chosen, name)] if chosen else []
        may = () if chosen else ("it is applied in that namespace; none is written",)
    patterns = tuple(map(pattern, subjects)) or (f"system:serviceaccount:*:{pattern(name)}",)
    return Token(
        identity=identity.key,
        issuer=ISSUER,
        claims=(("sub", patterns),),
        span=identity.span,
        wants=(pattern(role),) if (role := dict(identity.labels).get(_AWS_ROLE)) else (),
        may=may,
    )
