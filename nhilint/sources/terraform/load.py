"""The entry point of the Terraform source: a tree of files to documents, for every root module."""

from __future__ import annotations

import gc
import posixpath
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from nhilint.model.node import Node
from nhilint.model.span import Span
from nhilint.sources.terraform.configuration import Configuration
from nhilint.sources.terraform.documents import Collector
from nhilint.sources.terraform.evaluate import attempt
from nhilint.sources.terraform.footprint import Evaluated, Footprint
from nhilint.sources.terraform.modules import Module
from nhilint.sources.terraform.program import Program
from nhilint.sources.terraform.result import TerraformResult
from nhilint.sources.terraform.scope import Scope
from nhilint.sources.terraform.values import symbol

if TYPE_CHECKING:
    from collections.abc import Sequence

    from nhilint.sources.options import Cache, LoadOptions
    from nhilint.sources.tree import Entry, Tree

_GARBAGE = 50_000
"""New objects that are worth a look of the collector."""
RECURSION = 24_000
"""Python frames: `MAX_DEPTH` nested expressions with what they call on the way."""


_EXAMPLES = frozenset({"example", "examples", "fixtures", "test", "testdata", "tests", "wrappers"})


@contextmanager
def _deep() -> Iterator[None]:
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(max(limit, RECURSION))
    try:
        yield
    finally:
        sys.setrecursionlimit(limit)


@contextmanager
def _collected_by_root() -> Iterator[Callable[[], None]]:
    """Garbage is collected after each root module only, and what a root leaves is not walked over again.

    The evaluator makes many objects that live long; Python's collector would walk over all of them, time and again.
    """
    if not gc.isenabled() or gc.get_freeze_count():
        yield lambda: None
        return

    def collect() -> None:
        if gc.get_count()[0] > _GARBAGE:
            gc.collect()
            gc.freeze()

    gc.disable()
    gc.freeze()
    try:
        yield collect
    finally:
        gc.unfreeze()
        gc.enable()


def load_terraform(
    tree: Tree, files: Sequence[Entry], options: LoadOptions, cache: Cache | None = None
) -> TerraformResult:
    """Every document of every root module.

    `files` are the entries that may be read (all of the tree). Roots are the folders that no local call points to;
    broken files are noted and the rest is still evaluated.
    """
    program = Program(tree, files, options, cache)
    program.no_module = Module(program, Configuration(""), "")
    with _deep(), _collected_by_root() as collect:
        found = []
        for folder in root_folders(program):
            found.append(evaluated(program, folder))
            collect()
    unresolved = {(note.what, note.why, note.span): note for one in found for note in one.unresolved}
    assumed = {note for one in found for note in one.assumed}
    return TerraformResult(
        documents=tuple(document for one in found for document in one.documents),
        unresolved=tuple(sorted(unresolved.values(), key=lambda u: (u.span, u.what, u.why))),
        moved=tuple(moved for one in found for moved in one.moved),
        assumed=tuple(sorted(assumed, key=lambda a: (a.span, a.what, a.why))),
    )


def evaluated(program: Program, folder: str) -> Evaluated:
    """What one root module gives; what it gave before when all that it looks at is the same."""
    key = f"root {folder} {program.options!r}"

    def holds(footprint: Footprint) -> bool:
        return footprint.holds(program.digest, program.listed)

    known = program.cache.find(key, holds) if program.cache else None
    if isinstance(known, Evaluated):
        return known
    program.begin()
    found = _evaluate(program, folder)
    if program.cache and not program.exhausted():
        program.cache.add(key, program.footprint, found)
    return found


def _evaluate(program: Program, folder: str) -> Evaluated:
    configuration = program.configuration(folder)
    if configuration is None:
        return Evaluated()
    environment = program.options.environment
    collector = Collector(folder + (f"@{environment}" if environment else ""))
    collector.walk(Module(program, configuration, folder, inputs=read_inputs(program, folder)))
    return Evaluated(
        documents=tuple(collector.documents),
        unresolved=tuple(program.unresolved.values()),
        moved=tuple(collector.moved),
        assumed=tuple(program.assumed),
    )


