"""Arguments of the command line to trees, documents and analyses."""

from __future__ import annotations

import os
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import date
from typing import TYPE_CHECKING, Any, Literal

from nhilint.app.settings import Settings, read_settings
from nhilint.model.errors import NhilintError
from nhilint.sources.options import LoadOptions
from nhilint.sources.tree import Tree

if TYPE_CHECKING:
    from nhilint.catalog.model import Catalog
    from nhilint.engine import Analysis, Options
    from nhilint.sources.cache import ParseCache
    from nhilint.sources.load import Loaded

_PLAN_HEAD = 1 << 16


class InputError(NhilintError):
    """An argument that names nothing that can be read."""


class NothingReadable(NhilintError):
    """The tree holds no file that nhilint understands."""

    exit_code = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What the user asked for besides the trees; command line beats settings."""

    paths: tuple[str, ...] = ()
    roots: tuple[str, ...] = ()
    var_files: tuple[str, ...] = ()
    environment: str = ""
    fail_on: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One revision, opened."""

    tree: Tree
    info: dict[str, Any]
    plan: str = ""
    """Path of a plan file, inside the tree if it lies there; empty: the tree itself is read."""
    plan_text: str = field(default="", repr=False)
    plan_side: Literal["before", "after"] = "after"


def open_side(argument: str, repository: str | None = None) -> Side:
    """A folder, a plan file, or a Git revision of the repository one stands in."""
    from nhilint.sources.folder import FolderTree

    if os.path.isdir(argument):
        return Side(tree=FolderTree(argument, label=argument), info={"label": argument, "kind": "folder"})
    if os.path.isfile(argument) and _looks_like_plan(argument):
        return _plan_side(argument)
    from nhilint.sources.git import GitTree, toplevel

    try:
        top = repository or toplevel(".")
    except NhilintError:
        raise InputError(
            f"`{argument}` is not a folder or a file, and this is not a Git repository",
            help="give two folders, a plan file, or run nhilint inside a repository",
        ) from None
    try:
        tree = GitTree(top, argument)
    except NhilintError:
        if not os.path.isfile(argument):
            raise
        raise InputError(
            f"`{argument}` is not a Terraform plan in JSON",
            help="write one with `terraform show -json PLANFILE > plan.json`, or name a folder or a Git revision",
        ) from None
    return Side(tree=tree, info={"label": argument, "kind": "git", "commit": tree.commit})


def _plan_side(path: str) -> Side:
    """A plan and the tree it was probably made of: around the plan, or where one stands."""
    from nhilint.sources.folder import FolderTree

    full = os.path.realpath(path)
    top = _around(os.path.dirname(full))
    try:
        with open(full, encoding="utf-8-sig", errors="replace") as file:
            text = file.read()
    except OSError as error:
        raise InputError(f"`{path}` can not be read: {(error.strerror or 'error').lower()}") from None
    inside = os.path.relpath(full, top).replace(os.sep, "/")
    plan = os.path.basename(full) if inside.startswith("../") else inside
    return Side(tree=FolderTree(top), info={"label": path, "kind": "plan"}, plan=plan, plan_text=text)


def _around(folder: str) -> str:
    """The work tree that a folder lies in; outside of Git, where one stands if the folder lies there or is bare."""
    from nhilint.sources.git import toplevel

    here = os.path.realpath(".")
    with suppress(NhilintError):
        return os.path.realpath(toplevel(folder))
    if folder.startswith(here + os.sep) or any(
        name.endswith((".tf", ".tofu", ".tf.json")) for name in os.listdir(folder)
    ):
        return here if folder.startswith(here + os.sep) else folder
    with suppress(NhilintError):
        return os.path.realpath(toplevel(here))
    return here


def working_tree() -> Side:
    """The working tree of the repository one stands in."""
    from nhilint.sources.folder import FolderTree
    from nhilint.sources.git import toplevel

    top = toplevel(".")
    return Side(tree=FolderTree(top, label="working tree"), info={"label": "working tree", "kind": "folder"})


