"""Data sources that ask no cloud: rendered templates, files of the tree, values handed through."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nhilint.model.node import Encoded, Map, Node, Scalar
from nhilint.sources.terraform import kubectl
from nhilint.sources.terraform.values import encoded_text, is_null

if TYPE_CHECKING:
    from nhilint.sources.terraform.providers import Described

NAMES: dict[str, tuple[str, ...]] = {
    "template_file": ("rendered",),
    "local_file": ("content",),
    "null_data_source": ("outputs",),
    kubectl.DOCUMENTS: ("documents", "manifests"),
}


def names(type_name: str) -> tuple[str, ...]:
    """The attributes known by construction."""
    return NAMES.get(type_name, ())


def computed(instance: Described, name: str) -> Node | None:
    """An attribute by construction, or None."""
    match instance.type, name:
        case "template_file", "rendered":
            return _rendered(instance)
        case "local_file", "content":
            written = instance.written("filename")
            return None if written is None else instance.call("file", [written])
        case "null_data_source", "outputs":
            return instance.written("inputs")
        case kubectl.DOCUMENTS, _:
            content = instance.written("content")
            return None if content is None else kubectl.computed(content, name, instance.span)
        case _:
            return None


def _rendered(instance: Described) -> Node | None:
    template, variables = instance.written("template"), instance.written("vars")
    if template is None or is_null(template):
        return None
    if isinstance(template, Encoded):
        template = encoded_text(template)
    given = variables if isinstance(variables, Map) else Map({}, instance.span)
    return instance.call("templatestring", [template, given]) if isinstance(template, Scalar) else None
