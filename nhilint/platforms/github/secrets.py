"""The secrets that a job is handed: every one that its text names, those of its environment included.

https://docs.github.com/en/actions/how-tos/write-workflows/choose-what-workflows-do/use-secrets: a secret of the job's
environment goes before one of the repository with the same name, so a name may mean either.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from nhilint.algebra.values import SYMBOL_OPEN, Scope, Statement
from nhilint.model.facts import Via
from nhilint.model.node import Scalar
from nhilint.model.node import scalar_text as text
from nhilint.model.span import Span
from nhilint.platforms.github.expressions import ALL, DYNAMIC, Context, Hole, contexts, split
from nhilint.platforms.github.runs import Run
from nhilint.platforms.github.text import scalars, table
from nhilint.platforms.github.values import expression_patterns
from nhilint.platforms.github.words import READ_SECRET

_NAME = re.compile(r"secrets\s*\.\s*([A-Za-z_]\w*)", re.IGNORECASE)
_OWN = "GITHUB_TOKEN"


def environments(run: Run) -> tuple[str, ...]:
    """Patterns of the environment that the job runs in, if in any."""
    return tuple(one for one in run.environment if one)


def secret_statements(run: Run, grant: str) -> Iterator[Statement]:
    """One statement for each secret, at the line that names it first."""
    seen: dict[str, Span] = {}
    for name, span in used(run):
        seen.setdefault(name, span)
    for name, span in sorted(seen.items()):
        yield Statement(
            effect="allow",
            actions=(READ_SECRET,),
            scopes=(Scope(patterns=places(name, run)),),
            origin=Via(grant=grant, span=span),
        )


def places(name: str, run: Run) -> tuple[str, ...]:
    """The resources that a name in the `secrets` context may mean."""
    own = (name,) if ALL in name or SYMBOL_OPEN in name else run.secrets(name)
    found = [f"secret/{one}" for one in own]
    found += [f"environment/{environment}/secret/{name}" for environment in environments(run)]
    return tuple(dict.fromkeys(found))


def used(run: Run) -> Iterator[tuple[str, Span]]:
    """Names in the `secrets` context that a run uses, each with its place; `*` for all of them."""
    for node in _texts(run):
        if isinstance(node.value, str) and "${{" in node.value:
            yield from _in_text(node, run)
    if run.external and text(run.body.get("secrets")) == "inherit":
        inherited = run.body.get("secrets")
        assert inherited is not None
        yield from _all(run, inherited.span)


def _texts(run: Run) -> Iterator[Scalar]:
    for name in ("env", "defaults"):
        yield from scalars(run.workflow.body.get(name))
    yield from scalars(run.body)


def _in_text(node: Scalar, run: Run) -> Iterator[tuple[str, Span]]:
    value = str(node.value)
    at = 0
    for piece in split(value):
        if isinstance(piece, str):
            at += len(piece)
            continue
        place = value.find(piece.source, at)
        span = within(node, place)
        at = max(at, place)
        for name in _names(piece, run):
            if name == ALL:
                yield from _all(run, span)
            elif name != _OWN and places(name, run):
                yield name, span


def _names(hole: Hole, run: Run) -> Iterator[str]:
    if hole.tree is None:
        yield from (found.upper() for found in _NAME.findall(hole.source))
        return
    for context in contexts(hole.tree):
        if context.path[0] == "secrets":
            yield from _named(context, run)


def _named(context: Context, run: Run) -> Iterator[str]:
    rest = context.path[1:]
    if not rest or rest[0] == ALL:
        yield ALL
    elif rest[0] == DYNAMIC:
        for pattern in expression_patterns(context.indices[0], run.names):
            whole = pattern.startswith(SYMBOL_OPEN) and pattern.count(SYMBOL_OPEN) == 1 and pattern.endswith("\ue001")
            yield ALL if whole else pattern if SYMBOL_OPEN in pattern else pattern.upper()
    else:
        yield rest[0].upper()


def _all(run: Run, span: Span) -> Iterator[tuple[str, Span]]:
    """Every secret that the context holds: of a called workflow only those that it was handed."""
    if run.every_secret:
        yield ALL, span
        return
    calls = table(run.workflow.events.get("workflow_call"))
    rows = table(calls.get("secrets")) if calls else None
    for name in rows.entries if rows else ():
        if run.secrets(name.upper()):
            yield name.upper(), span


def within(node: Scalar, offset: int) -> Span:
    """The line of a place in a text; of a block scalar the line itself."""
    lines = str(node.value).count("\n", 0, max(offset, 0))
    span = node.span
    block = span.end_line > span.line and "\n" in str(node.value)
    line = span.line + lines + 1 if block else span.line
    return Span(span.path, min(line, span.end_line or line)) if block else span
