"""What a plan says about its configuration: which provider a block uses, and to what an expression refers.

A plan carries no expressions, only the references in them. Followed here are those that stand alone; what an
expression does with several, or with one, is hidden.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from nhilint.sources.terraform.plan_file import Json, PlanFile

_KEY = re.compile(r'\[(?:-?\d+|"(?:[^"\\]|\\.)*")\]')
_STEP = re.compile(r'module\.([^.\[]+)((?:\[(?:-?\d+|"(?:[^"\\]|\\.)*")\])?)\.')
_OUTPUT = re.compile(r'module\.([^.\[]+)((?:\[(?:-?\d+|"(?:[^"\\]|\\.)*")\])?)\.([^.\[]+)$')
_DEPTH = 24
_APART = ("region", "alias", "default_tags", "version", "max_retries", "ignore_tags")
"""Arguments of a provider that do not say whose account it is."""


def without_keys(address: str) -> str:
    """An address without instance keys."""
    return _KEY.sub("", address)


def module_of(address: str) -> str:
    """The module's part of an address, with a trailing dot; empty in the root."""
    end = 0
    while (step := _STEP.match(address, end)) is not None:
        end = step.end()
    return address[:end]


@dataclass(frozen=True, slots=True)
class Target:
    """What an expression refers to, and in which module instance that stands."""

    module: str
    reference: str
    """`data.aws_iam_policy_document.d.json`, `var.name` of the root, `each.key`, …"""


@dataclass(frozen=True, slots=True)
class Constant:
    """An expression that is a value."""

    value: Any


class PlanConfiguration:
    """The configuration of one plan, by address."""

    def __init__(self, plan: PlanFile) -> None:
        self._providers = plan.providers
        self._modules: dict[str, Json] = {}
        self._blocks: dict[str, Json] = {}
        self._enter(plan.configuration, "")
        self.addresses = frozenset(self._blocks)

    def _enter(self, module: Json, prefix: str) -> None:
        self._modules[prefix] = module
        for block in module.get("resources") or ():
            self._blocks[prefix + block["address"]] = block
        for name, call in (module.get("module_calls") or {}).items():
            self._enter(call.get("module") or {}, f"{prefix}module.{name}.")

    def expression(self, address: str, route: tuple[str | int, ...]) -> Any:
        """The expression of an attribute, inside blocks by their position; None where nothing is said."""
        found: Any = self._blocks.get(without_keys(address), {}).get("expressions") or {}
        for step in route:
            if isinstance(found, Mapping) and ("references" in found or "constant_value" in found):
                break
            if isinstance(step, str) and isinstance(found, list) and len(found) == 1:
                found = found[0]
            if isinstance(step, int):
                found = found[step] if isinstance(found, list) and 0 <= step < len(found) else None
            else:
                found = found.get(step) if isinstance(found, Mapping) else None
            if found is None:
                return None
        return found

    def configures(self, address: str, name: str) -> bool:
        """Whether the configuration sets an attribute of a block."""
        return name in (self._blocks.get(without_keys(address), {}).get("expressions") or {})

    def targets(self, address: str, expression: Any) -> list[Target | Constant]:
        """What an expression in a block refers to, each reference followed as long as it stands alone."""
        return self._follow(module_of(address), expression, 0)

    def repeated(self, address: str, module: str) -> list[Target | Constant]:
        """What `for_each` refers to: of a block, or of the call of a module that it lies in."""
        if module == module_of(address):
            return self.targets(address, self._blocks.get(without_keys(address), {}).get("for_each_expression"))
        call = re.match(r"module\.([^.\[]+)", address[len(module) :])
        calls = self._modules.get(without_keys(module), {}).get("module_calls") or {}
        return self._follow(module, (calls.get(call[1]) or {}).get("for_each_expression"), 0) if call else []

    def _follow(self, module: str, expression: Any, depth: int) -> list[Target | Constant]:
        if not isinstance(expression, Mapping) or depth > _DEPTH:
            return []
        if "constant_value" in expression:
            return [Constant(expression["constant_value"])]
        references = whole(expression.get("references") or ())
        if len(references) != 1:
            return [Target(module, one) for one in references]
        (reference,) = references
        beyond = self._beyond(module, reference)
        if beyond is None:
            return [Target(module, reference)]
        return self._follow(beyond[0], beyond[1], depth + 1) or [Target(module, reference)]

    def _beyond(self, module: str, reference: str) -> tuple[str, Any] | None:
        """The expression that a variable of a module or an output stands for."""
        if reference.startswith("var.") and module:
            name = reference.removeprefix("var.")
            outer = module_of(module[: module.rstrip(".").rindex("module.")])
            call = re.match(r"module\.([^.\[]+)", module[len(outer) :])
            given = self._modules.get(without_keys(outer), {}).get("module_calls") or {}
            written = (given.get(call[1]) or {}).get("expressions") or {} if call else {}
            return (outer, written[name]) if name in written else None
        output = _OUTPUT.match(reference)
        if output is not None:
            inner = f"{module}module.{output[1]}{output[2]}."
            declared = (self._modules.get(without_keys(inner), {}).get("outputs") or {}).get(output[3])
            return (inner, declared.get("expression")) if declared else None
        return None

    def alias(self, address: str) -> str:
        """The alias of the provider that a block uses; empty for the default one."""
        return self._key(address).rpartition(":")[2].partition(".")[2]

    def _key(self, address: str) -> str:
        return str(self._blocks.get(without_keys(address), {}).get("provider_config_key") or "")

    def account(self, address: str) -> str:
        """The name of the account's symbol; an alias with the default's credentials is the same account."""
        alias = self.alias(address)
        if not alias:
            return "account"
        chosen, default = self._providers.get(f"aws.{alias}"), self._providers.get("aws")
        if chosen is not None and default is not None and _credentials(chosen) == _credentials(default):
            return "account"
        return f"account@{alias}"

    def region(self, address: str) -> tuple[str, list[Target | Constant]]:
        """The name of the region's symbol, and what the provider's region refers to."""
        alias, key = self.alias(address), self._key(address)
        written = (self._providers.get(key, {}).get("expressions") or {}).get("region")
        module = f"{key.rpartition(':')[0]}." if ":" in key else ""
        return (f"region@{alias}" if alias else "region"), self._follow(module, written, 0)


def whole(references: Any) -> list[str]:
    """References without those that are only the beginning of another, which the plan lists beside it."""
    given = [str(one) for one in references]
    return list(dict.fromkeys(one for i, one in enumerate(given) if not _begins(one, given[i - 1] if i else "")))


def _begins(shorter: str, longer: str) -> bool:
    return longer.startswith((shorter + ".", shorter + "["))


def _credentials(provider: Json) -> Iterator[tuple[str, Any]] | list[tuple[str, Any]]:
    expressions = provider.get("expressions") or {}
    return [(name, expressions[name]) for name in sorted(expressions) if name not in _APART]
