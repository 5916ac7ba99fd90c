"""Which service account a subject of a binding means, after kustomizations and `kubectl apply -n`; knows no rules."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from nhilint.model.document import Document
from nhilint.model.node import Map, Sequence
from nhilint.platforms.kubernetes.objects import DEFAULT, Objects, name_of
from nhilint.platforms.kubernetes.text import text

_USER = "system:serviceaccount:"


def account_of_user(name: str) -> tuple[str, str] | None:
    """Namespace and name of the service account that is this user; None for every other user."""
    namespace, _, account = name.removeprefix(_USER).partition(":")
    known = name.startswith(_USER) and namespace and account and ":" not in account
    return (namespace, account) if known else None


def user_of_account(namespace: str, name: str) -> str:
    """The user name of a service account."""
    return f"{_USER}{namespace}:{name}"


@dataclass(slots=True)
class Subjects:
    """Answers for one tree."""

    objects: Objects
    _chosen: Mapping[tuple[str, str], str] = field(default_factory=dict)
    """Root and name of accounts that are written without a namespace, to the one namespace in which bindings name them.

    Such manifests are applied with `kubectl apply -n NAMESPACE`, or by a kustomization outside the tree, and only the
    bindings of the cluster have to write it down. Two different namespaces are no such sign: each is what it says.
    Bindings that are applied together with the account go before others.
    """

    def __post_init__(self) -> None:
        near: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
        anywhere: defaultdict[str, set[str]] = defaultdict(set)
        for kind in ("RoleBinding", "ClusterRoleBinding"):
            for binding in self.objects.by_kind[kind]:
                for namespace, name in _named(binding):
                    near[binding.root, name].add(namespace)
                    anywhere[name].add(namespace)
        chosen: dict[tuple[str, str], str] = {}
        for account in self.objects.by_kind["ServiceAccount"]:
            key = (account.root, name_of(account))
            spaces = near.get(key) or anywhere.get(key[1], set())
            if self.objects.unwritten(account) and len(spaces) == 1:
                chosen[key] = next(iter(spaces))
        self._chosen = {key: namespace for key, namespace in chosen.items() if namespace != DEFAULT}

    def chosen(self, account: Document) -> str:
        """The namespace that bindings choose for an account that is written without one; empty when they do not."""
        return self._chosen.get((account.root, name_of(account)), "") if self.objects.unwritten(account) else ""

    def namespace(self, namespace: str, name: str, binding: Document) -> str:
        """The namespace of the account; empty when the subject names nobody."""
        if not namespace:
            return "" if binding.kind == "ClusterRoleBinding" else self.objects.namespace(binding)
        return DEFAULT if self._is_chosen(namespace, name, binding) else namespace

    def _is_chosen(self, namespace: str, name: str, binding: Document) -> bool:
        account = self.objects.find("ServiceAccount", DEFAULT, name, binding)
        if account is None or self.chosen(account) != namespace:
            return False
        # One that is written in the namespace is meant instead, unless only the other is applied with the binding.
        written = self.objects.find("ServiceAccount", namespace, name, binding)
        return written is None or (account.root == binding.root != written.root)


def _named(binding: Document) -> Iterator[tuple[str, str]]:
    subjects = binding.body.get("subjects")
    for subject in subjects.items if isinstance(subjects, Sequence) else ():
        if isinstance(subject, Map) and text(subject.get("kind")) == "ServiceAccount":
            namespace = text(subject.get("namespace"))
            if namespace:
                yield namespace, text(subject.get("name"))
