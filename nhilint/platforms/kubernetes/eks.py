"""Which AWS identities are whom in a cluster of EKS: the ConfigMap `aws-auth`, and access entries in Terraform.

An identity of AWS is known here only by its ARN, as AWS states it of whoever signs a request. In `aws-auth` the ARN of
a role has no path. https://docs.aws.amazon.com/eks/latest/userguide/grant-k8s-access.html
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from nhilint.algebra.values import Condition, literal
from nhilint.model.document import Document
from nhilint.model.facts import Acceptance, Grant, IdentityKey, Unresolved, Via
from nhilint.model.node import Encoded, Map, Node
from nhilint.model.node import Sequence as ListNode
from nhilint.model.span import Span
from nhilint.platforms.kubernetes.bindings import Bindings
from nhilint.platforms.kubernetes.objects import name_of
from nhilint.platforms.kubernetes.pods import field as part
from nhilint.platforms.kubernetes.pods import items, one
from nhilint.platforms.kubernetes.roles import Use
from nhilint.platforms.kubernetes.text import pattern, strings, text

ISSUER = "aws"
"""Who states the ARN of a caller."""
MASTERS = "system:masters"
_MAPS = {"mapRoles": "rolearn", "mapUsers": "userarn"}
_MAX_TEXT = 500_000
_POLICIES = {
    "AmazonEKSClusterAdminPolicy": "cluster-admin",
    "AmazonEKSAdminPolicy": "admin",
    "AmazonEKSEditPolicy": "edit",
    "AmazonEKSViewPolicy": "view",
    "AmazonEKSAdminViewPolicy": "view",
}
"""Access policies to the ClusterRoles that they are like.

