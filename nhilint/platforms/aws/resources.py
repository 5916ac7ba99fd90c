"""Resource policies that name identities of the tree, workloads that run as them, and credentials made for them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from nhilint.algebra.values import display
from nhilint.model.document import Document
from nhilint.model.errors import NhilintError
from nhilint.model.facts import Credential, Identity, IdentityKey, Workload
from nhilint.model.jsontext import parse_json
from nhilint.model.node import Choice, Encoded, Map, Node, Scalar, Text
from nhilint.model.node import Sequence as ListNode
from nhilint.model.span import Span
from nhilint.platforms.aws.grants import Grants
from nhilint.platforms.aws.resource_policies import PERMISSIONS, ResourcePolicies
from nhilint.platforms.aws.standing import POLICIES, UNJUDGED, Standing
from nhilint.platforms.aws.text import pieces, readable, text_of
from nhilint.platforms.aws.workloads import Workloads

_OTHERS = {
    "aws_iam_openid_connect_provider": ("oidc_provider", "url"),
    "aws_iam_saml_provider": ("saml_provider", "name"),
    "aws_iam_service_linked_role": ("service_linked_role", "aws_service_name"),
    # It takes away what is not listed; what is listed stands where it is written.
    "aws_iam_role_policies_exclusive": ("", ""),
}
"""Resource type to the kind of identity it makes and the attribute that names it."""

_CREDENTIALS = {
    "aws_iam_access_key": "access_key",
    "aws_iam_user_login_profile": "login_profile",
    "aws_iam_service_specific_credential": "service_specific_credential",
}

_ENDPOINTS = frozenset({"aws_vpc_endpoint", "aws_vpc_endpoint_policy"})


@dataclass(slots=True)
class Resources:
    """Goes through the documents that are not identities or attachments."""

    grants: Grants
    policies: ResourcePolicies
    workloads: list[Workload] = field(default_factory=list)
    credentials: list[Credential] = field(default_factory=list)
    _profiles: dict[tuple[str, str], tuple[str, Span]] = field(default_factory=dict)

    def collect(self, documents: list[Document]) -> None:
        """All facts of the documents; the registry must be complete."""
        for document in documents:
            if document.type == "aws_iam_instance_profile" and document.kind == "resource":
                self._profile(document)
        for document in documents:
            if document.kind == "module":
                self._module(document)
            elif document.kind != "resource":
                continue
            elif document.type in POLICIES:
                self.policies.policy(document)
            elif document.type == "aws_kms_grant":
                self.policies.kms_grant(document)
            elif document.type in _ENDPOINTS:
                self.policies.endpoint(document)
            elif document.type in UNJUDGED:
                self.grants.blocks += 1
                self.grants.unread(f"`{document.address}`", UNJUDGED[document.type], document.span, None, "unsupported")
            elif document.type in PERMISSIONS:
                self.policies.permission(document)
            elif document.type in _OTHERS:
                self._other(document)
            elif document.type in _CREDENTIALS:
                self._credential(document)
        running = Workloads(find=self._role, profiles={name: role for name, (role, _) in self._profiles.items()})
        running.collect(documents)
        self.workloads += running.found

    def _other(self, document: Document) -> None:
        """Blocks that let tokens in or make a role without giving anything by themselves: they are listed."""
        self.grants.blocks += 1
        kind, attribute = _OTHERS[document.type]
        if not kind:
            return
        name = readable(document.body.get(attribute)) or document.address
        key = IdentityKey(f"aws:{kind.replace('_', '-')}/{name}")
        if any(identity.key == key for identity in self.grants.extra):
            key = IdentityKey(f"{key}@{document.root}#{document.address}")
        self.grants.extra.append(
            Identity(
                key=key,
                platform="aws",
                kind=kind,
                name=name,
                address=document.address,
                root=document.root,
                span=document.span,
                may=document.may,
                ignores=document.ignores,
            )
        )

    # --- workloads and credentials -----------------------------------------------------------------------------

    def _profile(self, document: Document) -> None:
        self.grants.blocks += 1
        role = text_of(document.body.get("role")) or text_of(document.body.get("roles"))
        if not role:
            return
        for attribute in ("name", "id", "arn"):
            text = text_of(document.body.get(attribute))
            if text:
                self._profiles[(document.root, text)] = (role, document.span)
        key = self.grants.holder(document, "role", role, document.span)
        name = readable(document.body.get("name")) or document.address
        self.workloads.append(Workload(identity=key, kind="instance profile", name=name, span=document.span))

    def _role(self, root: str, text: str) -> IdentityKey | None:
        return self.grants.registry.find(root, "role", text) or self.policies.by_arn(root, text)

    def owner(self, document: Document) -> IdentityKey | None:
        """Whose a credential is."""
        found = [piece for piece in pieces(document.body.get("user")) if piece.pattern]
        return self.grants.holder(document, "user", found[0].pattern, found[0].span) if len(found) == 1 else None

    def _credential(self, document: Document) -> None:
        self.grants.blocks += 1
        for piece in pieces(document.body.get("user")):
            if piece.pattern:
                key = self.grants.holder(document, "user", piece.pattern, piece.span)
                kind = _CREDENTIALS[document.type]
                label = document.address.rpartition(".")[2]
                self.credentials.append(
                    Credential(
                        identity=key,
                        kind=kind,
                        name=label,
                        span=document.span,
                        address=f"{document.root}#{document.address}",
                    )
                )

    # --- module calls that are not in the checkout -------------------------------------------------------------

    def _module(self, document: Document) -> None:
        """What a call passes to a module nobody can read: its policies are shown as its own."""
        policies = [found for name, node in document.body.entries.items() for found in _policies(name, node)]
        arns = [
            piece
            for name, node in document.body.entries.items()
            if "polic" in name and not any(True for _ in _policies(name, node))
            for piece in _strings(node)
            if ":policy/" in display(piece)
        ]
        if not policies and not arns:
            return
        self.grants.blocks += 1
        key = IdentityKey(f"aws:module/{document.address}@{document.root}" if document.root else
                          f"aws:module/{document.address}")  # fmt: skip
        self.grants.extra.append(
            Identity(
                key=key,
                platform="aws",
                kind="module_call",
                name=document.address,
                address=document.address,
                root=document.root,
                span=document.span,
                external=True,
                may=document.may,
            )
        )
        for name, node in policies:
            if not any("Principal" in s.entries or "NotPrincipal" in s.entries for s in _statements(node)):
                self.grants.policy_grant(node, key, "policy argument", name, node.span, may=document.may)
            elif all(_assumes(statement) for statement in _statements(node)):
                self.grants.trust(node, key, f"trust argument `{name}`", name)
            else:
                self.policies.read(document, Standing("", f"policy argument `{name}`", "", many=True), node, ())
        for arn in arns:
            self.grants.managed_grant(arn, key, document.root, document.span, may=document.may)


def _policies(name: str, node: Node) -> Iterator[tuple[str, Node]]:
    """The policy documents in an argument: itself, or the elements of a list or map."""
    if _is_policy(node):
        yield name, node
        return
    match node:
        case ListNode():
            for index, item in enumerate(node.items):
                yield from _policies(f"{name}[{index}]", item)
        case Map():
            for key, item in node.entries.items():
                yield from _policies(f'{name}["{key}"]', item)
        case Choice():
            for index, option in enumerate(node.options):
                for inner, policy in _policies(name, option):
                    # It is passed in one case only; in the others nothing stands in its place.
                    options = (policy if i == index else Scalar(None, node.span) for i in range(len(node.options)))
                    yield inner, Choice(tuple(options), node.condition, node.span, node.keys)
        case _:
            return


def _statements(node: Node) -> Iterator[Map]:
    """The statements of a policy document that can be read."""
    match node:
        case Choice():
            for option in node.options:
                yield from _statements(option)
        case ListNode():
            for item in node.items:
                yield from _statements(item)
        case Encoded():
            yield from _statements(node.node)
        case Map() if "Statement" in node.entries:
            yield from _statements(node.entries["Statement"])
        case Map():
            yield node
        case Scalar(value=str()) | Text():
            try:
                yield from _statements(parse_json(node))
            except NhilintError:
                return
        case _:
            return


def _assumes(statement: Map) -> bool:
    """Whether a statement speaks of nothing but who may become a role."""
    names = _strings(statement.get("Action") or Map({}, statement.span))
    return bool(names) and all(name.lower().startswith("sts:") for name in names)


def _is_policy(node: Node) -> bool:
    match node:
        case Choice():
            return any(map(_is_policy, node.options))
        case Encoded(node=inner):
            return isinstance(inner, Map) and "Statement" in inner.entries
        case Map():
            return "Statement" in node.entries
        case Scalar(value=str()) | Text():
            text = readable(node)
            return text.lstrip().startswith("{") and '"Statement"' in text
        case _:
            return False


def _strings(node: Node) -> list[str]:
    match node:
        case Map():
            return [text for value in node.entries.values() for text in _strings(value)]
        case _:
            return [piece.pattern for piece in pieces(node) if piece.pattern]
