"""The naive AWS evaluator: one request against raw policy JSON, written to be read; shares nothing with `nhilint`.

Vendor's pages: IAM User Guide, "Policy evaluation logic", "IAM JSON policy elements: Condition operators", "Creating a
condition with multiple keys or values", "IAM JSON policy elements: NotAction / NotResource", "IAM policy elements:
Variables and tags".
"""

from __future__ import annotations

import datetime
import ipaddress
import re
from fractions import Fraction


def as_list(value):
    return value if isinstance(value, list) else [value]


def tokens(pattern, context):
    """Characters and wildcards (as pairs) of a pattern whose variables are replaced; None when one has no value.

    `context` is None where variables mean nothing (version 2008-10-17).
    """
    found, rest = [], pattern
    while rest:
        variable = re.match(r"\$\{([^{}]*)\}", rest) if context is not None else None
        if variable is None:
            found.append((rest[0], rest[0] in "*?"))
            rest = rest[1:]
            continue
        rest = rest[variable.end() :]
        name, _, default = variable[1].partition(",")
        values = context.get(name.strip().lower()) or ()
        if name in ("*", "?", "$"):
            value = name
        elif len(values) == 1:
            value = values[0]
        elif default:
            value = default.strip()[1:-1]
        else:
            return None
        found += [(letter, False) for letter in value]
    return found


def wild(pattern, text, context=None):
    """`*` is any string, `?` any one character, everything else itself; what a variable is replaced by is literal."""
    letters = tokens(pattern, context)
    if letters is None:
        return False
    regex = "".join({"*": ".*", "?": "."}[c] if special else re.escape(c) for c, special in letters)
    return re.fullmatch(regex, text, re.DOTALL) is not None


def plain(text, context):
    """A value without wildcards, its variables replaced; None when one has no value."""
    letters = tokens(text, context)
    return None if letters is None else "".join(letter for letter, _ in letters)


def arn(pattern, text, context=None):
    """Segment by segment; a pattern with fewer than six segments is padded with `*`."""
    wanted, given = re.split(r":(?![^{}]*\})", pattern, maxsplit=5), text.split(":", 5)
    wanted += ["*"] * (6 - len(wanted))
    return len(given) == 6 and all(wild(p, t, context) for p, t in zip(wanted, given, strict=True))


def when(text):
    if text.isdigit():
        return float(text)
    moment = datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))
    return (moment if moment.tzinfo else moment.replace(tzinfo=datetime.UTC)).timestamp()


def address(cidr, text):
    outer, inner = ipaddress.ip_network(cidr, strict=False), ipaddress.ip_network(text)
    return outer.version == inner.version and inner.subnet_of(outer)


def ordered(read, relation):
    def met(bound, value):
        try:
            return relation(read(value), read(bound))
        except ValueError:
            return False

    return literal(met)


def literal(relation):
    """The relation of a value without wildcards, its variables replaced, to a value of the request."""

    def met(wanted, value, context):
        wanted = plain(wanted, context)
        return wanted is not None and relation(wanted, value)

    return met


POSITIVE = {
    "StringEquals": literal(lambda p, v: p == v),
    "StringEqualsIgnoreCase": literal(lambda p, v: p.lower() == v.lower()),
    "StringLike": wild,
    "BinaryEquals": literal(lambda p, v: p == v),
    "Bool": literal(lambda p, v: p.lower() == v.lower()),
    "ArnEquals": arn,
    "ArnLike": arn,
    "IpAddress": literal(address),
}
for name, read in (("Numeric", Fraction), ("Date", when)):
    POSITIVE[f"{name}Equals"] = ordered(read, lambda v, b: v == b)
    POSITIVE[f"{name}LessThan"] = ordered(read, lambda v, b: v < b)
    POSITIVE[f"{name}LessThanEquals"] = ordered(read, lambda v, b: v <= b)
    POSITIVE[f"{name}GreaterThan"] = ordered(read, lambda v, b: v > b)
    POSITIVE[f"{name}GreaterThanEquals"] = ordered(read, lambda v, b: v >= b)
NEGATIVE = {
    "StringNotEquals": "StringEquals",
    "StringNotEqualsIgnoreCase": "StringEqualsIgnoreCase",
    "StringNotLike": "StringLike",
    "ArnNotEquals": "ArnEquals",
    "ArnNotLike": "ArnLike",
    "NotIpAddress": "IpAddress",
    "NumericNotEquals": "NumericEquals",
    "DateNotEquals": "DateEquals",
}


def clause(operator, wanted, given, context=None):
    """One operator on one key: `wanted` its list of values, `given` the request's values or None.

    A value whose variable has none is null: nothing equals or resembles it, so a negated operator holds.
    """
    qualifier, _, rest = operator.rpartition(":")
    base = rest.removesuffix("IfExists")
    if base == "Null":
        return any((w.lower() == "true") == (not given) for w in wanted)
    if not given:
        if rest != base or qualifier == "ForAllValues":
            return True
        return base in NEGATIVE and not qualifier
    met = POSITIVE[NEGATIVE.get(base, base)]
    each = [any(met(w, value, context) for w in wanted) != (base in NEGATIVE) for value in given]
    if qualifier == "ForAllValues":
        return all(each)
    if qualifier == "ForAnyValue":
        return any(each)
    # A plain operator on several values: positive asks for one that matches, negated for none that does.
    return all(each) if base in NEGATIVE else any(each)


def speaks(statement, action, resource, context, variables=True):
    """Whether every element of the statement matches the request; `variables` with version 2012-10-17."""
    given = {key.lower(): values for key, values in context.items()}
    known = given if variables else None
    if "Action" in statement:
        if not any(wild(p.lower(), action.lower()) for p in as_list(statement["Action"])):
            return False
    elif any(wild(p.lower(), action.lower()) for p in as_list(statement["NotAction"])):
        return False
    if "Resource" in statement:
        if not any(wild(p, resource, known) for p in as_list(statement["Resource"])):
            return False
    elif any(wild(p, resource, known) for p in as_list(statement["NotResource"])):
        return False
    return all(
        clause(operator, as_list(wanted), given.get(key.lower()), known)
        for operator, keys in statement.get("Condition", {}).items()
        for key, wanted in keys.items()
    )


def vote(policies, action, resource, context):
    """`deny`, `allow` or `none` for one layer of policies."""
    statements = [
        (p.get("Version", "2008-10-17") != "2008-10-17", s) for p in policies for s in as_list(p["Statement"])
    ]
    effects = {s["Effect"] for new, s in statements if speaks(s, action, resource, context, new)}
    return "deny" if "Deny" in effects else "allow" if "Allow" in effects else "none"


def allowed(policies, action, resource, context, ceilings=()):
    """Whether the policies allow the request and every ceiling (boundary, organisation policy) does as well."""
    return all(vote(layer, action, resource, context) == "allow" for layer in (policies, *ceilings))
