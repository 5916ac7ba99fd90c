"""Ways through workflows: techniques of a token, logins, kept credentials, settings that Terraform makes."""

from __future__ import annotations

import tomllib
from importlib.resources import files

from nhilint.platforms.github.techniques import techniques
from tests.unit.platforms.github.build import SETTINGS, graph, snapshot, steps

DEPLOY = """
on: {push: {branches: [main]}, workflow_dispatch: }
jobs:
  prod:
    runs-on: ubuntu-latest
    permissions: {id-token: write, contents: read}
    steps: [{uses: actions/checkout@v4}, {run: make}]
"""
BOT = """
on: push
jobs:
  bot: {runs-on: ubuntu-latest, permissions: {PERMISSIONS}, steps: []}
"""


def bot(permissions: str) -> dict[str, str]:
    return {"deploy.yml": DEPLOY, "bot.yml": BOT.replace("PERMISSIONS", permissions)}


def test_who_pushes_code_may_become_whoever_runs_it() -> None:
    (edge,) = steps(bot("contents: write"), "ci-push-code")
    assert (edge.source, edge.target) == ("github:job/bot/bot", "github:job/deploy/prod")
    assert "`deploy/prod`" in edge.may[0]
    assert not steps(bot("contents: read"), "ci-push-code")


def changed(files: dict[str, str], old: str, new: str) -> dict[str, str]:
    assert any(old in text for text in files.values())
    return {name: text.replace(old, new) for name, text in files.items()}


def test_who_pushes_and_dispatches_needs_nobody() -> None:
    tree = bot("contents: write, actions: write")
    (edge,) = steps(tree, "ci-dispatch")
    assert edge.certain
    assert [request.action for request in edge.witness] == ["contents:write", "actions:write"]
    assert not steps(bot("actions: write"), "ci-dispatch")
    assert not steps(changed(tree, ", workflow_dispatch: ", ""), "ci-dispatch")
    assert not steps(
        changed(tree, "    permissions: {id", "    environment: prod\n    permissions: {id"), "ci-dispatch"
    )


def test_an_environment_that_somebody_approves_is_no_way() -> None:
    tree = changed(bot("contents: write"), "    permissions: {id", "    environment: prod\n    permissions: {id")
    assert steps(tree, "ci-push-code")
    approved = {**tree, "nhilint.toml": '[github]\nprotected_environments = ["prod"]\n'}
    assert not steps(approved, "ci-push-code")


def test_a_token_of_a_person_may_rewrite_workflows() -> None:
    text = """
on: push
permissions: {}
jobs:
  person:
    runs-on: ubuntu-latest
    steps: [{uses: actions/checkout@v4, with: {token: "${{ secrets.PAT }}"}}]
  app:
    runs-on: ubuntu-latest
    steps:
      - {uses: actions/create-github-app-token@v2, id: app, with: {permission-contents: write}}
      - {uses: actions/checkout@v4, with: {token: "${{ steps.app.outputs.token }}"}}
  own:
    runs-on: ubuntu-latest
    steps: [{uses: actions/checkout@v4, with: {token: "${{ secrets.GITHUB_TOKEN }}"}}]
  elsewhere:
    runs-on: ubuntu-latest
    steps: [{uses: actions/checkout@v4, with: {repository: o/r, token: "${{ secrets.PAT }}"}}]
"""
    tree = {"deploy.yml": DEPLOY, "w.yml": text}
    edges = steps(tree, "ci-edit-workflow")
    assert [(e.source, e.target) for e in edges] == [("github:job/w/person", "github:job/deploy/prod")]
    assert edges[0].may == ("the token in `secrets.PAT` may write there",)
    pushing = {edge.source for edge in steps(tree, "ci-push-code") if edge.target == "github:job/deploy/prod"}
    assert pushing == {"github:job/w/person", "github:job/w/app"}


def test_every_secret_is_a_goal() -> None:
    text = """
on: push
jobs:
  a: {uses: o/r/.github/workflows/w.yml@v1, secrets: inherit}
  b: {uses: o/r/.github/workflows/w.yml@v1, secrets: {a: "${{ secrets.A }}"}}
"""
    (edge,) = steps({"w.yml": text}, "ci-every-secret")
    assert (edge.source, edge.target) == ("github:job/w/a", "github:every-secret")


