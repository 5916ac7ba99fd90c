"""The steps of a job one by one, those of the tree's own actions in their place, and the pins of what they use."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from nhilint.algebra.values import symbol
from nhilint.model.node import Map, Node, Scalar
from nhilint.model.node import scalar_text as text
from nhilint.platforms.github.runs import Run
from nhilint.platforms.github.text import table
from nhilint.platforms.github.values import Names, patterns
from nhilint.platforms.github.workflow import steps_of

_MAX_DEPTH = 10
_ACTION = re.compile(r"(?P<name>[^@/]+/[^@/]+)(?P<folder>/[^@]*)?@(?P<ref>.+)")
_SHA = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
_CODE = frozenset({"script", "run", "command", "commands", "cmd", "inlinescript", "code", "expression"})
"""Inputs whose text the action of that step runs."""
_VERSION = re.compile(r"v?\d+(?:\.\d+)*(?:[-+.].*)?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Pin:
    """What a step uses, and how firmly."""

    name: str
    """`owner/name`, with the folder behind it; an image without its tag."""
    ref: str
    kind: str
    """`commit`, `digest`: nobody can change it; `tag`, `branch`, `image tag`: its owner can; `local`: our own."""

    @property
    def owner(self) -> str:
        """Whose it is."""
        return self.name.partition("/")[0].lower()

    @property
    def firm(self) -> bool:
        """Whether nobody outside can change what runs."""
        return self.kind in ("commit", "digest", "local")


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step, where its texts stand."""

    body: Map
    names: Names
    conditions: tuple[Node, ...]
    pin: Pin | None
    """What it uses; None: it runs commands."""

    @property
    def action(self) -> str:
        """`owner/name/folder` of the action, lower case; empty: it is none of GitHub."""
        return self.pin.name.lower() if self.pin and self.pin.kind in ("commit", "tag", "branch") else ""

    def given(self, name: str) -> Node | None:
        """An input as it is written; their names know no case."""
        rows = table(self.body.get("with"))
        found = rows.entries.items() if rows else ()
        return next((value for key, value in found if key.lower() == name), None)

    def values(self, name: str) -> tuple[str, ...]:
        """The patterns of an input; none where it is not given."""
        value = text(self.given(name))
        return tuple(one for one in patterns(value, self.names) if one) if value else ()

    @property
    def script(self) -> Scalar | None:
        """The commands that it runs itself."""
        node = self.body.get("run")
        return node if isinstance(node, Scalar) and isinstance(node.value, str) else None

    @property
    def scripts(self) -> tuple[Scalar, ...]:
        """The commands, and inputs that actions run as code (`script` of `actions/github-script` and the like)."""
        rows = table(self.body.get("with")) if self.action else None
        given = [node for name, node in rows.entries.items() if name.lower() in _CODE] if rows else []
        found = (self.body.get("run"), *given)
        return tuple(node for node in found if isinstance(node, Scalar) and isinstance(node.value, str))


def steps(run: Run, actions: Mapping[str, Map]) -> Iterator[Step]:
    """Every step of a run."""
    yield from _steps(run.body, run.names, actions, (), ())


def _steps(
    body: Map, names: Names, actions: Mapping[str, Map], conditions: tuple[Node, ...], trail: tuple[str, ...]
) -> Iterator[Step]:
    for step in steps_of(body):
        held = (*conditions, *((own,) if (own := step.get("if")) is not None else ()))
        inner = replace(names, env={**names.env, **_lower(table(step.get("env")))})
        uses = text(step.get("uses"))
        found = Step(body=step, names=inner, conditions=held, pin=pin_of(uses) if uses else None)
        yield found
        if found.pin is None or found.pin.kind != "local":
            continue
        folder = posixpath.normpath(uses)
        action = actions.get("" if folder == "." else folder)
        runs = table(action.get("runs")) if action else None
        if action is None or runs is None or folder in trail or len(trail) >= _MAX_DEPTH:
            continue
        inside = Names(inputs=_inputs(action, found), github=names.github)
        yield from _steps(runs, inside, actions, held, (*trail, folder))


def _lower(rows: Map | None) -> dict[str, Node]:
    return {name.lower(): value for name, value in rows.entries.items()} if rows else {}


def _inputs(action: Map, step: Step) -> dict[str, tuple[str, ...]]:
    declared = table(action.get("inputs"))
    found: dict[str, tuple[str, ...]] = {}
    for name, row in declared.entries.items() if declared else ():
        given = step.given(name.lower())
        default = table(row)
        value = given if given is not None else default.get("default") if default else None
        found[name.lower()] = patterns(text(value), step.names) if value is not None else ("",)
    handed = table(step.body.get("with"))
    for name in handed.entries if handed else ():
        found.setdefault(name.lower(), (symbol(f"inputs.{name}"),))
    return found


def pin_of(uses: str) -> Pin:
    """What `uses` names."""
    if uses.startswith("docker://"):
        image, at, digest = uses.removeprefix("docker://").partition("@")
        if at:
            return Pin(name=image, ref=digest, kind="digest")
        name, colon, tag = image.rpartition(":")
        return Pin(name=name if colon and "/" not in tag else image, ref=tag if colon else "latest", kind="image tag")
    if uses.startswith((".", "/")):
        return Pin(name=uses, ref="", kind="local")
    found = _ACTION.fullmatch(uses)
    if found is None:
        return Pin(name=uses, ref="", kind="branch")
    ref = found["ref"]
    kind = "commit" if _SHA.fullmatch(ref) else "tag" if _VERSION.fullmatch(ref) else "branch"
    return Pin(name=found["name"] + (found["folder"] or ""), ref=ref, kind=kind)
