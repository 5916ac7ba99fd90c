"""Everything of a role besides its permissions, held against the same role of another catalog; pure.

Each difference is a *facet* with a direction: whether the role approves more, less, something else, or the same. Globs
are compared exactly, by the algebra; two regular expressions that differ are not compared.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from nhilint.algebra.prove import compare
from nhilint.algebra.universe import OPEN
from nhilint.algebra.values import ANY, Covered, Permissions, Scope, Statement, symbol
from nhilint.catalog.compile import Bindings, fill_in
from nhilint.catalog.model import Parameter, Role, TrustPermit
from nhilint.catalog.wording import caller, duration, either, values_of

Direction = Literal["widened", "narrowed", "changed", "same-meaning"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Facet:
    """One difference between two versions of a role or an exception."""

    part: str
    """The field: `status`, `expires`, `parameter bucket`, `trust`, `max_session`…"""
    direction: Direction
    base: str = ""
    """What it was, for people; empty: nothing was said."""
    head: str = ""
    text: str
    """The difference as a sentence without a full stop."""


def join(directions: Iterable[Direction]) -> Direction:
    """All of them together."""
    found = set(directions) - {"same-meaning"}
    if not found:
        return "same-meaning"
    return found.pop() if len(found) == 1 else "changed"


def symbols(parameters: Iterable[str], renamed: Mapping[str, str] | None = None) -> Bindings:
    """Each parameter bound to one unknown string that is equal to itself only, named as in head.

    What one version covers of the other under these bindings it covers for all values: only itself and `*` meet a
    symbol.
    """
    names = renamed or {}
    return {name: (symbol(f"<{names.get(name, name)}>"),) for name in parameters}


def facets(base: Role, head: Role, renamed: Mapping[str, str]) -> Iterator[Facet]:
    """Every difference but that of the permissions; `renamed`: parameters of base that have another name in head."""
    yield from _force(base, head)
    yield from _parameters(base, head, renamed)
    yield from _trust(base, head, renamed)
    yield from _constraints(base, head, renamed)
    yield from _break_glass(base, head)
    yield from _accepted(base, head)
    yield from _texts(base, head)


def _force(base: Role, head: Role) -> Iterator[Facet]:
    """When it approves anything at all."""
    if base.status != head.status:
        direction: Direction = "same-meaning"
        if "approved" in (base.status, head.status):
            direction = "widened" if head.status == "approved" else "narrowed"
        yield _facet("status", direction, base.status, head.status)
    yield from expiry(base.expires, head.expires)


def expiry(base: str, head: str) -> Iterator[Facet]:
    """An approval that lasts longer, or not as long."""
    if base != head:
        later = not head or (base and head > base)
        yield _facet("expires", "widened" if later else "narrowed", base or "never", head or "never")


def _facet(part: str, direction: Direction, base: str, head: str, text: str = "") -> Facet:
    return Facet(part=part, direction=direction, base=base, head=head, text=text or f"{part}: {base} → {head}")


def _parameters(base: Role, head: Role, renamed: Mapping[str, str]) -> Iterator[Facet]:
    paired = set(renamed.values())
    for name, old in base.parameters.items():
        now = renamed.get(name, name)
        new = head.parameters.get(now)
        if new is None:
            yield _facet(f"parameter {name}", "same-meaning", values_of(old), "", f"the parameter <{name}> is gone")
            continue
        if now != name:
            text = f"the parameter <{name}> is called <{now}> now"
            yield _facet(f"parameter {now}", "same-meaning", name, now, text)
        direction = _domain(old, new)
        if direction is not None:
            why = ""
            if direction == "changed" and old.pattern != new.pattern:
                why = f": the pattern {old.pattern or '(none)'} became {new.pattern or '(none)'}, which is not compared"
            text = f"the parameter <{now}> may be {values_of(new)}; it was {values_of(old)}{why}"
            yield _facet(f"parameter {now}", direction, values_of(old), values_of(new), text)
    for name, new in head.parameters.items():
        if name not in base.parameters and name not in paired:
            text = f"the parameter <{name}> is new: {values_of(new)}"
            yield _facet(f"parameter {name}", "same-meaning", "", values_of(new), text)


def _domain(old: Parameter, new: Parameter) -> Direction | None:
    """Whether a parameter takes more values; None: nothing of it differs."""
    found: list[Direction] = []
    if set(old.enum) != set(new.enum) or (old.pattern != new.pattern and not (old.enum and new.enum)):
        found.append(_values(old, new))
    if old.same != new.same:
        found.append("widened" if not new.same else "narrowed" if not old.same else "changed")
    for name in ("many", "unknown"):
        before, after = getattr(old, name), getattr(new, name)
        if before != after:
            found.append("widened" if after else "narrowed")
    return join(found) if found else None


def _values(old: Parameter, new: Parameter) -> Direction:
    """Lists are compared as sets; of a pattern is only known that it is narrower than none, and equal to itself."""
    if old.enum and new.enum:
        return _sets(set(old.enum), set(new.enum))
    if old.enum or new.enum:
        loose = new if old.enum else old
        if loose.pattern:
            return "changed"
        return "widened" if old.enum else "narrowed"
    if old.pattern and new.pattern:
        return "changed"
    return "narrowed" if new.pattern else "widened"


def _sets(old: set[str], new: set[str]) -> Direction:
    if old == new:
        return "same-meaning"
    return "widened" if old < new else "narrowed" if new < old else "changed"


def _trust(base: Role, head: Role, renamed: Mapping[str, str]) -> Iterator[Facet]:
    if base.trust is None and head.trust is None:
        return
    if base.trust is None or head.trust is None:
        before = "anybody" if base.trust is None else _callers(base.trust)
        after = "anybody" if head.trust is None else _callers(head.trust)
        says = "says nothing of who may have it" if head.trust is None else f"is only for {after}"
        direction: Direction = "widened" if head.trust is None else "narrowed"
        yield _facet("trust", direction, before, after, f"it {says} now; before it was for {before}")
        return
    mine = symbols(base.parameters, renamed)
    theirs = symbols(head.parameters)
    yield from callers(base.trust, head.trust, mine, theirs)


def callers(
    base: Sequence[TrustPermit], head: Sequence[TrustPermit], before: Bindings, after: Bindings
) -> Iterator[Facet]:
    """Who is let in by one list and not by the other; `before` and `after` bind the parameters of each."""
    fields = sorted({(p.issuer, name) for p in (*base, *head) for name in p.fields})

    def of(permits: Iterable[TrustPermit], bindings: Bindings) -> Permissions:
        statements = tuple(_caller(permit, fields, bindings) for permit in permits)
        return Permissions(dimensions=tuple(map(".".join, fields)), statements=statements)

    old, new = of(base, before), of(head, after)
    for permit in head:
        if not _inside(of((permit,), after), old):
            yield _facet("trust", "widened", "", caller(permit), f"it may be had by {caller(permit)}")
    for permit in base:
        if not _inside(of((permit,), before), new):
            text = f"it is no longer for everybody among {caller(permit)}"
            yield _facet("trust", "narrowed", caller(permit), "", text)


def _caller(permit: TrustPermit, fields: Sequence[tuple[str, str]], bindings: Bindings) -> Statement:
    """One kind of caller as a box: a field that is not asked for may be anything."""
    scopes = [
        Scope(patterns=tuple(text for value in permit.fields[name] for text in fill_in(value, bindings)))
        if issuer == permit.issuer and name in permit.fields
        else ANY
        for issuer, name in fields
    ]
    return Statement(effect="allow", actions=(permit.issuer,), scopes=tuple(scopes))


def _inside(candidate: Permissions, reference: Permissions) -> bool:
    return isinstance(compare(candidate, reference, OPEN), Covered)


def _callers(permits: Sequence[TrustPermit]) -> str:
    return "; ".join(map(caller, permits)) or "nobody"


def _constraints(base: Role, head: Role, renamed: Mapping[str, str]) -> Iterator[Facet]:
    """Limits; the conditions among them are part of every statement, so the permissions tell of them."""
    old, new = base.constraints, head.constraints
    bindings = symbols(base.parameters, renamed), symbols(head.parameters)
    if old.max_session != new.max_session:
        yield _longer("max_session", old.max_session, new.max_session)
    yield from _globs("boundary", old.boundaries, new.boundaries, "no boundary is asked for", *bindings)
    yield from _globs("environments", old.environments, new.environments, "any environment", *bindings)
    for key in sorted({*old.tags, *new.tags}):
        yield from _globs(f"tag {key}", old.tags.get(key, ()), new.tags.get(key, ()), "not asked for", *bindings)
    if old.static_keys != new.static_keys:
        words = {True: "allowed", False: "forbidden"}
        direction: Direction = "widened" if new.static_keys else "narrowed"
        yield _facet("static_keys", direction, words[old.static_keys], words[new.static_keys])


def _longer(part: str, old: int, new: int) -> Facet:
    """A duration, of which 0 is none."""
    direction: Direction = "widened" if new == 0 or (old and new > old) else "narrowed"
    return _facet(part, direction, duration(old) if old else "no limit", duration(new) if new else "no limit")


def _globs(
    part: str, old: tuple[str, ...], new: tuple[str, ...], nothing: str, before: Bindings, after: Bindings
) -> Iterator[Facet]:
    """Lists of globs, of which the empty one asks for nothing."""

    def held(globs: tuple[str, ...], bindings: Bindings) -> Permissions:
        scope = Scope(patterns=tuple(text for glob in globs for text in fill_in(glob, bindings)))
        return Permissions(dimensions=("it",), statements=(Statement(effect="allow", actions=("*",), scopes=(scope,)),))

    direction: Direction = "same-meaning"
    if not old or not new:
        direction = "narrowed" if new else "widened" if old else "same-meaning"
    else:
        mine, theirs = held(old, before), held(new, after)
        gained, lost = not _inside(theirs, mine), not _inside(mine, theirs)
        direction = "changed" if gained and lost else "widened" if gained else "narrowed" if lost else "same-meaning"
    if direction != "same-meaning":
        yield _facet(part, direction, either(old) if old else nothing, either(new) if new else nothing)


def _break_glass(base: Role, head: Role) -> Iterator[Facet]:
    old, new = base.break_glass, head.break_glass
    if base.access != head.access:
        yield _facet("access", "same-meaning", base.access or "not said", head.access or "not said")
    if old is None or new is None:
        if old is not new:
            words = "terms for emergencies"
            direction: Direction = "narrowed" if new else "widened"
            yield _facet("break_glass", direction, words if old else "none", words if new else "none")
        return
    if old.max_duration != new.max_duration:
        yield _longer("max_duration", old.max_duration, new.max_duration)
    if set(old.notify) != set(new.notify):
        # Whoever is told of a use is a limit on it: fewer of them loosens it.
        direction = _sets(set(new.notify), set(old.notify))
        yield _facet("notify", direction, either(old.notify), either(new.notify))


def _accepted(base: Role, head: Role) -> Iterator[Facet]:
    old, new = ({one.technique for one in role.accepts} for role in (base, head))
    if old != new:
        before, after = (", ".join(sorted(names)) or "none" for names in (old, new))
        yield _facet("accepts", _sets(old, new), before, after, f"accepted techniques: {before} → {after}")


_TEXTS: Mapping[str, Callable[[Role], str]] = {
    "title": lambda role: role.title,
    "owner": lambda role: role.owner,
    "approved by": lambda role: role.approved_by,
    "approved on": lambda role: role.approved_on,
    "ticket": lambda role: role.ticket,
    "review": lambda role: f"every {role.review} days" if role.review else "",
    "replaced_by": lambda role: role.replaced_by,
    "extends": lambda role: ", ".join(role.extends),
}
_LONG: Mapping[str, Callable[[Role], object]] = {
    "purpose": lambda role: role.purpose,
    "sources": lambda role: role.sources,
    "reasons": lambda role: sorted({permit.why for permit in role.allow} - {""}),
    "tests": lambda role: [
        (p.allowed, p.action, p.resource, p.why, p.bindings, p.context, p.caller and caller(p.caller))
        for p in role.tests
    ],
    "descriptions": lambda role: [(name, p.description, p.examples) for name, p in sorted(role.parameters.items())],
}  # fmt: skip


def _texts(base: Role, head: Role) -> Iterator[Facet]:
    """What changes nothing of what the role approves."""
    for part, short in _TEXTS.items():
        if short(base) != short(head):
            yield _facet(part, "same-meaning", short(base) or "not said", short(head) or "not said")
    for part, read in _LONG.items():
        if read(base) != read(head):
            yield _facet(part, "same-meaning", "", "", f"other {part}")
