"""Resource policies and grants on resources: who they name, and what their denies leave open."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from nhilint.algebra.values import SYMBOL_OPEN, Condition, Scope, Statement, display, literal, symbol
from nhilint.model.document import Document
from nhilint.model.facts import AttachedPolicy, Grant, Identity, IdentityKey, Unresolved, Via
from nhilint.model.node import Node, Scalar
from nhilint.model.texts import fold
from nhilint.platforms.aws.grants import Grants
from nhilint.platforms.aws.limits import add_limit
from nhilint.platforms.aws.policy import read_policy
from nhilint.platforms.aws.standing import POLICIES, Standing, stands_on
from nhilint.platforms.aws.text import blocks, pieces, readable, text_of

PERMISSIONS = {
    "aws_cloudwatch_event_permission": "event_bus_name",
    "aws_lambda_layer_version_permission": "layer_name",
    "aws_lambda_permission": "function_name",
}
"""Type of a block that is one statement of a resource policy to the attribute that names the resource."""

_TARGETS = ("bucket", "key_id", "queue_url", "repository", "secret_arn", "name", "arn")
_ROOT = re.compile(r"arn:[^:]*:iam::([^:]*):root")


@dataclass(slots=True)
class ResourcePolicies:
    """Goes through the documents whose policy stands on a resource."""

    grants: Grants

    # --- resource policies -------------------------------------------------------------------------------------

    def policy(self, document: Document) -> None:
        """The grants and limits of the policy that stands on one resource."""
        kind = POLICIES[document.type]
        node = document.body.get(kind.attribute)
        if node is None or (isinstance(node, Scalar) and not node.value):
            return
        self.grants.blocks += 1
        known = stands_on(document)
        if not known and not kind.many:
            # It is one resource, of which no ARN is known.
            unnamed = symbol(f"{document.address}.arn")
            known = (unnamed, f"{unnamed}/*")
        self.read(document, kind, node, known)

    def read(self, document: Document, kind: Standing, node: Node, known: tuple[str, ...]) -> None:
        """The grants and limits of one resource policy; `known`: what it stands on, if that is known."""
        what = kind.what
        name = f"{what} of `{document.address}`"
        statements, problems = read_policy(node, attached_to="resource", grant=f"{document.address}|{what}")
        for problem in problems:
            label = name if problem.what == "a policy document" else f"{problem.what} in {name}"
            self.grants.unresolved.append(replace(problem, what=label))
        held: dict[IdentityKey, list[Statement]] = {}
        limits: list[Statement] = []
        statements = _on_its_own(statements, known)
        self._stands(document, kind, statements, known or ("*",), problems)
        for statement in statements:
            principal, resource = statement.scopes
            if statement.effect == "deny" and (principal.negated or "*" in principal.patterns):
                limits.append(replace(statement, scopes=(resource,), may=(*document.may, *statement.may)))
                continue
            if principal.negated:
                if statement.effect == "allow":
                    why = "it allows everybody but the principals it names"
                    self.grants.unread(f"a statement in {name}", why, document.span, None, "not-principal")
                continue
            for key in self._named(principal, document):
                held.setdefault(key, []).append(replace(statement, scopes=(resource,)))
        if limits:
            self._limit(document, kind, limits)
        for key, own in held.items():
            grant = f"{key}|{document.address}|{what}"
            placed = tuple(
                replace(
                    s,
                    origin=replace(s.origin, grant=grant) if isinstance(s.origin, Via) else s.origin,
                    may=(*document.may, *s.may),
                )
                for s in own
            )
            self.grants.grants.append(
                Grant(key=grant, holder=key, layer="resource", name=name, statements=placed, span=document.span)
            )

    def endpoint(self, document: Document) -> None:
        """What the policy of a VPC endpoint lets through: it grants nothing, and what it leaves out is taken away."""
        node = document.body.get("policy")
        if node is None or (isinstance(node, Scalar) and not node.value):
            return
        self.grants.blocks += 1
        name = f"endpoint policy of `{document.address}`"
        statements, problems = read_policy(node, attached_to="resource", grant=f"{document.address}|endpoint policy")
        for problem in problems:
            label = name if problem.what == "a policy document" else f"{problem.what} in {name}"
            self.grants.unresolved.append(replace(problem, what=label))
        if any(s.scopes[0].negated or "*" not in s.scopes[0].patterns for s in statements):
            why = "it tells principals apart, which is not judged"
            self.grants.unread(name, why, document.span, None, "principal")
        add_limit(
            self.grants,
            document,
            kind="endpoint_policy",
            key=f"endpoint-policy/{document.address}{_beside(document, document.address)}",
            name=name,
            service="",
            statements=[replace(s, scopes=s.scopes[1:], may=(*document.may, *s.may)) for s in statements],
        )

    def _stands(
        self,
        document: Document,
        kind: Standing,
        statements: tuple[Statement, ...],
        itself: tuple[str, ...],
        problems: tuple[Unresolved, ...],
    ) -> None:
        """Enters the policy as a whole: a question about the resource is put to all of it."""
        placed = tuple(replace(s, may=(*document.may, *s.may)) for s in _on_its_own(statements, itself))
        self.grants.policies.append(
            AttachedPolicy(
                key=f"{document.address}|{kind.what}",
                layer="resource",
                name=f"{kind.what} of `{document.address}`",
                targets=itself,
                service=kind.service,
                unread=problems,
                statements=placed,
                span=document.span,
            )
        )

    def _named(self, principal: Scope, document: Document) -> list[IdentityKey]:
        """The identities that a principal names: of the tree, or outside it."""
        found = [key for pattern in principal.patterns if (key := self.principal(pattern, document)) is not None]
        return list(dict.fromkeys(found))

    def principal(self, pattern: str, document: Document) -> IdentityKey | None:
        """The identity behind `AWS:arn…`, `Service:…` or `*`; None for the account's own root, which only delegates."""
        if pattern == "*":
            return self._outside("anyone", "*", "everybody", document)
        kind, _, name = pattern.partition(":")
        if kind == "Service":
            return self._outside("service", display(name), display(name), document)
        if kind != "AWS":
            return self._outside("principal", display(pattern), display(pattern), document)
        known = self.by_arn(document.root, name)
        if known is not None:
            return known
        if name == symbol("account"):
            return None
        account = _ROOT.fullmatch(display(name))
        if account is not None:
            own = account.group(1) == "${account}"
            return None if own else self._outside("account", account.group(1), f"account {account.group(1)}", document)
        word = next((word for word in ("role", "user") if f":{word}/" in name), "")
        if word:
            return self.grants.registry.external(word, name, document.root, document.span)
        return self._outside("principal", display(name), display(name), document)

    def _outside(self, kind: str, name: str, shown: str, document: Document) -> IdentityKey:
        key = IdentityKey(f"aws:{kind}/{name}")
        if not any(identity.key == key for identity in self.grants.extra):
            self.grants.extra.append(
                Identity(key=key, platform="aws", kind=kind, name=shown, span=document.span, external=True)
            )
        return key

    def _limit(self, document: Document, kind: Standing, denies: list[Statement]) -> None:
        """What a resource policy denies to everybody; principals that a `NotPrincipal` spares are not told apart."""
        target = self._target(document)
        add_limit(
            self.grants,
            document,
            kind="resource_policy",
            # A name that the tree does not know is told apart by the root module that makes it.
            key=f"{kind.what.replace(' ', '-')}/{target}{_beside(document, target)}",
            name=f"{kind.what} of {target}",
            service=kind.service,
            statements=denies,
        )

    def _target(self, document: Document) -> str:
        """What people call the resource that a policy stands on: its name where it is known, else its address."""
        for attribute in _TARGETS:
            text = readable(document.body.get(attribute))
            if text and text != "${" + document.address + "." + attribute + "}":
                return text.rpartition(":")[2] if text.startswith("arn:") else text
        return document.address

    def by_arn(self, root: str, arn: str) -> IdentityKey | None:
        """The role or user of the tree that an ARN names; an account that is not known matches any."""
        for word in ("role", "user"):
            known = self.grants.registry.find(root, word, arn)
            if known is not None:
                return known
            marker = f":{word}/"
            if marker in arn:
                account, _, path = arn.partition(marker)
                name = path.rpartition("/")[2]
                known = self.grants.registry.find(root, word, name)
                if known is not None and self._same_account(account, known):
                    return known
        return None

    def _same_account(self, prefix: str, key: IdentityKey) -> bool:
        """Whether the ARN's account and the identity's may be one: equal, or one of them is not known."""
        aliases = self.grants.registry.identities[key].aliases
        own = next((alias for alias in aliases if alias.startswith("arn:")), "")
        theirs, ours = prefix.split(":")[4:5], own.split(":")[4:5]
        return not ours or not theirs or theirs == ours or SYMBOL_OPEN in ours[0]

    def kms_grant(self, document: Document) -> None:
        """`aws_kms_grant`: operations on one key for one grantee."""
        self.grants.blocks += 1
        target = _key_arn(text_of(document.body.get("key_id")))
        for grantee in pieces(document.body.get("grantee_principal")):
            if grantee.problem:
                self.grants.unread(f"KMS grant `{document.address}`", grantee.problem, grantee.span, None)
                continue
            key = self.principal(f"AWS:{literal(grantee.pattern)}", document)
            if key is not None:
                self._key_grant(document, key, target)

    def _key_grant(self, document: Document, key: IdentityKey, target: str) -> None:
        operations = tuple(f"kms:{p.pattern.lower()}" for p in pieces(document.body.get("operations")) if p.pattern)
        name = f"{key}|kms-grant/{document.address}"
        statement = Statement(
            effect="allow",
            actions=operations,
            scopes=(Scope(patterns=(target or symbol(f"{document.address}.key_id"),)),),
            may=document.may,
            origin=Via(grant=name, span=document.span),
        )
        title = f"KMS grant `{document.address}`"
        self.grants.grants.append(
            Grant(key=name, holder=key, layer="resource", name=title, statements=(statement,), span=document.span)
        )

    def permission(self, document: Document) -> None:
        """One statement of a function's, a layer's or an event bus's policy, given as attributes."""
        self.grants.blocks += 1
        name = f"permission `{document.address}`"
        attribute = PERMISSIONS[document.type]
        for piece in pieces(document.body.get(attribute)):
            if piece.problem or not piece.pattern:
                why = piece.problem or "it is empty"
                self.grants.unread(f"`{attribute}` of {name}", why, piece.span, None)
        for principal in pieces(document.body.get("principal")):
            if principal.problem:
                self.grants.unread(name, principal.problem, principal.span, None)
                continue
            key = self.principal(_lambda_principal(principal.pattern), document)
            if key is None:
                continue
            grant = f"{key}|{document.address}"
            actions = tuple(fold(piece.pattern) for piece in pieces(document.body.get("action")) if piece.pattern)
            if document.type == "aws_cloudwatch_event_permission":
                actions = actions or ("events:putevents",)
            statements = tuple(
                Statement(
                    effect="allow",
                    actions=actions,
                    scopes=(Scope(patterns=(resource,)),),
                    conditions=tuple(_source(document)),
                    may=(*document.may, *may),
                    origin=Via(grant=grant, span=document.span),
                )
                for resource, may in _permitted(document)
            )
            self.grants.grants.append(
                Grant(key=grant, holder=key, layer="resource", name=name, statements=statements, span=document.span)
            )


