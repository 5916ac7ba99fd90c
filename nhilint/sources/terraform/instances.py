"""Instances of resources and data sources: attributes on demand, and maps that evaluate only what is asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING

from nhilint.model.node import Encoded, Map, Node, Scalar, Unknown
from nhilint.sources.terraform.blocks import META_ATTRIBUTES, evaluate_blocks, nested_types
from nhilint.sources.terraform.evaluate import attempt
from nhilint.sources.terraform.providers import computed, computed_names
from nhilint.sources.terraform.regions import partition_of
from nhilint.sources.terraform.registry import Call
from nhilint.sources.terraform.values import Cycle, Failure, checked, is_null, known, symbol
from nhilint.sources.terraform.worlds import assume, lift, settle

if TYPE_CHECKING:
    from nhilint.model.span import Span
    from nhilint.sources.terraform.configuration import Declaration
    from nhilint.sources.terraform.expansion import Slot
    from nhilint.sources.terraform.modules import Module
    from nhilint.sources.terraform.scope import Scope


_NAMES = frozenset({"name", "role", "user", "group"})


class LazyEntries(Mapping[str, Node]):
    """The entries of an object that are computed when they are asked for."""

    __slots__ = ("_get", "_names")

    def __init__(self, get: Callable[[str], Node | None], names: Callable[[], list[str]]) -> None:
        self._get = get
        self._names = names

    def get(self, key: str, default: object = None) -> Node | None:  # type: ignore[override]
        """The value, or None when the object has no such attribute."""
        return self._get(key)

    def __getitem__(self, key: str) -> Node:
        found = self._get(key)
        if found is None:
            raise KeyError(key)
        return found

    def __iter__(self) -> Iterator[str]:
        return iter(self._names())

    def __len__(self) -> int:
        return len(self._names())


class Instance:
    """One instance of a resource or data source."""

    __slots__ = (
        "_memo",
        "address",
        "alias",
        "decisions",
        "declaration",
        "may",
        "mode",
        "module",
        "multiple",
        "scope",
        "slot",
        "span",
        "type",
    )

    def __init__(
        self, module: Module, declaration: Declaration, address: str, slot: Slot, may: tuple[str, ...], scope: Scope
    ) -> None:
        self.module = module
        self.declaration = declaration
        self.mode, self.type = declaration.block.type, declaration.block.labels[0]
        self.address = address
        self.slot = slot
        self.may = may
        self.decisions = {**module.decisions, **slot.decisions()}
        self.multiple = slot.multiple
        self.scope = scope
        self.alias = module.provider_of(declaration, self.type)
        block = declaration.block
        self.span: Span = declaration.file.span(block.start, block.end)
        self._memo: dict[str, Node | None] = {}

    def value(self) -> Map:
        """The object that a reference to the instance gives."""
        return Map(LazyEntries(self.get, self.names), self.span, self.address)

    def names(self) -> list[str]:
        """The attributes that are known by name: what the author set, and what is computed by construction."""
        body = self.declaration.body
        written = [name for name in body.attributes if name not in META_ATTRIBUTES]
        return list(dict.fromkeys([*written, *nested_types(body, top=True), *computed_names(self.mode, self.type)]))

    def get(self, name: str) -> Node:
        """One attribute: as written, else computed by construction, else a symbol named by its address."""
        if name in self._memo:
            known = self._memo[name]
            if known is None:
                raise Cycle(f"`{self.address}.{name}` depends on itself")
            return known
        self._memo[name] = None
        program = self.module.program
        strict, program.strict = program.strict, 0
        try:
            found = self._get(name)
        except Cycle:
            del self._memo[name]
            raise
        finally:
            program.strict = strict
        self._memo[name] = found
        return found

    def _get(self, name: str) -> Node:
        found = self._by_itself(name)
        elsewhere = self.module.program.options.known
        if elsewhere is None or isinstance(found, Encoded) or known(found):
            return found
        return elsewhere(self.address, name) or found

    def _by_itself(self, name: str) -> Node:
        found = self.written(name)
        if found is None or is_null(found) or (name == "name" and isinstance(found, Scalar) and found.value == ""):
            try:
                by_construction = computed(self, name)
            except Failure as problem:
                return Unknown(f"{self.address}.{name}", problem.message, self.span)
            if by_construction is not None:
                return by_construction
        if found is None:
            return symbol(f"{self.address}.{name}", self.span)
        return found

    def written(self, name: str) -> Node | None:
        """What the author wrote for an attribute or nested block; None when nothing."""
        body = self.declaration.body
        attribute = body.attributes.get(name)
        if attribute is not None:
            value = attempt(attribute.expr, self.scope)
            if isinstance(value, Unknown) and self.may:
                # It exists only where something is switched on: then what belongs to it is set as well.
                value = attempt(attribute.expr, self.scope.opened())
            if name in _NAMES and isinstance(value, Scalar) and value.value == "":
                # Nothing has an empty name: whoever uses the module sets what its defaults leave out.
                value = attempt(attribute.expr, self.scope.opened())
            return self._measured(name, value)
        if name in nested_types(body, top=True):
            return self._measured(name, evaluate_blocks(body, name, self.span, self.scope, self.address))
        return None

    def opened(self, name: str) -> Node | None:
        """What the author wrote for a nested block, with the variables open that only a default switches off."""
        body = self.declaration.body
        if name not in nested_types(body, top=True):
            return None
        return self._measured(name, evaluate_blocks(body, name, self.span, self.scope.opened(), self.address))

    def _measured(self, name: str, value: Node) -> Node:
        try:
            return assume(settle(assume(checked(value), self.decisions)), self.decisions)
        except Failure as problem:
            return Unknown(f"{self.address}.{name}", problem.message, value.span)

    def account(self) -> str:
        """The name of the account's symbol."""
        return self.module.account_symbol(self.alias)

    def region(self) -> Node:
        """The region, literal or a symbol."""
        return self.module.region(self.alias)

    def partition(self) -> str:
        """The AWS partition: that of the region, when the region is known."""
        region = self.region()
        default = self.module.program.options.partition
        return partition_of(region.value, default) if isinstance(region, Scalar) else default

    def call(self, function: str, args: list[Node]) -> Node | None:
        """The result of a built-in function in the place of the block."""
        from nhilint.sources.terraform.functions import table

        call = Call(function, self.span, self.scope)
        return lift(lambda values: table()[function].run(call, values), args, self.span)

    def body(self) -> Map:
        """Everything, for a document."""
        entries: dict[str, Node] = {}
        for name in self.names():
            try:
                entries[name] = self.get(name)
            except Cycle as problem:
                entries[name] = Unknown(f"{self.address}.{name}", problem.message, self.span)
        return Map(entries, self.span)
