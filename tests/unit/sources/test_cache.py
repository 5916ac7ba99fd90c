"""What was evaluated before is used again only where everything it looked at is the same, and never from a checkout."""

from __future__ import annotations

import os
import pickle
from pathlib import Path

import pytest

from nhilint.sources import cache as module
from nhilint.sources.cache import ParseCache, open_cache
from nhilint.sources.memory import MemoryTree
from nhilint.sources.options import LoadOptions
from nhilint.sources.terraform import load as terraform
from nhilint.sources.terraform.load import load_terraform

FILES = {
    "main.tf": """
variable "name" { default = "a" }
module "m" {
  source = "./m"
  name   = var.name
}
resource "aws_iam_policy" "p" {
  name   = join(",", fileset("policies", "*.json"))
  policy = fileexists("p.json") ? file("p.json") : templatefile("p.tpl", { name = var.name })
}
""",
    "m/main.tf": 'variable "name" {}\nresource "aws_iam_role" "r" { name = var.name }\n',
    "p.tpl": '{"Id": "${name}"}',
    "policies/x.json": "{}",
    "other/main.tf": 'resource "aws_iam_role" "other" { name = "other" }\n',
}


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The root modules that are really evaluated."""
    made: list[str] = []
    real = terraform._evaluate

    def evaluate(program, root):
        made.append(root.folder)
        return real(program, root)

    monkeypatch.setattr(terraform, "_evaluate", evaluate)
    return made


def load(files: dict[str, str], cache: ParseCache, **options: object):
    tree = MemoryTree({path: text.encode() for path, text in files.items()})
    readable = [entry for entry in tree.entries() if not entry.path.endswith((".json", ".tpl"))]
    return load_terraform(tree, readable, LoadOptions(**options), cache)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "change",
    [
        {"main.tf": FILES["main.tf"] + "# more\n"},
        {"m/main.tf": FILES["m/main.tf"].replace("var.name }", '"b" }')},
        {"m/more.tf": 'resource "aws_iam_role" "s" { name = "s" }\n'},
        {"p.tpl": '{"Id": "other"}'},
        {"p.json": "{}"},
        {"policies/y.json": "{}"},
        {"terraform.tfvars": 'name = "z"\n'},
        {"z.auto.tfvars": 'name = "z"\n'},
        {"main.tf": FILES["main.tf"] + "resource {\n"},
    ],
)
def test_whatever_a_root_looks_at_is_noticed(change: dict[str, str], counted: list[str]) -> None:
    cache = ParseCache()
    load(FILES, cache)
    assert counted == ["", "other"]
    again = load(FILES, cache)
    assert counted == ["", "other"]
    assert again == load(FILES, ParseCache())
    counted.clear()
    changed = load({**FILES, **change}, cache)
    assert counted == [""]
    assert changed == load({**FILES, **change}, ParseCache())
    assert changed != again or "# more" in change.get("main.tf", "")


def test_what_is_removed_is_noticed_and_what_is_not_looked_at_is_not(counted: list[str]) -> None:
    cache = ParseCache()
    load(FILES, cache)
    counted.clear()
    load({**FILES, "README.md": "x", "policies/deep/z.txt": "x", "other/p.json": "x"}, cache)
    assert counted == [""]  # a new file below `policies` may match its pattern
    counted.clear()
    less = {path: text for path, text in FILES.items() if path != "policies/x.json"}
    assert load(less, cache) == load(less, ParseCache())
    assert load(less, cache, environment="prod") != load(less, cache)


def test_problems_of_a_shared_module_are_noted_by_every_root(counted: list[str]) -> None:
    call = 'module "m" { source = "../m" }\n'
    files = {"a/main.tf": call, "b/main.tf": call, "m/main.tf": 'resource "aws_iam_role" "r" {\n  name = = 1\n}\n'}
    cache = ParseCache()
    whole = load(files, cache)
    assert [note.cause for note in whole.unresolved] == ["syntax"]
    alone = load({path: text for path, text in files.items() if path != "a/main.tf"}, cache)
    assert alone.unresolved == whole.unresolved
    assert counted == ["a", "b"]


def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    place = tmp_path / "cache"
    monkeypatch.setenv(module.SWITCH, str(place))
    return place


def test_a_second_run_reads_what_the_first_one_wrote(tmp_path, monkeypatch, counted) -> None:
    place = folder(tmp_path, monkeypatch)
    first = open_cache()
    found = load(FILES, first)
    first.save()
    counted.clear()
    second = open_cache()
    assert load(FILES, second) == found
    assert counted == []
    assert {path.stat().st_mode & 0o077 for path in [place, *place.rglob("*")] if path == place or path.is_file()} == {
        0
    }


def test_a_folder_that_others_can_write_or_that_lies_in_the_tree_is_not_used(tmp_path, monkeypatch) -> None:
    place = folder(tmp_path, monkeypatch)
    assert open_cache(str(tmp_path / "elsewhere")).disk is not None
    assert open_cache(str(tmp_path)).disk is None
    place.chmod(0o777)
    assert open_cache().disk is None
    place.chmod(0o700)
    monkeypatch.setenv(module.SWITCH, "off")
    assert open_cache().disk is None
    blocked = tmp_path / "file"
    blocked.write_text("")
    monkeypatch.setenv(module.SWITCH, str(blocked / "below"))
    assert open_cache().disk is None


class Evil:
    def __reduce__(self):
        return os.system, ("touch /tmp/nhilint-was-here",)


@pytest.mark.parametrize("content", [b"", b"garbage", pickle.dumps([(Evil(), b"")]), pickle.dumps(7)])
def test_what_is_not_ours_is_not_read(content: bytes, tmp_path, monkeypatch, counted) -> None:
    place = folder(tmp_path, monkeypatch)
    first = open_cache()
    found = load(FILES, first)
    first.save()
    for path in place.rglob("*"):
        if path.is_file():
            path.write_bytes(content)
    counted.clear()
    assert load(FILES, open_cache()) == found
    assert counted == ["", "other"]
    assert not Path("/tmp/nhilint-was-here").exists()


def test_an_entry_whose_value_is_not_ours_is_not_read(tmp_path, monkeypatch) -> None:
    folder(tmp_path, monkeypatch)
    first = open_cache()
    assert first.disk is not None
    first.disk.write("k", [module._Variant(None, packed=pickle.dumps(Evil()))])
    assert open_cache().find("k", lambda condition: True) is None
    assert not Path("/tmp/nhilint-was-here").exists()


def test_a_folder_that_grew_too_large_loses_its_oldest_entries(tmp_path, monkeypatch) -> None:
    place = folder(tmp_path, monkeypatch)
    monkeypatch.setattr(module, "MAX_BYTES", 2_000)
    cache = open_cache()
    for number in range(8):
        cache.add(f"k{number}", None, "x" * 500)
        cache.save()
    assert sum(path.stat().st_size for path in place.rglob("*") if path.is_file()) <= 2_000
    assert open_cache().find("k7", lambda condition: True) == "x" * 500


def test_what_a_unit_reads_of_another_is_looked_at_by_every_unit_that_reads_it() -> None:
    reads = 'dependency "a" {\n  config_path = "../a"\n}\ninputs = { name = dependency.a.outputs.name }\n'
    files = {
        "a/terragrunt.hcl": 'terraform {\n  source = "../modules//a"\n}\n',
        "b/terragrunt.hcl": 'terraform {\n  source = "../modules//b"\n}\n' + reads,
        "c/terragrunt.hcl": 'terraform {\n  source = "../modules//b"\n}\n' + reads,
        "modules/a/main.tf": 'output "name" {\n  value = "first"\n}\n',
        "modules/b/main.tf": FILES["m/main.tf"],
    }
    cache = ParseCache()
    load(files, cache)
    changed = {**files, "modules/a/main.tf": 'output "name" {\n  value = "second"\n}\n'}
    again = load(changed, cache)
    names = [one.body.get("name") for one in again.documents]
    assert [getattr(name, "value", None) for name in names] == ["second", "second"]
    assert again == load(changed, ParseCache())
