"""Values of a chart as plain data: read from YAML, laid over each other, set by path, as Helm does it.

Knows no chart and no engine. https://helm.sh/docs/chart_template_guide/values_files/
"""

from __future__ import annotations

import copy
import re
from collections.abc import Iterable, Mapping
from typing import Any

from nhilint.model.errors import NhilintError
from nhilint.model.node import Map, Node, Scalar, Sequence, Text
from nhilint.model.span import Span
from nhilint.sources.manifests.files import Files

MAX_INDEX = 65536
"""The largest place in a list that `--set` accepts."""
_STEP = re.compile(r"((?:\\.|[^\\.\[\]])+)|\[(\d+)\]|(\.)")
_INTEGER = re.compile(r"-?(?:0|[1-9][0-9]*)")


class ValuesError(NhilintError):
    """Values that can not be used."""


def plain(node: Node | None) -> Any:
    """The data of a node; what is not known in full is written as `${…}`."""
    match node:
        case Scalar():
            return node.value
        case Text():
            return "".join(part if isinstance(part, str) else f"${{{part.name}}}" for part in node.parts)
        case Sequence():
            return [plain(item) for item in node.items]
        case Map():
            return {str(key): plain(value) for key, value in node.entries.items()}
        case _:
            return None


def read_values(files: Files, path: str) -> dict[str, Any]:
    """The map of a values file; empty when the file is. Raises NhilintError."""
    return read_text(path, files.text(path))


def read_text(path: str, text: str) -> dict[str, Any]:
    """The map that a text holds. Raises NhilintError."""
    from nhilint.sources.yamldoc import parse_yaml

    parsed = parse_yaml(path, text, loose=True)
    if parsed.errors:
        raise parsed.errors[0]
    return table(parsed.documents[0], path) if parsed.documents else {}


def table(node: Node, path: str) -> dict[str, Any]:
    """The data of a node that has to be a map or nothing."""
    data = plain(node)
    if data is None and isinstance(node, Scalar):
        return {}
    if not isinstance(data, dict):
        raise ValuesError("values are a map, and this is none", span=Span(path, node.span.line))
    return data


def overlay(base: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    """One set of values over another: maps are merged, everything else is replaced, a null stays a null."""
    found = dict(base)
    for key, value in over.items():
        old = found.get(key)
        found[key] = overlay(old, value) if isinstance(old, dict) and isinstance(value, dict) else copy.deepcopy(value)
    return found


def coalesced(defaults: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    """What a chart sees: its defaults where nothing stands over them; a null takes the default away."""
    found: dict[str, Any] = {}
    for key, value in overlay(defaults, over).items():
        if value is None and key in over:
            continue
        if isinstance(value, dict) and isinstance(defaults.get(key), dict) and isinstance(over.get(key), dict):
            found[key] = coalesced(defaults[key], over[key])
        else:
            found[key] = value
    return found


def at(values: Mapping[str, Any], path: str) -> Any:
    """The value at a path of keys (`a.b.c`); None when there is none."""
    found: Any = values
    for key in path.split("."):
        if not isinstance(found, dict) or key not in found:
            return None
        found = found[key]
    return found


def put(values: dict[str, Any], path: str, value: Any) -> None:
    """Set the value at a path as `--set` writes it: `a.b[0].c`, a backslash before a dot that belongs to a key."""
    steps: list[str | int] = []
    for word, index, _ in _STEP.findall(path):
        if word:
            steps.append(re.sub(r"\\(.)", r"\1", word))
        elif index:
            steps.append(int(index))
    if not steps or isinstance(steps[0], int) or any(isinstance(s, int) and s > MAX_INDEX for s in steps):
        raise ValuesError(f"`{path}` is no path to a value")
    place: Any = values
    for step, following in zip(steps, [*steps[1:], None], strict=True):
        new: Any = value if following is None else [] if isinstance(following, int) else {}
        if isinstance(step, int):
            place.extend([None] * (step + 1 - len(place)))
            known = place[step]
        else:
            known = place.get(step)
        if following is None or not isinstance(known, type(new)):
            place[step] = new
        place = place[step]


def typed(text: str) -> Any:
    """What `--set` makes of a text: a truth value, null, an integer, a list in braces, or the text."""
    if text in ("true", "false"):
        return text == "true"
    if text == "null":
        return None
    if text.startswith("{") and text.endswith("}"):
        inner = text[1:-1]
        return [typed(part) for part in inner.split(",")]
    if _INTEGER.fullmatch(text) and text != "-0":
        return int(text)
    return text


def layered(layers: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """Several sets of values, each over those before it."""
    found: dict[str, Any] = {}
    for layer in layers:
        found = overlay(found, layer)
    return found
