"""One resource instance of a plan, as the provider models see it: from the plan, from source, by construction."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Protocol

from nhilint.model.document import Document
from nhilint.model.node import Map, Node, Scalar, Unknown
from nhilint.model.node import Sequence as ListNode
from nhilint.model.span import Span
from nhilint.sources.terraform import kubectl
from nhilint.sources.terraform.plan_configuration import Constant, PlanConfiguration, Target, module_of
from nhilint.sources.terraform.plan_file import Object
from nhilint.sources.terraform.plan_values import STRUCTURED, Join, Route
from nhilint.sources.terraform.providers import computed, computed_names
from nhilint.sources.terraform.regions import partition_of
from nhilint.sources.terraform.values import Cycle, Failure, is_null, node_of, symbol

if TYPE_CHECKING:
    from collections.abc import Sequence

HINT = "give the source too: keep the plan inside the folder of the configuration, or run nhilint there"
REFERRING = frozenset(
    {
        "bucket", "eks.amazonaws.com/role-arn", "execution_role_arn", "function_name", "grantee_principal", "group",
        "groups", "iam_instance_profile",
        "instance_profile", "key_id", "managed_policy_arns", "namespace", "node_role_arn", "permissions_boundary",
        "pod_execution_role_arn", "policy_arn", "policy_arns", "queue_url", "repository", "role", "role_arn", "roles",
        "secret_arn", "service_role", "target_key_id", "task_role_arn", "user", "users",
    }
)  # fmt: skip
"""Attributes that hold the name of another resource and nothing else: what they refer to is what they are."""
NAMING = frozenset({"role_ref", "subject"})
"""Blocks whose `name` is that of another object."""
SEVERAL = frozenset({"groups", "managed_policy_arns", "policy_arns", "roles", "users"})
"""Those of them that are lists."""
_DOCUMENT = re.compile(r"data\.aws_iam_policy_document\.[^.\[]+$")
_STEP = re.compile(r'\[(?:(\d+)|"((?:[^"\\]|\\.)*)")\]|\.?([^.\[]+)')
_MODULE_KEY = re.compile(r'module\.[^.\[]+\[(?:(\d+)|"((?:[^"\\]|\\.)*)")\]')


class Surroundings(Protocol):
    """What an instance needs of its plan."""

    path: str
    root: str
    joined: bool
    configuration: PlanConfiguration
    secrets: dict[str, str]
    accounts: dict[str, str]
    hidden: dict[str, None]
    """What stands as a symbol because the plan does not say it."""

    def source_of(self, address: str) -> Document | None:
        """The source's document of the same instance."""
        ...

    def value(self, module: str, reference: str, span: Span) -> Node | None:
        """The value of a reference in a module instance."""
        ...

    def note(self, what: str, why: str, span: Span) -> None:
        """Something that was read as what it most likely is."""
        ...


