"""Policy text that AWS would refuse: never silently read as something."""

from __future__ import annotations

import json
from typing import Any

import pytest

from nhilint.model.node import Scalar
from nhilint.model.span import Span
from nhilint.platforms.aws import read_policy


def read(value: Any) -> tuple[int, list[str]]:
    text = value if isinstance(value, str) else json.dumps(value)
    statements, unresolved = read_policy(Scalar(text, Span("p.json", 1)), attached_to="identity", grant="g")
    return sum(not s.undecided for s in statements), [f"{u.what}: {u.why}" for u in unresolved]


GOOD = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}


def one(**parts: Any) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": {**GOOD, **parts}}


def test_good() -> None:
    assert read(one()) == (1, [])
    assert read({"Statement": []}) == (0, [])
    assert read({"Version": "2012-10-17", "Statement": [GOOD, GOOD]}) == (2, [])


@pytest.mark.parametrize(
    "value, words",
    [
        (one(NotAction="s3:*"), "both `Action` and `NotAction`"),
        (one(NotResource="*"), "both `Resource` and `NotResource`"),
        (one(Resource=[None]), "`null`"),
        (one(Action=[{}]), "an object stands"),
        (one(effect="Allow"), "it is `Effect`"),
        (one(Effect="allow"), "its effect is `allow`"),
        (one(Condition={"Like": {"a": "b"}}), "unknown condition operator `Like`"),
        ({**one(), "Version": "2031-01-01"}, "unknown policy version `2031-01-01`"),
        ({**one(), "Statements": []}, "unknown element `Statements`"),
        ({"Version": "2012-10-17"}, "no `Statement`"),
        ("null", "not an object"),
        ("3", "not an object"),
        ("[]", "not an object"),
        ("[1", "is missing"),
    ],
)
def test_refused(value: Any, words: str) -> None:
    _, unresolved = read(value)
    assert any(words in text for text in unresolved), unresolved


@pytest.mark.parametrize("parts", [{"NotAction": "s3:*"}, {"Condition": "x"}, {"effect": "Deny"}])
def test_nothing_certain_is_said_of_it(parts: dict[str, Any]) -> None:
    assert read(one(**parts))[0] == 0
