"""Policies of an organisation that the tree makes and attaches, and the levels they are for one account.

AWS attaches `FullAWSAccess` to whatever it makes, and a level of an organisation allows nothing but what a policy
there allows. So a level whose policies in the tree only deny has it beside them; of a level with a list of what is
allowed, that can not be told unless the tree attaches it.
https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps_evaluation.html
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from nhilint.algebra.values import ANY, Statement, display
from nhilint.model.document import Document
from nhilint.model.facts import AttachedPolicy, Via
from nhilint.platforms.aws.grants import Grants
from nhilint.platforms.aws.policy import read_policy
from nhilint.platforms.aws.text import pieces, text_of

POLICY, ATTACHMENT = "aws_organizations_policy", "aws_organizations_policy_attachment"
_FULL = "p-FullAWSAccess"
_ROOT = re.compile(r"r-[a-z0-9]+|.*\.roots\b.*")
_ACCOUNT = re.compile(r"\d{12}")


@dataclass(frozen=True, slots=True)
class Levels:
    """One tuple of statements for each place that policies are attached to, and what was taken for granted."""

    scps: tuple[tuple[Statement, ...], ...] = ()
    rcps: tuple[tuple[Statement, ...], ...] = ()
    assumed: tuple[str, ...] = ()


def collect(documents: Sequence[Document], grants: Grants) -> None:
    """Enters every service and resource control policy of the documents, once for each place it is attached to."""
    own = [document for document in documents if document.kind == "resource"]
    targets: dict[tuple[str, str], list[Document]] = {}
    for document in own:
        if document.type == ATTACHMENT:
            grants.blocks += 1
            for policy in pieces(document.body.get("policy_id")):
                targets.setdefault((document.root, display(policy.pattern)), []).append(document)
                if policy.pattern == _FULL:
                    _enter(grants, document, document, "scp", (_everything(document),))
    for document in own:
        if document.type == POLICY:
            grants.blocks += 1
            _policy(grants, document, targets)


def _policy(grants: Grants, document: Document, targets: dict[tuple[str, str], list[Document]]) -> None:
    kind = text_of(document.body.get("type")) or "SERVICE_CONTROL_POLICY"
    node = document.body.get("content")
    if node is None or kind not in ("SERVICE_CONTROL_POLICY", "RESOURCE_CONTROL_POLICY"):
        return
    layer = "scp" if kind.startswith("SERVICE") else "rcp"
    statements, problems = read_policy(
        node, attached_to="identity" if layer == "scp" else "resource", grant=f"{document.address}|{layer}"
    )
    grants.unresolved += [replace(p, what=f"{p.what} in `{document.address}`") for p in problems]
    names = {text_of(document.body.get("id")), f"${{{document.address}.id}}"} - {""}
    attached = [one for name in names for one in targets.get((document.root, display(name)), ())]
    for attachment in attached:
        _enter(grants, document, attachment, layer, statements)
    if not attached:
        _enter(grants, document, None, layer, statements)


def _enter(
    grants: Grants, document: Document, attachment: Document | None, layer: str, statements: tuple[Statement, ...]
) -> None:
    target = text_of(attachment.body.get("target_id")) if attachment is not None else ""
    may = (*document.may, *(attachment.may if attachment is not None else ()))
    grants.policies.append(
        AttachedPolicy(
            key=f"{document.address}|{layer}",
            layer="scp" if layer == "scp" else "rcp",
            name=f"{'service' if layer == 'scp' else 'resource'} control policy `{document.address}`",
            targets=(target,),
            statements=tuple(replace(s, may=(*may, *s.may)) for s in statements),
            span=document.span,
        )
    )


def _everything(document: Document) -> Statement:
    origin = Via(grant=f"{document.address}|scp", span=document.span)
    return Statement(effect="allow", actions=("*",), scopes=(ANY,), origin=origin)


def levels(policies: Iterable[AttachedPolicy], account: str) -> Levels:
    """What of the policies binds somebody of the account (or its resources); perhaps, where that is not known."""
    by_target: dict[tuple[str, str], list[AttachedPolicy]] = {}
    for policy in policies:
        if policy.layer == "resource":
            continue
        for target in policy.targets:
            if target == account or not all(map(_ACCOUNT.fullmatch, (target, account))):
                by_target.setdefault((policy.layer, target), []).append(policy)
    scps: list[tuple[Statement, ...]] = []
    rcps: list[tuple[Statement, ...]] = []
    full = False
    for (layer, target), members in sorted(by_target.items()):
        doubt = _doubt(target, account)
        statements = tuple(_doubted(members, doubt))
        if layer == "rcp":
            rcps.append(statements)
            continue
        beside = _beside(statements, doubt)
        full = full or not beside.may
        scps.append((*statements, beside))
    assumed = []
    if by_target:
        assumed.append("the account is in the organisation whose policies the tree attaches, and does not manage it")
    if full:
        assumed.append("`FullAWSAccess` is attached beside them, as AWS does by itself")
    return Levels(tuple(scps), tuple(rcps), tuple(assumed))


def _doubt(target: str, account: str) -> str:
    """What has to be so for what is attached there to bind the account; empty: it does."""
    if not target:
        return "it is attached to the account or above it, which this tree does not say"
    if _ROOT.fullmatch(display(target)) or target == account:
        return ""
    return f"the account is or belongs to `{display(target)}`"


def _doubted(policies: Iterable[AttachedPolicy], doubt: str) -> Iterator[Statement]:
    """The statements; denies under the doubt, which what is allowed at a level needs not."""
    for policy in policies:
        for statement in policy.statements:
            unsure = doubt and statement.effect == "deny"
            yield replace(statement, may=(*statement.may, doubt)) if unsure else statement


def _beside(statements: Sequence[Statement], doubt: str) -> Statement:
    """`FullAWSAccess`: surely there, or perhaps, or the level perhaps does not bind."""
    lists = any(statement.effect == "allow" for statement in statements)
    why = (doubt or "`FullAWSAccess` is attached there as well",) if lists else ()
    return Statement(effect="allow", actions=("*",), scopes=(ANY,), may=why)
