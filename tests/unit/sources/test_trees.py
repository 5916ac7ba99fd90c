"""The three kinds of trees tell the same of the same files, and do not leave their root."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from nhilint.model.errors import NhilintError
from nhilint.sources import git as revisions
from nhilint.sources.folder import FolderTree
from nhilint.sources.git import GitTree, inside
from nhilint.sources.load import ParseCache, load
from nhilint.sources.manifests.files import MAX_BYTES
from nhilint.sources.memory import MemoryTree
from nhilint.sources.options import LoadOptions
from tests.e2e.process import bound, git, put, repository, role

FILES = {"a/main.tf": role("ci"), "b/x.yaml": bound("bot", "[]"), "README.md": "x", "ü n.tf": ""}


def test_trees_agree(tmp_path: Path) -> None:
    folder = repository(tmp_path / "r", FILES)
    trees = [MemoryTree(FILES), FolderTree(str(folder)), GitTree(str(folder), "HEAD")]
    rows = [[(e.path, e.size, t.digest(e.path), t.read(e.path)) for e in t.entries()] for t in trees]
    assert rows[0] == rows[1] == rows[2]
    assert [row[0] for row in rows[0]] == sorted(FILES)
    loaded = [load(tree, LoadOptions()) for tree in trees]
    assert loaded[0].documents == loaded[1].documents == loaded[2].documents != ()


def test_a_folder_outside_git_is_walked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path))
    put(tmp_path / "t", {**FILES, "node_modules/x.tf": "", ".git/x.tf": ""})
    assert [e.path for e in FolderTree(str(tmp_path / "t")).entries()] == sorted(FILES)


def test_links(tmp_path: Path) -> None:
    put(tmp_path / "out", {"s.tf": "secret"})
    folder = put(tmp_path / "t", {"a.tf": "x", "d/b.tf": "y"})
    os.symlink("a.tf", folder / "inner.tf")
    os.symlink("../out/s.tf", folder / "outer.tf")
    os.symlink("gone.tf", folder / "broken.tf")
    git(folder, "init", "-q")
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", "x")
    for tree in (FolderTree(str(folder)), GitTree(str(folder), "HEAD")):
        rows = {e.path: e for e in tree.entries()}
        assert rows["inner.tf"].link
        assert not rows["inner.tf"].problem
        assert tree.read("inner.tf") == b"x"
        assert rows["outer.tf"].problem
        assert rows["broken.tf"].problem
    with pytest.raises(NhilintError):
        FolderTree(str(folder)).read("outer.tf")
    with pytest.raises(NhilintError):
        FolderTree(str(folder)).read("../out/s.tf")


@pytest.mark.parametrize(
    "path, target, expected",
    [
        ("a/b", "c", "a/c"),
        ("a/b", "../c", "c"),
        ("a/b", "../../c", ""),
        ("a/b", "/etc/passwd", ""),
        ("a/b", "./x/../y", "a/y"),
    ],
)
def test_where_a_link_leads(path: str, target: str, expected: str) -> None:
    assert inside(path, target) == expected


def test_submodules_are_named(tmp_path: Path) -> None:
    folder = repository(tmp_path / "r", FILES)
    commit = git(folder, "rev-parse", "HEAD")
    git(folder, "update-index", "--add", "--cacheinfo", f"160000,{commit},sub")
    git(folder, "commit", "-q", "-m", "sub")
    (entry,) = [e for e in GitTree(str(folder), "HEAD").entries() if e.path == "sub"]
    assert "submodule" in entry.problem


def test_revisions(tmp_path: Path) -> None:
    folder = str(repository(tmp_path / "r", FILES, {"x": "1"}))
    assert revisions.resolve(folder, "HEAD") == revisions.resolve(folder, "main")
    assert revisions.default_branch(folder) == "main"
    assert revisions.merge_base(folder, "main", "HEAD~1") == revisions.resolve(folder, "HEAD~1")
    for wrong in ("nope", "--all", "HEAD~9", "", "main:a"):
        with pytest.raises(NhilintError):
            revisions.resolve(folder, wrong)


def test_load_counts_limits_and_caches() -> None:
    cache = ParseCache()
    tree = MemoryTree({**FILES, "big.yaml": b"kind: Role\n" + b"#" * MAX_BYTES})
    first, second = load(tree, LoadOptions(), cache), load(tree, LoadOptions(), cache)
    assert first.documents == second.documents
    assert (first.files, first.skipped) == (4, 1)
    assert [u.cause for u in first.unresolved] == ["size"]
    assert {d.language for d in load(tree, LoadOptions(paths=("b",))).documents} == {"kubernetes"}
    assert {d.language for d in load(tree, LoadOptions(paths=("a/",))).documents} == {"terraform"}