def _beside(document: Document, target: str) -> str:
    return f"@{document.root}" if document.root and ("${" in target or target == document.address) else ""


def _permitted(document: Document) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The resources of a block that is one permission, with the reasons for each; a symbol where there is no name."""
    attribute = PERMISSIONS[document.type]
    named = [(one.pattern, one.may) for one in pieces(document.body.get(attribute)) if one.pattern]
    if not named and document.type == "aws_cloudwatch_event_permission":
        named = [("default", ())]
    for name, may in named or [(symbol(f"{document.address}.{attribute}"), ())]:
        yield _permission_arn(document, name), may


def _permission_arn(document: Document, name: str) -> str:
    body, place = document.body, f"{symbol('region')}:{symbol('account')}"
    if document.type == "aws_cloudwatch_event_permission":
        return f"arn:aws:events:{place}:event-bus/{name}"
    if document.type == "aws_lambda_permission":
        return _function_arn(name, text_of(body.get("qualifier")))
    if not name.startswith("arn:") and not display(name).endswith("arn}"):
        name = f"arn:aws:lambda:{place}:layer:{name}"
    return f"{name}:{text_of(body.get('version_number')) or '*'}"


def _on_its_own(statements: Sequence[Statement], itself: tuple[str, ...]) -> tuple[Statement, ...]:
    """The statements, with what their `*` means as the resource, where that is known."""
    found = []
    for statement in statements:
        principal, resource = statement.scopes
        if itself and not resource.negated and "*" in resource.patterns:
            resource = Scope(patterns=itself)
        found.append(replace(statement, scopes=(principal, resource)))
    return tuple(found)


def _key_arn(text: str) -> str:
    """A key is named by its id or its ARN; https://docs.aws.amazon.com/kms/latest/developerguide/find-cmk-id-arn.html"""
    if not text or text.startswith("arn:") or display(text).endswith(".arn}"):
        return text
    return f"arn:aws:kms:{symbol('region')}:{symbol('account')}:key/{text}"


