"""Trust in short: roles that permit callers, and identities that let callers in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import cast

from nhilint.algebra.values import Condition, Permissions, Qualifier, literal
from nhilint.catalog.model import Issuer, Role, TrustPermit
from nhilint.catalog.verdict import Held
from nhilint.model.facts import Acceptance, Identity, IdentityKey, Via
from nhilint.model.span import Span

SPAN = Span("main.tf", 1)
KEY = IdentityKey("aws:role/x")
GITHUB = "token.actions.githubusercontent.com"
STS = {"aud": "sts.amazonaws.com"}
Row = Mapping[str, str | list[str]]


def permit(issuer: str, fields: Row) -> TrustPermit:
    """One caller of a role."""
    rows = {name: (value,) if isinstance(value, str) else tuple(value) for name, value in fields.items()}
    return TrustPermit(issuer=cast("Issuer", issuer), fields=rows, span=SPAN)


def role(*trust: tuple[str, Row], platform: str = "aws") -> Role:
    """A role that permits these callers and nothing else."""
    permits = tuple(permit(issuer, fields) for issuer, fields in trust)
    return Role(
        id="r",
        title="",
        platform=platform,
        purpose="",
        owner="",
        status="approved",
        access="",
        trust=permits,
        span=SPAN,
    )


def clause(key: str, value: str | list[str]) -> Condition:
    """`sub` is `StringLike sub`, `StringEquals sub` says it, `ForAnyValue:StringLike sub` too."""
    operator, _, name = key.rpartition(" ")
    qualifier, _, plain = operator.rpartition(":")
    values = (value,) if isinstance(value, str) else tuple(value)
    plain = plain or "StringLike"
    if_exists = plain.endswith("IfExists")
    plain = plain.removesuffix("IfExists")
    if "Like" not in plain and plain != "Null":
        values = tuple(map(literal, values))
    return Condition(
        operator=plain, key=name, values=values, qualifier=cast("Qualifier", qualifier), if_exists=if_exists
    )


def alternative(issuer: str, clauses: Row, **more: object) -> Acceptance:
    """One alternative of a trust."""
    rows = tuple(clause(key, value) for key, value in clauses.items())
    plain = Acceptance(identity=KEY, issuer=issuer, clauses=rows, via=Via(grant="g", span=SPAN), why="it is trusted")
    return replace(plain, **more)  # type: ignore[arg-type]


def held(*acceptances: Acceptance, identity: Identity | None = None, unread: tuple[str, ...] = ()) -> Held:
    """An identity with this trust."""
    own = identity or Identity(key=KEY, platform="aws", kind="iam_role", name="x", span=SPAN)
    nothing = Permissions(dimensions=("resource",), statements=())
    return Held(identity=own, permissions=nothing, acceptances=acceptances, unread=unread)
