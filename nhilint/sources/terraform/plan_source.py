"""Finds the configuration that a plan was made of, and evaluates it with all that the plan knows."""

from __future__ import annotations

import posixpath
from dataclasses import replace
from typing import TYPE_CHECKING

from nhilint.model.errors import NhilintError
from nhilint.model.span import Span
from nhilint.sources.terraform.load import load_terraform
from nhilint.sources.terraform.plan import World
from nhilint.sources.terraform.program import SUFFIXES, Program
from nhilint.sources.terraform.values import node_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from nhilint.sources.options import Cache, LoadOptions
    from nhilint.sources.terraform.configuration import Configuration
    from nhilint.sources.terraform.plan_file import PlanFile, Side
    from nhilint.sources.terraform.result import TerraformResult
    from nhilint.sources.tree import Entry, Tree

ENOUGH = 0.5
"""Least share of blocks that a folder and a plan must have in common, of all that either has."""
_MODES = {"managed": "resource", "data": "data"}


class RootError(NhilintError):
    """It can not be said which configuration a plan belongs to."""


def source_of(
    plan: PlanFile, tree: Tree, options: LoadOptions, cache: Cache | None, side: Side
) -> TerraformResult | None:
    """The configuration of a plan, evaluated with the plan's variables and values; None when the tree has none.

    With roots in the options, the one of them that fits best is taken however little it fits; raises `RootError` when
    several fit equally well.
    """
    files = [entry for entry in tree.entries() if entry.path.endswith((*SUFFIXES, ".tfvars", ".tfvars.json"))]
    root = root_of(plan, tree, files, options, cache)
    if root is None:
        return None
    span = Span(plan.path, 1)
    inputs = {name: node_of(value, span) for name, value in plan.variables().items()}
    # What the objects of the plan know is what they are on the side that source describes.
    known = World(plan, None, "after").known
    # The inputs are those of the plan, whatever environments the settings declare for the folder.
    evaluated = replace(options, roots=(root or ".",), declared=(), inputs=inputs, known=known)
    return load_terraform(tree, files, evaluated, cache)


def root_of(
    plan: PlanFile, tree: Tree, files: Sequence[Entry], options: LoadOptions, cache: Cache | None
) -> str | None:
    """The folder whose declarations are those of the plan; the plan's own folder is looked at first."""
    declared = _declared(plan)
    program = Program(tree, files, options, cache)
    if options.roots:
        roots = [posixpath.normpath(root) for root in options.roots]
        roots = ["" if root == "." else root for root in roots]
        return _best(roots, program, declared, 0.0)
    if not declared:
        return None
    beside = posixpath.dirname(plan.path)
    if _likeness(program.configuration(beside), declared) == 1.0:
        return beside
    return _best(sorted(program.folders), program, declared, ENOUGH)


def _best(folders: Sequence[str], program: Program, declared: frozenset[tuple[str, ...]], least: float) -> str | None:
    ranked = sorted(((_likeness(program.configuration(folder), declared), folder) for folder in folders), reverse=True)
    ranked = [one for one in ranked if one[0] >= least and program.configuration(one[1]) is not None]
    if not ranked:
        return None
    equal = sorted(folder or "." for likeness, folder in ranked if likeness == ranked[0][0])
    if len(equal) > 1:
        listed = ", ".join(f"`{folder}`" for folder in equal[:6])
        raise RootError(
            f"the plan may be of {len(equal)} configurations: {listed}", help="name the one it is of with `--root`"
        )
    return ranked[0][1]


def _declared(plan: PlanFile) -> frozenset[tuple[str, ...]]:
    module = plan.configuration
    blocks = {
        (_MODES.get(str(one.get("mode")), ""), str(one.get("type")), str(one.get("name")))
        for one in module.get("resources") or ()
    }
    calls = {("module", name) for name in module.get("module_calls") or {}}
    variables = {("variable", name) for name in module.get("variables") or {}}
    return frozenset({*blocks, *calls, *variables})


def _likeness(configuration: Configuration | None, declared: frozenset[tuple[str, ...]]) -> float:
    """Blocks in common, of all that one of the two has."""
    if configuration is None:
        return 0.0
    own = {
        *(key for key in configuration.resources if key[0] in ("resource", "data")),
        *(("module", name) for name in configuration.calls),
        *(("variable", name) for name in configuration.variables),
    }
    every = own | declared
    return len(own & declared) / len(every) if every else 0.0
