"""Is there a request that policy P allows and policy Q does not? The question as an SMT formula over strings, for z3.

A second definition beside `tests/spec/aws.py`: that one judges one request, this one speaks of all of them. It covers
what can be said plainly: Action, NotAction, Resource, NotResource, and conditions on single values without variables.
Anything else raises `Unsupported`. A star crosses every character; action names and keys are folded.
"""

from __future__ import annotations

import ipaddress
from fractions import Fraction

import z3

from tests.spec.aws import NEGATIVE, as_list

_ANY = z3.AllChar(z3.ReSort(z3.StringSort()))
_NO_COLON = z3.Diff(_ANY, z3.Re(":"))
_FAMILIES = {"String": "string", "Arn": "string", "Bool": "bool", "Numeric": "number", "IpAddress": "address"}


class Unsupported(ValueError):
    """The policy says something this encoding does not speak of."""


def language(pattern, star=_ANY):
    """The strings of a pattern, as a regular expression."""
    parts, plain = [], ""
    for letter in pattern:
        if letter in "*?":
            parts += [z3.Re(plain)] if plain else []
            parts.append(z3.Star(star) if letter == "*" else star)
            plain = ""
        else:
            plain += letter
    parts += [z3.Re(plain)] if plain or not parts else []
    return parts[0] if len(parts) == 1 else z3.Concat(*parts)


def one_of(text, patterns):
    """Whether the text is matched by one of the patterns."""
    return _some([text == z3.StringVal(p) if not {"*", "?"} & set(p) else z3.InRe(text, language(p)) for p in patterns])


def arn(text, pattern):
    """Segment by segment; missing ones are any."""
    parts = pattern.split(":", 5)
    parts += ["*"] * (6 - len(parts))
    colon, rest = z3.Re(":"), language(parts[5])
    return z3.InRe(text, z3.Concat(*(piece for p in parts[:5] for piece in (language(p, _NO_COLON), colon)), rest))


class Asked:
    """The unknowns of one request."""

    def __init__(self):
        self.action, self.resource = z3.String("action"), z3.String("resource")
        self._keys = {}

    def key(self, name, family):
        """The value of a condition key and whether it is there; a key belongs to one family."""
        known = self._keys.setdefault(name, (family, _unknown(name, family), z3.Bool(f"{name} is there")))
        if known[0] != family:
            raise Unsupported(f"`{name}` is read in two ways")
        return known[1:]

    def request(self, model):
        """Action, resource and context of a model, as `tests/spec/aws.py` takes them."""
        context = {}
        for name, (family, value, there) in self._keys.items():
            if z3.is_true(model.eval(there, model_completion=True)):
                context[name] = [_spelled(family, value, model)]
        return _text(model, self.action), _text(model, self.resource), context


def _unknown(name, family):
    match family:
        case "bool":
            return z3.Bool(name)
        case "number":
            return z3.Real(name)
        case "address":
            return z3.Bool(f"{name} is v4"), z3.BitVec(f"{name} v4", 32), z3.BitVec(f"{name} v6", 128)
    return z3.String(name)


def _text(model, unknown):
    # The model spells what is not ASCII as \\u{…}.
    return _unescaped(model.eval(unknown, model_completion=True).as_string())


def _unescaped(text):
    head, *rest = text.split("\\u{")
    return head + "".join(chr(int(code, 16)) + tail for code, _, tail in (piece.partition("}") for piece in rest))


def _spelled(family, value, model):
    match family:
        case "bool":
            return "true" if z3.is_true(model.eval(value, model_completion=True)) else "false"
        case "number":
            number = model.eval(value, model_completion=True).as_fraction()
            return str(Fraction(number)) if number.denominator == 1 else str(float(number))
        case "address":
            old = z3.is_true(model.eval(value[0], model_completion=True))
            number = model.eval(value[1 if old else 2], model_completion=True).as_long()
            return str(ipaddress.IPv4Address(number) if old else ipaddress.IPv6Address(number))
    return _text(model, value)


def clause(asked, operator, name, values):
    """One operator on one key."""
    base = operator.removesuffix("IfExists")
    if ":" in operator or any("${" in str(value) for value in values):
        raise Unsupported(operator)
    if base == "Null":
        family = next((known[0] for key, known in asked._keys.items() if key == name), "string")
        _, there = asked.key(name, family)
        return _some([z3.Not(there) if str(value).lower() == "true" else there for value in values])
    positive = NEGATIVE.get(base, base)
    family = next((found for head, found in _FAMILIES.items() if positive.startswith(head)), None)
    if family is None or "IgnoreCase" in base:
        raise Unsupported(operator)
    value, there = asked.key(name, family)
    met = _some([_meets(positive, value, str(wanted)) for wanted in values])
    if base in NEGATIVE:
        return z3.Or(z3.Not(there), z3.Not(met))
    return z3.Or(z3.Not(there), met) if base != operator else z3.And(there, met)


def _meets(operator, value, wanted):
    match operator:
        case "StringEquals":
            return value == z3.StringVal(wanted)
        case "StringLike":
            return one_of(value, [wanted])
        case "ArnEquals" | "ArnLike":
            return arn(value, wanted)
        case "Bool":
            return value if wanted.lower() == "true" else z3.Not(value)
        case "IpAddress":
            network = ipaddress.ip_network(wanted, strict=False)
            old, bits = network.version == 4, value[1 if network.version == 4 else 2]
            size = bits.size() - network.prefixlen
            here = (
                z3.LShR(bits, size) == int(network.network_address) >> size if size < bits.size() else z3.BoolVal(True)
            )
            return z3.And(value[0] if old else z3.Not(value[0]), here)
    bound = z3.RealVal(wanted)
    return {
        "NumericEquals": value == bound,
        "NumericLessThan": value < bound,
        "NumericLessThanEquals": value <= bound,
        "NumericGreaterThan": value > bound,
        "NumericGreaterThanEquals": value >= bound,
    }[operator]


def _some(parts):
    return parts[0] if len(parts) == 1 else z3.Or(*parts)


def speaks(asked, statement):
    """Whether the statement matches the request."""
    parts = []
    for element, text, fold in (("Action", asked.action, True), ("Resource", asked.resource, False)):
        negated = f"Not{element}" in statement
        patterns = [p.lower() if fold else p for p in as_list(statement[f"Not{element}" if negated else element])]
        if any("${" in pattern for pattern in patterns):
            raise Unsupported("a policy variable")
        parts.append(z3.Not(one_of(text, patterns)) if negated else one_of(text, patterns))
    # Null last: by then it is known how the key is read.
    rows = sorted(statement.get("Condition", {}).items(), key=lambda row: row[0].startswith("Null"))
    parts += [clause(asked, op, key.lower(), as_list(values)) for op, keys in rows for key, values in keys.items()]
    return z3.And(*parts)


def allows(asked, policy):
    """Some allow speaks of the request, and no deny."""
    found = {"Allow": [], "Deny": []}
    for statement in as_list(policy["Statement"]):
        found[statement["Effect"]].append(speaks(asked, statement))
    return z3.And(z3.Or(*found["Allow"]), z3.Not(z3.Or(*found["Deny"])))


def beyond(candidate, reference, milliseconds):
    """A request (action, resource, context) that only the candidate allows; False: there is none; None: time is up."""
    asked = Asked()
    solver = z3.Solver()
    solver.set("timeout", milliseconds)
    solver.add(allows(asked, candidate), z3.Not(allows(asked, reference)))
    match str(solver.check()):
        case "sat":
            return asked.request(solver.model())
        case "unsat":
            return False
    return None
