"""What an identity's trust asks of a caller, field by field as a role writes it, so that parameters can be found."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from nhilint.algebra.values import SYMBOL_OPEN, Condition
from nhilint.catalog.trust.callers import ACCOUNT_NAME, ACCOUNT_NAMESPACE, ACCOUNTS, AUDIENCE, CALLERS, SERVICES
from nhilint.model.facts import Acceptance

POSITIVE = frozenset({"StringEquals", "StringLike", "ArnEquals", "ArnLike", "StringEqualsIgnoreCase"})
_SUBJECT = re.compile(
    r"repo:(?P<repository>[^:]+)(?::(?:ref:refs/heads/(?P<branch>[^:]+)|ref:refs/tags/(?P<tag>[^:]+)"
    r"|environment:(?P<environment>[^:]+)|(?P<event>pull_request)|.*))?"
)
_IDS = re.compile(r"@[^/:]*")
_ACCOUNT = re.compile(r"system:serviceaccount:(?P<namespace>[^:]*):(?P<service_account>[^:]*)")
_ARN = re.compile(r"arn:[^:]*:[^:]*:[^:]*:(?P<account>[^:]+):.*", re.DOTALL)
_HEADS, _TAGS = "refs/heads/", "refs/tags/"

Told = tuple[str, str, str]
"""(issuer as a role calls it, field, text)."""


def told(acceptance: Acceptance) -> Iterator[Told]:
    """What one alternative of a trust says."""
    for clause in acceptance.clauses:
        if clause.operator not in POSITIVE:
            continue
        for value in clause.values:
            if acceptance.issuer == CALLERS:
                yield from _of_aws(clause, value)
            elif acceptance.issuer == SERVICES:
                yield from _of_service(clause, value)
            else:
                yield from _of_token(acceptance.issuer, clause, value)
    if acceptance.issuer not in (CALLERS, SERVICES, ACCOUNTS):
        yield "oidc", "issuer", acceptance.issuer


def of_occasion(occasion: Iterable[tuple[str, tuple[str, ...]]]) -> Iterator[Told]:
    """What is known of when and where a job runs."""
    for claim, values in occasion:
        for value in values:
            yield from _of_github(claim, value)


def _of_aws(clause: Condition, value: str) -> Iterator[Told]:
    if clause.key == "aws:principalaccount":
        yield "aws", "account", value
    elif clause.key in ("aws:principalarn", "arn"):
        yield "aws", "principal", value
        if found := _ARN.fullmatch(value):
            yield "aws", "account", found["account"]
        elif SYMBOL_OPEN in value:
            # What is not known at all may be the number of an account as well.
            yield "aws", "account", value
    elif clause.key == "sts:externalid":
        yield "aws", "external_id", value


def _of_service(clause: Condition, value: str) -> Iterator[Told]:
    names = {ACCOUNT_NAMESPACE: "namespace", ACCOUNT_NAME: "service_account"}
    if clause.key == "service":
        yield "service", "name", value
    elif clause.key in names:
        yield "kubernetes", names[clause.key], value


def _of_token(issuer: str, clause: Condition, value: str) -> Iterator[Told]:
    claim = clause.key
    if issuer == ACCOUNTS:
        if claim == "iss":
            yield "kubernetes", "issuer", value
            yield "oidc", "issuer", value
        elif claim == "sub" and (found := _ACCOUNT.fullmatch(value)):
            yield from (("kubernetes", name, text) for name, text in found.groupdict().items())
    else:
        yield from _of_github(claim, value)
    yield "oidc", AUDIENCE if claim == "aud" else claim, value


def _of_github(claim: str, value: str) -> Iterator[Told]:
    """Subjects and claims of jobs; of other issuers none looks like these."""
    if claim == "sub" and (found := _SUBJECT.fullmatch(value)):
        for name, text in found.groupdict().items():
            if text is not None:
                yield "github", name, _IDS.sub("", text) if name == "repository" else text.replace("%3A", ":")
    elif claim == "ref":
        if value.startswith(_HEADS):
            yield "github", "branch", value.removeprefix(_HEADS)
        elif value.startswith(_TAGS):
            yield "github", "tag", value.removeprefix(_TAGS)
    elif claim in ("job_workflow_ref", "workflow_ref"):
        path = value.partition("@")[0]
        yield from (("github", "workflow", text) for text in _workflow_names(value, path))
        # A repository whose name is not known is one unknown string, without a slash of its own.
        holder, folder, _ = path.partition("/.github/workflows/")
        if claim == "workflow_ref" and (folder or path.count("/") > 1):
            yield "github", "repository", holder if folder else "/".join(path.split("/")[:2])
    elif claim in ("repository", "environment"):
        yield "github", claim, value
    elif claim == "event_name":
        yield "github", "event", value


def _workflow_names(value: str, path: str) -> Iterator[str]:
    """The ways in which a role may name a workflow."""
    yield value
    yield path
    _, folder, name = path.partition("/.github/workflows/")
    if folder:
        yield f".github/workflows/{name}"
        yield name
