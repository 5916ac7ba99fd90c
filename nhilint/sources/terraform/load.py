"""The entry point of the Terraform source: a tree of files to documents, for every root module."""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from nhilint.model.facts import Unresolved
from nhilint.model.span import Span
from nhilint.sources.terraform.configuration import Configuration
from nhilint.sources.terraform.documents import Collector
from nhilint.sources.terraform.footprint import Evaluated, Footprint
from nhilint.sources.terraform.modules import Module
from nhilint.sources.terraform.program import Program
from nhilint.sources.terraform.result import TerraformResult
from nhilint.sources.terraform.roots import Root, find_roots, inputs_of, unit_files
from nhilint.sources.terraform.units import UNIT, open_unit, stacks, unit_module, unread
from nhilint.sources.terraform.values import Failure

if TYPE_CHECKING:
    from collections.abc import Sequence

    from nhilint.sources.options import Cache, LoadOptions
    from nhilint.sources.tree import Entry, Tree

_GARBAGE = 50_000
"""New objects that are worth a look of the collector."""
RECURSION = 24_000
"""Python frames: `MAX_DEPTH` nested expressions with what they call on the way."""


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
        for root in find_roots(program):
            found.append(evaluated(program, root))
            collect()
    unresolved = {(note.what, note.why, note.span): note for one in found for note in one.unresolved}
    for path in stacks(program):
        why = "the units that a Terragrunt stack makes are not in the tree; generate them, or read their modules"
        note = Unresolved(what=f"stack `{path}`", why=why, span=Span(path, 1), cause="terragrunt-stack")
        unresolved[(note.what, note.why, note.span)] = note
    assumed = {note for one in found for note in one.assumed}
    return TerraformResult(
        documents=tuple(document for one in found for document in one.documents),
        unresolved=tuple(sorted(unresolved.values(), key=lambda u: (u.span, u.what, u.why))),
        moved=tuple(moved for one in found for moved in one.moved),
        assumed=tuple(sorted(assumed, key=lambda a: (a.span, a.what, a.why))),
    )


def evaluated(program: Program, root: Root) -> Evaluated:
    """What one root module gives; what it gave before when all that it looks at is the same."""
    key = f"root {root.name} {root.folder} {program.options!r}"

    def holds(footprint: Footprint) -> bool:
        return footprint.holds(program.digest, program.listed)

    # What a plan knows is no part of any file, so it can't be part of a key either.
    kept = program.cache if program.options.known is None else None
    known = kept.find(key, holds) if kept else None
    if isinstance(known, Evaluated):
        return known
    program.begin(root.workspace)
    found = _evaluate(program, root)
    if kept and not program.exhausted():
        kept.add(key, program.footprint, found)
    return found


def _evaluate(program: Program, root: Root) -> Evaluated:
    if root.unit:
        return _evaluate_unit(program, root)
    configuration = program.configuration(root.folder)
    if configuration is None:
        if root.declared:
            place = Span(root.declared.settings or root.folder, 1)
            program.note(f"root module `{root.folder or '.'}`", "it has no Terraform file", place, "missing-module")
        return Evaluated(unresolved=tuple(program.unresolved.values()))
    collector = Collector(root.name)
    collector.walk(Module(program, configuration, root.folder, inputs=inputs_of(program, root)))
    return _gathered(program, collector)


def _evaluate_unit(program: Program, root: Root) -> Evaluated:
    """One Terragrunt unit: its module with its inputs, or what it passes to one that can not be read."""
    collector = Collector(root.name)
    try:
        unit = open_unit(program, root.folder)
        module = unit_module(program, unit, unit_files(program, unit)) if unit is not None else None
        if module is not None:
            collector.walk(module)
        elif unit is not None:
            why = unit.problem or f"module `{unit.source}` is not in the checkout"
            cause = "remote-module" if "not in the checkout" in why else "module"
            program.note(f"unit `{unit.folder}`", why, unit.place, cause)
            collector.documents.append(unread(unit, root.name))
    except Failure as problem:
        place = Span(f"{root.folder}/{UNIT}".lstrip("/"), 1)
        program.note(f"unit `{root.folder}`", problem.message, place, "unknown-value")
    return _gathered(program, collector)


def _gathered(program: Program, collector: Collector) -> Evaluated:
    return Evaluated(
        documents=tuple(collector.documents),
        unresolved=tuple(program.unresolved.values()),
        moved=tuple(collector.moved),
        assumed=tuple(program.assumed),
    )
