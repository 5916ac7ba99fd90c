"""The settings file: found in the tree that judges, strict about what it does not know."""

from __future__ import annotations

import json
import posixpath
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any

from nhilint.model.errors import NhilintError
from nhilint.model.finding import SEVERITIES, Severity
from nhilint.model.span import Span
from nhilint.sources.options import ReleaseOptions, RepositoryOptions, RootOptions
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
    declared: tuple[RootOptions, ...] = ()
    releases: tuple[ReleaseOptions, ...] = ()
    modules: tuple[tuple[str, str], ...] = ()
    vendor: str = ""
    partition: str = "aws"
    repository: RepositoryOptions = field(default_factory=RepositoryOptions)
    paths: tuple[str, ...] = ()
    source: str = ""
    """The file the settings came from; empty: defaults."""


KEYS: Mapping[str, tuple[str, type]] = {
    "fail_on": ("fail_on", str),
    "paths": ("paths", list),
    "rules.disabled": ("disabled", list),
    "catalog.paths": ("catalog_paths", list),
    "catalog.required": ("catalog_required", bool),
    "terraform.roots": ("roots", list),
    "terraform.var_files": ("var_files", list),
    "terraform.partition": ("partition", str),
    "terraform.root": ("declared", dict),
    "terraform.modules": ("modules", dict),
    "helm.release": ("releases", dict),
    "terraform.vendor": ("vendor", str),
    "github.repository": ("repository", str),
    "github.owner_id": ("owner_id", str),
    "github.repository_id": ("repository_id", str),
    "github.default_branch": ("default_branch", str),
    "github.default_permissions": ("default_permissions", str),
    "github.protected_environments": ("protected_environments", list),
    "github.distrust_tags": ("distrust_tags", bool),
}
_ROOT_KEYS: Mapping[str, type] = {
    "path": str,
    "environment": str,
    "workspace": str,
    "var_files": list,
    "variables": dict,
}
_RELEASE_KEYS: Mapping[str, type] = {
    "chart": str,
    "name": str,
    "namespace": str,
    "values": list,
    "environment": str,
}
_WANTED = {list: "a list of strings", bool: "true or false", str: "a string", dict: "a table"}


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
    repository: dict[str, Any] = {}
    for name, value in _flat(table, ""):
        _known(name, KEYS, "setting", place)
        attribute, kind = KEYS[name]
        if name == "terraform.root":
            values[attribute] = _roots(place, value)
            continue
        if name == "helm.release":
            values[attribute] = _releases(place, value)
            continue
        _typed(name, value, kind, place)
        if name.startswith("github."):
            repository[attribute] = tuple(value) if isinstance(value, list) else value
        elif name == "terraform.modules":
            for address, folder in value.items():
                _typed(f"{name}.{address}", folder, str, place)
            values[attribute] = tuple(sorted(value.items()))
        else:
            values[attribute] = tuple(value) if isinstance(value, list) else value
    if values.get("fail_on", "high") not in SEVERITIES:
        help = f"one of {', '.join(SEVERITIES)}"
        raise SettingsError(f"`{values['fail_on']}` is no severity", span=Span(place, 1), help=help)
    return Settings(**values, repository=_repository(place, repository))


def _repository(place: str, values: Mapping[str, Any]) -> RepositoryOptions:
    """The table `[github]`."""
    if values.get("default_permissions", "") not in ("", "read", "write"):
        why = f"`{values['default_permissions']}` is no default for the permissions of a token"
        raise SettingsError(why, span=Span(place, 1), help="`read` or `write`")
    if values.get("repository", "/").count("/") != 1:
        raise SettingsError(
            f"`{values['repository']}` is no repository", span=Span(place, 1), help="write `owner/name`"
        )
    return RepositoryOptions(**values, source=place)


def _known(name: str, names: Iterable[str], what: str, place: str) -> None:
    if name in names:
        return
    near = get_close_matches(name, names, n=1, cutoff=0.4)
    help = f"did you mean `{near[0]}`?" if near else f"known are {', '.join(names)}"
    raise SettingsError(f"unknown {what} `{name}`", span=Span(place, 1), help=help)


def _typed(name: str, value: Any, kind: type, place: str) -> None:
    strings = isinstance(value, list) and all(isinstance(item, str) for item in value)
    if not (strings if kind is list else isinstance(value, kind)):
        raise SettingsError(f"the setting `{name}` must be {_WANTED[kind]}", span=Span(place, 1))


def _roots(place: str, value: Any) -> tuple[RootOptions, ...]:
    """The tables `[[terraform.root]]`."""
    return tuple(
        RootOptions(
            path=table["path"],
            environment=table.get("environment", ""),
            workspace=table.get("workspace", ""),
            var_files=tuple(table.get("var_files", ())),
            variables=json.dumps(table["variables"], default=str) if table.get("variables") else "",
            settings=place,
        )
        for table in _tables(place, value, "terraform.root", _ROOT_KEYS, "path")
    )


def _releases(place: str, value: Any) -> tuple[ReleaseOptions, ...]:
    """The tables `[[helm.release]]`."""
    return tuple(
        ReleaseOptions(
            chart=_folder(table["chart"]),
            name=table.get("name", ""),
            namespace=table.get("namespace", ""),
            values=tuple(table.get("values", ())),
            environment=table.get("environment", ""),
            settings=place,
        )
        for table in _tables(place, value, "helm.release", _RELEASE_KEYS, "chart")
    )


def _folder(path: str) -> str:
    """A folder as paths of a tree name it; the top is empty."""
    found = posixpath.normpath(path)
    return "" if found == "." else found


def _tables(place: str, value: Any, name: str, keys: Mapping[str, type], folder: str) -> list[dict[str, Any]]:
    """Tables of which each is one environment of a folder."""
    if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
        raise SettingsError(f"`{name}` must be tables `[[{name}]]`", span=Span(place, 1))
    found: set[tuple[str, str]] = set()
    for table in value:
        for key, item in table.items():
            _known(key, keys, f"key of `[[{name}]]`", place)
            _typed(f"{name}.{key}", item, keys[key], place)
        if folder not in table:
            raise SettingsError(f"a `[[{name}]]` has no `{folder}`", span=Span(place, 1))
        path, environment = table[folder], table.get("environment", "")
        if "@" in environment or (path, environment) in found:
            why = "stands twice" if (path, environment) in found else "has an `@` in its name"
            help = "each environment of a folder has a name of its own: `environment`"
            raise SettingsError(f"the environment `{environment}` of `{path}` {why}", span=Span(place, 1), help=help)
        found.add((path, environment))
    return value


def _flat(table: Mapping[str, Any], prefix: str) -> list[tuple[str, Any]]:
    rows: list[tuple[str, Any]] = []
    for key, value in table.items():
        if isinstance(value, dict) and not prefix:
            rows.extend(_flat(value, f"{key}."))
        else:
            rows.append((f"{prefix}{key}", value))
    return rows
