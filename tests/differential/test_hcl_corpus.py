"""Real files, opt-in (`tests/corpus/README.md`): three other readers of HCL against this one.

`@cdktn/hcl2json` (HashiCorp's parser): refusals, blocks, strings, trees, places. The `terraform` binary: refusals.
python-hcl2: blocks, labels and names of attributes.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

import hcl2
import pytest

from nhilint.sources.git import GitTree
from nhilint.sources.terraform.parser import parse
from nhilint.sources.terraform.syntax import Body, SourceFile
from tests.corpus.places import repositories
from tests.differential.hcl_peer import compare_files, installed

TERRAFORM = shutil.which("terraform")
SUFFIXES = (".tf", ".tfvars", ".hcl", ".tofu")
NONE = pytest.param(None, marks=pytest.mark.skip(reason="NHILINT_CORPUS names no folder of repositories"))
pytestmark = [
    pytest.mark.corpus,
    pytest.mark.parametrize("place", repositories() or [NONE], ids=lambda place: place and place.parent.name),
]


@cache
def files(place: Path) -> tuple[SourceFile, ...]:
    """Every different file of the newest commit, read."""
    sys.setrecursionlimit(20_000)
    tree = GitTree(str(place), "HEAD")
    found: dict[str, SourceFile] = {}
    for entry in tree.entries():
        if entry.path.endswith(SUFFIXES) and not entry.link:
            try:
                text = tree.read(entry.path).decode()
            except UnicodeDecodeError:
                continue  # encrypted or binary; Terraform refuses these as well
            if text not in found:
                found[text] = parse(entry.path, text)
    if not found:
        pytest.skip("no file of HCL")
    return tuple(found.values())


def say(capsys: pytest.CaptureFixture[str], place: Path, classes: Counter[str]) -> None:
    with capsys.disabled():
        print(f"\n{place.parent.name}: {len(files(place))} files, {dict(classes.most_common())}")


def test_hcl2json(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    classes, wrong = compare_files(installed(), list(files(place)))
    say(capsys, place, classes)
    assert wrong == []


@pytest.mark.skipif(TERRAFORM is None, reason="the `terraform` binary is not installed")
def test_terraform_refuses_the_same(place: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    every = files(place)
    for number, file in enumerate(every):
        folder = tmp_path / str(number // 500)
        folder.mkdir(exist_ok=True)
        (folder / f"{number:06}.tf").write_bytes(file.text.encode())
    said = ""
    for folder in sorted(tmp_path.iterdir()):
        command = [str(TERRAFORM), "fmt", "-no-color", "-write=false", "-list=false", str(folder)]
        done = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, timeout=600)
        said += done.stderr
    refused = {int(number) for number in re.findall(r" on \S*?(\d{6})\.tf line", said)}
    mine = {number for number, file in enumerate(every) if file.errors}
    say(capsys, place, Counter(accepted=len(every) - len(refused), refused=len(refused)))
    assert [every[number].path for number in mine - refused] == []
    assert [every[number].path for number in refused - mine] == []


def test_python_hcl2(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    classes: Counter[str] = Counter()
    wrong = []
    for file in files(place):
        try:
            theirs = outline(hcl2.loads(file.text))
        except Exception:  # noqa: BLE001 — the peer raises many kinds
            classes["both refuse" if file.errors else "refused by the peer alone"] += 1
            continue
        if file.errors:
            classes["refused here, as by Terraform"] += 1
            continue
        mine = own_outline(file.body)
        if theirs == mine:
            classes["the same"] += 1
        elif (
            len(theirs[1]) < len(mine[1]) and max(Counter(re.findall(r"<<-?(\w+)", file.text)).values(), default=0) > 1
        ):
            classes["the peer runs a heredoc to the last marker of its name"] += 1
        else:
            classes["differs"] += 1
            wrong.append(file.path)
    say(capsys, place, classes)
    assert wrong == []


def outline(body: dict[str, Any]) -> tuple[Any, ...]:
    """Names of attributes; types, labels and outlines of blocks."""
    names, blocks = set(), []
    for name, value in body.items():
        if isinstance(value, list) and value and all(isinstance(one, dict) and is_block(one) for one in value):
            blocks.extend((name, *labelled(one)) for one in value)
        elif name not in ("__is_block__", "__comments__", "__inline_comments__"):
            names.add(name)
    return tuple(sorted(names)), tuple(sorted(blocks, key=repr))


def is_block(value: dict[str, Any]) -> bool:
    while "__is_block__" not in value:
        if len(value) != 1:
            return False
        (value,) = value.values()
        if not isinstance(value, dict):
            return False
    return True


def labelled(value: dict[str, Any]) -> tuple[tuple[str, ...], tuple[Any, ...]]:
    labels = []
    while "__is_block__" not in value:
        ((label, value),) = value.items()
        labels.append(label.strip('"'))
    return tuple(labels), outline(value)


def own_outline(body: Body) -> tuple[Any, ...]:
    blocks = [(block.type, block.labels, own_outline(block.body)) for block in body.blocks]
    return tuple(sorted(body.attributes)), tuple(sorted(blocks, key=repr))
