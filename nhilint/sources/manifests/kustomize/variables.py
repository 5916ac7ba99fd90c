"""Variables: `$(NAME)` in the fields that may hold one, replaced by the value of a field of an object."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from nhilint.model.node import Map, Node, Scalar
from nhilint.model.node import Sequence as ListNode
from nhilint.model.node import scalar_text as text
from nhilint.model.span import Span
from nhilint.sources.manifests.kustomize.config import Config, Target
from nhilint.sources.manifests.kustomize.errors import KustomizeError
from nhilint.sources.manifests.kustomize.references import Problem
from nhilint.sources.manifests.kustomize.replacements import lookup
from nhilint.sources.manifests.kustomize.resources import CLUSTER, Resource
from nhilint.sources.manifests.kustomize.scopes import is_cluster_scoped
from nhilint.sources.manifests.kustomize.transforms import apply_fields
from nhilint.sources.manifests.kustomize.values import MAX_TEXT, child

_REFERENCE = re.compile(r"\$(?:(\$)|\(([^)]*)\)|(.?))", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Variable:
    """A name, and the field of an object that it stands for."""

    name: str
    path: str
    span: Span


def declare(row: Map, resources: Sequence[Resource], known: list[Variable]) -> None:
    """One element of `vars`; the object it means is marked."""
    name, meant = text(row.get("name")), row.get("objref")
    group, slash, version = text(child(meant, "apiVersion")).rpartition("/")
    namespace = text(child(meant, "namespace"))
    kind = text(child(meant, "kind"))
    target = Target(kind, group if slash else text(child(meant, "group")), version or text(child(meant, "version")))
    place = CLUSTER if is_cluster_scoped(text(child(meant, "apiVersion")), kind) else namespace
    found = [
        one
        for one in resources
        if any(
            (i.kind, i.group, i.version) == tuple(target)
            and i.name == text(child(meant, "name"))
            and place in ("", i.namespace)
            for i in one.ids
        )
    ]
    if len(found) > 1:
        raise KustomizeError(f"the variable `{name}` may mean several objects", span=row.span)
    for one in found:
        one.variables = (*one.variables, name)
    add([Variable(name, text(child(row, "fieldref", "fieldPath")) or "metadata.name", row.span)], known)


def add(more: Sequence[Variable], known: list[Variable]) -> None:
    """More variables; each name stands once."""
    for variable in more:
        if any(variable.name == other.name for other in known):
            raise KustomizeError(f"the variable `{variable.name}` is there already", span=variable.span)
        known.append(variable)


def resolve(resources: Sequence[Resource], known: Sequence[Variable], config: Config, problem: Problem) -> None:
    """Every variable, in every field that may hold one."""
    values: dict[str, Scalar] = {}
    for variable in known:
        holder = next((one for one in resources if variable.name in one.variables), None)
        value = lookup(holder.body, variable.path) if holder is not None else None
        if isinstance(value, Scalar):
            values[variable.name] = value
        else:
            why = f"the variable `{variable.name}` stands for `{variable.path}` of an object that is not there"
            problem(KustomizeError(why, span=variable.span))

    def change(node: Node) -> Node:
        match node:
            case Scalar(value=str()):
                return _replaced(node, values)
            case Map():
                return replace(node, entries={key: _one(value, values) for key, value in node.entries.items()})
            case ListNode():
                return replace(node, items=tuple(_one(item, values) for item in node.items))
            case _:
                return node

    for one in resources if values else ():
        for field in config.variables:
            try:
                apply_fields(one, (field,), change, None)
            except KustomizeError as error:
                problem(error)


def _one(node: Node, values: dict[str, Scalar]) -> Node:
    return _replaced(node, values) if isinstance(node, Scalar) and isinstance(node.value, str) else node


def _replaced(node: Scalar, values: dict[str, Scalar]) -> Node:
    written = str(node.value)
    if "$" not in written:
        return node
    if written.startswith("$(") and written.find(")") == len(written) - 1 and written[2:-1] in values:
        # Alone, it keeps its type.
        return Scalar(values[written[2:-1]].value, node.span)

    def instead(match: re.Match[str]) -> str:
        if match[1]:
            return "$"
        if match[2] is None:
            return match[0]
        return text(values[match[2]]) if match[2] in values else match[0]

    longest = max(len(text(value)) for value in values.values())
    if len(written) + written.count("$(") * longest > MAX_TEXT:
        raise KustomizeError(f"variables make a string of more than {MAX_TEXT} letters", span=node.span)
    return Scalar(_REFERENCE.sub(instead, written), node.span)
