"""A Terraform plan (`terraform show -json`) to documents: known values from the plan, the rest from source."""

from __future__ import annotations

import re
from collections.abc import Iterator

from nhilint.model.document import Document
from nhilint.model.facts import Moved, Unresolved
from nhilint.model.node import Node
from nhilint.model.span import Span
from nhilint.sources.terraform.documents import FORGOTTEN
from nhilint.sources.terraform.plan_configuration import PlanConfiguration, without_keys
from nhilint.sources.terraform.plan_file import Object, PlanError, PlanFile, Side, read_plan
from nhilint.sources.terraform.plan_instance import HINT, Planned
from nhilint.sources.terraform.providers_aws import MODELS
from nhilint.sources.terraform.result import TerraformResult
from nhilint.sources.terraform.values import node_of
from nhilint.sources.terraform.wanted import wanted

__all__ = ["PlanError", "load_plan", "read_plan"]
_REFERENCE = re.compile(r'((?:data\.)?[^.\[]+\.[^.\[]+(?:\[(?:-?\d+|"(?:[^"\\]|\\.)*")\])?)\.(.+)')
"""The address of an instance and the path of an attribute."""
_SIDES: tuple[Side, Side] = ("before", "after")


def load_plan(
    path: str, plan: str | PlanFile, source: TerraformResult | None = None, side: Side = "after"
) -> TerraformResult:
    """The resources of a plan, before or after it is applied; raises `PlanError` when the file is not one.

    A value that is known only after apply is taken from `source` at the same address, else by construction, else from
    the one attribute it refers to; what is left is `Unknown`, with what it depends on.
    """
    file = read_plan(path, plan) if isinstance(plan, str) else plan
    world = World(file, source, side)
    documents = [one.document() for one in world.instances.values() if wanted(one.mode, one.type)]
    # Who is only named in a policy is found where it is named first: that is in the same place on both paths.
    order = {address: number for number, address in enumerate(world.sources)}
    documents.sort(key=lambda document: order.get(document.address, len(order)))
    unresolved = [Unresolved(what=f"plan `{path}`", why=why, span=Span(path, 1), cause="plan") for why in file.notes()]
    unresolved += world.readings
    if world.hidden:
        shown = ", ".join(f"`{name}`" for name in list(world.hidden)[:4])
        more = f" and {len(world.hidden) - 4} more" if len(world.hidden) > 4 else ""
        why = f"{shown}{more}: known only after apply, so each stands as a symbol; {HINT}"
        unresolved.append(Unresolved(what=f"plan `{path}`", why=why, span=Span(path, 1), cause="plan"))
    if source is not None:
        documents += [document for document in source.documents if document.kind == "provider"]
        unresolved += [u for u in source.unresolved if u.cause not in ("remote-module", "unknown-value")]
        unresolved += _apart(world, source)
    else:
        unresolved += _forgotten(file)
    return TerraformResult(
        documents=tuple(documents),
        unresolved=tuple(unresolved),
        moved=tuple(_moved(file, world)),
    )


def _moved(file: PlanFile, world: World) -> Iterator[Moved]:
    for change in file.changes():
        if change.get("previous_address"):
            span = Span(file.path, 1)
            yield Moved(root=world.root, source=change["previous_address"], target=change["address"], span=span)


def _forgotten(file: PlanFile) -> Iterator[Unresolved]:
    """What Terraform forgets without destroying it (`removed` blocks)."""
    for change in file.changes():
        if change.get("change", {}).get("actions") == ["forget"] and wanted("resource", str(change.get("type"))):
            yield Unresolved(what=f"`{change['address']}`", why=FORGOTTEN, span=Span(file.path, 1), cause="removed")


def _apart(world: World, source: TerraformResult) -> Iterator[Unresolved]:
    """What only one of plan and source has: then they are not of the same configuration."""
    if world.side == "before" or world.file.is_state:
        return
    for document in source.documents:
        if (
            document.kind in ("resource", "data")
            and without_keys(document.address) not in world.configuration.addresses
        ):
            why = "it is in the source and not in the configuration of the plan; make the plan anew"
            yield Unresolved(what=f"`{document.address}`", why=why, span=document.span, cause="plan")


def own_accounts(file: PlanFile, configuration: PlanConfiguration) -> dict[str, str]:
    """The numbers of the accounts that providers stand for, with the names of their symbols."""
    found: dict[str, set[str]] = {}
    for side in _SIDES:
        for one in file.objects(side):
            number = _account_in(one)
            if number:
                found.setdefault(number, set()).add(configuration.account(one.address))
    return {number: min(names, key=lambda name: (len(name), name)) for number, names in found.items()}


def _account_in(one: Object) -> str:
    kind = str(one.resource.get("type"))
    if kind == "aws_caller_identity":
        value = one.values.get("account_id")
        return value if isinstance(value, str) else ""
    model = MODELS.get(kind)
    arn = one.values.get("arn")
    if model is None or "{account}" not in model.arn or not isinstance(arn, str):
        return ""
    if one.resource.get("mode") == "data" and not kind.startswith("aws_iam_"):
        return ""  # What is looked up by an ARN may be of another account; IAM is only asked for one's own.
    parts = arn.split(":")
    return parts[4] if len(parts) > 5 and parts[4].isdigit() else ""


class World:
    """Every resource instance on one side of a plan."""

    def __init__(self, file: PlanFile, source: TerraformResult | None, side: Side) -> None:
        self.file = file
        self.side = side
        self.path = file.path
        self.sources = {d.address: d for d in (source.documents if source else ())}
        roots = {d.root for d in self.sources.values()}
        self.root = roots.pop() if len(roots) == 1 else ""
        self.configuration = PlanConfiguration(file)
        self.secrets = file.secrets()
        self.accounts = own_accounts(file, self.configuration)
        self.variables = file.variables()
        self.readings: list[Unresolved] = []
        self.hidden: dict[str, None] = {}
        self.joined = source is not None
        self.instances: dict[str, Planned] = {}
        for one in file.objects(side):
            self.instances[one.name(side)] = Planned(self, one, one.name(side))

    def source_of(self, address: str) -> Document | None:
        """The source's document: of the same instance, or the symbolic one that stands for it."""
        found = self.sources.get(address)
        return found if found is not None else self.sources.get(without_keys(address))

    def value(self, module: str, reference: str, span: Span) -> Node | None:
        """The value of a reference in a module instance; None when the plan does not say it."""
        if reference.startswith("var.") and not module:
            name = reference.removeprefix("var.")
            return node_of(self.variables[name], span) if name in self.variables else None
        found = _REFERENCE.fullmatch(reference)
        target = self.instances.get(module + found[1]) if found else None
        return target.attribute(found[2]) if target is not None and found else None

    def known(self, address: str, name: str) -> Node | None:
        """What the plan knows of an attribute, for the evaluation of the source; None when it is hidden."""
        one = self.instances.get(address)
        return one.settled(name) if one is not None else None

    def note(self, what: str, why: str, span: Span) -> None:
        """Something that was read as what it most likely is."""
        self.readings.append(Unresolved(what=what, why=why, span=span, cause="plan"))
