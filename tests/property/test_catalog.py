"""Matching against the definition by enumeration, and the laws of self-covering and of widening."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from nhilint.algebra.prove import covers as algebra_covers
from nhilint.algebra.values import Condition, Permissions, Scope, Statement
from nhilint.catalog.compile import compile_role
from nhilint.catalog.matching.inert import in_force
from nhilint.catalog.model import Catalog, Parameter, Permit, Role
from nhilint.catalog.verdict import Held
from nhilint.engine.dialects import dialect
from tests.effort import times
from tests.spec.catalog import ARN, VALUES, verdict
from tests.unit.catalog.building import AWS, SPAN, TODAY, held, match, role

TAILS = ("a", "b", "ab", "a/*", "b/*", "a/b", "ab*", "*", "b*")
TEMPLATES = ("<x>", "<x>/*", "<x>*", "<x>/<y>", "<x><y>", "a/<y>", "<y>/*", "a/*", "b", "*", "<x>b*", "*<y>")
PARAMETERS = (
    Parameter(name="x"),
    Parameter(name="x", many=True),
    Parameter(name="x", pattern="[ab]"),
    Parameter(name="x", enum=("ab", "b")),
    Parameter(name="x", pattern="[ab/]{2,}"),
)
HELD_ACTIONS = ("s3:getobject", "s3:putobject", "s3:get*", "s3:getobjectacl", "s3:getlater")
ROLE_ACTIONS = ("s3:GetObject", "s3:PutObject", "s3:Get*", "s3:*", "s3:GetObjectAcl")


def some(*values: str) -> st.SearchStrategy[tuple[str, ...]]:
    """One to three of these."""
    return st.lists(st.sampled_from(values), min_size=1, max_size=3, unique=True).map(tuple)


def clauses(*values: str) -> st.SearchStrategy[tuple[str, ...]]:
    """Mostly no value at all."""
    return st.one_of(st.just(()), st.just(()), some(*values))


permits = st.builds(
    lambda actions, tails, values: Permit(
        fields={"actions": actions, "resources": tuple(ARN + tail for tail in tails)},
        conditions=(("StringEquals", "k", values),) if values else (),
        span=SPAN,
    ),
    some(*ROLE_ACTIONS),
    some(*TEMPLATES),
    clauses("a", "b", "<x>"),
)


@st.composite
def roles(draw: st.DrawFn, id: str) -> Role:
    """One role; now and then one that is not in force."""
    parameters = (draw(st.sampled_from(PARAMETERS)), Parameter(name="y"))
    status = draw(st.sampled_from(("approved", "approved", "approved", "draft")))
    return role(id, *draw(st.lists(permits, min_size=1, max_size=3)), parameters=parameters, status=status)


@st.composite
def statements(draw: st.DrawFn, effect: str = "allow") -> Statement:
    """One statement of an identity."""
    values = draw(clauses("a", "b"))
    return Statement(
        effect=effect,
        actions=draw(some(*HELD_ACTIONS)),
        scopes=(Scope(patterns=tuple(ARN + tail for tail in draw(some(*TAILS)))),),
        conditions=(Condition(operator="StringEquals", key="k", values=values),) if values else (),
    )


@st.composite
def identities(draw: st.DrawFn) -> Held:
    """Allows; seldom a deny or a boundary."""
    rows = draw(st.lists(statements(), min_size=1, max_size=3))
    if draw(st.integers(0, 3)) == 0:
        rows.append(draw(statements("deny")))
    ceilings = [tuple(draw(st.lists(statements(), min_size=1, max_size=2)))] if draw(st.integers(0, 5)) == 0 else []
    return held(*rows, ceilings=ceilings)


@settings(max_examples=times(150), deadline=None)
@given(own=identities(), data=st.data())
def test_verdict_and_number_of_roles_are_those_of_the_definition(own: Held, data: st.DataObject) -> None:
    count = data.draw(st.integers(1, 3))
    catalog = {f"r{n}": data.draw(roles(f"r{n}")) for n in range(count)}
    expected = verdict(Catalog(roles=catalog), own.permissions, TODAY)
    found = match(own, *catalog.values())
    size = len(found.covers) if found.verdict in ("covered", "not-in-force") else 0
    assert (found.verdict, size) == expected


def derived(catalog: Sequence[Role], rng: Random) -> Held:
    """An identity that holds parts of some of the roles, each with bindings of its own, and seldom more."""
    rows = []
    for one in rng.sample(list(catalog), rng.randint(1, len(catalog))):
        bindings = {name: (rng.choice(VALUES),) for name in one.parameters}
        compiled = [s for s in compile_role(one, bindings).statements if rng.random() < 0.8]
        rows += [replace(s, scopes=(Scope(patterns=s.scopes[0].patterns[:2]),)) for s in compiled]
    if not rows or rng.random() < 0.1:
        rows.append(Statement(effect="allow", actions=("s3:putobject",), scopes=(Scope(patterns=(ARN + "ba",)),)))
    if rng.random() < 0.15:
        rows.append(Statement(effect="deny", actions=("s3:get*",), scopes=(Scope(patterns=(ARN + "ab*",)),)))
    return held(*rows)


@settings(max_examples=times(40), deadline=None)
@given(data=st.data(), seed=st.integers(0, 2**32))
def test_roles_put_together_are_found_again(data: st.DataObject, seed: int) -> None:
    rng = Random(seed)
    count = data.draw(st.integers(2, 3))
    catalog = {}
    for number in range(count):
        one = data.draw(roles(f"r{number}"))
        catalog[one.id] = replace(one, allow=one.allow[: rng.randint(1, 2)])
    own = derived(list(catalog.values()), rng)
    expected = verdict(Catalog(roles=catalog), own.permissions, TODAY)
    found = match(own, *catalog.values())
    size = len(found.covers) if found.verdict in ("covered", "not-in-force") else 0
    assert (found.verdict, size) == expected


@settings(max_examples=times(40), deadline=None)
@given(one=roles("r"), values=st.tuples(*[st.sampled_from(("a", "b", "ab", "bb/a"))] * 2))
def test_a_role_covers_itself_with_every_binding(one: Role, values: tuple[str, str]) -> None:
    one = replace(one, status="approved", parameters={name: Parameter(name=name) for name in ("x", "y")})
    compiled = compile_role(one, {"x": values[:1], "y": values[1:]})
    found = match(held(*compiled.statements), one)
    assert found.verdict == "covered"
    again = compile_role(one, dict(found.bindings))
    assert algebra_covers(again, compiled, dialect("aws").vocabulary) is True


@settings(max_examples=times(40), deadline=None)
@given(one=roles("r"), more=statements())
def test_what_is_wider_by_the_algebra_is_never_covered(one: Role, more: Statement) -> None:
    one = replace(one, status="approved", parameters={})
    compiled = compile_role(one, {})
    wider = Permissions(dimensions=AWS, statements=(*compiled.statements, more))
    if algebra_covers(compiled, wider, dialect("aws").vocabulary) is False:
        assert match(held(*wider.statements), one).verdict != "covered"


PLACES = tuple("arn:aws:" + text for text in ("s3:::a", "s3:::a/b", "s3:::a*", "s3:::a/*", "sqs:::q", "s3:::*/b"))
PLACED = ("s3:getobject", "s3:listbucket", "s3:putobject", "sqs:sendmessage", "s3:get*", "s3:later", "ec2:runinstances")


@settings(max_examples=times(60), deadline=None)
@given(actions=some(*PLACED), places=some(*PLACES))
def test_only_pairs_that_give_nothing_alone_are_not_held(actions: tuple[str, ...], places: tuple[str, ...]) -> None:
    aws = dialect("aws")
    assert aws.gives_nothing is not None

    def pair(name: str, place: str) -> Statement:
        return Statement(effect="allow", actions=(name,), scopes=(Scope(patterns=(place,)),))

    own = Statement(effect="allow", actions=actions, scopes=(Scope(patterns=places),))
    left = in_force(Permissions(dimensions=AWS, statements=(own,)), aws)
    kept = {(name, place) for one in left.statements for name in one.actions for place in one.scopes[0].patterns}
    expected = {(a, p) for a in actions for p in places if not aws.gives_nothing(pair(a, p))}
    assert kept == expected
    assert sum(len(one.actions) * len(one.scopes[0].patterns) for one in left.statements) == len(expected)
