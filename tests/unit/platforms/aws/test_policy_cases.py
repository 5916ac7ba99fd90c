"""Policies with undecided parts: each option under its own reason, what all options have under none."""

from __future__ import annotations

from typing import Any

from nhilint.algebra.values import Statement
from nhilint.model.node import Choice, Map, Node, Scalar, Sequence
from nhilint.model.span import Span
from nhilint.platforms.aws.policy import read_policy


def node(value: Any, line: int = 1) -> Node:
    if isinstance(value, dict):
        return Map({key: node(inner, line) for key, inner in value.items()}, Span("p", line))
    if isinstance(value, list):
        return Sequence(tuple(node(inner, line) for inner in value), Span("p", line))
    return value if isinstance(value, Choice) else Scalar(value, Span("p", line))


def either(*options: Any, condition: str = "var.x") -> Choice:
    found = tuple(node(option, line) for line, option in enumerate(options, 2))
    return Choice(found, condition, Span("p", 1))


def read(action: Any) -> dict[tuple[str, ...], tuple[str, ...]]:
    """Actions by the reasons they stand under."""
    return by_reason(statements({"Effect": "Allow", "Action": action, "Resource": "*"}))


def statements(rows: Any) -> tuple[Statement, ...]:
    found, problems = read_policy(node({"Version": "2012-10-17", "Statement": rows}), attached_to="identity", grant="p")
    assert not problems
    return found


def by_reason(found: tuple[Statement, ...]) -> dict[tuple[str, ...], tuple[str, ...]]:
    assert len({s.may for s in found}) == len(found)
    return {s.may: s.actions for s in found}


def test_each_of_two_options_has_the_reason_or_its_negation() -> None:
    assert read(either("s3:GetObject", "s3:PutObject")) == {
        ("var.x",): ("s3:getobject",),
        ("!(var.x)",): ("s3:putobject",),
    }


def test_what_is_in_every_option_stands_without_a_reason() -> None:
    assert read(either(["s3:GetObject", "s3:PutObject"], "s3:GetObject")) == {
        (): ("s3:getobject",),
        ("var.x",): ("s3:putobject",),
    }


def test_options_inside_options() -> None:
    inner = either("s3:GetObject", ["s3:GetObject", "s3:PutObject"], condition="var.y")
    assert read(either(inner, "sqs:SendMessage")) == {
        ("var.x",): ("s3:getobject",),
        ("var.x", "!(var.y)"): ("s3:putobject",),
        ("!(var.x)",): ("sqs:sendmessage",),
    }


def test_one_of_three() -> None:
    options = tuple(
        node(action, line) for line, action in enumerate(("s3:GetObject", "s3:PutObject", "s3:GetObject"), 2)
    )
    assert read(Choice(options, "var.x", Span("p", 1), ('"a"', '"b"', '"c"'))) == {
        ('var.x == "a"',): ("s3:getobject",),
        ('var.x == "b"',): ("s3:putobject",),
        ('var.x == "c"',): ("s3:getobject",),
    }


def test_statements_that_every_option_has() -> None:
    same = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}
    more = {"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": "*"}
    found = statements(either([same, more], [same]))
    assert by_reason(found) == {(): ("s3:getobject",), ("var.x",): ("sqs:sendmessage",)}
