"""The catalog's verdict by enumeration: every request, every binding, every set of roles; slow and plainly right.

Permissions are the set of requests that `evaluate.applies` lets through, out of all requests of a small universe.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import chain, combinations, product

from nhilint.algebra.evaluate import applies
from nhilint.algebra.values import Context, Permissions, Request, Statement
from nhilint.catalog.compile import compile_role
from nhilint.catalog.model import Catalog, Parameter, Role

ARN = "arn:aws:s3:::z/"
ACTIONS = ("s3:getobject", "s3:putobject", "s3:getobjectacl", "s3:getlater", "s3:later")
VALUES = ("a", "b", "ab")
"""What parameters of the identities are made of: all texts are short enough for the requests to tell them apart."""
TAILS = tuple(
    dict.fromkeys(
        "".join(letters)
        for letters in (
            *chain.from_iterable(product("ab/z", repeat=size) for size in range(3)),
            *product(VALUES, ("", "/", "z"), ("", *VALUES), ("", "z", "/z", "b")),
            *product("z", VALUES),
        )
    )
)
CONTEXTS: tuple[Context, ...] = ((), *((("k", (value,)),) for value in (*VALUES, "z")))
REQUESTS = tuple(
    Request(action=action, point=(ARN + tail,), context=context)
    for action in ACTIONS
    for tail in TAILS
    for context in CONTEXTS
)


@lru_cache(maxsize=100_000)
def requests_of(statement: Statement) -> int:
    """The numbers of the requests a statement speaks of, as bits."""
    bits = "".join("1" if applies(statement, request) else "0" for request in REQUESTS)
    return int(bits[::-1], 2)


def allowed(permissions: Permissions) -> int:
    """The requests that are allowed."""
    found = -1
    for layer in (permissions.statements, *permissions.ceilings):
        rows: dict[str, int] = {"allow": 0, "deny": 0}
        for statement in layer:
            rows[statement.effect] |= requests_of(statement)
        found &= rows["allow"] & ~rows["deny"]
    return found


def values_for(parameter: Parameter, texts: Iterable[str]) -> list[tuple[str, ...]]:
    """Every binding of a parameter to parts of the texts; more values of one that takes many only ever allow more."""
    parts = {t[i:j] for t in texts for i in range(len(t)) for j in range(i + 1, len(t) + 1)}
    fitting = sorted(
        part
        for part in parts
        if not set(part) & set("*?:")
        and (not parameter.enum or part in parameter.enum)
        and (not parameter.pattern or re.fullmatch(parameter.pattern, part))
    )
    if parameter.many:
        return [tuple(fitting)]
    return [(), *((value,) for value in fitting)]


def reaches(role: Role, texts: Sequence[str]) -> set[int]:
    """What the role allows, for every binding."""
    choices = [values_for(parameter, texts) for parameter in role.parameters.values()]
    names = list(role.parameters)
    return {allowed(compile_role(role, dict(zip(names, chosen, strict=True)))) for chosen in product(*choices)}


def texts_of(permissions: Permissions) -> list[str]:
    """What parameters may be taken from."""
    layers = chain(permissions.statements, *permissions.ceilings)
    found = set()
    for statement in layers:
        found.update(pattern.removeprefix(ARN) for scope in statement.scopes for pattern in scope.patterns)
        found.update(value for clause in statement.conditions for value in clause.values)
    return sorted(found)


def verdict(catalog: Catalog, permissions: Permissions, today: str) -> tuple[str, int]:
    """The verdict, and the number of roles that cover it."""
    held = allowed(permissions)
    if not held:
        return "covered", 0
    texts = texts_of(permissions)
    table = {role.id: reaches(role, texts) for role in catalog.roles.values()}
    usable = [role.id for role in catalog.roles.values() if not role.usable(today)]
    if size := _fewest(held, usable, table):
        return "covered", size
    if size := _fewest(held, list(table), table):
        return "not-in-force", size
    return ("exceeds" if any(_akin(catalog.roles[id], held) for id in usable) else "no-role"), 0


def _fewest(held: int, ids: Sequence[str], table: dict[str, set[int]]) -> int:
    for size in range(1, len(ids) + 1):
        for some in combinations(ids, size):
            if any(not held & ~union for union in _unions([table[id] for id in some])):
                return size
    return 0


def _unions(rows: Sequence[set[int]]) -> Iterator[int]:
    for chosen in product(*rows):
        union = 0
        for one in chosen:
            union |= one
        yield union


def _akin(role: Role, held: int) -> bool:
    """Whether the role allows some action that is held, wherever."""
    patterns = [action.lower() for permit in role.allow for action in permit.fields["actions"]]
    mine = {REQUESTS[number].action for number in range(len(REQUESTS)) if held >> number & 1}
    return any(re.fullmatch(pattern.replace("*", ".*"), action) for pattern in patterns for action in mine)
