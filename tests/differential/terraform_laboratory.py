"""Evaluates many expressions with the real Terraform and with nhilint, beside the same variables, modules and files."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from nhilint.model.node import Node
from nhilint.sources.folder import FolderTree
from nhilint.sources.options import LoadOptions
from nhilint.sources.terraform.configuration import Configuration
from nhilint.sources.terraform.modules import Module
from nhilint.sources.terraform.program import Program
from nhilint.sources.terraform.roots import read_inputs
from nhilint.sources.terraform.values import Failure

TERRAFORM = shutil.which("terraform") or ""
ENVIRONMENT = {**os.environ, "TF_CLI_CONFIG_FILE": os.devnull, "CHECKPOINT_DISABLE": "1", "TF_IN_AUTOMATION": "1"}
INPUTS = {
    "string": '"s-1"', "number": "3", "bool": "true", "list": '["p", "q"]', "map": '{ a = "x" }',
    "object": "{ a = 1, b = [2] }", "tuple": '[1, "t"]',
}  # fmt: skip

BASE = r"""
locals {
  m        = { "k-1" = "v", "k-2" = { deep = [1] } }
  template = "Hi $${name}!"
  looped   = "%%{ for x in items }<$${x}>%%{ endfor }"
  broken   = "$${"
  plain    = "no interpolation"
  nested   = "$${templatestring(name, {})}"
}
variable "typed" {
  type = object({
    a      = string
    b      = optional(number, 7)
    nested = optional(object({ c = optional(bool, true), d = optional(string, "dd") }), {})
    list   = list(string)
  })
  default = { a = 1, list = [1, true, "x"], ignored = "y" }
}
variable "strings" {
  type    = map(string)
  default = { a = 1, b = true }
}
variable "numbers" {
  type    = list(number)
  default = ["1", 2.5]
}
variable "objects" {
  type    = list(object({ n = string, v = optional(list(number)) }))
  default = [{ n = "one", v = [1] }, { n = 2 }]
}
variable "flag" {
  type    = bool
  default = "true"
}
variable "anything" {
  type = any
}
variable "tuple" {
  type    = tuple([string, number, list(bool)])
  default = [1, "2", ["true"]]
}
variable "set" {
  type    = set(string)
  default = ["b", "a", "b", 1]
}
variable "deep" {
  type    = object({ list = list(object({ tags = map(list(string)) })) })
  default = { list = [{ tags = { x = [1] } }] }
}
variable "lists" {
  type    = map(list(any))
  default = { a = [1, "x"], b = [] }
}
variable "mixed" {
  type    = list(any)
  default = [1, "x", true]
}
variable "nullable" {
  type     = string
  default  = "d"
  nullable = false
}
variable "optional" {
  type    = list(object({ x = optional(string, "dx"), y = optional(map(number), { one = 1 }), z = optional(any) }))
  default = [{}, { x = null, y = null }, { x = 1, z = "q" }]
}
variable "anymap" {
  type    = map(any)
  default = { a = 1, b = "x" }
}
variable "anylist" {
  type    = any
  default = [1, "x", [true]]
}
variable "nothing" {
  type    = list(string)
  default = null
}
variable "sensitive" {
  type      = map(string)
  default   = { a = "s" }
  sensitive = true
}
module "child" {
  source = "./child"
  a      = upper("x")
}
module "many" {
  source   = "./child"
  for_each = { a = "1", b = "2" }
  a        = each.value
  b        = each.key == "a" ? null : each.key
}
module "counted" {
  source = "./child"
  count  = 2
  a      = count.index
}
"""
FILES: dict[str, str | bytes] = {
    "base.tf": BASE,
    "child/main.tf": 'variable "a" { type = string }\nvariable "b" {\n  default  = "d"\n  nullable = false\n}\n'
    'output "both" { value = "${var.a}${var.b}" }\n',
    "typed/main.tf": 'variable "string" { type = string }\nvariable "list" { type = list(string) }\n'
    'variable "object" { type = object({ a = number, b = list(string), c = optional(string, "d") }) }\n'
    + "".join(f'output "{name}" {{ value = var.{name} }}\n' for name in ("string", "list", "object")),
    "terraform.tfvars": 'anything = { x = ["tfvars"] }\n',
    "z.auto.tfvars": 'numbers = ["3", 4]\n',
    "hello.txt": "hello\nworld\n",
    "empty.txt": "",
    "other.md": "ünï",
    "binary.bin": b"\xff\x00\x80",
    "greet.tpl": "Hi ${name}!\n%{ for i in items ~}\n* ${i}\n%{ endfor ~}\n",
    "policy.json.tpl": '{"Resource": "arn:aws:s3:::${bucket}/*", "User": "$${aws:username}"}\n',
    "self.tpl": '${templatefile("self.tpl", {})}',
    "bad.tpl": "${",
    "list.tpl": "${items}",
    "calls.tpl": '${upper(name)} %{ if name == "Ann" }yes%{ else }no%{ endif }',
    "tree/a.txt": "a",
    "tree/b.txt": "b",
    "tree/sub/c.txt": "c",
    "tree/sub/.hidden": "h",
    "tree/x.md": "x",
}


@dataclass(frozen=True, slots=True)
class Answers:
    """What Terraform said of each expression, by position."""

    planned: dict[int, object]
    """Whether it is unknown at plan time: `after_unknown` of the output."""
    before: dict[int, object]
    """The value at plan time."""
    values: dict[int, object]
    """The value after apply; a number is a `Digits`."""
    types: dict[int, object]
    rejected: dict[int, str]
    """Expressions with which there is no plan, and Terraform's words for it."""