def test_a_login_step_is_evidence_of_an_account_outside() -> None:
    text = """
on: push
permissions: {id-token: write}
jobs:
  gcp:
    runs-on: ubuntu-latest
    steps:
      - uses: google-github-actions/auth@v2
        with: {workload_identity_provider: projects/1/p, service_account: a@p.iam.gserviceaccount.com}
  key:
    runs-on: ubuntu-latest
    steps:
      - uses: google-github-actions/auth@v2
        with: {credentials_json: "${{ secrets.KEY }}", service_account: b@p.iam.gserviceaccount.com}
"""
    found = graph({"w.yml": text})
    edges = [e for e in found.edges if e.target.startswith("gcp:")]
    assert [(e.source, e.target) for e in edges] == [
        ("github:job/w/gcp", "gcp:service-account/a@p.iam.gserviceaccount.com")
    ]
    assert edges[0].may
    assert not [node for node in found.nodes.values() if node.kind == "claims"]


def test_the_roles_that_login_steps_name_are_wished_for() -> None:
    text = """
on: push
permissions: {id-token: write}
jobs:
  a:
    runs-on: ubuntu-latest
    strategy: {matrix: {account: ["1", "2"]}}
    steps:
      - uses: ./.github/actions/login
        with: {role: "arn:aws:iam::${{ matrix.account }}:role/x"}
"""
    action = """
inputs: {role: {required: true}}
runs:
  using: composite
  steps:
    - uses: aws-actions/configure-aws-credentials@v4
      with: {role-to-assume: "${{ inputs.role }}"}
"""
    found = snapshot({"w.yml": text, ".github/actions/login/action.yml": action})
    assert {want for token in found.tokens for want in token.wants} == {
        "arn:aws:iam::1:role/x",
        "arn:aws:iam::2:role/x",
    }


TERRAFORM = """
resource "aws_iam_user" "u" { name = "ci" }
resource "aws_iam_access_key" "k" { user = aws_iam_user.u.name }
resource "github_actions_secret" "s" {
  repository      = "infra"
  secret_name     = "aws_secret"
  plaintext_value = aws_iam_access_key.k.secret
}
resource "github_actions_secret" "id" {
  repository      = "infra"
  secret_name     = "AWS_ID"
  plaintext_value = aws_iam_access_key.k.id
}
"""


def test_whoever_is_handed_the_secret_becomes_the_user_whose_key_it_keeps() -> None:
    text = """
on: push
permissions: {}
jobs:
  a: {runs-on: ubuntu-latest, steps: [{run: "${{ secrets.AWS_SECRET }}"}]}
  b: {runs-on: ubuntu-latest, steps: [{run: "${{ secrets.AWS_ID }}"}]}
"""
    found = graph({"w.yml": text, "main.tf": TERRAFORM, **SETTINGS})
    assert "aws:user/ci" in found.reachable("github:job/w/a")
    assert "aws:user/ci" not in found.reachable("github:job/w/b")


def test_terraform_says_the_default_the_environments_and_the_subject() -> None:
    terraform = """
resource "github_workflow_repository_permissions" "p" {
  repository                   = "infra"
  default_workflow_permissions = "read"
}
resource "github_repository_environment" "e" {
  repository  = "infra"
  environment = "prod"
  reviewers { users = [1] }
}
resource "github_repository_environment" "open" {
  repository  = "infra"
  environment = "dev"
}
resource "github_actions_repository_oidc_subject_claim_customization_template" "t" {
  repository         = "infra"
  use_default        = false
  include_claim_keys = ["repo", "context", "job_workflow_ref"]
}
"""
    text = """
on: {push: {branches: [main]}}
jobs:
  a: {runs-on: ubuntu-latest, environment: prod, steps: []}
  b: {runs-on: ubuntu-latest, environment: dev, steps: []}
  c: {runs-on: ubuntu-latest, permissions: {id-token: write}, steps: []}
"""
    found = snapshot({"w.yml": text, "main.tf": terraform, **SETTINGS})
    assert {s.may for grants in found.grants.values() for grant in grants for s in grant.statements} == {()}
    approved = {key for key, identity in found.identities.items() if "approved" in dict(identity.labels)}
    assert approved == {"github:job/w/a"}
    (token,) = found.tokens
    assert dict(token.claims)["sub"] == (
        "repo:acme/infra:ref:refs/heads/main:job_workflow_ref:acme/infra/.github/workflows/w.yml@refs/heads/main",
    )
    other = snapshot({"w.yml": text, "main.tf": terraform.replace('"infra"', '"other"'), **SETTINGS})
    assert len(dict(other.tokens[0].claims)["sub"]) == 2


