"""Who gets into a job without any right on the repository: pull requests and comments whose text or code it runs.

The ids of the ways are those of `data/github_techniques.toml`. A pull request of a fork alone is none: its job has a
token that only reads, and no secrets.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from nhilint.algebra.values import display, symbols_of
from nhilint.model.facts import Acceptance, Via
from nhilint.model.node import Node
from nhilint.model.node import scalar_text as text
from nhilint.model.span import Span
from nhilint.platforms.github.conditions import Facts, chosen, truth
from nhilint.platforms.github.expressions import Binary, Call, Context, Expression, Hole, parse, split
from nhilint.platforms.github.occasions import Occasion
from nhilint.platforms.github.runs import Run
from nhilint.platforms.github.secrets import environments, within
from nhilint.platforms.github.steps import Step
from nhilint.platforms.github.text import listed
from nhilint.platforms.github.workflow import Repository, Tree, Workflow

ISSUER = "outsider"
"""Nobody issues them anything: the acceptance says who it is."""
_WHO = {
    "pull_request_target": "anybody who opens a pull request",
    "workflow_run": "anybody who opens a pull request",
    "issue_comment": "anybody who comments",
    "issues": "anybody who opens an issue",
    "discussion": "anybody who opens a discussion",
    "discussion_comment": "anybody who comments",
}
"""Events that strangers cause and that run with the repository's own rights.
https://docs.github.com/en/actions/reference/security/secure-use"""
_TECHNIQUE = {
    "pull_request_target": "ci-pull-request-target",
    "workflow_run": "ci-workflow-run",
    "issue_comment": "ci-issue-comment",
}
_FORK = re.compile(r"github\.event\.(?:pull_request\.head\.repo|workflow_run\.head_repository)", re.IGNORECASE)
"""In the repository of a checkout: that of the pull request."""
_HEAD = re.compile(
    r"github\.event\.pull_request\.(?:head\.sha|merge_commit_sha)|github\.event\.workflow_run\.(?:head_sha|head_commit)|"
    r"refs/pull/|head_sha|pull_request_(?:head|sha)",
    re.IGNORECASE,
)
"""In the ref of a checkout: a commit of the pull request, which the own repository has as well. The name of a branch is
none: without the repository of the fork it means a branch of our own."""
_GUARDED = frozenset({"pull_request_target", "workflow_run"})
_OLD_CHECKOUT = "its `actions/checkout` is older than June 2026: later ones refuse the code of a fork"
"""https://github.com/actions/checkout/pull/2454: unless `allow-unsafe-pr-checkout` is set."""
_FETCHED = re.compile(r"gh\s+pr\s+checkout|git\s+(fetch|pull|checkout)\b[^\n]*(pull/|refs/pull|head[._]sha)", re.I)
_BUILD = re.compile(
    r"(?:^|[\s;&|(])(?:npm|npx|yarn|pnpm|bun|make|just|task|pip|pip3|pipx|poetry|uv|tox|nox|pytest|"
    r"python3?|go\s+(?:build|test|run|generate|vet|install)|cargo|mvn|mvnw|gradle|gradlew|bundle|rake|ruby|composer|dotnet|bazel|cmake|docker\s+(?:build|compose)|"
    r"docker-compose|terraform|tofu|terragrunt|helm|bash|sh|source|node|deno|mix|swift|sbt|stack|cabal|nix|earthly|mage|"
    r"\./[\w./-]+|pre-commit|invoke|hatch|pdm)\b",
    re.MULTILINE,
)
"""Commands that run what stands in the checked out files."""
_TAINTED = re.compile(
    r"github\.(?:head_ref"
    r"|event\.(?:issue|pull_request|discussion)\.(?:title|body)"
    r"|event\.pull_request\.head\.(?:ref|label|repo\.(?:default_branch|description|homepage))"
    r"|event\.(?:comment|review|review_comment)\.body"
    r"|event\.workflow_run\.(?:head_branch|display_title|head_commit\.(?:message|author\.(?:name|email)))"
    r"|event\.workflow_run\.head_repository\.description|event\.workflow_run\.pull_requests\.\S*head\.ref"
    r"|event\.pages\.\S+\.page_name)"
)
"""Contexts whose text a stranger chooses.
https://docs.github.com/en/actions/concepts/security/script-injections"""
_KEEPS = frozenset({"format", "join", "tojson", "fromjson"})
"""Functions whose result holds the text of their arguments."""
_ABOUT = {
    "pull_request_target": ("github.head_ref", "github.event.pull_request."),
    "issues": ("github.event.issue.",),
    "issue_comment": ("github.event.issue.", "github.event.comment."),
    "discussion": ("github.event.discussion.",),
    "discussion_comment": ("github.event.discussion.", "github.event.comment."),
    "workflow_run": ("github.event.workflow_run.",),
    "gollum": ("github.event.pages.",),
}
"""Event to what of the context it fills."""


