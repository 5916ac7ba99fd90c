"""Service accounts of Google Cloud, and whom their IAM policies let in: pools of outside tokens, clusters, each other.

https://cloud.google.com/iam/docs/workload-identity-federation
https://cloud.google.com/kubernetes-engine/docs/how-to/workload-identity
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from nhilint.algebra.values import SYMBOL, SYMBOL_OPEN, Condition, display, symbol
from nhilint.model.document import Document
from nhilint.model.facts import Acceptance, Facts, Identity, IdentityKey, Token, Unresolved, Via
from nhilint.model.texts import block_of, table_of, text_of, texts_of
from nhilint.platforms.gcp.conditions import claim_of, clauses_of

ISSUER = "gcp"
"""The issuer of what service accounts sign with."""
ACCOUNTS, CALLERS = "kubernetes", "aws"
"""The issuers of service accounts' tokens of clusters, and of requests to AWS."""
_ROLES = frozenset({"roles/iam.workloadIdentityUser", "roles/iam.serviceAccountTokenCreator"})
"""https://cloud.google.com/iam/docs/service-account-permissions: roles that give tokens of the account."""
_EMAIL = re.compile(r"(?:projects/[^/]*/serviceAccounts/)?([^/@]+@[^/]+)")
_GKE = re.compile(r"serviceAccount:(?P<pool>.+?)\.svc\.id\.goog\[(?P<namespace>[^/\]]+)/(?P<account>[^\]]+)\]")
_MEMBER = re.compile(r"principal(?P<set>Set)?://iam\.googleapis\.com/(?P<rest>.+)", re.DOTALL)
_POOL = re.compile(rf"(?P<pool>projects/[^/]*/locations/global/workloadIdentityPools/[^/]+|{SYMBOL})/(?P<who>.+)")
_PART = re.compile(r"(?P<kind>subject|group|attribute\.(?P<name>\w+))/(?P<value>.+)", re.DOTALL)
_CLUSTER_PART = re.compile(r"subject/ns/(?P<namespace>[^/]+)/sa/(?P<account>.+)|namespace/(?P<all>.+)")
_ASSUMED = re.compile(r"arn:(\w+):sts::([^:]*):assumed-role/([^/]+)")
_AWS_MAPPING = {"google.subject": "assertion.arn", "attribute.aws_role": "assertion.arn"}
_PREFIX = "google_service_account_iam_"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Provider:
    """One provider of a pool: whose tokens it takes, and what it reads of them."""

    issuer: str
    mapping: Mapping[str, str]
    clauses: tuple[Condition, ...]
    undecided: str
    may: tuple[str, ...]


