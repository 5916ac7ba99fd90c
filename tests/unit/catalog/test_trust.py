"""Whom an identity lets in, held against whom its role permits: each kind of caller, with a near miss of one claim."""

from __future__ import annotations

from dataclasses import replace

import pytest

from nhilint.algebra.values import symbol
from nhilint.catalog.trust.outside import lets_in, outside, trust_texts
from nhilint.model.facts import Identity, IdentityKey
from nhilint.model.spellings import REPOSITORY
from tests.unit.catalog.callers import GITHUB, SPAN, STS, Row, alternative, held, permit, role

SHOP: Row = {"repository": "acme/shop"}
MAIN: Row = {**SHOP, "branch": "main"}
PROD: Row = {**SHOP, "environment": "prod"}
EKS = "oidc.eks.eu-west-1.amazonaws.com/id/ABC"
DEPLOYER: Row = {"namespace": "shop", "service_account": "deployer"}
SUBJECT = "system:serviceaccount:shop:deployer"
ROLE = "arn:aws:iam::111122223333:role/ci"
ACCOUNT = {"aws:principalaccount": "111122223333"}
CI = {"aws:principalarn": ROLE}
GITLAB: Row = {
    "issuer": "https://gitlab.com",
    "audience": "https://gitlab.com",
    "sub": "project_path:acme/shop:ref_type:branch:ref:main",
}
GITLAB_AUD = {"aud": "https://gitlab.com"}
HCP: Row = {
    "issuer": "app.terraform.io",
    "audience": "aws.workload.identity",
    "sub": "organization:acme:project:p:workspace:w:run_phase:apply",
}
HCP_AUD = {"aud": "aws.workload.identity"}