def _function_arn(text: str, qualifier: str) -> str:
    """A function is named by its name or its ARN; a qualifier names one version or alias.

    https://docs.aws.amazon.com/lambda/latest/api/API_AddPermission.html
    """
    if text and not text.startswith("arn:") and not display(text).endswith("arn}"):
        text = f"arn:aws:lambda:{symbol('region')}:{symbol('account')}:function:{text}"
    return f"{text}:{qualifier}" if text and qualifier else text


def _source(document: Document) -> Iterator[Condition]:
    """The conditions that `source_arn`, `source_account` and `principal_org_id` mean."""
    table = (
        ("source_account", "StringEquals", "aws:sourceaccount"),
        ("source_arn", "ArnLike", "aws:sourcearn"),
        ("principal_org_id", "StringEquals", "aws:principalorgid"),
        ("organization_id", "StringEquals", "aws:principalorgid"),
    )
    for attribute, operator, key in table:
        values = tuple(piece.pattern for piece in pieces(document.body.get(attribute)) if piece.pattern)
        if values:
            yield Condition(operator=operator, key=key, values=values)
    for one, _ in blocks(document.body.get("condition")):
        operator, key = text_of(one.get("type")), text_of(one.get("key")).lower()
        values = tuple(piece.pattern for piece in pieces(one.get("value")) if piece.pattern)
        yield Condition(operator=operator, key=key, values=values)


def _lambda_principal(text: str) -> str:
    if text == "*":
        return text
    if re.fullmatch(r"\d{12}", text):
        return f"AWS:arn:aws:iam::{text}:root"
    return f"AWS:{literal(text)}" if text.startswith("arn:") else f"Service:{literal(text)}"
