"""Reviews of real repositories, folders and plans: what counts as a change, and what reading them must not do."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.process import TRUST, bound, commit, git, nhilint, put, quick, repository, role

Row = dict[str, Any]
BASE = {"main.tf": role("ci"), "rbac.yaml": bound("bot", '[{apiGroups: [""], resources: [pods], verbs: [get]}]')}


def review(folder: Path, *arguments: str) -> Row:
    done = quick(folder, "review", *arguments, "--format", "json")
    assert done.code in (0, 1), done
    value: Row = done.json()
    assert value["schema"] == "nhilint.review/1"
    return value


def folders(tmp_path: Path, base: dict[str, str], head: dict[str, str]) -> Row:
    put(tmp_path / "base", base)
    put(tmp_path / "head", head)
    return review(tmp_path, "base", "head")


def parts(value: Row, side: str) -> list[Any]:
    """What was gained or lost, without the words that differ by direction."""
    return sorted(
        (i["key"], e["effect"], e["actions"], e["resources"], e["conditions"])
        for i in value["identities"]
        for e in i[side]
    )


def gains(value: Row) -> list[tuple[str, list[str]]]:
    return [(i["key"], e["actions"]) for i in value["identities"] for e in i["gained"]]


# --- revisions, folders and the working tree


def test_review_between_revisions_writes_nothing(tmp_path: Path) -> None:
    folder = repository(tmp_path / "r", BASE, {"main.tf": role("ci", "s3:*")})
    index = folder / ".git" / "index"
    before = (index.stat().st_mtime_ns, index.read_bytes(), sorted(p.name for p in (folder / ".git").iterdir()))
    done = nhilint(folder, "review", "HEAD~1", "HEAD", "--format", "json")
    assert [key for key, _ in gains(done.json())] == ["aws:role/ci"] * len(gains(done.json()))
    assert gains(done.json())
    assert before == (index.stat().st_mtime_ns, index.read_bytes(), sorted(p.name for p in (folder / ".git").iterdir()))
    assert git(folder, "status", "--porcelain") == ""


def test_default_base_is_where_the_branch_left_main(tmp_path: Path) -> None:
    folder = repository(tmp_path / "r", BASE)
    git(folder, "checkout", "-q", "-b", "work")
    commit(folder, {"main.tf": role("ci", "s3:PutObject")})
    git(folder, "checkout", "-q", "main")
    commit(folder, {"later.tf": role("later")})
    git(folder, "checkout", "-q", "work")
    put(folder, {"untracked.tf": role("fresh"), ".gitignore": "ignored.tf\n", "ignored.tf": role("ignored")})
    value = review(folder)
    assert sorted({key for key, _ in gains(value)}) == ["aws:role/ci", "aws:role/fresh"]
    assert "later" not in json.dumps(value)
    assert value["base"]["kind"] == "git"
    assert value["base"]["commit"] == git(folder, "merge-base", "main", "work")


def test_review_from_a_subfolder_sees_the_whole_repository(tmp_path: Path) -> None:
    folder = repository(tmp_path / "r", {**BASE, "docs/x.md": "x"}, {"main.tf": role("ci", "s3:*")})
    assert gains(review(folder / "docs", "HEAD~1"))


@pytest.mark.parametrize("form", ["text", "concise", "json", "markdown"])
def test_base_equal_to_head_is_empty(tmp_path: Path, form: str) -> None:
    folder = repository(tmp_path / "r", BASE)
    done = quick(folder, "review", "HEAD", "HEAD", "--format", form)
    assert done.code == 0
    if form == "json":
        value = done.json()
        assert value["identities"] == []
        assert value["verdict"] == "pass"
        assert value["findings"]["new"] == value["findings"]["fixed"] == []
    if form == "text":
        assert "No permission changed" in done.out


CHANGES = {
    "added action": (role("a"), role("a", "s3:*")),
    "other resource": (role("a"), role("a", resource="arn:aws:s3:::other/*")),
    "deny": (role("a") + role("b"), role("a", effect="Deny") + role("c")),
    "overlap": (role("a", "s3:Get*", "arn:aws:s3:::d*/x"), role("a", "s3:*Object", "arn:aws:s3:::*/x")),
}


@pytest.mark.parametrize("name", CHANGES)
def test_swapping_mirrors(tmp_path: Path, name: str) -> None:
    base, head = CHANGES[name]
    there = folders(tmp_path, {"a.tf": base}, {"a.tf": head})
    back = review(tmp_path, "head", "base")
    assert parts(there, "gained") == parts(back, "lost")
    assert parts(there, "lost") == parts(back, "gained")
    assert parts(there, "gained") or parts(there, "lost")


def test_swapping_mirrors_in_kubernetes(tmp_path: Path) -> None:
    base = bound("bot", '[{apiGroups: ["", apps], resources: ["*"], verbs: [get, list]}]')
    head = bound("bot", '[{apiGroups: [""], resources: [secrets, pods/exec], verbs: ["*"]}]')
    there = folders(tmp_path, {"a.yaml": base}, {"a.yaml": head})
    back = review(tmp_path, "head", "base")
    assert parts(there, "gained") == parts(back, "lost") != []
    assert parts(there, "lost") == parts(back, "gained") != []


def test_order_and_names_of_files_do_not_matter(tmp_path: Path) -> None:
    names = ["one", "two", "three"]
    put(tmp_path / "base", {f"{n}.tf": role(n) for n in names})
    put(tmp_path / "head", {f"{n}.tf": role(n, "s3:Put*") for n in names})
    put(tmp_path / "other", {f"{i}{n}.tf": role(n, "s3:Put*") for i, n in enumerate(reversed(names))})
    straight, shuffled = review(tmp_path, "base", "head"), review(tmp_path, "base", "other")
    assert parts(straight, "gained") == parts(shuffled, "gained") != []
    assert [i["key"] for i in straight["identities"]] == [i["key"] for i in shuffled["identities"]]


# --- refactors are no change


def policy(statements: str, name: str = "ci") -> str:
    return f"""resource "aws_iam_role" "{name}" {{
  name               = "{name}"
  assume_role_policy = {TRUST}
}}
resource "aws_iam_role_policy" "{name}" {{
  role   = aws_iam_role.{name}.name
  policy = {statements}
}}
"""


TWO = """jsonencode({ Version = "2012-10-17", Statement = [
    { Effect = "Allow", Action = ["s3:GetObject", "s3:PutObject"],
      Resource = ["arn:aws:s3:::a/*", "arn:aws:s3:::b/*"] }] })"""
SPLIT = """jsonencode({ Version = "2012-10-17", Statement = [
    { Effect = "Allow", Action = "s3:PutObject", Resource = ["arn:aws:s3:::b/*", "arn:aws:s3:::a/*"] },
    { Effect = "Allow", Action = "s3:getobject", Resource = "arn:aws:s3:::a/*" },
    { Effect = "Allow", Action = "s3:GetObject", Resource = "arn:aws:s3:::b/*" }] })"""
HEREDOC = """<<-EOF
    {
      "Version": "2012-10-17",
      "Statement": [{"Effect": "Allow", "Action": ["s3:GetObject", "s3:PutObject"],
                     "Resource": ["arn:aws:s3:::a/*", "arn:aws:s3:::b/*"]}]
    }
  EOF"""
DATA = """
data "aws_iam_policy_document" "d" {
  statement {
    actions   = ["s3:PutObject", "s3:GetObject"]
    resources = [for name in ["a", "b"] : "arn:aws:s3:::${name}/*"]
  }
}
"""
COUNT = f"""resource "aws_iam_role" "r" {{
  count              = 2
  name               = "r-${{count.index}}"
  assume_role_policy = {TRUST}
}}
resource "aws_iam_role_policy" "p" {{
  count  = 2
  role   = aws_iam_role.r[count.index].name
  policy = {TWO}
}}
"""
EACH = f"""resource "aws_iam_role" "r" {{
  for_each           = toset(["0", "1"])
  name               = "r-${{each.key}}"
  assume_role_policy = {TRUST}
}}
resource "aws_iam_role_policy" "p" {{
  for_each = aws_iam_role.r
  role     = each.value.name
  policy   = {TWO}
}}
moved {{
  from = aws_iam_role.r[0]
  to   = aws_iam_role.r["0"]
}}
moved {{
  from = aws_iam_role.r[1]
  to   = aws_iam_role.r["1"]
}}
"""
CALL = """module "m" {
  source = "./m"
}
moved {
  from = aws_iam_role.ci
  to   = module.m.aws_iam_role.ci
}
"""
UNNAMED = role("ci").replace('  name               = "ci"\n', "")
RULES = (
    '[{apiGroups: [""], resources: [pods, services], verbs: [get, list]},'
    ' {apiGroups: [apps], resources: ["*"], verbs: [get]}]'
)
REORDERED = (
    '[{apiGroups: [apps], resources: ["*"], verbs: [get]}, {apiGroups: [""], resources: [services, pods],'
    ' verbs: [list]}, {apiGroups: [""], resources: [pods, services], verbs: [get]}]'
)
MANIFEST = bound("bot", RULES)

REFACTORS: dict[str, tuple[dict[str, str], dict[str, str]]] = {
    "file moved": ({"a.tf": role("ci")}, {"z.tf": role("ci")}),
    "role into a module": ({"a.tf": role("ci")}, {"a.tf": CALL, "m/main.tf": role("ci")}),
    "unnamed role into a module": ({"a.tf": UNNAMED}, {"a.tf": CALL, "m/main.tf": UNNAMED}),
    "count to for_each": ({"a.tf": COUNT}, {"a.tf": EACH}),
    "heredoc to jsonencode": ({"a.tf": policy(HEREDOC)}, {"a.tf": policy(TWO)}),
    "heredoc to data source": (
        {"a.tf": policy(HEREDOC)},
        {"a.tf": policy("data.aws_iam_policy_document.d.json") + DATA},
    ),
    "reformatted": ({"a.tf": role("ci")}, {"a.tf": role("ci").replace("\n  ", "\n\n      # note\n      ")}),
    "statement split": ({"a.tf": policy(TWO)}, {"a.tf": policy(SPLIT)}),
    "resource renamed in Terraform": (
        {"a.tf": role("ci")},
        {"a.tf": role("ci").replace('" "ci"', '" "x"').replace("role.ci.", "role.x.")},
    ),
    "name through a variable": (
        {"a.tf": role("ci")},
        {"a.tf": role("ci").replace('= "ci"', "= var.n") + 'variable "n" {\n  default = "ci"\n}\n'},
    ),
    "manifest split": ({"a.yaml": MANIFEST}, {f"{i}.yaml": d for i, d in enumerate(MANIFEST.split("---\n"))}),
    "rules reordered and split": ({"a.yaml": MANIFEST}, {"a.yaml": bound("bot", REORDERED)}),
}


@pytest.mark.parametrize("name", REFACTORS)
def test_a_refactor_is_no_change(tmp_path: Path, name: str) -> None:
    base, head = REFACTORS[name]
    value = folders(tmp_path, base, head)
    assert parts(value, "gained") == parts(value, "lost") == []
    assert value["summary"]["identities_changed"] == 0
    assert [i for i in value["identities"] if i["status"] in ("added", "removed", "changed")] == []
    assert value["findings"]["new"] == []
    done = quick(tmp_path, "review", "base", "head")
    assert done.code == 0
    assert "No permission changed" in done.out
    assert parts(review(tmp_path, "head", "base"), "gained") == []


# --- effective changes

GUARDED = """jsonencode({ Version = "2012-10-17", Statement = [
    { Effect = "Allow", Action = "s3:*", Resource = "*" },
    { Effect = "Deny", Action = [%s], Resource = "*" }] })"""


def test_removing_from_a_deny_is_a_gain(tmp_path: Path) -> None:
    base, head = (policy(GUARDED % d) for d in ('"s3:DeleteObject", "s3:DeleteBucket"', '"s3:DeleteBucket"'))
    value = folders(tmp_path, {"a.tf": base}, {"a.tf": head})
    assert gains(value) == [("aws:role/ci", ["s3:DeleteObject"])]
    assert parts(value, "lost") == []


def test_a_grant_that_another_covers_is_no_change(tmp_path: Path) -> None:
    more = (
        role("ci", "s3:*", "*")
        + f"""resource "aws_iam_role_policy" "extra" {{
  role   = aws_iam_role.ci.name
  policy = {TWO}
}}
"""
    )
    value = folders(tmp_path, {"a.tf": role("ci", "s3:*", "*")}, {"a.tf": more})
    assert value["summary"]["identities_changed"] == 0
    assert parts(value, "gained") == []


def test_a_wider_boundary_is_a_gain(tmp_path: Path) -> None:
    def tree(actions: str) -> dict[str, str]:
        edge = 'resource "aws_iam_policy" "edge" {\n  name = "edge"\n  policy = jsonencode({ Version = "2012-10-17", '
        edge += f'Statement = [{{ Effect = "Allow", Action = [{actions}], Resource = "*" }}] }})\n}}\n'
        line = '"ci"\n  permissions_boundary = aws_iam_policy.edge.arn\n  assume_role_policy'
        return {"a.tf": edge + role("ci", "s3:*", "*").replace('"ci"\n  assume_role_policy', line)}

    value = folders(tmp_path, tree('"s3:GetObject"'), tree('"s3:GetObject", "s3:PutObject", "sqs:SendMessage"'))
    assert ("aws:role/ci", ["s3:PutObject"]) in gains(value)
    assert not any(key == "aws:role/ci" and "sqs:SendMessage" in actions for key, actions in gains(value))


def test_trust_is_a_change_too(tmp_path: Path) -> None:
    value = folders(
        tmp_path, {"a.tf": role("ci")}, {"a.tf": role("ci").replace('Service = "ec2.amazonaws.com"', 'AWS = "*"')}
    )
    (row,) = value["identities"]
    assert row["trust_gained"]
    assert row["gained"] == []


# --- plans

PLAN_TRUST = (
    '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole",'
    '"Principal":{"Service":"ec2.amazonaws.com"}}]}'
)


def plan(before: str, after: str) -> str:
    """A plan that changes the actions of one user policy."""

    def body(action: str) -> Row:
        statement = {"Effect": "Allow", "Action": action, "Resource": "arn:aws:s3:::a/*"}
        return {
            "name": "ci",
            "assume_role_policy": PLAN_TRUST,
            "inline_policy": [{"name": "p", "policy": json.dumps({"Version": "2012-10-17", "Statement": [statement]})}],
        }

    common = {"mode": "managed", "type": "aws_iam_role", "name": "ci", "address": "aws_iam_role.ci"}
    provider = "registry.terraform.io/hashicorp/aws"
    resource = {**common, "provider_name": provider, "schema_version": 0}
    change = {"actions": ["update"], "before": body(before), "after": body(after), "after_unknown": {}}
    return json.dumps(
        {
            "format_version": "1.2",
            "terraform_version": "1.9.0",
            "planned_values": {"root_module": {"resources": [{**resource, "values": body(after)}]}},
            "prior_state": {
                "format_version": "1.0",
                "values": {"root_module": {"resources": [{**resource, "values": body(before)}]}},
            },
            "resource_changes": [{**common, "provider_name": provider, "change": change}],
            "configuration": {"root_module": {}},
        }
    )


def test_a_plan_alone_is_a_review(tmp_path: Path) -> None:
    put(
        tmp_path, {"plan.json": plan("s3:GetObject", "s3:PutObject"), "same.json": plan("s3:GetObject", "s3:GetObject")}
    )
    value = review(tmp_path, "plan.json")
    assert gains(value) == [("aws:role/ci", ["s3:PutObject"])]
    assert [e["actions"] for i in value["identities"] for e in i["lost"]] == [["s3:GetObject"]]
    same = review(tmp_path, "same.json")
    assert same["identities"] == []


@pytest.mark.parametrize(
    "text", ['{"format_version": "1.2"', '{"format_version": 3}', '["format_version", {"format_version": 1}]']
)
def test_a_broken_plan_is_no_pass(tmp_path: Path, text: str) -> None:
    put(tmp_path, {"plan.json": text})
    done = nhilint(tmp_path, "review", "plan.json", "--strict")
    assert done.code in (2, 3)


# --- who judges

ADMIN = role("ci", "*", "*")


def test_base_judges_by_its_settings(tmp_path: Path) -> None:
    folder = repository(tmp_path / "r", {"a.tf": role("ci")})
    strict = quick(folder, "review", "HEAD", "HEAD")
    assert strict.code == 0
    commit(folder, {"a.tf": ADMIN})
    blocked = quick(folder, "review", "HEAD~1", "HEAD", "--format", "json")
    assert blocked.code == 1
    rules = sorted({f["rule"] for f in blocked.json()["findings"]["new"]})
    lifted = "[rules]\ndisabled = " + json.dumps(rules) + "\n[catalog]\nrequired = false\n"
    commit(folder, {"nhilint.toml": lifted})
    assert quick(folder, "review", "HEAD~2", "HEAD").code == 1
    broken = commit(folder, {"nhilint.toml": "nonsense = 1"})
    assert quick(folder, "review", "HEAD~3", broken).code == 1
    assert quick(folder, "review", broken, broken).code == 2


def test_base_judges_by_its_catalog(tmp_path: Path) -> None:
    mine = Path(__file__).resolve().parents[2] / "examples" / "head" / "role_catalog" / "s3-static-site-deploy.yaml"
    folder = repository(tmp_path / "r", {"a.tf": role("ci"), "role_catalog/x.yaml": mine.read_text()}, {"a.tf": ADMIN})
    allow_all = mine.read_text().replace("s3:GetObject", "*")
    assert allow_all != mine.read_text()
    commit(folder, {"role_catalog/x.yaml": allow_all})
    assert quick(folder, "review", "HEAD~2", "HEAD").code == 1


def test_exit_codes(tmp_path: Path) -> None:
    put(tmp_path / "a", {"a.tf": role("ci")})
    put(tmp_path / "b", {"a.tf": ADMIN})
    put(tmp_path / "c", {"a.tf": role("ci"), "x.tf": "{"})
    put(tmp_path / "e", {"x.txt": ""})
    assert nhilint(tmp_path, "review", "a", "a").code == 0
    assert nhilint(tmp_path, "review", "a", "b").code == 1
    assert nhilint(tmp_path, "review", "a", "missing").code == 2
    assert nhilint(tmp_path, "review", "a", "c", "--strict").code == 3
    assert nhilint(tmp_path, "review", "e", "e").code == 3
    assert nhilint(tmp_path, "review", "a", "b", "--output", "json=/nowhere/x.json").code == 4


def test_outputs_are_written_beside_the_report(tmp_path: Path) -> None:
    put(tmp_path / "a", {"a.tf": role("ci")})
    put(tmp_path / "b", {"a.tf": role("ci", "s3:PutObject")})
    quick(tmp_path, "review", "a", "b", "--output", "json=r.json", "--output", "markdown=r.md")
    assert json.loads((tmp_path / "r.json").read_text())["schema"] == "nhilint.review/1"
    assert "s3:PutObject" in (tmp_path / "r.md").read_text()