# permitted caller | issuer that is trusted | what the trust asks for | whom it lets in besides (empty: nobody)
ROWS: list[tuple[tuple[str, Row], str, Row, str]] = [
    # A branch.
    (("github", MAIN), GITHUB, {**STS, "sub": "repo:acme/shop:ref:refs/heads/main"}, ""),
    (("github", MAIN), GITHUB, {**STS, "sub": "repo:acme@12/shop@34:ref:refs/heads/main"}, ""),
    (("github", MAIN), GITHUB, {**STS, "repository": "acme/shop", "ref": "refs/heads/main"}, ""),
    (("github", MAIN), GITHUB, {**STS, "repository": "acme/shop", "sub": "repo:*:ref:refs/heads/main"}, ""),
    (("github", MAIN), GITHUB, {**STS, "workflow_ref": "acme/shop/.github/workflows/x.yml@refs/heads/main"}, ""),
    (("github", MAIN), GITHUB, {**STS, "StringEquals sub": "repo:acme/shop:ref:refs/heads/main", "actor": "joe"}, ""),
    (("github", MAIN), GITHUB, {**STS, "ForAnyValue:StringLike sub": "repo:acme/shop:ref:refs/heads/main"}, ""),
    (("github", MAIN), GITHUB, {**STS, "StringLikeIfExists sub": "repo:acme/shop:ref:refs/heads/main"}, ""),
    (
        ("github", MAIN), GITHUB, {**STS, "sub": "repo:acme/shop:ref:refs/heads/*"},
        "every branch of `acme/shop`",
    ),
    (("github", MAIN), GITHUB, {**STS, "sub": "repo:acme/shop:ref:refs/tags/main"}, "tag `main` of `acme/shop`"),
    (("github", MAIN), GITHUB, {**STS, "sub": "repo:acme/shop:pull_request"}, "every pull request of `acme/shop`"),
    (
        ("github", MAIN), GITHUB, {**STS, "sub": "repo:acme/shop:*"},
        "every branch, tag, environment and pull request of `acme/shop`",
    ),
    (
        ("github", MAIN), GITHUB, {**STS, "sub": "repo:acme/shop:environment:prod"},
        "environment `prod` of `acme/shop`, from whatever branch",
    ),
    (
        ("github", MAIN), GITHUB, {**STS, "sub": "repo:acme/shopping:ref:refs/heads/main"},
        "branch `main` of `acme/shopping`",
    ),
    (
        ("github", MAIN), GITHUB, {"sub": "repo:acme/shop:ref:refs/heads/main"},
        "branch `main` of `acme/shop`, with a token for whatever audience",
    ),
    (
        ("github", MAIN), GITHUB, {"aud": "https://github.com/acme", "sub": "repo:acme/shop:ref:refs/heads/main"},
        "branch `main` of `acme/shop`, with a token for `https://github.com/acme`",
    ),
    (
        ("github", MAIN), GITHUB, {**STS, "repository": "acme/shop"},
        "GitHub Actions: `repository` `acme/shop`, from whatever branch",
    ),
    (("github", MAIN), GITHUB, STS, "anybody with a token of GitHub Actions, from whatever branch"),
    (
        ("github", {**SHOP, "branch": "release/*"}), GITHUB, {**STS, "sub": "repo:acme/shop:ref:refs/heads/release/1"},
        "",
    ),
    (
        ("github", {**SHOP, "branch": "release/*"}), GITHUB, {**STS, "sub": "repo:acme/shop:ref:refs/heads/release*"},
        "every branch `release*` of `acme/shop`",
    ),
    (("github", {**SHOP, "tag": "v*"}), GITHUB, {**STS, "sub": "repo:acme/shop:ref:refs/tags/v1*"}, ""),
    (
        ("github", {**SHOP, "tag": "v*"}), GITHUB, {**STS, "sub": "repo:acme/shop:ref:refs/tags/*"},
        "every tag of `acme/shop`",
    ),
    # An environment; the subject then says no branch.
    (("github", PROD), GITHUB, {**STS, "sub": "repo:acme/shop:environment:prod"}, ""),
    (("github", PROD), GITHUB, {**STS, "repository": "acme/shop", "environment": "prod"}, ""),
    (
        ("github", PROD), GITHUB, {**STS, "sub": "repo:acme/shop:environment:prod*"},
        "every environment `prod*` of `acme/shop`",
    ),
    (
        ("github", PROD), GITHUB, {**STS, "sub": "repo:acme/shop:ref:refs/heads/main"},
        "branch `main` of `acme/shop`",
    ),
    (
        ("github", {**PROD, "branch": "main"}), GITHUB,
        {**STS, "sub": "repo:acme/shop:environment:prod", "ref": "refs/heads/main"}, "",
    ),
    (("github", {**SHOP, "environment": "a:b"}), GITHUB, {**STS, "sub": "repo:acme/shop:environment:a%3Ab"}, ""),
    # Everything of a repository; pull requests; workflows.
    (("github", SHOP), GITHUB, {**STS, "sub": "repo:acme/shop:*"}, ""),
    (
        ("github", SHOP), GITHUB, {**STS, "sub": ["repo:acme/shop:*", "repo:acme/web:pull_request"]},
        "every pull request of `acme/web`",
    ),
    (("github", SHOP), GITHUB, {**STS, "sub": "repo:acme/*"}, "every repository of `acme`"),
    (
        ("github", SHOP), GITHUB, {**STS, "sub": "repo:acme/shop*"},
        "every repository of `acme` whose name begins with `shop`",
    ),
    (("github", {"repository": "acme/*"}), GITHUB, {**STS, "sub": "repo:acme/*"}, ""),
    (
        ("github", {"repository": "acme/*"}), GITHUB, {**STS, "sub": "repo:acme*"},
        "GitHub Actions: subject `repo:acme*`",
    ),
    (("github", {**SHOP, "event": "pull_request"}), GITHUB, {**STS, "sub": "repo:acme/shop:pull_request"}, ""),
    (
        ("github", {**MAIN, "workflow": "deploy.yml"}), GITHUB,
        {
            **STS, "sub": "repo:acme/shop:ref:refs/heads/main",
            "job_workflow_ref": "acme/shop/.github/workflows/deploy.yml@refs/heads/main",
        }, "",
    ),
    (
        ("github", {**MAIN, "workflow": "deploy.yml"}), GITHUB, {**STS, "sub": "repo:acme/shop:ref:refs/heads/main"},
        "branch `main` of `acme/shop`, by whatever workflow",
    ),
    (
        ("github", {**SHOP, "workflow": "acme/ci/.github/workflows/d.yml@refs/heads/main"}), GITHUB,
        {**STS, "sub": "repo:acme/shop:job_workflow_ref:acme/ci/.github/workflows/d.yml@refs/heads/main"}, "",
    ),
    # Service accounts.
    (("kubernetes", DEPLOYER), "kubernetes", {**STS, "iss": EKS, "sub": SUBJECT}, ""),
    (("kubernetes", DEPLOYER), "kubernetes", {"aud": "pods.eks.amazonaws.com", "sub": SUBJECT}, ""),
    (
        ("kubernetes", DEPLOYER), "kubernetes", {"iss": EKS, "sub": SUBJECT},
        "service account `shop/deployer`, with a token for whatever audience",
    ),
    (
        ("kubernetes", DEPLOYER), "kubernetes", {**STS, "sub": "system:serviceaccount:shop:*"},
        "every service account of namespace `shop`",
    ),
    (
        ("kubernetes", DEPLOYER), "kubernetes", {**STS, "sub": "system:serviceaccount:shop:other"},
        "service account `shop/other`",
    ),
    (("kubernetes", {"namespace": "shop"}), "kubernetes", {**STS, "sub": "system:serviceaccount:shop:*"}, ""),
    (("kubernetes", {"namespace": "shop"}), "kubernetes", STS, "every service account"),
    (
        ("kubernetes", {**DEPLOYER, "issuer": EKS}), "kubernetes", {**STS, "iss": f"{EKS[:-1]}D", "sub": SUBJECT},
        "service account `shop/deployer`",
    ),
    (("kubernetes", {**DEPLOYER, "issuer": f"https://{EKS}"}), "kubernetes", {**STS, "iss": EKS, "sub": SUBJECT}, ""),
    (
        ("kubernetes", DEPLOYER), "aws-service",
        {
            "service": "pods.eks.amazonaws.com", "aws:requesttag/kubernetes-namespace": "shop",
            "aws:requesttag/kubernetes-service-account": "deployer",
        }, "",
    ),
    # Callers of AWS, and its services.
    (("aws", {"account": "111122223333"}), "aws", ACCOUNT, ""),
    (("aws", {"account": "111122223333"}), "aws", CI, ""),
    (
        ("aws", {"account": "111122223333"}), "aws", {"aws:principalaccount": "444455556666"},
        "every principal of account `444455556666`",
    ),
    (("aws", {"principal": ROLE}), "aws", CI, ""),
    (("aws", {"principal": ROLE}), "aws", ACCOUNT, "every principal of account `111122223333`"),
    (
        ("aws", {"principal": ROLE}), "aws", {"ArnLike aws:principalarn": f"{ROLE}*"},
        f"every principal that `{ROLE}*` names",
    ),
    (
        ("aws", {"principal": "arn:aws:iam::111122223333:role/ci/*"}), "aws",
        {"aws:principalarn": "arn:aws:iam::111122223333:role/ci/a"}, "",
    ),
    (("aws", {"principal": ROLE}), "aws", {}, "anybody with an AWS account"),
    (("aws", {"principal": ROLE}), "aws", {"aws:principalorgid": "o-1"}, "every principal of organisation `o-1`"),
    (("aws", {"account": "111122223333", "external_id": "required"}), "aws", {**ACCOUNT, "sts:externalid": "s"}, ""),
    (
        ("aws", {"account": "111122223333", "external_id": "required"}), "aws", ACCOUNT,
        "every principal of account `111122223333`, without an external id",
    ),
    (("aws", {"account": "111122223333", "external_id": "acme-*"}), "aws", {**ACCOUNT, "sts:externalid": "acme-1"}, ""),
    (
        ("aws", {"account": "111122223333", "external_id": "required"}), "aws",
        {**ACCOUNT, "StringEqualsIfExists sts:externalid": "s"}, "every principal of account `111122223333`",
    ),
    (("service", {"name": "lambda.amazonaws.com"}), "aws-service", {"service": "lambda.amazonaws.com"}, ""),
    (
        ("service", {"name": "lambda.amazonaws.com"}), "aws-service",
        {"service": "lambda.amazonaws.com", "aws:sourceaccount": "111122223333"}, "",
    ),
    (
        ("service", {"name": "lambda.amazonaws.com"}), "aws-service", {"service": "edgelambda.amazonaws.com"},
        "the service `edgelambda.amazonaws.com`",
    ),
    # Other issuers.
    (("oidc", GITLAB), "gitlab.com", {**GITLAB_AUD, "sub": "project_path:acme/shop:ref_type:branch:ref:main"}, ""),
    (
        ("oidc", GITLAB), "gitlab.com", {**GITLAB_AUD, "sub": "project_path:acme/shop:*"},
        "GitLab: every branch and tag of `acme/shop`",
    ),
    (
        ("oidc", GITLAB), "gitlab.example", {**GITLAB_AUD, "sub": "project_path:acme/shop:ref_type:branch:ref:main"},
        "GitLab: branch `main` of `acme/shop`",
    ),
    (
        ("oidc", HCP), "app.terraform.io",
        {**HCP_AUD, "sub": "organization:acme:project:p:workspace:w:run_phase:apply"}, "",
    ),
    (
        ("oidc", HCP), "app.terraform.io", {**HCP_AUD, "sub": "organization:acme:project:p:workspace:w:run_phase:*"},
        "HCP Terraform: every run phase of workspace `w` in project `p` of organisation `acme`",
    ),
    (("oidc", {"issuer": EKS, "sub": SUBJECT}), "kubernetes", {"iss": EKS, "sub": SUBJECT}, ""),
]  # fmt: skip


