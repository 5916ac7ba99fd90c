"""Asks the peer `@cdktn/hcl2json` about files, and sorts what it says into classes."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from nhilint.sources.terraform.syntax import Attribute, Body, SourceFile
from tests.differential.hcl_trees import Converted, Refused, Trees, differences, equal

BLANKS = re.compile(r"<<-?[\w-]+[ \t]+\r?\n")
FOLDER = Path(__file__).parent / "hcl2json"


def installed() -> Path:
    """The script of the peer, installed on first use from the locked versions."""
    if shutil.which("npm") is None or shutil.which("node") is None:
        pytest.skip("the peer needs node and npm")
    if not (FOLDER / "node_modules" / "@cdktn" / "hcl2json").is_dir():
        command = ["npm", "ci", "--ignore-scripts"]
        done = subprocess.run(command, cwd=FOLDER, capture_output=True, text=True, timeout=300)
        if done.returncode:
            pytest.skip(f"the peer could not be installed: {done.stderr.strip()[-200:]}")
    return FOLDER / "ask.mjs"


def ask(oracle: Path, questions: list[dict[str, str]]) -> list[dict[str, Any]]:
    text = "".join(json.dumps(question) + "\n" for question in questions)
    done = subprocess.run(
        ["node", str(oracle)], input=text, capture_output=True, text=True, cwd=FOLDER, check=True, timeout=1200
    )
    answers = [json.loads(line) for line in done.stdout.split("\n") if line]
    assert len(answers) == len(questions)
    return answers


def attributes(body: Body) -> Iterator[Attribute]:
    yield from body.attributes.values()
    for block in body.blocks:
        yield from attributes(block.body)


def compare_file(file: SourceFile, theirs: dict[str, Any]) -> str:
    """The class of one file."""
    refused = "parse config" in theirs.get("error", "")
    if refused and not file.errors and BLANKS.search(file.text):
        return "read although blanks stand behind the marker of a heredoc"
    if refused or file.errors:
        return "both refuse" if refused and file.errors else "false accept" if refused else "false reject"
    try:
        mine = Converted(file.text).body(file.body)
    except Refused:
        mine = None
    if "error" in theirs or mine is None:
        # The peer evaluates signs, and has no form for a block that stands both with and without labels.
        return "not converted by the peer"
    if equal(mine, theirs["json"]):
        return "the same"
    return "the peer's number is no float" if "null" in json.dumps(theirs["json"]) and "e3" in file.text else "differs"


def compare_files(oracle: Path, files: list[SourceFile]) -> tuple[Counter[str], list[str]]:
    """Classes of files and of their expressions, and every file or expression that has no explanation."""
    classes: Counter[str] = Counter()
    wrong: list[str] = []
    read: list[tuple[SourceFile, Attribute]] = []
    seen: set[str] = set()
    for file, theirs in zip(files, ask(oracle, [{"file": file.text} for file in files]), strict=True):
        found = compare_file(file, theirs)
        classes[f"file: {found}"] += 1
        if found in ("false accept", "false reject", "differs"):
            wrong.append(f"{found}: {file.path}: {file.errors[:1]} {theirs.get('error', '')[:200]}")
        if found in ("the same", "not converted by the peer"):
            for attribute in attributes(file.body):
                written = file.text[attribute.expr[1] : attribute.expr[2]]
                if written not in seen:
                    seen.add(written)
                    read.append((file, attribute))
    answers = ask(oracle, [{"expression": f.text[a.expr[1] : a.expr[2]] + "\n"} for f, a in read])
    for (file, attribute), theirs in zip(read, answers, strict=True):
        found = compare_tree(file, attribute, theirs)
        classes[f"expression: {'differs' if found else 'the same'}"] += 1
        if found:
            wrong.append(f"{file.path}: {attribute.name}: {found}")
    return classes, wrong


def compare_tree(file: SourceFile, attribute: Attribute, theirs: dict[str, Any]) -> list[str]:
    if "tree" not in theirs:
        return [theirs["error"][:200]]
    text, base = file.text, attribute.expr[1]
    return differences(Trees(text).tree(attribute.expr), theirs["tree"], lambda at: len(text[base:at].encode()))
