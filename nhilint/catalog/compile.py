"""A role with bound parameters to a permission set of its platform's dimensions.

The catalog may not know the platforms' interpreters; what it shares with them is the dimensions of the algebra: AWS has
(resource) and folded actions, Kubernetes (verb, group, resource, name, namespace) with groups written `g:GROUP`, GitHub
(resource) with actions `scope:level`, on the repository of the tree or on `secret/NAME`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import product
from typing import cast

from nhilint.algebra.values import SYMBOL_OPEN, Condition, Permissions, Qualifier, Scope, Statement, literal
from nhilint.catalog.model import PARAMETER, Clause, Permit, Role
from nhilint.data.github import METADATA
from nhilint.model.spellings import READ_SECRET, THIS, URLS
from nhilint.model.texts import fold, with_variables

Bindings = Mapping[str, tuple[str, ...]]

DIMENSIONS = {
    "aws": ("resource",),
    "github": ("resource",),
    "kubernetes": ("verb", "group", "resource", "name", "namespace"),
}
"""The repository of the tree, whatever it is called."""
_WILD_OPERATORS = ("Like", "ArnEquals", "ArnNotEquals")


def compile_role(role: Role, bindings: Bindings) -> Permissions:
    """The permission set of a role; a statement with a parameter that is not bound grants nothing."""
    statements = compile_permits(role.platform, role.allow, bindings, role.constraints.conditions)
    return Permissions(dimensions=DIMENSIONS[role.platform], statements=statements)


def compile_permits(
    platform: str, permits: Iterable[Permit], bindings: Bindings | None = None, conditions: tuple[Clause, ...] = ()
) -> tuple[Statement, ...]:
    """The statements of some permits, each under these conditions as well."""
    return tuple(
        statement
        for permit in permits
        for statement in _COMPILERS[platform](permit, bindings or {}, conditions)
        if statement.actions and all(scope.patterns for scope in statement.scopes)
    )


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


def _aws(permit: Permit, bindings: Bindings, conditions: tuple[Clause, ...]) -> Iterator[Statement]:
    rows = [_clauses(clause, bindings) for clause in (*permit.conditions, *conditions)]
    # A key with several values of a parameter is a statement for each: any of them is enough.
    for clauses in product(*rows):
        yield Statement(
            effect="allow",
            actions=tuple(action.lower() for action in permit.fields.get("actions", ())),
            scopes=(Scope(patterns=_patterns(permit.fields.get("resources", ()), bindings)),),
            conditions=tuple(sorted(clauses, key=lambda c: (c.key, c.operator, c.qualifier, c.if_exists))),
            origin=permit.span,
        )


def _clauses(clause: Clause, bindings: Bindings) -> tuple[Condition, ...]:
    """A clause of a policy for each key that it may mean."""
    operator, key, values = clause
    keys = fill_in(key, bindings)
    # A clause whose key is not known holds for no request: the statement then grants nothing.
    filled = _patterns(values, bindings) if keys else ()
    qualifier, _, name = operator.rpartition(":")
    if_exists = name.endswith("IfExists")
    name = name.removesuffix("IfExists")
    if not name.endswith(_WILD_OPERATORS):
        filled = tuple(literal(value) for value in filled)
    return tuple(
        Condition(
            operator=name,
            key=fold(one),
            values=filled,
            qualifier=cast("Qualifier", qualifier),
            if_exists=if_exists,
        )
        for one in keys or (key,)
    )


def _patterns(texts: tuple[str, ...], bindings: Bindings) -> tuple[str, ...]:
    """Texts of a policy, in which `${aws:username}` is a variable."""
    return _all(tuple(map(with_variables, texts)), bindings)


def _kubernetes(permit: Permit, bindings: Bindings, conditions: tuple[Clause, ...]) -> Iterator[Statement]:
    fields = permit.fields
    names = _all(fields["names"], bindings) if fields.get("names") else ("*",)
    spaces = _all(fields["namespaces"], bindings) if fields.get("namespaces") else ("*",)
    groups = tuple(f"g:{group}" for group in _all(fields.get("groups", ("",)), bindings))
    scopes = (fields.get("verbs", ()), groups, _all(fields.get("resources", ()), bindings), names, spaces)
    # The path of a URL stands where resources stand, under a group of its own, as in what identities hold.
    paths = (fields.get("verbs", ()), (URLS,), _all(fields.get("urls", ()), bindings), ("",), ("",))
    for patterns in (scopes, paths):
        yield Statement(
            effect="allow",
            actions=("*",),
            scopes=tuple(Scope(patterns=texts) for texts in patterns),
            origin=permit.span,
        )


def _github(permit: Permit, bindings: Bindings, conditions: tuple[Clause, ...]) -> Iterator[Statement]:
    fields = permit.fields
    asked = fields.get("permissions", ())
    # Every token has it, and every writer reads.
    given = dict.fromkeys((METADATA, *asked, *(f"{one[:-6]}:read" for one in asked if one.endswith(":write"))))
    # Names of secrets are in upper case, unless they are not known, or are parameters that the role still has.
    names = _all(fields.get("secrets", ()), bindings)
    secrets = tuple(name if SYMBOL_OPEN in name or PARAMETER.search(name) else name.upper() for name in names)
    spaces = _all(fields.get("environments", ()), bindings)
    kept = tuple(f"environment/{space}/secret/{name}" for space in spaces for name in secrets)
    # What `secrets.NAME` means in a job of an environment may be the repository's own secret.
    kept += tuple(f"secret/{name}" for name in secrets)
    if fields.get("environments") and not spaces:
        kept = ()
    for actions, resources in ((tuple(given), (THIS,)), ((READ_SECRET,), kept)):
        yield Statement(effect="allow", actions=actions, scopes=(Scope(patterns=resources),), origin=permit.span)


_COMPILERS: Mapping[str, Callable[[Permit, Bindings, tuple[Clause, ...]], Iterator[Statement]]] = {
    "aws": _aws,
    "github": _github,
    "kubernetes": _kubernetes,
}
