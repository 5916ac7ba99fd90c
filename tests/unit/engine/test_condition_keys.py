"""A condition key that is known in part is shown as it is written."""

from nhilint.algebra.values import Condition, symbol
from nhilint.engine.entries import conditions
from nhilint.model.node import Map, Scalar
from nhilint.model.span import Span
from nhilint.platforms.aws.conditions import read_conditions

SPAN = Span("main.tf", 1)


def test_a_key_with_a_symbol_keeps_the_name_of_the_symbol() -> None:
    key = f"{symbol('module.eks.Issuer[*]')}:Sub"
    node = Map({"StringEquals": Map({key: Scalar("x", SPAN)}, SPAN)}, SPAN)
    (clause,), doubt, _ = read_conditions(node, True)
    assert not doubt
    assert clause.key == f"{symbol('module.eks.Issuer[*]')}:sub"
    assert conditions([clause]) == [{"operator": "StringEquals", "key": "${module.eks.Issuer[*]}:sub", "values": ["x"]}]


def test_plain_keys_are_folded() -> None:
    node = Map({"StringEquals": Map({"AWS:SourceAccount": Scalar("1", SPAN)}, SPAN)}, SPAN)
    assert read_conditions(node, True)[0] == (
        Condition(operator="StringEquals", key="aws:sourceaccount", values=("1",)),
    )
