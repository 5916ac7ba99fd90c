"""Policies of an organisation that the tree makes and attaches, and the levels they are for one account.

AWS attaches `FullAWSAccess` to whatever it makes, and a level of an organisation allows nothing but what a policy
there allows. So a level whose policies in the tree only deny has it beside them; of a level with a list of what is
allowed, that can not be told unless the tree attaches it.
https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps_evaluation.html
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from nhilint.algebra.values import ANY, Statement, display
from nhilint.model.document import Document
from nhilint.model.facts import AttachedPolicy, Unresolved, Via
from nhilint.platforms.aws.grants import Grants
from nhilint.platforms.aws.limits import add_limit
from nhilint.platforms.aws.policy import read_policy
from nhilint.platforms.aws.text import pieces, readable, text_of

Kind = Literal["scp", "rcp"]
POLICY, ATTACHMENT = "aws_organizations_policy", "aws_organizations_policy_attachment"
_KINDS: dict[str, Kind] = {"SERVICE_CONTROL_POLICY": "scp", "RESOURCE_CONTROL_POLICY": "rcp"}
_TITLES = {"scp": "service control policy", "rcp": "resource control policy"}
_FULL = "p-FullAWSAccess"
_ROOT = re.compile(r"r-[a-z0-9]+|.*\.roots\b.*")
_ACCOUNT = re.compile(r"\d{12}")
Statements = tuple[Statement, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """What is attached to one place of an organisation."""

    target: str
    """For people; empty: the tree does not say where it is attached."""
    names: tuple[str, ...]
    scp: Statements | None = None
    rcp: Statements | None = None
    unread: tuple[Unresolved, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Levels:
    """The levels that bind an account, those that may, and what was taken for granted."""

    sure: tuple[Level, ...] = ()
    unsure: tuple[Level, ...] = ()
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
                    _enter(grants, document, document, "scp", (_everything(document),), ())
    for document in own:
        if document.type == POLICY:
            grants.blocks += 1
            _policy(grants, document, targets)


def _policy(grants: Grants, document: Document, targets: dict[tuple[str, str], list[Document]]) -> None:
    kind = text_of(document.body.get("type")) or "SERVICE_CONTROL_POLICY"
    node = document.body.get("content")
    layer = _KINDS.get(kind)
    if node is None or layer is None:
        return
    statements, problems = read_policy(
        node, attached_to="identity" if layer == "scp" else "resource", grant=f"{document.address}|{layer}"
    )
    grants.unresolved += [replace(p, what=f"{p.what} in `{document.address}`") for p in problems]
    _as_limit(grants, document, layer, statements)
    names = {text_of(document.body.get("id")), f"${{{document.address}.id}}"} - {""}
    attached = [one for name in names for one in targets.get((document.root, display(name)), ())]
    for attachment in attached:
        _enter(grants, document, attachment, layer, statements, problems)
    if not attached:
        _enter(grants, document, None, layer, statements, problems)


def _as_limit(grants: Grants, document: Document, layer: Kind, statements: tuple[Statement, ...]) -> None:
    name = readable(document.body.get("name")) or document.address
    add_limit(
        grants,
        document,
        kind="organization_policy",
        key=f"{layer}/{name}",
        name=f"{_TITLES[layer]} {name}",
        service="",
        statements=[replace(s, scopes=s.scopes[-1:]) for s in statements],
    )


def _enter(
    grants: Grants,
    document: Document,
    attachment: Document | None,
    layer: Kind,
    statements: tuple[Statement, ...],
    problems: tuple[Unresolved, ...],
) -> None:
    target = text_of(attachment.body.get("target_id")) if attachment is not None else ""
    may = (*document.may, *(attachment.may if attachment is not None else ()))
    grants.policies.append(
        AttachedPolicy(
            key=f"{document.address}|{layer}",
            layer=layer,
            name=f"{_TITLES[layer]} `{document.address}`",
            targets=(target,),
            statements=tuple(replace(s, may=(*may, *s.may)) for s in statements),
            span=document.span,
            root=document.root,
            unread=problems,
        )
    )


def _everything(document: Document) -> Statement:
    origin = Via(grant=f"{document.address}|scp", span=document.span)
    return Statement(effect="allow", actions=("*",), scopes=(ANY,), origin=origin)


def levels(policies: Iterable[AttachedPolicy], account: str, root: str | None) -> Levels:
    """What of the policies binds the account of somebody whom this root module makes.

    Policies are made from the account that manages the organisation, which they do not bind: so they are taken not to
    bind those whom the same root module makes.
    """
    by_target: dict[tuple[str, str], list[AttachedPolicy]] = {}
    managing = False
    for policy in policies:
        if policy.layer == "resource":
            continue
        managing = managing or policy.root == root
        for target in policy.targets if policy.root != root else ():
            if target == account or not all(map(_ACCOUNT.fullmatch, (target, account))):
                by_target.setdefault((policy.layer, target), []).append(policy)
    sure: list[Level] = []
    unsure: list[Level] = []
    for (layer, target), members in sorted(by_target.items()):
        binds = target == account or _ROOT.fullmatch(display(target))
        (sure if binds else unsure).append(_level(layer, target, members))
    assumed = []
    if managing:
        assumed.append("the account manages the organisation whose policies are made beside it; they do not bind it")
    if by_target:
        assumed.append("the account is in the organisation whose policies the tree attaches, and does not manage it")
    if any(level.scp and _lists(level.scp[:-1]) is False for level in sure):
        assumed.append("`FullAWSAccess` is attached beside them, as AWS does by itself")
    return Levels(sure=tuple(sure), unsure=tuple(unsure), assumed=tuple(assumed))


def _level(layer: str, target: str, policies: Sequence[AttachedPolicy]) -> Level:
    statements = tuple(statement for policy in policies for statement in policy.statements)
    names = tuple(dict.fromkeys(policy.name for policy in policies))
    unread = tuple(problem for policy in policies for problem in policy.unread)
    if layer == "rcp":
        return Level(target=display(target), names=names, rcp=statements, unread=unread)
    # `FullAWSAccess`, surely or perhaps.
    may = ("`FullAWSAccess` is attached there as well",) if _lists(statements) else ()
    beside = Statement(effect="allow", actions=("*",), scopes=(ANY,), may=may)
    return Level(target=display(target), names=names, scp=(*statements, beside), unread=unread)


def _lists(statements: Sequence[Statement]) -> bool:
    """Whether something is allowed, so that the rest is not."""
    return any(statement.effect == "allow" for statement in statements)
