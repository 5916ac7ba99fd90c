"""An unknown value is the same value after its address was moved."""

from __future__ import annotations

from dataclasses import replace

from nhilint.algebra.values import Condition, Scope, Statement, symbol
from nhilint.diff.symbols import align, rename
from nhilint.model.facts import Credential, Facts, Grant, Identity, IdentityKey, Moved, Trust, Unresolved, Workload
from nhilint.model.snapshot import unite
from tests.unit.diff.build import SPAN, grant, role, snapshot, statement, trust


def holding(name: str, *, moved: list[Moved] | None = None):
    a = role("a")
    return snapshot([a], [grant(a, statement("s3:getobject", symbol(name) + "/*"))], moved=moved or [])


def test_declared_move_is_followed_and_is_no_reading() -> None:
    moved = Moved(root="", source="aws_s3_bucket.b", target="module.m.aws_s3_bucket.c", span=SPAN)
    base, head = holding("aws_s3_bucket.b.arn"), holding("module.m.aws_s3_bucket.c.arn", moved=[moved])
    mapping, readings = align(base, head)
    assert mapping == {("", "aws_s3_bucket.b.arn"): "module.m.aws_s3_bucket.c.arn"}
    assert readings == ()
    assert rename(base, mapping).grants == head.grants


def test_moved_into_a_module_without_declaration_is_a_reading() -> None:
    base, head = holding("aws_s3_bucket.b.arn"), holding('module.m["x"].aws_s3_bucket.b[0].arn')
    mapping, readings = align(base, head)
    assert readings == (("aws_s3_bucket.b.arn", 'module.m["x"].aws_s3_bucket.b[0].arn'),)
    assert rename(base, mapping).grants == head.grants


def test_another_label_type_or_attribute_is_another_value() -> None:
    base = holding("aws_s3_bucket.b.arn")
    for other in ("aws_s3_bucket.c.arn", "aws_sqs_queue.b.arn", "aws_s3_bucket.b.id"):
        assert align(base, holding(other)) == ({}, ())


def test_variables_are_never_guessed() -> None:
    assert align(holding("var.a"), holding("module.m.var.a")) == ({}, ())


def test_a_symbol_that_is_in_both_is_left_alone() -> None:
    base = holding("aws_s3_bucket.b.arn")
    assert align(base, base) == ({}, ())


def test_prefix_of_a_moved_address_is_not_moved() -> None:
    moved = Moved(root="", source="aws_s3_bucket.b", target="aws_s3_bucket.c", span=SPAN)
    mapping, _ = align(holding("aws_s3_bucket.bb.arn"), holding("aws_s3_bucket.bb.arn", moved=[moved]))
    assert mapping == {}


def test_the_same_address_in_another_root_is_another_value() -> None:
    a, b = replace(role("a"), root="old"), replace(role("b"), root="other")

    def held(name: str):
        return statement("s3:getobject", symbol(name))

    base = snapshot([a, b], [grant(a, held("module.m.aws_s3_bucket.x.arn")), grant(b, held("aws_s3_bucket.x.arn"))])
    moved = replace(a, root="new")
    head = snapshot([moved, b], [grant(moved, held("aws_s3_bucket.x.arn")), grant(b, held("aws_s3_bucket.x.arn"))])
    mapping, readings = align(base, head)
    assert mapping == {("old", "module.m.aws_s3_bucket.x.arn"): "aws_s3_bucket.x.arn"}
    assert readings == (("module.m.aws_s3_bucket.x.arn", "aws_s3_bucket.x.arn"),)
    assert rename(base, mapping).grants == head.grants


def test_moves_are_followed_one_after_the_other_and_a_circle_ends() -> None:
    def move(source: str, target: str) -> Moved:
        return Moved(root="", source=source, target=target, span=SPAN)

    chain = [move("x.b", "x.c"), move("x.a", "x.b"), move("x.c", "module.m.x.d")]
    base = holding("x.a[0].arn")
    mapping, _ = align(base, holding("module.m.x.d[0].arn", moved=chain))
    assert mapping == {("", "x.a[0].arn"): "module.m.x.d[0].arn"}
    mapping, _ = align(holding("x.a"), holding("x.b", moved=[move("x.a", "x.b")]))
    assert mapping == {("", "x.a"): "x.b"}
    assert align(holding("x.ab.arn"), holding("x.ab.arn", moved=[move("x.a", "x.b")]))[0] == {}
    circle = [move("x.a", "x.b"), move("x.b", "x.a")]
    assert set(align(base, holding("x.a[0].arn", moved=circle))[0].values()) <= {"x.a[0].arn", "x.b[0].arn"}


