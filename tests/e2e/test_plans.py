"""Plan files on the command line: beside their source, elsewhere, in the wrong form."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from tests.e2e.process import git, put, quick

PLANS = Path(__file__).parents[1] / "differential" / "terraform_plans"


def estate(top: Path) -> Path:
    """A repository with two configurations, and a plan in the folder of one of them."""
    shutil.copytree(PLANS / "changes", top / "envs/prod", ignore=shutil.ignore_patterns("before"))
    put(top, {"envs/other/main.tf": 'resource "aws_iam_user" "u" {\n  name = "u"\n}\n'})
    git(top, "init", "-q")
    return top


def test_a_plan_is_its_own_review_with_the_lines_of_its_source(tmp_path: Path) -> None:
    done = quick(estate(tmp_path), "review", "envs/prod/plan.json", "--format", "json")
    value = done.json()
    status = {row["key"]: (row["status"], row["location"]["path"]) for row in value["identities"]}
    assert status == {
        "aws:role/gone": ("removed", "envs/prod/plan.json"),
        "aws:role/kept": ("changed", "envs/prod/main.tf"),
        "aws:role/new-name": ("renamed", "envs/prod/main.tf"),
    }
    (kept,) = [row for row in value["identities"] if row["key"] == "aws:role/kept"]
    assert {action for one in kept["gained"] for action in one["actions"]} == {"ec2:Describe*", "sqs:DeleteQueue"}
    assert value["summary"]["unresolved"] == 0


def test_a_plan_from_elsewhere_finds_its_configuration_here(tmp_path: Path) -> None:
    top = estate(tmp_path / "repository")
    shutil.move(top / "envs/prod/plan.json", tmp_path / "plan.json")
    value = quick(top, "check", "../plan.json", "--format", "json").json()
    assert {row["location"]["path"] for row in value["identities"]} == {"envs/prod/main.tf"}


def test_without_source_what_is_hidden_is_unresolved(tmp_path: Path) -> None:
    shutil.copy(PLANS / "changes/plan.json", tmp_path / "plan.json")
    done = quick(tmp_path, "check", "plan.json", "--format", "json", "--strict")
    assert done.code == 3
    (why,) = [one["why"] for one in done.json()["unresolved"]]
    assert "`aws_iam_role.kept.arn`, `aws_iam_role.renamed.arn`; give the source too" in why


def test_two_configurations_that_fit_equally_are_asked_about(tmp_path: Path) -> None:
    top = estate(tmp_path / "repository")
    shutil.move(top / "envs/prod/plan.json", tmp_path / "plan.json")
    shutil.copytree(top / "envs/prod", top / "envs/stage")
    done = quick(top, "check", "../plan.json")
    assert done.code == 2
    assert "`envs/prod`, `envs/stage`" in done.err
    value = quick(top, "check", "../plan.json", "--root", "envs/stage", "--format", "json").json()
    assert {row["location"]["path"] for row in value["identities"]} == {"envs/stage/main.tf"}


def test_files_that_are_no_plans_name_the_command(tmp_path: Path) -> None:
    (tmp_path / "plan.bin").write_bytes(b"PK\x03\x04rest")
    (tmp_path / "log.json").write_text('{"@level":"info"}\n{"@level":"info"}\n')
    (tmp_path / "state.json").write_text(json.dumps({"version": 4, "lineage": "a", "serial": 1}))
    for name, words in (("plan.bin", "binary plan file"), ("log.json", "the log of"), ("state.json", "keeps it")):
        done = quick(tmp_path, "check", name)
        assert (done.code, words in done.err, "terraform show -json" in done.err) == (2, True, True), done.err
