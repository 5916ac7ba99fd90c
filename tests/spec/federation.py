"""Who may become whom, by the book: every token of a small universe is put before every clause, one by one.

A token has one value for each claim or lacks it. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import product

Clause = tuple[str, str, str, tuple[str, ...]]
"""Qualifier, operator (maybe with `IfExists`), claim, values."""


def matches(pattern: str, text: str, *, like: bool) -> bool:
    """`*` is any text and `?` any letter where the operator knows wildcards; else both are themselves."""
    if not like:
        return pattern == text
    parts = [".*" if letter == "*" else "." if letter == "?" else re.escape(letter) for letter in pattern]
    return re.fullmatch("".join(parts), text, re.DOTALL) is not None


def holds(clause: Clause, token: Mapping[str, str]) -> bool:
    """One clause for one token, whose claims have one value each."""
    qualifier, operator, claim, values = clause
    plain = operator.removesuffix("IfExists")
    negated = "Not" in plain
    value = token.get(claim)
    if value is None:
        if qualifier == "ForAllValues":
            return True
        if qualifier == "ForAnyValue":
            return operator.endswith("IfExists")
        return negated or operator.endswith("IfExists")
    found = any(matches(pattern, value, like=plain.endswith("Like")) for pattern in values)
    return found != negated


def tokens(stated: Mapping[str, Sequence[str]], universe: Mapping[str, Sequence[str]]) -> Iterator[dict[str, str]]:
    """Every token that an issuer may sign: stated claims as the globs say, others with any value or without."""
    choices: list[list[str | None]] = []
    for claim, values in universe.items():
        if claim in stated:
            choices.append([v for v in values if any(matches(p, v, like=True) for p in stated[claim])])
        else:
            choices.append([None, *values])
    for picked in product(*choices):
        yield {claim: value for claim, value in zip(universe, picked, strict=True) if value is not None}


def meets(
    stated: Mapping[str, Sequence[str]],
    clauses: Sequence[Clause],
    unless: Sequence[Sequence[Clause]],
    universe: Mapping[str, Sequence[str]],
) -> bool:
    """Whether some token of the issuer is let in and not shut out."""
    return any(
        all(holds(clause, token) for clause in clauses)
        and not any(all(holds(clause, token) for clause in deny) for deny in unless)
        for token in tokens(stated, universe)
    )
