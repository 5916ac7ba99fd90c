"""Every kustomization of public repositories: the objects that nhilint renders are those of `kubectl kustomize`."""

from __future__ import annotations

import os
import subprocess
from collections import Counter
from pathlib import Path

import pytest

from nhilint.sources.folder import FolderTree
from nhilint.sources.manifests.files import KUSTOMIZATIONS
from tests.corpus.places import repositories
from tests.differential.kustomize_peer import KUBECTL, Mine, different, theirs

pytestmark = pytest.mark.corpus
REPOSITORIES = repositories()
if not REPOSITORIES:
    pytest.skip("NHILINT_CORPUS names no folder of repositories", allow_module_level=True)
if KUBECTL is None:
    pytest.skip("kubectl is not installed", allow_module_level=True)
SHOWN = int(os.environ.get("NHILINT_SHOWN", "5"))
MISSING = ("nothing is fetched", "Helm chart", "no program is run")


def checked_out(repository: Path, folder: Path) -> None:
    """The files of the newest revision that are there, for kubectl."""
    git = ["git", "-C", str(repository)]
    listed = subprocess.run([*git, "ls-tree", "-r", "-z", "HEAD"], capture_output=True, check=True).stdout
    rows = [row.partition(b"\t") for row in listed.split(b"\x00") if row]
    wanted = [(path.decode(errors="replace"), head.split()) for head, _, path in rows]
    asked = b"".join(head[2] + b"\n" for _, head in wanted)
    batch = subprocess.run([*git, "cat-file", "--batch"], input=asked, capture_output=True, check=True).stdout
    place = 0
    for path, head in wanted:
        end = batch.index(b"\n", place)
        _, kind, *size = batch[place:end].split()
        place = end + 1
        if not size:
            continue
        content = batch[place : place + int(size[0])]
        place += int(size[0]) + 1
        target = folder / path
        if kind == b"blob":
            target.parent.mkdir(parents=True, exist_ok=True)
            if head[0] == b"120000":
                target.symlink_to(content.decode())
            else:
                target.write_bytes(content)


def kustomizations(repository: Path) -> list[str]:
    command = ["git", "-C", str(repository), "ls-tree", "-r", "--name-only", "-z", "HEAD"]
    listed = subprocess.run(command, capture_output=True, check=True).stdout.decode(errors="replace").split("\x00")
    return sorted({os.path.dirname(path) for path in listed if os.path.basename(path) in KUSTOMIZATIONS})


@pytest.mark.parametrize("repository", REPOSITORIES, ids=lambda p: p.parent.name if p.name == "repo" else p.name)
def test_kustomizations(repository: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folders = kustomizations(repository)
    if not folders:
        pytest.skip("no kustomization")
    checked_out(repository, tmp_path)
    mine = Mine(FolderTree(str(tmp_path)))
    seen: Counter[str] = Counter()
    shown: list[str] = []
    for folder in folders:
        rendered, problems = mine.render(folder)
        others, refusal = theirs(tmp_path / folder)
        if refusal and any(word in problem.why for problem in problems for word in MISSING):
            seen["not offline, said"] += 1
            continue
        if refusal:
            seen["refused by both" if problems else "refused by kubectl alone"] += 1
            if not problems:
                shown.append(f"{folder}: kubectl alone: {refusal[-300:]}")
            continue
        apart = different(rendered, others)
        if problems:
            seen["unresolved, and equal" if not apart else "unresolved"] += 1
            shown.append(f"{folder}: unresolved: {problems[0].span}: {problems[0].why}")
        else:
            seen["different" if apart else "equal"] += 1
            seen["objects"] += len(others)
        if apart and not problems:
            shown.append(f"{folder}: {len(apart)} objects, {apart[0][:900]}")
    with capsys.disabled():
        print(f"\n{repository}: {len(folders)} kustomizations: {dict(seen)}")
        for line in shown[:SHOWN]:
            print("   ", line.replace(str(tmp_path), ""))
    assert seen["different"] + seen["unresolved"] <= seen["equal"] // 100, shown
