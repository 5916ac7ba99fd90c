"""Root modules: the folders to evaluate, each in its environments, and the values of their variables."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from nhilint.model.jsontext import parse_json
from nhilint.model.node import Map, Node, Scalar
from nhilint.model.span import Span
from nhilint.sources.terraform.evaluate import attempt
from nhilint.sources.terraform.scope import Scope
from nhilint.sources.terraform.units import COPIES, Unit, open_unit, unit_folders
from nhilint.sources.terraform.values import Failure, symbol
from nhilint.sources.terraform.vendored import vendored

if TYPE_CHECKING:
    from nhilint.sources.options import RootOptions
    from nhilint.sources.terraform.program import Program

_EXAMPLES = frozenset({"example", "examples", "fixtures", "test", "testdata", "tests", "wrappers"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Root:
    """One root module in one environment."""

    folder: str
    """Where its files are."""
    name: str
    """The folder, with `@environment` behind it if there is one."""
    workspace: str = ""
    """What `terraform.workspace` gives; empty: not known."""
    declared: RootOptions | None = None
    """What the settings say of it."""
    unit: bool = False
    """Whether it is a Terragrunt unit."""


def find_roots(program: Program) -> list[Root]:
    """Every root module, in each of its environments."""
    options = program.options
    declared: dict[str, list[RootOptions]] = {}
    for one in options.declared:
        declared.setdefault(_clean(one.path), []).append(one)
    found: list[Root] = []
    units = _units(program)
    found += [Root(folder=folder, name=folder, unit=True) for folder in sorted(units)]
    run = {folder for modules in units.values() for folder in modules}
    for folder in _folders(program, declared, run):
        if folder in units:
            continue
        rows = declared.get(folder)
        if rows is None:
            suffix = f"@{options.environment}" if options.environment else ""
            found.append(Root(folder=folder, name=folder + suffix, workspace=options.environment))
            continue
        for row in rows:
            if options.environment and row.environment and row.environment != options.environment:
                continue
            environment = row.environment or options.environment
            name = folder + (f"@{environment}" if environment else "")
            found.append(Root(folder=folder, name=name, workspace=row.workspace or environment, declared=row))
    return found


def _units(program: Program) -> dict[str, tuple[str, ...]]:
    """The Terragrunt units that are selected, and the modules of the tree that each runs."""
    found: dict[str, tuple[str, ...]] = {}
    for folder in unit_folders(program):
        try:
            unit = open_unit(program, folder)
        except Failure:
            unit = None
            found[folder] = ()
        if unit is not None:
            found[folder] = (unit.module_folder,) if unit.module_folder is not None else ()
    given = [_clean(one) for one in program.options.roots]
    chosen = {folder for folder in found if (folder in given if given else _selected(folder, program))}
    # The module of a unit that was not asked for is no root all the same.
    return {folder: modules if folder in chosen else () for folder, modules in found.items() if folder in chosen}


def _folders(program: Program, declared: Iterable[str], run: set[str]) -> list[str]:
    """The folders to evaluate: the given ones, or those that are declared and those that nobody calls."""
    if program.options.roots:
        return [_clean(folder) for folder in program.options.roots]
    wanted = [folder for folder in sorted(program.folders) if _selected(folder, program)]
    calls = {folder: set(_local_calls(program, folder)) for folder in wanted}
    # What only examples and tests call is a library: they show some of its settings, others use it with all of them.
    called = {
        target
        for folder, targets in calls.items()
        for target in targets
        if target != folder and (not _shows(folder) or _shows(target))
    }
    called |= run
    roots = [folder for folder in wanted if folder not in called]
    # Folders that only call each other have no root above them; each such ring is entered at its first folder.
    reached: set[str] = set()
    _reach([*roots, *run], calls, reached)
    for folder in wanted:
        if folder not in reached:
            roots.append(folder)
            _reach([folder], calls, reached)
    chosen = [folder for folder in declared if folder not in program.folders or _selected(folder, program)]
    return sorted({*roots, *chosen})


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
    if not {".terraform", COPIES}.isdisjoint(folder.split("/")) or any(
        _inside(folder, held) for held in _held(program)
    ):
        return False
    chosen = [_clean(path) for path in program.options.paths]
    return not chosen or any(
        one == "" or _inside(folder, one) or one in program.folders.get(folder, ()) for one in chosen
    )


def _held(program: Program) -> Iterator[str]:
    """Folders that hold modules which others made; nobody runs them by themselves."""
    options = program.options
    yield from (
        folder for folder in (_clean(options.vendor), *(_clean(place) for _, place in options.modules)) if folder
    )


def _inside(folder: str, above: str) -> bool:
    return folder == above or folder.startswith(above + "/")


def _clean(path: str) -> str:
    cleaned = posixpath.normpath(path)
    return "" if cleaned == "." else cleaned


def _local_calls(program: Program, folder: str) -> Iterator[str]:
    for path in program.folders.get(folder, ()):
        for written in program.call_sources(path):
            if not written.startswith("."):
                held = vendored(program, written)
                if held is not None:
                    yield held
                continue
            target = posixpath.normpath(posixpath.join(folder or ".", written))
            if not target.startswith("../") and target != "..":
                yield "" if target == "." else target


def inputs_of(program: Program, root: Root) -> dict[str, Node]:
    """The values of the root's variables, as far as the tree says them."""
    values = read_inputs(program, root.folder)
    row = root.declared
    if row is None:
        return values
    for path in row.var_files:
        beside = _clean(posixpath.join(root.folder, path))
        values = _with_file(program, root.folder, beside if program.exists(beside) else _clean(path), values)
    if row.variables:
        given = parse_json(Scalar(row.variables, Span(row.settings, 1)), first_line=1)
        values.update(given.entries if isinstance(given, Map) else {})
    return values


