"""What one condition clause says about one key, and the finitely many values that can tell clauses apart.

Absent keys (SEMANTICS 2.5): a plain operator is false, a negated one true, `IfExists` true, `ForAllValues` true,
`ForAnyValue` false even when negated. Values are ORed, those of a negated operator NORed. An empty list of values
counts as absent. A plain operator on a key with several values asks whether any of them matches (negated: none).

A value that contains a symbol is one opaque operand: only the same text meets it in a family that reads its values
(numbers, dates, addresses); in the string families it is a glob like any other.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from nhilint.algebra.glob import intersect, is_wild, matches, witnesses
from nhilint.algebra.values import LITERAL_MARK, LITERAL_STAR, SYMBOL_OPEN, Condition

Values = tuple[str, ...] | None
"""The values of one key in a request; None when the key is absent."""

_MAX_DOMAIN = 400
_ARN_PARTS = 6

_OPERATORS: dict[str, tuple[str, bool]] = {
    "StringEquals": ("string", False),
    "StringNotEquals": ("string", True),
    "StringLike": ("string", False),
    "StringNotLike": ("string", True),
    "StringEqualsIgnoreCase": ("folded", False),
    "StringNotEqualsIgnoreCase": ("folded", True),
    "BinaryEquals": ("string", False),
    "ArnEquals": ("arn", False),
    "ArnLike": ("arn", False),
    "ArnNotEquals": ("arn", True),
    "ArnNotLike": ("arn", True),
    "Bool": ("bool", False),
    "IpAddress": ("address", False),
    "NotIpAddress": ("address", True),
    "Null": ("null", False),
    **{f"{family}{name}": (family.lower(), negated) for family in ("Numeric", "Date") for name, negated in (
        ("Equals", False), ("NotEquals", True), ("LessThan", False), ("LessThanEquals", False),
        ("GreaterThan", False), ("GreaterThanEquals", False),
    )},
}  # fmt: skip
OPERATORS = tuple(_OPERATORS)
"""Every operator that has a meaning, without qualifier and without `IfExists`."""
_COMPARE: dict[str, Callable[[float, float], bool]] = {
    "Equals": lambda value, bound: value == bound,
    "NotEquals": lambda value, bound: value == bound,
    "LessThan": lambda value, bound: value < bound,
    "LessThanEquals": lambda value, bound: value <= bound,
    "GreaterThan": lambda value, bound: value > bound,
    "GreaterThanEquals": lambda value, bound: value >= bound,
}


class DomainTooLarge(ValueError):
    """The clauses on one key fall into too many overlaps; nothing was decided."""


def family(operator: str) -> str:
    """`string`, `folded`, `arn`, `bool`, `address`, `numeric`, `date`, `null`; empty for an unknown operator."""
    return _OPERATORS.get(operator, ("", False))[0]


def interpretable(clause: Condition) -> bool:
    """Whether the clause has a meaning: a known operator, and operands that its family can read.

    What `ForAnyValue:…IfExists` says of an absent key is not documented, and those who tried it say it is not what the
    suffix promises.
    """
    kind = family(clause.operator)
    readers: dict[str, Callable[[str], object]] = {"numeric": number, "date": moment, "address": network}
    if not kind or (clause.qualifier == "ForAnyValue" and clause.if_exists):
        return False
    if kind == "null":
        return all(value.lower() in ("true", "false") for value in clause.values)
    reader = readers.get(kind)
    return reader is None or all(SYMBOL_OPEN in value or reader(value) is not None for value in clause.values)


def holds(clause: Condition, values: Values) -> bool | None:
    """Whether the clause is true for these values of its key; None when it can not be interpreted."""
    if not interpretable(clause) and not (values and interpretable(replace(clause, if_exists=False))):
        return None
    kind, negated = _OPERATORS[clause.operator]
    if kind == "null":
        return any((value.lower() == "true") == (not values) for value in clause.values)
    if not values:
        if clause.if_exists or clause.qualifier == "ForAllValues":
            return True
        return negated and not clause.qualifier
    met = [any(_meets(clause.operator, kind, pattern, value) for pattern in clause.values) for value in values]
    if clause.qualifier == "ForAllValues":
        return not any(met) if negated else all(met)
    if clause.qualifier == "ForAnyValue":
        return not all(met) if negated else any(met)
    return not any(met) if negated else any(met)


def _meets(operator: str, kind: str, pattern: str, value: str) -> bool:
    if kind == "string":
        return matches(pattern, value)
    if kind == "arn":
        return _arn_meets(pattern, value)
    if kind in ("folded", "bool"):
        return matches(pattern.casefold(), value.casefold())
    if SYMBOL_OPEN in pattern or SYMBOL_OPEN in value:
        return pattern == value
    if kind == "address":
        return _inside(pattern, value)
    read = number if kind == "numeric" else moment
    bound, found = read(pattern), read(value)
    if bound is None or found is None:
        return False
    return _COMPARE[operator.removeprefix("Numeric").removeprefix("Date")](found, bound)


def arn_parts(pattern: str) -> list[str]:
    """The six segments of an ARN pattern; missing ones are padded with ``*``."""
    parts = pattern.split(":", _ARN_PARTS - 1)
    return parts + ["*"] * (_ARN_PARTS - len(parts))


def _arn_meets(pattern: str, value: str) -> bool:
    parts = value.split(":", _ARN_PARTS - 1)
    if len(parts) < _ARN_PARTS:
        return False
    return all(matches(p, v) for p, v in zip(arn_parts(pattern), parts, strict=True))


def number(text: str) -> float | None:
    """A number, or None. Integers stay exact; no exponent can make it large."""
    if not text or len(text) > 64 or not set(text) <= set("0123456789+-.eE"):
        return None
    try:
        return int(text) if text.lstrip("+-").isdigit() else _finite(float(text))
    except ValueError:
        return None


def _finite(value: float) -> float | None:
    return value if abs(value) < float("inf") else None


def moment(text: str) -> float | None:
    """Seconds since 1970 of an ISO 8601 date or of a count of seconds; None for anything else."""
    if text.lstrip("-").isdigit() and len(text) <= 12 and not (len(text) == 8 and text[:2] in ("19", "20")):
        return int(text)
    from datetime import UTC, datetime

    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return (found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp()


def network(text: str) -> tuple[int, int, int] | None:
    """Version, first and last address of a CIDR (or one address) as integers; None for anything else."""
    import ipaddress

    try:
        found = ipaddress.ip_network(text, strict=False)
    except ValueError:
        return None
    return found.version, int(found.network_address), int(found.broadcast_address)


def _inside(pattern: str, value: str) -> bool:
    outer, inner = network(pattern), network(value)
    if outer is None or inner is None or outer[0] != inner[0]:
        return False
    return outer[1] <= inner[1] and inner[2] <= outer[2]


def domain(clauses: Sequence[Condition], fresh: str, *, always: bool = False) -> list[Values]:
    """Values of one key that meet every combination of truth of the clauses that any value meets.

    `clauses`: interpretable, all on one key; `always`: the key is never absent. Absent comes first, then plain values,
    then lists. Raises `DomainTooLarge` or `GlobTooLarge`.
    """
    single: dict[tuple[bool, ...], str] = {}
    for value in _singles(clauses, fresh):
        single.setdefault(tuple(bool(holds(clause, (value,))) for clause in clauses), value)
    found: list[Values] = [] if always else [None]
    found += [(value,) for value in single.values()]
    if any(clause.qualifier for clause in clauses):
        found += _lists(clauses, list(single.values()))
    return found


def _lists(clauses: Sequence[Condition], singles: list[str]) -> list[Values]:
    """Lists of two and more values that mean something new; closed under union of lists."""
    seen = {tuple(bool(holds(clause, (value,))) for clause in clauses): frozenset((value,)) for value in singles}
    # What a list means depends on which truths all and which some of its values have: two vectors, closed under union.
    states: dict[tuple[tuple[bool, ...], tuple[bool, ...]], frozenset[str]] = {(v, v): s for v, s in seen.items()}
    pending = list(states)
    while pending:
        every, some = pending.pop()
        for truth, value in seen.items():
            state = (
                tuple(a and b for a, b in zip(every, truth, strict=True)),
                tuple(a or b for a, b in zip(some, truth, strict=True)),
            )
            if state not in states:
                states[state] = states[(every, some)] | value
                pending.append(state)
        if len(states) > 4096:
            raise DomainTooLarge("too many different lists of values")
    return [tuple(sorted(values)) for values in states.values() if len(values) > 1]


def _singles(clauses: Sequence[Condition], fresh: str) -> list[str]:
    values: dict[str, list[str]] = {}
    for clause in clauses:
        values.setdefault(family(clause.operator), []).extend(clause.values)
    found: list[str] = []
    globs = [*values.get("string", ()), *(":".join(arn_parts(value)) for value in values.get("arn", ()))]
    folded = values.get("folded", [])
    found += _strings([*globs, *folded], fresh)
    for value in folded:
        found += _cases(value, len(values.get("string", ())))
    if "bool" in values:
        found += ["true", "false", *values["bool"]]
    if "numeric" in values:
        found += _ordered(values["numeric"], number, repr)
    if "date" in values:
        found += _ordered(values["date"], moment, _spell_moment)
    if "address" in values:
        found += _addresses(values["address"])
    # What escapes every glob: a run of letters that none mentions, and one longer than their question marks reach.
    marks = max((glob.count("?") for glob in globs), default=0)
    if set(values) <= {"string", "folded", "null"}:
        found += witnesses("*", marks, fresh)
    if "arn" in values:
        for run in dict.fromkeys((fresh, fresh * (marks + 1))):
            found.append(":".join(["arn"] + [run] * (_ARN_PARTS - 1)))
            found.append(":".join([run] * _ARN_PARTS))
    return list(dict.fromkeys(found))


def _cases(value: str, taken: int) -> Iterator[str]:
    """So many spellings in other cases that one is left when `taken` of them are; all where there are fewer."""
    if SYMBOL_OPEN in value:
        return
    letters = [dict.fromkeys((letter.lower(), letter.upper())) for letter in value]
    spelled = (text for row in itertools.product(*letters) if (text := "".join(row)).casefold() == value.casefold())
    yield from itertools.islice(spelled, taken + 1)


def _strings(globs: Sequence[str], fresh: str) -> list[str]:
    """Witnesses of the globs and of all their intersections."""
    closed = dict.fromkeys(globs)
    wild = [glob for glob in closed if is_wild(glob)]
    pending = list(wild)
    while pending:
        glob = pending.pop()
        for other in wild:
            for part in intersect(glob, other):
                if part not in closed:
                    closed[part] = None
                    pending.append(part)
        if len(closed) > _MAX_DOMAIN + len(globs):
            raise DomainTooLarge("too many overlapping values")
    marks = max((glob.count("?") for glob in globs), default=0)
    found = [text for glob in closed for text in witnesses(glob, marks, fresh)]
    # A run of one fresh letter could be what a `?` elsewhere means; the empty run is told apart from it above.
    return [text.replace(LITERAL_STAR, "*").replace(LITERAL_MARK, "?") for text in found]


def _ordered(texts: Sequence[str], read: Callable[[str], float | None], spell: Callable[[float], str]) -> list[str]:
    """The bounds themselves, a value between each two, and one outside on each side."""
    found = [text for text in texts if SYMBOL_OPEN in text]
    bounds = sorted({bound for text in texts if SYMBOL_OPEN not in text and (bound := read(text)) is not None})
    points = list(bounds)
    points += [_between(low, high) for low, high in itertools.pairwise(bounds)]
    points += [bounds[0] - 1, bounds[-1] + 1] if bounds else [0]
    return [*found, *(spell(point) for point in points)]


def _between(low: float, high: float) -> float:
    if isinstance(low, int) and isinstance(high, int) and high - low > 1:
        return (low + high) // 2
    return (low + high) / 2


def _spell_moment(value: float) -> str:
    from datetime import UTC, datetime

    try:
        return datetime.fromtimestamp(value, UTC).isoformat().replace("+00:00", "Z")
    except (ValueError, OverflowError, OSError):
        return str(int(value))


def _addresses(texts: Sequence[str]) -> list[str]:
    """First, last, before and after of each network, and one address of each version."""
    import ipaddress

    found = ["203.0.113.10", "2001:db8::10"]
    for text in texts:
        if SYMBOL_OPEN in text:
            found.append(text)
            continue
        parsed = network(text)
        if parsed is None:
            continue
        version, first, last = parsed
        kind = ipaddress.IPv4Address if version == 4 else ipaddress.IPv6Address
        limit = 2 ** (32 if version == 4 else 128)
        found += [str(kind(n)) for n in (first, last, first - 1, last + 1) if 0 <= n < limit]
    return found
