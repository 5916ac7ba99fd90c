"""Texts with `${{ … }}` as the patterns they may become: what the tree knows is filled in, the rest are symbols."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from itertools import product

from nhilint.algebra.values import literal, symbol
from nhilint.model.node import Map, Node, Scalar
from nhilint.model.node import Sequence as ListNode
from nhilint.model.node import scalar_text as text
from nhilint.platforms.github.expressions import (
    ALL,
    DYNAMIC,
    Binary,
    Call,
    Context,
    Expression,
    Hole,
    Literal,
    split,
)
from nhilint.platforms.github.text import table

_MOST = 64
"""Alternatives of one text; where there are more, it is a symbol."""
_MAX_DEPTH = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """What the contexts hold where a text stands."""

    inputs: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Patterns; names lower case. What is not listed is not known."""
    env: Mapping[str, Node] = field(default_factory=dict)
    """As written; names lower case."""
    matrix: Node | None = None
    github: Mapping[str, str] = field(default_factory=dict)
    """`repository`, … to its pattern."""
    secret: Callable[[str], tuple[str, ...]] = lambda name: (name.upper(),)
    """A name in the `secrets` context to the names of the secrets whose value it has."""


def patterns(value: str, names: Names, depth: int = 0) -> tuple[str, ...]:
    """The patterns of a text, one of which it is."""
    found: list[tuple[str, ...]] = []
    for piece in split(value):
        if isinstance(piece, str):
            found.append((literal(piece),))
        elif piece.tree is None:
            found.append((symbol(piece.source),))
        else:
            found.append(_few(_values(piece.tree, piece.source, names, depth), piece.source))
    total = 1
    for options in found:
        total *= len(options)
    if total > _MOST:
        found = [options if len(options) == 1 else (symbol(_source(value)),) for options in found]
    return tuple(dict.fromkeys("".join(parts) for parts in product(*found)))


def expression_patterns(tree: Expression, names: Names) -> tuple[str, ...]:
    """The patterns of an expression that stands without braces."""
    return _few(_values(tree, "an index", names, 0), "an index")


def _few(options: tuple[str, ...], source: str) -> tuple[str, ...]:
    return options if len(options) <= _MOST else (symbol(source),)


def _source(value: str) -> str:
    return " ".join(piece.source for piece in split(value) if isinstance(piece, Hole))


def _values(tree: Expression, source: str, names: Names, depth: int) -> tuple[str, ...]:
    unknown = (symbol(source),)
    if depth > _MAX_DEPTH:
        return unknown
    match tree:
        case Literal(value=value):
            return (_constant(value),)
        case Context():
            return _context(tree, names, depth) or unknown
        case Binary(operator="||"):
            left = _values(tree.left, source, names, depth + 1)
            right = _values(tree.right, source, names, depth + 1)
            falls = [one for one in left if one not in ("", "false", "0")]
            if len(falls) == len(left) and unknown[0] not in left and isinstance(tree.left, Literal):
                return left
            return tuple(dict.fromkeys((*falls, *right)))
        case Binary(operator="&&"):
            return _values(tree.right, source, names, depth + 1)
        case Call(name="format", arguments=(Literal(value=str() as shape), *rest)):
            return _formatted(shape, rest, source, names, depth)
        case _:
            return unknown


def _constant(value: str | float | bool | None) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case float():
            return str(int(value)) if value.is_integer() else str(value)
        case _:
            return literal(value)


def _formatted(shape: str, arguments: Iterable[Expression], source: str, names: Names, depth: int) -> tuple[str, ...]:
    found: tuple[str, ...] = (literal(shape).replace("{{", "\ue020").replace("}}", "\ue021"),)
    for number, argument in enumerate(arguments):
        options = _values(argument, source, names, depth + 1)
        found = tuple(one.replace(f"{{{number}}}", option) for one in found for option in options)[:_MOST]
    return tuple(one.replace("\ue020", "{").replace("\ue021", "}") for one in found)


def _context(tree: Context, names: Names, depth: int) -> tuple[str, ...]:
    """Empty: not known."""
    root, *rest = tree.path
    if ALL in rest or DYNAMIC in rest:
        return ()
    match root, rest:
        case "inputs", [name]:
            return names.inputs.get(name) or (symbol(f"inputs.{name}"),)
        case "github", ["event", "inputs", name]:
            return names.inputs.get(name) or (symbol(f"inputs.{name}"),)
        case "github", [name] if name in names.github:
            return (names.github[name],)
        case "env", [name] if name in names.env:
            return patterns(text(names.env[name]), names, depth + 1)
        case "matrix", _ if rest and names.matrix is not None:
            return _matrix(rest, names, depth)
        case "secrets", [name]:
            return tuple(symbol(f"secrets.{one}") for one in names.secret(name))
        case _, _ if rest:
            return (symbol(".".join(tree.path)),)
        case _:
            return ()


def _matrix(route: list[str], names: Names, depth: int) -> tuple[str, ...]:
    """Every value that a job of the matrix may have there; a matrix that is computed is not known."""
    matrix = table(names.matrix)
    if matrix is None:
        return ()
    found: list[str] = []
    listed = (*_items(_named(matrix, route[0])), *_items(matrix.get("include")))
    if len(listed) > _MOST:
        return ()
    rows = [_below(item, route[1:]) for item in _items(_named(matrix, route[0]))]
    rows += [_below(item, route) for item in _items(matrix.get("include"))]
    for node in rows:
        if isinstance(node, Scalar):
            found += patterns(text(node), names, depth + 1)
    whole = [matrix.get("include"), _named(matrix, route[0])]
    if not found or any(isinstance(node, Scalar) for node in whole):
        return (*found, symbol(f"matrix.{'.'.join(route)}"))
    return tuple(dict.fromkeys(found))


def _named(node: Map, name: str) -> Node | None:
    return next((value for key, value in node.entries.items() if key.lower() == name), None)


def _below(node: Node, route: list[str]) -> Node | None:
    found: Node | None = node
    for name in route:
        found = _named(found, name) if isinstance(found, Map) else None
    return found


def _items(node: Node | None) -> tuple[Node, ...]:
    return node.items if isinstance(node, ListNode) else ()