@dataclass(frozen=True, slots=True)
class _Entry:
    """One place where a stranger gets in."""

    technique: str
    why: str
    span: Span
    conditions: tuple[Node, ...]
    may: tuple[str, ...] = ()


def outsiders(run: Run, found: Sequence[Step], starts: Iterable[Occasion], tree: Tree) -> Iterator[Acceptance]:
    """Everybody without rights who can make the job run what they want; each technique and event once."""
    repository, workflows = tree.repository, tree.workflows.values()
    best: dict[tuple[str, str], Acceptance] = {}
    for start in starts:
        if start.event not in _WHO or not _reached(start.event, run, workflows):
            continue
        facts = Facts(
            event=start.event, ref=start.ref, repository=repository.name, stranger=True, inputs=run.names.inputs
        )
        for entry in _entries(start, found, run):
            conditions = (*run.conditions, *entry.conditions)
            answer = truth(conditions, facts)
            if answer is False:
                continue
            gates = _gates(run, conditions, start.event, repository)
            asked = () if answer or gates or chosen(conditions, facts) else ("its `if` lets it run",)
            one = Acceptance(
                identity=run.key,
                issuer=ISSUER,
                clauses=(),
                via=Via(grant=f"github:outsider/{run.name}/{entry.technique}", span=entry.span),
                why=entry.why,
                outsider=_WHO[start.event],
                technique=entry.technique,
                may=tuple(dict.fromkeys((*gates, *asked, *entry.may))),
            )
            known = best.get((entry.technique, start.event))
            if known is None or len(one.may) < len(known.may):
                best[entry.technique, start.event] = one
    yield from best.values()


def _reached(event: str, run: Run, workflows: Iterable[Workflow]) -> bool:
    """Whether a stranger starts it at all: what follows other workflows only where a pull request starts those."""
    if event != "workflow_run":
        return True
    filters = run.entry.events.get(event)
    names = listed(filters.get("workflows")) if filters else ()
    by_name = {text(w.body.get("name")) or w.path: w for w in workflows}
    followed = [by_name.get(name) for name in names]
    return not names or any(one is None or "pull_request" in one.events for one in followed)


def _entries(start: Occasion, found: Sequence[Step], run: Run) -> Iterator[_Entry]:
    if start.event in _TECHNIQUE:
        yield from _checkouts(start.event, found)
    yield from _injections(start.event, found, run)


def _checkouts(event: str, found: Sequence[Step]) -> Iterator[_Entry]:
    """A checkout of what the stranger wrote, and a later step that runs it."""
    fetched: tuple[Step, tuple[str, ...]] | None = None
    for step in found:
        if fetched is None:
            may = _fetches(step, event)
            fetched = None if may is None else (step, may)
            continue
        script = step.script if step.pin is None else None
        local = step.pin is not None and step.pin.kind == "local"
        if not local and script is None:
            continue
        runs = local or (script is not None and _builds(str(script.value), step, fetched[0]))
        may = fetched[1] if runs else (*fetched[1], "its commands run what was checked out")
        why = f"on `{event}` it checks out what they wrote (line {_line(fetched[0]).line}) and runs it"
        conditions = (*fetched[0].conditions, *step.conditions)
        yield _Entry(_TECHNIQUE[event], why, _line(step), conditions, may)


