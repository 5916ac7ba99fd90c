"""Which identity of the base is which of the head."""

from __future__ import annotations

from nhilint.diff.pairs import pair
from nhilint.model.facts import Moved
from tests.unit.diff.build import SPAN, grant, role, snapshot, statement


def test_same_key_is_the_same_identity() -> None:
    (only,) = pair(snapshot([role("a")]), snapshot([role("a", address="module.x.aws_iam_role.this")]))
    assert only.status == "same"


def test_new_and_gone_identities_without_likeness_are_added_and_removed() -> None:
    a, b = role("a"), role("b")
    base = snapshot([a], [grant(a, statement("s3:getobject", "x"))])
    head = snapshot([b], [grant(b, statement("s3:putobject", "x"))])
    assert sorted(p.status for p in pair(base, head)) == ["added", "removed"]


def test_declared_move_pairs_roles_of_different_name() -> None:
    moved = Moved(root="", source="aws_iam_role.a", target="module.m.aws_iam_role.b", span=SPAN)
    base = snapshot([role("a")])
    head = snapshot([role("b", address="module.m.aws_iam_role.b")], moved=[moved])
    (only,) = pair(base, head)
    assert only.status == "renamed"


def test_same_holdings_and_one_candidate_is_a_rename() -> None:
    a, b = role("a"), role("b")
    base = snapshot([a], [grant(a, statement("s3:getobject", "x", line=1))])
    head = snapshot([b], [grant(b, statement("s3:getobject", "x", line=9))])
    (only,) = pair(base, head)
    assert only.status == "renamed"


def test_two_candidates_are_no_rename() -> None:
    a, b, c = role("a"), role("b"), role("c")
    held = statement("s3:getobject", "x")
    base = snapshot([a], [grant(a, held)])
    head = snapshot([b, c], [grant(b, held), grant(c, held)])
    assert sorted(p.status for p in pair(base, head)) == ["added", "added", "removed"]


def test_every_identity_is_paired_exactly_once() -> None:
    base = snapshot([role(n) for n in "abcd"])
    head = snapshot([role(n) for n in "cdef"])
    pairs = pair(base, head)
    assert sorted(p.base.name for p in pairs if p.base) == list("abcd")
    assert sorted(p.head.name for p in pairs if p.head) == list("cdef")
