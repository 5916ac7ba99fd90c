"""Nodes, edges and paths of the access graph, as values; knows no snapshot and no networkx."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from nhilint.algebra.values import Request
from nhilint.model.facts import Via
from nhilint.model.span import Span

NodeKind = Literal[
    "identity",
    "holder",
    "workload",
    "claims",
    "account",
    "principal",
    "outsider",
    "resource",
    "secret",
    "group",
    "goal",
]
"""`holder`: what permissions are written in and identities are bound to (a managed policy, a ClusterRole, a group).
`claims`: tokens nobody of the tree has. `principal`: somebody outside the tree who is trusted by name. `outsider`:
somebody without any credential. `group`: many identities that one step leads to alike.
`goal`: administrator, every secret."""
EdgeKind = Literal["runs-as", "may-become", "holds", "can", "stored-in", "escalates"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """One node; `key` is an identity's key, or `KIND:NAME` for everything else."""

    key: str
    kind: NodeKind
    name: str
    """For people."""
    platform: str = ""
    subkind: str = ""
    """The identity's kind (`iam_role`, `service_account`, `workflow_job`), or the workload's (`Deployment`)."""
    tier0: bool = False
    """It can change identity or production state, or become somebody who can."""
    external: bool = False
    """Named in the tree, defined outside it."""
    span: Span | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Edge:
    """One step, with its reason and the lines that make it."""

    source: str
    target: str
    kind: EdgeKind
    why: str
    """A sentence without subject and full stop: "may make and run a function as role `x`"."""
    via: tuple[Via, ...] = ()
    technique: str = ""
    claims: tuple[tuple[str, str], ...] = ()
    """Of a may-become: one token that is let in, claim by claim."""
    witness: tuple[Request, ...] = ()
    """Of a technique and of `can`: requests that are allowed, one for each need, as the evaluator confirmed."""
    may: tuple[str, ...] = ()
    """What has to hold besides for the step to be possible; empty: nothing."""
    actions: tuple[str, ...] = ()
    """Of `can`: the class of action (access levels), and how many actions it stands for, is said in `why`."""

    @property
    def certain(self) -> bool:
        """Whether nothing is left open."""
        return not self.may


@dataclass(frozen=True, slots=True, kw_only=True)
class Path:
    """A shortest chain of edges."""

    start: str
    end: str
    steps: tuple[Edge, ...]

    @property
    def technique(self) -> str:
        """The technique of the last step that has one; empty when the power is simply held."""
        return next((step.technique for step in reversed(self.steps) if step.technique), "")

    @property
    def certain(self) -> bool:
        """Whether nothing is left open on the way."""
        return all(step.certain for step in self.steps)