def _builds(script: str, step: Step, fetched: Step) -> bool:
    """Whether commands are a build of what was checked out: where that lies in a folder, they have to name it."""
    folder = text(fetched.given("path")).removeprefix("./").strip("/")
    there = not folder or folder in script or text(step.body.get("working-directory")).lstrip("./").startswith(folder)
    return there and _BUILD.search(script) is not None


def _fetches(step: Step, event: str) -> tuple[str, ...] | None:
    """What has to hold for a step to check out what the stranger wrote; None where it does not."""
    if step.action == "actions/checkout":
        if not any(
            mark.search(display(value))
            for name, mark in (("ref", _HEAD), ("repository", _FORK))
            for value in step.values(name)
        ):
            return None
        allowed = event not in _GUARDED or text(step.given("allow-unsafe-pr-checkout")) == "true"
        return () if allowed else (_OLD_CHECKOUT,)
    fetched = step.script is not None and _FETCHED.search(str(step.script.value)) is not None
    return () if fetched else None


def _line(step: Step) -> Span:
    node = step.script or step.body.get("uses") or step.body
    return Span(*node.span[:3])


def _injections(event: str, found: Sequence[Step], run: Run) -> Iterator[_Entry]:
    about = _ABOUT.get(event, ())
    for step in found:
        for script in step.scripts:
            for piece in split(str(script.value)):
                if not isinstance(piece, Hole) or piece.tree is None:
                    continue
                named = next((name for name in _texts(piece.tree, step, 0) if name.startswith(about)), "")
                if named:
                    span = within(script, str(script.value).find(piece.source))
                    yield _Entry("ci-script-injection", f"a script of it has `{named}` in it", span, step.conditions)


def _texts(tree: Expression, step: Step, depth: int) -> Iterator[str]:
    """The contexts that a stranger chooses and whose text the result of an expression may hold."""
    match tree:
        case Context():
            name = ".".join(tree.path)
            if _TAINTED.fullmatch(name):
                yield name
            elif tree.path[0] == "inputs" and len(tree.path) == 2 and depth < 3:
                handed = step.names.inputs.get(tree.path[1], ())
                for source in (one for value in handed for one in symbols_of(value)):
                    if (inner := parse(source)) is not None:
                        yield from _texts(inner, step, depth + 1)
            elif tree.path[0] == "env" and len(tree.path) == 2 and depth < 3:
                for piece in split(text(step.names.env.get(tree.path[1]))):
                    if isinstance(piece, Hole) and piece.tree is not None:
                        yield from _texts(piece.tree, step, depth + 1)
        case Binary(operator="||" | "&&"):
            yield from _texts(tree.left, step, depth)
            yield from _texts(tree.right, step, depth)
        case Call(name=name) if name in _KEEPS:
            for argument in tree.arguments:
                yield from _texts(argument, step, depth)
        case _:
            return


_GATE = re.compile(
    r"author_association|\.labels|event\.label\b|github\.actor\b|github\.triggering_actor|sender\.(?:login|type)|"
    r"user\.(?:login|type)|head\.repo\.(?:full_name|fork|owner)|head_repository|permission|event\.workflow_run\.actor",
    re.IGNORECASE,
)
"""What an `if` asks of whoever is behind an event."""


def _gates(run: Run, conditions: Iterable[Node], event: str, repository: Repository) -> tuple[str, ...]:
    """What stands in the way: an `if` about the person, a label, an approval."""
    found = [" ".join(text(node).split()) for node in conditions]
    gates = [f"`{_cut(value)}` lets them" for value in found if _GATE.search(value)]
    filters = run.entry.events.get(event)
    if event == "pull_request_target" and filters and listed(filters.get("types")) == ("labeled",):
        gates.append("somebody with rights sets a label")
    named = [name for name in environments(run) if name in repository.protected_environments]
    gates += [f"the environment `{name}` is approved" for name in named]
    return tuple(dict.fromkeys(gates))


def _cut(value: str) -> str:
    value = value.removeprefix("${{").removesuffix("}}").strip()
    return value if len(value) <= 80 else f"{value[:79]}…"
