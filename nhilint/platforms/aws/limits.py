"""Policies that only take away, seen as what they leave to those whom other policies allow.

Every exception of such a deny is an opening: loosening it is a gain, tightening it a loss, for whoever is allowed
elsewhere. So it is listed, and compared, as an identity of its own that nobody is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from nhilint.algebra.values import ANY, Statement
from nhilint.model.document import Document
from nhilint.model.facts import Grant, Identity, IdentityKey, Via
from nhilint.platforms.aws.grants import Grants


def add_limit(
    grants: Grants, document: Document, *, kind: str, key: str, name: str, service: str, statements: Sequence[Statement]
) -> None:
    """Enters a limit. Dimensions of the statements: the resource; without an allow, all of the service is left."""
    holder = IdentityKey(f"aws:limit/{key}")
    realm = ""
    if any(identity.key == holder for identity in grants.extra):
        realm = f"{document.root}#{document.address}"
        holder = IdentityKey(f"{holder}@{realm}")
    grant = f"{holder}|{key.partition('/')[0]}"
    everything = Statement(
        effect="allow",
        actions=(f"{service}:*" if service else "*",),
        scopes=(ANY,),
        origin=Via(grant=grant, span=document.span),
    )
    grants.extra.append(
        Identity(
            key=holder,
            platform="aws",
            kind=kind,
            name=name,
            realm=realm,
            address=document.address,
            root=document.root,
            span=document.span,
            bound=False,
            absent=(everything,),
            may=document.may,
            ignores=document.ignores,
        )
    )
    placed = [
        replace(s, origin=replace(s.origin, grant=grant) if isinstance(s.origin, Via) else s.origin) for s in statements
    ]
    if not any(statement.effect == "allow" for statement in placed):
        placed.insert(0, everything)
    grants.grants.append(
        Grant(key=grant, holder=holder, layer="resource", name=name, statements=tuple(placed), span=document.span)
    )