@pytest.mark.parametrize(("permitted", "issuer", "asked", "who"), ROWS)
def test_whom_a_trust_lets_in_besides(permitted: tuple[str, Row], issuer: str, asked: Row, who: str) -> None:
    found, doubt = outside(role(permitted), {}, held(alternative(issuer, asked)))
    assert doubt == ""
    assert [one.who for one in found] == ([who] if who else [])


def test_there_are_enough_rows_and_each_kind_of_caller_is_let_in_and_shut_out() -> None:
    kinds = {(permitted[0], bool(who)) for permitted, _, _, who in ROWS}
    assert len(ROWS) >= 40
    assert kinds == {
        (kind, out) for kind in ("github", "kubernetes", "aws", "service", "oidc") for out in (True, False)
    }


def test_a_role_without_trust_says_nothing_of_it() -> None:
    from dataclasses import replace

    assert outside(replace(role(), trust=None), {}, held(alternative("aws", {}))) == ((), "")
    assert outside(role(), {}, held(alternative("aws", {})))[0]


def test_a_deny_takes_somebody_out() -> None:
    branches = {**STS, "sub": "repo:acme/shop:ref:refs/heads/*"}
    shut = ((*alternative(GITHUB, {"StringNotLike sub": "repo:acme/shop:ref:refs/heads/main"}).clauses,),)
    assert outside(role(("github", MAIN)), {}, held(alternative(GITHUB, branches, unless=shut))) == ((), "")
    assert outside(role(("github", MAIN)), {}, held(alternative(GITHUB, branches)))[0]


