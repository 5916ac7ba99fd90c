"""Reading of workflow files: what is one, what is refused, and what of it is still read."""

from __future__ import annotations

import pytest

from nhilint.sources.load import load
from nhilint.sources.memory import MemoryTree
from nhilint.sources.options import LoadOptions, RepositoryOptions
from nhilint.sources.workflows import MAX_BYTES, is_workflow

GOOD = "on: push\njobs: {a: {runs-on: ubuntu-latest, steps: []}}\n"


@pytest.mark.parametrize("path", [".github/workflows/a.yml", ".github/workflows/a b.yaml"])
def test_workflows_stand_in_one_folder(path: str) -> None:
    assert is_workflow(path)


@pytest.mark.parametrize(
    "path",
    ["examples/.github/workflows/a.yml", ".github/workflows/x/a.yml", ".github/workflows/a.json", ".github/a.yml"],
)
def test_others_are_no_workflows(path: str) -> None:
    assert not is_workflow(path)


def loaded(files: dict[str, str | bytes], **settings: object):
    return load(MemoryTree(files), LoadOptions(repository=RepositoryOptions(**settings)))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("content", "cause", "why"),
    [
        (b"\xff\xfe", "encoding", "byte 0 is not UTF-8"),
        ("", "syntax", "it is empty"),
        ("- a\n", "syntax", "it holds no map"),
        ("on: [push\n", "syntax", ""),
        ("on: push\nx: \x00\n", "syntax", "not YAML"),
        ("on: push\non: push\n", "syntax", "the key `on` stands twice"),
        ("a: " + "[" * 10_000, "syntax", "nesting is deeper"),
        (GOOD + "---\n" + GOOD, "syntax", "more than one YAML document"),
        ("x: &x {a: b}\ny: {<<: *x}\n" + GOOD, "syntax", "no merge keys"),
        ("x: *gone\n", "syntax", ""),
        ("a" * (MAX_BYTES + 1), "size", "2 MiB"),
    ],
)
def test_bad_files_are_said_and_nothing_else_is_lost(content: str | bytes, cause: str, why: str) -> None:
    found = loaded({".github/workflows/bad.yml": content, ".github/workflows/good.yml": GOOD})
    assert [(u.cause, why in u.why) for u in found.unresolved] == [(cause, True)], found.unresolved
    assert ".github/workflows/good.yml" in {d.span.path for d in found.documents}
    assert found.files == 2


def test_a_bomb_of_anchors_is_bounded() -> None:
    bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
    bomb += "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, 9))
    found = loaded({".github/workflows/bomb.yml": bomb, ".github/workflows/good.yml": GOOD})
    assert "nodes once its aliases are expanded" in found.unresolved[0].why


def test_anchors_are_followed() -> None:
    text = "on: push\njobs:\n  a: &a {runs-on: ubuntu-latest, permissions: {contents: write}}\n  b: *a\n"
    (document, _) = loaded({".github/workflows/w.yml": text}).documents
    jobs = document.body.get("jobs")
    assert jobs is not None
    assert jobs.get("a") == jobs.get("b")  # type: ignore[union-attr]


def test_local_actions_are_read_when_they_are_used() -> None:
    uses = GOOD.replace("steps: []", "steps: [{uses: ./.github/actions/one}]")
    one = "runs: {using: composite, steps: [{uses: ./.github/actions/two}]}\n"
    found = loaded(
        {
            ".github/workflows/w.yml": uses,
            ".github/actions/one/action.yml": one,
            ".github/actions/two/action.yaml": "runs: {using: composite, steps: []}\n",
            ".github/actions/unused/action.yml": one,
        }
    )
    assert [d.address for d in found.documents if d.kind == "action"] == [".github/actions/one", ".github/actions/two"]


def test_a_workflow_is_no_manifest() -> None:
    text = GOOD + "kind: Role\nmetadata: {name: x}\n"
    assert {d.language for d in loaded({".github/workflows/w.yml": text}).documents} == {"github"}


def test_an_assumed_name_is_said_only_where_tokens_are_asked_for() -> None:
    asks = GOOD.replace("steps: []", "permissions: {id-token: write}, steps: []")
    path = ".github/workflows/w.yml"
    (assumed,) = loaded({path: asks}, repository="o/r", assumed=True).assumed
    assert "`o/r`" in assumed.why
    assert not loaded({path: GOOD}, repository="o/r", assumed=True).assumed
    assert not loaded({path: asks}, repository="o/r").assumed
