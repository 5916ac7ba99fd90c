"""A Terraform plan (`terraform show -json`) to documents: known values from the plan, the rest from source.

https://developer.hashicorp.com/terraform/internals/json-format
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, Literal

from nhilint.model.document import Document
from nhilint.model.errors import NhilintError
from nhilint.model.facts import Moved, Unresolved
from nhilint.model.node import Map, Node, Sequence, Unknown
from nhilint.model.span import Span
from nhilint.sources.terraform.providers import computed, computed_names
from nhilint.sources.terraform.result import TerraformResult
from nhilint.sources.terraform.values import Cycle, is_null, node_of, symbol
from nhilint.sources.terraform.wanted import wanted

Side = Literal["before", "after"]
Json = Mapping[str, Any]


class PlanError(NhilintError):
    """A file that is not a plan nhilint reads."""


def load_plan(path: str, text: str, source: TerraformResult | None = None, side: Side = "after") -> TerraformResult:
    """The resources of a plan, before or after it is applied; raises `PlanError` when the file is not one.

    A value that is known only after apply is taken from `source` at the same address, else by construction, else from
    the one attribute it refers to; what is left is `Unknown`.
    """
    plan = _read(path, text)
    world = _World(path, plan, source, side)
    documents = tuple(
        instance.document() for instance in world.instances.values() if wanted(instance.mode, instance.type)
    )
    unresolved: list[Unresolved] = []
    if plan.get("errored"):
        why = "planning failed, so it does not show every change"
        unresolved.append(Unresolved(what=f"plan `{path}`", why=why, span=Span(path, 1), cause="plan"))
    if source is not None:
        unresolved += [u for u in source.unresolved if u.cause not in ("remote-module", "unknown-value")]
    return TerraformResult(documents=documents, unresolved=tuple(unresolved), moved=tuple(_moved(plan, world, path)))


def _read(path: str, text: str) -> Json:
    help = "write it with `terraform show -json PLANFILE > plan.json`"
    try:
        plan = json.loads(text)
    except (ValueError, RecursionError) as problem:
        raise PlanError(f"`{path}` is not JSON: {problem}", span=Span(path, 1), help=help) from None
    if not isinstance(plan, dict) or "format_version" not in plan or "planned_values" not in plan:
        raise PlanError(f"`{path}` is not a Terraform plan in JSON", span=Span(path, 1), help=help)
    if str(plan["format_version"]).partition(".")[0] not in ("0", "1"):
        raise PlanError(f"plan format {plan['format_version']} is not known to nhilint", span=Span(path, 1), help=help)
    return plan


def _moved(plan: Json, world: _World, path: str) -> Iterator[Moved]:
    for change in plan.get("resource_changes") or ():
        if change.get("previous_address"):
            yield Moved(
                root=world.root, source=change["previous_address"], target=change["address"], span=Span(path, 1)
            )


def is_plan(text: str) -> bool:
    """Whether a JSON text looks like a plan, without parsing it."""
    return '"format_version"' in text[:2000] and '"planned_values"' in text


class _World:
    """Every resource instance on one side of a plan."""

    def __init__(self, path: str, plan: Json, source: TerraformResult | None, side: Side) -> None:
        self.path = path
        self.sources = {d.address: d for d in (source.documents if source else ())}
        roots = {d.root for d in self.sources.values()}
        self.root = roots.pop() if len(roots) == 1 else ""
        self.configuration = dict(_configured(plan.get("configuration", {}).get("root_module", {}), ""))
        self.instances: dict[str, _Planned] = {}
        for resource in _resources(plan.get("prior_state", {}).get("values", {}).get("root_module", {})):
            if resource.get("mode") == "data":
                self._add(resource, resource.get("values") or {}, {})
        for change in plan.get("resource_changes") or ():
            values = change.get("change", {}).get(side)
            if isinstance(values, dict):
                unknown = change["change"].get("after_unknown") if side == "after" else None
                self._add(change, values, unknown if isinstance(unknown, dict) else {})

    def _add(self, resource: Json, values: Json, unknown: Json) -> None:
        instance = _Planned(self, resource, values, unknown)
        self.instances[instance.address] = instance

    def source_of(self, address: str) -> Document | None:
        """The source's document: of the same instance, or the symbolic one that stands for it."""
        found = self.sources.get(address)
        return found if found is not None else self.sources.get(without_keys(address))


def without_keys(address: str) -> str:
    """An address without instance keys."""
    return re.sub(r'\[(?:\d+|"(?:[^"\\]|\\.)*")\]', "", address)


def _resources(module: Json) -> Iterator[Json]:
    yield from module.get("resources") or ()
    for child in module.get("child_modules") or ():
        yield from _resources(child)


def _configured(module: Json, prefix: str) -> Iterator[tuple[str, Json]]:
    for resource in module.get("resources") or ():
        yield prefix + resource["address"], resource.get("expressions") or {}
    for name, call in (module.get("module_calls") or {}).items():
        yield from _configured(call.get("module") or {}, f"{prefix}module.{name}.")


