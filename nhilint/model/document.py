"""A document: one configuration object (a resource instance, a manifest) as a tree of located values."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from nhilint.model.node import Map
from nhilint.model.span import Span

Language = Literal["terraform", "kubernetes", "github", "json"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """One object that a platform may interpret."""

    language: Language
    kind: str
    """Terraform: `resource`, `data`, `module` (a call that is not in the checkout), `provider`; Kubernetes: `kind`;
    GitHub: `workflow`, `action`, `repository` (what the settings say of it)."""
    type: str
    """Terraform: the resource type (`aws_iam_role`) or, for a module, its source; Kubernetes: `apiVersion`."""
    address: str
    """Terraform: `module.ci.aws_iam_role.deployer["a"]`; Kubernetes: empty; GitHub: the workflow's file name, the
    action's folder."""
    root: str
    """Terraform: folder of the root module (`` for the top), with `@environment` behind it if there are several;
    Kubernetes: folder of what renders it (an overlay, a chart), else of the file."""
    body: Map
    """The object's values. For Terraform, attributes the provider computes by construction are filled in."""
    span: Span
    may: tuple[str, ...] = ()
    """Reasons why the object may not exist (unknown `count`); empty: it does."""
    multiple: str = ""
    """The unknown `count`/`for_each` expression this one instance stands for; empty: it is exactly one."""
    call_spans: tuple[Span, ...] = ()
    """The module calls that lead here, outermost first."""
    ignores: tuple[Ignore, ...] = ()
    """Inline suppressions that stand on or directly above the object."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ignore:
    """An inline suppression `# nhilint: ignore[NHI101] until=2027-01-31 reason="…"`."""

    rules: tuple[str, ...]
    until: str
    reason: str
    span: Span = field(compare=False)