def default_base() -> Side:
    """The commit where the work at hand left the default branch."""
    from nhilint.sources.git import GitTree, default_branch, merge_base, toplevel

    top = toplevel(".")
    branch = default_branch(top)
    commit = merge_base(top, branch, "HEAD")
    label = f"merge-base with {branch}"
    return Side(tree=GitTree(top, commit), info={"label": label, "kind": "git", "commit": commit})


def open_pair(base: str, head: str) -> tuple[Side, Side]:
    """Two trees that are held against each other: by default the work at hand."""
    return (
        open_side(base) if base else default_base(),
        open_side(head) if head else working_tree(),
    )


def load_side(side: Side, asked: Asked, settings: Settings, cache: ParseCache | None = None) -> Loaded:
    """The documents of one side."""
    from nhilint.sources.load import Loaded, load

    options = LoadOptions(
        paths=asked.paths or settings.paths,
        roots=asked.roots or settings.roots,
        var_files=asked.var_files or settings.var_files,
        environment=_environment(asked, settings),
        declared=settings.declared,
        releases=settings.releases,
        modules=settings.modules,
        vendor=settings.vendor,
        partition=settings.partition,
        repository=settings.repository,
    )
    if not side.plan:
        loaded = load(side.tree, options, cache)
        if cache is not None:
            cache.save()
        return loaded
    from nhilint.sources.cache import ParseCache
    from nhilint.sources.manifests.files import Files
    from nhilint.sources.manifests.groups import load_releases
    from nhilint.sources.terraform.plan import load_plan, read_plan
    from nhilint.sources.terraform.plan_source import source_of

    plan = read_plan(side.plan, side.plan_text)
    source = source_of(plan, side.tree, options, cache, side.plan_side)
    result = load_plan(side.plan, plan, source, side.plan_side)
    releases = tuple(document for document in result.documents if document.type == "helm_release")
    found = load_releases(Files(tree=side.tree, cache=cache or ParseCache(), options=options, others=releases))
    return Loaded(
        documents=(*result.documents, *found.documents),
        unresolved=(*result.unresolved, *found.unresolved),
        moved=result.moved,
        assumed=(*result.assumed, *found.assumed),
        files=1,
        skipped=0,
    )


def named(settings: Settings, *sides: Side) -> Settings:
    """The settings; where they do not say how the repository is called, the remote `origin` of a side does."""
    from nhilint.sources.git import github_name
    from nhilint.sources.workflows import is_workflow

    if settings.repository.repository:
        return settings
    for side in sides:
        folder = getattr(side.tree, "path", "") or getattr(side.tree, "repository", "")
        if (
            folder
            and not side.plan
            and any(is_workflow(entry.path) for entry in side.tree.entries())
            and (name := github_name(folder))
        ):
            return replace(settings, repository=replace(settings.repository, repository=name, assumed=True))
    return settings


def side_cache(side: Side) -> ParseCache:
    """The user's cache, for a side and those beside it."""
    from nhilint.sources.cache import open_cache

    return open_cache(getattr(side.tree, "path", "") or getattr(side.tree, "repository", ""))


def _environment(asked: Asked, settings: Settings) -> str:
    """The environment that was asked for; one of the settings, if they name any."""
    declared = [one.environment for one in settings.declared] + [one.environment for one in settings.releases]
    names = sorted(set(declared) - {""})
    if asked.environment and names and asked.environment not in names:
        help = f"the settings declare {', '.join(f'`{name}`' for name in names)}"
        raise InputError(f"there is no environment `{asked.environment}`", help=help)
    return asked.environment


def analyze_side(loaded: Loaded, catalog: Catalog, options: Options) -> Analysis:
    """The analysis of one side."""
    from nhilint.engine import analyze

    return analyze(
        loaded.documents,
        unresolved=loaded.unresolved,
        moved=loaded.moved,
        assumed=loaded.assumed,
        catalog=catalog,
        options=options,
    )


