"""When a job runs: event and ref, as its workflow's triggers say and its `if` lets through.

The ref of each event: https://docs.github.com/en/actions/reference/workflows-and-actions/events-that-trigger-workflows
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from nhilint.algebra.glob import matches
from nhilint.algebra.values import SYMBOL_OPEN, literal, symbol
from nhilint.model.node import Map
from nhilint.platforms.github.conditions import Facts, refs_named, truth
from nhilint.platforms.github.runs import Run
from nhilint.platforms.github.text import listed
from nhilint.platforms.github.workflow import Repository

HEADS, TAGS = "refs/heads/", "refs/tags/"
MERGE = "refs/pull/*/merge"
_ANY = frozenset({"workflow_dispatch", "create", "deployment", "deployment_status", "merge_group"})
"""Events that may be about any branch or tag."""
_PULL = frozenset({"pull_request", "pull_request_review", "pull_request_review_comment"})
"""Events that run the merge of a pull request, with the rights of whoever opened it."""


@dataclass(frozen=True, slots=True)
class Occasion:
    """One way in which a job starts."""

    event: str
    ref: str
    """Glob."""
    pull: bool = False
    """Whether the subject of its token is `pull_request`."""
    may: tuple[str, ...] = ()
    """What its `if` asks besides."""


def occasions(run: Run, repository: Repository) -> tuple[Occasion, ...]:
    """Every way in which the job starts; none where its `if` shuts all of them out."""
    found: dict[Occasion, None] = {}
    for event, filters in run.entry.events.items():
        for start in _starts(event, filters, repository):
            for one in _split(start, run):
                known = Facts(event=one.event, ref=one.ref, repository=repository.name, inputs=run.names.inputs)
                answer = truth(run.conditions, known)
                if answer is None:
                    found[replace(one, may=("its `if` lets it run",))] = None
                elif answer:
                    found[one] = None
    return tuple(one for one in found if not any(_inside(one, other) for other in found if other != one))


def _inside(one: Occasion, other: Occasion) -> bool:
    """Whether another occasion takes this one in."""
    same = (one.event, one.pull) == (other.event, other.pull) and not other.may
    return same and SYMBOL_OPEN not in one.ref and matches(other.ref, one.ref)


def default_branch(repository: Repository) -> str:
    """The pattern of the default branch's ref."""
    name = repository.default_branch
    return HEADS + (literal(name) if name else symbol("the default branch"))


def _starts(event: str, filters: Map | None, repository: Repository) -> Iterator[Occasion]:
    if event == "workflow_call":
        return
    if event == "push":
        yield from (Occasion(event, ref) for ref in _pushed(filters))
    elif event in _PULL:
        yield Occasion(event, MERGE, pull=True)
        if event != "pull_request":
            yield Occasion(event, MERGE)
    elif event == "pull_request_target":
        for branch in _branches(filters, "branches") or ("*",):
            yield Occasion(event, HEADS + branch, pull=True)
            yield Occasion(event, HEADS + branch)
    elif event == "release":
        yield Occasion(event, TAGS + "*")
    elif event in _ANY:
        yield Occasion(event, HEADS + "*")
        yield Occasion(event, TAGS + "*")
    else:
        yield Occasion(event, default_branch(repository))


def _pushed(filters: Map | None) -> Iterator[str]:
    """The refs of a push; a filter of one kind shuts the other kind out."""
    keys = filters.entries.keys() if filters else set()
    branches, tags = keys & {"branches", "branches-ignore"}, keys & {"tags", "tags-ignore"}
    if branches or not tags:
        yield from (HEADS + glob for glob in _branches(filters, "branches") or ("*",))
    if tags or not branches:
        yield from (TAGS + glob for glob in _branches(filters, "tags") or ("*",))


def _branches(filters: Map | None, key: str) -> tuple[str, ...]:
    patterns = listed(filters.get(key)) if filters else ()
    return tuple(dict.fromkeys(glob(one) for one in patterns if not one.startswith("!")))


_TOKEN = re.compile(r"\\(.)|(\*+)|([?+])|\[([^\]]*)\]|(.)", re.DOTALL)


def glob(pattern: str) -> str:
    """A filter pattern as a glob that takes in at least as much.

    `*` does not match a slash there and `?`, `+` and `[…]` are about characters; here they become stars.
    https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax#filter-pattern-cheat-sheet
    """
    found: list[str] = []
    for escaped, stars, repeat, chars, plain in _TOKEN.findall(pattern):
        if repeat:
            if found:
                found.pop()
            found.append("*")
        elif stars or chars:
            found.append("*")
        else:
            found.append(literal(escaped or plain))
    return re.sub(r"\*+", "*", "".join(found))


def _split(start: Occasion, run: Run) -> Iterator[Occasion]:
    """A glob of refs as those that the `if` names, and the rest."""
    if "*" in start.ref and SYMBOL_OPEN not in start.ref:
        for ref in _named(run):
            if matches(start.ref, ref) and ref != start.ref:
                yield replace(start, ref=ref)
    yield start


def _named(run: Run) -> Iterable[str]:
    found: dict[str, None] = {}
    for word in refs_named(run.conditions):
        if word.startswith("refs/"):
            found[literal(word)] = None
        else:
            found[HEADS + literal(word)] = None
            found[TAGS + literal(word)] = None
    return found
