"""Every job as it runs: on its own, or inside the job that calls its workflow, with what token and secrets it gets."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from nhilint.algebra.values import symbol
from nhilint.model.facts import IdentityKey, Unresolved
from nhilint.model.node import Map, Node, Scalar
from nhilint.model.node import scalar_text as text
from nhilint.platforms.github.access import Access, cut, default_access, read_access, refused
from nhilint.platforms.github.expressions import Hole, Literal, contexts, parse, split
from nhilint.platforms.github.text import table
from nhilint.platforms.github.values import Names, patterns
from nhilint.platforms.github.workflow import Tree, Workflow

MAX_DEPTH = 10
"""Workflows that call each other: GitHub allows ten levels.
https://docs.github.com/en/actions/reference/workflows-and-actions/reusing-workflow-configurations"""
MAX_RUNS = 20_000
"""Jobs of one tree, each called one counted for each of its callers."""

Secrets = Callable[[str], tuple[str, ...]]
"""A name in the `secrets` context, upper case, to the secrets of the repository whose value it has."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One job, reached in one way."""

    key: IdentityKey
    name: str
    """`workflow/job`, and the jobs of called workflows behind it."""
    entry: Workflow
    """The workflow whose events start it."""
    workflow: Workflow
    """The one that it is written in."""
    job: str
    body: Map
    conditions: tuple[Node, ...]
    """The `if` of the job and of the jobs that call it, outermost first."""
    access: Access
    names: Names
    secrets: Secrets
    every_secret: bool
    """Whether `secrets` as a whole is every secret of the repository."""
    environment: tuple[str, ...]
    """Patterns of the environment that it runs in, an empty one where it may run in none; nothing where it has none."""
    bound: bool
    """Whether an event of this repository starts it."""
    external: str = ""
    """The workflow of another repository that it calls; empty: it has steps of its own."""


@dataclass(slots=True)
class Runs:
    """Walks the workflows of a tree."""

    tree: Tree
    unresolved: list[Unresolved] = field(default_factory=list)
    _count: int = 0

    def all(self) -> Iterator[Run]:
        """Every run, by workflow and job."""
        called = set(self._locally_called())
        for workflow in self.tree.workflows.values():
            if workflow.starts or (workflow.called and workflow.path not in called) or not workflow.events:
                bound = workflow.starts
                yield from self._of(_Caller(entry=workflow, bound=bound, inputs=_unknown_inputs(workflow)), workflow)

    def _locally_called(self) -> Iterator[str]:
        for workflow in self.tree.workflows.values():
            for body in workflow.jobs.values():
                if path := local(text(body.get("uses"))):
                    yield path

    def _of(self, caller: _Caller, workflow: Workflow) -> Iterator[Run]:
        top = read_access(workflow.body.get("permissions"), f"workflow `{workflow.path}`")
        if top is not None and not caller.route:
            self.unresolved += top.unresolved
        default = top or caller.access or default_access(self.tree.repository.default_permissions, workflow.span)
        for job, body in workflow.jobs.items():
            own = read_access(body.get("permissions"), f"job `{job}` of `{workflow.path}`")
            yield from self._job(caller, workflow, job, body, own or default)

    def _job(self, caller: _Caller, workflow: Workflow, job: str, body: Map, asked: Access) -> Iterator[Run]:
        self._count += 1
        route = (*caller.route, job)
        name = "/".join((caller.entry.name, *route))
        key = IdentityKey(f"github:job/{name}")
        if self._count > MAX_RUNS:
            if self._count == MAX_RUNS + 1:
                why = f"calls of workflows make more than {MAX_RUNS} jobs; those that follow are not judged"
                self._say(f"job `{name}`", why, body, "size", None)
            return
        self.unresolved += (replace(one, identity=key) for one in asked.unresolved)
        access = asked if caller.access is None else cut(asked, caller.access)
        if caller.access is not None and (more := refused(asked, caller.access)):
            why = f"it asks for {', '.join(more)}, which its caller does not have; GitHub refuses to start it"
            self._say(f"`permissions` of job `{name}`", why, body, "refused", key)
        names = Names(
            inputs=caller.inputs,
            env=_env(workflow.body, body),
            matrix=_matrix(body),
            github=_github(self.tree),
            secret=caller.secrets,
        )
        run = Run(
            key=key,
            name=name,
            entry=caller.entry,
            workflow=workflow,
            job=job,
            body=body,
            conditions=(*caller.conditions, *((found,) if (found := body.get("if")) is not None else ())),
            access=access,
            names=names,
            secrets=caller.secrets,
            every_secret=caller.every_secret,
            environment=_environment(body, names),
            bound=caller.bound,
        )
        uses = body.get("uses")
        if uses is None:
            yield run
        else:
            yield from self._call(run, caller, uses, route)

    def _call(self, run: Run, caller: _Caller, uses: Node, route: tuple[str, ...]) -> Iterator[Run]:
        target = text(uses)
        path = local(target)
        what = f"job `{run.name}`"
        if "${{" in target or not target:
            self._say(what, f"`uses: {target}` can not be an expression; GitHub refuses it", uses, "syntax", run.key)
            yield run
            return
        if not path:
            yield replace(run, external=target)
            return
        callee = self.tree.workflows.get(path)
        trail = (*caller.trail, run.workflow.path)
        why = ""
        if callee is None:
            why = f"there is no workflow `{path}` in this tree"
        elif path in trail:
            why = f"`{path}` calls itself, by way of {' → '.join(f'`{one}`' for one in trail)}; GitHub refuses it"
        elif len(trail) >= MAX_DEPTH:
            why = f"workflows call each other more than {MAX_DEPTH} levels deep, which GitHub refuses"
        elif not callee.called:
            why = f"`{path}` has no `workflow_call` among its events, so that nobody can call it"
        if why or callee is None:
            self._say(what, why, uses, "dangling" if callee is None else "refused", run.key)
            yield run
            return
        inside = _Caller(
            entry=caller.entry,
            bound=caller.bound,
            route=route,
            trail=trail,
            access=run.access,
            conditions=run.conditions,
            inputs=_inputs(callee, run),
            secrets=_handed(run),
            every_secret=caller.every_secret and text(run.body.get("secrets")) == "inherit",
        )
        yield from self._of(inside, callee)

    def _say(self, what: str, why: str, node: Node, cause: str, key: IdentityKey | None) -> None:
        self.unresolved.append(Unresolved(what=what, why=why, span=node.span, cause=cause, identity=key))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Caller:
    """What a workflow is handed by whoever starts it."""

    entry: Workflow
    bound: bool
    route: tuple[str, ...] = ()
    trail: tuple[str, ...] = ()
    """Paths of the workflows that led here."""
    access: Access | None = None
    conditions: tuple[Node, ...] = ()
    inputs: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    secrets: Secrets = lambda name: (name,)
    every_secret: bool = True


