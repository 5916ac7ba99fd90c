"""What we render of a chart, and what Helm would install of it: the same objects, template by template.

Charts are generated with a seed: charts inside charts, folders and archives, aliases, conditions, tags, imported and
global values, values that a null takes away. `NHILINT_CORPUS` names a folder of public checkouts to compare as well.
"""

from __future__ import annotations

import json
import os
import random
from pathlib import Path
from typing import Any

import pytest

from nhilint.model.span import Span
from nhilint.sources.cache import ParseCache
from nhilint.sources.folder import FolderTree
from nhilint.sources.manifests.files import Files
from nhilint.sources.manifests.helm_assembly import assemble
from nhilint.sources.manifests.helm_chart import Chart, Reader, chart_folders
from nhilint.sources.manifests.helm_engine import Engine, open_engine
from nhilint.sources.manifests.helm_render import Release, Run
from nhilint.sources.options import LoadOptions
from tests.differential import helm_peer
from tests.unit.sources.manifests.charts import packed

pytestmark = pytest.mark.skipif(not helm_peer.AVAILABLE, reason="the package helm-python-sdk is not installed")
SEED = 20261125
ROUNDS = 120
_TEMPLATE = """kind: Thing
chart: {{ .Chart.Name }} {{ .Chart.Version }}
release: {{ .Release.Name }} {{ .Release.Namespace }} {{ .Release.IsInstall }}
template: {{ .Template.BasePath }}
values: {{ .Values | toJson }}
subcharts: {{ keys .Subcharts | sortAlpha | toJson }}
"""
_MAPS, _OTHERS = ("a", "b", "data"), ("c", "on", "e")


