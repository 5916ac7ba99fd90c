"""The prover against the naive evaluator: on small universes by enumeration, on witnesses, and by directed attack."""

from itertools import product

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from nhilint.algebra.evaluate import decide
from nhilint.algebra.glob import matches
from nhilint.algebra.prove import compare
from nhilint.algebra.values import (
    Condition,
    Covered,
    Exceeds,
    Permissions,
    Request,
    Scope,
    Statement,
    Undecided,
    literal,
)
from tests.effort import times
from tests.property.vocabulary import Names
from tests.spec import aws

NAMES = ("s:geta", "s:getb", "s:puta", "t:geta")
ACTIONS = ("*", "s:*", "s:get*", "s:*a", "t:*", *NAMES)
PATTERNS = ("*", "a*", "*b", "a*b", "ab", "b", "a", "*a*", "ab*", "?", "a?", "?b*", "*?b")
TEXTS = ["".join(t) for n in range(5) for t in product("abx", repeat=n)]
OPERATORS = {
    "StringEquals": ("p", "q"), "StringNotEquals": ("p", "q"), "StringLike": ("p*", "*q", "p", "?"),
    "StringNotLike": ("p*", "*q", "p", "?"), "NumericLessThan": ("3", "7"), "NumericGreaterThanEquals": ("3", "7"),
    "NumericNotEquals": ("3", "7"), "Bool": ("true", "false"), "IpAddress": ("10.0.0.0/8", "10.1.0.0/16"),
    "NotIpAddress": ("10.0.0.0/8", "10.1.2.3"), "DateLessThan": ("2026-01-01T00:00:00Z", "2027-01-01T00:00:00Z"),
    "ArnLike": ("arn:aws:*:*:1:a", "arn:aws:s3:*"), "ArnNotEquals": ("arn:aws:s3:*",),
    "StringEqualsIgnoreCase": ("p", "Q"), "Null": ("true", "false"),
}  # fmt: skip
KEYS = {"String": "k:s", "Numeric": "k:n", "Bool": "k:b", "Ip": "k:i", "NotIp": "k:i", "Date": "k:d", "Arn": "k:a"}
VALUES = {
    "k:s": ("p", "q", "pq", "z", "P", "zz", "pz", "zq"), "k:n": ("2", "3", "5", "7", "8"), "k:b": ("true", "false"),
    "k:i": ("10.1.2.3", "10.1.9.9", "10.9.0.1", "11.0.0.1", "2001:db8::1"),
    "k:d": ("2025-06-01T00:00:00Z", "2026-06-01T00:00:00Z", "2027-01-01T00:00:00Z"),
    "k:a": ("arn:aws:s3:r:1:a", "arn:aws:iam:r:1:a", "arn:aws:iam:r:2:b", "arn:x:y:z:0:w"),
}  # fmt: skip


SMALL = Names(NAMES)


@st.composite
def clauses(draw):
    operator = draw(st.sampled_from(sorted(OPERATORS)))
    values = draw(st.lists(st.sampled_from(OPERATORS[operator]), min_size=1, max_size=2, unique=True))
    key = next((key for head, key in KEYS.items() if operator.startswith(head)), "k:s")
    qualifier = draw(st.sampled_from(("", "", "", "ForAllValues", "ForAnyValue"))) if operator != "Null" else ""
    exists = draw(st.sampled_from((False, False, True))) if operator != "Null" and qualifier != "ForAnyValue" else False
    return operator, key, tuple(values), qualifier, exists


@st.composite
def raw_statements(draw, conditional=True):
    def some(pool, most):
        return draw(st.lists(st.sampled_from(pool), min_size=1, max_size=most, unique=True))

    statement = {
        "Effect": draw(st.sampled_from(("Allow", "Allow", "Deny"))),
        draw(st.sampled_from(("Action", "Action", "Action", "NotAction"))): some(ACTIONS, 2),
        draw(st.sampled_from(("Resource", "Resource", "Resource", "NotResource"))): some(PATTERNS, 2),
    }
    if conditional:
        condition = {}
        for operator, key, values, qualifier, exists in draw(st.lists(clauses(), max_size=2)):
            name = (qualifier + ":" if qualifier else "") + operator + ("IfExists" if exists else "")
            condition.setdefault(name, {})[key] = list(values)
        statement["Condition"] = condition
    return statement


def parse(raw):
    conditions = []
    for name, keys in raw.get("Condition", {}).items():
        qualifier, _, rest = name.rpartition(":")
        operator = rest.removesuffix("IfExists")
        for key, values in keys.items():
            shielded = tuple(v if "Like" in operator or "Arn" in operator else literal(v) for v in values)
            conditions.append(
                Condition(operator=operator, key=key, values=shielded, qualifier=qualifier, if_exists=rest != operator)
            )
    return Statement(
        effect=raw["Effect"].lower(),
        actions=tuple(raw.get("Action", raw.get("NotAction"))),
        actions_negated="NotAction" in raw,
        scopes=(Scope(patterns=tuple(raw.get("Resource", raw.get("NotResource"))), negated="NotResource" in raw),),
        conditions=tuple(conditions),
    )