def test_a_declared_move_is_of_its_own_root() -> None:
    moved = Moved(root="elsewhere", source="x.a", target="x.b", span=SPAN)
    assert align(holding("x.a.arn"), holding("x.a.arn", moved=[moved])) == ({}, ())


def test_two_that_look_alike_are_no_reading() -> None:
    a = role("a")

    def both(*names: str):
        return snapshot([a], [grant(a, *(statement("s3:getobject", symbol(name)) for name in names))])

    one, two = "module.m.x.b.arn", "module.n.x.b.arn"
    assert align(both("x.b.arn"), both(one, two)) == ({}, ())
    assert align(both(one, two), both("x.b.arn")) == ({}, ())
    assert align(both("x.b.arn", "x.c.arn"), both(one, "module.m.x.c.arn"))[1] == (
        ("x.b.arn", one), ("x.c.arn", "module.m.x.c.arn"),
    )  # fmt: skip
    # One that stays is no candidate.
    assert align(both("x.b.arn", one), both(one, two))[1] == (("x.b.arn", two),)


def test_module_paths_and_instances_are_no_part_of_the_shape() -> None:
    old = 'module.a["x.y"].module.b[0].aws_s3_bucket.c["k"].arn'
    for new in ("aws_s3_bucket.c.arn", "module.z.aws_s3_bucket.c[1].arn", "module.a-b_1.module.c.aws_s3_bucket.c.arn"):
        assert align(holding(old), holding(new))[0] == {("", old): new}
    for new in ("aws_s3_bucket.module.c.arn", "module.aws_s3_bucket.c", "data.aws_s3_bucket.c.arn"):
        assert align(holding(old), holding(new))[0] == {}


def test_variables_locals_and_words_are_no_addresses() -> None:
    for name in ("local.b", "each.value", "var.b", "b"):
        assert align(holding(name), holding(f"module.m.{name}")) == ({}, ())


def full(text: str, root: str = ""):
    """A snapshot in which one unknown value stands everywhere it can."""
    written, readable = symbol(text), f"${{{text}}}"
    key = IdentityKey(f"aws:role/{readable}-x")
    who = replace(role("a"), key=key, name=f"{readable}-x", root=root)
    clause = Condition(operator="StringEquals", key="k", values=(f"{written}/1", "plain"))
    outside = Scope(patterns=(written, "b"), negated=True)
    row = Statement(effect="allow", actions=(f"s3:{written}",), scopes=(outside,), conditions=(clause,))
    grants = (Grant(key=f"{key}|p", holder=key, layer="identity", name=f"p {readable}", statements=(row,), span=SPAN),)
    facts = Facts(
        identities=(who,), grants=grants, trusts=(Trust(key="t", identity=key, statements=(row,), span=SPAN),),
        credentials=(Credential(identity=key, kind="access_key", name="c", span=SPAN),),
        workloads=(Workload(identity=key, kind="Deployment", name="w", span=SPAN),),
        unresolved=(Unresolved(what="what", why="why", span=SPAN, identity=key),),
    )  # fmt: skip
    return unite([facts], [], [])


def test_a_value_is_renamed_wherever_it_stands() -> None:
    old, new = "aws_s3_bucket.b.arn", "module.m.aws_s3_bucket.b.arn"
    base, head = full(old), full(new)
    mapping, readings = align(base, head)
    assert (mapping, readings) == ({("", old): new}, ((old, new),))
    renamed = rename(base, mapping)
    for field in ("identities", "grants", "trusts", "credentials", "workloads"):
        assert getattr(renamed, field) == getattr(head, field), field
    assert set(renamed.unread) == set(head.unread)
    assert rename(base, {}) is base
    assert rename(base, {("", old): old}) is base
    assert rename(base, {("", "other"): "another"}) == base