def engine_options(asked: Asked, settings: Settings) -> Options:
    """Settings and the day, as the engine wants them."""
    from nhilint.engine import Options
    from nhilint.model.finding import SEVERITIES

    severity = next((s for s in SEVERITIES if s == (asked.fail_on or settings.fail_on)), None)
    if severity is None:
        raise InputError(f"`{asked.fail_on}` is no severity", help=f"one of {', '.join(SEVERITIES)}")
    return Options(
        today=os.environ.get("NHILINT_TODAY") or date.today().isoformat(),
        fail_on=severity,
        catalog_required=settings.catalog_required,
        repository=settings.repository.repository,
        disabled_rules=settings.disabled,
    )


def read_catalog(tree: Tree, settings: Settings, judged: Sequence[Loaded] | None = None) -> Catalog:
    """The tree's own catalog, or the starter catalog when it has none; `judged`: for these documents only."""
    from nhilint.app.catalog_files import catalog_files
    from nhilint.catalog.files.read import load_catalog

    files = catalog_files(tree, settings, None if judged is None else _platforms(judged))
    return load_catalog(files.documents, own=files.own, unread=files.problems)


def _platforms(sides: Sequence[Loaded]) -> frozenset[str]:
    """The platforms that documents may say something about."""
    from nhilint.engine.dialects import platforms_of

    return frozenset(platform for loaded in sides for platform in platforms_of(loaded.documents))


def settings_of(side: Side) -> Settings:
    """The settings that judge: those of the base of a review, of the tree itself otherwise."""
    return read_settings(side.tree)


def require_readable(sides: Sequence[Loaded], labels: Sequence[str]) -> None:
    """Raises `NothingReadable` when no side has a file that nhilint understands."""
    if not any(loaded.files for loaded in sides):
        raise NothingReadable(
            f"there is nothing to read in {' and '.join(f'`{label}`' for label in labels)}",
            help="nhilint reads *.tf, *.tf.json, Kubernetes manifests, GitHub workflows, and Terraform plans in JSON",
        )


def as_plan_sides(side: Side) -> tuple[Side, Side]:
    """A plan alone is its own review: before the apply, after the apply."""
    before = replace(side, plan_side="before", info={**side.info, "label": f"{side.info['label']} (before)"})
    after = replace(side, plan_side="after", info={**side.info, "label": f"{side.info['label']} (after)"})
    return before, after


def _looks_like_plan(path: str) -> bool:
    from nhilint.sources.terraform.plan_file import looks_like_plan, refuse_binary

    try:
        with open(path, "rb") as file:
            head = file.read(_PLAN_HEAD)
    except OSError:
        return False
    refuse_binary(path, head)
    return looks_like_plan(head)


def analyze_one(side: Side, asked: Asked) -> tuple[Analysis, Options]:
    """The analysis of a single tree, judged by its own settings and catalog."""
    settings = named(settings_of(side), side)
    options = engine_options(asked, settings)
    loaded = load_side(side, asked, settings, side_cache(side))
    require_readable([loaded], [side.info["label"]])
    return analyze_side(loaded, read_catalog(side.tree, settings, [loaded]), options), options


def changed_files(before: Side, after: Side) -> frozenset[str]:
    """The files that nhilint reads and that differ between the two sides."""
    if before.plan or after.plan:
        return frozenset()
    endings = (".tf", ".tofu", ".tf.json", ".tfvars", ".hcl", ".yaml", ".yml", ".json")

    def listed(side: Side) -> dict[str, str]:
        entries = [e for e in side.tree.entries() if e.path.endswith(endings) and not e.problem]
        return {entry.path: f"{entry.size}" for entry in entries}

    old, new = listed(before), listed(after)
    shared = old.keys() & new.keys()
    differing = {p for p in shared if old[p] != new[p] or before.tree.digest(p) != after.tree.digest(p)}
    return frozenset(differing | (old.keys() ^ new.keys()))