def permissions(policy, ceilings=()):
    return Permissions(
        dimensions=("resource",),
        statements=tuple(map(parse, policy)),
        ceilings=tuple(tuple(map(parse, ceiling)) for ceiling in ceilings),
    )


def naive(side, request):
    policy, *ceilings = side
    context = {key: list(values) for key, values in request.context}
    layers = [[{"Statement": layer}] for layer in ceilings]
    return aws.allowed([{"Statement": policy}], request.action, request.point[0], context, layers)


def sides(**kwargs):
    layer = st.lists(raw_statements(**kwargs), min_size=1, max_size=3)
    return st.lists(layer, min_size=1, max_size=2)


def answer(candidate, reference):
    return compare(permissions(candidate[0], candidate[1:]), permissions(reference[0], reference[1:]), SMALL)


def check_witnesses(verdict, candidate, reference):
    for part in verdict.residue:
        assert naive(candidate, part.witness), (part.witness, candidate)
        assert not naive(reference, part.witness), (part.witness, reference)


SLOW = settings(max_examples=times(400), deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)


@SLOW
@given(sides(conditional=False), sides(conditional=False))
def test_verdict_equals_enumeration(candidate, reference):
    verdict = answer(candidate, reference)
    assert not isinstance(verdict, Undecided)
    requests = [Request(action=a, point=(t,)) for a in (*NAMES, "s:getq", "s:q", "q:q", "s:qa", "t:q") for t in TEXTS]
    beyond = {(r.action, r.point) for r in requests if naive(candidate, r) and not naive(reference, r)}
    if isinstance(verdict, Exceeds):
        check_witnesses(verdict, candidate, reference)
        # Every request that exceeds lies in some residue part.
        for action, point in beyond:
            assert any(
                (action in part.actions or any(matches(f, action) for f in part.future))
                and matches(part.scopes[0], point[0])
                for part in verdict.residue
            ), (action, point, verdict)
    else:
        assert not beyond


@SLOW
@given(sides(), sides(), st.data())
def test_conditions_survive_directed_attack(candidate, reference, data):
    verdict = answer(candidate, reference)
    if isinstance(verdict, Exceeds):
        check_witnesses(verdict, candidate, reference)
    elif isinstance(verdict, Covered):
        for _ in range(10):
            request = data.draw(requests())
            assert not naive(candidate, request) or naive(reference, request), request


CARRIED = frozenset({"k:s", "k:b", "k:d"})


@SLOW
@given(sides(), sides(), st.data())
def test_keys_that_no_request_lacks_are_in_every_witness_and_in_every_attack(candidate, reference, data):
    mine, theirs = (permissions(side[0], side[1:]) for side in (candidate, reference))
    verdict, loose = compare(mine, theirs, SMALL, always=CARRIED), answer(candidate, reference)
    # Fewer requests: what was covered stays covered, and nothing new exceeds.
    assert not (isinstance(verdict, Exceeds) and isinstance(loose, Covered))
    if isinstance(verdict, Exceeds):
        check_witnesses(verdict, candidate, reference)
        asked = {c.key for side in (mine, theirs) for layer in (side.statements, *side.ceilings) for s in layer
                 for c in s.conditions}  # fmt: skip
        for part in verdict.residue:
            known = {key for key, _ in part.witness.context}
            own = {c.key for c in part.conditions}
            assert own & asked & CARRIED <= known, part
    elif isinstance(verdict, Covered):
        for _ in range(10):
            request = data.draw(requests(least=CARRIED))
            assert not naive(candidate, request) or naive(reference, request), request


@st.composite
def requests(draw, least=frozenset()):
    context = []
    for key in sorted(VALUES):
        values = draw(st.lists(st.sampled_from(VALUES[key]), min_size=int(key in least), max_size=2, unique=True))
        if values:
            context.append((key, tuple(values)))
    return Request(
        action=draw(st.sampled_from(NAMES)), point=(draw(st.sampled_from(TEXTS[:40])),), context=tuple(context)
    )


@SLOW
@given(sides(), requests())
def test_decide_equals_the_naive_evaluator(side, request):
    verdict = decide(permissions(side[0], side[1:]), request).verdict
    assert (verdict == "allowed") == naive(side, request)


@SLOW
@given(sides())
def test_everything_covers_itself(side):
    assert isinstance(answer(side, side), Covered)


@SLOW
@given(st.lists(raw_statements(), min_size=1, max_size=3), raw_statements())
def test_one_more_allow_loses_nothing(policy, more):
    more = {**more, "Effect": "Allow"}
    assert not isinstance(answer([policy], [[*policy, more]]), Exceeds)
