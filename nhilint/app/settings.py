"""The settings file: found in the tree that judges, strict about what it does not know."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from nhilint.model.errors import NhilintError
from nhilint.model.finding import SEVERITIES, Severity
from nhilint.model.span import Span
from nhilint.sources.tree import Tree

PLACES = ("nhilint.toml", ".github/nhilint.toml", "pyproject.toml")


class SettingsError(NhilintError):
    """A settings file that can not be followed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Every setting with its default."""

    fail_on: Severity = "high"
    disabled: tuple[str, ...] = ()
    catalog_paths: tuple[str, ...] = ("role_catalog",)
    catalog_required: bool | None = None
    roots: tuple[str, ...] = ()
    var_files: tuple[str, ...] = ()
    partition: str = "aws"
    paths: tuple[str, ...] = ()
    source: str = ""
    """The file the settings came from; empty: defaults."""


_KEYS: Mapping[str, tuple[str, type]] = {
    "fail_on": ("fail_on", str),
    "paths": ("paths", list),
    "rules.disabled": ("disabled", list),
    "catalog.paths": ("catalog_paths", list),
    "catalog.required": ("catalog_required", bool),
    "terraform.roots": ("roots", list),
    "terraform.var_files": ("var_files", list),
    "terraform.partition": ("partition", str),
}


def read_settings(tree: Tree) -> Settings:
    """The settings of a tree; the defaults when it has none. Raises `SettingsError`."""
    paths = {entry.path for entry in tree.entries() if not entry.problem}
    for place in PLACES:
        if place in paths:
            table = _parse(place, tree.read(place))
            if place == "pyproject.toml":
                tool = table.get("tool", {})
                table = tool.get("nhilint", {}) if isinstance(tool, dict) else tool
                if not isinstance(table, dict):
                    raise SettingsError("`tool.nhilint` must be a table", span=Span(place, 1))
                if not table:
                    continue
            return _settings(place, table)
    return Settings()


def _parse(place: str, content: bytes) -> dict[str, Any]:
    try:
        return tomllib.loads(content.decode("utf-8"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as problem:
        raise SettingsError(f"the settings can not be read: {problem}", span=Span(place, 1)) from None


def _settings(place: str, table: Mapping[str, Any]) -> Settings:
    values: dict[str, Any] = {"source": place}
    for name, value in _flat(table, ""):
        if name not in _KEYS:
            near = get_close_matches(name, _KEYS, n=1, cutoff=0.4)
            help = f"did you mean `{near[0]}`?" if near else f"known are {', '.join(_KEYS)}"
            raise SettingsError(f"unknown setting `{name}`", span=Span(place, 1), help=help)
        attribute, kind = _KEYS[name]
        strings = isinstance(value, list) and all(isinstance(item, str) for item in value)
        if not (strings if kind is list else isinstance(value, kind)):
            wanted = {list: "a list of strings", bool: "true or false", str: "a string"}[kind]
            raise SettingsError(f"the setting `{name}` must be {wanted}", span=Span(place, 1))
        values[attribute] = tuple(value) if isinstance(value, list) else value
    if values.get("fail_on", "high") not in SEVERITIES:
        help = f"one of {', '.join(SEVERITIES)}"
        raise SettingsError(f"`{values['fail_on']}` is no severity", span=Span(place, 1), help=help)
    return Settings(**values)


def _flat(table: Mapping[str, Any], prefix: str) -> list[tuple[str, Any]]:
    rows: list[tuple[str, Any]] = []
    for key, value in table.items():
        if isinstance(value, dict) and not prefix:
            rows.extend(_flat(value, f"{key}."))
        else:
            rows.append((f"{prefix}{key}", value))
    return rows
