"""A chart and its values to the files that an engine renders: what is switched off left out, aliases and imports done.

An engine then has no dependency to resolve and no schema to look up.
https://helm.sh/docs/topics/charts/#chart-dependencies
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from nhilint.sources.manifests.helm_chart import CHART, VALUES, Chart, Dependency, Inner, Part
from nhilint.sources.manifests.helm_values import at, coalesced, overlay

_LEFT_OUT = frozenset({CHART, "Chart.lock", "requirements.yaml", "requirements.lock", "values.schema.json"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Assembly:
    """What is written for the engine."""

    name: str
    """Of the chart; paths in the output begin with it."""
    parts: Mapping[str, Part]
    missing: tuple[Dependency, ...]
    """What is switched on and not in the tree."""
    borrowed: tuple[Inner, ...]
    """What was found by its name only."""


def assemble(chart: Chart, values: Mapping[str, Any]) -> Assembly:
    """The chart as a release with these values has it."""
    lost: list[Dependency] = []
    kept = _imported(_switched(chart, values, "", lost))
    borrowed: list[Inner] = []
    return Assembly(
        name=kept.name, parts=dict(_parts(kept, "", borrowed)), missing=tuple(lost), borrowed=tuple(borrowed)
    )


def effective(chart: Chart, values: Mapping[str, Any], *, settled: bool) -> dict[str, Any]:
    """The values of a chart with those of the charts inside it under their names.

    `settled`: whether those further inside have the names that their own parents give them; they get them later.
    """

    def of(one: Chart, given: Mapping[str, Any], renamed: bool) -> dict[str, Any]:
        found = coalesced(one.values, given)
        for inner in one.inner:
            name = inner.called if renamed else inner.chart.name
            own = found.get(name)
            if own is None or isinstance(own, dict):
                found[name] = of(inner.chart, own or {}, settled)
        return found

    return of(chart, values, True)


def _switched(chart: Chart, above: Mapping[str, Any], path: str, lost: list[Dependency]) -> Chart:
    """The chart without what its conditions and tags switch off.

    A chart inside another one sees all values of those above, and its own below them: so its tags count as well.
    """
    full = effective(chart, above, settled=False)
    lost += [row for row in chart.missing if _enabled(row, full, path)]
    kept = [one for one in chart.inner if one.row is None or _enabled(one.row, full, path)]
    inner = tuple(replace(one, chart=_switched(one.chart, full, f"{path}{one.called}.", lost)) for one in kept)
    return replace(chart, inner=inner)


def _enabled(row: Dependency, full: Mapping[str, Any], path: str) -> bool:
    for condition in row.condition.strip().split(","):
        found = at(full, path + condition) if condition else None
        if isinstance(found, bool):
            return found
    tags = full.get("tags")
    switches = [tags.get(tag) for tag in row.tags] if isinstance(tags, dict) else []
    return True in switches or False not in switches


def _imported(chart: Chart) -> Chart:
    """The chart with the values that it takes over from those inside it; its own win."""
    inner = tuple(replace(one, chart=_imported(one.chart)) for one in chart.inner)
    chart = replace(chart, inner=inner)
    full = effective(chart, {}, settled=True)
    taken: dict[str, Any] = {}
    for one in inner:
        for wish in one.row.imports if one.row is not None else ():
            taken = overlay(_wished(full.get(one.called), wish), taken)
    if not taken:
        return chart
    values = overlay(taken, chart.values)
    return replace(chart, values=values, parts={**chart.parts, VALUES: _json(chart, values)})


def _wished(values: Any, wish: Any) -> dict[str, Any]:
    """What one row of `import-values` gives the parent."""
    source, target = f"exports.{wish}", ""
    if isinstance(wish, dict):
        source, target = str(wish.get("child") or ""), str(wish.get("parent") or "")
    found = at(values, source) if isinstance(values, dict) else None
    if not isinstance(found, dict):
        return {}
    for step in reversed([step for step in target.split(".") if step]):
        found = {step: found}
    return found


def _parts(chart: Chart, prefix: str, borrowed: list[Inner]) -> Iterator[tuple[str, Part]]:
    head = {key: value for key, value in chart.head.items() if key != "dependencies"}
    yield prefix + CHART, _json(chart, {**head, "name": chart.name})
    for path, part in chart.parts.items():
        if path not in _LEFT_OUT and not path.startswith("crds/") and path != "templates/NOTES.txt":
            yield prefix + path, part
    for one in chart.inner:
        if one.borrowed:
            borrowed.append(one)
        yield from _parts(replace(one.chart, name=one.called), f"{prefix}charts/{one.called}/", borrowed)


def _json(chart: Chart, data: Mapping[str, Any]) -> Part:
    return Part(json.dumps(data, default=str).encode(), chart.origin)