@dataclass(slots=True)
class Federations:
    """Reads the documents of one tree."""

    documents: Sequence[Document]
    identities: dict[IdentityKey, Identity] = field(default_factory=dict)
    acceptances: list[Acceptance] = field(default_factory=list)
    unresolved: list[Unresolved] = field(default_factory=list)
    _names: dict[str, IdentityKey] = field(default_factory=dict)
    _pools: dict[str, str] = field(default_factory=dict)
    """Every text that refers to a pool, to the address of the pool."""
    _providers: dict[str, list[_Provider]] = field(default_factory=dict)

    def facts(self) -> Facts:
        """Everything; each binding yields acceptances or says why it does not."""
        bindings = [d for d in self.documents if d.type.startswith(_PREFIX)]
        for document in self.documents:
            if document.type == "google_service_account" and document.kind == "resource":
                self._account(document)
            elif document.type == "google_iam_workload_identity_pool":
                self._pool(document)
        for document in self.documents:
            if document.type == "google_iam_workload_identity_pool_provider":
                self._provider(document)
        for document in bindings:
            self._binding(document)
        return Facts(
            identities=tuple(self.identities.values()),
            tokens=tuple(map(_token, self.identities.values())),
            acceptances=tuple(self.acceptances),
            unresolved=tuple(self.unresolved),
            blocks=len(bindings),
        )

    # --- who there is ---------------------------------------------------------------------------------------------

    def _account(self, document: Document) -> None:
        name, project = text_of(document.body.get("account_id")), text_of(document.body.get("project"))
        known = f"{name}@{project}.iam.gserviceaccount.com" if name and project else ""
        key = IdentityKey(f"gcp:service-account/{display(known or name or document.address)}")
        if key in self.identities:
            key = IdentityKey(f"{key}@{document.root}#{document.address}")
        refers = [symbol(f"{document.address}.{name}") for name in ("name", "email", "id", "unique_id", "member")]
        self._names.update((text, key) for text in (known, *refers) if text)
        self.identities[key] = Identity(
            key=key,
            platform="gcp",
            kind="gcp_service_account",
            name=display(known or name or document.address),
            address=document.address,
            root=document.root,
            span=document.span,
            purpose=display(text_of(document.body.get("display_name"))),
            may=document.may,
            aliases=tuple(dict.fromkeys(text for text in (known, refers[1]) if text)),
            ignores=document.ignores,
        )

    def _target(self, document: Document) -> IdentityKey | None:
        """The account that a binding stands on; one outside the tree when only its address is known."""
        text = text_of(document.body.get("service_account_id"))
        found = _EMAIL.fullmatch(text)
        email = found[1] if found else text.rpartition("/")[2]
        key = self._names.get(text) or self._names.get(email)
        if key is None and email:
            key = IdentityKey(f"gcp:service-account/{display(email)}")
            kind, name = "gcp_service_account", display(email)
            self.identities.setdefault(
                key,
                Identity(
                    key=key, platform="gcp", kind=kind, name=name, span=document.span, external=True, aliases=(email,)
                ),
            )
        return key

    def _pool(self, document: Document) -> None:
        number = text_of(document.body.get("workload_identity_pool_id"))
        self._pools[_module(document) + number] = document.address
        for text in (
            *(symbol(f"{document.address}.{name}") for name in ("name", "id", "workload_identity_pool_id")),
            number,
        ):
            if text:
                self._pools.setdefault(text, document.address)

    def _provider(self, document: Document) -> None:
        body = document.body
        pool = text_of(body.get("workload_identity_pool_id"))
        mapping = table_of(body.get("attribute_mapping"))
        oidc, aws = block_of(body.get("oidc")), block_of(body.get("aws"))
        clauses: tuple[Condition, ...] = ()
        undecided = ""
        if condition := text_of(body.get("attribute_condition")):
            clauses, undecided = clauses_of(condition, mapping)
        if aws is not None:
            account = Condition(
                operator="StringEquals", key="aws:principalaccount", values=(text_of(aws.get("account_id")),)
            )
            clauses, mapping, issuer = (account, *clauses), {**_AWS_MAPPING, **mapping}, CALLERS
        elif oidc is not None:
            issuer = text_of(oidc.get("issuer_uri")).removeprefix("https://").rstrip("/")
        else:
            issuer = f"saml:{display(text_of(body.get('workload_identity_pool_provider_id')))}"
        provider = _Provider(issuer=issuer, mapping=mapping, clauses=clauses, undecided=undecided, may=document.may)
        address = self._pools.get(_module(document) + pool) or self._pools.get(pool, pool)
        self._providers.setdefault(address, []).append(provider)

    # --- who is let in --------------------------------------------------------------------------------------------

    def _binding(self, document: Document) -> None:
        target = self._target(document)
        role = text_of(document.body.get("role"))
        if document.type == f"{_PREFIX}policy" or target is None or SYMBOL_OPEN in role:
            why = (
                "the policy is one document" if document.type == f"{_PREFIX}policy" else "account or role is not known"
            )
            what = f"`{document.address}`"
            self.unresolved.append(
                Unresolved(what=what, why=why, span=document.span, identity=target, cause="unknown-value")
            )
            return
        if role not in _ROLES:
            return
        via = Via(grant=document.address, span=document.span, label=role)
        members = [*texts_of(document.body.get("member")), *texts_of(document.body.get("members"))]
        for member, may in members:
            plain = Acceptance(
                identity=target,
                issuer=ISSUER,
                clauses=(),
                via=via,
                why=f"`{document.address}` gives it `{role}`",
                may=(*document.may, *may),
            )
            if block_of(document.body.get("condition")) is not None:
                plain = replace(plain, may=(*plain.may, "the binding's condition holds"))
            self.acceptances += self._member(member, plain)

    def _member(self, member: str, plain: Acceptance) -> Iterator[Acceptance]:
        if cluster := _GKE.fullmatch(member):
            yield _of_cluster(plain, cluster["namespace"], cluster["account"])
        elif member.startswith("serviceAccount:"):
            clause = Condition(operator="StringEquals", key="email", values=(member.removeprefix("serviceAccount:"),))
            yield replace(plain, clauses=(clause,), outsider=display(member))
        elif member in self._names:
            clause = Condition(operator="StringEquals", key="email", values=(member.replace(".member", ".email"),))
            yield replace(plain, clauses=(clause,), outsider=display(member))
        elif member in ("allUsers", "allAuthenticatedUsers"):
            yield replace(plain, outsider="anybody" if member == "allUsers" else "anybody with a Google account")
        elif found := _MEMBER.fullmatch(member):
            yield from self._of_pool(found["rest"], plain)

    def _of_pool(self, rest: str, plain: Acceptance) -> Iterator[Acceptance]:
        """`principal://` and `principalSet://` of a pool: one alternative for each of its providers."""
        found = _POOL.fullmatch(rest)
        if found is None:
            why = f"the pool of `{display(rest)}` is not known"
            yield replace(plain, issuer=f"pool:{display(rest)}", undecided=why, outsider=display(rest))
            return
        pool, who = found["pool"], found["who"]
        if pool.endswith(".svc.id.goog"):
            inside = _CLUSTER_PART.fullmatch(who)
            yield (
                _of_cluster(plain, inside["all"] or inside["namespace"], inside["account"] or "*")
                if inside
                else replace(
                    plain,
                    issuer=f"pool:{display(pool)}",
                    outsider=display(rest),
                    undecided="whom of the cluster it means is not read",
                )
            )
            return
        address = self._pools.get(pool) or self._pools.get(pool.rpartition("/")[2], "")
        providers = self._providers.get(address) or self._providers.get(pool.rpartition("/")[2], [])
        for provider in providers:
            yield _of_provider(provider, who, plain)
        if not providers:
            yield replace(plain, issuer=f"pool:{display(pool)}", outsider=display(rest))


