"""One instance of a module: its variables, locals, resources, calls and outputs, each evaluated when asked for."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING, Any, ClassVar

from nhilint.model.node import Map, Node, Scalar, Sequence, Unknown
from nhilint.model.span import Span
from nhilint.sources.terraform import operators
from nhilint.sources.terraform.calls import ModuleCall, open_call
from nhilint.sources.terraform.configuration import bare
from nhilint.sources.terraform.convert import ANY, Type, convert, unknown_of
from nhilint.sources.terraform.evaluate import attempt, evaluate, source_text, span_of
from nhilint.sources.terraform.expansion import Expansion, Slot, expand
from nhilint.sources.terraform.instances import Instance
from nhilint.sources.terraform.scope import Scope
from nhilint.sources.terraform.types import read_type
from nhilint.sources.terraform.values import Cycle, Failure, checked, is_null, symbol
from nhilint.sources.terraform.worlds import assume

if TYPE_CHECKING:
    from nhilint.sources.terraform.configuration import Configuration, Declaration
    from nhilint.sources.terraform.program import Program
    from nhilint.sources.terraform.registry import Function


Expr = tuple[Any, ...]


class Module:
    """A root module, or one instance of a call. Not a value: it remembers what was evaluated."""

    functions: ClassVar[dict[str, Function]] = {}
    """Functions that only its expressions have."""

    def __init__(
        self,
        program: Program,
        configuration: Configuration,
        root_folder: str,
        *,
        path: str = "",
        key_path: str = "",
        inputs: dict[str, Node] | None = None,
        parent: Module | None = None,
        providers: dict[str, str] | None = None,
        decisions: dict[str, str] | None = None,
        call: ModuleCall | None = None,
        settled: bool = False,
    ) -> None:
        self.program = program
        self.configuration = configuration
        self.folder = configuration.folder
        self.root_folder = root_folder
        self.path = path
        """Address prefix with a trailing dot (`module.ci.`), or empty."""
        self.key_path = key_path
        """The call's key in `.terraform/modules/modules.json` (`a.b`)."""
        self.inputs = inputs or {}
        """Root: values of variable files."""
        self.settled = settled
        """Root: these are all of its inputs, and defaults hold for the rest."""
        self.parent = parent
        self.providers = providers or {}
        self.decisions = decisions or {}
        self.call = call
        self.chain: tuple[str, ...] = (*parent.chain, self.folder) if parent else (self.folder,)
        self._memo: dict[tuple[str, ...], Node | None] = {}
        self._resources: dict[tuple[str, str, str], tuple[Node, list[Instance]] | None] = {}
        self._calls: dict[str, ModuleCall | None] = {}
        self.closed: Module | None = None
        """Of an opened module: the one it was made from."""
        self._opened: Module | None = None

    def opened(self) -> Module:
        """The same module with the variables open that only a default switches off, here and in every caller.

        It serves to ask what an expression could be; nothing of it becomes a document.
        """
        if self.closed is not None:
            return self
        if self._opened is None:
            twin = Module(
                self.program,
                self.configuration,
                self.root_folder,
                path=self.path,
                key_path=self.key_path,
                inputs=self.inputs,
                parent=self.parent.opened() if self.parent else None,
                providers=self.providers,
                decisions=self.decisions,
                call=self.call,
                settled=self.settled,
            )
            twin.closed = self
            self._opened = twin
        return self._opened

    # -- names ------------------------------------------------------------------------------------------------

    def reference(self, root: str, name: str, scope: Scope, span: Span) -> Node:
        """The value of `root.name` where `root` is not a local binding."""
        match root:
            case "var":
                return self.variable(name)
            case "local":
                return self.local(name)
            case "module":
                return self.module_call(name).value()
            case "each":
                if scope.each is None:
                    raise Failure("`each` is used without `for_each`")
                return scope.each[0] if name == "key" else scope.each[1]
            case "count":
                if scope.index is None:
                    raise Failure("`count` is used without `count`")
                return scope.index
            case "path":
                return self._path(name, span)
            case "terraform":
                environment = self.program.workspace if name == "workspace" else ""
                return Scalar(environment, span) if environment else symbol(f"terraform.{name}", span)
            case "self":
                if scope.self_value is None:
                    raise Failure("`self` is used outside a resource")
                return operators.attribute(scope.self_value, name, span)
            case _:
                return self.resource_value("resource", root, name, span)

    def _path(self, name: str, span: Span) -> Node:
        if name == "module":
            return Scalar(posixpath.relpath(self.folder or ".", self.root_folder or "."), span)
        if name == "cwd" and self.root_folder:
            # Terraform runs in the root's folder; only its name is known, and names are cut from the folder.
            return Scalar(f"/{self.root_folder}", span)
        return Scalar(".", span) if name == "root" else symbol(f"path.{name}", span)

    def tree_path(self, written: str) -> str:
        """A path as Terraform's functions see it, as a path of the tree; raises `Failure` outside the tree."""
        if self.root_folder and (written + "/").startswith(f"/{self.root_folder}/"):
            written = "./" + written.removeprefix(f"/{self.root_folder}").lstrip("/")
        joined = posixpath.normpath(posixpath.join(self.root_folder or ".", written))
        if joined.startswith(("../", "/")) or joined == "..":
            raise Failure(f"the file `{written}` is outside the tree")
        return "" if joined == "." else joined

    def _once(self, key: tuple[str, ...], label: str, make: Any) -> Node:
        if key in self._memo:
            known = self._memo[key]
            if known is None:
                raise Cycle(f"`{label}` depends on itself")
            return known
        self._memo[key] = None
        strict, self.program.strict = self.program.strict, 0
        try:
            value: Node = make()
            try:
                checked(value)
            except Failure as problem:
                value = Unknown(label, problem.message, value.span)
        except BaseException:
            del self._memo[key]
            raise
        finally:
            self.program.strict = strict
        self._memo[key] = value
        return value

    def local(self, name: str) -> Node:
        """The value of a local."""
        found = self.configuration.locals.get(name)
        if found is None:
            raise Failure(f"there is no local `{name}`")
        file, expr = found
        return self._once(("local", name), f"local.{name}", lambda: self._attempt(expr, Scope(self, file)))

    def _attempt(self, expr: Expr, scope: Scope) -> Node:
        try:
            return evaluate(expr, scope)
        except Cycle as problem:
            span = span_of(expr, scope)
            self.program.note(f"`{source_text(expr, scope)}`", problem.message, span, "cycle")
            return Unknown(source_text(expr, scope), problem.message, span)
        except Failure as problem:
            return Unknown(source_text(expr, scope), problem.message, span_of(expr, scope))

    def variable(self, name: str) -> Node:
        """The value of an input variable, converted to its type."""
        declaration = self.configuration.variables.get(name)
        if declaration is None:
            if self is self.program.no_module:
                raise Failure(f"`var.{name}` is used where there are no variables")
            # Tools around Terraform generate declarations; what it is called is known all the same.
            return symbol(f"{self.path}var.{name}", Span(self.folder or ".", 1))
        return self._once(("var", name), f"var.{name}", lambda: self._variable(name, declaration))

    def _variable(self, name: str, declaration: Declaration) -> Node:
        constant = Scope(self.program.no_module, declaration.file)
        typed = declaration.attribute("type")
        kind: Type = read_type(bare(typed.expr), lambda expr: attempt(expr, constant)) if typed is not None else ANY
        block = declaration.block
        span = declaration.file.span(block.start, block.header_end)
        value = self._given(name)
        nullable = declaration.attribute("nullable")
        not_null = nullable is not None and bare(nullable.expr)[0::3] == ("lit", False)
        default = declaration.attribute("default")
        if (value is None or (not_null and is_null(value))) and default is not None:
            value = attempt(default.expr, constant)
            if self.closed is not None and self.parent is None and not self.settled and _switches_off(value):
                value = None
        if value is None:
            return unknown_of(kind, f"{self.path}var.{name}", span)
        try:
            return convert(value, kind)
        except Failure as problem:
            return Unknown(f"{self.path}var.{name}", problem.message, value.span)

    def _given(self, name: str) -> Node | None:
        if self.call is not None and self.parent is not None:
            return self.call.argument(name, self)
        return self.inputs.get(name)

    # -- resources --------------------------------------------------------------------------------------------

    def resource_value(self, mode: str, type_name: str, name: str, span: Span) -> Node:
        """What a reference to a resource or data source gives."""
        if (mode, type_name, name) not in self.configuration.resources:
            raise Failure(f"there is no {'data source' if mode == 'data' else 'resource'} `{type_name}.{name}`")
        return self._resource((mode, type_name, name))[0]

    def instances(self, key: tuple[str, str, str]) -> list[Instance]:
        """The instances of a resource; raises `Failure` when there are too many."""
        return self._resource(key)[1]

    def _resource(self, key: tuple[str, str, str]) -> tuple[Node, list[Instance]]:
        if key in self._resources:
            known = self._resources[key]
            if known is None:
                raise Cycle(f"`{self.address_of(key)}` depends on itself")
            return known
        self._resources[key] = None
        declaration = self.configuration.resources[key]
        address = self.address_of(key)
        try:
            span = declaration.file.span(declaration.block.start, declaration.block.end)
            expansion = expand(declaration, Scope(self, declaration.file), address, span)
            made = {k: self._instance(declaration, address, slot, expansion) for k, slot in expansion.slots.items()}
            value = expansion.build({k: instance.value() for k, instance in made.items()})
        except BaseException:
            del self._resources[key]
            raise
        found = (value, list(made.values()))
        self._resources[key] = found
        return found

    def address_of(self, key: tuple[str, str, str]) -> str:
        """The absolute address without an instance key."""
        return f"{self.path}{'data.' if key[0] == 'data' else ''}{key[1]}.{key[2]}"

    def _instance(self, declaration: Declaration, address: str, slot: Slot, expansion: Expansion) -> Instance:
        scope = Scope(self, declaration.file, each=slot.each, index=slot.index)
        instance = Instance(self, declaration, address + slot.suffix, slot, expansion.may(slot), scope)
        scope.self_value = instance.value()
        return instance

    # -- providers --------------------------------------------------------------------------------------------

    def provider_of(self, declaration: Declaration, type_name: str) -> str:
        """The root's alias of the provider that a block uses; empty for the default one."""
        chosen = declaration.attribute("provider")
        local = type_name.partition("_")[0]
        if chosen is not None:
            local = provider_name(chosen.expr) or local
        return self.root_alias(local)

    def root_alias(self, local: str) -> str:
        """The alias in the root module that a local provider name stands for."""
        if local in self.providers:
            return self.providers[local]
        return local.partition(".")[2]

    def account_symbol(self, alias: str) -> str:
        """The name of the account's symbol; an alias with the default's credentials is the same account."""
        if not alias:
            return "account"
        root = self.root()
        declared = root.configuration.providers
        default, chosen = declared.get("aws"), declared.get(f"aws.{alias}")
        if chosen is not None and default is not None and root.credentials(chosen) == root.credentials(default):
            return "account"
        return f"account@{alias}"

    def credentials(self, provider: Declaration) -> str:
        """How a provider block authenticates, as written."""
        body = provider.body
        parts = [
            " ".join(provider.file.text[body.attributes[name].start : body.attributes[name].end].split())
            for name in sorted(body.attributes)
            if name not in ("region", "alias", "default_tags", "version", "max_retries", "ignore_tags")
        ]
        blocks = [b for b in body.blocks if b.type.startswith("assume_role")]
        return "\n".join([*parts, *(" ".join(provider.file.text[b.start : b.end].split()) for b in blocks)])

    def region(self, alias: str) -> Node:
        """The region of a provider: literal when the root says so, else a symbol."""
        root = self.root()
        name = f"region@{alias}" if alias else "region"
        provider = root.configuration.providers.get(f"aws.{alias}" if alias else "aws")
        unknown = symbol(name, Span(self.folder or ".", 1))
        if provider is None:
            return unknown
        written = provider.attribute("region")
        if written is None:
            return unknown
        value = root._attempt(written.expr, Scope(root, provider.file))
        return value if isinstance(value, Scalar) and isinstance(value.value, str) else unknown

    def root(self) -> Module:
        """The root module."""
        return self if self.parent is None else self.parent.root()

    # -- calls and outputs ------------------------------------------------------------------------------------

    def module_call(self, name: str) -> ModuleCall:
        """A module call, opened when it is first asked for; raises `Failure`."""
        if name in self._calls:
            known = self._calls[name]
            if known is None:
                raise Cycle(f"`{self.path}module.{name}` depends on itself")
            return known
        declaration = self.configuration.calls.get(name)
        if declaration is None:
            raise Failure(f"there is no module `{name}`")
        self._calls[name] = None
        try:
            call = open_call(self, name, declaration)
        except BaseException:
            del self._calls[name]
            raise
        self._calls[name] = call
        return call

    def output(self, name: str) -> Node | None:
        """The value of an output; None when there is no such output."""
        declaration = self.configuration.outputs.get(name)
        if declaration is None:
            return None
        value = declaration.attribute("value")
        if value is None:
            return Scalar(None, Span(self.folder, 1))
        made = self._once(
            ("output", name), f"{self.path}output.{name}",
            lambda: self._attempt(value.expr, Scope(self, declaration.file)),
        )  # fmt: skip
        return assume(made, self.decisions)


def _switches_off(value: Node) -> bool:
    """Whether a default can mean "not wanted": null, a truth value, zero, an empty string or collection."""
    match value:
        case Scalar():
            return not value.value or value.value is True
        case Sequence():
            return not value.items
        case Map():
            return not value.entries
        case _:
            return False


def provider_name(expr: Expr) -> str:
    """`aws` or `aws.alias` as written in a `provider` attribute; empty when it is something else."""
    if expr[0] == "name":
        return str(expr[3])
    if expr[0] == "str":
        return str(expr[3])
    if expr[0] == "attr" and expr[3][0] == "name":
        return f"{expr[3][3]}.{expr[4]}"
    return ""
