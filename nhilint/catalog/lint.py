"""What a maintainer should mend in a role, beyond what its schema says; runs the role's own tests."""

from __future__ import annotations

from collections.abc import Iterator

from nhilint.algebra.evaluate import decide
from nhilint.algebra.glob import matches
from nhilint.algebra.values import Request, literal
from nhilint.catalog.compile import THIS, Bindings, compile_role, fill_in
from nhilint.catalog.model import Catalog, Probe, Problem, Role, TrustPermit


def lint(catalog: Catalog, *, today: str) -> tuple[Problem, ...]:
    """The problems of every role, in the order of their ids."""
    return tuple(problem for role in catalog.roles.values() for problem in _role(role, today))


def _role(role: Role, today: str) -> Iterator[Problem]:
    if role.platform == "aws":
        yield from _actions(role)
    for probe in role.tests:
        yield from _probe(role, probe)
    if not role.tests:
        yield _warning(role, "the role has no tests")
    if role.status == "approved" and not role.approved_by:
        yield _warning(role, "nobody is named as having approved it")
    if not role.expires:
        yield _warning(role, "the approval has no expiry")
    elif role.expires < today:
        yield Problem(message=f"the approval expired on {role.expires}", span=role.span)


def _warning(role: Role, message: str) -> Problem:
    return Problem(message=f"{role.id}: {message}", span=role.span, severity="warning")


def _actions(role: Role) -> Iterator[Problem]:
    from nhilint.data.aws import AwsVocabulary, suggest

    vocabulary = AwsVocabulary()
    for permit in role.allow:
        for action in permit.fields.get("actions", ()):
            if vocabulary.expand(action.lower()):
                if "*" in action:
                    message = f"{role.id}: `{action}` also allows actions that AWS adds later"
                    yield Problem(message=message, span=permit.span, severity="warning")
                continue
            near = suggest(action)
            help = f"did you mean {', '.join(f'`{name}`' for name in near)}?" if near else ""
            yield Problem(message=f"{role.id}: unknown action `{action}`", span=permit.span, help=help)


def _probe(role: Role, probe: Probe) -> Iterator[Problem]:
    missing = [name for name in probe.bindings if name not in role.parameters]
    if missing:
        yield Problem(message=f"{role.id}: the test binds `{missing[0]}`, which is no parameter", span=probe.span)
        return
    if probe.caller is not None:
        yield from _caller(role, probe, probe.caller)
        return
    permissions = compile_role(role, probe.bindings)
    if role.platform == "aws":
        request = Request(action=probe.action.lower(), point=(literal(probe.resource),))
    elif role.platform == "github":
        request = Request(action=probe.action, point=(_github_resource(probe),))
    else:
        request = Request(action="*", point=_point(probe))
    verdict = decide(permissions, request).verdict
    if (verdict == "allowed") != probe.allowed:
        wanted = "must be allowed" if probe.allowed else "must not be allowed"
        message = f"{role.id}: `{probe.action}` on `{probe.resource}` {wanted}, but is {verdict}"
        yield Problem(message=message, span=probe.span)


def _caller(role: Role, probe: Probe, caller: TrustPermit) -> Iterator[Problem]:
    """A caller of which every value is written out: some line of `trust` asks for nothing else than what it has."""
    if role.trust is not None and any(_admits(one, caller, probe.bindings) for one in role.trust) != probe.allowed:
        wanted = "must be trusted" if probe.allowed else "must not be trusted"
        who = ", ".join(f"{name} = {'/'.join(values)}" for name, values in caller.fields.items())
        yield Problem(message=f"{role.id}: the {caller.issuer} caller with {who} {wanted}", span=probe.span)


def _admits(permit: TrustPermit, caller: TrustPermit, bindings: Bindings) -> bool:
    if permit.issuer != caller.issuer:
        return False
    for name, texts in permit.fields.items():
        patterns = [pattern for text in texts for pattern in fill_in(text, bindings)]
        if not any(matches(pattern, value) for pattern in patterns for value in caller.fields.get(name, ())):
            return False
    return True


def _github_resource(probe: Probe) -> str:
    """The point: nothing or `this` for the repository of the tree, `secret/NAME`, `environment/NAME/secret/NAME`."""
    return THIS if probe.resource in ("", "this") else literal(probe.resource)


def _point(probe: Probe) -> tuple[str, ...]:
    """`[NAMESPACE:]RESOURCE[.GROUP][/SUBRESOURCE][=NAME]`, or the path of a URL, as a point."""
    if probe.resource.startswith("/"):
        return (probe.action, "u:", literal(probe.resource), "", "")
    where, _, rest = probe.resource.rpartition(":")
    what, _, name = rest.partition("=")
    base, slash, sub = what.partition("/")
    resource, _, group = base.partition(".")
    return (probe.action, f"g:{group}", resource + slash + sub, literal(name), where)
