"""Small roles as text, and what is possible with them."""

from __future__ import annotations

from nhilint.algebra.evaluate import decide
from nhilint.algebra.values import symbol
from nhilint.catalog.compile import compile_role
from nhilint.catalog.files.read import read_catalog
from nhilint.catalog.model import Problem, Role
from nhilint.engine.catalog.escalation import Found, possible, problems
from nhilint.engine.dialects import dialect
from nhilint.model.node import Map
from nhilint.sources.yamldoc import parse_yaml

HEAD = """
apiVersion: nhilint.dev/v1
id: small
title: A small role
purpose: A test.
owner: nobody
status: draft
"""


def role(platform: str, body: str) -> Role:
    """The role with this body."""
    (node,) = parse_yaml("small.yaml", f"{HEAD}platform: {platform}\n{body}").documents
    assert isinstance(node, Map)
    catalog, found = read_catalog({"small.yaml": node}, own=True)
    assert [p.message for p in found if p.severity == "error"] == []
    return catalog.roles["small"]


def seen(one: Role) -> dict[str, str]:
    """Technique to `any` target, `named` target, or the values of parameters that open it; each claim is proved."""
    found = {}
    for row in possible(one, dialect(one.platform)).found:
        prove(one, row)
        values = " ".join(f"{name}={value}" for name, value in row.bindings)
        found[row.claim.technique] = values or ("any" if row.claim.open else "named")
    return found


def prove(one: Role, row: Found) -> None:
    """Every request of the claim is allowed by the role as it compiles, for an evaluator that knows no techniques."""
    bindings = {name: (symbol(f"<{name}>"),) for name in one.parameters}
    permissions = compile_role(one, {**bindings, **{name: (value,) for name, value in row.bindings}})
    assert row.claim.requests
    for request in row.claim.requests:
        assert decide(permissions, request).verdict == "allowed", (row.claim.technique, request)


def messages(one: Role) -> list[Problem]:
    return list(problems(one, dialect(one.platform)))