def test_all_branches_tags_environments_and_pull_requests_but_not_their_merges() -> None:
    permits: list[tuple[str, Row]] = [("github", {**SHOP, name: "*"}) for name in ("branch", "tag", "environment")]
    permits.append(("github", {**SHOP, "event": "pull_request"}))
    asked = {**STS, "sub": "repo:acme/shop:*", "StringNotLike sub": "*:ref:refs/pull/*"}
    assert outside(role(*permits), {}, held(alternative(GITHUB, asked))) == ((), "")
    assert outside(role(*permits[1:]), {}, held(alternative(GITHUB, asked)))[0]


def test_what_lets_nobody_in_is_nobody() -> None:
    never = alternative(GITHUB, {**STS, "StringEquals sub": "repo:acme/*"})
    dead = alternative("aws", {}, dead="an association that is not let in")
    assert outside(role(("github", MAIN)), {}, held(never, dead)) == ((), "")


def test_unknown_strings_are_doubts_only_where_something_could_make_them_right() -> None:
    repository = symbol("var.repository")
    branch = alternative(GITHUB, {**STS, "sub": f"repo:{repository}:ref:refs/heads/main"})
    every = alternative(GITHUB, {**STS, "sub": f"repo:{repository}:*"})
    found, doubt = outside(role(("github", MAIN)), {}, held(branch))
    assert found == ()
    assert "`repo:${var.repository}:ref:refs/heads/main`" in doubt
    found, doubt = outside(role(("github", MAIN)), {}, held(every))
    assert [one.who for one in found] == ["every branch, tag, environment and pull request of `${var.repository}`"]
    assert doubt == ""
    bound = role(("github", {"repository": "<repository>", "branch": "main"}))
    assert outside(bound, {"repository": (repository,)}, held(branch)) == ((), "")
    assert outside(bound, {}, held(branch))[0]


