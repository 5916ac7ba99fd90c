"""Workflow files as values: events, jobs, the repository; what is malformed is said and the rest is kept."""

from __future__ import annotations

import posixpath
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from nhilint.data.github import date, events
from nhilint.model.document import Document
from nhilint.model.facts import Unresolved
from nhilint.model.node import Map, Node, Scalar
from nhilint.model.node import Sequence as ListNode
from nhilint.model.node import scalar_text as text
from nhilint.model.span import Span
from nhilint.platforms.github.text import listed, table

_JOB_ID = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Repository:
    """What is known of the repository beside its tree."""

    name: str = ""
    """`owner/name`; empty: not known."""
    owner_id: str = ""
    repository_id: str = ""
    default_branch: str = ""
    default_permissions: str = ""
    """`read`, `write`, or empty: not known."""
    protected_environments: frozenset[str] = frozenset()
    distrust_tags: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Workflow:
    """One file of `.github/workflows`."""

    path: str
    name: str
    """The file's name without its ending, or with it where two files differ in nothing else."""
    body: Map
    events: Mapping[str, Map | None]
    """Event to its filters."""
    jobs: Mapping[str, Map]
    span: Span

    @property
    def called(self) -> bool:
        """Whether others can call it."""
        return "workflow_call" in self.events

    @property
    def starts(self) -> bool:
        """Whether it starts by itself."""
        return bool(self.events.keys() - {"workflow_call"})


@dataclass(slots=True, kw_only=True)
class Tree:
    """All that a tree says to GitHub Actions."""

    repository: Repository = field(default_factory=Repository)
    workflows: dict[str, Workflow] = field(default_factory=dict)
    """By path."""
    actions: dict[str, Map] = field(default_factory=dict)
    """Local actions by folder."""
    unresolved: list[Unresolved] = field(default_factory=list)
    blocks: int = 0


def read_tree(documents: Sequence[Document]) -> Tree:
    """The workflows, local actions and settings among the documents."""
    tree = Tree()
    own = [document for document in documents if document.language == "github"]
    stems = Counter(_stem(document) for document in own if document.kind == "workflow")
    for document in own:
        if document.kind == "repository":
            tree.repository = _repository(document.body)
        elif document.kind == "action":
            tree.actions[document.address] = document.body
        else:
            stem = _stem(document)
            name = stem if stems[stem] == 1 else document.address
            workflow = _workflow(document, name, tree.unresolved)
            tree.workflows[workflow.path] = workflow
            tree.blocks += max(1, len(workflow.jobs))
    return tree


def _stem(document: Document) -> str:
    return posixpath.splitext(document.address)[0]


def _repository(body: Map) -> Repository:
    distrust = body.get("distrust_tags")
    return Repository(
        name=text(body.get("repository")),
        owner_id=text(body.get("owner_id")),
        repository_id=text(body.get("repository_id")),
        default_branch=text(body.get("default_branch")),
        default_permissions=text(body.get("default_permissions")),
        protected_environments=frozenset(listed(body.get("protected_environments"))),
        distrust_tags=isinstance(distrust, Scalar) and distrust.value is True,
    )


def _workflow(document: Document, name: str, unresolved: list[Unresolved]) -> Workflow:
    path, body = document.span.path, document.body
    what = f"workflow `{path}`"
    if "on" not in body.entries:
        unresolved.append(_odd(what, "it has no `on`, so that nothing starts it", body.span))
    jobs = _jobs(body, what, unresolved)
    found = _events(body.get("on"), what, unresolved)
    return Workflow(path=path, name=name, body=body, events=found, jobs=jobs, span=document.span)


def _jobs(body: Map, what: str, unresolved: list[Unresolved]) -> dict[str, Map]:
    node = body.get("jobs")
    rows = table(node)
    if rows is None or not rows.entries:
        unresolved.append(_odd(what, "it has no jobs, which GitHub refuses", node.span if node else body.span))
        return {}
    found: dict[str, Map] = {}
    for key, job in rows.entries.items():
        if not isinstance(job, Map):
            unresolved.append(_odd(f"job `{key}` of {what}", "it is not a map, which GitHub refuses", job.span))
            continue
        if _JOB_ID.fullmatch(key) is None:
            unresolved.append(_odd(f"job `{key}` of {what}", "its name is none that GitHub accepts", job.span))
        found[key] = job
    return found


def _events(node: Node | None, what: str, unresolved: list[Unresolved]) -> dict[str, Map | None]:
    found: dict[str, Map | None] = {}
    match node:
        case Map():
            found = {name: table(value) for name, value in node.entries.items()}
        case ListNode() | Scalar():
            found = dict.fromkeys(listed(node))
        case _:
            pass
    unknown = [name for name in found if name not in events()]
    if unknown and node is not None:
        names = ", ".join(f"`{name}`" for name in unknown)
        why = f"the data of {date()} knows no event {names}: a slip that GitHub refuses, or a new one"
        unresolved.append(_odd(f"`on` of {what}", why, node.span))
    return found


def steps_of(body: Map) -> Iterable[Map]:
    """The steps of a job or composite action; those that run in parallel one by one."""
    rows = body.get("steps")
    for step in rows.items if isinstance(rows, ListNode) else ():
        if isinstance(step, Map):
            if "parallel" in step.entries:
                yield from steps_of(Map({"steps": step.entries["parallel"]}, step.span))
            else:
                yield step


def _odd(what: str, why: str, span: Span) -> Unresolved:
    return Unresolved(what=what, why=why, span=span, cause="syntax")
