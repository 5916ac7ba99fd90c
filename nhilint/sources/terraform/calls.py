"""Module calls: where the source is, which instances there are, their arguments and outputs."""

from __future__ import annotations

import json
import posixpath
from typing import TYPE_CHECKING

from nhilint.model.node import Map, Node, Scalar
from nhilint.model.span import Span
from nhilint.sources.terraform.evaluate import attempt
from nhilint.sources.terraform.expansion import Expansion, Slot, expand
from nhilint.sources.terraform.instances import LazyEntries
from nhilint.sources.terraform.models import find_model, nested_model, read_source, shortened
from nhilint.sources.terraform.scope import Scope
from nhilint.sources.terraform.values import Failure, symbol
from nhilint.sources.terraform.vendored import vendored
from nhilint.sources.terraform.worlds import assume, settle

if TYPE_CHECKING:
    from nhilint.sources.terraform.configuration import Configuration, Declaration
    from nhilint.sources.terraform.modules import Module
    from nhilint.sources.terraform.program import Program

META = frozenset({"source", "version", "count", "for_each", "providers", "depends_on"})
MAX_DEPTH = 30
MAX_MODULES = 20_000
"""Module instances in one root."""


class ModuleCall:
    """One `module` block inside one module instance."""

    def __init__(self, caller: Module, name: str, declaration: Declaration, expansion: Expansion) -> None:
        self.caller = caller
        self.name = name
        self.declaration = declaration
        self.expansion = expansion
        self.address = f"{caller.path}module.{name}"
        block = declaration.block
        self.span = declaration.file.span(block.start, block.end)
        self.children: dict[str, Module] = {}
        """Instances by key; empty when the source is not in the tree."""
        self.source = ""
        self.problem = ""
        """Why the source is not read; empty: it is."""

    def scope(self, slot: Slot) -> Scope:
        """Where the arguments are evaluated."""
        return Scope(self.caller, self.declaration.file, each=slot.each, index=slot.index)

    def may(self, slot: Slot) -> tuple[str, ...]:
        """Why the instance may not exist."""
        return self.expansion.may(slot)

    def argument(self, name: str, child: Module) -> Node | None:
        """An argument of one instance; None when it is not given."""
        attribute = self.declaration.attribute(name)
        if attribute is None or name in META:
            return None
        real = child.closed or child
        slot = next(slot for key, slot in self.expansion.slots.items() if self.children.get(key) is real)
        caller = child.parent or self.caller
        scope = Scope(caller, self.declaration.file, each=slot.each, index=slot.index)
        return assume(attempt(attribute.expr, scope), child.decisions)

    def value(self) -> Node:
        """What `module.name` gives: an object of outputs, or a collection of them."""
        values = {key: self._object(key, slot) for key, slot in self.expansion.slots.items()}
        return self.expansion.build(values)

    def _object(self, key: str, slot: Slot) -> Node:
        child = self.children.get(key)
        address = self.address + slot.suffix
        if child is None:
            return Map(LazyEntries(lambda name: symbol(f"{address}.{name}", self.span), list), self.span, address)
        names = list(child.configuration.outputs)
        if child.configuration.model is None:
            return Map(LazyEntries(child.output, lambda: names), self.span)

        def output(name: str) -> Node:
            # A model lists the outputs that matter for permissions; the module has more.
            found = child.output(name)
            if found is None:
                return symbol(f"{address}.{name}", self.span)
            # What has resources calls them by the same name inside.
            return found if child.configuration.resources else shortened(found, f"{address}.{name}")

        return Map(LazyEntries(output, lambda: names), self.span)

    def arguments(self, slot: Slot) -> Map:
        """Every argument of one instance, for a document."""
        scope = self.scope(slot)
        entries = {
            name: settle(assume(attempt(attribute.expr, scope), {**self.caller.decisions, **slot.decisions()}))
            for name, attribute in self.declaration.body.attributes.items()
            if name not in META
        }
        return Map(entries, self.span)