def test_what_can_not_be_read_is_a_doubt() -> None:
    unclear = alternative(GITHUB, {**STS, "sub": "repo:acme/shop:ref:refs/heads/main"}, undecided="it is not known")
    assert outside(role(("github", MAIN)), {}, held(unclear))[1]
    unread = ("trust policy of `aws_iam_role.x`: its document is not known",)
    assert outside(role(("github", MAIN)), {}, held(unread=unread))[1]
    everybody = alternative("*", {}, undecided="`NotPrincipal`", outsider="everybody but `a`")
    assert outside(role(("aws", {"account": "1"})), {}, held(everybody))[0][0].who == "everybody but `a`"


def test_pod_identity_is_judged_by_its_associations() -> None:
    service = alternative("aws-service", {"service": "pods.eks.amazonaws.com"})
    mine = alternative("kubernetes", {"aud": "pods.eks.amazonaws.com", "sub": SUBJECT})
    other = alternative("kubernetes", {"aud": "pods.eks.amazonaws.com", "sub": "system:serviceaccount:web:x"})
    permitted = role(("kubernetes", DEPLOYER))
    assert outside(permitted, {}, held(service, mine)) == ((), "")
    assert [one.who for one in outside(permitted, {}, held(service, mine, other))[0]] == ["service account `web/x`"]
    assert "Pod Identity" in outside(permitted, {}, held(service))[1]


def test_which_issuer_the_cluster_of_an_association_has_is_not_known() -> None:
    mine = alternative("kubernetes", {"aud": "pods.eks.amazonaws.com", "sub": SUBJECT})
    found, doubt = outside(role(("kubernetes", {**DEPLOYER, "issuer": EKS})), {}, held(mine))
    assert found == ()
    assert "service account `shop/deployer`" in doubt
    assert outside(role(("kubernetes", {"namespace": "web", "issuer": EKS})), {}, held(mine))[0]


def test_parameters_are_told_field_by_field() -> None:
    wanted = role(
        ("github", {"repository": "<repository>", "environment": "<environment>"}),
        ("kubernetes", {"namespace": "<namespace>", "service_account": "app-<name>"}),
        ("aws", {"account": "<account>"}),
    )
    own = held(
        alternative(GITHUB, {**STS, "sub": "repo:acme@1/shop@2:environment:prod"}),
        alternative("kubernetes", {"sub": "system:serviceaccount:shop:app-x"}),
        alternative("aws", CI),
    )
    assert set(trust_texts(wanted, own)) == {
        ("<repository>", "acme/shop"),
        ("<environment>", "prod"),
        ("<namespace>", "shop"),
        ("app-<name>", "app-x"),
        ("<account>", "111122223333"),
    }


