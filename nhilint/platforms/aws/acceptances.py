"""Who may become a role, as claims: trust policies, Pod Identity associations; and what AWS knows of who calls.

Every alternative of a trust (one principal pattern of one statement) is an acceptance of its own. Clauses keep the
condition keys of AWS, lower case; the claims of a federated token lose the issuer in front (`sub`, `aud`).
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html#condition-keys-wif
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from nhilint.algebra.evaluate import glob
from nhilint.algebra.glob import is_wild
from nhilint.algebra.values import SYMBOL_OPEN, Condition, Scope, Statement, display, literal
from nhilint.model.document import Document
from nhilint.model.facts import Acceptance, Identity, IdentityKey, Token, Trust, Via
from nhilint.platforms.aws.denials import Denial, account_of, assumes, denials, open_denials
from nhilint.platforms.aws.registry import Registry
from nhilint.platforms.aws.text import pieces, text_of

CALLERS = "aws"
"""The issuer of what signs requests to AWS."""
SERVICES = "aws-service"
"""The issuer of what the services of AWS say of themselves."""
ACCOUNTS = "kubernetes"
"""The issuer of service accounts' tokens, whichever cluster it is; the cluster is the claim `iss`."""

_IAM = re.compile(r"arn:([^:]*):(?:iam|sts)::([^:]*):(.+)")
_SESSION = re.compile(r"arn:([^:]*):sts::([^:]*):assumed-role/([^/]+)/.*")
_CLUSTER = re.compile(
    r"oidc\.eks\.[^/]+/.*|container\.googleapis\.com/.*|[^/]*\.oic\.prod-aks\.azure\.com/.*|oidc\.prod-aks\.azure\.com/.*"
)
"""https://docs.aws.amazon.com/eks/latest/userguide/iam-roles-for-service-accounts.html and the like of other clouds."""
_SUBJECT = "system:serviceaccount:"
_POD_SERVICE = "pods.eks.amazonaws.com"
ASSUME, FEDERATED, SAML = "sts:assumerole", "sts:assumerolewithwebidentity", "sts:assumerolewithsaml"


def acceptances(
    trusts: Iterable[Trust], registry: Registry, documents: Sequence[Document], extra: Sequence[Identity]
) -> Iterator[Acceptance]:
    """What every trust and every Pod Identity association lets in."""
    identities = {**registry.identities, **{identity.key: identity for identity in extra}}
    providers = _providers(documents)
    audiences = _audiences(documents)
    pods: defaultdict[IdentityKey, list[Acceptance]] = defaultdict(list)
    trusting: set[IdentityKey] = set()
    for trust in trusts:
        target = identities.get(trust.identity)
        trusting.add(trust.identity)
        for found in _accepted(trust, target, providers, audiences):
            if found.issuer == SERVICES and any(_POD_SERVICE in clause.values for clause in found.clauses):
                pods[trust.identity].append(found)
            yield found
    for document in documents:
        if document.type == "aws_eks_pod_identity_association" and document.kind == "resource":
            yield from _association(document, registry, pods, trusting)


def tokens(registry: Registry) -> Iterator[Token]:
    """What AWS says of each role and user of the tree when it calls."""
    for identity in registry.identities.values():
        arns = tuple(alias for alias in identity.aliases if _IAM.fullmatch(alias) and "${" not in alias)
        if identity.kind not in ("iam_role", "iam_user") or not arns:
            continue
        account = _IAM.fullmatch(arns[0])
        # The name of a session or of a map of a cluster has no path.
        plain = tuple(re.sub(r":(role|user)/.*/", r":\1/", arn) for arn in arns)
        claims = {
            "arn": tuple(dict.fromkeys((*arns, *plain))),
            "aws:principalarn": arns,
            "aws:principalaccount": (account[2],) if account else ("*",),
        }
        yield Token(
            identity=identity.key,
            issuer=CALLERS,
            claims=tuple(sorted(claims.items())),
            span=identity.span,
            may=identity.may,
        )


def _accepted(
    trust: Trust, target: Identity | None, providers: dict[str, str], audiences: Mapping[str, tuple[str, ...]]
) -> Iterator[Acceptance]:
    denies = [s for s in trust.statements if s.effect == "deny"]
    for statement in trust.statements:
        if statement.effect != "allow":
            continue
        scope = statement.scopes[0] if statement.scopes else Scope(patterns=("*",))
        via = statement.origin if isinstance(statement.origin, Via) else Via(grant=trust.key, span=trust.span)
        if scope.negated:
            yield Acceptance(
                identity=trust.identity,
                issuer="*",
                clauses=(),
                via=via,
                why="trusted by `NotPrincipal`",
                outsider="everybody but " + ", ".join(map(display, scope.patterns)),
                undecided="`NotPrincipal` in an allow lets everybody else in, anonymous callers too",
            )
            continue
        for pattern in scope.patterns:
            taken = audiences.get(pattern.partition(":")[2], ())
            for action, found in _one(pattern, statement, trust, target, via, providers):
                if action == FEDERATED and taken:
                    found = replace(found, audiences=taken)
                yield _denied(found, tuple(denials(denies, pattern, action)))


