"""Every line of `terraform_expressions.txt` is evaluated by the real Terraform and by nhilint, and must agree."""

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from nhilint.sources.folder import FolderTree
from nhilint.sources.options import LoadOptions
from nhilint.sources.terraform.configuration import Configuration
from nhilint.sources.terraform.modules import Module
from nhilint.sources.terraform.program import Program
from nhilint.sources.terraform.roots import read_inputs
from nhilint.sources.terraform.values import Failure, known, plain

TERRAFORM = shutil.which("terraform")
pytestmark = pytest.mark.skipif(TERRAFORM is None, reason="the `terraform` binary is not installed")

FILES = {
    "base.tf": """
locals {
  m = { "k-1" = "v", "k-2" = { deep = [1] } }
}
variable "typed" {
  type = object({
    a = string
    b = optional(number, 7)
    nested = optional(object({ c = optional(bool, true) }), {})
    list = list(string)
  })
  default = { a = 1, list = [1, true, "x"] }
}
variable "strings" {
  type    = map(string)
  default = { a = 1, b = true }
}
variable "numbers" {
  type    = list(number)
  default = ["1", 2.5]
}
variable "flag" {
  type    = bool
  default = "true"
}
variable "anything" {
  type = any
}
module "child" {
  source = "./child"
  a      = upper("x")
}
module "many" {
  source   = "./child"
  for_each = { a = "1", b = "2" }
  a        = each.value
}
module "counted" {
  source = "./child"
  count  = 2
  a      = count.index
}
""",
    "child/main.tf": """
variable "a" { type = string }
variable "b" { default = "d" }
output "both" { value = "${var.a}${var.b}" }
""",
    "terraform.tfvars": 'anything = { x = ["tfvars"] }\n',
    "z.auto.tfvars": 'numbers = ["3", 4]\n',
    "hello.txt": "hello\nworld\n",
    "other.md": "x",
    "greet.tpl": "Hi ${name}!\n%{ for i in items ~}\n* ${i}\n%{ endfor ~}\n",
    "policy.json.tpl": '{"Resource": "arn:aws:s3:::${bucket}/*", "User": "$${aws:username}"}\n',
}


def expressions() -> list[str]:
    lines = (Path(__file__).parent / "terraform_expressions.txt").read_text().splitlines()
    found: list[str] = []
    for line in lines:
        if found and found[-1].startswith("<<") and found[-1].splitlines()[-1].strip() != "EOT":
            found[-1] += "\n" + line
        else:
            found.append(line)
    return [one for one in found if one.strip()]


def canonical(value: object) -> object:
    """JSON values with one spelling of numbers; truth values stay apart from them."""
    if isinstance(value, list):
        return [canonical(item) for item in value]
    if isinstance(value, dict):
        return {key: canonical(item) for key, item in sorted(value.items())}
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return repr(value)
    return f"{value:.9g}"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    top = tmp_path_factory.mktemp("terraform")
    for name, content in FILES.items():
        path = top / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(content)
    outputs = [f'output "o{i}" {{\n  value = {one}\n}}\n' for i, one in enumerate(expressions())]
    (top / "outputs.tf").write_text("".join(outputs))
    return top


@pytest.fixture(scope="module")
def answers(folder: Path) -> dict[str, object]:
    environment = {**os.environ, "TF_CLI_CONFIG_FILE": os.devnull, "CHECKPOINT_DISABLE": "1", "TF_IN_AUTOMATION": "1"}
    for arguments in (["init", "-input=false"], ["apply", "-auto-approve", "-input=false"]):
        done = subprocess.run(
            [str(TERRAFORM), *arguments, "-no-color"], cwd=folder, env=environment, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stdout + done.stderr
    done = subprocess.run(
        [str(TERRAFORM), "output", "-json", "-no-color"], cwd=folder, env=environment, capture_output=True, text=True
    )
    return {name: output["value"] for name, output in json.loads(done.stdout).items()}


def test_every_expression_agrees(folder: Path, answers: dict[str, object]) -> None:
    tree = FolderTree(str(folder))
    program = Program(tree, tree.entries(), LoadOptions(environment="default"), None)
    program.no_module = Module(program, Configuration(""), "")
    configuration = program.configuration("")
    assert configuration is not None
    module = Module(program, configuration, "", inputs=read_inputs(program, ""))
    wrong = []
    for index, expression in enumerate(expressions()):
        expected = answers.get(f"o{index}")
        try:
            value = module.output(f"o{index}")
            assert value is not None
            ours = plain(value) if known(value) else value
        except Failure as problem:
            ours = problem.message
        if canonical(ours) != canonical(expected):
            wrong.append(f"{expression}\n    terraform: {expected!r}\n    nhilint:   {ours!r}")
    print(f"{len(expressions())} expressions, {len(wrong)} differ")
    assert not wrong, "\n".join(wrong)
