"""Tokens of apps and people that a job pushes with; what they may do is not in the tree, so that all of it is a "may".

The workflow's own token never writes workflows; these do where their owner let them.
https://docs.github.com/en/actions/tutorials/authenticate-with-github_token#granting-additional-permissions
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from nhilint.algebra.values import Scope, Statement
from nhilint.model.facts import Via
from nhilint.model.node import Node
from nhilint.model.node import scalar_text as text
from nhilint.model.span import Span
from nhilint.platforms.github.expressions import Context, Hole, contexts, split
from nhilint.platforms.github.steps import Step
from nhilint.platforms.github.text import table
from nhilint.platforms.github.words import CODE, EDIT_WORKFLOWS, THIS

_PUSHES = {
    "actions/checkout": ("token", "ssh-key"),
    "peter-evans/create-pull-request": ("token",),
    "stefanzweifel/git-auto-commit-action": ("token",),
    "ad-m/github-push-action": ("github_token", "ssh"),
}
"""Actions that push, or leave the token where `git push` finds it, to their inputs that hold one."""
_APPS = frozenset({"actions/create-github-app-token", "tibdex/github-app-token"})
_PERMISSION = "permission-"
_OWN_NAME = "${{github.event.repository.name}}"
_ASKED = {"permission-contents": CODE, "permission-workflows": EDIT_WORKFLOWS}


def borrowed(found: Sequence[Step], grant: str) -> Iterator[Statement]:
    """One statement for each token that is not the workflow's own."""
    apps = {text(step.body.get("id")).lower(): step for step in found if step.action in _APPS}
    seen: set[str] = set()
    for step in found:
        if text(step.given("repository")) or text(step.given("persist-credentials")) == "false":
            continue
        for name in _PUSHES.get(step.action, ()):
            node = step.given(name)
            for source, actions in _tokens(node, apps):
                if source in seen or not actions or node is None:
                    continue
                seen.add(source)
                yield Statement(
                    effect="allow",
                    actions=actions,
                    scopes=(Scope(patterns=(THIS,)),),
                    may=(f"the token in `{source}` may write there",),
                    origin=Via(grant=grant, span=Span(*node.span[:3])),
                )


def asked_for(found: Sequence[Step], grant: str) -> Iterator[Statement]:
    """One statement for each permission that a step asks for in the token of an app, whatever uses that token.

    https://github.com/actions/create-github-app-token#permission-permission-name
    """
    for step in found:
        rows = table(step.body.get("with")) if step.action in _APPS else None
        for name, value in rows.entries.items() if rows else ():
            level = text(value)
            if name.startswith(_PERMISSION) and level:
                scope = name.removeprefix(_PERMISSION)
                levels = ("read",) if level == "read" else ("read", level)
                yield Statement(
                    effect="allow",
                    actions=tuple(f"{scope}:{one}" for one in levels),
                    scopes=(Scope(patterns=_installed(step)),),
                    may=("the app has it, and is installed there",),
                    origin=Via(grant=grant, span=Span(*value.span[:3])),
                )


def _installed(step: Step) -> tuple[str, ...]:
    """The repositories that a token of an app is for: this one where none and no owner is named."""
    owners = step.values("owner")
    if not text(step.given("repositories")):
        return tuple(f"repository/{owner}/*" for owner in owners) or (THIS,)
    if "".join(text(step.given("repositories")).split()) == _OWN_NAME:
        return (THIS,)
    owner = owners[0] if owners else "*"
    names = (name for value in step.values("repositories") for name in re.split(r"[,\s]+", value) if name)
    return tuple(dict.fromkeys(f"repository/{owner}/{name}" for name in names))


def _tokens(node: Node | None, apps: Mapping[str, Step]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """What a token is called, and what it may do at the most."""
    for piece in split(text(node)):
        for context in contexts(piece.tree) if isinstance(piece, Hole) and piece.tree is not None else ():
            match context:
                case Context(path=("secrets", name)) if name != "github_token":
                    yield f"secrets.{name.upper()}", (CODE, EDIT_WORKFLOWS)
                case Context(path=("steps", step, "outputs", _)) if step in apps:
                    yield f"steps.{step}", _of_app(apps[step])
                case _:
                    pass


def _of_app(step: Step) -> tuple[str, ...]:
    """All that the app has; only what the step asks for, where it does."""
    rows = table(step.body.get("with"))
    asked = (
        {name: text(value) for name, value in rows.entries.items() if name.startswith("permission-")} if rows else {}
    )
    if not asked:
        return (CODE, EDIT_WORKFLOWS)
    return tuple(action for name, action in _ASKED.items() if asked.get(name) == "write")
