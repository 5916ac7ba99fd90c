"""An unknown value is the same value after its address was moved."""

from __future__ import annotations

from dataclasses import replace

from nhilint.algebra.values import symbol
from nhilint.diff.symbols import align, rename
from nhilint.model.facts import Moved
from tests.unit.diff.build import SPAN, grant, role, snapshot, statement


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
