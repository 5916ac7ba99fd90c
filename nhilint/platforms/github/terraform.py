"""Terraform's `github_*` resources: places of credentials, deploy keys, what is set for tokens and environments."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from nhilint.algebra.values import Scope, Statement, display, literal, symbol
from nhilint.model.document import Document
from nhilint.model.facts import Credential, Grant, Identity, IdentityKey, Storage, Unresolved, Via
from nhilint.model.node import Map, Node, Scalar, Symbol, Text
from nhilint.model.node import Sequence as ListNode
from nhilint.platforms.github.words import READ_SECRET, THIS
from nhilint.platforms.github.workflow import Repository

PREFIX = "github_"
KEPT = "credential:"
"""In front of the address of a credential of the tree, in a `Storage`: whose it is, its own platform knows."""
_SECRETS = {
    "github_actions_secret": "secret",
    "github_actions_environment_secret": "environment secret",
    "github_actions_organization_secret": "organization secret",
}
_VALUES = ("plaintext_value", "value", "encrypted_value")
_ADDRESS = re.compile(r"(?P<address>(?:.+\.)?aws_iam_access_key\.[\w-]+(?:\[[^\]]*\])?)\.secret")
"""The secret of a credential that another platform makes."""
_UNSUPPORTED = {
    "github_dependabot_secret": "it is handed to jobs that Dependabot starts, which are not told apart from others",
    "github_dependabot_organization_secret": "it is handed to jobs that Dependabot starts",
    "github_app_installation_repository": "what the app may do is not in the tree",
    "github_app_installation_repositories": "what the app may do is not in the tree",
    "github_actions_organization_oidc_subject_claim_customization_template": (
        "a repository uses it only where it asks for it, which GitHub's API says and the tree does not"
    ),
}


@dataclass(slots=True)
class Terraform:
    """What the resources say."""

    documents: Sequence[Document]
    repository: Repository
    template: tuple[str, ...] = ()
    """Claims of the subject, where this repository customised it."""
    identities: list[Identity] = field(default_factory=list)
    grants: list[Grant] = field(default_factory=list)
    credentials: list[Credential] = field(default_factory=list)
    storages: list[Storage] = field(default_factory=list)
    unresolved: list[Unresolved] = field(default_factory=list)
    blocks: int = 0

    def collect(self) -> None:
        """One pass over the resources."""
        for document in self.documents:
            if document.language != "terraform" or document.kind != "resource":
                continue
            if not document.type.startswith(PREFIX):
                continue
            self._read(document)

    def _read(self, document: Document) -> None:
        if document.type in _SECRETS:
            self.blocks += 1
            self.storages += _kept(document)
        elif document.type == "github_repository_deploy_key":
            self.blocks += 1
            self._deploy_key(document)
        elif document.type in _UNSUPPORTED:
            self.blocks += 1
            what = f"`{document.type}` `{document.address}`"
            self.unresolved.append(
                Unresolved(what=what, why=_UNSUPPORTED[document.type], span=document.span, cause="unsupported")
            )
        elif self._own(document):
            self._setting(document)

    def _own(self, document: Document) -> bool:
        """Whether it is about the repository of the tree."""
        name = _text(document.body.get("repository"))
        return bool(self.repository.name) and name == self.repository.name.partition("/")[2]

    def _setting(self, document: Document) -> None:
        body = document.body
        match document.type:
            case "github_repository_environment":
                guarded = any(_filled(body.get(name)) for name in ("reviewers", "deployment_branch_policy"))
                if guarded and not document.may and (name := _text(body.get("environment"))):
                    protected = self.repository.protected_environments | {name}
                    self.repository = replace(self.repository, protected_environments=protected)
            case "github_workflow_repository_permissions":
                default = _text(body.get("default_workflow_permissions"))
                if default in ("read", "write") and not self.repository.default_permissions:
                    self.repository = replace(self.repository, default_permissions=default)
            case "github_actions_repository_oidc_subject_claim_customization_template":
                keys = body.get("include_claim_keys")
                if _text(body.get("use_default")) != "true" and isinstance(keys, ListNode):
                    self.template = tuple(filter(None, map(_text, keys.items)))
            case _:
                pass

    def _deploy_key(self, document: Document) -> None:
        """https://docs.github.com/en/authentication/connecting-to-github-with-ssh/managing-deploy-keys#deploy-keys"""
        body = document.body
        name, title = _shown(body.get("repository")), _shown(body.get("title")) or document.address
        owner, _, own = self.repository.name.partition("/")
        owner = literal(owner) if owner else symbol("github.repository_owner")
        resource = THIS if own == name else f"repository/{owner}/{literal(name)}"
        key = IdentityKey(f"github:deploy-key/{name}/{title}")
        writes = _text(body.get("read_only")) == "false"
        actions = ("contents:read", "contents:write") if writes else ("contents:read",)
        via = Via(grant=f"{key}|key", span=document.span)
        self.identities.append(
            Identity(
                key=key,
                platform="github",
                kind="deploy_key",
                name=f"{name}/{title}",
                address=document.address,
                root=document.root,
                span=document.span,
                may=document.may,
                ignores=document.ignores,
            )
        )
        statement = Statement(
            effect="allow", actions=actions, scopes=(Scope(patterns=(resource,)),), may=document.may, origin=via
        )
        self.grants.append(
            Grant(
                key=f"{key}|key",
                holder=key,
                layer="identity",
                name=f"deploy key `{title}`",
                statements=(statement,),
                span=document.span,
            )
        )
        self.credentials.append(Credential(identity=key, kind="deploy_key", name=title, span=document.span))


def _kept(document: Document) -> Iterator[Storage]:
    """The secret as the place of a credential that the tree makes; nothing where its value is anything else."""
    body = document.body
    name = _shown(body.get("secret_name")).upper()
    environment = _shown(body.get("environment"))
    place = f"environment/{literal(environment)}/secret/{name}" if environment else f"secret/{name}"
    for address in dict.fromkeys(_addresses(body)):
        yield Storage(
            identity=IdentityKey(f"{KEPT}{document.root}#{address}"),
            platform="github",
            name=f"{_SECRETS[document.type]} `{name}`",
            requests=((READ_SECRET, (place,)),),
            span=document.span,
        )


def _addresses(body: Map) -> Iterator[str]:
    for key in _VALUES:
        node = body.get(key)
        for part in node.parts if isinstance(node, Text) else ():
            if isinstance(part, Symbol) and (found := _ADDRESS.fullmatch(part.name)):
                yield found["address"]


def _text(node: Node | None) -> str:
    """A string that is known whole; empty otherwise."""
    if not isinstance(node, Scalar) or node.value is None:
        return ""
    return str(node.value).lower() if isinstance(node.value, bool) else str(node.value)


def _shown(node: Node | None) -> str:
    if isinstance(node, Text):
        return display("".join(symbol(part.name) if isinstance(part, Symbol) else part for part in node.parts))
    return _text(node)


def _filled(node: Node | None) -> bool:
    return bool(node.items) if isinstance(node, ListNode) else bool(node.entries) if isinstance(node, Map) else False
