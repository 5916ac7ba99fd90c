"""Workflows to facts: an identity for each job as it runs, its token, its secrets, and what could not be read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from nhilint.algebra.values import Scope, Statement
from nhilint.model.document import Document
from nhilint.model.facts import Facts, Grant, Identity, Via
from nhilint.platforms.github.access import Access
from nhilint.platforms.github.runs import Run, Runs, never
from nhilint.platforms.github.secrets import secret_statements
from nhilint.platforms.github.text import text
from nhilint.platforms.github.words import repository
from nhilint.platforms.github.workflow import Tree, read_tree

KIND = "workflow_job"


def collect(documents: Sequence[Document]) -> Facts:
    """The facts of all workflows."""
    tree = read_tree(documents)
    runs = Runs(tree)
    identities: dict[str, Identity] = {}
    grants: list[Grant] = []
    for run in runs.all():
        identities[run.key] = _identity(run)
        grants += _grants(run, tree)
    return Facts(
        identities=tuple(identities.values()),
        grants=tuple(grants),
        unresolved=(*tree.unresolved, *runs.unresolved),
        blocks=tree.blocks,
    )


def _identity(run: Run) -> Identity:
    return Identity(
        key=run.key,
        platform="github",
        kind=KIND,
        name=run.name,
        span=run.body.span,
        bound=run.bound,
        purpose=text(run.body.get("name")),
    )


def _grants(run: Run, tree: Tree) -> Iterator[Grant]:
    dead = never(run.conditions)
    key = f"github:token/{run.name}"
    resource = repository(tree.repository.name)
    yield Grant(
        key=key,
        holder=run.key,
        layer="identity",
        name=f"token of job `{run.name}`",
        statements=tuple(_token_statements(run.access, key, resource)),
        span=run.access.span,
        inert=dead,
    )
    key = f"github:secrets/{run.name}"
    secrets = tuple(secret_statements(run, key))
    if secrets:
        yield Grant(
            key=key,
            holder=run.key,
            layer="identity",
            name=f"secrets of job `{run.name}`",
            statements=secrets,
            span=run.body.span,
            inert=dead,
        )


def _token_statements(access: Access, key: str, resource: str) -> Iterator[Statement]:
    for line in access.lines:
        yield Statement(
            effect="allow",
            actions=tuple(sorted(line.actions)),
            scopes=(Scope(patterns=(resource,)),),
            may=line.may,
            origin=Via(grant=key, span=line.span),
        )
