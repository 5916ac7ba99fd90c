"""Reads type constraints (`map(object({ a = optional(string, "x") }))`) from their expressions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from nhilint.model.node import Node
from nhilint.sources.terraform.convert import ANY, Type

Expr = tuple[Any, ...]
MAX_DEPTH = 40


def read_type(expr: Expr, constant: Callable[[Expr], Node | None], depth: int = 0) -> Type:
    """The constraint; whatever is not one is `any`. `constant` evaluates the defaults of optional attributes."""
    if depth > MAX_DEPTH:
        return ANY
    tag = expr[0]
    if tag == "str":  # the old spelling: type = "string"
        return Type({"string": "string", "list": "list", "map": "map"}.get(expr[3], "any"))  # type: ignore[arg-type]
    if tag == "name":
        word = expr[3]
        if word in ("string", "number", "bool"):
            return Type(word)
        return Type(word, ANY) if word in ("list", "set", "map") else ANY
    if tag != "call" or not expr[4]:
        return ANY
    name, argument = expr[3], expr[4][0]
    if name in ("list", "set", "map"):
        return Type(name, read_type(argument, constant, depth + 1))
    if name == "tuple" and argument[0] == "list":
        return Type("tuple", items=tuple(read_type(item, constant, depth + 1) for item in argument[3]))
    if name == "object" and argument[0] == "obj":
        attributes = {}
        for key, value in argument[3]:
            if key[0] == "str":
                attributes[key[3]] = _attribute(value, constant, depth + 1)
        return Type("object", attributes=attributes)
    return ANY


def _attribute(expr: Expr, constant: Callable[[Expr], Node | None], depth: int) -> tuple[Type, bool, Node | None]:
    if expr[0] == "call" and expr[3] == "optional" and expr[4]:
        default = constant(expr[4][1]) if len(expr[4]) > 1 else None
        return read_type(expr[4][0], constant, depth), True, default
    return read_type(expr, constant, depth), False, None