class Generator:
    """Charts by chance."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)

    def values(self, depth: int = 0, nulls: bool = False) -> dict[str, Any]:
        """Some values; a word is always a map or always something else, as in charts that somebody uses."""
        found: dict[str, Any] = {}
        for word in self.chance.sample(_MAPS + _OTHERS, self.chance.randint(0, 5)):
            if word in _OTHERS:
                found[word] = self.chance.choice((True, False, 1, "x", [1, {"y": 2}], None if nulls else 2))
            elif depth < 2:
                found[word] = self.values(depth + 1, nulls)
        return found

    def chart(self, name: str, depth: int) -> dict[str, str | bytes]:
        """The files of a chart."""
        inner = [f"{name}{letter}" for letter in "xyz"[: self.chance.randint(0, 3 if depth < 2 else 0)]]
        rows: list[dict[str, Any]] = []
        files: dict[str, str | bytes] = {"templates/thing.yaml": _TEMPLATE}
        values = self.values()
        if self.chance.random() < 0.3:
            values["exports"] = {"data": self.values(), "more": self.values()}
        if self.chance.random() < 0.3:
            values["global"] = self.values(1)
        for one in inner:
            own = self.chart(one, depth + 1)
            if self.chance.random() < 0.3 and all(isinstance(text, str) for text in own.values()):
                texts = {path: str(text) for path, text in own.items()}
                files[f"charts/{one}-1.0.0.tgz"] = packed(texts, one)
            else:
                files |= {f"charts/{one}/{path}": text for path, text in own.items()}
            rows += self.rows(one, imports=depth == 0)
        for row in rows:
            called = row.get("alias") or row["name"]
            if self.chance.random() < 0.5:
                values[called] = {**self.values(1), "enabled": self.chance.random() < 0.6}
        if self.chance.random() < 0.4:
            values["tags"] = {tag: self.chance.random() < 0.5 for tag in ("t", "u")}
        head = {"apiVersion": "v2", "name": name, "version": "1.0.0", "dependencies": rows}
        return {**files, "Chart.yaml": json.dumps(head), "values.yaml": json.dumps(values)}

    def rows(self, name: str, imports: bool) -> list[dict[str, Any]]:
        """What asks for a chart: often one row, at times two with other names, at times none.

        Values are taken over at the top only, and once from each chart: elsewhere Helm lets two charts share one map.
        """
        if self.chance.random() < 0.15:
            return []
        found = []
        for alias in ("", f"{name}alias")[: self.chance.choice((1, 1, 2))]:
            row: dict[str, Any] = {"name": name, "version": "1.0.0"}
            if alias:
                row["alias"] = alias
            called = alias or name
            if self.chance.random() < 0.5:
                row["condition"] = self.chance.choice((f"{called}.enabled", "a.c,on", "none.here", f"{called}.on,on"))
            if self.chance.random() < 0.4:
                row["tags"] = self.chance.sample(("t", "u"), self.chance.randint(1, 2))
            if imports and self.chance.random() < 0.4:
                wishes: list[Any] = ["data", "more", {"child": "a", "parent": f"from.{called}"}]
                row["import-values"] = [self.chance.choice(wishes)]
            found.append(row)
        return found


@pytest.fixture(scope="module")
def engine() -> Any:
    found = open_engine()
    assert found is not None
    yield found
    found.close()


def ours(files: Files, engine: Engine, chart: Chart, values: dict[str, Any]) -> tuple[dict[str, list[str]], Run]:
    span = Span(chart.origin, 1)
    release = Release(chart=chart.origin, name="rel", namespace="space", values=values, root=chart.origin, span=span)
    run = Run(files, engine, chart, assemble(chart, values), release)
    return helm_peer.objects(run.texts()[0]), run


def known(texts: dict[str, list[str]]) -> dict[str, Any]:
    """The objects, without values that are null: for a template they are the same as values that are not there."""
    found = {}
    for path, pieces in texts.items():
        (piece,) = pieces
        rows = dict(row.split(": ", 1) for row in piece.split("\n"))
        found[path] = {**rows, "values": solid(json.loads(rows["values"]))}
    return found


def solid(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: solid(item) for key, item in value.items() if item is not None}
    return [solid(item) for item in value] if isinstance(value, list) else value


def put(folder: Path, files: dict[str, str | bytes]) -> None:
    for path, content in files.items():
        place = folder / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content.encode() if isinstance(content, str) else content)


def test_generated_charts(tmp_path: Path, engine: Engine, capsys: pytest.CaptureFixture[str]) -> None:
    generator = Generator(SEED)
    same = refused = objects = 0
    for number in range(ROUNDS):
        top = tmp_path / str(number)
        put(top / "top", generator.chart("top", 0))
        values = generator.values(nulls=True) if number % 3 else {}
        files = Files(tree=FolderTree(str(top)), cache=ParseCache(), options=LoadOptions())
        try:
            theirs = helm_peer.installed(str(top / "top"), values, "rel", "space")
        except helm_peer.HelmRefuses:
            refused += 1
            continue
        found, _ = ours(files, engine, Reader(files).read("top"), values)
        assert known(found) == known(theirs), f"chart {number}"
        same += 1
        objects += sum(map(len, theirs.values()))
    with capsys.disabled():
        print(f"\nhelm: {same} generated charts, {objects} objects the same; {refused} that Helm refuses")
    assert same > ROUNDS * 0.8
    assert objects > 3 * same


@pytest.mark.corpus
@pytest.mark.skipif("NHILINT_CORPUS" not in os.environ, reason="NHILINT_CORPUS names no folder of checkouts")
def test_public_charts(engine: Engine, capsys: pytest.CaptureFixture[str]) -> None:
    counts = {"same": 0, "objects": 0, "refused": 0, "rest on something else": 0}
    for top in sorted(Path(os.environ["NHILINT_CORPUS"]).iterdir()):
        files = Files(tree=FolderTree(str(top)), cache=ParseCache(), options=LoadOptions())
        for folder in chart_folders(files):
            chart = Reader(files).read(folder)
            if chart.library:
                continue
            found, run = ours(files, engine, chart, {})
            if run.assembly.borrowed or run.asked or run.failed:
                counts["rest on something else"] += 1
                continue
            try:
                theirs = helm_peer.installed(str(top / folder), {}, "rel", "space")
            except helm_peer.HelmRefuses:
                counts["refused"] += 1
                continue
            # What is drawn by lot differs from one time to the next.
            again, _ = ours(files, engine, chart, {})
            fixed = {path for path in found.keys() | theirs.keys() if found.get(path) == again.get(path)}
            for path in sorted(fixed):
                assert found.get(path) == theirs.get(path), f"{top.name}/{folder}: {path}"
            counts["same"] += 1
            counts["objects"] += sum(map(len, theirs.values()))
    with capsys.disabled():
        print(f"\nhelm: {counts}")
