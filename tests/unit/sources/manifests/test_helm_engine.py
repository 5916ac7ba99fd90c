"""The program `helm` in place of the library: the same objects, and the same limits."""

from __future__ import annotations

import sys
from importlib import util
from pathlib import Path

import pytest

from nhilint.sources.manifests import helm_engine
from nhilint.sources.manifests.helm_engine import Program, open_engine
from tests.unit.sources.manifests.charts import chart, read

PROGRAM = """#!{python}
import json, os, sys
from importlib import import_module
helm = import_module("helm_python")
assert sys.argv[1] == "template", sys.argv
name, folder, flags = sys.argv[2], sys.argv[3], dict(zip(sys.argv[4::2], sys.argv[5::2]))
assert os.environ["KUBECONFIG"] == os.devnull and "HELM_REPOSITORY_CACHE" not in os.environ
if "kubeVersion" in json.load(open(folder + "/Chart.yaml")):
    sys.exit("Error: chart requires kubeVersion")
try:
    with helm.Chart.load(folder) as chart:
        found = chart.render(json.load(open(flags["--values"])), name=name, namespace=flags["--namespace"])
except helm.HelmError as error:
    sys.exit(f"Error: {{error}}")
for path, text in found.items():
    for piece in text.split("\\n---\\n"):
        print("---\\n# Source: " + path + "\\n" + piece)
"""


@pytest.fixture
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A program that answers as `helm template` does."""
    if util.find_spec("helm_python") is None:
        pytest.skip("the package helm-python-sdk is not installed")
    place = tmp_path / "helm"
    place.write_text(PROGRAM.format(python=sys.executable))
    place.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("HELM_REPOSITORY_CACHE", "/somewhere")
    return place


def test_the_program_gives_the_same_as_the_library(program: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files = {
        **chart("app", 'kubeVersion: "<1.20.0-0"\n', templates__bad_dot_yaml='kind: Role\n{{ fail "no" }}'),
        "app/values-live.yaml": "suffix: live\n",
    }
    by_library = read(files)
    monkeypatch.setenv(helm_engine.SWITCH, "path")
    assert isinstance(open_engine(), Program)
    by_program = read(files)
    assert by_program.documents == by_library.documents != ()
    assert [u.span for u in by_program.unresolved] == [u.span for u in by_library.unresolved]


def test_a_program_that_does_not_end_is_ended(program: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program.write_text(f"#!{sys.executable}\nimport time\ntime.sleep(600)\n")
    monkeypatch.setenv(helm_engine.SWITCH, "path")
    monkeypatch.setattr(helm_engine, "SECONDS", 1.0)
    found = read(chart("app"))
    assert found.documents == ()
    assert "does not end" in found.unresolved[0].why


def test_without_a_program_there_is_no_engine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv(helm_engine.SWITCH, "path")
    monkeypatch.setenv("PATH", str(tmp_path))
    assert open_engine() is None
