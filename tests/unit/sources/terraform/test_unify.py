"""The one type of several, as Terraform finds it for lists, sets and the branches of a conditional."""

import pytest

from nhilint.sources.terraform.typed import ANY, BOOL, NUMBER, STRING, Type, list_of, map_of, object_of, set_of
from nhilint.sources.terraform.unify import convertible, unify

PAIR = Type("tuple", items=(NUMBER, STRING))


@pytest.mark.parametrize(
    "kinds, expected",
    [
        ([NUMBER, STRING], STRING),
        ([BOOL, NUMBER], None),
        ([BOOL, STRING, NUMBER], STRING),
        ([list_of(NUMBER), list_of(STRING)], list_of(STRING)),
        ([PAIR, list_of(BOOL)], list_of(STRING)),
        ([PAIR, Type("tuple", items=(STRING,))], list_of(STRING)),
        ([PAIR, Type("tuple", items=(STRING, BOOL))], Type("tuple", items=(STRING, STRING))),
        ([object_of({"a": NUMBER}), object_of({"a": STRING})], object_of({"a": STRING})),
        ([object_of({"a": NUMBER}), object_of({"b": STRING})], map_of(STRING)),
        ([object_of({"a": NUMBER}), map_of(STRING)], map_of(STRING)),
        ([object_of({}), PAIR], None),
        ([set_of(STRING), list_of(NUMBER)], list_of(NUMBER)),
        ([STRING, ANY], STRING),
        ([list_of(STRING), ANY], ANY),
        ([PAIR, STRING], None),
    ],
)
def test_common_types(kinds: list[Type], expected: Type | None) -> None:
    assert unify(kinds) == expected


def test_a_number_is_no_truth_value_even_when_there_is_none() -> None:
    assert not convertible(NUMBER, BOOL)
    assert not convertible(list_of(NUMBER), list_of(BOOL))
    assert convertible(Type("tuple"), list_of(BOOL))
