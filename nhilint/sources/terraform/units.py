"""Terragrunt units as root modules: which there are, the module of each, its inputs and generated files."""

from __future__ import annotations

import posixpath
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from nhilint.model.document import Document
from nhilint.model.node import Encoded, Map, Node, Scalar, Symbol, Text
from nhilint.model.node import Sequence as ListNode
from nhilint.model.span import Span
from nhilint.sources.terraform.configuration import Configuration, read_configuration
from nhilint.sources.terraform.models import find_asked, read_source
from nhilint.sources.terraform.modules import Module
from nhilint.sources.terraform.publish import publish
from nhilint.sources.terraform.terragrunt import View, text_of
from nhilint.sources.terraform.terragrunt_paths import in_tree
from nhilint.sources.terraform.values import Failure
from nhilint.sources.terraform.vendored import vendored

if TYPE_CHECKING:
    from nhilint.sources.terraform.program import Program
    from nhilint.sources.terraform.syntax import SourceFile

UNIT = "terragrunt.hcl"
STACK = "terragrunt.stack.hcl"
COPIES = ".terragrunt-cache"
"""Where Terragrunt puts what it runs; nothing in it is written by hand."""
_COMMON = frozenset({"account", "region"})
MAX_UNITS = 40
"""Units that read one another's outputs on the way to one."""


@dataclass(slots=True)
class Unit:
    """One folder with a Terragrunt file that runs a module."""

    folder: str
    view: View
    source: str = ""
    """As written, with every name resolved; empty: the folder's own files."""
    place: Span = field(default_factory=lambda: Span("", 1))
    module_folder: str | None = None
    """Where the module lies in the tree; None: elsewhere."""
    problem: str = ""
    """Why its source is not known."""


def unit_folders(program: Program) -> list[str]:
    """The folders with a Terragrunt file."""
    found = (path.rpartition("/") for path in program.entries if posixpath.basename(path) == UNIT)
    return sorted(folder for folder, _, _ in found if COPIES not in folder.split("/"))


def stacks(program: Program) -> list[str]:
    """The files that declare units which are not in the tree."""
    return sorted(path for path in program.entries if posixpath.basename(path) == STACK)


def open_unit(program: Program, folder: str, level: int = 0) -> Unit | None:
    """The unit of a folder; None when its file runs nothing by itself (others include it). Raises `Failure`."""
    if level > MAX_UNITS:
        raise Failure("units read one another's outputs")
    place = posixpath.join(folder, UNIT)
    if not program.exists(place):
        return None
    view = View(program, place, folder, original=folder)

    def output(other: str, name: str) -> Node | None:
        return _output(program, other, name, level)

    view.outputs_of = output
    unit = Unit(folder, view)
    found = view.source()
    own = program.names("terraform", folder)
    if found is None:
        if not own and not view.blocks("include"):
            return None
        unit.module_folder = folder if own else None
        return unit if own else None
    by, attribute = found
    # What many units include says nothing of the one at hand.
    unit.place = by.span(attribute) if by is view else Span(view.place, 1)
    written = by.evaluate(attribute)
    if not isinstance(written, Scalar) or not isinstance(written.value, str):
        unit.problem = "its source is not known"
        return unit
    unit.source = written.value
    _locate(program, unit, posixpath.dirname(by.place))
    return unit


def _locate(program: Program, unit: Unit, beside: str) -> None:
    plain = unit.source.partition("?")[0]
    if plain.startswith((".", "/")):
        # A double slash only says what is copied along; a relative source is seen from the unit.
        for start in dict.fromkeys((unit.folder, beside)):
            try:
                folder = in_tree(plain.replace("//", "/"), start)
            except Failure as problem:
                unit.problem = problem.message
                continue
            if program.names("terraform", folder):
                unit.module_folder, unit.problem = folder, ""
                return
        unit.problem = unit.problem or f"the source `{unit.source}` is not in the checkout"
        return
    unit.module_folder = vendored(program, unit.source)


