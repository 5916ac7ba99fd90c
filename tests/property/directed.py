"""Type-directed random policies, rewritings of them, and requests made of their own literals and generic letters.

A *side* is a list of layers of raw statements, as a resource policy has them (with principals): the policy first, then
its ceilings. Everything is drawn from one `random.Random`, so a seed is a whole example.
"""

from __future__ import annotations

import copy
import ipaddress
import json
import re
from datetime import datetime, timedelta
from typing import NamedTuple

from nhilint.algebra.values import LITERAL_MARK, LITERAL_STAR, Permissions, Request, literal
from nhilint.model.node import Scalar
from nhilint.model.span import Span
from nhilint.platforms.aws.policy import read_policy
from tests.property.vocabulary import Names
from tests.spec import aws

NAMES = ("s3:getobject", "s3:getobjectacl", "s3:putobject", "sqs:sendmessage")
ACTIONS = ("*", "s3:*", "s3:Get*", "s3:GetObject", "s3:?utObject", "S3:GETOBJECT*", "s3:*Object*", "sqs:SendMessage",
           "sqs:*", "s3:GetObjectAcl", "s3:PutObject", "sqs:Receive*")  # fmt: skip
LATER = ("s3:getq", "s3:q", "s3:qutobject", "sqs:q", "q:q", "sqs:receiveq", "s3:qobjectq", "s3:getobjectq")
ALICE, ROLE = "arn:aws:iam::111122223333:user/alice", "arn:aws:iam::111122223333:role/app"
PRINCIPALS = ("*", "*", "*", {"AWS": "*"}, {"AWS": ALICE}, {"AWS": [ALICE, ROLE]}, {"Service": "sns.amazonaws.com"},
              {"AWS": ROLE, "Service": ["sns.amazonaws.com", "ec2.amazonaws.com"]})  # fmt: skip
CALLERS = (f"AWS:{ALICE}", f"AWS:{ROLE}", "Service:sns.amazonaws.com", "Service:ec2.amazonaws.com", "AWS:z")
ROOT = "arn:aws:s3:::b/"
PIECES = ("a", "b", "ab", "home/", "/", "*", "*", "*", "?", "${*}", "${?}")
VARIABLES = ("${aws:username}", "${aws:username}", "${k:tag}", "${k:tag, 'a'}", "${AWS:Username, 'b'}")
WORDS = ("a", "b", "ab", "z", "*", "a/b", "home/a")
"""Values of keys that variables name."""
_STRINGS = ("a", "b", "A", "ab", "${aws:username}", "${k:tag, 'b'}")
_LIKES = ("a*", "*b", "?", "a?", "*", "a", "${aws:username}*", "${*}", "*${k:tag}")
_LISTED = ("", "", "ForAllValues:", "ForAnyValue:")
CLAUSES = {
    "k:tag": ((("StringEquals", "StringNotEquals"), _STRINGS[:4]), (("StringLike", "StringNotLike"), _LIKES[:6])),
    "aws:username": ((("StringEquals", "StringNotEquals"), _STRINGS[:4]), (("StringLike",), _LIKES[:6])),
    "k:s": (
        (("StringEquals", "StringNotEquals"), _STRINGS), (("StringLike", "StringNotLike"), _LIKES),
        (("StringEqualsIgnoreCase", "StringNotEqualsIgnoreCase"), ("a", "AB", "b")),
    ),
    "k:n": (
        (("NumericEquals", "NumericNotEquals", "NumericLessThan", "NumericLessThanEquals", "NumericGreaterThan",
          "NumericGreaterThanEquals"), ("3", "7", "5.5")),
    ),
    "k:d": (
        (("DateEquals", "DateNotEquals", "DateLessThan", "DateLessThanEquals", "DateGreaterThan",
          "DateGreaterThanEquals"), ("2026-01-01T00:00:00Z", "2026-06-01T00:00:00Z")),
    ),
    "k:b": ((("Bool",), ("true", "false")),),
    "k:i": ((("IpAddress", "NotIpAddress"), ("10.0.0.0/8", "10.1.0.0/16", "10.1.2.3", "2001:db8::/32")),),
    "k:a": (
        (("ArnLike", "ArnEquals", "ArnNotLike", "ArnNotEquals"),
         ("arn:aws:s3:::a*", "arn:aws:s3:*", "arn:*:sns:r:1:?", "arn:aws:sns:r:*:a")),
    ),
}  # fmt: skip
_TOKEN = re.compile(r"\$\{[^{}]*\}|.", re.DOTALL)


KNOWN = Names(NAMES)
"""The names are real ones, so that the reader of policies knows them."""


# Policies


def some(rng, pool, most=2):
    return rng.sample(pool, rng.randint(1, min(most, len(pool))))


def resource(rng):
    if rng.random() < 0.12:
        return "*"
    pieces = [rng.choice(PIECES) for _ in range(rng.randint(1, 4))]
    if rng.random() < 0.2:
        pieces[rng.randrange(len(pieces))] = rng.choice(VARIABLES)
    return ROOT + "".join(pieces)