https://docs.aws.amazon.com/eks/latest/userguide/access-policy-permissions.html
"""
_CONFIG_MAPS = ("kubernetes_config_map", "kubernetes_config_map_v1", "kubernetes_config_map_v1_data")


@dataclass(slots=True)
class Eks:
    """Collects whom AWS identities become; adds users, groups and their grants to the bindings."""

    bindings: Bindings
    found: list[Acceptance] = field(default_factory=list)
    _entries: dict[tuple[str, str], IdentityKey] = field(default_factory=dict)
    """(cluster, ARN) to the user of an access entry."""

    def collect(self, documents: list[Document]) -> tuple[Acceptance, ...]:
        """Every mapping of the tree."""
        for document in documents:
            if document.kind == "ConfigMap" or document.type in _CONFIG_MAPS:
                self._config_map(document)
            elif document.type == "aws_eks_access_entry" and document.kind == "resource":
                self._entry(document)
        for document in documents:
            if document.type == "aws_eks_access_policy_association" and document.kind == "resource":
                self._association(document)
        return tuple(self.found)

    # --- aws-auth ------------------------------------------------------------------------------------------------

    def _config_map(self, document: Document) -> None:
        name = name_of(document) or text(part(one(document.body.get("metadata")) or document.body, "name"))
        data = one(document.body.get("data"))
        if name != "aws-auth" or data is None:
            return
        for key, word in _MAPS.items():
            node = data.get(key)
            for (arn, user, groups), span in self._rows(node, word) if node is not None else ():
                if arn:
                    why = f"`{key}` of the ConfigMap `aws-auth` names it"
                    self._mapped(arn, user, groups, document, span, why)

    def _rows(self, node: Node, word: str) -> Iterator[tuple[tuple[str, str, tuple[str, ...]], Span]]:
        """ARN, user and groups of every entry of a map, which is YAML in a string."""
        if isinstance(node, Encoded):
            node = node.node
        if isinstance(node, ListNode):
            for item in node.items:
                if isinstance(item, Map):
                    yield (text(item.get(word)), text(item.get("username")), strings(item.get("groups"))), item.span
            return
        rows = _parsed(text(node))
        if rows is None:
            why = "what it maps is not a list that can be read"
            self.bindings.unresolved.append(
                Unresolved(what="ConfigMap `aws-auth`", why=why, span=node.span, cause="syntax")
            )
            return
        for row in rows:
            groups = row.get("groups") or []
            named = tuple(str(group) for group in groups) if isinstance(groups, list) else ()
            yield (str(row.get(word) or ""), str(row.get("username") or ""), named), node.span

    def _mapped(self, arn: str, user: str, groups: tuple[str, ...], document: Document, span: Span, why: str) -> None:
        for group in groups:
            self._accept(arn, "group", group, document, span, f"{why}, into its groups")
        if user and "{{" not in user:
            self._accept(arn, "user", user, document, span, why)

    # --- access entries ------------------------------------------------------------------------------------------

    def _entry(self, document: Document) -> None:
        arn = text(document.body.get("principal_arn"))
        if not arn:
            return
        kind = text(document.body.get("type"))
        groups = strings(document.body.get("kubernetes_groups"))
        if kind not in ("", "STANDARD"):
            groups = ("system:nodes",)
        user = text(document.body.get("user_name")) or arn
        why = f"`{document.address}` maps it"
        for group in groups:
            self._accept(arn, "group", group, document, document.span, f"{why}, into its groups")
        if kind in ("", "STANDARD"):
            key = self._accept(arn, "user", user, document, document.span, why)
            self._entries[text(document.body.get("cluster_name")), arn] = key

    def _association(self, document: Document) -> None:
        arn, cluster = (text(document.body.get(name)) for name in ("principal_arn", "cluster_name"))
        policy = text(document.body.get("policy_arn")).rpartition("/")[2]
        role = _POLICIES.get(policy)
        if not arn or role is None:
            why = f"the access policy `{policy}` is not known" if arn else "whom it is about can not be read"
            what = f"`{document.address}`"
            self.bindings.unresolved.append(Unresolved(what=what, why=why, span=document.span, cause="unknown-value"))
            return
        key = self._entries.get((cluster, arn))
        if key is None:
            key = self._accept(arn, "user", arn, document, document.span, f"`{document.address}` is about it")
            self._entries[cluster, arn] = key
        scopes = list(items(document.body, "access_scope"))
        narrow = [scope for scope in scopes if text(scope.get("type")) == "namespace"]
        places = [literal(name) for scope in narrow for name in strings(scope.get("namespaces"))] if narrow else ["*"]
        for place in places:
            self._grant(key, role, place, document, f"access policy `{policy}`")

    # --- facts ---------------------------------------------------------------------------------------------------

    def _accept(self, arn: str, kind: str, name: str, document: Document, span: Span, why: str) -> IdentityKey:
        """Whoever signs as the ARN becomes the user or the group, in every realm that knows one of that name."""
        plain = IdentityKey(f"kubernetes:{kind}/{name}")
        known = [
            identity.key
            for identity in self.bindings.identities.values()
            if identity.kind == f"kubernetes_{kind}" and identity.name == name
        ]
        for key in known or [self.bindings.outsider(kind.capitalize(), name, span)]:
            if kind == "group" and name == MASTERS:
                self._grant(key, "cluster-admin", "*", document, "ClusterRoleBinding `cluster-admin` of every cluster")
            self.found.append(
                Acceptance(
                    identity=key,
                    issuer=ISSUER,
                    clauses=(Condition(operator="StringEquals", key="arn", values=(pattern(arn),)),),
                    via=Via(grant=f"{key}|{document.address or name_of(document)}", span=span),
                    why=why,
                    may=document.may,
                )
            )
        return known[0] if known else plain

    def _grant(self, holder: IdentityKey, role: str, where: str, document: Document, title: str) -> None:
        key = f"{holder}|{title}/{where}"
        if any(grant.key == key for grant in self.bindings.grants):
            return
        use = Use(grant=key, holder=holder, where=where, user=document)
        statements, _, _ = self.bindings.roles.statements("ClusterRole", role, None, use)
        self.bindings.grants.append(
            Grant(key=key, holder=holder, layer="identity", name=title, statements=statements, span=document.span)
        )


def _parsed(written: str) -> list[dict[str, object]] | None:
    """The maps of a list in YAML; None when it is none."""
    import yaml

    if len(written) > _MAX_TEXT:
        return None
    try:
        rows = yaml.safe_load(written)
    except (yaml.YAMLError, RecursionError, ValueError):
        return None
    if rows is None:
        return []
    return [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else None
