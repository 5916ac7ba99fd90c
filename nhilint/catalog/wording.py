"""Trust, limits and parameters of a role in words; knows no report and no terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from nhilint.catalog.model import Clause, Constraints, Parameter, TrustPermit

_WHO = {
    "github": "GitHub jobs",
    "kubernetes": "Kubernetes service accounts",
    "oidc": "tokens",
    "aws": "AWS principals",
    "service": "the AWS service",
}
_NAMES = {"service_account": "name", "external_id": "external id"}
_UNITS = ((86400, "day"), (3600, "hour"), (60, "minute"), (1, "second"))
_SAME = {
    "repository": "the repository of the tree",
    "owner": "the owner of the repository",
    "namespace": "the identity's own namespace",
    "name": "the identity's own name",
}


def caller(permit: TrustPermit) -> str:
    """Who is let in: "GitHub jobs with repository acme/shop and branch main"."""
    who = _WHO[permit.issuer]
    if permit.issuer == "service":
        return f"{who} {either(permit.fields.get('name', ()))}"
    fields = [f"{_NAMES.get(name, name)} {either(values)}" for name, values in permit.fields.items()]
    return f"{who} with {' and '.join(fields)}" if fields else f"any {who}"


def either(values: Sequence[str]) -> str:
    """`a`, `a or b`, `a, b or c`."""
    return " or ".join(filter(None, (", ".join(values[:-1]), values[-1]))) if values else "nothing"


def limits(constraints: Constraints) -> Iterator[tuple[str, str]]:
    """Each constraint's name in the role file with what it asks, as a sentence without a full stop."""
    if constraints.max_session:
        yield "max_session", f"a session lasts {duration(constraints.max_session)} at most"
    if constraints.boundaries:
        named = "" if "*" in constraints.boundaries else f" named {either(constraints.boundaries)}"
        yield "boundary", f"it has a permission boundary{named}"
    for clause in constraints.conditions:
        yield "conditions", f"every statement asks that {condition(clause)}"
    for key, values in sorted(constraints.tags.items()):
        yield "tags", f"its tag {key} is {either(values)}"
    if constraints.environments:
        yield "environments", f"its environment is {either(constraints.environments)}"
    if not constraints.static_keys:
        yield "static_keys", "it has no credentials that do not expire by themselves"


def condition(clause: Clause) -> str:
    """`aws:SourceVpc StringEquals vpc-1 or vpc-2`."""
    operator, key, values = clause
    return f"{key} {operator} {either(values)}"


def duration(seconds: int) -> str:
    """In the largest unit that says it exactly: `1 hour`, `90 minutes`."""
    for size, unit in _UNITS:
        if seconds % size == 0:
            count = seconds // size
            return f"{count} {unit}{'' if count == 1 else 's'}"
    raise AssertionError("every number is a number of seconds")


def values_of(parameter: Parameter) -> str:
    """What a parameter may be."""
    said = f"one of {either(parameter.enum)}" if parameter.enum else ""
    if not said:
        said = f"what matches {parameter.pattern}" if parameter.pattern else "any value without wildcards"
    if parameter.same:
        said = f"{_SAME.get(parameter.same, parameter.same)}, {said}" if parameter.pattern else _SAME[parameter.same]
    if parameter.many:
        said += ", one or several"
    return said + (", or a value that only a plan knows" if parameter.unknown else "")
