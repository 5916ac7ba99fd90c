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
    chosen: Mapping[str, str] = field(default_factory=dict)
    """Names of accounts that are written without a namespace to the one namespace in which bindings name them.

    Such manifests are applied with `kubectl apply -n NAMESPACE`, or by a kustomization outside the tree, and only the
    bindings of the cluster have to write it down. Two different namespaces are no such sign: each is what it says.
    """

    def __post_init__(self) -> None:
        named: defaultdict[str, set[str]] = defaultdict(set)
        for kind in ("RoleBinding", "ClusterRoleBinding"):
            for binding in self.objects.by_kind[kind]:
                for namespace, name in () if self.objects.imposed(binding) else _named(binding):
                    named[name].add(namespace)
        unwritten = {name_of(d) for d in self.objects.by_kind["ServiceAccount"] if self.objects.unwritten(d)}
        once = {name: next(iter(spaces)) for name, spaces in named.items() if name in unwritten and len(spaces) == 1}
        self.chosen = {name: namespace for name, namespace in once.items() if namespace != DEFAULT}

    def namespace(self, namespace: str, name: str, binding: Document) -> str:
        """The namespace of the account; empty when the subject names nobody.

        A kustomization that sets a namespace sets it in subjects named `default`, and in those that mean one of its own
        accounts (https://github.com/kubernetes-sigs/kustomize/blob/master/api/filters/namespace/namespace.go).
        """
        imposed = self.objects.imposed(binding)
        if imposed and (name == "default" or self._own(imposed, namespace, name, binding)):
            return imposed
        if not namespace:
            return "" if binding.kind == "ClusterRoleBinding" else self.objects.namespace(binding)
        return DEFAULT if not imposed and self._chosen(namespace, name, binding) else namespace

    def _own(self, imposed: str, namespace: str, name: str, binding: Document) -> bool:
        """Whether it means an account of the kustomization, by the namespace that is written in the account's file."""
        account = self.objects.find("ServiceAccount", imposed, name, binding)
        return account is not None and namespace in ("", self.objects.written(account) or DEFAULT)

    def _chosen(self, namespace: str, name: str, binding: Document) -> bool:
        if self.chosen.get(name) != namespace or self.objects.find("ServiceAccount", namespace, name, binding):
            return False
        account = self.objects.find("ServiceAccount", DEFAULT, name, binding)
        return account is not None and self.objects.unwritten(account)


def _named(binding: Document) -> Iterator[tuple[str, str]]:
    subjects = binding.body.get("subjects")
    for subject in subjects.items if isinstance(subjects, Sequence) else ():
        if isinstance(subject, Map) and text(subject.get("kind")) == "ServiceAccount":
            namespace = text(subject.get("namespace"))
            if namespace:
                yield namespace, text(subject.get("name"))
