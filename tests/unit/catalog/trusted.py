"""Trust as authors write it for the callers that a role permits, and everything that lets one more in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from nhilint.algebra.values import Condition
from nhilint.catalog.compile import fill_in
from nhilint.catalog.model import Role, TrustPermit
from nhilint.model.facts import Acceptance, IdentityKey, Via
from nhilint.platforms.aws.acceptances import ACCOUNTS, CALLERS, SERVICES
from tests.unit.catalog.mutations import sibling
from tests.unit.catalog.starter import examples

GITHUB = "token.actions.githubusercontent.com"
CLUSTER = "oidc.eks.eu-west-1.amazonaws.com/id/EXAMPLE"
OTHERS = {
    "namespace": "kube-system",
    "service_account": "default",
    "repository": "stranger/fork",
    "environment": "playground",
    "branch": "stranger",
    "tag": "stranger",
    "event": "pull_request_target",
    "name": "sns.amazonaws.com",
    "sub": "project_path:stranger/fork:ref_type:branch:ref:main",
    "issuer": "issuer.example",
    "account": "999999999999",
    "principal": "arn:aws:iam::999999999999:role/stranger",
    "external_id": "stranger",
    "workflow": "stranger.yml",
}
Fields = Mapping[str, tuple[str, ...]]
KEY = IdentityKey("aws:role/x")


def permits(role: Role, bindings: Mapping[str, tuple[str, ...]]) -> Iterator[TrustPermit]:
    """The callers of a role as literal text, one value for each field."""
    for permit in role.trust or ():
        fields = {name: [t for v in values for t in fill_in(v, bindings)] for name, values in permit.fields.items()}
        for at in range(max(map(len, fields.values()))):
            one = {name: (texts[min(at, len(texts) - 1)],) for name, texts in fields.items()}
            yield replace(permit, fields=one)


def acceptance(permit: TrustPermit, fields: Fields | None = None) -> Acceptance:
    """What a trust policy with these fields accepts; a field that is left out may be anything."""
    known = {name: values[0] for name, values in (fields if fields is not None else permit.fields).items()}
    issuer, clauses = _WRITTEN[permit.issuer](known)
    return Acceptance(
        identity=KEY,
        issuer=issuer,
        clauses=tuple(_like(key, value) for key, value in clauses),
        via=Via(grant="aws:role/x|trust", span=permit.span),
        why="its trust policy accepts the token",
    )


def wider(permit: TrustPermit) -> Iterator[tuple[str, Acceptance]]:
    """Each field left out, with any value, a longer one, or a sibling; each clause of the policy left out."""
    for name, (value,) in permit.fields.items():
        rest = {other: values for other, values in permit.fields.items() if other != name}
        if rest and permit.issuer != "service":
            yield f"without {name}", acceptance(permit, rest)
        if name == "event":
            # GitHub makes no subjects of any other event: they are those of a branch.
            for branch in ("*", "main"):
                yield f"branch {branch} instead", acceptance(permit, {**rest, "branch": (branch,)})
            continue
        for other in ("*", f"{value}*", f"*{value}", f"{value}2", OTHERS[name]):
            if other != value and not (name == "issuer" and "*" in other):
                yield f"{name} {other}", acceptance(permit, {**permit.fields, name: (other,)})
    base = acceptance(permit)
    for clause in base.clauses:
        if clause.key != "iss":
            kept = tuple(other for other in base.clauses if other != clause)
            yield f"no clause on {clause.key}", replace(base, clauses=kept)
            yield (
                f"{clause.key} may be absent or another",
                replace(base, clauses=(*kept, replace(clause, values=("*",)))),
            )
    everybody = replace(base, issuer=CALLERS, clauses=(_like("aws:principalaccount", "999999999999"),))
    yield "another account", everybody


def sibling_of(role: Role, permit: TrustPermit) -> Iterator[tuple[str, TrustPermit]]:
    """The permit with another value of each parameter."""
    for name, (value,) in examples(role).items():
        other = sibling(role.parameters[name], value)
        for mine, theirs in zip(
            permits(role, examples(role)), permits(role, {**examples(role), name: (other,)}), strict=True
        ):
            if mine == permit and theirs != permit:
                yield f"{name} {other}", theirs


def _like(key: str, value: str) -> Condition:
    return Condition(operator="StringLike" if "*" in value else "StringEquals", key=key, values=(value,))


def _github(known: Mapping[str, str]) -> tuple[str, list[tuple[str, str]]]:
    where = "*"
    for name, form in (("event", "{}"), ("branch", "ref:refs/heads/{}"), ("tag", "ref:refs/tags/{}")):
        if name in known:
            where = form.format(known[name])
    where = f"environment:{known['environment']}" if "environment" in known else where
    return GITHUB, [("aud", "sts.amazonaws.com"), ("sub", f"repo:{known.get('repository', '*')}:{where}")]


def _kubernetes(known: Mapping[str, str]) -> tuple[str, list[tuple[str, str]]]:
    subject = f"system:serviceaccount:{known.get('namespace', '*')}:{known.get('service_account', '*')}"
    return ACCOUNTS, [("iss", CLUSTER), ("aud", "sts.amazonaws.com"), ("sub", subject)]


def _oidc(known: Mapping[str, str]) -> tuple[str, list[tuple[str, str]]]:
    claims = [(name, value) for name, value in known.items() if name not in ("issuer", "audience")]
    return known.get("issuer", "*"), [*claims, *((("aud", known["audience"]),) if "audience" in known else ())]


def _service(known: Mapping[str, str]) -> tuple[str, list[tuple[str, str]]]:
    return SERVICES, [("service", known["name"])]


def _aws(known: Mapping[str, str]) -> tuple[str, list[tuple[str, str]]]:
    keys = {"account": "aws:principalaccount", "principal": "aws:principalarn", "external_id": "sts:externalid"}
    return CALLERS, [(keys[name], value) for name, value in known.items()]


_WRITTEN = {"aws": _aws, "github": _github, "kubernetes": _kubernetes, "oidc": _oidc, "service": _service}
