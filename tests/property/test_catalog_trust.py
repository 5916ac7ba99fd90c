"""Trust of a role, held against every token of a small world; widening and narrowing of trusts that are inside."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from nhilint.algebra.values import Condition
from nhilint.catalog.model import TrustPermit
from nhilint.catalog.trust.outside import lets_in, outside
from nhilint.model.facts import Acceptance
from tests.spec.callers import jobs, permitted, strangers
from tests.spec.federation import Clause
from tests.unit.catalog.callers import GITHUB, SPAN, alternative, held, role

Fields = dict[str, tuple[str, ...]]
REPOSITORY = st.sampled_from(["acme/shop", "acme/web", "acme/*", "*"])
BRANCH = st.sampled_from(["main", "release/*", "*"])
ENVIRONMENT = st.sampled_from(["prod", "prod*", "*"])
CONTEXTS = [
    *("ref:refs/heads/main", "ref:refs/heads/release/*", "ref:refs/heads/*", "ref:refs/tags/v1", "ref:refs/tags/*"),
    *("environment:prod", "environment:prod*", "environment:*", "pull_request", "*"),
]
FIELDS: dict[str, st.SearchStrategy[str]] = {
    "repository": REPOSITORY,
    "branch": BRANCH,
    "tag": st.sampled_from(["v1", "*"]),
    "environment": ENVIRONMENT,
    "event": st.sampled_from(["pull_request", "push"]),
    "workflow": st.sampled_from(["deploy.yml", "*.yml"]),
}
NAMES = st.sampled_from(
    [
        *((), ("branch",), ("branch",), ("environment",), ("environment",), ("tag",), ("event",)),
        *(("branch", "environment"), ("branch", "workflow"), ("environment", "event")),
    ]
)


@st.composite
def callers(draw: st.DrawFn) -> Fields:
    names = ("repository", *draw(NAMES))
    return {name: tuple(draw(st.lists(FIELDS[name], min_size=1, max_size=2, unique=True))) for name in names}


SUBJECT = st.builds(
    "repo:{}:{}".format,
    st.sampled_from(["acme/shop", "acme@1/shop@2", "acme/web", "acme/*"]),
    st.sampled_from(CONTEXTS),
)
CLAIMS: dict[str, st.SearchStrategy[str]] = {
    "sub": SUBJECT | st.sampled_from(["repo:acme/*", "repo:acme/shop*"]),
    "repository": REPOSITORY,
    "ref": st.sampled_from(["refs/heads/main", "refs/heads/*", "refs/tags/*"]),
    "environment": ENVIRONMENT,
    "job_workflow_ref": st.sampled_from(["acme/shop/.github/workflows/deploy.yml@*", "acme/*"]),
    "aud": st.sampled_from(["sts.amazonaws.com"] * 5 + ["*"]),
}


@st.composite
def trusts(draw: st.DrawFn) -> tuple[Clause, ...]:
    told = draw(
        st.sampled_from([("sub",), ("sub",), ("sub", "ref"), ("repository", "ref"), ("repository", "environment")])
    )
    more = draw(st.sampled_from([(), (), ("job_workflow_ref",)]))
    found = []
    for claim in ("aud", *told, *more):
        values = tuple(draw(st.lists(CLAIMS[claim], min_size=1, max_size=2, unique=True)))
        found.append(("", "StringLike", claim, values))
    return tuple(found)


def accepted(clauses: tuple[Clause, ...]) -> Acceptance:
    rows = tuple(Condition(operator=operator, key=claim, values=values) for _, operator, claim, values in clauses)
    return replace(alternative(GITHUB, {}), clauses=rows)


def permits(rows: list[Fields]) -> tuple[TrustPermit, ...]:
    return tuple(TrustPermit(issuer="github", fields=fields, span=SPAN) for fields in rows)


@settings(max_examples=150, deadline=None)
@given(trusts(), st.lists(callers(), min_size=1, max_size=2))
def test_whoever_is_let_in_besides_is_said(clauses: tuple[Clause, ...], rows: list[Fields]) -> None:
    found, doubt = outside(replace(role(), trust=permits(rows)), {}, held(accepted(clauses)))
    lost = strangers(clauses, rows)
    # What is said to be inside is inside; a doubt promises nothing.
    if not found and not doubt:
        assert lost == []
    if lost:
        assert found or doubt


def inside(fields: Fields) -> tuple[Clause, ...]:
    """A trust that asks for just what the caller says, claim by claim."""
    rows: list[Clause] = [("", "StringLike", "aud", ("sts.amazonaws.com",))]
    for name, values in fields.items():
        if name in ("repository", "environment"):
            rows.append(("", "StringLike", name, values))
        elif name == "event":
            rows.append(("", "StringLike", "event_name", values))
        elif name == "workflow":
            files = tuple(f"{one}/.github/workflows/{v}@*" for v in values for one in fields["repository"])
            rows.append(("", "StringLike", "job_workflow_ref", files))
        else:
            prefix = "refs/heads/" if name == "branch" else "refs/tags/"
            rows.append(("", "StringLike", "ref", tuple(prefix + value for value in values)))
    return tuple(rows)


@settings(max_examples=80, deadline=None)
@given(callers(), st.data())
def test_narrower_stays_inside_and_wider_does_not(fields: Fields, data: st.DataObject) -> None:
    permitted_role = replace(role(), trust=permits([fields]))
    own = inside(fields)
    assert outside(permitted_role, {}, held(accepted(own))) == ((), "")
    narrower = (*own, ("", "StringLike", "actor", ("joe",)))
    assert outside(permitted_role, {}, held(accepted(narrower))) == ((), "")
    at = data.draw(st.integers(0, len(own) - 1))
    without = (*own[:at], *own[at + 1 :])
    starred = (*own[:at], (*own[at][:3], ("*",)), *own[at + 1 :])
    for wider in (without, starred):
        if strangers(wider, [fields]):
            assert outside(permitted_role, {}, held(accepted(wider)))[0]


@settings(max_examples=100, deadline=None)
@given(callers(), st.sampled_from(list(jobs())))
def test_a_literal_caller_is_let_in_as_its_job_is_meant(fields: Fields, job: dict[str, str]) -> None:
    literal = {name: (value,) for name, value in job.items() if name != "ref"}
    ref = job["ref"]
    if ref.startswith("refs/pull/"):
        return
    literal["branch" if ref.startswith("refs/heads/") else "tag"] = (ref.split("/", 2)[2],)
    caller = TrustPermit(issuer="github", fields=literal, span=SPAN)
    assert lets_in(replace(role(), trust=permits([fields])), {}, caller) is permitted(job, fields)
