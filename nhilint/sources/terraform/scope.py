"""Where an expression stands: its file, its module, and the names that are bound around it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nhilint.model.node import Node

if TYPE_CHECKING:
    from nhilint.sources.terraform.modules import Module
    from nhilint.sources.terraform.syntax import SourceFile


class Scope:
    """Bindings for one expression; `bind` gives an inner scope and never changes this one."""

    __slots__ = ("depth", "each", "file", "index", "module", "names", "self_value")

    def __init__(
        self,
        module: Module,
        file: SourceFile,
        *,
        names: dict[str, Node] | None = None,
        each: tuple[Node, Node] | None = None,
        index: Node | None = None,
        depth: int = 0,
    ) -> None:
        self.module = module
        self.file = file
        self.names: dict[str, Node] = names or {}
        self.each = each
        self.index = index
        self.self_value: Node | None = None
        self.depth = depth

    def bind(self, names: dict[str, Node]) -> Scope:
        """The same scope with more names."""
        inner = Scope(
            self.module, self.file, names={**self.names, **names}, each=self.each, index=self.index, depth=self.depth
        )
        inner.self_value = self.self_value
        return inner

    def opened(self) -> Scope:
        """The same scope in the opened module."""
        twin = Scope(
            self.module.opened(), self.file, names=self.names, each=self.each, index=self.index, depth=self.depth
        )
        twin.self_value = self.self_value
        return twin