@pytest.mark.parametrize(
    ("permitted", "caller", "answer"),
    [
        (("github", MAIN), ("github", MAIN), True),
        (("github", MAIN), ("github", {**SHOP, "branch": "develop"}), False),
        (("github", MAIN), ("github", SHOP), False),
        (("github", MAIN), ("github", {**SHOP, "event": "pull_request"}), False),
        (("github", SHOP), ("github", {**SHOP, "event": "pull_request"}), True),
        (("github", PROD), ("github", PROD), True),
        (("github", PROD), ("github", {**SHOP, "environment": "dev"}), False),
        (("github", {**MAIN, "workflow": "deploy.yml"}), ("github", {**MAIN, "workflow": "deploy.yml"}), True),
        (("github", {**MAIN, "workflow": "deploy.yml"}), ("github", {**MAIN, "workflow": "other.yml"}), False),
        (("kubernetes", DEPLOYER), ("kubernetes", DEPLOYER), True),
        (("kubernetes", DEPLOYER), ("kubernetes", {**DEPLOYER, "namespace": "web"}), False),
        (("aws", {"account": "1", "external_id": "required"}), ("aws", {"account": "1", "external_id": "s"}), True),
        (("aws", {"account": "1", "external_id": "required"}), ("aws", {"account": "1"}), False),
        (("aws", {"account": "1"}), ("aws", {"account": "2"}), False),
        (("service", {"name": "ec2.amazonaws.com"}), ("service", {"name": "ec2.amazonaws.com"}), True),
        (("service", {"name": "ec2.amazonaws.com"}), ("service", {"name": "lambda.amazonaws.com"}), False),
        (("oidc", GITLAB), ("oidc", GITLAB), True),
        (("oidc", GITLAB), ("oidc", {**GITLAB, "issuer": "gitlab.example"}), False),
        (("oidc", {"issuer": GITHUB, "sub": "repo:acme/shop:ref:refs/heads/main"}), ("github", MAIN), True),
        (("github", MAIN), ("aws", {"account": "1"}), False),
    ],
)
def test_a_literal_caller_is_let_in_or_not(permitted: tuple[str, Row], caller: tuple[str, Row], answer: bool) -> None:
    assert lets_in(role(permitted), {}, permit(*caller)) is answer


def _account(namespace: str, name: str, kind: str = "service_account") -> Identity:
    key = IdentityKey(f"kubernetes:sa/{namespace}/{name}")
    user = (f"system:serviceaccount:{namespace}:{name}",)
    return Identity(key=key, platform="kubernetes", kind=kind, name=f"{namespace}/{name}", aliases=user, span=SPAN)


def test_a_service_account_is_its_own_caller() -> None:
    wanted = role(("kubernetes", {"namespace": "<namespace>", "service_account": "deployer"}), platform="kubernetes")
    mine = held(identity=_account("shop", "deployer"))
    assert list(trust_texts(wanted, mine)) == [("<namespace>", "shop")]
    assert outside(wanted, {"namespace": ("shop",)}, mine) == ((), "")
    found, _ = outside(wanted, {"namespace": ("shop",)}, held(identity=_account("shop", "other")))
    assert [one.who for one in found] == ["the service account `shop/other`"]
    group = held(identity=_account("", "devs", "kubernetes_group"))
    assert outside(wanted, {"namespace": ("shop",)}, group)[0]
    unknown = _account(symbol("var.namespace"), "deployer")
    assert outside(wanted, {"namespace": ("shop",)}, held(identity=unknown))[1]
    assert lets_in(wanted, {"namespace": ("shop",)}, permit("kubernetes", DEPLOYER)) is True
    assert lets_in(wanted, {"namespace": ("web",)}, permit("kubernetes", DEPLOYER)) is False


def test_a_service_account_whose_namespace_is_not_written_has_the_name_that_bindings_give_it_as_well() -> None:
    wanted = role(("kubernetes", {"namespace": "<namespace>", "service_account": "deployer"}), platform="kubernetes")
    account = _account("default", "deployer")
    mine = held(identity=replace(account, aliases=(*account.aliases, "system:serviceaccount:shop:deployer")))
    for namespace in ("default", "shop"):
        assert outside(wanted, {"namespace": (namespace,)}, mine) == ((), "")
    found, _ = outside(wanted, {"namespace": ("web",)}, mine)
    assert [one.who for one in found] == ["the service account `default/deployer`"]


