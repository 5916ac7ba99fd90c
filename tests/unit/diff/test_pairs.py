"""Which identity of the base is which of the head."""

from __future__ import annotations

from dataclasses import replace

from nhilint.diff.pairs import Pair, pair
from nhilint.model.facts import Identity, IdentityKey, Moved
from tests.unit.diff.build import SPAN, grant, role, snapshot, statement, trust


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


def move(source: str, target: str, root: str = "") -> Moved:
    return Moved(root=root, source=source, target=target, span=SPAN)


def paired(base: list[Identity], head: list[Identity], moved: list[Moved] | None = None) -> set[tuple[str, str]]:
    found = pair(snapshot(base), snapshot(head, moved=moved or []))
    assert [p.identity.key for p in found] == sorted(p.identity.key for p in found)
    return {(p.base.key if p.base else "", p.head.key if p.head else "") for p in found}


def other(name: str, key: str, **more: object) -> Identity:
    return replace(role(name), key=IdentityKey(key), **more)  # type: ignore[arg-type]


def test_the_status_and_the_identity_of_a_pair() -> None:
    a, b = role("a"), role("b")
    rows = {("a", "a"): ("same", a), ("a", "b"): ("renamed", b), ("", "b"): ("added", b), ("a", ""): ("removed", a)}
    for (base, head), (status, identity) in rows.items():
        found = Pair(base=role(base) if base else None, head=role(head) if head else None)
        assert (found.status, found.identity) == (status, identity)


def test_a_declared_move_is_of_one_root_and_one_kind() -> None:
    old, new = other("a", "k:1", address="x.a", root="r"), other("b", "k:2", address="x.b", root="r")
    assert paired([old], [new], [move("x.a", "x.b", "r")]) == {("k:1", "k:2")}
    assert paired([old], [new], [move("x.a", "x.b", "other")]) == {("k:1", ""), ("", "k:2")}
    assert paired([old], [new], [move("x.a", "x.c", "r")]) == {("k:1", ""), ("", "k:2")}
    assert paired([old], [replace(new, kind="iam_user")], [move("x.a", "x.b", "r")]) == {("k:1", ""), ("", "k:2")}
    assert paired([old], [replace(new, root="q")], [move("x.a", "x.b", "r")]) == {("k:1", ""), ("", "k:2")}


def test_a_declared_move_goes_before_the_name() -> None:
    gone = [other("a", "k:1", address="x.a"), other("b", "k:2", address="x.b")]
    come = [other("a", "k:3", address="x.c"), other("c", "k:4", address="x.d")]
    assert paired(gone, come, [move("x.a", "x.d")]) == {("k:1", "k:4"), ("k:2", ""), ("", "k:3")}
    assert paired(gone, come) == {("k:1", "k:3"), ("k:2", ""), ("", "k:4")}


def test_one_name_of_one_kind_and_platform_is_one_identity() -> None:
    old, new = other("a", "k:1", address="x.a"), other("a", "k:2", address="x.b")
    assert paired([old], [new]) == {("k:1", "k:2")}
    for change in ({"kind": "iam_user"}, {"platform": "kubernetes"}, {"name": "c"}):
        assert paired([old], [replace(new, **change)]) == {("k:1", ""), ("", "k:2")}
    twins = [new, other("a", "k:3", address="x.c")]
    assert paired([old], twins) == {("k:1", ""), ("", "k:2"), ("", "k:3")}
    assert paired(twins, [old]) == {("", "k:1"), ("k:2", ""), ("k:3", "")}


def test_one_address_is_one_identity_whatever_it_is_called() -> None:
    old, new = other("a", "k:1", address="x.r", root="q"), other("b", "k:2", address="x.r", root="q")
    assert paired([old], [new]) == {("k:1", "k:2")}
    for change in ({"kind": "iam_user"}, {"root": "p"}, {"address": "x.s"}):
        assert paired([old], [replace(new, **change)]) == {("k:1", ""), ("", "k:2")}
    nowhere = {"address": ""}
    assert paired([replace(old, **nowhere)], [replace(new, **nowhere)]) == {("k:1", ""), ("", "k:2")}


def test_the_only_instance_of_a_block_is_the_block() -> None:
    old, new = other("a", "k:1", address="x.r"), other("b", "k:2", address="x.r[0]")
    assert paired([old], [new]) == paired([old], [replace(new, address='x.r["b"]')]) == {("k:1", "k:2")}
    assert paired([new], [old]) == {("k:2", "k:1")}
    inner = other("b", "k:2", address='module.m["a.b"].x.r')
    assert paired([replace(old, address="module.m.x.r")], [inner]) == {("k:1", "k:2")}
    several = [new, other("c", "k:3", address="x.r[1]")]
    assert paired([old], several) == {("k:1", ""), ("", "k:2"), ("", "k:3")}
    # The exact address goes before the block.
    stays = [other("a", "k:4", address="x.r[0]"), other("d", "k:5", address="x.r[1]")]
    assert paired(stays, several) == {("k:4", "k:2"), ("k:5", "k:3")}