def unit_files(program: Program, unit: Unit) -> dict[str, Node]:
    """Values of the variable files that a Terragrunt unit brings or names; they win over its inputs."""
    values = read_inputs(program, unit.module_folder) if unit.module_folder not in (None, unit.folder) else {}
    values.update(read_inputs(program, unit.folder))
    for path in unit.view.variable_files():
        values = _with_file(program, unit.module_folder or unit.folder, path, values)
    return values


def read_inputs(program: Program, folder: str) -> dict[str, Node]:
    """Values of variable files: `terraform.tfvars`, then `*.auto.tfvars`, then the given ones; later files win."""
    prefix = folder + "/" if folder else ""
    beside = program.names("variables", folder)
    automatic = sorted(path for path in beside if path.endswith((".auto.tfvars", ".auto.tfvars.json")))
    paths = [path for path in (prefix + "terraform.tfvars", prefix + "terraform.tfvars.json") if path in beside]
    values: dict[str, Node] = {}
    for path in [*paths, *automatic, *(_clean(path) for path in program.options.var_files)]:
        values = _with_file(program, folder, path, values)
    return {**values, **program.options.inputs}


def _with_file(program: Program, folder: str, path: str, values: dict[str, Node]) -> dict[str, Node]:
    """The values with those of one more file.

    A file that can not be read, or not as a whole, may set every variable: what no later file sets is unknown then, and
    neither an earlier file nor a default is taken for its value.
    """
    if not program.exists(path):
        program.note(f"variable file `{path}`", "there is no such file in the tree", Span(path, 1), "missing-file")
        return _unknown_inputs(program, folder)
    file = program.source(path)
    found = _unknown_inputs(program, folder) if file is None or file.errors else dict(values)
    if file is not None:
        scope = Scope(program.no_module, file)
        found.update({name: attempt(attribute.expr, scope) for name, attribute in file.body.attributes.items()})
    return found


def _unknown_inputs(program: Program, folder: str) -> dict[str, Node]:
    """Every variable of a root module as a symbol."""
    configuration = program.configuration(folder)
    declared = configuration.variables if configuration is not None else {}
    return {
        name: symbol(f"var.{name}", one.file.span(one.block.start, one.block.header_end))
        for name, one in declared.items()
    }
