"""Which provider model answers for a resource type; adding a provider is one more row here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nhilint.model.node import Node

if TYPE_CHECKING:
    from nhilint.sources.terraform.instances import Instance


def computed(instance: Instance, name: str) -> Node | None:
    """An attribute that the provider computes by construction; None when only the cloud knows it."""
    if instance.type.startswith("aws_"):
        from nhilint.sources.terraform import data_aws, providers_aws

        model = data_aws if instance.mode == "data" else providers_aws
        return model.computed(instance, name)
    return None


def computed_names(mode: str, type_name: str) -> tuple[str, ...]:
    """The attributes that `computed` knows for a type."""
    if type_name.startswith("aws_"):
        from nhilint.sources.terraform import data_aws, providers_aws

        model = data_aws if mode == "data" else providers_aws
        return model.names(type_name)
    return ()
