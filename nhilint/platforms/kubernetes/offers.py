"""Roles that somebody of the tree may bind itself to, or may rewrite although it is bound to them, one by one.

The API server lets a binding be made only by who holds the rules of the role or may `bind` it, and a role be written
only by who holds its rules or may `escalate`
(https://kubernetes.io/docs/reference/access-authn-authz/rbac/#privilege-escalation-prevention-and-bootstrapping). Where
the right is about every ClusterRole, `cluster-admin` is one of them, which is a row of the table of techniques.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from nhilint.algebra.glob import is_wild, matches
from nhilint.algebra.values import Scope, Statement, display, literal
from nhilint.data.kubernetes import default_cluster_roles
from nhilint.model.document import Document
from nhilint.model.facts import IdentityKey, Offer, Via
from nhilint.model.node import Map
from nhilint.platforms.kubernetes.bindings import Bindings, Bound
from nhilint.platforms.kubernetes.objects import name_of
from nhilint.platforms.kubernetes.roles import Roles, Use
from nhilint.platforms.kubernetes.rules import GROUP
from nhilint.platforms.kubernetes.selectors import aggregates
from nhilint.platforms.kubernetes.text import text

_RBAC = GROUP + "rbac.authorization.k8s.io"
_ADMINISTRATOR = "cluster-admin"
_EVERY_NAMESPACE = "?*"
"""The pattern of namespaces of what somebody may bind in each of them: all but the cluster itself."""
Requests = tuple[tuple[str, tuple[str, ...]], ...]


class Named(NamedTuple):
    """A literal name that a rule gives a verb for; `*` in `name` for every one."""

    verb: str
    resource: str
    name: str
    namespace: str


@dataclass(slots=True)
class _Offers:
    bindings: Bindings
    named: set[Named] = field(default_factory=set)
    places: set[str] = field(default_factory=set)
    """Where somebody may write RoleBindings: literal namespaces."""

    def collect(self) -> Iterator[Offer]:
        for grant in self.bindings.grants:
            for statement in () if grant.inert else grant.statements:
                self._read(statement)
        if any(one.verb == "bind" for one in self.named):
            yield from self._bindable()
        if any(one.verb == "escalate" for one in self.named):
            for bound in self.bindings.bound:
                yield from self._rewritable(bound)

    def _read(self, statement: Statement) -> None:
        verbs, groups, resources, names, namespaces = (scope.patterns for scope in statement.scopes)
        if not any(matches(group, _RBAC) for group in groups):
            return
        for verb, resource in (
            *(("bind", "clusterroles"), ("bind", "roles"), ("escalate", "clusterroles"), ("escalate", "roles")),
            *((verb, "rolebindings") for verb in ("create", "update", "patch")),
        ):
            if any(matches(v, verb) for v in verbs) and any(matches(r, resource) for r in resources):
                if resource == "rolebindings":
                    self.places.update(namespace for namespace in namespaces if not is_wild(namespace))
                else:
                    self.named.update(Named(verb, resource, n, where) for n in names for where in namespaces)

    # --- binding -------------------------------------------------------------------------------------------------

    def _bindable(self) -> Iterator[Offer]:
        roles = {name_of(d): d for d in self.bindings.objects.by_kind["ClusterRole"]}
        names = {
            n.name for n in self.named if n.verb == "bind" and n.resource == "clusterroles" and not is_wild(n.name)
        }
        for name in sorted(display(name) for name in names):
            if name == _ADMINISTRATOR or (name not in roles and name not in default_cluster_roles()):
                continue
            yield from self._cluster_role(name)
        wanted = [n for n in self.named if n.verb == "bind" and n.resource == "roles"]
        for document in self.bindings.objects.by_kind["Role"]:
            own, where = literal(name_of(document)), literal(self.bindings.objects.namespace(document))
            if any(n.name in ("*", own) and n.namespace in ("*", where) for n in wanted):
                yield from self._offer("Role", name_of(document), document, where)

    def _cluster_role(self, name: str) -> Iterator[Offer]:
        yield from self._offer("ClusterRole", name, None, "*")
        for where in (_EVERY_NAMESPACE, *sorted(self.places)):
            yield from self._offer("ClusterRole", name, None, where)

    def _offer(self, kind: str, name: str, role: Document | None, where: str) -> Iterator[Offer]:
        written = [d for d in self.bindings.objects.by_kind[kind] if name_of(d) == name] if role is None else [role]
        documents: list[Document | None] = [*written] or [None]
        for document in documents:
            realm = self.bindings.objects.realm(document) if document is not None else ""
            place = {"*": "in the cluster", _EVERY_NAMESPACE: "in every namespace"}.get(
                where, f"in namespace `{display(where)}`"
            )
            key = _key(kind, name, where, realm)
            statements = self._statements(kind, name, document, where)
            if not statements:
                continue
            yield Offer(
                key=key,
                platform="kubernetes",
                name=f"{kind} `{name}` {place}",
                realm=realm,
                technique="bind-role",
                why=f"may bind itself to {kind} `{name}` {place}",
                needs=self._needs(kind, name, where),
                statements=statements,
                span=document.span if document is not None else self._anywhere().span,
            )

    def _anywhere(self) -> Document:
        """A place for what the tree does not write: some binding of it."""
        return next(d for kind in ("ClusterRoleBinding", "RoleBinding") for d in self.bindings.objects.by_kind[kind])

    def _needs(self, kind: str, name: str, where: str) -> tuple[Requests, ...]:
        resource = "clusterroles" if kind == "ClusterRole" else "roles"
        made = "clusterrolebindings" if where == "*" else "rolebindings"
        namespace = {"*": "", _EVERY_NAMESPACE: "any-namespace-of-the-cluster"}.get(where, where)
        changed = [
            (verb, _RBAC, made, literal(name_of(binding)), namespace)
            for binding in self.bindings.objects.by_kind["ClusterRoleBinding" if where == "*" else "RoleBinding"]
            if _refers(binding, kind, name) and where in ("*", literal(self.bindings.objects.namespace(binding)))
            for verb in ("update", "patch")
        ]
        points = [("create", _RBAC, made, "", namespace), *changed]
        return _all(("bind", _RBAC, resource, literal(name), namespace)), _all(*points)

    def _statements(self, kind: str, name: str, role: Document | None, where: str) -> tuple[Statement, ...]:
        user = role if role is not None else self._anywhere()
        use = Use(grant=f"{kind} {name}", holder=IdentityKey(""), where=where, user=user)
        statements, _, _ = Roles(self.bindings.objects, []).statements(kind, name, role, use)
        return statements

    # --- rewriting -----------------------------------------------------------------------------------------------

    def _rewritable(self, bound: Bound) -> Iterator[Offer]:
        role, where = bound.role, bound.where
        if aggregates(role.body):
            return
        name = name_of(role)
        resource = "clusterroles" if role.kind == "ClusterRole" else "roles"
        namespace = literal(self.bindings.objects.namespace(role))
        if not any(
            n.verb == "escalate" and n.resource == resource and n.name in ("*", literal(name)) for n in self.named
        ):
            return
        place = "in the cluster" if where == "*" else f"in namespace `{display(where)}`"
        via = Via(grant=f"{role.kind} {name}", span=role.span)
        everything = tuple(Scope(patterns=(pattern,)) for pattern in ("*", GROUP + "*", "*", "*", where))
        yield Offer(
            key=IdentityKey(f"{_key(role.kind, name, where, self.bindings.objects.realm(role))}!"),
            platform="kubernetes",
            name=f"everything {place}",
            realm=self.bindings.objects.realm(role),
            technique="escalate-role",
            why=f"may write any rule into {role.kind} `{name}`, to which it is bound {place}",
            needs=(
                _all(("escalate", _RBAC, resource, literal(name), namespace)),
                _all(*((verb, _RBAC, resource, literal(name), namespace) for verb in ("update", "patch"))),
            ),
            by=(bound.holder,),
            statements=(Statement(effect="allow", actions=("*",), scopes=everything, origin=via),),
            span=role.span,
        )


def offers(bindings: Bindings) -> Iterator[Offer]:
    """The offers of a tree, each once. Nothing where nobody may bind or escalate."""
    found: dict[tuple[IdentityKey, tuple[IdentityKey, ...]], Offer] = {}
    for offer in _Offers(bindings).collect():
        found.setdefault((offer.key, offer.by), offer)
    yield from found.values()


def _key(kind: str, name: str, where: str, realm: str) -> IdentityKey:
    place = {"*": "cluster", _EVERY_NAMESPACE: "every-namespace"}.get(where, display(where))
    return IdentityKey(f"kubernetes:offer/{kind.lower()}/{name}/{place}" + (f"@{realm}" if realm else ""))


def _refers(binding: Document, kind: str, name: str) -> bool:
    reference = binding.body.get("roleRef")
    return isinstance(reference, Map) and (text(reference.get("kind")), text(reference.get("name"))) == (kind, name)


def _all(*points: tuple[str, ...]) -> Requests:
    return tuple(("*", point) for point in points)