def test_a_name_alone_can_be_the_value() -> None:
    def called(text: str):
        return snapshot([replace(role("a"), key=IdentityKey(f"aws:role/${{{text}}}"), name=f"${{{text}}}")])

    mapping, _ = align(called("x.b.id"), called("module.m.x.b.id"))
    assert mapping == {("", "x.b.id"): "module.m.x.b.id"}


def test_trusts_and_conditions_hold_values_too() -> None:
    a = role("a")
    for make in (lambda name: snapshot([a], trusts=[trust(a, symbol(name))]), lambda name: clause_of(a, name)):
        mapping, _ = align(make("x.b.arn"), make("module.m.x.b.arn"))
        assert mapping == {("", "x.b.arn"): "module.m.x.b.arn"}


def clause_of(who: Identity, name: str):
    clause = Condition(operator="StringEquals", key="k", values=(symbol(name),))
    return snapshot([who], [grant(who, replace(statement("s3:getobject", "x"), conditions=(clause,)))])


def test_the_values_of_another_root_keep_their_names() -> None:
    base = full("x.b.arn", root="one")
    assert rename(base, {("two", "x.b.arn"): "x.c.arn"}).grants == base.grants
    assert rename(base, {("one", "x.b.arn"): "x.c.arn"}).grants == full("x.c.arn", root="one").grants
    rows = [(("two", "x.b.arn"), "x.d.arn"), (("one", "x.b.arn"), "x.c.arn")]
    for both in (dict(rows), dict(reversed(rows))):
        assert rename(base, both).identities == full("x.c.arn", root="one").identities


def test_inside_a_root_before_across_roots() -> None:
    def shot(root: str, *names: str):
        who = replace(role(root), root=root)
        return who, grant(who, *(statement("s3:getobject", symbol(name)) for name in names))

    def united(*shots):
        return snapshot([who for who, _ in shots], [held for _, held in shots])

    base = united(shot("p", "x.b.arn"), shot("q"))
    head = united(shot("p", "module.m.x.b.arn"), shot("q", "module.n.x.b.arn"))
    assert align(base, head)[0] == {("p", "x.b.arn"): "module.m.x.b.arn"}
    # One that was read already is no candidate for another root.
    two = united(shot("p", "x.b.arn"), shot("q", "x.b.arn"))
    assert align(two, united(shot("p", "module.m.x.b.arn"), shot("q")))[0] == {("p", "x.b.arn"): "module.m.x.b.arn"}
    across = united(shot("p"), shot("q", "x.b.arn"))
    assert align(base, across) == ({("p", "x.b.arn"): "x.b.arn"}, ())


def test_what_is_declared_is_not_guessed_and_its_target_is_taken() -> None:
    moved = [Moved(root="", source="x.b", target="x.c", span=SPAN)]
    assert align(holding("x.b.arn"), holding("module.m.x.b.arn", moved=moved)) == ({("", "x.b.arn"): "x.c.arn"}, ())
    a = role("a")
    both = (statement("s3:getobject", symbol("x.b.arn")), statement("s3:getobject", symbol("module.m.x.c.arn")))
    base, head = snapshot([a], [grant(a, *both)]), holding("x.c.arn", moved=moved)
    assert align(base, head) == ({("", "x.b.arn"): "x.c.arn"}, ())


def test_a_value_in_an_action_alone_and_a_statement_without_any() -> None:
    def shot(name: str):
        a = role("a")
        return snapshot([a], [grant(a, statement(f"s3:{symbol(name)}", "x"), statement("s3:getobject", "y"))])

    base, head = shot("x.b.id"), shot("module.m.x.b.id")
    mapping, _ = align(base, head)
    assert mapping == {("", "x.b.id"): "module.m.x.b.id"}
    assert rename(base, mapping).grants == head.grants


def test_a_move_into_an_instance_is_made_once_and_a_name_that_stays_does_not_move() -> None:
    moved = Moved(root="", source="module.m", target="module.m[0]", span=SPAN)
    base, head = holding("module.m.aws_s3_bucket.b.arn"), holding("module.m[0].aws_s3_bucket.b.arn", moved=[moved])
    assert align(base, head)[0] == {("", "module.m.aws_s3_bucket.b.arn"): "module.m[0].aws_s3_bucket.b.arn"}
    assert align(head, head)[0] == {}
    kept = holding("module.m.aws_s3_bucket.b.arn", moved=[moved])
    assert align(base, kept)[0] == {}
