"""Every form of `hcl_forms.txt` is taken or refused as the file says, by this reader and by the real Terraform."""

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from nhilint.sources.terraform.parser import parse

TERRAFORM = shutil.which("terraform")
ROWS = [line for line in (Path(__file__).parent / "hcl_forms.txt").read_text().splitlines() if line[0] != "#"]
FORMS = [(row[0], json.loads(row[2:])) for row in ROWS]


@pytest.mark.parametrize("mark,text", FORMS, ids=[row[:60] for row in ROWS])
def test_this_reader(mark: str, text: str) -> None:
    errors = parse("x.tf", text).errors
    assert bool(errors) == (mark == "-"), errors


@pytest.mark.skipif(TERRAFORM is None, reason="the `terraform` binary is not installed")
def test_terraform_says_the_same(tmp_path: Path) -> None:
    for number, (_, text) in enumerate(FORMS):
        (tmp_path / f"{number:04}.tf").write_bytes(text.encode())
    command = [str(TERRAFORM), "fmt", "-no-color", "-write=false", "-list=false", str(tmp_path)]
    said = subprocess.run(command, capture_output=True, text=True, timeout=120).stderr
    refused = {int(number) for number in re.findall(r" on \S*?(\d{4})\.tf line", said)}
    assert refused == {number for number, (mark, _) in enumerate(FORMS) if mark in "-~"}
    assert len(refused) > 100
