"""Workflows to facts: an identity for each job as it runs, its token, its secrets, and what could not be read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from nhilint.algebra.values import Scope, Statement
from nhilint.model.document import Document
from nhilint.model.facts import Acceptance, Facts, Grant, Identity, IdentityKey, Token, Via
from nhilint.model.facts import Occasion as Known
from nhilint.model.node import scalar_text as text
from nhilint.platforms.github.access import OPEN_DEFAULT, Access
from nhilint.platforms.github.borrowed import asked_for, borrowed
from nhilint.platforms.github.crossings import Visited, crossings
from nhilint.platforms.github.labels import Labels, labels_of, worth_of
from nhilint.platforms.github.logins import logins, wishes
from nhilint.platforms.github.occasions import occasions
from nhilint.platforms.github.outsiders import outsiders
from nhilint.platforms.github.runs import Run, Runs, never
from nhilint.platforms.github.secrets import secret_statements
from nhilint.platforms.github.steps import Step, steps
from nhilint.platforms.github.subjects import ID_TOKEN, Claims, known_of, tokens
from nhilint.platforms.github.terraform import Terraform
from nhilint.platforms.github.words import THIS
from nhilint.platforms.github.workflow import Tree, read_tree

KIND = "workflow_job"


def collect(documents: Sequence[Document]) -> Facts:
    """The facts of all workflows."""
    tree = read_tree(documents)
    terraform = Terraform(documents, tree.repository)
    terraform.collect()
    tree.repository = terraform.repository
    runs = Runs(tree)
    found = _Collected(tree, Claims(repository=tree.repository, template=terraform.template))
    for run in runs.all():
        found.add(run)
    found.between()
    return Facts(
        identities=(*found.identities.values(), *terraform.identities),
        grants=(*found.grants, *terraform.grants),
        credentials=tuple(terraform.credentials),
        storages=tuple(terraform.storages),
        tokens=tuple(dict.fromkeys(found.tokens)),
        acceptances=tuple(found.acceptances),
        unresolved=(*tree.unresolved, *runs.unresolved, *terraform.unresolved),
        blocks=tree.blocks + terraform.blocks,
    )


@dataclass(slots=True)
class _Collected:
    tree: Tree
    claims: Claims
    identities: dict[IdentityKey, Identity] = field(default_factory=dict)
    grants: list[Grant] = field(default_factory=list)
    tokens: list[Token] = field(default_factory=list)
    acceptances: list[Acceptance] = field(default_factory=list)
    _visited: list[Visited] = field(default_factory=list)

    def add(self, run: Run) -> None:
        """All that one job says."""
        found = tuple(steps(run, self.tree.actions))
        dead = never(run.conditions)
        starts = () if dead or not run.bound else occasions(run, self.tree.repository)
        secrets = tuple(_secrets(run, dead))
        self.grants += (_token(run, dead), *secrets, *_borrowed(run, found, dead))
        labels = labels_of(run, found, starts, len(secrets), self.tree.repository)
        self.identities[run.key] = _identity(run, labels, tuple(known_of(run, starts, self.claims)))
        if dead or not run.bound:
            return
        entered = tuple(outsiders(run, found, starts, self.tree))
        if worth_of(run, len(secrets)):
            self.acceptances += entered
        elif worth_of(run, 0, certain=False):
            self.acceptances += (replace(one, may=(*one.may, OPEN_DEFAULT)) for one in entered)
        self._visited.append(Visited(run, found, starts, labels, entered))
        if ID_TOKEN in run.access.actions():
            self.tokens += tokens(run, starts, self.claims, wishes(found))
            for login in logins(run, found):
                self.identities.setdefault(login.identity.key, login.identity)
                self.acceptances.append(login.acceptance)
                self.tokens.append(login.token)

    def between(self) -> None:
        """What the jobs mean for each other."""
        for fact in crossings(self._visited, self.tree.repository):
            if isinstance(fact, Token):
                self.tokens.append(fact)
            else:
                self.acceptances.append(fact)


def _identity(run: Run, labels: Labels, known: tuple[Known, ...]) -> Identity:
    return Identity(
        key=run.key,
        platform="github",
        kind=KIND,
        name=run.name,
        span=run.body.span,
        bound=run.bound,
        purpose=text(run.body.get("name")),
        labels=labels,
        occasions=known,
    )


def _token(run: Run, dead: str) -> Grant:
    key = f"github:token/{run.name}"
    return Grant(
        key=key,
        holder=run.key,
        layer="identity",
        name=f"token of job `{run.name}`",
        statements=tuple(_token_statements(run.access, key)),
        span=run.access.span,
        inert=dead,
    )


def _secrets(run: Run, dead: str) -> Iterator[Grant]:
    key = f"github:secrets/{run.name}"
    yield from _grant(run, key, f"secrets of job `{run.name}`", tuple(secret_statements(run, key)), dead)


def _borrowed(run: Run, found: Sequence[Step], dead: str) -> Iterator[Grant]:
    key = f"github:borrowed/{run.name}"
    statements = (*borrowed(found, key), *asked_for(found, key))
    yield from _grant(run, key, f"tokens that job `{run.name}` is handed", statements, dead)


def _grant(run: Run, key: str, name: str, statements: tuple[Statement, ...], dead: str) -> Iterator[Grant]:
    if statements:
        yield Grant(
            key=key,
            holder=run.key,
            layer="identity",
            name=name,
            statements=statements,
            span=run.body.span,
            inert=dead,
        )


def _token_statements(access: Access, key: str) -> Iterator[Statement]:
    for line in access.lines:
        yield Statement(
            effect="allow",
            actions=tuple(sorted(line.actions)),
            scopes=(Scope(patterns=(THIS,)),),
            may=line.may,
            origin=Via(grant=key, span=line.span),
        )