def local(uses: str) -> str:
    """The path of a workflow of this repository; empty for any other."""
    path = uses.removeprefix("./")
    return path if path != uses and path.startswith(".github/workflows/") else ""


def _github(tree: Tree) -> dict[str, str]:
    repository = tree.repository
    owner, slash, _ = repository.name.partition("/")
    known = {"repository_id": repository.repository_id, "repository_owner_id": repository.owner_id}
    known |= {"repository": repository.name, "repository_owner": owner} if slash else {}
    return {name: value for name, value in known.items() if value}


def _env(*bodies: Map) -> dict[str, Node]:
    """The variables of a workflow and its job; the inner one wins."""
    found: dict[str, Node] = {}
    for body in bodies:
        rows = table(body.get("env"))
        for name, value in rows.entries.items() if rows else ():
            found[name.lower()] = value
    return found


def _environment(body: Map, names: Names) -> tuple[str, ...]:
    node = body.get("environment")
    name = text(node.get("name")) if isinstance(node, Map) else text(node)
    return patterns(name, names) if name else ()


def _matrix(body: Map) -> Node | None:
    strategy = table(body.get("strategy"))
    return strategy.get("matrix") if strategy else None


def _unknown_inputs(workflow: Workflow) -> dict[str, tuple[str, ...]]:
    """Inputs that whoever starts it by hand chooses out of a list; all others are not known."""
    found: dict[str, tuple[str, ...]] = {}
    for name, row in _declared(workflow, "workflow_dispatch"):
        options = row.get("options")
        if text(row.get("type")) == "choice" and options is not None:
            found[name] = tuple(text(item) for item in getattr(options, "items", ()) if isinstance(item, Scalar))
    others = workflow.events.keys() - {"workflow_dispatch"}
    # An event that brings no inputs leaves them empty.
    return {name: (*values, "") if others else values for name, values in found.items() if values}


def _inputs(callee: Workflow, run: Run) -> dict[str, tuple[str, ...]]:
    handed = table(run.body.get("with"))
    given = {name.lower(): value for name, value in handed.entries.items()} if handed else {}
    found: dict[str, tuple[str, ...]] = {}
    for name, row in _declared(callee, "workflow_call"):
        if name in given:
            node = given[name]
            found[name] = patterns(text(node), run.names) if isinstance(node, Scalar) else (symbol(f"inputs.{name}"),)
        else:
            found[name] = patterns(text(row.get("default")), run.names)
    return found


def _declared(workflow: Workflow, event: str) -> Iterator[tuple[str, Map]]:
    filters = workflow.events.get(event)
    rows = table(filters.get("inputs")) if filters else None
    for name, row in rows.entries.items() if rows else ():
        yield name.lower(), table(row) or Map({}, workflow.span)


def _handed(run: Run) -> Secrets:
    """The `secrets` context of a called workflow."""
    node = run.body.get("secrets")
    if text(node) == "inherit":
        return run.secrets
    rows = table(node)
    named = {name.upper(): value for name, value in rows.entries.items()} if rows else {}

    def of(name: str) -> tuple[str, ...]:
        value = named.get(name.upper())
        return tuple(mentioned(text(value), run)) if value is not None else ()

    return of


def mentioned(value: str, run: Run) -> Iterator[str]:
    """The secrets of the repository whose value is in a text."""
    for piece in split(value):
        for context in contexts(piece.tree) if isinstance(piece, Hole) and piece.tree is not None else ():
            if context.path[0] == "secrets" and len(context.path) > 1:
                yield from run.secrets(context.path[1].upper())


def never(conditions: tuple[Node, ...]) -> str:
    """Why a job does not run at all; empty: it may."""
    for node in conditions:
        value = text(node).strip()
        tree = parse(value.removeprefix("${{").removesuffix("}}").strip()) if value else None
        if isinstance(tree, Literal) and tree.value in (False, None, 0, ""):
            return "its `if` is false"
    return ""
