"""Secrets that keep the token of a service account: who reads one becomes the account. Knows no other credentials."""

from __future__ import annotations

from collections.abc import Iterator

from nhilint.algebra.values import literal
from nhilint.model.document import Document
from nhilint.model.facts import Storage
from nhilint.platforms.kubernetes.bindings import Bindings
from nhilint.platforms.kubernetes.objects import name_of
from nhilint.platforms.kubernetes.rules import GROUP
from nhilint.platforms.kubernetes.workloads import token_secrets


def storages(documents: list[Document], bindings: Bindings) -> Iterator[Storage]:
    """The Secrets of type `kubernetes.io/service-account-token`.

    A list or watch shows all Secrets of the namespace with what is in them; one with a name is a list too.
    """
    for document, key in token_secrets(documents, bindings):
        name, namespace = name_of(document), bindings.objects.namespace(document)
        if not name or name.endswith("*"):
            continue
        shown = literal(name)
        points = [(verb, GROUP, "secrets", shown, literal(namespace)) for verb in ("get", "list", "watch")]
        points += [(verb, GROUP, "secrets", "", literal(namespace)) for verb in ("list", "watch")]
        yield Storage(
            identity=key,
            platform="kubernetes",
            name=f"Secret `{namespace}/{name}`",
            requests=tuple(("*", point) for point in points),
            span=document.span,
        )