def root_folders(program: Program) -> list[str]:
    """The folders to evaluate: the given ones, or those that nobody calls."""
    options = program.options
    if options.roots:
        return [_clean(folder) for folder in options.roots]
    wanted = [folder for folder in sorted(program.folders) if _selected(folder, program)]
    calls = {folder: set(_local_calls(program, folder)) for folder in wanted}
    # What only examples and tests call is a library: they show some of its settings, others use it with all of them.
    called = {
        target
        for folder, targets in calls.items()
        for target in targets
        if target != folder and (not _shows(folder) or _shows(target))
    }
    roots = [folder for folder in wanted if folder not in called]
    # Folders that only call each other have no root above them; each such ring is entered at its first folder.
    reached: set[str] = set()
    _reach(roots, calls, reached)
    for folder in wanted:
        if folder not in reached:
            roots.append(folder)
            _reach([folder], calls, reached)
    return sorted(roots)


def _shows(folder: str) -> bool:
    """Whether a folder only shows or tests modules."""
    return not _EXAMPLES.isdisjoint(folder.split("/"))


def _reach(start: list[str], calls: dict[str, set[str]], reached: set[str]) -> None:
    queue = list(start)
    while queue:
        folder = queue.pop()
        if folder not in reached:
            reached.add(folder)
            queue.extend(calls.get(folder, ()))


def _selected(folder: str, program: Program) -> bool:
    if ".terraform" in folder.split("/"):
        return False
    chosen = [_clean(path) for path in program.options.paths]
    return not chosen or any(
        one == "" or folder == one or folder.startswith(one + "/") or one in program.folders[folder] for one in chosen
    )


def _clean(path: str) -> str:
    cleaned = posixpath.normpath(path)
    return "" if cleaned == "." else cleaned


def _local_calls(program: Program, folder: str) -> Iterator[str]:
    for path in program.folders.get(folder, ()):
        for written in program.local_sources(path):
            target = posixpath.normpath(posixpath.join(folder or ".", written))
            if not target.startswith("../") and target != "..":
                yield "" if target == "." else target


def read_inputs(program: Program, folder: str) -> dict[str, Node]:
    """Values of variable files: `terraform.tfvars`, then `*.auto.tfvars`, then the given ones; later files win.

    A file that can not be read, or not as a whole, may set every variable: what no later file sets is unknown then, and
    neither an earlier file nor a default is taken for its value.
    """
    prefix = folder + "/" if folder else ""
    beside = program.names("variables", folder)
    automatic = sorted(path for path in beside if path.endswith((".auto.tfvars", ".auto.tfvars.json")))
    paths = [path for path in (prefix + "terraform.tfvars", prefix + "terraform.tfvars.json") if path in beside]
    values: dict[str, Node] = {}
    for path in [*paths, *automatic, *(_clean(path) for path in program.options.var_files)]:
        if not program.exists(path):
            program.note(f"variable file `{path}`", "there is no such file in the tree", Span(path, 1), "missing-file")
            values = _unknown_inputs(program, folder)
            continue
        file = program.source(path)
        if file is None or file.errors:
            values = _unknown_inputs(program, folder)
        if file is not None:
            scope = Scope(program.no_module, file)
            for name, attribute in file.body.attributes.items():
                values[name] = attempt(attribute.expr, scope)
    return {**values, **program.options.inputs}


def _unknown_inputs(program: Program, folder: str) -> dict[str, Node]:
    """Every variable of a root module as a symbol."""
    configuration = program.configuration(folder)
    declared = configuration.variables if configuration is not None else {}
    return {
        name: symbol(f"var.{name}", one.file.span(one.block.start, one.block.header_end))
        for name, one in declared.items()
    }
