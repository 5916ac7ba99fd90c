"""What changed about each identity: gains from head, losses from base, and nothing where nothing did."""

from __future__ import annotations

from dataclasses import replace

import pytest

from nhilint.algebra.values import Condition, Scope, Statement, symbol
from nhilint.diff.delta import compare_snapshots
from nhilint.engine.dialects import Dialects
from nhilint.model.facts import Facts, Identity, Moved, Trust, Unresolved
from nhilint.model.snapshot import Snapshot, unite
from nhilint.model.span import Span
from tests.unit.diff.build import SPAN, grant, role, snapshot, statement, trust

A, B = role("a"), role("b")
GET, PUT = statement("s3:getobject", "arn:aws:s3:::x/*"), statement("s3:putobject", "arn:aws:s3:::x/*")
DENY = statement("s3:getobject", "arn:aws:s3:::x/secret/*", effect="deny")
ANYBODY = Statement(effect="allow", actions=("sts:assumerole",), scopes=(Scope(patterns=("*",)),))
ME, YOU = "AWS:arn:aws:iam::111122223333:role/me", "AWS:arn:aws:iam::111122223333:role/you"


def held(*statements: Statement, who: Identity = A, **more: object) -> Snapshot:
    return snapshot([who], [grant(who, *statements, **more)])  # type: ignore[arg-type]


def only(base: Snapshot, head: Snapshot):
    (delta,) = compare_snapshots(base, head, Dialects()).deltas
    return delta


def actions(residue) -> list[str]:
    return [action for part in residue for action in part.actions]


def unread(what: str, why: str = "unknown", line: int = 1) -> Snapshot:
    question = Unresolved(what=what, why=why, span=Span("main.tf", line), identity=A.key)
    return unite([Facts(identities=(A,), unresolved=(question,) if what else ())], [], [])


SNAPSHOTS = {
    "nobody": snapshot([]), "a": snapshot([A]), "get": held(GET), "both": held(GET, PUT),
    "denied": held(GET, PUT, DENY),
    "bounded": snapshot([A], [grant(A, GET, PUT), grant(A, GET, layer="boundary", name="boundary")]),
    "b": held(GET, who=B), "trusted": snapshot([A], [grant(A, GET)], [trust(A, ME)]),
    "trusted by two": snapshot([A, B], [grant(A, GET)], [trust(A, ME, YOU)]), "unread": unread("policy"),
}  # fmt: skip


@pytest.mark.parametrize("name", SNAPSHOTS)
def test_nothing_changed_where_nothing_did(name: str) -> None:
    found = compare_snapshots(SNAPSHOTS[name], SNAPSHOTS[name], Dialects())
    assert found.readings == ()
    assert len(found.deltas) == len(SNAPSHOTS[name].identities)
    assert not any(delta.changed for delta in found.deltas)


@pytest.mark.parametrize("one", SNAPSHOTS)
@pytest.mark.parametrize("two", SNAPSHOTS)
def test_the_other_way_round_gains_are_losses(one: str, two: str) -> None:
    there, back = (
        compare_snapshots(SNAPSHOTS[x], SNAPSHOTS[y], Dialects()).deltas for x, y in ((one, two), (two, one))
    )
    if "renamed" not in {d.pair.status for d in there}:
        mirrored = {"added": "removed", "removed": "added", "same": "same"}
        assert [mirrored[d.pair.status] for d in back] == [d.pair.status for d in there]
        for x, y in zip(there, back, strict=True):
            assert (x.gained, x.lost, x.trust_gained, x.trust_lost) == (y.lost, y.gained, y.trust_lost, y.trust_gained)
            assert x.unresolved_changed == y.unresolved_changed
            assert x.changed == y.changed
            assert x.sides.before == y.sides.after
            assert x.sides.trust_before == y.sides.trust_after