def _denied(found: Acceptance, shut: Sequence[Denial]) -> Acceptance:
    """The alternative without what is surely denied; what may be denied is said."""
    sure = [one for one in shut if not one.statement.may and not one.statement.undecided]
    unless = tuple((*one.clauses, *_clauses(one.statement, found.issuer)) for one in sure)
    unsure = open_denials(one for one in shut if one not in sure)
    return replace(found, unless=unless, may=(*found.may, *unsure)) if shut else found


def _one(
    pattern: str, statement: Statement, trust: Trust, target: Identity | None, via: Via, providers: dict[str, str]
) -> Iterator[tuple[str, Acceptance]]:
    """Whom one principal lets in, each with the action that it takes."""
    kind, _, name = pattern.partition(":")
    plain = Acceptance(
        identity=trust.identity,
        issuer=CALLERS,
        clauses=_clauses(statement, CALLERS),
        via=via,
        why="its trust policy names it",
        undecided=statement.undecided,
        may=statement.may,
    )
    everybody = pattern == "*" or (kind == "AWS" and name == "*")
    if everybody and assumes(statement, ASSUME):
        why = "its trust policy names everybody"
        yield ASSUME, replace(plain, why=why, outsider=_outside("", plain))
    if kind == "AWS" and not everybody and assumes(statement, ASSUME):
        yield ASSUME, _caller(name, plain, target)
    if kind == "Service" and assumes(statement, ASSUME):
        clause = Condition(operator="StringLike", key="service", values=(name,))
        why = "its trust policy names the service"
        yield ASSUME, replace(plain, issuer=SERVICES, clauses=(clause, *plain.clauses), why=why)
    if kind == "Federated" and ":saml-provider/" in name:
        if assumes(statement, SAML):
            issuer = f"saml:{display(name).rpartition('/')[2]}"
            clauses = _clauses(statement, issuer)
            yield SAML, replace(plain, issuer=issuer, clauses=clauses, why="its trust policy names the provider")
    elif (kind == "Federated" or pattern == "*") and assumes(statement, FEDERATED):
        yield FEDERATED, _federated(name or "*", statement, plain, providers)


def _caller(name: str, plain: Acceptance, target: Identity | None) -> Acceptance:
    """A principal `AWS`: an account leaves it to its own policies; another account's caller needs them as well."""
    own = _IAM.fullmatch(_arn(target))
    needs = (("sts:assumerole", (_arn(target),)),) if target is not None and _arn(target) else ()
    number = account_of(name)
    if number is not None:
        clause = Condition(operator="StringEquals", key="aws:principalaccount", values=(number,))
        return replace(
            plain,
            clauses=(clause, *plain.clauses),
            needs=needs,
            why="its trust policy names the account, and it may assume it",
            outsider=_outside(f"{'own ' if own and own[2] == number else ''}account {display(number)}", plain),
        )
    session = _SESSION.fullmatch(name)
    # A session says nothing of its role's path; `arn` has the forms without one.
    key = "aws:principalarn" if session is None else "arn"
    if session is not None:
        name = f"arn:{session[1]}:iam::{session[2]}:role/{session[3]}"
    clause = Condition(operator="ArnLike" if is_wild(name) else "StringEquals", key=key, values=(name,))
    of = _IAM.fullmatch(name)
    foreign = own is not None and of is not None and own[2] != of[2] and SYMBOL_OPEN not in own[2] + of[2]
    return replace(
        plain,
        clauses=(clause, *plain.clauses),
        needs=needs if foreign else (),
        outsider=_outside(display(name), plain),
    )


def _federated(name: str, statement: Statement, plain: Acceptance, providers: dict[str, str]) -> Acceptance:
    issuer = _issuer(name, statement, providers)
    clauses = _clauses(statement, issuer)
    if _CLUSTER.fullmatch(issuer) or _about_accounts(clauses):
        cluster = Condition(operator="StringLike", key="iss", values=(issuer,))
        return replace(plain, issuer=ACCOUNTS, clauses=(cluster, *clauses), why="its trust policy names the subject")
    return replace(plain, issuer=issuer, clauses=clauses, why="its trust policy accepts the token")


def _issuer(name: str, statement: Statement, providers: dict[str, str]) -> str:
    """The issuer of a provider's ARN; where that is not known, the one whose claims the conditions mention."""
    _, known, issuer = name.partition("oidc-provider/")
    if known and issuer and SYMBOL_OPEN not in issuer:
        return issuer
    if name in providers and SYMBOL_OPEN not in providers[name]:
        return providers[name]
    keys = [clause.key.rpartition(":")[0] for clause in statement.conditions if _is_claim(clause.key)]
    literal = next((key for key in keys if key and SYMBOL_OPEN not in key), "")
    if literal:
        return literal
    if not known and not name.startswith("arn:") and SYMBOL_OPEN not in name:
        return name
    return issuer or (keys[0] if keys else name)


