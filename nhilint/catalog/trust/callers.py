"""A caller that a role permits, as the tokens it may come with: of each field, every way to ask for it.

A field of the role (the branch) stands in several claims (`sub`, `ref`, `workflow_ref`); a trust that asks for one of
them asks for the field. Knows the claims of issuers, and nothing of who accepts them.
https://docs.github.com/en/actions/reference/security/oidc
https://docs.aws.amazon.com/eks/latest/userguide/iam-roles-for-service-accounts.html
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import product

from nhilint.algebra.evaluate import glob
from nhilint.algebra.values import SYMBOL_OPEN, Condition, Scope, Statement
from nhilint.catalog.compile import Bindings, fill_in
from nhilint.catalog.model import TrustPermit

CALLERS, SERVICES, ACCOUNTS = "aws", "aws-service", "kubernetes"
"""Issuers of `Acceptance`: what signs requests to AWS, its services, service accounts of whichever cluster."""
GITHUB = "token.actions.githubusercontent.com"
AUDIENCE = "audience"
POD_SERVICE = "pods.eks.amazonaws.com"
STS = ("sts.amazonaws.com", "sts.*.amazonaws.com.cn")
"""What tokens are made for with which AWS is asked for a role.
https://docs.github.com/en/actions/how-tos/secure-your-work/security-harden-deployments/oidc-in-aws"""
ACCOUNT_NAMESPACE = "aws:requesttag/kubernetes-namespace"
ACCOUNT_NAME = "aws:requesttag/kubernetes-service-account"
_PULL = "pull_request"
_WORKFLOWS = ".github/workflows/"

Values = tuple[str, ...]
Ways = tuple[Condition, ...]
"""Conditions each of which is enough for one field."""


@dataclass(frozen=True, slots=True)
class Subject:
    """What a field says of GitHub's subject."""

    field: str
    parts: Values
    """As GitHub makes it by itself: `repo:acme/shop`, or what comes after that; empty: it is not in there."""
    claims: Values
    """As a repository can have it made: `claim:value`."""


@dataclass(frozen=True, slots=True)
class Caller:
    """One kind of caller: an issuer, and for each field the ways to ask for it."""

    issuers: Values
    """Globs."""
    fields: tuple[tuple[str, Ways], ...]
    subjects: tuple[Subject, ...] = ()
    """Of GitHub: fields that the subject tells as well."""

    def statements(
        self, claims: frozenset[str], without: frozenset[str] = frozenset(), *, made: bool = False
    ) -> tuple[Statement, ...]:
        """The tokens as boxes over these claims; nothing where a field can not be told by any of them.

        `made`: the subject in question is one that a repository chose the claims of.
        """
        told = {one.field: one for one in self.subjects if "sub" in claims and (one.claims if made else one.parts)}
        choices: list[list[Condition | Subject]] = []
        for name, ways in self.fields:
            if name not in without:
                choices.append([way for way in ways if way.key in claims])
                choices[-1] += [told[name]] if name in told else []
        return tuple(
            Statement(
                effect="allow",
                actions=("*",),
                scopes=(Scope(patterns=self.issuers),),
                conditions=(
                    *(one for one in chosen if isinstance(one, Condition)),
                    *_subject([one for one in chosen if isinstance(one, Subject)], made=made),
                ),
            )
            for chosen in product(*choices)
        )


def _subject(chosen: Sequence[Subject], *, made: bool) -> Iterator[Condition]:
    """The subjects that tell all of these fields."""
    if made:
        for one in chosen:
            forms = ("{}", "{}:*", "*:{}", "*:{}:*")
            yield _way("sub", tuple(form.format(text) for text in one.claims for form in forms))
        return
    heads = next((one.parts for one in chosen if one.field == "repository"), ("repo:*",))
    rest = [one.parts for one in chosen if one.field != "repository"]
    for parts in rest or ([("*",)] if chosen else []):
        yield _way("sub", tuple(f"{head}:{part}" for head in heads for part in parts))


def callers_of(permit: TrustPermit, bindings: Bindings) -> tuple[Caller, ...]:
    """The callers that a permit means; none where a parameter of it is not bound."""
    fields = {name: filled(values, bindings) for name, values in permit.fields.items()}
    if not all(fields.values()):
        return ()
    return _made(permit.issuer, tuple(sorted(fields.items())))


def filled(texts: Values, bindings: Bindings) -> Values:
    """The globs of one field with its parameters bound."""
    return tuple(dict.fromkeys(text for one in texts for text in fill_in(one, bindings)))


@lru_cache(maxsize=4096)
def _made(issuer: str, fields: tuple[tuple[str, Values], ...]) -> tuple[Caller, ...]:
    return tuple(_MAKERS[issuer](dict(fields)))


def _way(key: str, values: Iterator[str] | Values, operator: str = "StringLike") -> Condition:
    return Condition(operator=operator, key=key, values=tuple(dict.fromkeys(values)))


def _github(fields: Mapping[str, Values]) -> Iterator[Caller]:
    repositories = fields.get("repository", ("*",))
    ways: dict[str, Ways] = {AUDIENCE: (_way("aud", STS),)}
    subjects = []
    for name, values in fields.items():
        ways[name], parts, claims = _GITHUB_FIELDS[name](values, repositories)
        subjects.append(Subject(name, parts, claims))
    yield Caller((GITHUB, f"{GITHUB}/*"), tuple(ways.items()), tuple(subjects))


Told = tuple[Ways, Values, Values]
"""Conditions on claims, and both forms of `Subject`."""


