"""What a change edits of its own judge: catalog files and settings of head that differ from those of base."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields
from typing import TYPE_CHECKING, Any

from nhilint.app import inputs
from nhilint.app.settings import KEYS, PLACES, Settings, read_settings
from nhilint.model.errors import NhilintError
from nhilint.model.finding import SEVERITIES
from nhilint.sources.tree import Tree

if TYPE_CHECKING:
    from nhilint.catalog.model import Catalog
    from nhilint.engine import Analysis

Row = dict[str, Any]


def change_of_judge(before: inputs.Side, after: inputs.Side, analysis: Analysis, asked: inputs.Asked) -> Row | None:
    """What would change if the head judged itself; None when it edits nothing that judges.

    `analysis` is that of the head, judged by the base. Files are compared by digest, so a change that edits none of
    them costs a listing.
    """
    base = read_settings(before.tree)
    problems: list[NhilintError] = []
    try:
        head: Settings | None = read_settings(after.tree) if _differ(before.tree, after.tree, PLACES) else base
    except NhilintError as error:
        head = None
        problems.append(error)
    folders = tuple(dict.fromkeys((*base.catalog_paths, *(head.catalog_paths if head else ()))))
    edited = _differ(before.tree, after.tree, (), folders)
    rows = [*compare_settings(base, head)] if head else []
    if not (edited or rows or problems):
        return None
    catalog = _catalog(after.tree, head or base, problems)
    files = sorted({*edited, *(s.source for s in (base, head) if s and s.source and (rows or problems))})
    from nhilint.engine import judge_change

    return judge_change(
        analysis,
        catalog,
        files=files,
        settings=rows,
        problems=problems,
        options=inputs.engine_options(asked, inputs.named(head, after, before)) if head else None,
    )


def _catalog(tree: Tree, settings: Settings, problems: list[NhilintError]) -> Catalog | None:
    try:
        return inputs.read_catalog(tree, settings)
    except NhilintError as error:
        problems.append(error)
        return None


def _differ(before: Tree, after: Tree, paths: Sequence[str], folders: Sequence[str] = ()) -> list[str]:
    """The paths, and the YAML files of the folders, that do not have the same content in both trees."""
    starts = tuple(folder.rstrip("/") + "/" for folder in folders)

    def listed(tree: Tree) -> set[str]:
        return {
            e.path
            for e in tree.entries()
            if not e.problem and (e.path in paths or (e.path.startswith(starts) and e.path.endswith((".yaml", ".yml"))))
        }

    old, new = listed(before), listed(after)
    return sorted((old ^ new) | {path for path in old & new if before.digest(path) != after.digest(path)})


def compare_settings(base: Settings, head: Settings) -> Iterator[Row]:
    """Each setting that differs, with whether less would block."""
    for name, before, after in _pairs(base, head):
        if before != after:
            direction = _direction(name, before, after)
            yield {
                "setting": name,
                "direction": direction,
                "base": _shown(before),
                "head": _shown(after),
                "text": f"{name}: {_shown(before)} → {_shown(after)}",
            }


def _pairs(base: Settings, head: Settings) -> Iterator[tuple[str, Any, Any]]:
    """Every setting under the name that it has in the file."""
    own = {field.name for field in fields(Settings)}
    for name, (attribute, _) in sorted(KEYS.items()):
        if attribute in own and not name.startswith("github."):
            yield name, getattr(base, attribute), getattr(head, attribute)
        else:
            yield name, getattr(base.repository, attribute), getattr(head.repository, attribute)


def _direction(name: str, before: Any, after: Any) -> str:
    match name:
        case "fail_on":
            looser = SEVERITIES.index(after) > SEVERITIES.index(before)
            return "loosened" if looser else "tightened"
        case "catalog.required":
            return "loosened" if after is False or (before and after is None) else "tightened"
        case "rules.disabled":
            more, fewer = set(after) - set(before), set(before) - set(after)
            return "changed" if more and fewer else "loosened" if more else "tightened"
        case "github.distrust_tags":
            return "loosened" if before else "tightened"
        case "paths":
            return "tightened" if not after else "loosened" if not before else "changed"
        case _:
            return "changed"


_UNSET: Mapping[object, str] = {None: "not set", (): "none", "": "not set", True: "true", False: "false"}


def _shown(value: Any) -> str:
    if isinstance(value, tuple) and value:
        return ", ".join(item if isinstance(item, str) else _table(item) for item in value)
    return _UNSET.get(value, str(value))


def _table(item: object) -> str:
    """One table of a list of tables, by what names it; its values may be secret."""
    if isinstance(item, tuple):
        return " = ".join(map(str, item))
    found = [getattr(item, name, "") for name in ("path", "chart", "environment")]
    return " ".join(filter(None, found)) or "a table"