def condition(rng):
    found = {}
    for _ in range(rng.choice((0, 0, 0, 1, 1, 2))):
        key = rng.choice(list(CLAUSES))
        operators, values = rng.choice(CLAUSES[key])
        operator, chosen = rng.choice(_LISTED) + rng.choice(operators), some(rng, values)
        # What `ForAnyValue:…IfExists` means is not documented; it is undecided and has a test of its own.
        if rng.random() < 0.2 and not operator.startswith("ForAny"):
            operator += "IfExists"
        if rng.random() < 0.12:
            operator, chosen = "Null", [rng.choice(("true", "false"))]
        found.setdefault(operator, {})[key] = chosen
    return found


def statement(rng, effect=""):
    return {
        "Effect": effect or rng.choice(("Allow", "Allow", "Allow", "Deny")),
        "NotPrincipal" if rng.random() < 0.08 else "Principal": rng.choice(PRINCIPALS),
        "NotAction" if rng.random() < 0.15 else "Action": some(rng, ACTIONS),
        "NotResource" if rng.random() < 0.2 else "Resource": [resource(rng) for _ in range(rng.randint(1, 2))],
        "Condition": condition(rng),
    }


def layer(rng):
    return [statement(rng, "Allow"), *(statement(rng) for _ in range(rng.choice((0, 1, 1, 2))))]


def side(rng):
    return [layer(rng) for _ in range(rng.choice((1, 1, 2)))]


def near(rng, given):
    """A side that lies near the given one: most often wider, sometimes narrower, sometimes neither."""
    found = copy.deepcopy(given)
    for _ in range(rng.randint(1, 3)):
        rows = rng.choice(found)
        row = rng.choice(rows)
        allow = row["Effect"] == "Allow"
        match rng.randrange(8):
            case 0:
                rows.append(statement(rng, "Allow"))
            case 1 if allow:
                row["Condition"] = {}
            case 2 if "Resource" in row:
                row["Resource"] = [widened(rng, text) for text in row["Resource"]]
            case 3 if "Action" in row:
                row["Action"] = [rng.choice(("s3:*", "*", *row["Action"]))]
            case 4 if not allow and len(rows) > 1:
                rows.remove(row)
            case 5:
                rows.append(statement(rng, "Deny"))
            case 6 if "Principal" in row:
                row["Principal"] = "*"
            case 7 if len(found) > 1:
                found.pop()
    return found


def widened(rng, text):
    """The pattern with one of its tokens after the root as a star."""
    tokens = _TOKEN.findall(text.removeprefix(ROOT))
    tokens[rng.randrange(len(tokens))] = "*"
    return (ROOT if text.startswith(ROOT) else "") + "".join(tokens)


def rewritten(rng, given):
    """Another text of the same side: nothing in it means anything else."""
    found = []
    for rows in copy.deepcopy(given):
        texts = []
        for row in rows:
            parts = [row]
            for element in ("Action", "Resource"):
                if element in row and rng.random() < 0.6:
                    parts = [{**part, element: [value]} for part in parts for value in row[element]]
            texts += parts
        # No request has a number and lacks it.
        nothing = {**rng.choice(texts), "Effect": rng.choice(("Allow", "Deny"))}
        nothing["Condition"] = {"Null": {"k:n": ["true"]}, "NumericLessThan": {"k:n": ["3"]}}
        texts.append(nothing)
        texts += [copy.deepcopy(rng.choice(texts))]
        for row in texts:
            for element in {"Action", "NotAction", "Resource", "NotResource"} & row.keys():
                row[element] = [text.replace("*", "**") if "${*}" not in text else text for text in row[element]]
                rng.shuffle(row[element])
        rng.shuffle(texts)
        found.append(texts)
    return [*found, found[-1]] if rng.random() < 0.3 else found


def read(given):
    """The side as a permission set."""
    layers = []
    for rows in given:
        node = Scalar(json.dumps({"Version": "2012-10-17", "Statement": rows}), Span("p.json", 1))
        statements, unresolved = read_policy(node, attached_to="resource", grant="g")
        assert not unresolved, unresolved
        layers.append(statements)
    return Permissions(dimensions=("principal", "resource"), statements=layers[0], ceilings=tuple(layers[1:]))


# The naive answer


def addressed(row, caller):
    """Whether the statement's principal element speaks of the caller (`AWS:arn…`, `Service:…`)."""
    element = row.get("Principal", row.get("NotPrincipal"))
    kinds = {"AWS": "*"} if element == "*" else element
    names = [name if name == "*" else f"{kind}:{name}" for kind, names in kinds.items() for name in aws.as_list(names)]
    return ("*" in names or caller in names) == ("Principal" in row)