def test_gains_are_of_head_and_losses_of_base() -> None:
    more = only(held(GET), held(GET, PUT))
    assert (actions(more.gained), more.lost) == (["s3:putobject"], ())
    assert more.changed
    assert more.pair.status == "same"
    less = only(held(GET, PUT), held(GET))
    assert (less.gained, actions(less.lost)) == ((), ["s3:putobject"])
    assert less.changed
    other = only(held(GET), held(PUT))
    assert (actions(other.gained), actions(other.lost)) == (["s3:putobject"], ["s3:getobject"])


def test_removing_a_deny_or_a_boundary_is_a_gain() -> None:
    assert actions(only(SNAPSHOTS["denied"], SNAPSHOTS["both"]).gained) == ["s3:getobject"]
    assert actions(only(SNAPSHOTS["bounded"], SNAPSHOTS["both"]).gained) == ["s3:putobject"]
    assert actions(only(SNAPSHOTS["both"], SNAPSHOTS["bounded"]).lost) == ["s3:putobject"]


def test_moving_reordering_or_repeating_is_no_change() -> None:
    moved = replace(GET, origin=None)
    for same in (held(PUT, moved), held(GET, PUT, GET), held(PUT, GET, name="another policy")):
        assert not only(held(GET, PUT), same).changed


def test_an_identity_that_comes_brings_all_it_has_and_who_may_become_it() -> None:
    delta = only(snapshot([]), SNAPSHOTS["trusted"])
    assert delta.pair.status == "added"
    assert actions(delta.gained) == ["s3:getobject"]
    assert [part.witness.point for part in delta.trust_gained] == [(ME,)]
    assert only(snapshot([]), snapshot([A])).changed
    gone = only(SNAPSHOTS["trusted"], snapshot([]))
    assert gone.pair.status == "removed"
    assert (gone.gained, actions(gone.lost)) == ((), ["s3:getobject"])
    assert [part.witness.point for part in gone.trust_lost] == [(ME,)]
    assert gone.unresolved == ()


def test_trust_is_compared_for_itself() -> None:
    base = snapshot([A, B], [grant(A, GET)], [trust(A, ME)])
    delta = compare_snapshots(base, SNAPSHOTS["trusted by two"], Dialects()).deltas[0]
    assert [part.witness.point for part in delta.trust_gained] == [(YOU,)]
    assert (delta.gained, delta.lost, delta.trust_lost) == ((), (), ())
    assert delta.changed
    back = compare_snapshots(SNAPSHOTS["trusted by two"], base, Dialects()).deltas[0]
    assert back.changed
    assert [part.witness.point for part in back.trust_lost] == [(YOU,)]


def test_what_can_not_be_read_is_a_change_when_it_is_another() -> None:
    assert not only(unread("policy"), unread("policy", line=9)).changed
    for base, head in (("", "policy"), ("policy", ""), ("policy", "other")):
        delta = only(unread(base), unread(head))
        assert delta.unresolved_changed
        assert delta.changed
        assert [u.what for u in delta.unresolved] == ([head] if head else [])
    assert only(unread("policy", "one"), unread("policy", "two")).changed


def test_what_can_not_be_decided_is_said_once_and_is_a_change() -> None:
    odd = Condition(operator="StringSounds", key="k", values=("v",))
    unclear = replace(GET, conditions=(odd,))
    delta = only(snapshot([A]), held(unclear))
    assert (delta.gained, delta.lost) == ((), ())
    assert [reason.kind for reason in delta.undecided] == ["unknown-operator"]
    assert delta.changed
    assert [reason.kind for reason in only(held(unclear), snapshot([A])).undecided] == ["unknown-operator"]
    who = Trust(key="t", identity=A.key, statements=(replace(ANYBODY, conditions=(odd,)),), span=SPAN)
    assert [reason.kind for reason in only(snapshot([A]), snapshot([A], trusts=[who])).undecided] == [
        "unknown-operator"
    ]
    both = only(held(replace(unclear, actions=("s3:listbucket",))), held(unclear))
    assert [reason.kind for reason in both.undecided] == ["unknown-operator"]
    mixed = only(held(PUT), held(unclear, statement("s3:listbucket", "*")))
    assert actions(mixed.gained) == ["s3:listbucket"]
    assert actions(mixed.lost) == ["s3:putobject"]
    assert [reason.kind for reason in mixed.undecided] == ["unknown-operator"]