def _output(program: Program, folder: str, name: str, level: int) -> Node | None:
    """An output of another unit, where the tree says it all; its unknown parts would be taken for this unit's own."""
    key = (folder, name)
    if key not in program.outputs:
        program.outputs[key] = None
        try:
            unit = open_unit(program, folder, level + 1)
            module = unit_module(program, unit) if unit is not None else None
            value = module.output(name) if module is not None else None
            if value is not None:
                program.outputs[key] = _foreign(publish(value), f"{posixpath.basename(folder)}/")
        except Failure:
            pass
    return program.outputs[key]


def _foreign(node: Node, prefix: str) -> Node:
    """A value of another unit: its symbols are not this unit's, whatever their names are. Raises `Failure`."""

    def inner(node: Node) -> Node:
        match node:
            case Scalar():
                return node
            case Text():
                return replace(node, parts=tuple(map(renamed, node.parts)))
            case ListNode():
                return replace(node, items=tuple(map(inner, node.items)))
            case Map():
                return replace(node, entries={key: inner(item) for key, item in node.entries.items()})
            case Encoded():
                return replace(node, node=inner(node.node))
            case _:
                raise Failure("it is not known")

    def renamed(part: str | Symbol) -> str | Symbol:
        # What a digest tells apart means the same everywhere.
        if isinstance(part, str) or part.name in _COMMON or "#" in part.name:
            return part
        return Symbol(f"{prefix}{part.name}")

    return inner(node)


def unit_module(program: Program, unit: Unit, files: dict[str, Node] | None = None) -> Module | None:
    """The module of a unit with its inputs, which `files` (of variables) win over; None: it can not be read."""
    configuration = _configuration(program, unit)
    if configuration is None:
        return None
    folder = unit.module_folder if unit.module_folder is not None else unit.folder
    return Module(program, configuration, folder, inputs={**unit.view.all_inputs(), **(files or {})}, settled=True)


def _configuration(program: Program, unit: Unit) -> Configuration | None:
    if unit.module_folder is None:
        source = read_source(unit.source)
        found = find_asked(program, source, source.ref) if source is not None else None
        if found is None:
            return None
        why = f"it is read by the model of {found.model}" + (f": {found.said}" if found.said else "")
        program.assume(f"unit `{unit.folder}`", why, unit.place)
        return found.model.configuration(unit.place)
    files = _files(program, unit)
    return read_configuration(unit.module_folder, files)


def _files(program: Program, unit: Unit) -> list[SourceFile]:
    """The files of the module, those beside the Terragrunt file, and the generated ones; later ones replace."""
    folders = dict.fromkeys((unit.module_folder or "", unit.folder))
    by_name: dict[str, SourceFile] = {}
    for folder in folders:
        for path in program.names("terraform", folder):
            file = program.source(path)
            if file is not None:
                by_name[posixpath.basename(path)] = file
    for label, (view, written, contents, span) in unit.view.generated().items():
        name, text = text_of(written), text_of(contents)
        if name is None or text is None:
            why = "its path or its contents are not known"
            program.note(f"`generate` block `{label}` of `{view.place}`", why, span, "unknown-value")
        elif name.endswith((".tf", ".tofu")):
            by_name[posixpath.basename(name)] = _generated(text, span)
    return list(by_name.values())


def _generated(text: str, span: Span) -> SourceFile:
    from nhilint.sources.terraform.models import PlacedFile
    from nhilint.sources.terraform.parser import parse

    file = parse(span.path, text)
    return PlacedFile(path=span.path, text=text, body=file.body, comments=(), errors=file.errors, place=span)


def unread(unit: Unit, root: str) -> Document:
    """A unit whose module nobody can read, as a call of it: what is passed in is shown."""
    entries = dict(unit.view.all_inputs())
    span = unit.place if unit.place.path else Span(unit.view.place, 1)
    body = publish(Map(entries, span))
    assert isinstance(body, Map)
    return Document(
        language="terraform", kind="module", type=unit.source, address="terragrunt", root=root, body=body, span=span
    )


__all__ = ["Unit", "open_unit", "stacks", "unit_folders", "unit_module", "unread"]
