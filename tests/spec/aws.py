"""The naive AWS evaluator: one request against raw policy JSON, written to be read; shares nothing with `nhilint`.

Vendor's pages: IAM User Guide, "Policy evaluation logic", "IAM JSON policy elements: Condition operators", "Creating a
condition with multiple keys or values", "IAM JSON policy elements: NotAction / NotResource".
"""

from __future__ import annotations

import datetime
import ipaddress
import re
from fractions import Fraction


def as_list(value):
    return value if isinstance(value, list) else [value]


def wild(pattern, text):
    """`*` is any string, `?` any one character, everything else itself."""
    regex = "".join({"*": ".*", "?": "."}.get(c, re.escape(c)) for c in pattern)
    return re.fullmatch(regex, text, re.DOTALL) is not None


def arn(pattern, text):
    """Segment by segment; a pattern with fewer than six segments is padded with `*`."""
    wanted, given = pattern.split(":", 5), text.split(":", 5)
    wanted += ["*"] * (6 - len(wanted))
    return len(given) == 6 and all(wild(p, t) for p, t in zip(wanted, given, strict=True))


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

    return met


def equal(a, b):
    return a == b


POSITIVE = {
    "StringEquals": equal,
    "StringEqualsIgnoreCase": lambda p, v: p.lower() == v.lower(),
    "StringLike": wild,
    "BinaryEquals": equal,
    "Bool": lambda p, v: p.lower() == v.lower(),
    "ArnEquals": arn,
    "ArnLike": arn,
    "IpAddress": address,
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


def clause(operator, wanted, given):
    """One operator on one key: `wanted` its list of values, `given` the request's values or None."""
    qualifier, _, rest = operator.rpartition(":")
    base = rest.removesuffix("IfExists")
    if base == "Null":
        return any((w.lower() == "true") == (not given) for w in wanted)
    if not given:
        if rest != base or qualifier == "ForAllValues":
            return True
        return base in NEGATIVE and not qualifier
    met = POSITIVE[NEGATIVE.get(base, base)]
    each = [any(met(w, value) for w in wanted) != (base in NEGATIVE) for value in given]
    if qualifier == "ForAllValues":
        return all(each)
    if qualifier == "ForAnyValue":
        return any(each)
    # A plain operator on several values: positive asks for one that matches, negated for none that does.
    return all(each) if base in NEGATIVE else any(each)


def speaks(statement, action, resource, context):
    """Whether every element of the statement matches the request."""
    if "Action" in statement:
        if not any(wild(p.lower(), action.lower()) for p in as_list(statement["Action"])):
            return False
    elif any(wild(p.lower(), action.lower()) for p in as_list(statement["NotAction"])):
        return False
    if "Resource" in statement:
        if not any(wild(p, resource) for p in as_list(statement["Resource"])):
            return False
    elif any(wild(p, resource) for p in as_list(statement["NotResource"])):
        return False
    given = {key.lower(): values for key, values in context.items()}
    return all(
        clause(operator, as_list(wanted), given.get(key.lower()))
        for operator, keys in statement.get("Condition", {}).items()
        for key, wanted in keys.items()
    )


def vote(policies, action, resource, context):
    """`deny`, `allow` or `none` for one layer of policies."""
    statements = [s for policy in policies for s in as_list(policy["Statement"])]
    effects = {s["Effect"] for s in statements if speaks(s, action, resource, context)}
    return "deny" if "Deny" in effects else "allow" if "Allow" in effects else "none"


def allowed(policies, action, resource, context, ceilings=()):
    """Whether the policies allow the request and every ceiling (boundary, organisation policy) does as well."""
    return all(vote(layer, action, resource, context) == "allow" for layer in (policies, *ceilings))
