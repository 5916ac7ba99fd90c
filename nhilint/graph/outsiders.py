"""Who is let in from outside the tree, by the name that people use, and trust that lets nobody in; knows no platform.

What an issuer is documented to state (`data/issuers.toml`) names the tokens, and tells a pattern that no token of it
ever has: such an alternative makes no edge, and is said.
"""

from __future__ import annotations

from collections.abc import Iterator

from nhilint.algebra.values import LITERAL_STAR, Condition, display
from nhilint.data.issuers import Issuer, issuer_by_subject, issuer_of
from nhilint.graph.edges import Edge, Node, NodeKind
from nhilint.graph.unknown import widened
from nhilint.model.facts import Acceptance

POSITIVE = frozenset({"StringEquals", "StringLike", "ArnEquals", "ArnLike"})
SHOWN = ("sub", "repository", "arn", "aws:principalarn", "service", "aws:principalaccount", "iss")
"""Claims that make a node of their own."""
_VALUES = 3
_CONTEXT = ("aws:", "sts:", "iam:")
_PLAIN = ("aud", "iss")
"""Claims that say nothing of who it is."""


def outside(acceptance: Acceptance) -> Node:
    """Who is let in besides the identities of the tree; its key is made of issuer and claims as they are written."""
    if acceptance.outsider:
        return _named(acceptance.outsider)
    service = next((c.values[0] for c in acceptance.clauses if c.key == "service"), "")
    if service:
        name = display(service)
        return Node(key=f"principal:{name}", kind="principal", name=name, subkind="service", external=True)
    said = sorted(
        f"{clause.key}={' or '.join(map(display, clause.values[:_VALUES]))}"
        for clause in acceptance.clauses
        if clause.key in SHOWN
    )
    key = f"{display(acceptance.issuer)} {', '.join(said) or 'any subject'}"
    return Node(key=f"claims:{key}", kind="claims", name=_words(acceptance) or key, external=True)


def from_outside(node: Node, acceptance: Acceptance) -> Edge:
    """The edge for whoever has such a token, or is that principal."""
    only = (only for _, _, _, only in _given(acceptance) if only)
    may = (*acceptance.may, *((acceptance.undecided,) if acceptance.undecided else ()), *dict.fromkeys(only))
    return Edge(
        source=node.key,
        target=acceptance.identity,
        kind="may-become",
        why=acceptance.why,
        via=(acceptance.via,),
        technique=acceptance.technique,
        may=may,
    )


def dead(acceptance: Acceptance) -> tuple[bool, tuple[str, ...]]:
    """Whether no token of the issuer can satisfy the clauses; and what of their values never is, for people."""
    reasons = []
    nobody = False
    for clause, issuer, lost, _ in _given(acceptance):
        nobody = nobody or len(lost) == len(clause.values)
        reasons += [_never(clause, value, issuer) for value in lost]
    return nobody, tuple(reasons)


def _given(acceptance: Acceptance) -> Iterator[tuple[Condition, Issuer, tuple[str, ...], str]]:
    """Clauses on documented claims: the values that are never stated, and what the rest rests on."""
    issuer = _issuer(acceptance)
    if issuer is None:
        return
    for clause in acceptance.clauses:
        if clause.operator not in POSITIVE or clause.if_exists or clause.qualifier == "ForAllValues":
            continue
        answers = [(value, *issuer.gives(clause.key, widened(value))) for value in clause.values]
        rests = [only for _, given, only in answers if given]
        lost = tuple(value for value, given, _ in answers if not given)
        if lost or any(rests):
            yield clause, issuer, lost, rests[0] if rests and all(rests) else ""


def _never(clause: Condition, value: str, issuer: Issuer) -> str:
    what = "subject" if clause.key == "sub" else f"`{clause.key}`"
    if LITERAL_STAR in value and issuer.gives(clause.key, widened(value).replace(LITERAL_STAR, "*"))[0]:
        return f"`{display(value)}` under `{clause.operator}` lets nobody in: a star stands for itself there"
    return f"`{display(value)}` lets nobody in: {issuer.name} gives no {what} of that form ({issuer.source})"


def _issuer(acceptance: Acceptance) -> Issuer | None:
    host = next((c.values[0] for c in acceptance.clauses if c.key == "iss" and len(c.values) == 1), acceptance.issuer)
    return issuer_of(widened(acceptance.issuer)) or issuer_of(widened(host))


def _words(acceptance: Acceptance) -> str:
    """The tokens as people call them; empty where the issuer is not documented."""
    subjects = [v for c in acceptance.clauses if c.key == "sub" and c.operator in POSITIVE for v in c.values]
    issuer = _issuer(acceptance) or issuer_by_subject(subjects)
    if issuer is None:
        return ""
    parts = []
    for clause in acceptance.clauses:
        if clause.key.startswith(_CONTEXT) or clause.key in _PLAIN:
            continue
        said = list(dict.fromkeys(map(issuer.words if clause.key == "sub" else display, clause.values)))
        more = [f"{len(said) - _VALUES} more"] if len(said) > _VALUES else []
        joined = " or ".join(said[:_VALUES] + more)
        if clause.operator.startswith(("StringNot", "ArnNot")):
            joined = f"not {joined}" if clause.key == "sub" else f"{clause.key} not {joined}"
        elif clause.operator not in POSITIVE:
            joined = f"{clause.key} {clause.operator} {joined}"
        elif clause.key != "sub":
            joined = f"{clause.key} {joined}"
        parts.append(joined)
    at = display(acceptance.issuer)
    place = "" if at in issuer.hosts else f" ({at})"
    return f"{issuer.name}{place}: {', '.join(parts) or 'any subject'}"


def _named(outsider: str) -> Node:
    kind: NodeKind = "principal" if outsider.startswith("arn:") else "outsider"
    name, own = outsider, ""
    if name.startswith(("account ", "own account ")):
        kind, name = "account", name.replace("account ", "", 1)
        own = "own" if outsider.startswith("own account ") else ""
    return Node(key=f"{kind}:{name}", kind=kind, name=outsider, subkind=own, external=True)
