"""Bindings to grants: what each subject may do where, with aggregation and the roles that every cluster ships."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from nhilint.algebra.values import literal
from nhilint.model.document import Document
from nhilint.model.facts import Grant, Identity, IdentityKey, Unresolved
from nhilint.model.node import Choice, Map, Node, Scalar, Unknown
from nhilint.model.node import Sequence as ListNode
from nhilint.model.span import Span
from nhilint.platforms.kubernetes.objects import Objects, metadata, name_of
from nhilint.platforms.kubernetes.roles import Roles, Use, shipped_above
from nhilint.platforms.kubernetes.subjects import Subjects, account_of_user, user_of_account
from nhilint.platforms.kubernetes.text import text

_TAGS = {
    "owner": ("owner", "team", "nhilint.dev/owner", "app.kubernetes.io/managed-by-team", "contact"),
    "purpose": ("purpose", "description", "nhilint.dev/purpose", "kubernetes.io/description"),
    "expires": ("expires", "nhilint.dev/expires"),
}
_EVERYBODY = "system:authenticated"
_ACCOUNTS = "system:serviceaccounts"
_NOBODY = "system:anonymous"
"""The one user that is not in the group of everybody."""


class Bound(NamedTuple):
    """Somebody who is bound to a role that the tree defines."""

    holder: IdentityKey
    role: Document
    where: str
    """The pattern of the namespaces that its rules hold in."""


@dataclass(slots=True)
class Bindings:
    """Collects identities and grants from the objects of one tree."""

    objects: Objects
    subjects: Subjects
    identities: dict[IdentityKey, Identity] = field(default_factory=dict)
    grants: list[Grant] = field(default_factory=list)
    unresolved: list[Unresolved] = field(default_factory=list)
    roles: Roles = field(init=False)
    bound: list[Bound] = field(default_factory=list)
    unplaced: dict[IdentityKey, str] = field(default_factory=dict)
    """Service accounts that are written without a namespace, with the one that bindings choose, if they do."""
    blocks: int = 0
    _bound: set[int] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.roles = Roles(self.objects, self.unresolved)

    def collect(self) -> None:
        """Everything: service accounts, bindings, and roles nobody is bound to."""
        for document in self.objects.by_kind["ServiceAccount"]:
            self._account(document)
        for kind in ("RoleBinding", "ClusterRoleBinding"):
            for document in self.objects.by_kind[kind]:
                self._binding(document)
        for kind in ("Role", "ClusterRole"):
            for document in self.objects.by_kind[kind]:
                if id(document) not in self._bound:
                    self._loose(document)
        self._members_of_groups()

    def _members_of_groups(self) -> None:
        """What the groups that a cluster itself puts somebody in hold flows to the members; each grant says so."""
        members = [i for i in self.identities.values() if i.kind in ("kubernetes_user", "service_account")]
        for group in [i for i in self.identities.values() if i.kind == "kubernetes_group"]:
            held = [grant for grant in self.grants if grant.holder == group.key]
            unread = [u for u in self.unresolved if u.identity == group.key and u.cause != "dangling"]
            for member in members:
                if not _is_member(member, group.name) or group.realm not in ("", member.realm):
                    continue
                self.grants.extend(
                    replace(
                        grant,
                        key=f"{member.key}|{grant.key}",
                        holder=member.key,
                        name=f"{grant.name} via group `{group.name}`",
                    )
                    for grant in held
                )
                self.unresolved.extend(replace(question, identity=member.key) for question in unread)
                self.bound.extend(one._replace(holder=member.key) for one in self.bound if one.holder == group.key)

    # --- identities --------------------------------------------------------------------------------------------

    def _account(self, document: Document) -> None:
        self.blocks += 1
        namespace, name = self.objects.namespace(document), name_of(document)
        realm = self.objects.realm(document)
        key = account_key(namespace, name, realm)
        if self.objects.unwritten(document):
            self.unplaced[key] = self.subjects.chosen(document)
        labels = {**metadata(document, "labels"), **metadata(document, "annotations")}
        folded = {k.lower(): v for k, v in labels.items()}
        fields = {f: next((folded[k] for k in keys if folded.get(k)), "") for f, keys in _TAGS.items()}
        self.identities[key] = Identity(
            key=key,
            platform="kubernetes",
            kind="service_account",
            name=f"{namespace}/{name}",
            realm=realm,
            root=document.root,
            span=document.span,
            owner=fields["owner"],
            purpose=fields["purpose"],
            expires=fields["expires"],
            labels=tuple(sorted(labels.items())),
            aliases=self._aliases(namespace, name, document),
            ignores=document.ignores,
        )

    def _aliases(self, namespace: str, name: str, account: Document) -> tuple[str, ...]:
        """The user name; of an account without a namespace also its names in the one that bindings name it in."""
        chosen = self.subjects.chosen(account)
        if not chosen:
            return (user_of_account(namespace, name),)
        other = (account_key(chosen, name, ""), f"{chosen}/{name}", user_of_account(chosen, name))
        return (user_of_account(namespace, name), *other)

    def account(self, namespace: str, name: str, user: Document, realm: str) -> IdentityKey:
        """The service account a name means, seen from the object that uses it; one outside the tree if it must be."""
        document = self.objects.find("ServiceAccount", namespace, name, user)
        if document is not None:
            own = self.objects.realm(document)
            key = account_key(namespace, name, own)
            if not realm or own == realm or document.root == user.root:
                return key
        key = account_key(namespace, name, realm)
        if key not in self.identities:
            self.identities[key] = Identity(
                key=key,
                platform="kubernetes",
                kind="service_account",
                name=f"{namespace}/{name}",
                realm=realm,
                root=user.root,
                span=document.span if document is not None else user.span,
                external=document is None,
                aliases=(user_of_account(namespace, name),),
            )
        return key

    def _subject(self, node: Map, binding: Document, realm: str) -> tuple[IdentityKey | None, str]:
        """The identity of a subject, and why the binding is dead for it."""
        kind, name = text(node.get("kind")), text(node.get("name"))
        if kind == "User" and (known := account_of_user(name)) is not None:
            return self.account(*known, binding, realm), ""
        if kind == "ServiceAccount":
            namespace = self.subjects.namespace(text(node.get("namespace")), name, binding)
            why = "" if namespace else "a ServiceAccount without a namespace in a ClusterRoleBinding names nobody"
            return self.account(namespace, name, binding, realm), why
        if kind not in ("User", "Group"):
            return None, ""
        return self.outsider(kind, name, node.span, realm), ""

    def outsider(self, kind: str, name: str, span: Span, realm: str = "") -> IdentityKey:
        """A user or group, which no tree defines."""
        key = IdentityKey(f"kubernetes:{kind.lower()}/{name}" + (f"@{realm}" if realm else ""))
        if key not in self.identities:
            self.identities[key] = Identity(
                key=key,
                platform="kubernetes",
                kind=f"kubernetes_{kind.lower()}",
                name=name,
                realm=realm,
                span=span,
                external=True,
                aliases=(name,),
            )
        return key

    # --- grants ------------------------------------------------------------------------------------------------

    def _binding(self, document: Document) -> None:
        self.blocks += 1
        reference = document.body.get("roleRef")
        if not isinstance(reference, Map):
            self._unread(document, "it has no `roleRef`")
            return
        kind, name = text(reference.get("kind")), text(reference.get("name"))
        if not kind or not name:
            self._unread(document, "its `roleRef` has no `kind` or no `name` that can be read")
            return
        namespace = self.objects.namespace(document)
        role = self.objects.find(kind, namespace if kind == "Role" else "", name, document)
        if role is not None:
            self._bound.add(id(role))
        realm = self.objects.realm(document, role)
        where = "*" if document.kind == "ClusterRoleBinding" else literal(namespace)
        for subject in self._subjects(document):
            holder, dead = self._subject(subject, document, realm)
            if holder is None:
                self._unread(document, f"unknown subject kind `{text(subject.get('kind'))}`")
                continue
            self._grant(document, holder, kind, name, role, where, dead)
            if role is not None and not dead:
                self.bound.append(Bound(holder, role, where))

    def _subjects(self, binding: Document) -> Iterator[Map]:
        """The subjects; what can not be read of them is said."""
        for subjects in _options(binding.body.get("subjects")):
            if not isinstance(subjects, ListNode):
                self._unread(binding, _not("the list of subjects", subjects, "list"))
                continue
            if subjects.open:
                self._unread(binding, f"there may be more subjects: {subjects.open}")
            for subject in (option for item in subjects.items for option in _options(item)):
                if isinstance(subject, Map) and text(subject.get("name")):
                    yield subject
                elif isinstance(subject, Map):
                    self._unread(binding, "a subject has no `name` that can be read")
                else:
                    self._unread(binding, _not("a subject", subject, "map"))

    def _grant(
        self,
        binding: Document,
        holder: IdentityKey,
        kind: str,
        name: str,
        role: Document | None,
        where: str,
        dead: str,
    ) -> None:
        place = self.objects.namespace(binding)
        binding_name = name_of(binding)
        key = f"{holder}|{binding.kind}/{place}/{binding_name}"
        use = Use(grant=key, holder=holder, where=where, user=binding)
        statements, collected, known = self.roles.statements(kind, name, role, use)
        # Somebody is bound to the role that collects these: their rules do grant something.
        self._bound.update(map(id, collected))
        title = f"{binding.kind} `{binding_name}` to {kind} `{name}`"
        if not known:
            dead = dead or f"{kind} `{name}` is not in this tree: it grants nothing until somebody creates it"
            why = f"{kind} `{name}` is not in this tree"
            self.unresolved.append(
                Unresolved(what=title, why=why, span=binding.span, identity=holder, cause="dangling")
            )
        self.grants.append(
            Grant(
                key=key,
                holder=holder,
                layer="identity",
                name=title,
                statements=statements,
                span=binding.span,
                inert=dead,
            )
        )

    def _loose(self, document: Document) -> None:
        """A role nobody is bound to grants nothing here; it is shown as what it would grant."""
        self.blocks += 1
        namespace, name = self.objects.namespace(document), name_of(document)
        cluster = document.kind == "ClusterRole"
        realm = self.objects.realm(document)
        plain = f"kubernetes:clusterrole/{name}" if cluster else f"kubernetes:role/{namespace}/{name}"
        key = IdentityKey(f"{plain}@{realm}" if realm else plain)
        if key in self.identities:
            return
        self.identities[key] = Identity(
            key=key,
            platform="kubernetes",
            kind="cluster_role" if cluster else "role",
            name=name if cluster else f"{namespace}/{name}",
            realm=realm,
            root=document.root,
            span=document.span,
            bound=False,
            taken_into=shipped_above(metadata(document, "labels")) if cluster else (),
            labels=tuple(sorted(metadata(document, "labels").items())),
            ignores=document.ignores,
        )
        where = "*" if cluster else literal(namespace)
        grant = f"{key}|rules"
        use = Use(grant=grant, holder=key, where=where, user=document)
        statements, _, _ = self.roles.statements(document.kind, name, document, use)
        title = f"{document.kind} `{name}`"
        self.grants.append(
            Grant(key=grant, holder=key, layer="identity", name=title, statements=statements, span=document.span)
        )

    def _unread(self, document: Document, why: str) -> None:
        what = f"{document.kind} `{name_of(document)}`"
        self.unresolved.append(Unresolved(what=what, why=why, span=document.span, cause="syntax"))


def _options(node: Node | None) -> Iterator[Node]:
    """What the node may be: all options of an undecided choice, nothing where nothing is written."""
    for option in node.options if isinstance(node, Choice) else (node,):
        if option is not None and not (isinstance(option, Scalar) and option.value is None):
            yield option


def _not(what: str, node: Node, kind: str) -> str:
    return f"{what} can not be read: {node.reason}" if isinstance(node, Unknown) else f"{what} is not a {kind}"


def _is_member(who: Identity, group: str) -> bool:
    """Whether the cluster itself puts a user or service account in the group."""
    if who.kind == "kubernetes_user":
        return group == _EVERYBODY and who.name != _NOBODY
    return group in (_EVERYBODY, _ACCOUNTS, f"{_ACCOUNTS}:{who.name.partition('/')[0]}")


def account_key(namespace: str, name: str, realm: str) -> IdentityKey:
    """The key of a service account."""
    plain = f"kubernetes:serviceaccount/{namespace}/{name}"
    return IdentityKey(f"{plain}@{realm}" if realm else plain)