def _of_provider(provider: _Provider, who: str, plain: Acceptance) -> Acceptance:
    base = replace(
        plain,
        issuer=provider.issuer,
        clauses=provider.clauses,
        undecided=provider.undecided,
        may=(*plain.may, *provider.may),
    )
    if "system:serviceaccount:" in who:
        base = replace(base, issuer=ACCOUNTS)
    if display(who) == "*":
        return base
    found = _PART.fullmatch(who)
    attribute = "" if found is None else f"attribute.{found['name']}" if found["name"] else f"google.{found['kind']}s"
    attribute = attribute.replace("google.subjects", "google.subject")
    claim = claim_of(attribute, provider.mapping)
    if found is None or not claim:
        made = display(provider.mapping.get(attribute, "")) or "nothing"
        return replace(base, undecided=base.undecided or f"`{attribute or display(who)}` is made of `{made}`")
    value = found["value"]
    if provider.issuer == CALLERS and (role := _ASSUMED.match(value)):
        value = f"arn:{role[1]}:iam::{role[2]}:role/{role[3]}"
    return replace(base, clauses=(*base.clauses, Condition(operator="StringEquals", key=claim, values=(value,))))


def _module(document: Document) -> str:
    """The path of the module that holds it: several uses of one make pools of the same name."""
    return f"{document.root}#{document.address.rpartition('google_')[0]}#"


def _of_cluster(plain: Acceptance, namespace: str, account: str) -> Acceptance:
    operator = "StringLike" if account == "*" else "StringEquals"
    clause = Condition(operator=operator, key="sub", values=(f"system:serviceaccount:{namespace}:{account}",))
    return replace(plain, issuer=ACCOUNTS, clauses=(clause,))


def _token(identity: Identity) -> Token:
    return Token(identity=identity.key, issuer=ISSUER, claims=(("email", identity.aliases),), span=identity.span)