def test_a_deploy_key_holds_the_code() -> None:
    terraform = """
resource "github_repository_deploy_key" "k" {
  repository = "infra"
  title      = "argo"
  key        = "ssh-ed25519 AAAA"
  read_only  = false
}
"""
    found = snapshot({"main.tf": terraform})
    (key,) = found.identities
    assert key == "github:deploy-key/infra/argo"
    assert found.grants[key][0].statements[0].actions == ("contents:read", "contents:write")
    assert [one.kind for one in found.credentials[key]] == ["deploy_key"]


def test_tags_of_others_are_distrusted_on_demand() -> None:
    text = """
on: push
permissions: {contents: write}
jobs:
  a:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - uses: some/action@v1
      - uses: some/pinned@0123456789012345678901234567890123456789
      - uses: acme/own@main
      - uses: docker://alpine@sha256:00
"""
    settings = '[github]\nrepository = "acme/infra"\ndistrust_tags = true\n'
    found = snapshot({"w.yml": text, "nhilint.toml": settings})
    assert [a.outsider for a in found.acceptances] == ["whoever can move `v1` of `some/action`"]
    assert not snapshot({"w.yml": text, **SETTINGS}).acceptances
    labels = dict(found.identities["github:job/w/a"].labels)  # type: ignore[index]
    assert labels["uses some/action"] == "v1 (tag)"
    assert labels["uses some/pinned"].endswith("(commit)")
    assert labels["uses acme/own"] == "main (branch)"
    assert labels["uses alpine"] == "sha256:00 (digest)"


def test_every_way_has_a_title_and_a_reference() -> None:
    table = tomllib.loads((files("nhilint.data") / "github_techniques.toml").read_text(encoding="utf-8"))
    rows = [*table["technique"], *table["entry"]]
    ids = [row["id"] for row in rows]
    assert len(ids) == len(set(ids))
    assert all(
        row["title"] and all(r.startswith("https://docs.github.com/") for r in row["references"]) for row in rows
    )
    assert {one.id for one in techniques()} == {row["id"] for row in table["technique"]}


def test_two_files_of_one_name_are_told_apart() -> None:
    text = "on: push\njobs: {a: {runs-on: ubuntu-latest, steps: []}}\n"
    found = snapshot({"w.yml": text, ".github/workflows/w.yaml": text})
    assert set(found.identities) == {"github:job/w.yml/a", "github:job/w.yaml/a"}


def test_a_large_matrix_costs_little_and_is_any_secret() -> None:
    """Without a bound each step asks for each value in each of the names of the environment."""
    values = ", ".join(map(str, range(500)))
    holes = "${{ matrix.a }}" * 50
    steps = "      - run: echo ${{ secrets[matrix.a] }}\n" * 3000
    text = (
        f'on: push\njobs:\n  a:\n    runs-on: x\n    environment: "{holes}"\n'
        f"    strategy: {{matrix: {{a: [{values}]}}}}\n    permissions: {{id-token: write}}\n    steps:\n{steps}"
    )
    found = snapshot({"w.yml": text})
    (secrets,) = (g for grants in found.grants.values() for g in grants if g.key.startswith("github:secrets/"))
    assert [s.scopes[0].patterns[0] for s in secrets.statements] == ["secret/*"]


def test_workflows_that_call_each_other_too_often_are_cut_off() -> None:
    jobs = "".join(f"  j{n}: {{uses: ./.github/workflows/NEXT.yml}}\n" for n in range(12))
    files = {f"w{n}.yml": f"on: workflow_call\njobs:\n{jobs.replace('NEXT', f'w{n + 1}')}" for n in range(5)}
    files["w0.yml"] = files["w0.yml"].replace("workflow_call", "push")
    files["w5.yml"] = "on: workflow_call\njobs:\n  a: {runs-on: x, steps: []}\n"
    found = snapshot(files)
    assert len(found.identities) <= 20_000
    assert [(u.cause, "more than 20000 jobs" in u.why) for u in found.unresolved] == [("size", True)]
