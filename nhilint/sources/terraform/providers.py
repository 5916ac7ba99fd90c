"""Which provider model answers for a resource type; adding a provider is one more row here."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from nhilint.model.node import Node
from nhilint.model.span import Span
from nhilint.sources.terraform import data_local


class Described(Protocol):
    """An instance of a resource or data source, as the provider models see it."""

    mode: str
    type: str
    address: str
    alias: str
    span: Span

    def get(self, name: str) -> Node:
        """One attribute: written, computed, or a symbol."""
        ...

    def written(self, name: str) -> Node | None:
        """What the author wrote; None when nothing."""
        ...

    def opened(self, name: str) -> Node | None:
        """The same with the variables open that only a default switches off."""
        ...

    def account(self) -> str:
        """The name of the account's symbol."""
        ...

    def region(self) -> Node:
        """The region, literal or a symbol."""
        ...

    def partition(self) -> str:
        """The AWS partition."""
        ...

    def call(self, function: str, args: list[Node]) -> Node | None:
        """The result of a built-in function in the instance's place; None where there is no such place (a plan)."""
        ...


def _model(
    mode: str, type_name: str
) -> tuple[Callable[[Described, str], Node | None], Callable[[str], tuple[str, ...]]]:
    from nhilint.sources.terraform import data_aws, providers_aws

    if mode == "data":
        return data_aws.computed, data_aws.names
    return providers_aws.computed, providers_aws.names


def computed(instance: Described, name: str) -> Node | None:
    """An attribute that the provider computes by construction; None when only the cloud knows it."""
    if instance.mode == "data" and instance.type in data_local.NAMES:
        return data_local.computed(instance, name)
    if instance.type.startswith("aws_"):
        return _model(instance.mode, instance.type)[0](instance, name)
    return None


def computed_names(mode: str, type_name: str) -> tuple[str, ...]:
    """The attributes that `computed` knows for a type."""
    if mode == "data" and type_name in data_local.NAMES:
        return data_local.names(type_name)
    return _model(mode, type_name)[1](type_name) if type_name.startswith("aws_") else ()
