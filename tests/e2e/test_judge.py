"""A change can not approve itself: catalog, exceptions and settings of the base judge; the review says what differs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.e2e.process import commit, nhilint, quick, repository, role

Row = dict[str, Any]
BUCKET = "arn:aws:s3:::data/*"


def approved(id: str, actions: str = "s3:GetObject", resources: str = BUCKET, more: str = "") -> str:
    """A role file."""
    return f"""apiVersion: nhilint.dev/v1
id: {id}
title: Read the data
platform: aws
purpose: A job that reads the data.
owner: platform
status: approved
approval: {{ by: platform, on: "2026-11-01", ticket: CAT-1, expires: "2027-11-01" }}
allow:
  - actions: [{actions}]
    resources: ["{resources}"]
{more}"""


BASE = {"main.tf": role("ci"), "role_catalog/reader.yaml": approved("reader")}


def review(folder: Path, *arguments: str) -> tuple[int, Row]:
    done = quick(folder, "review", *(arguments or ("HEAD~1", "HEAD")), "--format", "json")
    return done.code, done.json()


def changed(tmp_path: Path, changes: dict[str, str | bytes | None], base: dict[str, str] = BASE) -> tuple[int, Row]:
    folder = repository(tmp_path / "r", base)
    commit(folder, changes)
    return review(folder)


def names(value: Row, move: str) -> list[str]:
    return [row["key"] for row in value["catalog_change"]["identities"][move]]


def test_a_change_that_leaves_its_judge_alone_says_nothing_of_it(tmp_path: Path) -> None:
    _, value = changed(tmp_path, {"main.tf": role("ci", "s3:PutObject"), "README.md": "x"})
    assert "catalog_change" not in value


def test_a_role_added_beside_the_grant_does_not_approve_it(tmp_path: Path) -> None:
    head = {"main.tf": role("ci", "s3:PutObject"), "role_catalog/writer.yaml": approved("writer", "s3:PutObject")}
    code, value = changed(tmp_path, head)
    assert code == 1
    assert [(f["rule"], f["blocking"]) for f in value["findings"]["new"]] == [("NHI401", True)]
    change = value["catalog_change"]
    assert [(r["id"], r["status"], r["direction"]) for r in change["roles"]] == [("writer", "added", "widened")]
    assert names(value, "covered") == ["aws:role/ci"]
    assert change["blocking"] == {"base": 1, "head": 0}
    assert change["files"] == ["role_catalog/writer.yaml"]


def test_a_role_widened_beside_the_grant_does_not_approve_it(tmp_path: Path) -> None:
    wide = approved("reader", "s3:GetObject, s3:PutObject")
    code, value = changed(tmp_path, {"main.tf": role("ci", "s3:PutObject"), "role_catalog/reader.yaml": wide})
    assert code == 1
    (row,) = value["catalog_change"]["roles"]
    assert (row["status"], row["direction"]) == ("changed", "widened")
    assert [entry["actions"] for entry in row["gained"]] == [["s3:PutObject"]]
    assert row["gained"][0]["via"][0]["path"] == "role_catalog/reader.yaml"


def test_settings_loosened_beside_the_grant_do_not_let_it_pass(tmp_path: Path) -> None:
    loose = 'fail_on = "critical"\n[rules]\ndisabled = ["NHI401"]\n[catalog]\nrequired = false\n'
    code, value = changed(tmp_path, {"main.tf": role("ci", "s3:PutObject"), "nhilint.toml": loose})
    assert code == 1
    rows = {row["setting"]: (row["direction"], row["base"], row["head"]) for row in value["catalog_change"]["settings"]}
    assert rows == {
        "fail_on": ("loosened", "high", "critical"),
        "rules.disabled": ("loosened", "none", "NHI401"),
        "catalog.required": ("loosened", "not set", "false"),
    }
    assert value["catalog_change"]["blocking"] == {"base": 1, "head": 0}
    assert value["catalog_change"]["files"] == ["nhilint.toml"]


def test_a_catalog_moved_elsewhere_by_the_settings_is_not_the_judge(tmp_path: Path) -> None:
    head = {
        "main.tf": role("ci", "s3:PutObject"),
        "nhilint.toml": '[catalog]\npaths = ["mine"]\n',
        "mine/writer.yaml": approved("writer", "s3:PutObject"),
    }
    code, value = changed(tmp_path, head)
    assert code == 1
    assert names(value, "covered") == ["aws:role/ci"]
    assert {row["id"]: row["status"] for row in value["catalog_change"]["roles"]} == {
        "reader": "removed",
        "writer": "added",
    }


def test_a_catalog_taken_away_still_judges(tmp_path: Path) -> None:
    code, value = changed(tmp_path, {"main.tf": role("ci", "s3:PutObject"), "role_catalog/reader.yaml": None})
    assert code == 1
    assert value["catalog_change"]["base"]["own"]
    assert not value["catalog_change"]["head"]["own"]
    assert value["catalog_change"]["blocking"] == {"base": 1, "head": 0}


def test_the_first_catalog_does_not_judge_the_change_that_adds_it(tmp_path: Path) -> None:
    folder = repository(tmp_path / "r", {"main.tf": role("ci", "s3:PutObject")})
    commit(folder, {"role_catalog/reader.yaml": approved("reader")})
    code, value = review(folder)
    assert code == 0
    assert value["catalog_change"]["blocking"] == {"base": 0, "head": 1}
    text = quick(folder, "review", "HEAD~1", "HEAD").out
    assert "adds the first catalog of the repository: it is judged by the starter catalog" in " ".join(text.split())


def test_a_catalog_of_head_that_can_not_be_read_is_told_and_judges_nothing(tmp_path: Path) -> None:
    code, value = changed(tmp_path, {"role_catalog/reader.yaml": approved("reader").replace("owner", "onwer")})
    assert code == 0
    (problem,) = value["catalog_change"]["problems"]
    assert "onwer" in problem["message"] or "owner" in problem["message"]
    assert problem["location"]["path"] == "role_catalog/reader.yaml"
    assert value["catalog_change"]["head"] is None


def test_settings_of_head_that_can_not_be_read_are_told(tmp_path: Path) -> None:
    code, value = changed(tmp_path, {"nhilint.toml": "fail_on = 3"})
    assert code == 0
    assert value["catalog_change"]["problems"][0]["location"]["path"] == "nhilint.toml"


def test_another_part_of_pyproject_is_no_edit_of_the_judge(tmp_path: Path) -> None:
    base = {**BASE, "pyproject.toml": '[project]\nname = "a"\n'}
    _, value = changed(tmp_path, {"pyproject.toml": '[project]\nname = "b"\n'}, base)
    assert "catalog_change" not in value


def test_the_working_tree_is_judged_by_the_commit(tmp_path: Path) -> None:
    folder = repository(tmp_path / "r", BASE)
    (folder / "main.tf").write_text(role("ci", "s3:PutObject"))
    (folder / "role_catalog" / "writer.yaml").write_text(approved("writer", "s3:PutObject"))
    code, value = review(folder, "HEAD")
    assert code == 1
    assert names(value, "covered") == ["aws:role/ci"]


def test_the_review_says_it_in_every_format(tmp_path: Path) -> None:
    folder = repository(tmp_path / "r", BASE)
    commit(folder, {
        "main.tf": role("ci", "s3:PutObject"),
        "role_catalog/reader.yaml": approved("reader", "s3:GetObject, s3:PutObject"),
        "nhilint.toml": 'fail_on = "critical"\n',
    })  # fmt: skip
    for format in ("text", "markdown", "concise"):
        out = " ".join(nhilint(folder, "review", "HEAD~1", "HEAD", "--format", format).out.split())
        assert "fail_on: high → critical" in out, format
        assert "role reader" in out, format
        assert "widen" in out, format
    text = " ".join(nhilint(folder, "review", "HEAD~1", "HEAD").out.split())
    assert "This change edits the catalog and the settings that judge it: it is judged by those of the base" in text
    assert "1 identity becomes covered: ci (reader)" in text
    assert "+ Write: s3:PutObject on arn:aws:s3:::data/*" in text


def test_a_pattern_of_head_that_goes_back_for_ever_stops_nobody(tmp_path: Path) -> None:
    slow = 'parameters:\n  b: { description: B, pattern: "(a+)+", examples: [aaa] }\n'
    base = {**BASE, "main.tf": role("ci", "s3:GetObject", f"arn:aws:s3:::{'a' * 60}-x/*")}
    _, value = changed(
        tmp_path, {"role_catalog/slow.yaml": approved("slow", "s3:GetObject", "arn:aws:s3:::<b>/*", slow)}, base
    )
    assert names(value, "covered") == []
    assert [row["id"] for row in value["catalog_change"]["roles"]] == ["slow"]


IGNORED = '# nhilint: ignore[NHI401] until=2099-01-31 reason="it moves next year"\n'


def ignored(text: str) -> str:
    return text.replace('resource "aws_iam_role" ', IGNORED + 'resource "aws_iam_role" ')


def test_a_suppression_added_beside_the_grant_is_shown_and_lifts_no_gate(tmp_path: Path) -> None:
    folder = repository(tmp_path / "r", BASE)
    commit(folder, {"main.tf": ignored(role("ci", "s3:PutObject"))})
    code, value = review(folder)
    assert code == 1
    (finding,) = value["findings"]["new"]
    assert (finding["blocking"], finding["suppressed"], finding["asked"]) == (True, None, "it moves next year")
    for form in ("text", "markdown"):
        assert "this change asks to ignore it" in nhilint(folder, "review", "HEAD~1", "HEAD", "--format", form).out


def test_a_suppression_of_the_base_lifts_it(tmp_path: Path) -> None:
    base = {**BASE, "main.tf": ignored(role("ci"))}
    code, value = changed(tmp_path, {"main.tf": ignored(role("ci", "s3:PutObject"))}, base)
    assert code == 0
    (finding,) = value["findings"]["new"]
    assert (finding["blocking"], finding["suppressed"], finding["asked"]) == (False, "it moves next year", None)
