"""Terragrunt configurations: one file as it is seen from a unit, with what it includes; knows no documents.

Terragrunt knows absolute paths; here the tree stands at `ROOT`, wherever it was checked out.
"""

from __future__ import annotations

import posixpath
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from nhilint.model.node import Map, Node, Scalar, Sequence, Text, Unknown
from nhilint.model.span import Span
from nhilint.sources.terraform.configuration import Configuration
from nhilint.sources.terraform.evaluate import attempt
from nhilint.sources.terraform.instances import LazyEntries
from nhilint.sources.terraform.models import shortened
from nhilint.sources.terraform.modules import Module
from nhilint.sources.terraform.scope import Scope
from nhilint.sources.terraform.terragrunt_functions import FUNCTIONS
from nhilint.sources.terraform.terragrunt_paths import absolute, in_tree
from nhilint.sources.terraform.values import Failure, symbol

if TYPE_CHECKING:
    from collections.abc import Callable

    from nhilint.sources.terraform.program import Program
    from nhilint.sources.terraform.registry import Function
    from nhilint.sources.terraform.syntax import Attribute, Block, SourceFile

MAX_DEPTH = 12
"""Configurations that read one another."""
_ELSEWHERE = frozenset({"values", "feature", "unit", "stack"})
"""What a stack or the command line gives."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Include:
    """One `include` block."""

    view: View
    strategy: str
    """`shallow`, `deep` or `no_merge`."""


class View(Module):
    """One Terragrunt file as a unit, or a file that reads it, sees it."""

    functions: ClassVar[dict[str, Function]] = FUNCTIONS

    def __init__(self, program: Program, place: str, folder: str, *, original: str, above: View | None = None) -> None:
        self.place = place
        """The file itself; `folder` is where Terragrunt runs."""
        self.original = original
        """The folder of the unit that all this is read for."""
        self.above = above
        """The configuration that reads this one."""
        self.level: int = above.level + 1 if above else 0
        if self.level > MAX_DEPTH:
            raise Failure(f"`{place}` is read by configurations that read one another")
        file = program.source(place)
        if file is None:
            raise Failure(f"there is no file `{place}` in the tree")
        self.file: SourceFile = file
        configuration = Configuration(folder)
        for block in file.body.blocks:
            if block.type == "locals":
                configuration.locals.update({n: (file, a.expr) for n, a in block.body.attributes.items()})
        super().__init__(program, configuration, folder)
        self._includes: dict[str, Include] | None = None
        self.outputs_of: Callable[[str, str], Node | None] = lambda folder, name: None
        """What another unit of the tree gives as an output; None: not known."""

    def opened(self) -> Module:
        """A Terragrunt file has no variables that somebody could set."""
        return self

    def tree_path(self, written: str) -> str:
        """A path as Terragrunt's functions see it, as a path of the tree."""
        return in_tree(written, self.folder)

    # -- names ------------------------------------------------------------------------------------------------

    def reference(self, root: str, name: str, scope: Scope, span: Span) -> Node:
        """The value of `root.name`."""
        if root == "local":
            return self.local(name)
        if root == "include":
            return self._included(name, span)
        if root == "dependency":
            return self._dependency(name, span)
        if root in _ELSEWHERE:
            return symbol(f"{root}.{name}", span)
        raise Failure(f"`{root}.{name}` is not known in a Terragrunt file")

    def local(self, name: str) -> Node:
        """The value of a local; what a run computes has the local's name."""
        return shortened(super().local(name), f"local.{name}")

    def _included(self, name: str, span: Span) -> Node:
        if name in self.includes():
            return self.includes()[name].view.value(span)
        if "" in self.includes():
            value = self.includes()[""].view.value(span).get(name)
            if value is not None:
                return value
        raise Failure(f"there is no include `{name}`")

    def value(self, span: Span) -> Map:
        """The whole configuration, as `include` and `read_terragrunt_config` give it."""

        def part(name: str) -> Node | None:
            match name:
                case "locals":
                    return Map(LazyEntries(self._local, lambda: list(self.configuration.locals)), span)
                case "inputs":
                    return self.inputs_node()
                case "dependency":
                    return Map(LazyEntries(lambda name: self._dependency(name, span), list), span)
                case "terraform":
                    source = self.own_source()
                    entries = {"source": self.evaluate(source)} if source is not None else {}
                    return Map(entries, span)
                case _:
                    return symbol(f"{posixpath.basename(self.place)}.{name}", span)

        return Map(LazyEntries(part, lambda: ["locals", "inputs"]), span)

    def _local(self, name: str) -> Node | None:
        return self.local(name) if name in self.configuration.locals else None

    def _dependency(self, name: str, span: Span) -> Node:
        def output(key: str) -> Node:
            found = None
            folder = self.dependency_folder(name)
            if folder is not None:
                found = self.outputs_of(folder, key)
            return symbol(f"dependency.{name}.outputs.{key}", span) if found is None else found

        def part(key: str) -> Node:
            if key == "outputs":
                return Map(LazyEntries(output, list), span, f"dependency.{name}.outputs")
            return symbol(f"dependency.{name}.{key}", span)

        return Map(LazyEntries(part, lambda: ["outputs"]), span)

    def dependency_folder(self, name: str) -> str | None:
        """The folder of another unit; None when it is not known or not in the tree."""
        for view in (self, *(include.view for include in self.includes().values())):
            for block in view.blocks("dependency"):
                path = block.body.attributes.get("config_path")
                if block.labels == (name,) and path is not None:
                    return view.path_of(path)
        return None

    # -- parts ------------------------------------------------------------------------------------------------

    def blocks(self, kind: str) -> list[Block]:
        """The blocks of one type."""
        return [block for block in self.file.body.blocks if block.type == kind]

    def evaluate(self, attribute: Attribute) -> Node:
        """The value of an attribute of this file."""
        return attempt(attribute.expr, Scope(self, self.file))

    def path_of(self, attribute: Attribute) -> str | None:
        """The path in the tree that an attribute names; None when it is not known or outside."""
        value = self.evaluate(attribute)
        if not isinstance(value, Scalar) or not isinstance(value.value, str):
            return None
        try:
            return self.tree_path(value.value)
        except Failure:
            return None

    def span(self, attribute: Attribute) -> Span:
        """Where an attribute stands."""
        return self.file.span(attribute.start, attribute.end)

    def includes(self) -> dict[str, Include]:
        """What the file includes, by name; what can not be read is noted."""
        if self._includes is None:
            self._includes = {}
            for block in self.blocks("include"):
                self._include(block)
        return self._includes

    def _include(self, block: Block) -> None:
        path = block.body.attributes.get("path")
        if path is None or self._includes is None:
            return
        name = block.labels[0] if block.labels else ""
        place = self.path_of(path)
        try:
            if place is None:
                value = self.evaluate(path)
                raise Failure(value.reason if isinstance(value, Unknown) else "its path is not known")
            view = View(self.program, place, self.folder, original=self.original, above=self)
        except Failure as problem:
            what = f"include `{name}`" if name else "an include"
            self.program.note(what, problem.message, self.span(path), "missing-file")
            return
        view.outputs_of = self.outputs_of
        strategy = block.body.attributes.get("merge_strategy")
        written = self.evaluate(strategy) if strategy is not None else None
        known = written.value if isinstance(written, Scalar) else "shallow"
        self._includes[name] = Include(view=view, strategy=str(known))

    def merged(self) -> list[Include]:
        """The includes that are merged, in order."""
        return [include for include in self.includes().values() if include.strategy != "no_merge"]

    def own_source(self) -> Attribute | None:
        """`terraform { source = … }` of this file."""
        for block in self.blocks("terraform"):
            if "source" in block.body.attributes:
                return block.body.attributes["source"]
        return None

    def source(self) -> tuple[View, Attribute] | None:
        """The source of the module, and the file that says it."""
        own = self.own_source()
        if own is not None:
            return self, own
        found = [(include.view, source) for include in self.merged() if (source := include.view.own_source())]
        return found[-1] if found else None

    def variable_files(self) -> list[str]:
        """The variable files that `extra_arguments` name and that are there, in order."""
        found: list[str] = []
        for view in (*(include.view for include in self.merged()), self):
            for block in (inner for outer in view.blocks("terraform") for inner in outer.body.blocks):
                for name in ("required_var_files", "optional_var_files"):
                    written = block.body.attributes.get(name)
                    listed = view.evaluate(written) if written is not None else None
                    items = listed.items if isinstance(listed, Sequence) else ()
                    paths = (item.value for item in items if isinstance(item, Scalar) and isinstance(item.value, str))
                    found += [path for path in map(view._inside, paths) if path and self.program.exists(path)]
        return found

    def _inside(self, written: str) -> str:
        try:
            return self.tree_path(written)
        except Failure:
            return ""

    def inputs_node(self) -> Node:
        """What this file alone says under `inputs`."""
        written = self.file.body.attributes.get("inputs")
        return self.evaluate(written) if written is not None else Map({}, Span(self.place, 1))

    def all_inputs(self) -> dict[str, Node]:
        """The values of variables: those of the includes in order, then the file's own."""
        found: dict[str, Node] = {}
        deep = False
        for include in self.merged():
            deep = deep or include.strategy == "deep"
            found = _merge(found, include.view, include.strategy == "deep")
        return _merge(found, self, deep)

    def generated(self) -> dict[str, tuple[View, Node, Node, Span]]:
        """`generate` blocks by name: path and contents; those of the file win over those of its includes."""
        found: dict[str, tuple[View, Node, Node, Span]] = {}
        for view in (*(include.view for include in self.merged()), self):
            for block in view.blocks("generate"):
                path, contents = (block.body.attributes.get(name) for name in ("path", "contents"))
                if block.labels and path is not None and contents is not None:
                    found[block.labels[0]] = (view, view.evaluate(path), view.evaluate(contents), view.span(contents))
        return found


