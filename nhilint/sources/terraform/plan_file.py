"""The JSON that `terraform show -json` writes for a plan or a state, read and checked; interprets no resource.

https://developer.hashicorp.com/terraform/internals/json-format
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from nhilint.model.errors import NhilintError
from nhilint.model.span import Span

Side = Literal["before", "after"]
Json = Mapping[str, Any]
_MAJOR = ("0", "1")
_HELP = "write it with `terraform show -json PLANFILE > plan.json` (OpenTofu: `tofu show -json`)"
_NOTHING: Json = {}


class PlanError(NhilintError):
    """A file that is not a plan nhilint reads."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Object:
    """One instance of a resource or data source on one side of a plan."""

    resource: Json
    """What says address, mode, type, index, …"""
    values: Json
    unknown: Json = field(default_factory=dict)
    """Beside each value: whether it is known only after apply."""
    sensitive: Json = field(default_factory=dict)
    """Beside each value: whether it must not be shown."""

    @property
    def address(self) -> str:
        """The address in the configuration."""
        return str(self.resource["address"])

    def name(self, side: Side) -> str:
        """The address on one side: before the apply it may be another, or an object that is only left over."""
        if side == "before" and self.resource.get("previous_address"):
            return str(self.resource["previous_address"])
        deposed = self.resource.get("deposed") or self.resource.get("deposed_key")
        return f"{self.address} (deposed {deposed})" if deposed else self.address


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanFile:
    """A plan, or a state: then both sides are the same and there is no configuration."""

    path: str
    content: Json

    @property
    def is_state(self) -> bool:
        """Whether it is a state."""
        return _is_state(self.content)

    @property
    def configuration(self) -> Json:
        """The root module's configuration."""
        return _map(_map(self.content, "configuration"), "root_module")

    @property
    def providers(self) -> Json:
        """The provider configurations by key."""
        return _map(_map(self.content, "configuration"), "provider_config")

    def variables(self) -> dict[str, Any]:
        """The values of the root's variables; those that must not be shown are left out."""
        declared = _map(self.configuration, "variables")
        given = _map(self.content, "variables")
        return {
            name: one["value"]
            for name, one in given.items()
            if isinstance(one, Mapping) and "value" in one and not _map(declared, name).get("sensitive")
        }

    def secrets(self) -> dict[str, str]:
        """The strings that must not be shown, with the name of the variable that holds each."""
        declared = _map(self.configuration, "variables")
        given = _map(self.content, "variables")
        return {
            text: f"var.{name}"
            for name, one in given.items()
            if _map(declared, name).get("sensitive") and isinstance(one, Mapping)
            for text in _strings(one.get("value"))
        }

    def changes(self) -> Iterator[Json]:
        """The planned changes."""
        return (one for one in self.content.get("resource_changes") or () if isinstance(one.get("change"), Mapping))

    def objects(self, side: Side) -> Iterator[Object]:
        """Everything that exists on one side. What the plan does not touch exists on both."""
        if self.is_state:
            yield from map(_stored, _resources(_map(_map(self.content, "values"), "root_module")))
            return
        changed = {(one["address"], one.get("deposed")) for one in self.changes()}
        prior = _map(_map(_map(self.content, "prior_state"), "values"), "root_module")
        moved = {one["previous_address"] for one in self.changes() if one.get("previous_address")}
        for resource in _resources(prior):
            if (resource["address"], resource.get("deposed_key")) not in changed and resource["address"] not in moved:
                yield _stored(resource)
        for one in self.changes():
            found = _changed(one, side)
            if found is not None:
                yield found

    def notes(self) -> Iterator[str]:
        """Why the plan does not show everything."""
        if self.content.get("errored"):
            yield "planning failed, so it does not show every change"
        elif self.content.get("complete") is False and not self.is_state:
            yield "it is not complete (`-target`, or actions that were put off), so it does not show every change"
        for one in self.content.get("deferred_changes") or ():
            change = one.get("resource_change") or _NOTHING
            yield f"the change of `{change.get('address', '?')}` is put off ({one.get('reason', 'no reason given')})"


def _changed(one: Json, side: Side) -> Object | None:
    change = one["change"]
    # An object that Terraform only forgets goes on existing, with all that it grants.
    forgotten = "forget" in (change.get("actions") or ())
    which = "before" if forgotten else side
    values = change.get(which)
    if not isinstance(values, Mapping):
        return None
    unknown = change.get("after_unknown") if which == "after" else None
    sensitive = change.get(f"{which}_sensitive")
    return Object(
        resource=one,
        values=values,
        unknown=unknown if isinstance(unknown, Mapping) else {},
        sensitive=sensitive if isinstance(sensitive, Mapping) else dict.fromkeys(values, True) if sensitive else {},
    )


def _stored(resource: Json) -> Object:
    return Object(
        resource=resource, values=_map(resource, "values"), sensitive=_map(resource, "sensitive_values")
    )  # fmt: skip


def _resources(module: Json) -> Iterator[Json]:
    yield from module.get("resources") or ()
    for child in module.get("child_modules") or ():
        yield from _resources(child)


def _map(value: Json, name: str) -> Json:
    found = value.get(name)
    return found if isinstance(found, Mapping) else _NOTHING


def _strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        if value:
            yield value
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from _strings(item)
    elif isinstance(value, list):
        for item in value:
            yield from _strings(item)


def _is_state(content: Json) -> bool:
    return "values" in content and "planned_values" not in content and "resource_changes" not in content


def read_plan(path: str, text: str) -> PlanFile:
    """The plan or state in a JSON text; raises `PlanError` when it is neither."""
    span = Span(path, 1)
    try:
        content = json.loads(text)
    except (ValueError, RecursionError) as problem:
        if text.lstrip().startswith('{"@level"'):
            raise _log(path) from None
        raise PlanError(f"`{path}` is not JSON: {problem}", span=span, help=_HELP) from None
    if isinstance(content, dict) and "@level" in content:
        raise _log(path)
    if isinstance(content, dict) and "lineage" in content and "serial" in content:
        help = "write it with `terraform show -json STATEFILE > state.json`"
        raise PlanError(f"`{path}` is a state as Terraform keeps it", span=span, help=help)
    known = isinstance(content, dict) and "format_version" in content
    if not known or not ("planned_values" in content or "resource_changes" in content or _is_state(content)):
        raise PlanError(f"`{path}` is not a Terraform plan in JSON", span=span, help=_HELP)
    if str(content["format_version"]).partition(".")[0] not in _MAJOR:
        why = f"plan format {content['format_version']} is not known to nhilint"
        raise PlanError(why, span=span, help="a newer nhilint may know it")
    return PlanFile(path=path, content=content)


def _log(path: str) -> PlanError:
    help = "save the plan with `terraform plan -out=PLANFILE`, then `terraform show -json PLANFILE > plan.json`"
    return PlanError(f"`{path}` is the log of `terraform plan -json`, not a plan", span=Span(path, 1), help=help)


def looks_like_plan(head: bytes) -> bool:
    """Whether the beginning of a file may be that of a plan or a state in JSON."""
    return (
        b'"format_version"' in head
        or (b'"lineage"' in head and b'"serial"' in head)
        or head.lstrip().startswith(b'{"@level"')
    )


def refuse_binary(path: str, head: bytes) -> None:
    """Raises `PlanError` for a plan file as `terraform plan -out` writes it."""
    if head.startswith(b"PK\x03\x04"):
        help = f"convert it in the folder of the configuration: `terraform show -json {path} > plan.json`"
        raise PlanError(f"`{path}` is a binary plan file", help=help)