class _Planned:
    """One resource instance of a plan, as the provider models see it."""

    def __init__(self, world: _World, resource: Json, values: Json, unknown: Json) -> None:
        self.world = world
        self.mode = "data" if resource.get("mode") == "data" else "resource"
        self.type = str(resource["type"])
        self.address = str(resource["address"])
        self.alias = ""
        self.values = values
        self.unknown = unknown
        self.source = world.source_of(self.address)
        self.span = self.source.span if self.source else Span(world.path, 1)
        self._memo: dict[str, Node | None] = {}

    def account(self) -> str:
        """The plan does not say which account; the same symbol as in source."""
        return "account"

    def region(self) -> Node:
        """The region as a symbol."""
        return symbol("region", self.span)

    def partition(self) -> str:
        """The AWS partition."""
        return "aws"

    def written(self, name: str) -> Node | None:
        """The planned value when it is known."""
        if name not in self.values:
            return None
        place = self.source.body.get(name) if self.source else None
        return self._node(self.values[name], self.unknown.get(name), place, name)

    def opened(self, name: str) -> Node | None:
        """A plan has its values: nothing is left open."""
        return self.written(name)

    def get(self, name: str) -> Node:
        """One attribute, from the plan, from source, or by construction."""
        if name in self._memo:
            known = self._memo[name]
            if known is None:
                raise Cycle(f"`{self.address}.{name}` depends on itself")
            return known
        self._memo[name] = None
        self._memo[name] = found = self._get(name)
        return found

    def _get(self, name: str) -> Node:
        if self.unknown.get(name) is not True:
            found = self.written(name)
            if found is not None and not is_null(found):
                return found
        by_source = self.source.body.get(name) if self.source else None
        if by_source is not None and self.unknown.get(name) is True:
            return by_source
        by_construction = computed(self, name)
        if by_construction is not None:
            return by_construction
        if self.unknown.get(name) is True:
            return self._referred(name)
        return self.written(name) or symbol(f"{self.address}.{name}", self.span)

    def _referred(self, name: str) -> Node:
        """What the attribute refers to, when it is nothing but one reference to another resource."""
        expressions = self.world.configuration.get(without_keys(self.address), {})
        expression = expressions.get(name) if isinstance(expressions, Mapping) else None
        if expression is None:
            return symbol(f"{self.address}.{name}", self.span)
        references = expression.get("references", []) if isinstance(expression, Mapping) else []
        targets = [one for one in references if not any(other != one and other.startswith(one) for other in references)]
        if len(targets) == 1 and name != "policy":
            address, _, attribute = targets[0].rpartition(".")
            target = self.world.instances.get(self._module() + address)
            if target is not None:
                return target.get(attribute)
            return symbol(self._module() + targets[0], self.span)
        shown = ", ".join(references[:6])
        return Unknown(f"{self.address}.{name}", f"it is known only after apply; it depends on {shown}", self.span)

    def _module(self) -> str:
        at = self.address.find(f"{'data.' if self.mode == 'data' else ''}{self.type}.")
        return self.address[:at] if at > 0 else ""

    def _node(self, value: Any, unknown: Any, place: Node | None, route: str) -> Node:
        """A planned value as a node; unknown parts inside become symbols, places come from source where it agrees."""
        span = place.span if place is not None else self.span
        if unknown is True:
            return place if place is not None else symbol(f"{self.address}.{route}", span)
        if isinstance(value, list):
            inner = unknown if isinstance(unknown, list) else []
            places = place.items if isinstance(place, Sequence) and len(place.items) == len(value) else ()
            count = max(len(value), len(inner))
            return Sequence(
                tuple(
                    self._node(
                        value[i] if i < len(value) else None,
                        inner[i] if i < len(inner) else None,
                        places[i] if i < len(places) else None,
                        f"{route}[{i}]",
                    )
                    for i in range(count)
                ),
                span,
            )
        if isinstance(value, dict):
            hidden = unknown if isinstance(unknown, dict) else {}
            entries = place.entries if isinstance(place, Map) else {}
            keys = [*value, *(key for key, state in hidden.items() if key not in value and state)]
            return Map({k: self._node(value.get(k), hidden.get(k), entries.get(k), f"{route}.{k}") for k in keys}, span)
        return node_of(value, span)

    def document(self) -> Document:
        """The instance as a document."""
        names = dict.fromkeys([*self.values, *(name for name, state in self.unknown.items() if state is True)])
        entries: dict[str, Node] = {}
        for name in [*names, *computed_names(self.mode, self.type)]:
            try:
                entries[name] = self.get(name)
            except Cycle as problem:
                entries[name] = Unknown(f"{self.address}.{name}", problem.message, self.span)
        body = Map(entries, self.span)
        if self.source is not None:
            return replace(self.source, address=self.address, body=body, may=(), multiple="")
        return Document(
            language="terraform", kind=self.mode, type=self.type, address=self.address, root=self.world.root,
            body=body, span=self.span,
        )  # fmt: skip
