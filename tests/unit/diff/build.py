"""Small snapshots for the tests of diff and graph."""

from __future__ import annotations

from collections.abc import Iterable

from nhilint.algebra.values import Scope, Statement
from nhilint.model.facts import Facts, Grant, Identity, IdentityKey, Moved, Trust, Via
from nhilint.model.snapshot import Snapshot, unite
from nhilint.model.span import Span

SPAN = Span("main.tf", 1)


def role(name: str, address: str = "") -> Identity:
    return Identity(
        key=IdentityKey(f"aws:role/{name}"),
        platform="aws",
        kind="iam_role",
        name=name,
        address=address or f"aws_iam_role.{name}",
        span=SPAN,
    )


def statement(action: str, resource: str, effect: str = "allow", line: int = 1) -> Statement:
    return Statement(
        effect=effect,  # type: ignore[arg-type]
        actions=(action,),
        scopes=(Scope(patterns=(resource,)),),
        origin=Via(grant="g", span=Span("main.tf", line)),
    )


def grant(identity: Identity, *statements: Statement, layer: str = "identity", name: str = "inline policy") -> Grant:
    return Grant(
        key=f"{identity.key}|{name}",
        holder=identity.key,
        layer=layer,  # type: ignore[arg-type]
        name=name,
        statements=statements,
        span=SPAN,
    )


def trust(identity: Identity, *principals: str) -> Trust:
    statements = tuple(
        Statement(effect="allow", actions=("sts:assumerole",), scopes=(Scope(patterns=(p,)),)) for p in principals
    )
    return Trust(key=f"{identity.key}|trust", identity=identity.key, statements=statements, span=SPAN)


def snapshot(
    identities: Iterable[Identity],
    grants: Iterable[Grant] = (),
    trusts: Iterable[Trust] = (),
    moved: Iterable[Moved] = (),
) -> Snapshot:
    facts = Facts(identities=tuple(identities), grants=tuple(grants), trusts=tuple(trusts))
    return unite([facts], [], moved)
