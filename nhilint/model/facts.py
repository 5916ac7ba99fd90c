"""Neutral facts about one revision: identities, grants, trusts, credentials, workloads, and what could not be read."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, NewType

from nhilint.algebra.values import Condition, Statement
from nhilint.model.document import Ignore
from nhilint.model.span import Span

IdentityKey = NewType("IdentityKey", str)
"""`platform:kind/name`, for instance `aws:role/ci-deployer`; never contains a file or a line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Via:
    """The lines that make a grant: where it is written, and in which grant."""

    grant: str
    """Key of the grant or trust."""
    span: Span
    """The statement, rule or attachment."""
    label: str = ""
    """The statement's own name (`Sid`), if it has one."""
    written: tuple[tuple[str, str], ...] = ()
    """Actions that the data does not know: folded, and as the author wrote them."""


Occasion = tuple[tuple[str, tuple[str, ...]], ...]
"""Claim to the globs one of which its value is in, as in a `Token`: `repository`, `ref`, `environment`, `event_name`,
`workflow_ref`; one that is not listed is absent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """Somebody who is not a person: role, user, service account — or a holder of permissions nobody is bound to yet."""

    key: IdentityKey
    platform: str
    kind: str
    """`iam_role`, `iam_user`, `iam_group`, `iam_policy` (a managed policy attached to nobody here), `service_account`,
    `kubernetes_user`, `kubernetes_group`, `cluster_role` / `role` (bound to nobody here), `module_call`, …"""
    name: str
    """For people; symbols as `${…}`."""
    realm: str = ""
    """Root module or manifest folder, only where needed to tell two apart."""
    address: str = ""
    root: str = ""
    span: Span
    bound: bool = True
    """False: holds permissions, but nothing in this tree lets anybody use them (unattached policy, unbound role)."""
    external: bool = False
    """True: named in the tree (as a subject or holder) but defined outside it."""
    taken_into: tuple[str, ...] = ()
    """What exists outside the tree and takes in all that is held here: the shipped roles that collect a role."""
    owner: str = ""
    purpose: str = ""
    expires: str = ""
    labels: tuple[tuple[str, str], ...] = ()
    """Tags, labels and annotations, sorted."""
    may: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    """Other names that refer to it: ARNs, addresses."""
    absent: tuple[Statement, ...] = ()
    """What is allowed where this holder does not exist. Empty for everybody but a limit (the denies of a resource
    policy): without the limit, nothing of it is taken away."""
    ignores: tuple[Ignore, ...] = ()
    occasions: tuple[Occasion, ...] = ()
    """Each way in which it starts, as far as that is known; empty: nothing is known, or nothing starts it."""
    sessions: tuple[str, ...] = ()
    """How many seconds its sessions may last, each value that it may have: a number, or a symbol; empty: not known."""
    bounds: tuple[tuple[str, tuple[str, ...]], ...] = ()
    """The ARNs of its permission boundaries, read or not, each with the reasons why it may be absent."""


Layer = Literal["identity", "boundary", "resource"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """Permissions attached to an identity. Statements' `origin` is a `Via`."""

    key: str
    """Stable: holder, kind and name of the policy or binding; no file, no line."""
    holder: IdentityKey
    layer: Layer
    name: str
    """For people: "inline policy `deploy`", "RoleBinding `ci` to ClusterRole `edit`"."""
    statements: tuple[Statement, ...]
    span: Span
    """The attachment (or the policy itself when inline)."""
    inert: str = ""
    """Why the grant as a whole gives nothing (unbound, dangling, cluster-scoped in a RoleBinding); empty: it does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AttachedPolicy:
    """A policy that stands on a resource or on a part of an organisation, and binds whoever asks there."""

    key: str
    """Stable: address of the policy and its kind; the same for every place it is attached to."""
    layer: Literal["resource", "scp", "rcp"]
    name: str
    """For people: "bucket policy of `aws_s3_bucket_policy.b`"."""
    targets: tuple[str, ...]
    """Patterns of the resource it stands on; or the account, root or unit, empty where the tree does not say which."""
    statements: tuple[Statement, ...]
    """Dimensions: principal and resource; of an `scp` only the resource. `origin` is a `Via`."""
    span: Span
    root: str = ""
    """Root module that makes it."""
    service: str = ""
    """Whose resources it stands on; empty where that is no question."""
    unread: tuple[Unresolved, ...] = ()
    """What of it could not be read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trust:
    """Who may become an identity. Dimensions of the statements: `("principal",)`; `origin` is a `Via`."""

    key: str
    identity: IdentityKey
    statements: tuple[Statement, ...]
    """Principals are written `AWS:arn…`, `Service:ec2.amazonaws.com`, `Federated:arn…`, `CanonicalUser:…`, or `*`."""
    span: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Credential:
    """A static credential that the tree creates."""

    identity: IdentityKey
    kind: str
    """`access_key`, `login_profile`, `service_account_token`, …"""
    name: str
    span: Span
    address: str = ""
    """`ROOT#ADDRESS` of the resource that makes it, for what keeps its value elsewhere; empty: nothing asks."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Escape:
    """What a workload reaches by the way it is run, whatever its identity may do: the machine it runs on."""

    goal: str
    """Name of a goal of the platform: `node`."""
    technique: str
    why: str
    """For people, after the workload's name: "is privileged"; without a full stop."""
    span: Span
    may: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Workload:
    """Something that runs as an identity."""

    identity: IdentityKey
    kind: str
    """`Deployment`, `CronJob`, `aws_lambda_function`, `aws_instance`, …"""
    name: str
    span: Span
    variables: tuple[tuple[str, str], ...] = ()
    """What names it in the requests of techniques: (`arn`, pattern), or (`namespace`, …) and (`name`, …)."""
    escapes: tuple[Escape, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Carrier:
    """What an identity's permissions are written in besides itself: who rewrites it changes what that one may do."""

    identity: IdentityKey
    kind: str
    """`managed policy`, `group`, `group policy`, `boundary`, `ClusterRole`, …"""
    name: str
    span: Span
    """What ties the two together: the attachment, the membership, the binding."""
    variables: tuple[tuple[str, str], ...] = ()
    """What names it in the requests of techniques, as of a `Workload`."""
    may: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """What an issuer states about an identity of this tree when it hands it a token, or signs its requests."""

    identity: IdentityKey
    issuer: str
    """Glob of the issuer without scheme: `token.actions.githubusercontent.com`; `aws` for what signs requests to AWS,
    `kubernetes` for the tokens of service accounts, whichever cluster issues them."""
    claims: tuple[tuple[str, tuple[str, ...]], ...]
    """Claim, lower case, to the globs one of which its value is in; sorted. A claim that is not listed may be anything,
    or be missing."""
    span: Span
    wants: tuple[str, ...] = ()
    """What it says itself that it becomes: the role of a login step, the annotation of a service account."""
    may: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Acceptance:
    """One alternative of who may become an identity: a token of this issuer whose claims satisfy all clauses."""

    identity: IdentityKey
    """Whom one becomes."""
    issuer: str
    """Glob of issuers, as in `Token`."""
    clauses: tuple[Condition, ...]
    """Their keys are claims, lower case."""
    via: Via
    why: str
    """For people, after "may become it: ": "trusted by name", "mapped in aws-auth"; without a full stop."""
    outsider: str = ""
    """Who it is where no token of the tree meets it: "anybody who opens a pull request"; empty: the clauses say it."""
    needs: tuple[tuple[str, tuple[str, ...]], ...] = ()
    """Requests (action, point) that its own permissions have to allow besides; empty: the acceptance is enough."""
    unless: tuple[tuple[Condition, ...], ...] = ()
    """Denies, each as clauses over claims that shut a token out when all of them hold."""
    technique: str = ""
    """Id of the known technique this is, if it is one."""
    undecided: str = ""
    """Why it can not be told who is meant; empty: it can."""
    dead: str = ""
    """Why it lets nobody in although it is written; empty: it does."""
    may: tuple[str, ...] = ()
    audiences: tuple[str, ...] = ()
    """The only audiences whose tokens are taken at all, whatever the clauses ask for; empty: not known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Storage:
    """A place that keeps a credential: whoever reads it there becomes the identity."""

    identity: IdentityKey
    """Or `credential:ROOT#ADDRESS`, where only another platform knows whose it is: `unite` puts the identity in."""
    platform: str
    """Whose permissions say who reads it."""
    name: str
    """For people: "Secret `prod/deployer-token`"."""
    requests: tuple[tuple[str, tuple[str, ...]], ...]
    """(action, point): each of them alone reads it."""
    span: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """Permissions that wait for whoever may take them: those of a role that it may bind itself to, or rewrite."""

    key: IdentityKey
    """As of an identity that holds them; no identity of the tree has it."""
    platform: str
    name: str
    """For people: "ClusterRole `edit` in namespace `dev`"."""
    realm: str = ""
    technique: str
    why: str
    """For people: "may bind itself to ClusterRole `edit` in namespace `dev`"."""
    needs: tuple[tuple[tuple[str, tuple[str, ...]], ...], ...]
    """Of each element one request (action, point) has to be allowed."""
    by: tuple[IdentityKey, ...] = ()
    """Who alone can take it; empty: whoever meets the needs."""
    statements: tuple[Statement, ...]
    span: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Unresolved:
    """Something that could not be judged, and why. Always shown, always counted."""

    what: str
    """The block or file, for people: "policy of `aws_iam_role_policy.x`"."""
    why: str
    """The reason, naming the expression that blocked it; a sentence without a full stop."""
    span: Span
    identity: IdentityKey | None = None
    """The identity it belongs to, when that is known."""
    cause: str = "other"
    """Short class for counting: `syntax`, `unknown-value`, `remote-module`, `template`, `size`, `encoding`, …"""
    source_line: str = ""
    """The line of `span`, with what stands in quotes hidden; empty when it does not help or may not be shown."""
    help: str = ""
    """What to do about it; empty when there is nothing to say."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Assumed:
    """Something that an answer rests on and that the tree does not say. Always shown."""

    what: str
    """The block, for people: "module call `module.ci`"."""
    why: str
    """What is taken for true; a sentence without a full stop."""
    span: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What one platform says about a set of documents. Order is by key, then span."""

    identities: tuple[Identity, ...] = ()
    grants: tuple[Grant, ...] = ()
    trusts: tuple[Trust, ...] = ()
    policies: tuple[AttachedPolicy, ...] = ()
    credentials: tuple[Credential, ...] = ()
    workloads: tuple[Workload, ...] = ()
    carriers: tuple[Carrier, ...] = ()
    tokens: tuple[Token, ...] = ()
    acceptances: tuple[Acceptance, ...] = ()
    storages: tuple[Storage, ...] = ()
    offers: tuple[Offer, ...] = ()
    unresolved: tuple[Unresolved, ...] = ()
    blocks: int = 0
    """How many blocks that can bear permission were looked at (each yielded a fact or an `Unresolved`)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """A declared rename of an address (Terraform's `moved` block), absolute from the root."""

    root: str
    source: str
    target: str
    span: Span = field(compare=False)