def test_holdings_are_grants_trust_and_whether_anybody_is_bound() -> None:
    def shot(identity: Identity, *actions: str, who: str = "AWS:me"):
        grants = [grant(identity, *(statement(action, "x") for action in actions))]
        return snapshot([identity], grants, [trust(identity, who)])

    a, b = other("a", "k:1", address="x.a"), other("b", "k:2", address="x.b")
    assert len(pair(shot(a, "s3:getobject", "s3:putobject"), shot(b, "s3:putobject", "s3:getobject"))) == 1
    for head in (
        shot(b, "s3:getobject"), shot(b, "s3:getobject", "s3:putobject", who="AWS:you"),
        shot(replace(b, bound=False), "s3:getobject", "s3:putobject"),
        shot(replace(b, kind="iam_user"), "s3:getobject", "s3:putobject"),
        shot(replace(b, platform="kubernetes"), "s3:getobject", "s3:putobject"),
    ):  # fmt: skip
        assert len(pair(shot(a, "s3:getobject", "s3:putobject"), head)) == 2
    # To hold nothing is nothing to be known by.
    assert len(pair(shot(a), shot(b))) == 2


def test_a_folder_that_moved_as_a_whole() -> None:
    old, new = other("a", "k:1", address="", realm="base/app"), other("a", "k:2", address="", realm="apps/base/app")
    third = other("a", "k:3", address="", realm="other/app")
    # Two of one name: only the folder tells them apart.
    assert paired([old, third], [new, replace(third, key=IdentityKey("k:4"), realm="x/other/app")]) == {
        ("k:1", "k:2"), ("k:3", "k:4"),
    }  # fmt: skip
    assert paired([new, third], [old, replace(third, key=IdentityKey("k:4"), realm="x/other/app")]) == {
        ("k:2", "k:1"), ("k:3", "k:4"),
    }  # fmt: skip
    both = [new, replace(new, key=IdentityKey("k:5"), realm="more/base/app")]
    assert paired([old, third], both) == {("k:1", ""), ("k:3", ""), ("", "k:2"), ("", "k:5")}
    elsewhere = [replace(new, realm="xbase/app"), replace(new, key=IdentityKey("k:5"), realm="y/app")]
    assert paired([old, third], elsewhere) == {("k:1", ""), ("k:3", ""), ("", "k:2"), ("", "k:5")}
    for change in ({"kind": "iam_user"}, {"name": "c"}, {"realm": ""}):
        changed = [replace(new, **change), replace(new, key=IdentityKey("k:5"), realm="y/z")]
        assert ("k:1", "k:2") not in paired([old, third], changed), change
    nowhere = [replace(old, realm=""), replace(third, realm="")]
    assert ("k:1", "k:2") not in paired(nowhere, [new, replace(new, key=IdentityKey("k:5"))])


def test_a_move_of_a_whole_module_takes_what_is_in_it_along() -> None:
    base = [role("a", address='module.old["x"].aws_iam_role.r'), role("b", address='module.old["y"].aws_iam_role.r')]
    head = [role("c", address='module.new["x"].aws_iam_role.r'), role("d", address='module.new["y"].aws_iam_role.r')]
    found = {
        (p.base.name, p.head.name)
        for p in pair(snapshot(base), snapshot(head, moved=[move("module.old", "module.new")]))
        if p.base and p.head
    }
    assert found == {("a", "c"), ("b", "d")}


def test_moves_follow_one_another_and_name_instances() -> None:
    base = [role("a", address="aws_iam_role.one"), role("b", address="aws_iam_role.two")]
    head = [
        role("c", address='module.m.aws_iam_role.all["one"]'),
        role("d", address='module.m.aws_iam_role.all["two"]'),
    ]
    moves = [
        move("aws_iam_role.one", "module.m.aws_iam_role.one"),
        move("aws_iam_role.two", "module.m.aws_iam_role.two"),
        move("module.m.aws_iam_role.one", 'module.m.aws_iam_role.all["one"]'),
        move("module.m.aws_iam_role.two", 'module.m.aws_iam_role.all["two"]'),
    ]
    found = {(p.base.name, p.head.name) for p in pair(snapshot(base), snapshot(head, moved=moves)) if p.base and p.head}
    assert found == {("a", "c"), ("b", "d")}