def _claim(name: str, values: Values) -> Values:
    """A claim inside a subject; a colon of its value is written `%3A` there."""
    return tuple(f"{name}:{value.replace(':', '%3A')}" for value in values)


def _repository(values: Values, _: Values) -> Told:
    parts = [f"repo:{value}" for value in values]
    for value in values:
        owner, slash, name = value.partition("/")
        # The other form of a subject has the ids of owner and repository.
        parts += [f"repo:{owner}@*/{name}@*"] if slash else []
    own = (_way("repository", values), _way("workflow_ref", tuple(f"{value}/*" for value in values)))
    return own, tuple(parts), (*parts, *_claim("repository", values))


def _ref(prefix: str) -> Callable[[Values, Values], Told]:
    def told(values: Values, _: Values) -> Told:
        refs = tuple(prefix + value for value in values)
        parts = _claim("ref", refs)
        return (_way("ref", refs), _way("workflow_ref", tuple(f"*@{ref}" for ref in refs))), parts, parts

    return told


def _environment(values: Values, _: Values) -> Told:
    parts = _claim("environment", values)
    return (_way("environment", values),), parts, parts


def _event(values: Values, _: Values) -> Told:
    pulls = (_PULL,) if any(glob(value, _PULL) for value in values) else ()
    return (_way("event_name", values),), pulls, (*pulls, *_claim("event_name", values))


def _workflow(values: Values, repositories: Values) -> Told:
    files = tuple(text for value in values for text in _files(value, repositories))
    return (_way("job_workflow_ref", files), _way("workflow_ref", files)), (), _claim("job_workflow_ref", files)


def _files(value: str, repositories: Values) -> Iterator[str]:
    """The file of a workflow with its repository and ref: of the caller's repository where it names none."""
    path, at, ref = value.partition("@")
    end = f"@{ref}" if at else "@*"
    if path.startswith(_WORKFLOWS):
        yield from (f"{repository}/{path}{end}" for repository in repositories)
    elif "/" not in path:
        yield from (f"{repository}/{_WORKFLOWS}{path}{end}" for repository in repositories)
    else:
        yield path + end


_GITHUB_FIELDS: Mapping[str, Callable[[Values, Values], Told]] = {
    "repository": _repository,
    "branch": _ref("refs/heads/"),
    "tag": _ref("refs/tags/"),
    "environment": _environment,
    "event": _event,
    "workflow": _workflow,
}


def _kubernetes(fields: Mapping[str, Values]) -> Iterator[Caller]:
    spaces, names = fields.get("namespace", ("*",)), fields.get("service_account", ("*",))
    subjects = tuple(f"system:serviceaccount:{space}:{name}" for space in spaces for name in names)
    ways: list[tuple[str, Ways]] = [("service_account", (_way("sub", subjects),))]
    if "issuer" in fields:
        ways.append(("issuer", (_way("iss", tuple(map(_host, fields["issuer"]))),)))
    yield Caller((ACCOUNTS,), (*ways, (AUDIENCE, (_way("aud", (*STS, POD_SERVICE)),))))
    # Pod Identity: the service comes with tags that say for whom.
    service = _way("service", (POD_SERVICE,))
    tags = (("namespace", ACCOUNT_NAMESPACE, spaces), ("service_account", ACCOUNT_NAME, names))
    rows = tuple((name, (_way(key, values),)) for name, key, values in tags if name in fields)
    if "issuer" not in fields:
        yield Caller((SERVICES,), (("name", (service,)), *rows))


def _oidc(fields: Mapping[str, Values]) -> Iterator[Caller]:
    issuers = tuple(map(_host, fields.get("issuer", ())))
    ways: list[tuple[str, Ways]] = []
    for name, values in fields.items():
        if name != "issuer":
            key = "aud" if name == AUDIENCE else name.lower()
            ways.append((name, (_way(key, values),)))
    yield Caller(issuers, tuple(ways))
    # Tokens of service accounts are one issuer, whose cluster is a claim.
    yield Caller((ACCOUNTS,), (("issuer", (_way("iss", issuers),)), *ways))


def _host(issuer: str) -> str:
    return issuer.removeprefix("https://").rstrip("/")


def _aws(fields: Mapping[str, Values]) -> Iterator[Caller]:
    ways: list[tuple[str, Ways]] = []
    if accounts := fields.get("account"):
        arns = tuple(f"arn:*:*:*:{account}:*" for account in accounts)
        names = tuple(_way(key, arns, "ArnLike") for key in ("aws:principalarn", "arn"))
        # A principal that is nothing but an unknown string may be the account itself.
        unknown = tuple(account for account in accounts if SYMBOL_OPEN in account)
        names += (_way("aws:principalarn", unknown),) if unknown else ()
        ways.append(("account", (_way("aws:principalaccount", accounts), *names)))
    if principals := fields.get("principal"):
        ways.append(("principal", tuple(_way(key, principals) for key in ("aws:principalarn", "arn"))))
    if ids := fields.get("external_id"):
        given = _way("sts:externalid", ids)
        if ids == ("required",):
            given = Condition(operator="Null", key="sts:externalid", values=("false",))
        ways.append(("external_id", (given,)))
    yield Caller((CALLERS,), tuple(ways))


def _service(fields: Mapping[str, Values]) -> Iterator[Caller]:
    yield Caller((SERVICES,), (("name", (_way("service", fields.get("name", ())),)),))


_MAKERS: Mapping[str, Callable[[Mapping[str, Values]], Iterator[Caller]]] = {
    "aws": _aws,
    "github": _github,
    "kubernetes": _kubernetes,
    "oidc": _oidc,
    "service": _service,
}
