"""Policy documents as the real AWS provider renders them and as nhilint does; needs the laboratory of plans."""

import difflib
import json
import os
from pathlib import Path

import pytest

from nhilint.model.node import Node, Unknown
from nhilint.sources.memory import MemoryTree
from nhilint.sources.options import LoadOptions
from nhilint.sources.terraform.configuration import Configuration
from nhilint.sources.terraform.modules import Module
from nhilint.sources.terraform.program import Program
from nhilint.sources.terraform.values import known, plain
from tests.differential.policy_documents import Generator
from tests.differential.terraform_plans import laboratory

COUNT = 600
SEEDS = [int(seed) for seed in os.environ.get("NHILINT_SEEDS", "1").split(",")]
pytestmark = pytest.mark.skipif(bool(laboratory.missing()), reason=laboratory.missing() or "the laboratory is there")
TWICE = 'jsonencode({ Statement = [{ Sid = "A", Effect = "Allow", Action = "a:b" }] })'
BOTH = 'jsonencode({ Statement = [{ Sid = "A", Effect = "Allow" }, { Sid = "A", Effect = "Deny" }] })'
_SETS = ("Action", "NotAction", "Resource", "NotResource")


def meaning(document: object) -> object:
    """A policy without the order of its sets, and with every list written as one."""
    if not isinstance(document, dict):
        return document
    rows = [statement(row) for row in document.get("Statement") or ()]
    return {"Version": document.get("Version"), "Id": document.get("Id") or None, "Statement": rows}


def statement(row: dict) -> dict:
    found = {name: value for name, value in row.items() if not (name == "Sid" and not value)}
    for name in _SETS:
        if name in found:
            found[name] = several(found[name])
    for name in ("Principal", "NotPrincipal"):
        if isinstance(found.get(name), dict):
            found[name] = {kind: several(value) for kind, value in found[name].items()}
    if "Condition" in found:
        found["Condition"] = {
            test: {key: several(value) for key, value in keys.items()} for test, keys in found["Condition"].items()
        }
    return found


def several(value: object) -> list[str]:
    return sorted(set(map(str, value))) if isinstance(value, list) else [str(value)]


def difference(theirs: object, ours: object) -> str:
    """Lines that only one of the two has."""
    lines = [
        json.dumps(one, indent=1, sort_keys=True).splitlines()
        for one in (theirs, str(ours) if not isinstance(ours, dict) else ours)
    ]
    return "\n".join(difflib.unified_diff(*lines, "provider", "nhilint", lineterm="", n=2))[:1500]


def json_of(text: str, names: list[str]) -> dict[str, Node]:
    """The `json` of data sources, as nhilint evaluates it."""
    tree = MemoryTree({"main.tf": text})
    program = Program(tree, list(tree.entries()), LoadOptions(), None)
    program.no_module = Module(program, Configuration(""), "")
    configuration = program.configuration("")
    assert configuration is not None
    module = Module(program, configuration, "")
    return {name: module.instances(("data", "aws_iam_policy_document", name))[0].get("json") for name in names}


@pytest.mark.parametrize("seed", SEEDS)
def test_every_document_is_as_the_provider_renders_it(seed: int, tmp_path: Path) -> None:
    text = 'provider "aws" {\n  region = "eu-west-1"\n}\n' + Generator(seed).configuration(COUNT)
    folder = tmp_path / "configuration"
    folder.mkdir()
    (folder / "main.tf").write_text(text)
    plan = laboratory.plan_of(folder, tmp_path / "work")
    theirs = {one["name"]: one["values"]["json"] for one in plan["prior_state"]["values"]["root_module"]["resources"]}
    own = json_of(text, list(theirs))
    wrong = []
    for name, expected in theirs.items():
        value = own[name]
        ours = json.loads(str(plain(value))) if known(value) else value
        if meaning(ours) != meaning(json.loads(expected)):
            wrong.append(f"{name}\n{difference(meaning(json.loads(expected)), meaning(ours))}")
    print(f"{len(theirs)} documents, {len(wrong)} differ")
    assert len(theirs) == COUNT
    assert not wrong, "\n".join(wrong[:10])


REFUSED = {
    "own": 'statement {\n sid = "A"\n actions = ["a:b"]\n}\nstatement {\n sid = "A"\n actions = ["a:c"]\n}',
    "sources": f"source_policy_documents = [{TWICE}, {TWICE}]",
    "one_source": f"source_policy_documents = [{BOTH}]",
    "json_and_sources": f"source_json = {TWICE}\nsource_policy_documents = [{TWICE}]",
}
ALLOWED = {
    "own_and_source": f'source_json = {TWICE}\nstatement {{\n sid = "A"\n actions = ["a:c"]\n}}',
    "overrides": f"override_policy_documents = [{TWICE}, {TWICE}]",
}


@pytest.mark.parametrize("name", [*REFUSED, *ALLOWED])
def test_what_the_provider_refuses_is_said(name: str, tmp_path: Path) -> None:
    body = {**REFUSED, **ALLOWED}[name]
    text = f'provider "aws" {{\n  region = "eu-west-1"\n}}\ndata "aws_iam_policy_document" "d" {{\n{body}\n}}\n'
    folder = tmp_path / "configuration"
    folder.mkdir()
    (folder / "main.tf").write_text(text)
    try:
        laboratory.plan_of(folder, tmp_path / "work")
        refused = ""
    except AssertionError as problem:
        refused = str(problem)
    assert ("uplicate" in refused) == (name in REFUSED), refused
    value = json_of(text, ["d"])["d"]
    assert isinstance(value, Unknown) == (name in REFUSED)
    assert not isinstance(value, Unknown) or "stands twice" in value.reason


def test_a_condition_that_is_a_number_is_lost(tmp_path: Path) -> None:
    """The provider drops it without a word, in this version and in those of today; what it guarded is open."""
    condition = '{ NumericLessThan = { "aws:MultiFactorAuthAge" = 3600 } }'
    source = f'{{ Statement = [{{ Effect = "Allow", Action = "a:b", Condition = {condition} }}] }}'
    text = f"""provider "aws" {{
  region = "eu-west-1"
}}
data "aws_iam_policy_document" "d" {{
  source_policy_documents = [jsonencode({source})]
}}
"""
    folder = tmp_path / "configuration"
    folder.mkdir()
    (folder / "main.tf").write_text(text)
    plan = laboratory.plan_of(folder, tmp_path / "work")
    (theirs,) = plan["prior_state"]["values"]["root_module"]["resources"]
    expected = {"Version": "2012-10-17", "Id": None, "Statement": [{"Effect": "Allow", "Action": ["a:b"]}]}
    assert meaning(json.loads(theirs["values"]["json"])) == expected
    assert meaning(json.loads(str(plain(json_of(text, ["d"])["d"])))) == expected
