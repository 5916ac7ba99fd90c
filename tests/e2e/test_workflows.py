"""The command line on repositories with workflows: what a pull request gives to jobs, in every format."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.e2e.process import git, put, quick, repository

PATH = ".github/workflows/ci.yml"
AWS_ROLE = """apiVersion: nhilint.dev/v1
id: reader
title: Read the data
platform: aws
purpose: A job that reads the data.
owner: platform
status: approved
allow:
  - actions: [s3:GetObject]
    resources: ["arn:aws:s3:::data/*"]
"""
BASE = """name: CI
on: [push, pull_request]
permissions:
  contents: read
jobs:
  test:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v5
      - run: make
"""
HEAD = BASE.replace("permissions:\n  contents: read\n", "permissions: write-all\n").replace(
    "      - run: make\n", "      - run: make\n        env:\n          TOKEN: ${{ secrets.DEPLOY_TOKEN }}\n"
)
STRANGERS = """on: pull_request_target
permissions: {contents: write}
jobs:
  build:
    runs-on: ubuntu-latest
    steps:
      - run: echo "${{ github.event.pull_request.title }}"
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return repository(tmp_path / "r", {PATH: BASE}, {PATH: HEAD})


def test_a_gain_of_permissions_is_shown_with_its_line(folder: Path) -> None:
    row = quick(folder, "review", "HEAD~1", "HEAD", "--format", "json").json()
    (identity,) = row["identities"]
    assert (identity["key"], identity["status"], identity["risk"]["band"]) == ("github:job/ci/test", "changed", "high")
    token, secret = identity["gained"]
    assert token["actions"] == ["write-all"]
    assert token["resources"] == ["this repository"]
    assert token["witness"]["action"] == "contents:write"
    assert [(via["path"], via["line"]) for via in token["via"]] == [(PATH, 3)]
    assert (secret["actions"], secret["resources"]) == (["secrets:read"], ["secret/DEPLOY_TOKEN"])
    assert [(via["path"], via["line"]) for via in secret["via"]] == [(PATH, 11)]


@pytest.mark.parametrize("form", ["text", "concise", "markdown"])
def test_every_format_says_it(folder: Path, form: str) -> None:
    shown = quick(folder, "review", "HEAD~1", "HEAD", "--format", form).out
    assert "write-all on this repository" in shown
    assert "secrets:read on secret/DEPLOY_TOKEN" in shown
    assert f"{PATH}:3" in shown


def test_a_change_without_permissions_is_none(tmp_path: Path) -> None:
    moved = BASE.replace("make", "make test").replace("name: CI", "# why\nname: Checks")
    folder = repository(tmp_path / "r", {PATH: BASE}, {PATH: moved})
    assert quick(folder, "review", "HEAD~1", "HEAD", "--format", "json").json()["identities"] == []


def test_a_catalog_without_roles_for_jobs_blocks_no_job(folder: Path) -> None:
    (folder / "nhilint.toml").write_text("[catalog]\nrequired = true\n", encoding="utf-8")
    put(folder, {"role_catalog/reader.yaml": AWS_ROLE})
    value = quick(folder, "check", "--format", "json").json()
    assert value["verdict"] == "pass"
    assert not value["findings"]


def test_strangers_block(tmp_path: Path) -> None:
    folder = repository(tmp_path / "r", {PATH: BASE}, {".github/workflows/pr.yml": STRANGERS})
    done = quick(folder, "review", "HEAD~1", "HEAD", "--format", "json")
    assert done.code == 1
    assert [finding["rule"] for finding in done.json()["findings"]["new"]] == ["NHI203"]


@pytest.mark.parametrize(
    "url", ["https://github.com/acme/infra", "git@github.com:acme/infra.git", "ssh://git@github.com/acme/infra.git"]
)
def test_the_remote_says_the_name(tmp_path: Path, url: str) -> None:
    asks = BASE.replace("  contents: read\n", "  contents: read\n  id-token: write\n")
    folder = repository(tmp_path / "r", {PATH: asks})
    git(folder, "remote", "add", "origin", url)
    (assumed,) = quick(folder, "check", "--format", "json").json()["assumed"]
    assert "`acme/infra`" in assumed["why"]
    put(folder, {"nhilint.toml": '[github]\nrepository = "acme/other"\n'})
    assert not quick(folder, "check", "--format", "json").json()["assumed"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[github]\nrepository = "acme"\n', "`acme` is no repository"),
        ('[github]\ndefault_permissions = "all"\n', "`all` is no default"),
        ("[github]\nrepo = 1\n", "unknown setting `github.repo`"),
        ("[github]\nowner_id = 1\n", "must be a string"),
    ],
)
def test_bad_settings_are_refused(folder: Path, text: str, said: str) -> None:
    (folder / "nhilint.toml").write_text(text, encoding="utf-8")
    done = quick(folder, "check")
    assert done.code == 2
    assert said in done.err


def test_questions_about_jobs(folder: Path) -> None:
    assert quick(folder, "can", "ci/test", "contents:write", ".").out.startswith(
        "ci/test: contents:write on .: allowed"
    )
    assert "implicitly-denied" in quick(folder, "can", "ci/test", "secrets:read", "secret/OTHER").out
    assert "mean `contents:write`" in quick(folder, "can", "ci/test", "content:write", ".").out
    assert "another repository" in quick(folder, "can", "ci/test", "contents:write", "o/r").out
    assert "not a secret" in quick(folder, "can", "ci/test", "secrets:read", ".").err
    assert "not one permission" in quick(folder, "can", "ci/test", "contents", ".").err
    assert "ci/test" in quick(folder, "who-can", "secrets:read", "secret/DEPLOY_TOKEN").out