def _providers(documents: Sequence[Document]) -> dict[str, str]:
    """The ARNs of the tree's own OIDC providers to their issuers."""
    found = {}
    for document in documents:
        if document.type == "aws_iam_openid_connect_provider":
            url = text_of(document.body.get("url")).removeprefix("https://")
            for attribute in ("arn", "id"):
                if text := text_of(document.body.get(attribute)):
                    found[text] = url
    return found


def _audiences(documents: Sequence[Document]) -> dict[str, tuple[str, ...]]:
    """The ARNs of the tree's own OIDC providers to the audiences that they take, where all of them are known.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_create_oidc.html#manage-oidc-provider-console
    """
    found = {}
    for document in documents:
        if document.type == "aws_iam_openid_connect_provider" and document.kind == "resource":
            taken = list(pieces(document.body.get("client_id_list")))
            if taken and all(piece.pattern and not piece.may for piece in taken):
                for attribute in ("arn", "id"):
                    if text := text_of(document.body.get(attribute)):
                        found[text] = tuple(literal(piece.pattern) for piece in taken)
    return found


def _about_accounts(clauses: Sequence[Condition]) -> bool:
    subjects = [
        clause for clause in clauses if clause.key == "sub" and clause.operator in ("StringEquals", "StringLike")
    ]
    return any(clause.values and all(v.startswith(_SUBJECT) for v in clause.values) for clause in subjects)


def _clauses(statement: Statement, issuer: str) -> tuple[Condition, ...]:
    """The conditions, the claims of a token without their issuer in front."""
    if issuer in (CALLERS, SERVICES):
        return statement.conditions
    return tuple(
        replace(clause, key=clause.key.rpartition(":")[2]) if _is_claim(clause.key) else clause
        for clause in statement.conditions
    )


def _is_claim(key: str) -> bool:
    return ":" in key and key.partition(":")[0] not in ("aws", "sts", "iam")


def _arn(identity: Identity | None) -> str:
    if identity is None:
        return ""
    return next((alias for alias in identity.aliases if _IAM.fullmatch(alias)), "")


def _outside(name: str, plain: Acceptance) -> str:
    """Who is meant besides the tree's own, with the conditions that say more."""
    said = [
        f"{clause.key} {', '.join(map(display, clause.values))}"
        for clause in plain.clauses
        if clause.key.startswith(("aws:principal", "sts:external", "aws:source", "aws:userid"))
    ]
    return " with ".join(part for part in (name or "anybody with an AWS account", ", ".join(said)) if part)


def _association(
    document: Document,
    registry: Registry,
    pods: Mapping[IdentityKey, Sequence[Acceptance]],
    trusting: Collection[IdentityKey],
) -> Iterator[Acceptance]:
    """https://docs.aws.amazon.com/eks/latest/userguide/pod-id-how-it-works.html"""
    namespace, account = text_of(document.body.get("namespace")), text_of(document.body.get("service_account"))
    arn = text_of(document.body.get("role_arn"))
    key = registry.find(document.root, "role", arn)
    if key is None or not namespace or not account:
        return
    cluster = text_of(document.body.get("cluster_name"))
    tags = {"kubernetes-namespace": namespace, "kubernetes-service-account": account, "eks-cluster-name": cluster}
    trusts = [found for found in pods.get(key, ()) if _tagged(found, tags)]
    where = f"a Pod Identity association of cluster `{display(cluster)}`" if cluster else "a Pod Identity association"
    unknown = registry.identities[key].external or key not in trusting
    may = (
        (f"its trust policy lets in `{_POD_SERVICE}`",)
        if unknown
        else min((t.may for t in trusts), key=len, default=())
    )
    yield Acceptance(
        identity=key,
        issuer=ACCOUNTS,
        clauses=(
            Condition(operator="StringEquals", key="aud", values=(_POD_SERVICE,)),
            Condition(operator="StringEquals", key="sub", values=(f"{_SUBJECT}{namespace}:{account}",)),
        ),
        via=Via(grant=document.address, span=document.span),
        why=f"{where} names it",
        may=(*document.may, *may),
        dead=""
        if trusts or unknown
        else f"{where} names it, and its trust policy does not let `{_POD_SERVICE}` in for it",
    )


def _tagged(trust: Acceptance, tags: Mapping[str, str]) -> bool:
    """Whether the service comes with the tags that the trust wants.

    https://docs.aws.amazon.com/eks/latest/userguide/pod-id-abac.html
    """
    for clause in trust.clauses:
        stated = tags.get(clause.key.removeprefix("aws:requesttag/"), "")
        known = stated and SYMBOL_OPEN not in stated + "".join(clause.values)
        if (
            known
            and clause.operator in ("StringEquals", "StringLike")
            and not any(glob(v, stated) for v in clause.values)
        ):
            return False
    return True
