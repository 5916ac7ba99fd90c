"""A role with bound parameters to a permission set of its platform's dimensions.

The catalog may not know the platforms' interpreters; what it shares with them is the dimensions of the algebra: AWS has
(resource) and folded actions, Kubernetes (verb, group, resource, name, namespace) with groups written `g:GROUP`.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import product

from nhilint.algebra.values import Condition, Permissions, Scope, Statement, literal
from nhilint.catalog.model import PARAMETER, Permit, Role

Bindings = Mapping[str, tuple[str, ...]]

DIMENSIONS = {"aws": ("resource",), "kubernetes": ("verb", "group", "resource", "name", "namespace")}
_WILD_OPERATORS = ("Like", "ArnEquals", "ArnNotEquals")


def compile_role(role: Role, bindings: Bindings) -> Permissions:
    """The permission set of a role; a statement with a parameter that is not bound grants nothing."""
    statements = []
    for permit in role.allow:
        statement = _aws(permit, bindings) if role.platform == "aws" else _kubernetes(permit, bindings)
        if all(scope.patterns for scope in statement.scopes) and statement.actions:
            statements.append(statement)
    return Permissions(dimensions=DIMENSIONS[role.platform], statements=tuple(statements))


def fill_in(text: str, bindings: Bindings) -> tuple[str, ...]:
    """The text for every combination of values; () when a parameter is not bound. Values are taken literally."""
    names = list(dict.fromkeys(PARAMETER.findall(text)))
    choices = [bindings.get(name, ()) for name in names]
    found = []
    for values in product(*choices):
        table = {name: literal(value) for name, value in zip(names, values, strict=True)}
        pieces = PARAMETER.split(text)
        found.append("".join(table[piece] if index % 2 else piece for index, piece in enumerate(pieces)))
    return tuple(found)


def _all(texts: tuple[str, ...], bindings: Bindings) -> tuple[str, ...]:
    return tuple(filled for text in texts for filled in fill_in(text, bindings))


def _aws(permit: Permit, bindings: Bindings) -> Statement:
    clauses = []
    for operator, key, values in permit.conditions:
        keys = fill_in(key, bindings)
        # A clause whose key is not known holds for no request: the statement then grants nothing.
        filled = _all(values, bindings) if keys else ()
        if not operator.endswith(_WILD_OPERATORS):
            filled = tuple(literal(value) for value in filled)
        if_exists = operator.endswith("IfExists")
        name = operator.removesuffix("IfExists")
        clauses.append(Condition(operator=name, key=(keys or (key,))[0].lower(), values=filled, if_exists=if_exists))
    return Statement(
        effect="allow",
        actions=tuple(action.lower() for action in permit.fields.get("actions", ())),
        scopes=(Scope(patterns=_all(permit.fields.get("resources", ()), bindings)),),
        conditions=tuple(sorted(clauses, key=lambda c: (c.key, c.operator, c.qualifier, c.if_exists))),
        origin=permit.span,
    )


def _kubernetes(permit: Permit, bindings: Bindings) -> Statement:
    fields = permit.fields
    names = _all(fields["names"], bindings) if fields.get("names") else ("*",)
    spaces = _all(fields["namespaces"], bindings) if fields.get("namespaces") else ("*",)
    groups = tuple(f"g:{group}" for group in _all(fields.get("groups", ("",)), bindings))
    scopes = (fields.get("verbs", ()), groups, _all(fields.get("resources", ()), bindings), names, spaces)
    return Statement(
        effect="allow",
        actions=("*",),
        scopes=tuple(Scope(patterns=patterns) for patterns in scopes),
        origin=permit.span,
    )
