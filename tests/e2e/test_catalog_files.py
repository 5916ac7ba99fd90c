"""Writing and reading a catalog through the command line: new, lint, test, schema, and what other commands say."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest

from tests.e2e.process import nhilint, put, quick, repository, role
from tests.unit.catalog.bad_files import AWS, EXCEPTION

GOOD = AWS + "sources: [https://example.org]\n"
BAD = {
    "role_catalog/a.yaml": GOOD.replace("id: reader", "id: a").replace("owner:", "ownr:"),
    "role_catalog/b.yaml": "id: b\n\ttitle: x\n",
    "role_catalog/c.yaml": GOOD.replace("s3:GetObject]", "s3:GetObjet]"),
}


def test_lint_tells_everything_with_the_line_and_a_caret(tmp_path: Path) -> None:
    done = nhilint(put(tmp_path / "t", {"main.tf": role("x"), **BAD}), "catalog", "lint")
    assert done.code == 1
    assert "role_catalog/a.yaml:6:1: error: unknown field `ownr` [unknown-field]" in done.out
    assert "  | ownr: platform\n  | ^\n  help: did you mean `owner`?" in done.out
    assert "role_catalog/b.yaml:2:1: error:" in done.out
    assert "YAML knows no tabs" in done.out
    assert "role_catalog/c.yaml:14:15: error: unknown action `s3:GetObjet` [unknown-action]" in done.out
    assert "  |   - actions: [s3:GetObjet]\n  |               ^\n" in done.out


def test_lint_as_json(tmp_path: Path) -> None:
    value = nhilint(put(tmp_path / "t", BAD), "catalog", "lint", "--format", "json").json()
    assert (value["schema"], value["own"], value["files"]) == ("nhilint.catalog-lint/1", True, 3)
    assert value["errors"] == sum(row["severity"] == "error" for row in value["problems"])
    jsonschema.validate(value, json.loads(quick(tmp_path, "schema", "catalog-lint").out))
    first = value["problems"][0]
    assert (first["code"], first["line"]) == ("unknown-field", "ownr: platform")
    assert first["location"] == {"path": "role_catalog/a.yaml", "line": 6, "end_line": 6, "column": 1}
    assert all(row["code"] for row in value["problems"])


@pytest.mark.parametrize(
    "command", [["check"], ["inventory"], ["catalog", "list"], ["catalog", "match"], ["catalog", "test"]]
)
def test_a_catalog_that_can_not_be_read_stops_everybody_else(tmp_path: Path, command: list[str]) -> None:
    folder = put(tmp_path / "t", {"main.tf": role("x"), **BAD})
    done = quick(folder, *command)
    assert done.code == 2
    assert "`nhilint catalog lint` lists them" in done.err
    assert "and 1 more" in done.err
    assert "role_catalog/a.yaml:6:1" in done.err


def test_strict_counts_warnings(tmp_path: Path) -> None:
    folder = put(tmp_path / "t", {"role_catalog/a.yaml": AWS})
    assert quick(folder, "catalog", "lint").code == 0
    assert quick(folder, "catalog", "lint", "--strict").code == 1


def test_other_files_beside_the_roles_are_nobodys_business(tmp_path: Path) -> None:
    beside = {"CODEOWNERS.example": "* @x", "README.md": "- [", "role.schema.json": "{", "aws/notes.txt": "id: ["}
    files = {f"role_catalog/{name}": text for name, text in beside.items()}
    done = quick(put(tmp_path / "t", {"role_catalog/a.yaml": GOOD, **files}), "catalog", "lint", "--format", "json")
    assert (done.json()["files"], done.json()["errors"]) == (1, 0)


def test_an_exception_is_linted_with_the_roles(tmp_path: Path) -> None:
    late = EXCEPTION.replace("2027-03-31", "2026-03-31")
    folder = put(tmp_path / "t", {"role_catalog/a.yaml": GOOD, "role_catalog/exceptions/e.yaml": late})
    done = quick(folder, "catalog", "lint")
    assert done.code == 1
    assert "role_catalog/exceptions/e.yaml:11:10: error: the exception expired on 2026-03-31" in done.out


def test_a_catalog_lint_survives_hostile_text(tmp_path: Path) -> None:
    hostile = GOOD.replace("owner:", '"\\e[31m\\u202e": x\nowner:').replace(
        "branch: main", "branch: main, " + "x" * 5000 + ": y"
    )
    done = quick(put(tmp_path / "t", {"role_catalog/a.yaml": hostile}), "catalog", "lint")
    assert done.code == 1
    assert "\x1b" not in done.out
    assert "\u202e" not in done.out
    assert max(map(len, done.out.splitlines())) < 12_000


@pytest.mark.parametrize("part", ["role_catalog/a.yaml", "./role_catalog/a.yaml"])
def test_one_file_is_linted_within_its_catalog(tmp_path: Path, part: str) -> None:
    folder = put(tmp_path / "t", BAD)
    done = quick(folder, "catalog", "lint", part)
    assert (done.code, "b.yaml" in done.out, "unknown field `ownr`" in done.out) == (1, False, True)
    assert "b.yaml" in quick(folder, "catalog", "lint", "role_catalog").out


def test_a_tree_without_a_catalog_is_told_so(tmp_path: Path) -> None:
    done = quick(put(tmp_path / "t", {"main.tf": role("x")}), "catalog", "lint")
    assert "the tree has no catalog of its own: this is the starter catalog" in done.out


def test_a_revision_is_linted(tmp_path: Path) -> None:
    folder = repository(tmp_path / "r", BAD, dict.fromkeys(BAD) | {"role_catalog/a.yaml": GOOD})
    assert quick(folder, "catalog", "lint", "HEAD~1").code == 1
    assert quick(folder, "catalog", "lint", "HEAD").code == 0


# --- test


def test_tests_are_run_and_told_one_by_one(tmp_path: Path) -> None:
    folder = put(tmp_path / "t", {"role_catalog/a.yaml": GOOD})
    done = quick(folder, "catalog", "test", "reader")
    assert done.code == 0
    assert "✓ allowed: s3:GetObject on arn:aws:s3:::data/x" in done.out
    assert "2 tests of 1 role: 2 passed, 0 failed" in done.out
    put(folder, {"role_catalog/a.yaml": GOOD.replace("other/x", "data/y")})
    done = quick(folder, "catalog", "test", "--format", "json")
    assert done.code == 1
    jsonschema.validate(done.json(), json.loads(quick(tmp_path, "schema", "catalog-test").out))
    (row,) = [row for row in done.json()["tests"] if not row["passed"]]
    assert (row["expected"], row["got"], row["location"]["line"]) == ("denied", "allowed", 23)


def test_a_test_of_no_role(tmp_path: Path) -> None:
    done = quick(put(tmp_path / "t", {"role_catalog/a.yaml": GOOD}), "catalog", "test", "raeder")
    assert done.code == 2
    assert "did you mean `reader`?" in done.err


# --- new and schema


@pytest.mark.parametrize("platform", ["aws", "kubernetes", "github"])
@pytest.mark.parametrize("access", ["read", "write", "break-glass"])
def test_a_new_role_has_no_error_and_its_tests_pass(tmp_path: Path, platform: str, access: str) -> None:
    folder = put(tmp_path / "t", {})
    done = quick(folder, "catalog", "new", "my-role", "--platform", platform, "--access", access)
    path = folder / "role_catalog" / platform / "my-role.yaml"
    assert (done.code, done.out.splitlines()[0]) == (0, f"wrote role_catalog/{platform}/my-role.yaml")
    value = quick(folder, "catalog", "lint", "--format", "json").json()
    assert value["errors"] == 0
    assert {row["code"] for row in value["problems"]} <= {"not-filled-in", "no-sources"}
    assert quick(folder, "catalog", "test").code == 0
    first = path.read_text(encoding="utf-8").splitlines()[0]
    assert first == "# yaml-language-server: $schema=../role.schema.json"
    jsonschema.Draft202012Validator.check_schema(json.loads((path.parent / "../role.schema.json").read_text()))


def test_new_overwrites_nothing(tmp_path: Path) -> None:
    folder = put(tmp_path / "t", {"role_catalog/aws/mine.yaml": GOOD, "role_catalog/role.schema.json": "{}"})
    done = quick(folder, "catalog", "new", "mine", "--platform", "aws", "--access", "read")
    assert (done.code, "exists" in done.err) == (2, True)
    assert quick(folder, "catalog", "new", "other", "--platform", "aws", "--access", "read").code == 0
    assert (folder / "role_catalog/aws/mine.yaml").read_text(encoding="utf-8") == GOOD
    assert (folder / "role_catalog/role.schema.json").read_text(encoding="utf-8") == "{}"


@pytest.mark.parametrize(
    "arguments, help",
    [
        (["Mine", "--platform", "aws", "--access", "read"], "lower-case"),
        (["../x", "--platform", "aws", "--access", "read"], "lower-case"),
        (["mine", "--platform", "azure", "--access", "read"], "`aws`"),
        (["mine", "--platform", "aws", "--access", "rite"], "did you mean `write`?"),
    ],
)
def test_new_with_a_wrong_word(tmp_path: Path, arguments: list[str], help: str) -> None:
    done = quick(put(tmp_path / "t", {}), "catalog", "new", *arguments)
    assert (done.code, help in done.err) == (2, True)
    assert list((tmp_path / "t").iterdir()) == []


@pytest.mark.parametrize("name", ["role", "exception"])
def test_the_schemas_are_the_same_under_both_commands(tmp_path: Path, name: str) -> None:
    folder = put(tmp_path / "t", {})
    both = [quick(folder, "schema", name).out, quick(folder, "catalog", "schema", name).out]
    assert both[0] == both[1]
    assert json.loads(both[0])["title"] == f"nhilint {name}"
    assert quick(folder, "catalog", "schema", "rol").code == 2