def naive(given, request):
    """Whether the side allows the request, by `tests/spec`."""
    caller, target = (plain(text) for text in request.point)
    policies = [
        [{"Version": "2012-10-17", "Statement": [row for row in rows if addressed(row, caller)]}] for rows in given
    ]
    context = {key: list(values) for key, values in request.context}
    return aws.allowed(policies[0], request.action, target, context, policies[1:])


def plain(text):
    return text.replace(LITERAL_STAR, "*").replace(LITERAL_MARK, "?")


# Requests


class Aim(NamedTuple):
    """What makes a request that one statement speaks of."""

    callers: list[str]
    actions: list[str]
    targets: list[str]
    operands: dict[str, list[tuple[str, str]]]


def requests(rng, *sides, count):
    """At most `count` different requests, most of them aimed at one statement that allows."""
    rows = [row for given in sides for rows in given for row in rows]
    aims = [_aim(row) for row in rows if row["Effect"] == "Allow"] or [_aim(row) for row in rows]
    everything = _operands(rows)
    targets = [text for row in rows for text in row.get("Resource", row.get("NotResource"))]
    named = [key for key in ("aws:username", "k:tag") if any("${" + key in json.dumps(row).lower() for row in rows)]
    keys = tuple(dict.fromkeys((*named, *everything)))
    found = {}
    for _ in range(count):
        aim = rng.choice(aims)
        context = {}
        for key in keys:
            pool = aim.operands[key] if key in aim.operands and rng.random() < 0.7 else everything.get(key, [])
            values = [_value(rng, pool, key) for _ in range(rng.choice((0, 1, 1, 1, 1, 2, 3)))]
            if values:
                context[key] = tuple(dict.fromkeys(values))
        context = {key: tuple(_settled(rng, value, context) for value in values) for key, values in context.items()}
        pattern = rng.choice(aim.targets if aim.targets and rng.random() < 0.8 else targets)
        target = _settled(rng, _filled(rng, pattern), context) + rng.choice(("",) * 20 + ("z", "/", "a"))
        action = rng.choice(aim.actions if aim.actions and rng.random() < 0.8 else (*NAMES, *LATER))
        caller = rng.choice(aim.callers if aim.callers and rng.random() < 0.9 else CALLERS)
        found[Request(action=action, point=(caller, literal(target)), context=tuple(sorted(context.items())))] = None
    return list(found)


def _aim(row):
    names = [name for name in (*NAMES, *LATER) if any(aws.wild(p.lower(), name) for p in row.get("Action", ()))]
    callers = [name for name in CALLERS if addressed(row, name)]
    return Aim(callers, names, row.get("Resource", []), _operands([row]))


def _operands(rows):
    """Each key that the statements' conditions ask for, with its operators and values."""
    found = {}
    for row in rows:
        for operator, keys in row["Condition"].items():
            for key, values in keys.items():
                found.setdefault(key, []).extend((operator.rpartition(":")[2], value) for value in values)
    return found


def _value(rng, pool, key):
    """A value of the key: one of an operand, or close to it."""
    if not pool or (key in ("aws:username", "k:tag") and rng.random() < 0.5):
        return rng.choice(WORDS)
    operator, text = rng.choice(pool)
    if operator == "Null":
        operators, texts = rng.choice(CLAUSES[key])
        operator, text = operators[0], rng.choice(texts)
    if operator.startswith("Numeric"):
        return rng.choice((text, str(float(text) - 1), str(float(text) + 0.25)))
    if operator.startswith("Date"):
        moment = datetime.fromisoformat(text) + timedelta(seconds=rng.choice((0, -1, 1)))
        return moment.isoformat().replace("+00:00", "Z")
    if "IpAddress" in operator:
        network = ipaddress.ip_network(text)
        end = network.network_address if rng.random() < 0.5 else network.broadcast_address
        return str(end + rng.choice((-1, 0, 1)))
    if operator.startswith("Arn"):
        parts = text.split(":", 5)
        text = ":".join((*parts, *["*"] * (6 - len(parts))))
    return rng.choice((str, str, str.swapcase))(_filled(rng, text)) if "${" not in text else _filled(rng, text)


def _filled(rng, pattern):
    """The pattern with its wildcards filled; variables stay."""
    found = ""
    for token in _TOKEN.findall(pattern):
        if token == "*":
            token = rng.choice(("", "z", "zz", "a", "b", "ab", "/", "home/", "${aws:username}"))
        elif token == "?":
            token = rng.choice("zab/*")
        found += token
    return ROOT + found if found == "z" and pattern == "*" else found


def _settled(rng, text, context):
    """The text with its variables as the context gives them; now and then as it does not."""

    def settle(found):
        name, _, default = found[1].partition(",")
        if name in ("*", "?"):
            return name
        values = [value for value in context.get(name.strip().lower(), ()) if "${" not in value]
        if not values or rng.random() < 0.1:
            return default.strip(" '") or rng.choice(WORDS)
        return rng.choice(values)

    return re.sub(r"\$\{([^{}]*)\}", settle, text)
