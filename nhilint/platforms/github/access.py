"""What a job's token is given: the rules of `permissions`, of the repository's default, and of what a caller gives.

https://docs.github.com/en/actions/reference/github_token-reference: a job's `permissions` replaces its workflow's, what
is not named there is none; without any, the repository's default counts, which is not known unless settings say it. A
called workflow has at most what its caller has. `write` includes `read`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from nhilint.data.github import METADATA, PERMISSIVE, PERMISSIVE_READ, RESTRICTED, date, scopes
from nhilint.model.facts import Unresolved
from nhilint.model.node import Map, Node, Scalar
from nhilint.model.node import scalar_text as text
from nhilint.model.span import Span

OPEN_DEFAULT = "the repository's default for tokens is read and write"
"""What has to hold where only a permissive default gives something."""
_LEVELS = {"none": (), "read": ("read",), "write": ("read", "write")}


@dataclass(frozen=True, slots=True)
class Line:
    """What one line gives."""

    actions: frozenset[str]
    """`scope:level`."""
    span: Span
    may: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """What a token can do."""

    lines: tuple[Line, ...]
    span: Span
    written: bool
    """Whether a `permissions` key says it, and not the repository's default."""
    unresolved: tuple[Unresolved, ...] = field(default=(), compare=False)

    def actions(self, *, certain: bool = False) -> frozenset[str]:
        """Everything that it gives; `certain`: whatever the repository's default is."""
        return frozenset(action for line in self.lines if not (certain and line.may) for action in line.actions)


def read_access(node: Node | None, what: str) -> Access | None:
    """The value of a `permissions` key; None where there is none. `what` names its owner in an `Unresolved`."""
    if node is None:
        return None
    if isinstance(node, Map):
        return _mapping(node, what)
    word = text(node)
    if word in ("read-all", "write-all"):
        levels = ("read",) if word == "read-all" else ("read", "write")
        given = {f"{name}:{level}" for name, known in scopes().items() for level in levels if level in known}
        return Access(lines=(Line(frozenset({METADATA, *given}), node.span),), span=node.span, written=True)
    unresolved: tuple[Unresolved, ...] = ()
    if not isinstance(node, Scalar) or node.value is not None:
        why = f"`{word}` is neither `read-all` nor `write-all`" if word else "it is neither a word nor a map"
        unresolved = (_odd(what, f"{why}; GitHub refuses the workflow", node.span),)
    return Access(lines=_always(node.span), span=node.span, written=True, unresolved=unresolved)


def _mapping(node: Map, what: str) -> Access:
    lines = [*_always(node.span)]
    unresolved: list[Unresolved] = []
    for name, value in node.entries.items():
        level = text(value)
        if level not in _LEVELS:
            unresolved.append(_odd(what, f"`{name}: {level}` is no level: read, write or none", value.span))
            continue
        known = scopes().get(name)
        if known is None:
            why = f"the data of {date()} knows no scope `{name}`: a slip that GitHub refuses, or a new one"
            unresolved.append(_odd(what, why, value.span))
        given = {f"{name}:{one}" for one in _LEVELS[level] if known is None or one in known}
        if given:
            lines.append(Line(frozenset(given), value.span))
    return Access(lines=tuple(lines), span=node.span, written=True, unresolved=tuple(unresolved))


def default_access(setting: str, span: Span) -> Access:
    """What a token has where no `permissions` key says it; `setting` is `read`, `write`, or empty: not known."""
    restricted = frozenset({METADATA, *(f"{name}:read" for name in RESTRICTED)})
    permissive = {f"{name}:{level}" for name in PERMISSIVE for level in ("read", "write")}
    permissive |= {METADATA, *(f"{name}:read" for name in PERMISSIVE_READ)}
    lines = {
        "read": (Line(restricted, span),),
        "write": (Line(frozenset(permissive), span),),
        "": (Line(restricted, span), Line(frozenset(permissive - restricted), span, (OPEN_DEFAULT,))),
    }[setting]
    return Access(lines=lines, span=span, written=False)


def cut(access: Access, caller: Access) -> Access:
    """What is left of what a called workflow asks for, inside what its caller has."""
    certain, possible = caller.actions(certain=True), caller.actions()
    open_reasons = tuple(dict.fromkeys(reason for line in caller.lines for reason in line.may))
    lines: list[Line] = []
    for line in access.lines:
        lines.append(replace(line, actions=line.actions & certain))
        lines.append(
            replace(
                line,
                actions=line.actions & (possible - certain),
                may=tuple(dict.fromkeys((*line.may, *open_reasons))),
            )
        )
    return replace(access, lines=tuple(line for line in lines if line.actions))


def refused(access: Access, caller: Access) -> tuple[str, ...]:
    """What a called workflow asks for and its caller can not give: GitHub starts no such run."""
    if not access.written or not caller.written:
        return ()
    return _worst(access.actions() - caller.actions())


def _worst(actions: Iterable[str]) -> tuple[str, ...]:
    found = set(actions)
    return tuple(sorted(a for a in found if not (a.endswith(":read") and f"{a[:-5]}:write" in found)))


def _always(span: Span) -> tuple[Line, ...]:
    return (Line(frozenset({METADATA}), span),)


def _odd(what: str, why: str, span: Span) -> Unresolved:
    return Unresolved(what=f"`permissions` of {what}", why=why, span=span, cause="syntax")