class Planned:
    """Mutable for the length of one run: it remembers what was asked for."""

    def __init__(self, world: Surroundings, one: Object, name: str) -> None:
        self.world = world
        self.mode = "data" if one.resource.get("mode") == "data" else "resource"
        self.type = str(one.resource["type"])
        self.configured = one.address
        self.address = name
        self.index = one.resource.get("index")
        self.alias = world.configuration.alias(one.address)
        self.values, self.unknown, self.sensitive = one.values, one.unknown, one.sensitive
        self.source = world.source_of(one.address)
        self.span = self.source.span if self.source else Span(world.path, 1)
        self._memo: dict[str, Node | None] = {}
        self._join = Join(self.span, self._hidden, world.secrets, self._withheld, world.accounts)

    # -- what the provider models ask -------------------------------------------------------------------------

    def account(self) -> str:
        """The name of the account's symbol."""
        return self.world.configuration.account(self.configured)

    def region(self) -> Node:
        """The region that the provider's configuration says, else a symbol."""
        name, targets = self.world.configuration.region(self.configured)
        for one in targets[:1] if len(targets) == 1 else ():
            value = one.value if isinstance(one, Constant) else None
            node = node_of(value, self.span) if isinstance(one, Constant) else self._value(one)
            if isinstance(node, Scalar) and isinstance(node.value, str):
                return node
        return symbol(name, self.span)

    def partition(self) -> str:
        """The AWS partition, by the region."""
        region = self.region()
        return partition_of(region.value, "aws") if isinstance(region, Scalar) else "aws"

    def call(self, function: str, args: list[Node]) -> Node | None:
        """A plan has no place for expressions."""
        return None

    def written(self, name: str) -> Node | None:
        """What the plan or, where it hides it, the source says; None when nobody set it."""
        if self.unknown.get(name) is True:
            place = self._place(name)
            if place is not None:
                return place
            return self._hidden((name,), self.span) if self.configures(name) else None
        if name not in self.values and name not in self.unknown:
            return None
        value, unknown, sensitive = self.values.get(name), self.unknown.get(name), self.sensitive.get(name)
        return self._join.node(value, unknown, sensitive, self._place(name), (name,))

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
        try:
            found = self._get(name)
        except BaseException:
            del self._memo[name]
            raise
        self._memo[name] = found
        return found

    def _get(self, name: str) -> Node:
        found = self.written(name)
        if found is not None and not is_null(found):
            return found
        try:
            by_construction = computed(self, name)
        except Failure as problem:
            return Unknown(f"{self.address}.{name}", problem.message, self.span)
        if by_construction is not None:
            return by_construction
        return found if found is not None else symbol(f"{self.configured}.{name}", self.span)

    # -- what others ask --------------------------------------------------------------------------------------

    def configures(self, name: str) -> bool:
        """Whether the configuration sets the attribute."""
        return self.world.configuration.configures(self.configured, name)

    def settled(self, name: str) -> Node | None:
        """The attribute when the plan knows all of it and may show it."""
        value = self.values.get(name)
        if value is None or _any(self.unknown.get(name)) or _any(self.sensitive.get(name)):
            return None
        return self._join.node(value, None, None, None, (name,))

    def attribute(self, path: str) -> Node | None:
        """The value at a path (`identity[0].oidc[0].issuer`)."""
        steps = [(int(one[1]) if one[1] else one[2] or one[3]) for one in _STEP.finditer(path)]
        if not steps or not isinstance(steps[0], str):
            return None
        found: Node | None = self.get(steps[0])
        for step in steps[1:]:
            match found:
                case Map():
                    found = found.entries.get(str(step))
                case ListNode(items=items) if isinstance(step, int) and step < len(items):
                    found = items[step]
                case _:
                    found = None
        return found if found is not None else symbol(f"{self.configured}.{path}", self.span)

    def document(self) -> Document:
        """The instance as a document: what is set, and what is known by construction."""
        names = [*self.values, *(name for name in self.unknown if name not in self.values)]
        set_here = [n for n in names if not self._open(n) or self.configures(n) or self._place(n) is not None]
        entries: dict[str, Node] = {}
        for name in dict.fromkeys([*set_here, *computed_names(self.mode, self.type)]):
            try:
                entries[name] = self.get(name)
            except Cycle as problem:
                entries[name] = Unknown(f"{self.address}.{name}", problem.message, self.span)
        body = Map(entries, self.span)
        if self.type == kubectl.MANIFEST:
            body = kubectl.with_manifest(body)
        if self.source is not None:
            return replace(self.source, address=self.address, body=body, may=(), multiple="")
        return Document(
            language="terraform", kind=self.mode, type=self.type, address=self.address, root=self.world.root,
            body=body, span=self.span,
        )  # fmt: skip

    def _open(self, name: str) -> bool:
        return self.unknown.get(name) is True

    def _place(self, name: str) -> Node | None:
        return self.source.body.get(name) if self.source else None

    # -- what the plan hides ----------------------------------------------------------------------------------

    def _hidden(self, route: Route, span: Span) -> Node:
        """A value that is known only after apply and that source does not have."""
        configuration = self.world.configuration
        expression = configuration.expression(self.configured, route)
        targets = configuration.targets(self.configured, expression)
        shown = _shown(route)
        attribute = next((step for step in reversed(route) if isinstance(step, str)), "")
        chosen = self._chosen(route, targets)
        if attribute in STRUCTURED:
            return self._document_at(shown, targets, chosen, span)
        if attribute in SEVERAL and route[-1] == attribute:
            # What stands beside the references, constants for instance, is hidden too.
            found = [self._value(one) for one in targets if isinstance(one, Target)]
            items = tuple(one for one in found if one is not None and not isinstance(one, (Map, ListNode)))
            return ListNode(items, span, f"{self.configured}.{shown}")
        if (attribute in REFERRING or (attribute == "name" and route[0] in NAMING)) and chosen is not None:
            value = self._value(chosen) if isinstance(chosen, Target) else node_of(chosen.value, span)
            if value is not None and not is_null(value):
                return value
            if isinstance(chosen, Target) and "." in chosen.reference and not _local(chosen.reference):
                return symbol(chosen.module + chosen.reference, span)
        # In a block that is written out, what it does not set is for the cloud to choose; a plan lists no dynamic ones.
        if expression is not None or not self.configures(str(route[0])):
            self.world.hidden[f"{self.configured}.{shown}"] = None
        return symbol(f"{self.configured}.{shown}", span)

    def _document_at(
        self, shown: str, targets: Sequence[Target | Constant], chosen: Target | Constant | None, span: Span
    ) -> Node:
        if isinstance(chosen, Target) and chosen.reference.rpartition(".")[2] in ("json", "minified_json"):
            value = self._value(chosen)
            if value is not None and not isinstance(value, Unknown):
                what = f"`{self.address}.{shown}`"
                why = f"it is known only after apply and was read as `{chosen.reference}`, all it refers to; {HINT}"
                self.world.note(what, why, span)
                return value
        names = dict.fromkeys(one.reference for one in targets if isinstance(one, Target))
        on = f"; it depends on {', '.join(f'`{name}`' for name in list(names)[:6])}" if names else ""
        return Unknown(f"{self.address}.{shown}", f"it is known only after apply{on}; {HINT}", span)

    def _withheld(self, route: Route, span: Span) -> Node:
        """A value that the plan marks as sensitive, and of which source says nothing."""
        shown = _shown(route)
        if any(step in STRUCTURED for step in route):
            return Unknown(f"{self.address}.{shown}", f"the plan marks it as sensitive; {HINT}", span)
        return symbol(f"{self.configured}.{shown}", span)

    def _chosen(self, route: Route, targets: Sequence[Target | Constant]) -> Target | Constant | None:
        """What one hidden value refers to: of a list, as many references as hidden elements stand in their order."""
        if not route or not isinstance(route[-1], int):
            return targets[0] if len(targets) == 1 else self._same_key(targets)
        beside: Any = self.unknown
        for step in route[:-1]:
            beside = _beside(beside, step)
        open_ones = [i for i, one in enumerate(beside) if one is True] if isinstance(beside, list) else []
        if len(open_ones) != len(targets) or route[-1] not in open_ones:
            return None
        return targets[open_ones.index(route[-1])]

    def _same_key(self, targets: Sequence[Target | Constant]) -> Target | None:
        """Of a policy document and a key (`data.aws_iam_policy_document.d[each.key]`): the one of the same key."""
        named = [one for one in targets if isinstance(one, Target)]
        keys = [one for one in named if one.reference in ("each.key", "each.value", "count.index")]
        others = [one for one in named if one not in keys]
        if len(named) != len(targets) or len(keys) != 1 or len(others) != 1 or not _DOCUMENT.match(others[0].reference):
            return None
        key = json.dumps(self._key(keys[0].module), ensure_ascii=False)
        return Target(others[0].module, f"{others[0].reference}[{key}].json")

    def _value(self, target: Target) -> Node | None:
        if target.reference in ("each.key", "count.index"):
            key = self._key(target.module)
            return node_of(key, self.span) if key is not None else None
        if target.reference.startswith("each.value."):
            sources = self.world.configuration.repeated(self.configured, target.module)
            source = sources[0] if len(sources) == 1 else None
            if not isinstance(source, Target):
                return None
            key = json.dumps(self._key(target.module), ensure_ascii=False)
            attribute = target.reference.removeprefix("each.value.")
            return self.world.value(source.module, f"{source.reference}[{key}].{attribute}", self.span)
        return self.world.value(target.module, target.reference, self.span)

    def _key(self, module: str) -> str | int | None:
        """The key of the instance in the module where an expression stands: its own, or of the call below."""
        own = module_of(self.configured)
        if module == own:
            return self.index
        found = _MODULE_KEY.match(own, len(module))
        return None if found is None else int(found[1]) if found[1] else found[2]


def _local(reference: str) -> bool:
    """Whether the name says nothing outside its block or module."""
    return reference.startswith(("each.", "count.", "local.", "var.", "self.", "path.", "module."))


def _shown(route: Route) -> str:
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in route).lstrip(".")


def _beside(beside: Any, step: str | int) -> Any:
    if isinstance(step, int):
        return beside[step] if isinstance(beside, list) and step < len(beside) else None
    return beside.get(step) if isinstance(beside, Mapping) else None


def _any(beside: Any) -> bool:
    if isinstance(beside, Mapping):
        return any(map(_any, beside.values()))
    return any(map(_any, beside)) if isinstance(beside, list) else bool(beside)