class Digits(str):
    """A number of a JSON text as it is written."""


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [TERRAFORM, *arguments, "-no-color"], cwd=folder, env=ENVIRONMENT, capture_output=True, text=True, check=False
    )


def write(folder: Path, expressions: list[str], *, unknown: bool, without: frozenset[int] = frozenset()) -> None:
    """The configuration with one output for each expression; unknown inputs as resources or, known, as locals."""
    for name, content in FILES.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    source = "terraform_data.{}.output" if unknown else "local.known.{}"
    data = "".join(f'resource "terraform_data" "{name}" {{\n  input = {text}\n}}\n' for name, text in INPUTS.items())
    same = "locals {\n  known = {\n" + "".join(f"    {k} = {v}\n" for k, v in INPUTS.items()) + "  }\n}\n"
    typed = 'module "typed" {\n  source = "./typed"\n' + "".join(
        f"  {name} = {source.format(name)}\n" for name in ("string", "list", "object")
    )
    (folder / "unknown.tf").write_text((data if unknown else same) + typed + "}\n")
    outputs = []
    for index, expression in enumerate(expressions):
        if index not in without:
            one = expression if unknown else re.sub(r"terraform_data\.(\w+)\.output", r"local.known.\1", expression)
            outputs.append(f'output "c{index}" {{\n  sensitive = true\n  value     = {one}\n}}\n')
    (folder / "outputs.tf").write_text("".join(outputs))


def ask_terraform(folder: Path, expressions: list[str], *, plan: bool) -> Answers:
    """Terraform's answers. What it rejects is taken out, until a plan is possible."""
    rejected: dict[int, str] = {}
    write(folder, expressions, unknown=plan)
    done = run(folder, "init", "-input=false")
    assert done.returncode == 0, done.stdout + done.stderr
    for _ in range(6):
        done = run(folder, "plan", "-input=false", "-out=plan")
        if done.returncode == 0:
            break
        lines = (folder / "outputs.tf").read_text().splitlines()
        for match in re.finditer(r"Error: ([^\n]*)\n+(?:\s+on outputs.tf line (\d+))", done.stderr.replace("│", "")):
            line = int(match[2]) - 1
            while not lines[line].startswith("output "):
                line -= 1
            rejected[int(lines[line].split('"')[1][1:])] = match[1]
        for match in re.finditer(r'output value "c(\d+)": cannot serialize', " ".join(done.stderr.split())):
            rejected[int(match[1])] = "cannot serialize infinity"
        write(folder, expressions, unknown=plan, without=frozenset(rejected))
    assert done.returncode == 0, done.stdout + done.stderr
    planned: dict[int, object] = {}
    before: dict[int, object] = {}
    if plan:
        changes = decode(run(folder, "show", "-json", "plan").stdout)["output_changes"]
        planned = {int(name[1:]): change["after_unknown"] for name, change in changes.items()}
        before = {int(name[1:]): change.get("after") for name, change in changes.items()}
    done = run(folder, "apply", "-input=false", "plan")
    assert done.returncode == 0, done.stdout + done.stderr
    outputs = decode(run(folder, "output", "-json").stdout)
    values = {int(name[1:]): one["value"] for name, one in outputs.items()}
    types = {int(name[1:]): one["type"] for name, one in outputs.items()}
    write(folder, expressions, unknown=plan)
    return Answers(planned, before, values, types, rejected)


def decode(text: str) -> dict[str, dict]:
    return json.loads(text, parse_int=Digits, parse_float=Digits)


class Nhilint:
    """The same configuration, evaluated here."""

    def __init__(self, folder: Path) -> None:
        tree = FolderTree(str(folder))
        program = Program(tree, tree.entries(), LoadOptions(), None)
        program.no_module = Module(program, Configuration(""), "")
        configuration = program.configuration("")
        assert configuration is not None
        self.module = Module(program, configuration, "", inputs=read_inputs(program, ""))

    def answer(self, index: int) -> Node | Failure:
        """The value of an output, or why there is none."""
        try:
            value = self.module.output(f"c{index}")
        except Failure as problem:
            return problem
        assert value is not None
        return value


__all__ = ["FILES", "TERRAFORM", "Answers", "Digits", "Nhilint", "ask_terraform", "write"]