def open_call(caller: Module, name: str, declaration: Declaration) -> ModuleCall:
    """Expand a call and prepare its instances; nothing inside is evaluated yet."""
    program = caller.program
    block = declaration.block
    span = declaration.file.span(block.start, block.end)
    address = f"{caller.path}module.{name}"
    expansion = expand(declaration, Scope(caller, declaration.file), address, span)
    call = ModuleCall(caller, name, declaration, expansion)
    configuration = None
    folder, call.source, call.problem = locate(caller, name, declaration)
    if call.problem:
        configuration = _model(call)
        if configuration is None:
            return call
        folder, call.problem = configuration.folder, ""
    if folder in caller.chain or len(caller.chain) > MAX_DEPTH:
        call.problem = f"module `{call.source}` includes itself"
        program.note(f"module call `{address}`", call.problem, span, "cycle")
        return call
    configuration = configuration or program.configuration(folder)
    if configuration is None:
        call.problem = f"the folder `{folder or '.'}` has no Terraform file"
        program.note(f"module call `{address}`", call.problem, span, "missing-module")
        return call
    program.modules += len(expansion.slots)
    if program.modules > MAX_MODULES:
        raise Failure(f"there are more than {MAX_MODULES} module instances")
    providers = _providers(caller, declaration)
    for key, slot in expansion.slots.items():
        call.children[key] = type(caller)(
            program,
            configuration,
            caller.root_folder,
            path=f"{address}{slot.suffix}.",
            key_path=f"{caller.key_path}.{name}" if caller.key_path else name,
            parent=caller,
            providers=providers,
            decisions={**caller.decisions, **slot.decisions()},
            call=call,
        )
    return call


def _model(call: ModuleCall) -> Configuration | None:
    """The model that stands for a module that is not in the tree; None when there is none."""
    program, declaration = call.caller.program, call.declaration
    outer = call.caller.configuration.model
    if outer is not None and call.source.startswith("."):
        found = nested_model(program, outer, call.source)
    else:
        source = read_source(call.source)
        found = find_model(program, source, declaration) if source is not None else None
    if found is None:
        return None
    model, what = found.model, f"module call `{call.address}`"
    if outer is None and call.expansion.slots:
        why = f"it is read by the model of {model}" + (f": {found.said}" if found.said else "")
        program.assume(what, why, call.span)
    configuration = model.configuration(call.span)
    known = META | model.without_effect | configuration.variables.keys()
    for name, attribute in declaration.body.attributes.items():
        if name not in known:
            span = declaration.file.span(attribute.start, attribute.end)
            program.note(what, f"the model of {model} does not know the argument `{name}`", span, "module-model")
    return configuration


def locate(caller: Module, name: str, declaration: Declaration) -> tuple[str, str, str]:
    """Folder of a call's source in the tree, the source as written, and why it can't be read."""
    attribute = declaration.attribute("source")
    written = attribute.expr[3] if attribute is not None and attribute.expr[0] == "str" else None
    if written is None and attribute is not None:
        value = attempt(attribute.expr, Scope(caller, declaration.file))
        written = value.value if isinstance(value, Scalar) and isinstance(value.value, str) else None
    if written is None:
        return "", "", "its source is not known"
    if caller.configuration.model is not None:
        return "", written, f"module `{written}` is not in the checkout"
    if written.startswith(("./", "../")) or written in (".", ".."):
        folder = posixpath.normpath(posixpath.join(caller.folder or ".", written))
        if folder.startswith("../") or folder == "..":
            return "", written, f"the source `{written}` is outside the tree"
        return "" if folder == "." else folder, written, ""
    key = f"{caller.key_path}.{name}" if caller.key_path else name
    installed = installed_modules(caller.program, caller.root_folder).get(key)
    if installed is not None:
        folder = posixpath.normpath(posixpath.join(caller.root_folder or ".", installed))
        if not folder.startswith("../") and caller.program.names("terraform", folder):
            return folder, written, ""
    held = vendored(caller.program, written)
    if held is not None:
        return held, written, ""
    return "", written, f"module `{written}` is not in the checkout"


def installed_modules(program: Program, root: str) -> dict[str, str]:
    """What `terraform init` left in `.terraform/modules/modules.json`: call key to folder below the root."""
    path = posixpath.join(root, ".terraform/modules/modules.json")
    if not program.exists(path):
        return {}
    if path not in program.installed:
        found: dict[str, str] = {}
        try:
            listed = json.loads(program.read_text(path))["Modules"]
            found = {str(one["Key"]): str(one["Dir"]) for one in listed}
        except (Failure, ValueError, KeyError, TypeError, RecursionError) as problem:
            program.note(f"file `{path}`", f"it is not a module manifest: {problem}", Span(path, 1), "syntax")
        program.installed[path] = found
    return program.installed[path]


def _providers(caller: Module, declaration: Declaration) -> dict[str, str]:
    """Local provider names of the child to aliases of the root."""
    from nhilint.sources.terraform.modules import provider_name

    given = declaration.attribute("providers")
    inherited = {name: alias for name, alias in caller.providers.items() if "." not in name}
    if given is None or given.expr[0] != "obj":
        return inherited
    found = dict(inherited)
    for key, value in given.expr[3]:
        found[provider_name(key)] = caller.root_alias(provider_name(value))
    return found