def test_a_limit_takes_nothing_away_where_it_does_not_exist() -> None:
    everything = statement("s3:*", "arn:aws:s3:::x/*")
    limit = replace(A, absent=(everything,))
    deny = statement("s3:getobject", "arn:aws:s3:::x/*", effect="deny")
    limited = snapshot([limit], [grant(limit, everything, deny)])
    assert actions(only(snapshot([]), limited).lost) == ["s3:getobject"]
    assert actions(only(limited, snapshot([])).gained) == ["s3:getobject"]


def test_keys_that_every_request_carries_are_no_way_out() -> None:
    # Whoever calls with a role's permissions has signed the request, so the key is there.
    present = Condition(operator="Null", key="aws:principalarn", values=("false",))
    assert not only(held(GET), held(replace(GET, conditions=(present,)))).lost
    other = Condition(operator="Null", key="aws:sourcevpc", values=("false",))
    assert actions(only(held(GET), held(replace(GET, conditions=(other,)))).lost) == ["s3:getobject"]


def test_a_declared_move_of_an_unknown_value_is_no_change_and_a_guessed_one_is_a_reading() -> None:
    def bucket(name: str, *moved: Moved) -> Snapshot:
        return snapshot([A], [grant(A, statement("s3:getobject", symbol(name)))], moved=moved)

    move = Moved(root="", source="aws_s3_bucket.a", target="aws_s3_bucket.b", span=SPAN)
    assert not only(bucket("aws_s3_bucket.a.arn"), bucket("aws_s3_bucket.b.arn", move)).changed
    assert only(bucket("aws_s3_bucket.a.arn"), bucket("aws_s3_bucket.b.arn")).changed
    guessed = compare_snapshots(bucket("aws_s3_bucket.a.arn"), bucket("module.m.aws_s3_bucket.a.arn"), Dialects())
    assert guessed.readings == (("aws_s3_bucket.a.arn", "module.m.aws_s3_bucket.a.arn"),)
    assert not guessed.deltas[0].changed


def test_stars_of_arns_are_read_in_both_ways() -> None:
    wide, narrow = (
        statement("logs:createlogstream", "arn:aws:logs:*:x"),
        statement("logs:createlogstream", "arn:aws:logs:r:1:x"),
    )
    delta = only(held(wide), held(narrow))
    assert {reason.kind for reason in delta.undecided} == {"segment-crossing"}


def test_the_dimensions_are_those_of_the_platform() -> None:
    scopes = tuple(Scope(patterns=(p,)) for p in ("get", "core", "pods", "*", "*"))
    account = Identity(
        key="kubernetes:serviceaccount/n/x", platform="kubernetes", kind="service_account", name="x", span=SPAN
    )  # type: ignore[arg-type]
    rule = Statement(effect="allow", actions=("*",), scopes=scopes)
    delta = only(snapshot([]), snapshot([account], [grant(account, rule)]))
    assert delta.sides.before.dimensions == delta.sides.after.dimensions == Dialects()["kubernetes"].dimensions
    assert [part.scopes for part in delta.gained] == [("get", "core", "pods", "*", "*")]
    assert delta.sides.trust_before.dimensions == ("principal",)


def test_principals_are_held_against_each_other_as_what_they_mean() -> None:
    root = "AWS:arn:aws:iam::111122223333:root"
    narrowed = only(snapshot([A], trusts=[trust(A, root)]), snapshot([A], trusts=[trust(A, ME)]))
    assert (len(narrowed.trust_lost), narrowed.trust_gained) == (1, ())
    assert not only(snapshot([A], trusts=[trust(A, root)]), snapshot([A], trusts=[trust(A, root, ME)])).changed
