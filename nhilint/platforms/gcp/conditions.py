"""The attribute mapping and condition of a workload identity provider, in so far as they are simple comparisons.

https://cloud.google.com/iam/docs/workload-identity-federation#mapping
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from nhilint.algebra.values import Condition, display

_QUOTED = r"""(?:'(?P<a>[^'\\]*)'|"(?P<b>[^"\\]*)")"""
_SUBJECT = r"(?P<of>assertion|attribute|google)\.(?P<name>\w+)"
_EQUALS = re.compile(rf"{_SUBJECT}\s*==\s*{_QUOTED}")
_MIRRORED = re.compile(rf"{_QUOTED}\s*==\s*{_SUBJECT}")
_STARTS = re.compile(rf"{_SUBJECT}\.startsWith\(\s*{_QUOTED}\s*\)")
_IN = re.compile(rf"{_SUBJECT}\s+in\s+\[(?P<list>[^\]]*)\]")
_ITEM = re.compile(_QUOTED)
_CLAIM = re.compile(r"assertion\.(\w+)|assertion\[['\"](\w+)['\"]\]")


def claim_of(attribute: str, mapping: Mapping[str, str]) -> str:
    """The claim that an attribute is, letter by letter; empty where an expression makes it."""
    found = _CLAIM.fullmatch(display(mapping.get(attribute, "")).strip())
    return (found[1] or found[2]).lower() if found else ""


def clauses_of(condition: str, mapping: Mapping[str, str]) -> tuple[tuple[Condition, ...], str]:
    """The condition as clauses on claims; with the reason where some of it is no plain comparison."""
    clauses = []
    for part in re.split(r"&&", condition):
        clause = _clause(_bare(part), mapping)
        if clause is None:
            return (), f"the attribute condition `{display(condition)}` is not read"
        clauses.append(clause)
    return tuple(clauses), ""


def _bare(part: str) -> str:
    """Without brackets around all of it."""
    text = part.strip()
    return text[1:-1].strip() if text.startswith("(") and text.endswith(")") else text


def _clause(part: str, mapping: Mapping[str, str]) -> Condition | None:
    equal = _EQUALS.fullmatch(part) or _MIRRORED.fullmatch(part)
    starts, listed = _STARTS.fullmatch(part), _IN.fullmatch(part)
    found = equal or starts or listed
    if found is None:
        return None
    name = f"{found['of']}.{found['name']}"
    claim = found["name"].lower() if found["of"] == "assertion" else claim_of(name, mapping)
    if not claim:
        return None
    if listed:
        values = tuple(item["a"] or item["b"] or "" for item in _ITEM.finditer(listed["list"]))
        if not values or _ITEM.sub("", listed["list"]).strip(" ,\n\t"):
            return None
        return Condition(operator="StringEquals", key=claim, values=values)
    value = found["a"] or found["b"] or ""
    if starts:
        return Condition(operator="StringLike", key=claim, values=(f"{value}*",))
    return Condition(operator="StringEquals", key=claim, values=(value,))