def _job(*rows: dict[str, str]) -> Identity:
    occasions = tuple(tuple(sorted((claim, (value,)) for claim, value in row.items())) for row in rows)
    key = IdentityKey("github:job/ci/build")
    return Identity(key=key, platform="github", kind="workflow_job", name="ci/build", span=SPAN, occasions=occasions)


def test_a_job_runs_only_where_its_role_says() -> None:
    push = {"repository": "acme/shop", "ref": "refs/heads/main", "event_name": "push"}
    pull = {"repository": "acme/shop", "ref": "refs/pull/*/merge", "event_name": "pull_request"}
    path = "acme/shop/.github/workflows/ci.yml@refs/heads/main"
    wanted = role(("github", {**MAIN, "event": "push"}), platform="github")
    assert outside(wanted, {}, held(identity=_job(push))) == ((), "")
    found, _ = outside(wanted, {}, held(identity=_job(push, pull)))
    assert [one.who for one in found] == ["runs of `acme/shop` on `pull_request`"]
    assert outside(role(("github", PROD), platform="github"), {}, held(identity=_job(push)))[0]
    anywhere, _ = outside(wanted, {}, held(identity=_job({**push, "ref": "refs/heads/*"})))
    assert [one.who for one in anywhere] == ["runs of `acme/shop` on `push` on every branch"]
    nameless, _ = outside(wanted, {}, held(identity=_job({**push, "repository": REPOSITORY, "event_name": "schedule"})))
    assert [one.who for one in nameless] == ["runs of this repository on `schedule` on branch `main`"]
    workflow = role(("github", {**SHOP, "workflow": "ci.yml"}), platform="github")
    assert outside(workflow, {}, held(identity=_job({**push, "workflow_ref": path}))) == ((), "")
    assert outside(workflow, {}, held(identity=_job({**push, "workflow_ref": path.replace("ci.", "x.")})))[0]
    here = {**push, "repository": symbol("github.repository")}
    assert outside(wanted, {}, held(identity=_job(here)))[1]


@pytest.mark.parametrize(
    ("kind", "external", "who", "doubt"),
    [
        ("anyone", True, ["everybody"], ""),
        ("iam_user", False, ["whoever has a key or the password of this user"], ""),
        ("iam_group", False, ["the users of this group"], ""),
        ("account", True, [], "outside of this tree"),
        ("iam_role", True, [], "outside of this tree"),
        ("permission_set", False, [], "assigned"),
        ("module_call", False, [], "module"),
        ("iam_role", False, [], ""),
    ],
)
def test_who_is_somebody_without_a_trust_policy(kind: str, external: bool, who: list[str], doubt: str) -> None:
    someone = Identity(key=IdentityKey("aws:x/y"), platform="aws", kind=kind, name="y", span=SPAN, external=external)
    whose = replace(held(), identity=someone)
    limited = role(("service", {"name": "lambda.amazonaws.com"}))
    found, said = outside(limited, {}, whose)
    assert [one.who for one in found] == who
    assert (doubt in said) if doubt else said == ""
    assert outside(replace(limited, trust=None), {}, whose) == ((), "")


def test_a_service_is_its_own_caller() -> None:
    limited = role(("service", {"name": "lambda.amazonaws.com"}))
    for name, count in (("lambda.amazonaws.com", 0), ("sns.amazonaws.com", 1)):
        key = IdentityKey(f"aws:service/{name}")
        someone = Identity(key=key, platform="aws", kind="service", name=name, span=SPAN)
        assert len(outside(limited, {}, replace(held(), identity=someone))[0]) == count


def test_of_a_workflow_that_nobody_calls_it_is_not_known_where_it_runs() -> None:
    wanted = role(("github", MAIN), platform="github")
    outsiders, doubt = outside(wanted, {}, held(identity=_job()))
    assert (outsiders, doubt.partition(":")[0]) == ((), "when and where `ci/build` runs is not known")
    other = replace(_job(), kind="deploy_key")
    assert outside(wanted, {}, held(identity=other))[0]
