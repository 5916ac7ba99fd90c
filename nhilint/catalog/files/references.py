"""Parameters where they are written: which names are used in a file, and which of them nobody declared."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from difflib import get_close_matches

from nhilint.catalog.files.conform import place_of
from nhilint.catalog.files.fields import rows, under
from nhilint.catalog.model import PARAMETER, Parameter, Problem, Role
from nhilint.model.node import Map, Node, Scalar, Sequence
from nhilint.model.span import Span

_WRITTEN = re.compile(r"<([^<>]*)>")
_LITERAL = frozenset({"actions", "verbs", "permissions", "max_session", "static_keys"})
"""Fields in which a parameter has no meaning."""
_PROSE = frozenset({"why", "description"})


def unknown_parameters(node: Map, declared: Mapping[str, Parameter]) -> Iterator[Problem]:
    """What the statements, trust, constraints and tests of a role write in angle brackets and nobody declared."""
    for section in ("allow", "trust", "constraints"):
        for text, span, field in _texts(node.get(section), section):
            for name in _WRITTEN.findall(text):
                yield from _name(name, field, span, declared)
    for word in ("allow", "deny", "trust", "distrust"):
        for row in rows(under(node, "tests", word)):
            yield from _test(row, declared)


def parameters_in(node: Map) -> Iterator[Problem]:
    """The same for an exception, which has none."""
    for section in ("allow", "trust"):
        for text, span, _ in _texts(node.get(section), section):
            for name in PARAMETER.findall(text):
                message = f"an exception has no parameters, and this names `<{name}>`"
                yield Problem(code="unknown-parameter", message=message, span=span, help="write the value itself")


def used_parameters(role: Role) -> frozenset[str]:
    """The names that the statements, trust and constraints of a role use."""
    limits = role.constraints
    clauses = [clause for permit in role.allow for clause in permit.conditions] + list(limits.conditions)
    texts = [text for permit in role.allow for values in permit.fields.values() for text in values]
    texts += [text for _, key, values in clauses for text in (key, *values)]
    texts += [text for one in role.trust or () for values in one.fields.values() for text in values]
    texts += [*limits.boundaries, *limits.environments, *(text for values in limits.tags.values() for text in values)]
    return frozenset(name for text in texts for name in PARAMETER.findall(text))


def _texts(node: Node | None, field: str) -> Iterator[tuple[str, Span, str]]:
    """Every string with its place and the field it is in; keys count too."""
    match node:
        case Scalar(value=str()):
            yield str(node.value), node.span, field
        case Sequence():
            for item in node.items:
                yield from _texts(item, field)
        case Map():
            for key, value in node.entries.items():
                if key in _PROSE:
                    continue
                yield key, place_of(node, key), field
                yield from _texts(value, field if field in ("conditions", *_LITERAL) else key)
        case _:
            pass


def _name(name: str, field: str, span: Span, declared: Mapping[str, Parameter]) -> Iterator[Problem]:
    if field in _LITERAL:
        message = f"a parameter can not stand in `{field}`"
        yield Problem(code="unknown-parameter", message=message, span=span, help="write a role for each")
    elif not PARAMETER.fullmatch(f"<{name}>"):
        lower = name.lower().replace(" ", "_")
        help = f"did you mean `<{lower}>`?" if lower in declared else "lower-case letters, digits, `-` and `_`"
        yield Problem(code="unknown-parameter", message=f"`<{name}>` is no name of a parameter", span=span, help=help)
    elif name not in declared:
        message = f"the parameter `<{name}>` is not declared"
        yield Problem(code="unknown-parameter", message=message, span=span, help=_nearest(name, declared, "<", ">"))


def _nearest(name: str, declared: Mapping[str, Parameter], before: str = "", behind: str = "") -> str:
    near = get_close_matches(name, declared, n=1)
    return f"did you mean `{before}{near[0]}{behind}`?" if near else "declare it under `parameters`"


def _test(row: Map, declared: Mapping[str, Parameter]) -> Iterator[Problem]:
    bound = row.get("with")
    for name in bound.entries if isinstance(bound, Map) else ():
        if name not in declared and isinstance(bound, Map):
            message = f"the test binds `{name}`, which is no parameter"
            yield Problem(
                code="unknown-parameter", message=message, span=place_of(bound, name), help=_nearest(name, declared)
            )
    for field in ("action", "verb", "permission", "resource", "context", "caller"):
        for text, span, _ in _texts(row.get(field), field):
            for name in PARAMETER.findall(text):
                message = f"a test is about real values, and this names the parameter `<{name}>`"
                help = "write the value that the test binds under `with`"
                yield Problem(code="unknown-parameter", message=message, span=span, help=help)
