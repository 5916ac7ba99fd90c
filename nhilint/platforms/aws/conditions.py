"""Reads the `Condition` element of a statement.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
"""

from __future__ import annotations

from nhilint.algebra.values import Condition, Qualifier, display, literal
from nhilint.model.node import Map, Node
from nhilint.model.texts import fold
from nhilint.platforms.aws.text import pieces

OPERATORS = {
    name.lower(): name
    for name in (
        "StringEquals",
        "StringNotEquals",
        "StringEqualsIgnoreCase",
        "StringNotEqualsIgnoreCase",
        "StringLike",
        "StringNotLike",
        "NumericEquals",
        "NumericNotEquals",
        "NumericLessThan",
        "NumericLessThanEquals",
        "NumericGreaterThan",
        "NumericGreaterThanEquals",
        "DateEquals",
        "DateNotEquals",
        "DateLessThan",
        "DateLessThanEquals",
        "DateGreaterThan",
        "DateGreaterThanEquals",
        "Bool",
        "BinaryEquals",
        "IpAddress",
        "NotIpAddress",
        "ArnEquals",
        "ArnLike",
        "ArnNotEquals",
        "ArnNotLike",
        "Null",
    )
}
WILDCARDS = frozenset({"StringLike", "StringNotLike", "ArnEquals", "ArnLike", "ArnNotEquals", "ArnNotLike"})
"""The operators in whose values `*` and `?` are wildcards."""
_QUALIFIERS: dict[str, Qualifier] = {"forallvalues": "ForAllValues", "foranyvalue": "ForAnyValue"}


def read_conditions(node: Node | None, variables: bool) -> tuple[tuple[Condition, ...], str, tuple[str, ...]]:
    """The clauses; why the element as a whole can not be interpreted (empty: it can); and the unknown operators in it.

    A clause with an unknown operator is kept as written: whatever it means, the same text means the same.
    """
    if node is None:
        return (), "", ()
    if not isinstance(node, Map):
        return (), "the condition is not known", ()
    if node.open:
        return (), f"parts of the condition are not known: {node.open}", ()
    clauses: list[Condition] = []
    strange: list[str] = []
    for written, keys in node.entries.items():
        qualifier, operator, if_exists = _operator(written)
        if not operator:
            strange.append(written)
            qualifier, operator, if_exists = "", written, False
        if not isinstance(keys, Map) or keys.open:
            return (), f"the keys under `{display(written)}` are not known", ()
        for key, values in keys.entries.items():
            found = list(pieces(values, variables=variables))
            problem = next((piece.problem for piece in found if piece.problem), "")
            if problem:
                return (), f"`{key}`: {problem}", ()
            if any(piece.may for piece in found):
                return (), f"`{key}`: its values depend on something that is not known", ()
            texts = tuple(piece.pattern if operator in WILDCARDS else literal(piece.pattern) for piece in found)
            clauses.append(
                Condition(operator=operator, key=fold(key), values=texts, qualifier=qualifier, if_exists=if_exists)
            )
    return tuple(sorted(clauses, key=lambda c: (c.key, c.operator, c.qualifier, c.if_exists))), "", tuple(strange)


def _operator(written: str) -> tuple[Qualifier, str, bool]:
    prefix, colon, rest = written.partition(":")
    qualifier = _QUALIFIERS.get(prefix.lower(), "") if colon else ""
    if colon and not qualifier:
        return "", "", False
    name = (rest if colon else written).lower()
    if_exists = name.endswith("ifexists")
    return qualifier, OPERATORS.get(name.removesuffix("ifexists"), ""), if_exists