def _merge(below: dict[str, Node], view: View, deep: bool) -> dict[str, Node]:
    node = view.inputs_node()
    if not isinstance(node, Map) or node.open:
        why = node.reason if isinstance(node, Unknown) else f"there may be more: {node.open}" if isinstance(
            node, Map) else "they are no object"  # fmt: skip
        view.program.note("inputs", why, Span(view.place, 1), "unknown-value")
    if not isinstance(node, Map):
        return below
    found = dict(below)
    for name, value in node.entries.items():
        found[name] = _deep(found[name], value) if deep and name in found else value
    return found


def _deep(old: Node, new: Node) -> Node:
    if not isinstance(old, Map) or not isinstance(new, Map):
        return new
    entries = dict(old.entries)
    for name, value in new.entries.items():
        entries[name] = _deep(entries[name], value) if name in entries else value
    return Map(entries, new.span, old.open or new.open)


def text_of(node: Node) -> str | None:
    """A string with its unknown parts written as symbols are; None for anything else."""
    if isinstance(node, Scalar) and isinstance(node.value, str):
        return node.value
    if isinstance(node, Text):
        return "".join(part if isinstance(part, str) else f"$${{{part.name}}}" for part in node.parts)
    return None


__all__ = ["Include", "View", "absolute", "text_of"]
