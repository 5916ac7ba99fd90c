"""Runs the tests of roles: a request must (not) be allowed, a caller must (not) be let in."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from nhilint.algebra.evaluate import decide
from nhilint.algebra.values import Request, literal
from nhilint.catalog.compile import compile_role
from nhilint.catalog.model import Parameter, Probe, Role, TrustPermit
from nhilint.catalog.trust.outside import lets_in
from nhilint.model.spellings import THIS, URLS

Got = Literal["allowed", "denied", "undecided", "not-run"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came of one test."""

    role: str
    probe: Probe
    what: str
    """The request or the caller, for people."""
    got: Got
    why: str = ""
    """Why it was not as expected, as far as there is more to say than that; empty otherwise."""

    @property
    def expected(self) -> Got:
        """What it should be."""
        return "allowed" if self.probe.allowed else "denied"

    @property
    def passed(self) -> bool:
        """Whether it is as it should be."""
        return self.got == self.expected


def outcomes(role: Role) -> Iterator[Outcome]:
    """Every test of a role, in the order of the file."""
    for probe in role.tests:
        what = _caller(probe.caller) if probe.caller is not None else _request(probe)
        why = _unfit(role, probe)
        if why:
            yield Outcome(role=role.id, probe=probe, what=what, got="not-run", why=why)
        elif probe.caller is not None:
            yield _visit(role, probe, probe.caller, what)
        else:
            verdict = decide(compile_role(role, probe.bindings), _point(role, probe)).verdict
            got: Got = verdict if verdict in ("allowed", "undecided") else "denied"
            yield Outcome(role=role.id, probe=probe, what=what, got=got, why=_unbound(role, probe))


def _visit(role: Role, probe: Probe, caller: TrustPermit, what: str) -> Outcome:
    if role.trust is None:
        return Outcome(role=role.id, probe=probe, what=what, got="not-run", why="the role says nothing of its trust")
    inside = lets_in(role, probe.bindings, caller)
    got: Got = "undecided" if inside is None else "allowed" if inside else "denied"
    return Outcome(role=role.id, probe=probe, what=what, got=got, why=_unbound(role, probe))


def _unfit(role: Role, probe: Probe) -> str:
    """Why the bindings of a test are none that an identity could have."""
    for name, values in probe.bindings.items():
        parameter = role.parameters.get(name)
        if parameter is None:
            return f"`{name}` is no parameter of the role"
        for value in values:
            if not fits(parameter, value):
                return f"`{name}` can not be `{value}`"
        if len(values) > 1 and not parameter.many:
            return f"`{name}` has one value only"
    return ""


def fits(parameter: Parameter, value: str) -> bool:
    """Whether a literal value may be bound to the parameter."""
    if parameter.enum:
        return value in parameter.enum
    return not parameter.pattern or re.fullmatch(parameter.pattern, value[:500]) is not None


def _unbound(role: Role, probe: Probe) -> str:
    """Parameters without a value: statements with them grant nothing."""
    left = [f"`{name}`" for name in role.parameters if name not in probe.bindings]
    return f"without a value for {', '.join(left)}" if left else ""


def _point(role: Role, probe: Probe) -> Request:
    context = tuple(sorted((key.lower(), values) for key, values in probe.context.items()))
    match role.platform:
        case "kubernetes":
            return Request(action="*", point=_place(probe), context=context)
        case "github":
            resource = THIS if probe.resource in ("", "this") else literal(probe.resource)
            return Request(action=probe.action, point=(resource,), context=context)
        case _:
            return Request(action=probe.action.lower(), point=(literal(probe.resource),), context=context)


def _place(probe: Probe) -> tuple[str, ...]:
    """`[NAMESPACE:]RESOURCE[.GROUP][/SUBRESOURCE][=NAME]`, or the path of a URL, as a point."""
    if probe.resource.startswith("/"):
        return (probe.action, URLS, literal(probe.resource), "", "")
    what, _, name = probe.resource.partition("=")
    where, _, what = what.rpartition(":")
    base, slash, sub = what.partition("/")
    resource, _, group = base.partition(".")
    return (probe.action, f"g:{group}", resource + slash + sub, literal(name), literal(where))


def _request(probe: Probe) -> str:
    return f"{probe.action} on {probe.resource}" if probe.resource else probe.action


def _caller(caller: TrustPermit) -> str:
    fields = " ".join(f"{name}={'|'.join(values)}" for name, values in caller.fields.items())
    return f"{caller.issuer} {fields}".strip()
