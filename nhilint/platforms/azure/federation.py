"""Applications and managed identities of Azure, and the federated credentials that let outside tokens become them.

A credential names one issuer, one subject and the audiences, letter by letter.
https://learn.microsoft.com/en-us/entra/workload-id/workload-identity-federation
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from nhilint.algebra.values import SYMBOL_OPEN, Condition, display, symbol
from nhilint.model.document import Document
from nhilint.model.facts import Acceptance, Facts, Identity, IdentityKey, Unresolved, Via
from nhilint.model.texts import text_of, texts_of

ACCOUNTS = "kubernetes"
"""The issuer of service accounts' tokens, whichever cluster it is; the cluster is the claim `iss`."""
_KINDS = {
    "azurerm_user_assigned_identity": ("azure_managed_identity", "managed-identity", "name"),
    "azuread_application": ("azure_application", "application", "display_name"),
    "azuread_application_registration": ("azure_application", "application", "display_name"),
}
_CREDENTIALS = {
    "azurerm_federated_identity_credential": ("parent_id", "user_assigned_identity_id"),
    "azuread_application_federated_identity_credential": ("application_id", "application_object_id"),
}
"""Type to the arguments one of which names whose credential it is."""
_ATTRIBUTES = ("id", "client_id", "principal_id", "object_id", "application_id")
_SUBJECT = "system:serviceaccount:"


@dataclass(slots=True)
class Federations:
    """Reads the documents of one tree."""

    documents: Sequence[Document]
    identities: dict[IdentityKey, Identity] = field(default_factory=dict)
    acceptances: list[Acceptance] = field(default_factory=list)
    unresolved: list[Unresolved] = field(default_factory=list)
    _names: dict[str, IdentityKey] = field(default_factory=dict)

    def facts(self) -> Facts:
        """Everything; each credential yields an acceptance or says why it does not."""
        for document in self.documents:
            if document.type in _KINDS and document.kind == "resource":
                self._identity(document)
        credentials = [d for d in self.documents if d.type in _CREDENTIALS]
        for document in credentials:
            self._credential(document)
        return Facts(
            identities=tuple(self.identities.values()),
            acceptances=tuple(self.acceptances),
            unresolved=tuple(self.unresolved),
            blocks=len(credentials),
        )

    def _identity(self, document: Document) -> None:
        kind, word, attribute = _KINDS[document.type]
        name = display(text_of(document.body.get(attribute)) or document.address)
        key = IdentityKey(f"azure:{word}/{name}")
        if key in self.identities:
            key = IdentityKey(f"{key}@{document.root}#{document.address}")
        refers = tuple(symbol(f"{document.address}.{attribute}") for attribute in _ATTRIBUTES)
        self._names.update(dict.fromkeys(refers, key))
        self.identities[key] = Identity(
            key=key,
            platform="azure",
            kind=kind,
            name=name,
            address=document.address,
            root=document.root,
            span=document.span,
            may=document.may,
            aliases=refers,
            ignores=document.ignores,
        )

    def _credential(self, document: Document) -> None:
        body = document.body
        owner = next((text for name in _CREDENTIALS[document.type] if (text := text_of(body.get(name)))), "")
        issuer = text_of(body.get("issuer")).removeprefix("https://").rstrip("/")
        subject = text_of(body.get("subject"))
        if not owner or not issuer or not subject:
            lacking = "whose it is" if not owner else "its issuer" if not issuer else "its subject"
            what, why = f"`{document.address}`", f"{lacking} can not be read"
            self.unresolved.append(Unresolved(what=what, why=why, span=document.span, cause="unknown-value"))
            return
        clauses = [Condition(operator="StringEquals", key="sub", values=(subject,))]
        audiences = tuple(text for name in ("audience", "audiences") for text, _ in texts_of(body.get(name)))
        if audiences and not any(SYMBOL_OPEN in text for text in audiences):
            clauses.append(Condition(operator="StringEquals", key="aud", values=audiences))
        if subject.startswith(_SUBJECT):
            clauses.append(Condition(operator="StringEquals", key="iss", values=(issuer,)))
            issuer = ACCOUNTS
        self.acceptances.append(
            Acceptance(
                identity=self._owner(owner, document),
                issuer=issuer,
                clauses=tuple(clauses),
                via=Via(grant=document.address, span=document.span),
                why="its federated credential accepts the token",
                may=document.may,
            )
        )

    def _owner(self, text: str, document: Document) -> IdentityKey:
        """Whose credential it is; outside the tree where nothing here says more than its id."""
        key = self._names.get(text)
        if key is None:
            managed = document.type.startswith("azurerm")
            kind, word = (
                ("azure_managed_identity", "managed-identity") if managed else ("azure_application", "application")
            )
            name = display(text).rpartition("/")[2] if SYMBOL_OPEN not in text else display(text)
            key = IdentityKey(f"azure:{word}/{name}")
            outside = Identity(
                key=key, platform="azure", kind=kind, name=name, span=document.span, external=True, aliases=(text,)
            )
            self.identities.setdefault(key, outside)
        return key
