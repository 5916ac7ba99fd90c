"""A role with bound parameters to a permission set of its platform's dimensions.

The catalog may not know the platforms' interpreters; what it shares with them is the dimensions of the algebra: AWS has
(resource) and folded actions, Kubernetes (verb, group, resource, name, namespace) with groups written `g:GROUP`, GitHub
(resource) with actions `scope:level`, on the repository of the tree or on `secret/NAME`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from itertools import product
from typing import cast

from nhilint.algebra.values import Condition, Permissions, Qualifier, Scope, Statement, literal, symbol
from nhilint.catalog.model import PARAMETER, Permit, Role

Bindings = Mapping[str, tuple[str, ...]]

DIMENSIONS = {
    "aws": ("resource",),
    "github": ("resource",),
    "kubernetes": ("verb", "group", "resource", "name", "namespace"),
}
THIS = f"repository/{symbol('github.repository')}"
"""The repository of the tree, whatever it is called."""
_URLS = "u:"
_READ_SECRET = "secrets:read"
_WILD_OPERATORS = ("Like", "ArnEquals", "ArnNotEquals")


def compile_role(role: Role, bindings: Bindings) -> Permissions:
    """The permission set of a role; a statement with a parameter that is not bound grants nothing."""
    statements = []
    for permit in role.allow:
        made = _COMPILERS[role.platform](role, permit, bindings)
        statements += [one for one in made if one.actions and all(scope.patterns for scope in one.scopes)]
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


def _aws(role: Role, permit: Permit, bindings: Bindings) -> Iterator[Statement]:
    clauses = []
    for operator, key, values in (*permit.conditions, *role.constraints.conditions):
        keys = fill_in(key, bindings)
        # A clause whose key is not known holds for no request: the statement then grants nothing.
        filled = _all(values, bindings) if keys else ()
        if not operator.removesuffix("IfExists").endswith(_WILD_OPERATORS):
            filled = tuple(literal(value) for value in filled)
        qualifier, _, name = operator.rpartition(":")
        if_exists = name.endswith("IfExists")
        name = name.removesuffix("IfExists")
        clauses.append(
            Condition(
                operator=name,
                key=(keys or (key,))[0].lower(),
                values=filled,
                qualifier=cast("Qualifier", qualifier),
                if_exists=if_exists,
            )
        )
    yield Statement(
        effect="allow",
        actions=tuple(action.lower() for action in permit.fields.get("actions", ())),
        scopes=(Scope(patterns=_all(permit.fields.get("resources", ()), bindings)),),
        conditions=tuple(sorted(clauses, key=lambda c: (c.key, c.operator, c.qualifier, c.if_exists))),
        origin=permit.span,
    )


def _kubernetes(role: Role, permit: Permit, bindings: Bindings) -> Iterator[Statement]:
    fields = permit.fields
    names = _all(fields["names"], bindings) if fields.get("names") else ("*",)
    spaces = _all(fields["namespaces"], bindings) if fields.get("namespaces") else ("*",)
    groups = tuple(f"g:{group}" for group in _all(fields.get("groups", ("",)), bindings))
    scopes = (fields.get("verbs", ()), groups, _all(fields.get("resources", ()), bindings), names, spaces)
    # The path of a URL stands where resources stand, under a group of its own, as in what identities hold.
    paths = (fields.get("verbs", ()), (_URLS,), _all(fields.get("urls", ()), bindings), ("",), ("",))
    for patterns in (scopes, paths):
        yield Statement(
            effect="allow",
            actions=("*",),
            scopes=tuple(Scope(patterns=texts) for texts in patterns),
            origin=permit.span,
        )


def _github(role: Role, permit: Permit, bindings: Bindings) -> Iterator[Statement]:
    fields = permit.fields
    secrets = _all(fields.get("secrets", ()), bindings)
    spaces = _all(fields.get("environments", ()), bindings)
    kept = tuple(f"environment/{space}/secret/{name}" for space in spaces for name in secrets)
    if not fields.get("environments"):
        kept = tuple(f"secret/{name}" for name in secrets)
    for actions, resources in ((fields["permissions"], (THIS,)), ((_READ_SECRET,), kept)):
        yield Statement(effect="allow", actions=actions, scopes=(Scope(patterns=resources),), origin=permit.span)


_COMPILERS: Mapping[str, Callable[[Role, Permit, Bindings], Iterator[Statement]]] = {
    "aws": _aws,
    "github": _github,
    "kubernetes": _kubernetes,
}
